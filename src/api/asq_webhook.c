/*
 * asq_webhook.c: webhooks: asq_register_webhook(), what is asked of their events, and what WordPress calls for a request.
 */
#include "api.h"
#include "options.h"
#include "src/webhook/webhook.h"
#include "Zend/zend_exceptions.h"
#include "ext/spl/spl_exceptions.h"

#define ASQ_EVENTS_PAGE_MAX 100000
#define ASQ_EVENTS_AGE_MAX  315360000

static void asq_webhook_throw(const char *function, const asq_error *error)
{
	if (!EG(exception)) {
		zend_throw_exception_ex(spl_ce_RuntimeException, (zend_long) error->code, "%s(): %s", function, error->message[0] ? error->message : "the database did not answer.");
	}
}

/* ---- Registering -------------------------------------------------------------------------------- */

/*
 * Takes the options out of the call, and whatever else might be a secret: the arguments of a call are in the trace of each exception
 * and error that comes of it.
 */
static void asq_webhook_hide(zend_execute_data *execute_data, zval *options)
{
	ZVAL_UNDEF(options);
	for (uint32_t i = 1; i <= ZEND_NUM_ARGS(); i++) {
		zval *slot = ZEND_CALL_ARG(execute_data, i), *arg = slot;
		ZVAL_DEREF(arg);
		if (Z_TYPE_P(arg) == IS_ARRAY) {
			if (i == 2) {
				ZVAL_COPY(options, arg);
			}
			zval_ptr_dtor(slot);
			ZVAL_EMPTY_ARRAY(slot);
		} else if (Z_TYPE_P(arg) == IS_STRING && i > 1) {
			zval_ptr_dtor(slot);
			ZVAL_STRING(slot, "(hidden)");
		}
	}
}

/* Throws what is wrong with it. */
static asq_webhook *asq_webhook_read(zend_string *name, zval *options)
{
	asq_webhook *webhook;
	const zend_string *other;
	char why[512] = "";

	if (!asq_webhook_is_name(name)) {
		zend_argument_value_error(1, "must be 1 to 100 letters, digits, \"-\", \"_\" and \".\", which it must not begin with");
		return NULL;
	}
	webhook = asq_webhook_make(name, Z_ARRVAL_P(options), why, sizeof(why));
	/* To look for a callable may have called an autoloader. */
	if (!webhook && !EG(exception)) {
		zend_argument_value_error(2, "must %s", why);
	} else if (webhook && EG(exception)) {
		asq_webhook_free(webhook);
		webhook = NULL;
	} else if (webhook && (other = asq_webhook_route_taken(webhook)) != NULL) {
		zend_argument_value_error(2, "must have another \"route\" than the webhook \"%s\"", ZSTR_VAL(other));
		asq_webhook_free(webhook);
		webhook = NULL;
	}
	return webhook;
}

ZEND_FUNCTION(asq_register_webhook)
{
	zend_string *name;
	zval *hidden, options;
	asq_webhook *webhook = NULL;

	asq_webhook_hide(execute_data, &options);
	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_STR(name)
		Z_PARAM_ARRAY(hidden)
	ZEND_PARSE_PARAMETERS_END_EX(zval_ptr_dtor(&options); return);

	(void) hidden;
	if (!asq_wp_is_loaded()) {
		zend_throw_exception(spl_ce_RuntimeException, "asq_register_webhook(): WordPress is not loaded.", 0);
	} else {
		webhook = asq_webhook_read(name, &options);
	}
	zval_ptr_dtor(&options);
	if (webhook) {
		asq_webhook_keep(webhook);
	}
}

ZEND_FUNCTION(asq_webhooks)
{
	ZEND_PARSE_PARAMETERS_NONE();
	asq_webhooks_list(return_value);
}

/* ---- Requests ----------------------------------------------------------------------------------- */

ZEND_FUNCTION(Asq_Native_webhook_routes)
{
	ZEND_PARSE_PARAMETERS_NONE();
	asq_webhook_routes();
}

/* Of whatever has a route: the webhook of it, or NULL. */
static asq_webhook *asq_webhook_of(zval *request)
{
	asq_webhook *webhook = NULL;
	zval route;

	if (Z_TYPE_P(request) == IS_OBJECT && asq_call_method(&route, Z_OBJ_P(request), "get_route", 0, NULL) == ASQ_OK) {
		webhook = Z_TYPE(route) == IS_STRING ? asq_webhook_by_route(Z_STR(route)) : NULL;
		zval_ptr_dtor(&route);
	}
	return webhook;
}

/* The filter rest_pre_dispatch. An answer that is there already stands, but for WordPress's to OPTIONS, which only knows routes. */
ZEND_FUNCTION(Asq_Native_webhook_dispatch)
{
	zval *result, *server, *request, method;
	asq_webhook *webhook;
	bool options = false;

	ZEND_PARSE_PARAMETERS_START(3, 3)
		Z_PARAM_ZVAL(result)
		Z_PARAM_ZVAL(server)
		Z_PARAM_ZVAL(request)
	ZEND_PARSE_PARAMETERS_END();

	(void) server;
	webhook = asq_webhook_of(request);
	if (webhook && zend_is_true(result) && asq_call_method(&method, Z_OBJ_P(request), "get_method", 0, NULL) == ASQ_OK) {
		options = Z_TYPE(method) == IS_STRING && zend_string_equals_literal_ci(Z_STR(method), "options");
		zval_ptr_dtor(&method);
	}
	if (EG(exception) || !webhook || (zend_is_true(result) && !options)) {
		RETURN_COPY(result);
	}
	if (asq_webhook_receive(webhook, request, return_value) != ASQ_OK) {
		RETURN_NULL();
	}
}

/*
 * new WP_Error( 'rest_no_route', ... ), as WordPress answers: a route stays known to it when its webhook has been registered again with
 * another, and the sender must not take that for delivered.
 */
static void asq_webhook_no_route(zval *error)
{
	zend_class_entry *ce = asq_class("WP_Error", true);
	zval args[3], message;

	ZVAL_NULL(error);
	if (!ce) {
		return;
	}
	ZVAL_STRING(&args[0], "No route was found matching the URL and request method.");
	if (asq_call(&message, "__", 1, args) == ASQ_OK) {
		zval_ptr_dtor(&args[0]);
		ZVAL_STRING(&args[0], "rest_no_route");
		ZVAL_COPY_VALUE(&args[1], &message);
		array_init(&args[2]);
		add_assoc_long(&args[2], "status", 404);
		if (asq_new(error, ce, 3, args) != ASQ_OK) {
			ZVAL_NULL(error);
		}
		zval_ptr_dtor(&args[1]);
		zval_ptr_dtor(&args[2]);
	}
	zval_ptr_dtor(&args[0]);
}

/* The route's callback, where somebody has taken the filter away, or the webhook has another route by now. */
ZEND_FUNCTION(Asq_Native_webhook_receive)
{
	zval *request;
	asq_webhook *webhook;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_ZVAL(request)
	ZEND_PARSE_PARAMETERS_END();

	webhook = asq_webhook_of(request);
	if (!webhook && !EG(exception)) {
		asq_webhook_no_route(return_value);
		return;
	}
	if (!webhook || asq_webhook_receive(webhook, request, return_value) != ASQ_OK) {
		RETURN_NULL();
	}
}

/* ---- Events ------------------------------------------------------------------------------------- */

static void asq_event_text(zval *event, const char *key, const zval *row, uint32_t column)
{
	zend_string *cell = asq_row_get(row, column);

	if (cell) {
		add_assoc_str(event, key, zend_string_copy(cell));
	} else {
		add_assoc_null(event, key);
	}
}

/* The id as it was asked for, since a long one is stored as a hash. */
static void asq_event_array(const zval *row, zend_string *id, zval *event)
{
	array_init(event);
	asq_event_text(event, "webhook", row, ASQ_EVENT_WEBHOOK);
	asq_event_text(event, "id", row, ASQ_EVENT_ID);
	if (id) {
		add_assoc_str(event, "id", zend_string_copy(id));
	}
	add_assoc_long(event, "action_id", asq_row_long(row, ASQ_EVENT_ACTION));
	asq_event_text(event, "action_status", row, ASQ_EVENT_STATUS);
	asq_event_text(event, "received_gmt", row, ASQ_EVENT_RECEIVED);
	asq_event_text(event, "expires_gmt", row, ASQ_EVENT_EXPIRES);
	asq_event_text(event, "content_type", row, ASQ_EVENT_TYPE);
	add_assoc_long(event, "size", asq_row_long(row, ASQ_EVENT_SIZE));
}

/* The event's row, in *rows; NULL: there is none, or an exception says why not. */
static zval *asq_event_find(const char *function, zend_string *name, zend_string *id, zval *rows)
{
	asq_site site;
	asq_error error = {0};
	asq_status status = asq_site_open(&site, &error);

	ZVAL_UNDEF(rows);
	if (status == ASQ_OK) {
		status = asq_store_get_event(&site, name, id, rows, &error);
		asq_site_close(&site);
	}
	if (status != ASQ_OK) {
		asq_webhook_throw(function, &error);
		return NULL;
	}
	return zend_hash_index_find(Z_ARRVAL_P(rows), 0);
}

ZEND_FUNCTION(asq_webhook_event)
{
	zend_string *name, *id;
	zval rows, *row;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_STR(name)
		Z_PARAM_STR(id)
	ZEND_PARSE_PARAMETERS_END();

	row = asq_event_find("asq_webhook_event", name, id, &rows);
	if (row) {
		asq_event_array(row, id, return_value);
		asq_event_text(return_value, "body", row, ASQ_EVENT_BODY);
	}
	zval_ptr_dtor(&rows);
}

ZEND_FUNCTION(asq_webhook_payload)
{
	zend_string *name, *id, *body;
	zval rows, *row;
	const char *why;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_STR(name)
		Z_PARAM_STR(id)
	ZEND_PARSE_PARAMETERS_END();

	row = asq_event_find("asq_webhook_payload", name, id, &rows);
	body = row ? asq_row_get(row, ASQ_EVENT_BODY) : NULL;
	if (body && !asq_webhook_decode(asq_webhook_type(asq_row_get(row, ASQ_EVENT_TYPE)), body, return_value, &why)) {
		RETVAL_NULL();
	}
	zval_ptr_dtor(&rows);
}

/* ---- Many events -------------------------------------------------------------------------------- */

/* A string, or NULL where it is not given. False: an exception says that it is none. */
static bool asq_events_text(HashTable *options, const char *key, const zend_string **text)
{
	zval *value = asq_option(options, key);

	if (value && (Z_TYPE_P(value) != IS_STRING || !Z_STRLEN_P(value))) {
		zend_argument_value_error(1, "must have a string that is not empty as \"%s\"", key);
		return false;
	}
	*text = value ? Z_STR_P(value) : NULL;
	return true;
}

static bool asq_events_read(HashTable *given, asq_events_query *query, bool *count)
{
	static const char *const names[] = { "webhook", "action_status", "page", "per_page", "return", NULL };
	const asq_link utf8 = {0};
	zend_long page = 1;
	zval *what;

	*query = (asq_events_query) { .limit = 20 };
	if (asq_options_unknown(given, 1, names) || !asq_events_text(given, "webhook", &query->webhook) || !asq_events_text(given, "action_status", &query->status)
			|| !asq_option_whole(given, 1, "page", 1, ZEND_LONG_MAX / (ASQ_EVENTS_PAGE_MAX + 1), &page)
			|| !asq_option_whole(given, 1, "per_page", 0, ASQ_EVENTS_PAGE_MAX, &query->limit)) {
		return false;
	}
	if (query->status && !asq_link_can_store(&utf8, query->status)) {
		zend_argument_value_error(1, "must have the status of an action as \"action_status\"");
		return false;
	}
	what = asq_option(given, "return");
	*count = what && Z_TYPE_P(what) == IS_STRING && zend_string_equals_literal(Z_STR_P(what), "count");
	if (what && !*count && (Z_TYPE_P(what) != IS_STRING || !zend_string_equals_literal(Z_STR_P(what), "events"))) {
		zend_argument_value_error(1, "must have \"events\" or \"count\" as \"return\"");
		return false;
	}
	query->offset = (page - 1) * query->limit;
	return true;
}

ZEND_FUNCTION(asq_webhook_events)
{
	HashTable *given = NULL;
	asq_events_query query;
	asq_site site;
	asq_error error = {0};
	asq_status status;
	zend_long number = 0;
	zval rows, *row, event;
	bool count;

	ZEND_PARSE_PARAMETERS_START(0, 1)
		Z_PARAM_OPTIONAL
		Z_PARAM_ARRAY_HT(given)
	ZEND_PARSE_PARAMETERS_END();

	if (!asq_events_read(given, &query, &count)) {
		RETURN_THROWS();
	}
	ZVAL_UNDEF(&rows);
	status = asq_site_open(&site, &error);
	if (status == ASQ_OK) {
		status = count ? asq_store_count_events(&site, &query, &number, &error) : asq_store_events(&site, &query, &rows, &error);
		asq_site_close(&site);
	}
	if (status != ASQ_OK) {
		zval_ptr_dtor(&rows);
		asq_webhook_throw("asq_webhook_events", &error);
		RETURN_THROWS();
	}
	if (count) {
		RETURN_LONG(number);
	}
	array_init(return_value);
	ZEND_HASH_FOREACH_VAL(Z_ARRVAL(rows), row) {
		asq_event_array(row, NULL, &event);
		add_next_index_zval(return_value, &event);
	} ZEND_HASH_FOREACH_END();
	zval_ptr_dtor(&rows);
}

ZEND_FUNCTION(asq_webhook_purge)
{
	static const char *const names[] = { "webhook", "older_than", "limit", NULL };
	HashTable *given = NULL;
	const zend_string *webhook;
	zend_long age = -1, limit = 0;
	uint64_t deleted = 0;
	asq_site site;
	asq_error error = {0};
	asq_status status;

	ZEND_PARSE_PARAMETERS_START(0, 1)
		Z_PARAM_OPTIONAL
		Z_PARAM_ARRAY_HT(given)
	ZEND_PARSE_PARAMETERS_END();

	if (asq_options_unknown(given, 1, names) || !asq_events_text(given, "webhook", &webhook) || !asq_option_whole(given, 1, "older_than", 0, ASQ_EVENTS_AGE_MAX, &age)
			|| !asq_option_whole(given, 1, "limit", 0, ZEND_LONG_MAX, &limit)) {
		RETURN_THROWS();
	}
	status = asq_site_open_own(&site, 0, &error);
	if (status == ASQ_OK) {
		status = asq_store_purge_events(&site, webhook, age, (uint64_t) limit, &deleted, &error);
		asq_site_close(&site);
	}
	if (status != ASQ_OK) {
		asq_webhook_throw("asq_webhook_purge", &error);
		RETURN_THROWS();
	}
	RETURN_LONG((zend_long) deleted);
}
