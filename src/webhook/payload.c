/*
 * payload.c: a request's body as a value, and the event's id in it.
 */
#include "webhook.h"
#include "src/wordpress/call.h"
#include "php_asq.h"
#include "ext/json/php_json.h"
#include "ext/json/php_json_parser.h"

#define ASQ_PAYLOAD_DEPTH   128
#define ASQ_EVENT_ID_MAX    1000
#define ASQ_MEDIA_TYPE_MAX  191

/* ---- Content types ------------------------------------------------------------------------------ */

zend_string *asq_webhook_media_type(const zend_string *content_type)
{
	const char *s = content_type ? ZSTR_VAL(content_type) : "";
	size_t length = strcspn(s, ";,");
	zend_string *type;

	while (length && (*s == ' ' || *s == '\t')) {
		s++;
		length--;
	}
	while (length && (s[length - 1] == ' ' || s[length - 1] == '\t')) {
		length--;
	}
	type = zend_string_init(s, MIN(length, ASQ_MEDIA_TYPE_MAX), 0);
	zend_str_tolower(ZSTR_VAL(type), ZSTR_LEN(type));
	return type;
}

unsigned asq_webhook_type(const zend_string *content_type)
{
	static const char json[] = "+json";
	zend_string *type = asq_webhook_media_type(content_type);
	size_t length = ZSTR_LEN(type);
	unsigned means = 0;

	if (!length || zend_string_equals_literal(type, "application/json")
			|| (length > sizeof(json) - 1 && strcmp(ZSTR_VAL(type) + length - (sizeof(json) - 1), json) == 0)) {
		means = ASQ_WEBHOOK_JSON;
	} else if (zend_string_equals_literal(type, ASQ_WEBHOOK_FORM_TYPE)) {
		means = ASQ_WEBHOOK_FORM;
	}
	zend_string_release(type);
	return means;
}

/* ---- JSON --------------------------------------------------------------------------------------- */

/* As PHP's own for arrays, but that a name that is there already is an error. */
static int asq_json_add(php_json_parser *parser, zval *object, zend_string *key, zval *value)
{
	if (zend_symtable_exists(Z_ARRVAL_P(object), key)) {
		parser->scanner.errcode = PHP_JSON_ERROR_INVALID_PROPERTY_NAME;
		zend_string_release(key);
		zval_ptr_dtor_nogc(value);
		zval_ptr_dtor_nogc(object);
		return FAILURE;
	}
	zend_symtable_update(Z_ARRVAL_P(object), key, value);
	zend_string_release(key);
	return SUCCESS;
}

static const char *asq_json_why(php_json_error_code code)
{
	switch (code) {
		case PHP_JSON_ERROR_DEPTH: return "it is nested too deeply";
		case PHP_JSON_ERROR_UTF8: return "it is not UTF-8";
		case PHP_JSON_ERROR_UTF16: return "it has half a surrogate pair";
		case PHP_JSON_ERROR_INVALID_PROPERTY_NAME: return "an object has the same name twice";
		default: return "there is an error in its syntax";
	}
}

static bool asq_json_decode(const zend_string *body, zval *payload, const char **why)
{
	php_json_parser parser;

	ZVAL_UNDEF(payload);
	php_json_parser_init(&parser, payload, ZSTR_VAL(body), ZSTR_LEN(body), PHP_JSON_OBJECT_AS_ARRAY | PHP_JSON_BIGINT_AS_STRING, ASQ_PAYLOAD_DEPTH);
	parser.methods.object_update = asq_json_add;
	if (php_json_parse(&parser)) {
		*why = asq_json_why(php_json_parser_error_code(&parser));
		ZVAL_UNDEF(payload);
		return false;
	}
	return true;
}

/* ---- Forms -------------------------------------------------------------------------------------- */

/* parse_str( $body, $payload ), of all fields: max_input_vars is for forms that nobody has signed, and what is beyond it would be left out. */
static asq_status asq_form_parse(zval *args)
{
	zend_long most = PG(max_input_vars);
	asq_status status = ASQ_THROWN;
	bool died = false;

	PG(max_input_vars) = ZEND_LONG_MAX;
	zend_try {
		status = asq_call(NULL, "parse_str", 2, args);
	} zend_catch {
		died = true;
	} zend_end_try();
	PG(max_input_vars) = most;
	if (died) {
		zend_bailout();
	}
	return status;
}

static bool asq_form_decode(const zend_string *body, zval *payload, const char **why)
{
	zval args[2];
	asq_status status;

	ZVAL_STR_COPY(&args[0], (zend_string *) body);
	ZVAL_NEW_EMPTY_REF(&args[1]);
	ZVAL_NULL(Z_REFVAL(args[1]));
	status = asq_form_parse(args);
	ZVAL_COPY(payload, Z_REFVAL(args[1]));
	zval_ptr_dtor(&args[0]);
	zval_ptr_dtor(&args[1]);
	if (status == ASQ_OK && Z_TYPE_P(payload) == IS_ARRAY) {
		return true;
	}
	zval_ptr_dtor(payload);
	ZVAL_UNDEF(payload);
	*why = "it is no form";
	return false;
}

bool asq_webhook_decode(unsigned type, const zend_string *body, zval *payload, const char **why)
{
	return type == ASQ_WEBHOOK_FORM ? asq_form_decode(body, payload, why) : asq_json_decode(body, payload, why);
}

/* ---- The event's id ----------------------------------------------------------------------------- */

zend_string *asq_webhook_path(zval *payload, const zend_string *path)
{
	const char *s = ZSTR_VAL(path), *end = s + ZSTR_LEN(path);

	while (s <= end) {
		const char *dot = memchr(s, '.', (size_t) (end - s));
		size_t length = (size_t) ((dot ? dot : end) - s);
		zend_string *key;
		if (Z_TYPE_P(payload) != IS_ARRAY) {
			return NULL;
		}
		key = zend_string_init(s, length, 0);
		payload = zend_symtable_find(Z_ARRVAL_P(payload), key);
		zend_string_release(key);
		if (!payload) {
			return NULL;
		}
		s += length + 1;
	}
	return Z_TYPE_P(payload) == IS_STRING || Z_TYPE_P(payload) == IS_LONG ? zval_get_string(payload) : NULL;
}

bool asq_webhook_is_event(const zend_string *id)
{
	const asq_link utf8 = {0};

	if (!ZSTR_LEN(id) || ZSTR_LEN(id) > ASQ_EVENT_ID_MAX || !asq_link_can_store(&utf8, id)) {
		return false;
	}
	for (size_t i = 0; i < ZSTR_LEN(id); i++) {
		if ((unsigned char) ZSTR_VAL(id)[i] < 0x20 || ZSTR_VAL(id)[i] == 0x7f) {
			return false;
		}
	}
	return true;
}
