/*
 * native_claims.c: the class Asq\Native\Claims: the worker pool's claims, for tests and benchmarks.
 */
#include "native.h"
#include "src/store/claim_due.h"
#include "src/wordpress/clock.h"
#include "Zend/zend_exceptions.h"
#include "ext/spl/spl_exceptions.h"

typedef struct {
	asq_claim_cursor cursor;
	zval filter;             /* the array of the constructor */
	zend_object std;
} asq_claims;

static zend_object_handlers asq_claims_handlers;

static asq_claims *asq_claims_of(zend_object *object)
{
	return (asq_claims *) ((char *) object - XtOffsetOf(asq_claims, std));
}

static zend_object *asq_claims_create(zend_class_entry *ce)
{
	asq_claims *claims = zend_object_alloc(sizeof(*claims), ce);

	asq_claim_cursor_init(&claims->cursor);
	ZVAL_UNDEF(&claims->filter);
	zend_object_std_init(&claims->std, ce);
	object_properties_init(&claims->std, ce);
	claims->std.handlers = &asq_claims_handlers;
	return &claims->std;
}

static void asq_claims_free(zend_object *object)
{
	asq_claims *claims = asq_claims_of(object);

	asq_claim_cursor_free(&claims->cursor);
	zval_ptr_dtor(&claims->filter);
	zend_object_std_dtor(object);
}

void asq_native_claims_class(zend_class_entry *ce)
{
	memcpy(&asq_claims_handlers, zend_get_std_object_handlers(), sizeof(asq_claims_handlers));
	asq_claims_handlers.offset = XtOffsetOf(asq_claims, std);
	asq_claims_handlers.free_obj = asq_claims_free;
	asq_claims_handlers.clone_obj = NULL;
	ce->create_object = asq_claims_create;
}

/* A list in the filter, or NULL. */
static HashTable *asq_claims_list(asq_claims *claims, const char *name)
{
	zval *list = Z_TYPE(claims->filter) == IS_ARRAY ? zend_hash_str_find(Z_ARRVAL(claims->filter), name, strlen(name)) : NULL;

	return list && Z_TYPE_P(list) == IS_ARRAY ? Z_ARRVAL_P(list) : NULL;
}

static bool asq_claims_flag(asq_claims *claims, const char *name)
{
	zval *flag = Z_TYPE(claims->filter) == IS_ARRAY ? zend_hash_str_find(Z_ARRVAL(claims->filter), name, strlen(name)) : NULL;

	return flag && zend_is_true(flag);
}

static void asq_claims_filter(asq_claims *claims, asq_claim_filter *filter)
{
	zval *order = Z_TYPE(claims->filter) == IS_ARRAY ? zend_hash_str_find(Z_ARRVAL(claims->filter), "order_by", sizeof("order_by") - 1) : NULL;

	*filter = (asq_claim_filter) {
		.hooks = asq_claims_list(claims, "hooks"),
		.group_ids = asq_claims_list(claims, "group_ids"),
		.exclude_groups = asq_claims_flag(claims, "exclude_groups"),
		.order_by = order && Z_TYPE_P(order) == IS_STRING ? Z_STR_P(order) : NULL,
	};
}

static void asq_claims_throw(asq_status status, const asq_error *error)
{
	if (status == ASQ_FAILED) {
		zend_throw_exception(spl_ce_RuntimeException, error->message, (zend_long) error->code);
	}
}

ZEND_METHOD(Asq_Native_Claims, __construct)
{
	asq_claims *claims = asq_claims_of(Z_OBJ_P(ZEND_THIS));
	zval *filter = NULL;

	ZEND_PARSE_PARAMETERS_START(0, 1)
		Z_PARAM_OPTIONAL
		Z_PARAM_ARRAY(filter)
	ZEND_PARSE_PARAMETERS_END();
	if (filter) {
		zval_ptr_dtor(&claims->filter);
		ZVAL_COPY(&claims->filter, filter);
	}
}

ZEND_METHOD(Asq_Native_Claims, claim)
{
	asq_claims *claims = asq_claims_of(Z_OBJ_P(ZEND_THIS));
	asq_claim_filter filter;
	asq_error error;
	asq_site site;
	asq_status status;
	zend_long claim_id, limit;
	zend_string *due = NULL, *now;

	ZEND_PARSE_PARAMETERS_START(2, 3)
		Z_PARAM_LONG(claim_id)
		Z_PARAM_LONG(limit)
		Z_PARAM_OPTIONAL
		Z_PARAM_STR_OR_NULL(due)
	ZEND_PARSE_PARAMETERS_END();
	now = asq_clock_gmt(asq_clock_now());
	asq_claims_filter(claims, &filter);
	filter.limit = limit;
	filter.due = due ? due : now;
	filter.now_gmt = filter.now_local = now;
	status = asq_site_open_own(&site, 0, &error);
	if (status == ASQ_OK) {
		site.link.skip_locked = site.link.skip_locked && !asq_claims_flag(claims, "old_server");
		status = asq_store_claim_due(&site, &filter, (uint64_t) claim_id, &claims->cursor, return_value, &error);
		asq_site_close(&site);
	}
	zend_string_release(now);
	asq_claims_throw(status, &error);
}

ZEND_METHOD(Asq_Native_Claims, next_due)
{
	asq_claim_filter filter;
	asq_error error;
	asq_site site;
	asq_status status;
	zend_string *due = NULL, *date = NULL;

	ZEND_PARSE_PARAMETERS_START(0, 1)
		Z_PARAM_OPTIONAL
		Z_PARAM_STR_OR_NULL(due)
	ZEND_PARSE_PARAMETERS_END();
	asq_claims_filter(asq_claims_of(Z_OBJ_P(ZEND_THIS)), &filter);
	filter.due = due;
	status = asq_site_open_own(&site, 0, &error);
	if (status == ASQ_OK) {
		status = asq_store_next_due(&site, &filter, &date, &error);
		asq_site_close(&site);
	}
	asq_claims_throw(status, &error);
	if (date) {
		RETURN_STR(date);
	}
}

ZEND_METHOD(Asq_Native_Claims, look)
{
	ZEND_PARSE_PARAMETERS_NONE();
	asq_claim_cursor_look(&asq_claims_of(Z_OBJ_P(ZEND_THIS))->cursor);
}
