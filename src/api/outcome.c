/*
 * outcome.c: what can be kept of what a callable came to. Objects are refused, but for stdClass: what is read back must not be
 * able to run code.
 */
#include "outcome.h"
#include "src/store/keys.h"
#include "Zend/zend_exceptions.h"
#include "ext/json/php_json.h"
#include "ext/spl/spl_exceptions.h"
#include "ext/standard/php_var.h"

#define ASQ_DEPTH_MAX 512

/* ---- What can be kept --------------------------------------------------------------------------- */

static zend_string *asq_cannot(const char *format, const char *what)
{
	return zend_strpprintf(0, format, what);
}

/*
 * What is looked at. Arrays are written as often as they occur, and a few may occur without end: so their bytes are counted. Of objects
 * and references that occur again only a number is written: those are looked at once.
 */
typedef struct {
	HashTable seen;
	size_t size;                /* bytes that it takes at least */
	zend_string **why;
} asq_look;

static bool asq_can_keep(asq_look *look, zval *value, unsigned depth);

static bool asq_can_keep_all(asq_look *look, HashTable *values, unsigned depth)
{
	zval *value;
	bool can = true;

	if (!values) {
		return true;
	}
	ZEND_HASH_FOREACH_VAL(values, value) {
		ZVAL_DEINDIRECT(value);
		if (Z_TYPE_P(value) != IS_UNDEF && !asq_can_keep(look, value, depth + 1)) {
			can = false;
			break;
		}
	} ZEND_HASH_FOREACH_END();
	return can;
}

static bool asq_can_keep_value(asq_look *look, zval *value, unsigned depth)
{
	switch (Z_TYPE_P(value)) {
		case IS_NULL: case IS_FALSE: case IS_TRUE: case IS_LONG: case IS_DOUBLE:
			return true;
		case IS_STRING:
			look->size += Z_STRLEN_P(value);
			return true;
		case IS_ARRAY:
			return asq_can_keep_all(look, Z_ARRVAL_P(value), depth);
		case IS_OBJECT:
			if (Z_OBJCE_P(value) == zend_standard_class_def) {
				return asq_can_keep_all(look, Z_OBJPROP_P(value), depth);
			}
			*look->why = asq_cannot("holds an object of the class %s", ZSTR_VAL(Z_OBJCE_P(value)->name));
			return false;
		default:
			*look->why = asq_cannot("holds a %s", zend_zval_type_name(value));
			return false;
	}
}

static bool asq_can_keep(asq_look *look, zval *value, unsigned depth)
{
	void *shared = Z_ISREF_P(value) ? (void *) Z_REF_P(value) : Z_TYPE_P(value) == IS_OBJECT ? (void *) Z_OBJ_P(value) : NULL;

	ZVAL_DEREF(value);
	/* An array that is part of itself ends here, too. */
	if (depth > ASQ_DEPTH_MAX) {
		*look->why = asq_cannot("is nested deeper than %s levels", "512");
		return false;
	}
	look->size += 2;
	if (shared && zend_hash_index_exists(&look->seen, (zend_ulong) (uintptr_t) shared)) {
		return true;
	}
	if (look->size > ASQ_OUTCOME_MAX) {
		*look->why = asq_cannot("is larger than %s", "4 MB");
		return false;
	}
	if (!asq_can_keep_value(look, value, depth)) {
		return false;
	}
	/* Only now: what is part of itself is to be seen for that. */
	if (shared) {
		zend_hash_index_add_empty_element(&look->seen, (zend_ulong) (uintptr_t) shared);
	}
	return true;
}

static bool asq_can_be_kept(zval *value, zend_string **why)
{
	asq_look look = { .why = why };
	bool can;

	zend_hash_init(&look.seen, 8, NULL, NULL, 0);
	can = asq_can_keep(&look, value, 0);
	zend_hash_destroy(&look.seen);
	return can;
}

zend_string *asq_outcome_pack(zval *value, zend_string **why)
{
	smart_str bytes = {0};
	php_serialize_data_t seen;

	if (!asq_can_be_kept(value, why)) {
		return NULL;
	}
	PHP_VAR_SERIALIZE_INIT(seen);
	php_var_serialize(&bytes, value, &seen);
	PHP_VAR_SERIALIZE_DESTROY(seen);
	if (smart_str_get_len(&bytes) > ASQ_OUTCOME_MAX) {
		smart_str_free(&bytes);
		*why = asq_cannot("is larger than %s", "4 MB");
		return NULL;
	}
	return smart_str_extract(&bytes);
}

bool asq_outcome_unpack(const zend_string *bytes, zval *value)
{
	const unsigned char *at = (const unsigned char *) ZSTR_VAL(bytes);
	php_unserialize_data_t seen;
	zval classes, name, into;
	HashTable *before;
	bool done;

	/* The one class that is allowed: what was stored by somebody else must not be able to run code. */
	array_init(&classes);
	ZVAL_STRING(&name, "stdclass");
	zend_hash_str_add_new(Z_ARRVAL(classes), "stdclass", sizeof("stdclass") - 1, &name);
	ZVAL_UNDEF(&into);
	PHP_VAR_UNSERIALIZE_INIT(seen);
	before = php_var_unserialize_get_allowed_classes(seen);
	php_var_unserialize_set_allowed_classes(seen, Z_ARRVAL(classes));
	done = php_var_unserialize(&into, &at, at + ZSTR_LEN(bytes), &seen);
	php_var_unserialize_set_allowed_classes(seen, before);
	if (done) {
		ZVAL_COPY_DEREF(value, &into);
	}
	/* The value must outlive what unserialize() keeps of it. */
	PHP_VAR_UNSERIALIZE_DESTROY(seen);
	zval_ptr_dtor(&into);
	zval_ptr_dtor(&classes);
	if (!done) {
		ZVAL_NULL(value);
	}
	return done;
}

/* ---- Failures ----------------------------------------------------------------------------------- */

bool asq_outcome_is_wp_error(const zval *value)
{
	zend_class_entry *ce = Z_TYPE_P(value) == IS_OBJECT ? zend_hash_str_find_ptr(EG(class_table), "wp_error", sizeof("wp_error") - 1) : NULL;

	return ce && instanceof_function(Z_OBJCE_P(value), ce);
}

static const char *const asq_wp_error_parts[] = { "errors", "error_data" };

static void asq_failure_add(zval *into, zval *failure, const char *name)
{
	zval *part = asq_property(Z_OBJ_P(failure), name, strlen(name));

	if (part) {
		Z_TRY_ADDREF_P(part);
		add_assoc_zval(into, name, part);
	}
}

zend_string *asq_outcome_pack_failure(zval *failure, zend_string **why)
{
	zval parts;
	zend_string *bytes;

	array_init(&parts);
	if (asq_outcome_is_wp_error(failure)) {
		for (size_t i = 0; i < sizeof(asq_wp_error_parts) / sizeof(asq_wp_error_parts[0]); i++) {
			asq_failure_add(&parts, failure, asq_wp_error_parts[i]);
		}
	} else {
		add_assoc_str(&parts, "class", zend_string_copy(Z_OBJCE_P(failure)->name));
		asq_failure_add(&parts, failure, "message");
		asq_failure_add(&parts, failure, "code");
	}
	bytes = asq_outcome_pack(&parts, why);
	zval_ptr_dtor(&parts);
	return bytes;
}

static void asq_repeat_wp_error(HashTable *parts, zval *value)
{
	zend_class_entry *ce = asq_class("WP_Error", true);

	if (!ce || asq_new(value, ce, 0, NULL) != ASQ_OK) {
		ZVAL_NULL(value);
		return;
	}
	for (size_t i = 0; i < sizeof(asq_wp_error_parts) / sizeof(asq_wp_error_parts[0]); i++) {
		const char *name = asq_wp_error_parts[i];
		zval *part = zend_hash_str_find(parts, name, strlen(name));
		if (part) {
			zend_update_property(ce, Z_OBJ_P(value), name, strlen(name), part);
		}
	}
}

/* Of its class, where there is one of that name that can be thrown; without asking its constructor, which may want anything. */
static void asq_repeat_exception(HashTable *parts, const zend_string *class_name)
{
	zval *message = zend_hash_str_find(parts, "message", sizeof("message") - 1), *code = zend_hash_str_find(parts, "code", sizeof("code") - 1), exception;
	zend_class_entry *ce = asq_class(ZSTR_VAL(class_name), true), *base;

	if (EG(exception)) {
		return;
	}
	if (!ce || !instanceof_function(ce, zend_ce_throwable) || (ce->ce_flags & (ZEND_ACC_INTERFACE | ZEND_ACC_EXPLICIT_ABSTRACT_CLASS | ZEND_ACC_IMPLICIT_ABSTRACT_CLASS))
			|| object_init_ex(&exception, ce) != SUCCESS) {
		ce = spl_ce_RuntimeException;
		object_init_ex(&exception, ce);
	}
	base = instanceof_function(ce, zend_ce_error) ? zend_ce_error : zend_ce_exception;
	if (message && Z_TYPE_P(message) == IS_STRING) {
		zend_update_property(base, Z_OBJ(exception), "message", sizeof("message") - 1, message);
	}
	if (code) {
		zend_update_property(base, Z_OBJ(exception), "code", sizeof("code") - 1, code);
	}
	zend_throw_exception_object(&exception);
}

void asq_outcome_repeat_failure(const zend_string *bytes, zval *value)
{
	zval parts, *class_name;

	ZVAL_NULL(value);
	if (!asq_outcome_unpack(bytes, &parts) || Z_TYPE(parts) != IS_ARRAY) {
		zend_throw_exception(spl_ce_RuntimeException, "The callable has failed before, and the database does not say how.", 0);
		zval_ptr_dtor(&parts);
		return;
	}
	class_name = zend_hash_str_find(Z_ARRVAL(parts), "class", sizeof("class") - 1);
	if (class_name && Z_TYPE_P(class_name) == IS_STRING) {
		asq_repeat_exception(Z_ARRVAL(parts), Z_STR_P(class_name));
	} else {
		asq_repeat_wp_error(Z_ARRVAL(parts), value);
	}
	zval_ptr_dtor(&parts);
}

/* ---- A request ---------------------------------------------------------------------------------- */

static int asq_compare_keys(Bucket *a, Bucket *b)
{
	if (a->key && b->key) {
		return zend_binary_strcmp(ZSTR_VAL(a->key), ZSTR_LEN(a->key), ZSTR_VAL(b->key), ZSTR_LEN(b->key));
	}
	if (a->key || b->key) {
		return a->key ? 1 : -1;
	}
	return a->h < b->h ? -1 : a->h > b->h;
}

/* Arrays, as they come from JSON: their depth is bounded, and none is part of itself. */
static void asq_sort_keys(zval *value)
{
	zval *part;

	if (Z_TYPE_P(value) != IS_ARRAY) {
		return;
	}
	SEPARATE_ARRAY(value);
	if (!zend_array_is_list(Z_ARRVAL_P(value))) {
		zend_hash_sort(Z_ARRVAL_P(value), asq_compare_keys, false);
	}
	ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(value), part) {
		asq_sort_keys(part);
	} ZEND_HASH_FOREACH_END();
}

/* Strictly: NAN, which is encoded as 0, is none. json_last_error() says what it said before. */
static bool asq_to_json(smart_str *json, zval *value)
{
	php_json_error_code before = JSON_G(error_code);
	bool done = php_json_encode(json, value, PHP_JSON_UNESCAPED_SLASHES | PHP_JSON_UNESCAPED_UNICODE | PHP_JSON_PRESERVE_ZERO_FRACTION) == SUCCESS
		&& JSON_G(error_code) == PHP_JSON_ERROR_NONE && !EG(exception);

	JSON_G(error_code) = before;
	smart_str_0(json);
	return done;
}

/* As JSON, twice: what objects make of themselves is known only then. */
static bool asq_request_json(zval *request, smart_str *json)
{
	smart_str first = {0};
	zval decoded;
	bool done = asq_to_json(&first, request);

	if (done) {
		done = php_json_decode_ex(&decoded, ZSTR_VAL(first.s), ZSTR_LEN(first.s), PHP_JSON_OBJECT_AS_ARRAY | PHP_JSON_BIGINT_AS_STRING, PHP_JSON_PARSER_DEFAULT_DEPTH) == SUCCESS;
	}
	if (done) {
		asq_sort_keys(&decoded);
		done = asq_to_json(json, &decoded);
		zval_ptr_dtor(&decoded);
	}
	smart_str_free(&first);
	return done;
}

bool asq_request_hash(zval *request, char hex[65])
{
	smart_str json = {0};
	bool done;

	if (Z_TYPE_P(request) == IS_STRING) {
		asq_sha256_hex(Z_STRVAL_P(request), Z_STRLEN_P(request), hex);
		return true;
	}
	done = asq_request_json(request, &json);
	if (done) {
		asq_sha256_hex(ZSTR_VAL(json.s), ZSTR_LEN(json.s), hex);
	} else if (!EG(exception)) {
		zend_argument_value_error(3, "must have a string, or what JSON can hold, as \"request\"");
	}
	smart_str_free(&json);
	return done;
}
