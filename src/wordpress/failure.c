/*
 * failure.c: what went wrong, as userland says it. Nothing here loads a class: what is not loaded has not been thrown.
 */
#include "failure.h"
#include "clock.h"
#include "hooks.h"
#include "php_asq.h"
#include "src/action/backoff.h"
#include "src/worker/member.h"
#include "Zend/zend_exceptions.h"
#include "Zend/zend_interfaces.h"
#include "ext/date/php_date.h"
#include "ext/spl/spl_exceptions.h"

#define ASQ_FRAMES_MAX 60
#define ASQ_TRACE_MAX  32768

const char *const asq_failure_kinds[] = { "unknown", "transient", "permanent" };

/* ---- By numbers and words --------------------------------------------------------------------------- */

static asq_failure_kind asq_classify_http(zend_long status)
{
	if (status == 408 || status == 425 || status == 429 || (status >= 500 && status <= 599)) {
		return ASQ_FAILURE_TRANSIENT;
	}
	/* A conflict or a lock may be gone the next time, or not. */
	return status >= 400 && status <= 499 && status != 409 && status != 423 ? ASQ_FAILURE_PERMANENT : ASQ_FAILURE_UNKNOWN;
}

static asq_failure_kind asq_classify_sql(zend_long code)
{
	static const short transient[] = { 1020, 1040, 1053, 1158, 1159, 1160, 1161, 1203, 1205, 1213, 1226, 1290, 1317, 1467, 1836, 1927, 1969,
		2002, 2003, 2005, 2006, 2013, 2055, 3024, 3572, 4031 };

	for (size_t i = 0; i < sizeof(transient) / sizeof(transient[0]); i++) {
		if (code == transient[i]) {
			return ASQ_FAILURE_TRANSIENT;
		}
	}
	return ASQ_FAILURE_UNKNOWN;
}

/* What servers, cURL and sockets say, whoever passes it on: $wpdb->last_error, an exception's message. */
static asq_failure_kind asq_classify_text(const zend_string *text)
{
	static const char *const transient[] = { "deadlock found", "lock wait timeout exceeded", "server has gone away", "lost connection to",
		"error while sending query packet", "too many connections", "can't connect to", "record has changed since last read", "server shutdown in progress",
		"timed out", "connection refused", "connection reset", "connection was closed", "broken pipe", "could not resolve host", "failed to connect",
		"couldn't connect", "network is unreachable", "no route to host", "temporary failure", "temporarily unavailable", "too many requests",
		"service unavailable", "bad gateway", "gateway timeout", "curl error 5:", "curl error 6:", "curl error 7:", "curl error 18:", "curl error 28:",
		"curl error 35:", "curl error 52:", "curl error 55:", "curl error 56:", "curl error 92:" };
	static const char *const permanent[] = { "curl error 1:", "curl error 3:", "a valid url was not provided", "you have an error in your sql syntax" };
	zend_string *lower = zend_string_tolower((zend_string *) text);
	asq_failure_kind kind = ASQ_FAILURE_UNKNOWN;

	for (size_t i = 0; kind == ASQ_FAILURE_UNKNOWN && i < sizeof(permanent) / sizeof(permanent[0]); i++) {
		if (strstr(ZSTR_VAL(lower), permanent[i])) {
			kind = ASQ_FAILURE_PERMANENT;
		}
	}
	for (size_t i = 0; kind == ASQ_FAILURE_UNKNOWN && i < sizeof(transient) / sizeof(transient[0]); i++) {
		if (strstr(ZSTR_VAL(lower), transient[i])) {
			kind = ASQ_FAILURE_TRANSIENT;
		}
	}
	zend_string_release(lower);
	return kind;
}

/* ---- Exceptions ------------------------------------------------------------------------------------- */

/* By its slot: one that a class has unset is null, and no __get() is asked. */
static zval *asq_exception_get(zend_object *exception, const char *name)
{
	zend_class_entry *base = instanceof_function(exception->ce, zend_ce_exception) ? zend_ce_exception : zend_ce_error;
	const zend_property_info *info = zend_hash_str_find_ptr(&base->properties_info, name, strlen(name));
	zval *value = OBJ_PROP(exception, info->offset);

	ZVAL_DEREF(value);
	return Z_TYPE_P(value) == IS_UNDEF ? &EG(uninitialized_zval) : value;
}

/* A number, as far as it can be one without being asked: an object would warn. */
static zend_long asq_number(const zval *value)
{
	return Z_TYPE_P(value) == IS_LONG || Z_TYPE_P(value) == IS_STRING || Z_TYPE_P(value) == IS_DOUBLE ? zval_get_long((zval *) value) : 0;
}

zend_object *asq_failure_previous(zend_object *exception)
{
	zval *previous = asq_exception_get(exception, "previous");

	return Z_TYPE_P(previous) == IS_OBJECT ? Z_OBJ_P(previous) : NULL;
}

static bool asq_exception_is(const zend_object *exception, const char *lower_name)
{
	zend_class_entry *ce = zend_hash_str_find_ptr(EG(class_table), lower_name, strlen(lower_name));

	return ce && instanceof_function(exception->ce, ce);
}

/* PDO has the driver's number in errorInfo[1]. */
static zend_long asq_exception_sql_code(zend_object *exception)
{
	zval *info, *number;

	if (asq_exception_is(exception, "pdoexception")) {
		info = asq_property(exception, "errorInfo", sizeof("errorInfo") - 1);
		number = info && Z_TYPE_P(info) == IS_ARRAY ? zend_hash_index_find_deref(Z_ARRVAL_P(info), 1) : NULL;
		return number ? asq_number(number) : 0;
	}
	return asq_number(asq_exception_get(exception, "code"));
}

/* A client's own exceptions have the status as their code: Guzzle's, WordPress's Requests'. */
static bool asq_exception_is_http(const zend_object *exception)
{
	zend_string *lower = zend_string_tolower(exception->ce->name);
	bool is = strstr(ZSTR_VAL(lower), "http") != NULL;

	zend_string_release(lower);
	return is;
}

/* What libraries, and people, call what is not valid or not allowed: the class's name, or that of one that it extends, ends so. */
static bool asq_exception_refuses(const zend_object *exception)
{
	static const char *const names[] = { "validationexception", "permissionexception", "authorizationexception", "unauthorizedexception", "forbiddenexception",
		"accessdeniedexception" };
	bool refuses = false;

	for (const zend_class_entry *ce = exception->ce; ce && !refuses; ce = ce->parent) {
		zend_string *lower = zend_string_tolower(ce->name);
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			size_t length = strlen(names[i]);
			refuses |= ZSTR_LEN(lower) >= length && strcmp(ZSTR_VAL(lower) + ZSTR_LEN(lower) - length, names[i]) == 0;
		}
		zend_string_release(lower);
	}
	return refuses;
}

static asq_failure_kind asq_classify_exception(zend_object *exception)
{
	zval *message, *code;
	asq_failure_kind kind = ASQ_FAILURE_UNKNOWN;

	if (instanceof_function(exception->ce, asq_transient_exception) || instanceof_function(exception->ce, asq_timeout_exception)
			|| instanceof_function(exception->ce, asq_in_progress_exception)) {
		return ASQ_FAILURE_TRANSIENT;
	}
	if (instanceof_function(exception->ce, asq_permanent_exception) || instanceof_function(exception->ce, spl_ce_LogicException)
			|| instanceof_function(exception->ce, zend_ce_type_error) || instanceof_function(exception->ce, zend_ce_value_error)
			|| asq_exception_is(exception, "jsonexception") || instanceof_function(exception->ce, asq_conflict_exception)) {
		return ASQ_FAILURE_PERMANENT;
	}
	if (asq_exception_is(exception, "mysqli_sql_exception") || asq_exception_is(exception, "pdoexception")) {
		kind = asq_classify_sql(asq_exception_sql_code(exception));
	}
	code = asq_exception_get(exception, "code");
	if (kind == ASQ_FAILURE_UNKNOWN && Z_TYPE_P(code) == IS_LONG && asq_exception_is_http(exception)) {
		kind = asq_classify_http(Z_LVAL_P(code));
	}
	message = asq_exception_get(exception, "message");
	if (kind == ASQ_FAILURE_UNKNOWN && Z_TYPE_P(message) == IS_STRING) {
		kind = asq_classify_text(Z_STR_P(message));
	}
	return kind;
}

static asq_failure_kind asq_classify_chain(zend_object *exception)
{
	asq_failure_kind kind = ASQ_FAILURE_UNKNOWN;
	zend_object *at = exception;

	for (unsigned i = 0; at && kind == ASQ_FAILURE_UNKNOWN && i < ASQ_FAILURE_CHAIN; i++) {
		kind = asq_classify_exception(at);
		at = asq_failure_previous(at);
	}
	/* A name is a guess: what is known goes before it, of the causes as well. */
	for (unsigned i = 0; exception && kind == ASQ_FAILURE_UNKNOWN && i < ASQ_FAILURE_CHAIN; i++) {
		kind = asq_exception_refuses(exception) ? ASQ_FAILURE_PERMANENT : kind;
		exception = asq_failure_previous(exception);
	}
	return kind;
}

/* ---- WP_Error, responses ---------------------------------------------------------------------------- */

static bool asq_is_wp_error(const zval *value)
{
	return Z_TYPE_P(value) == IS_OBJECT && asq_exception_is(Z_OBJ_P(value), "wp_error");
}

static zval *asq_array_get(zval *array, const char *key)
{
	zval *value = Z_TYPE_P(array) == IS_ARRAY ? zend_hash_str_find(Z_ARRVAL_P(array), key, strlen(key)) : NULL;

	if (value) {
		ZVAL_DEREF(value);
	}
	return value;
}

/* The status of wp_remote_get()'s array; 0: it is none. */
static zend_long asq_response_status(zval *response)
{
	zval *inner = asq_array_get(response, "response"), *code = inner ? asq_array_get(inner, "code") : NULL;

	return code ? asq_number(code) : 0;
}

/* What a WP_Error's data says: array( 'status' => 403 ), a response, or a number. */
static zend_long asq_data_status(zval *data)
{
	zval *status = asq_array_get(data, "status");

	if (Z_TYPE_P(data) == IS_LONG) {
		return Z_LVAL_P(data) >= 100 && Z_LVAL_P(data) <= 599 ? Z_LVAL_P(data) : 0;
	}
	if (status && (Z_TYPE_P(status) == IS_LONG || Z_TYPE_P(status) == IS_STRING)) {
		return zval_get_long(status);
	}
	return asq_response_status(data);
}

static asq_failure_kind asq_classify_word(const zend_string *code)
{
	static const char *const transient[] = { "timeout", "timed_out", "connection_", "service_unavailable", "too_many_requests", "rate_limit", "deadlock" };
	static const char *const permanent[] = { "http_request_not_executed", "rest_invalid", "rest_missing", "rest_forbidden", "rest_cannot", "rest_no_route", "rest_not_logged_in",
		"rest_cookie_invalid", "rest_post_invalid", "rest_user_invalid", "rest_type_invalid", "invalid_", "missing_", "empty_", "existing_", "forbidden", "unauthorized",
		"not_allowed", "permission" };
	zend_string *lower = zend_string_tolower((zend_string *) code);
	asq_failure_kind kind = ASQ_FAILURE_UNKNOWN;

	for (size_t i = 0; kind == ASQ_FAILURE_UNKNOWN && i < sizeof(transient) / sizeof(transient[0]); i++) {
		if (strstr(ZSTR_VAL(lower), transient[i])) {
			kind = ASQ_FAILURE_TRANSIENT;
		}
	}
	for (size_t i = 0; kind == ASQ_FAILURE_UNKNOWN && i < sizeof(permanent) / sizeof(permanent[0]); i++) {
		if (strncmp(ZSTR_VAL(lower), permanent[i], strlen(permanent[i])) == 0) {
			kind = ASQ_FAILURE_PERMANENT;
		}
	}
	zend_string_release(lower);
	return kind;
}

/* What a method of it says, if that is text or a number; else ''. */
static zend_string *asq_wp_error_text(zval *error, const char *method)
{
	zval value;
	zend_string *text = ZSTR_EMPTY_ALLOC();

	if (!EG(exception) && asq_call_method(&value, Z_OBJ_P(error), method, 0, NULL) == ASQ_OK) {
		if (Z_TYPE(value) == IS_STRING || Z_TYPE(value) == IS_LONG) {
			text = zval_get_string(&value);
		}
		zval_ptr_dtor(&value);
	}
	return text;
}

/* The first code's word, message and status count. False: a method has thrown. */
static bool asq_wp_error_read(zval *error, zend_string **code, zend_string **message, zval *data)
{
	*code = asq_wp_error_text(error, "get_error_code");
	*message = asq_wp_error_text(error, "get_error_message");
	if (EG(exception) || asq_call_method(data, Z_OBJ_P(error), "get_error_data", 0, NULL) != ASQ_OK) {
		ZVAL_NULL(data);
	}
	if (EG(exception)) {
		zend_string_release(*code);
		zend_string_release(*message);
		return false;
	}
	return true;
}

static asq_failure_kind asq_classify_wp_error(zval *error)
{
	zend_string *code, *message;
	zval data;
	asq_failure_kind kind;

	if (!asq_wp_error_read(error, &code, &message, &data)) {
		/* What it says cannot be known; but an exit() goes on. */
		if (!asq_is_exit(EG(exception))) {
			zend_clear_exception();
		}
		return ASQ_FAILURE_UNKNOWN;
	}
	kind = asq_classify_http(asq_data_status(&data));
	if (kind == ASQ_FAILURE_UNKNOWN) {
		kind = asq_classify_word(code);
	}
	if (kind == ASQ_FAILURE_UNKNOWN) {
		kind = asq_classify_text(message);
	}
	/* WordPress gives all that goes wrong on the way to a server this code. */
	if (kind == ASQ_FAILURE_UNKNOWN && zend_string_equals_literal(code, "http_request_failed")
			&& !zend_memnstr(ZSTR_VAL(message), "cURL error 60", 13, ZSTR_VAL(message) + ZSTR_LEN(message))) {
		kind = ASQ_FAILURE_TRANSIENT;
	}
	zend_string_release(code);
	zend_string_release(message);
	zval_ptr_dtor(&data);
	return kind;
}

asq_failure_kind asq_failure_classify(zval *failure)
{
	if (Z_TYPE_P(failure) == IS_ARRAY) {
		return asq_classify_http(asq_response_status(failure));
	}
	if (Z_TYPE_P(failure) != IS_OBJECT) {
		return ASQ_FAILURE_UNKNOWN;
	}
	if (instanceof_function(Z_OBJCE_P(failure), zend_ce_throwable)) {
		return asq_classify_chain(Z_OBJ_P(failure));
	}
	return asq_is_wp_error(failure) ? asq_classify_wp_error(failure) : ASQ_FAILURE_UNKNOWN;
}

asq_status asq_failure_classify_filtered(zval *failure, asq_failure_kind *kind)
{
	zval value;
	asq_status status;

	*kind = asq_failure_classify(failure);
	if (EG(exception)) {
		return ASQ_THROWN;
	}
	if (!asq_wp_callbacks("asq_classify_failure", sizeof("asq_classify_failure") - 1)) {
		return ASQ_OK;
	}
	ZVAL_STRING(&value, asq_failure_kinds[*kind]);
	status = asq_wp_apply_filters("asq_classify_failure", &value, 1, failure);
	for (size_t i = 0; status == ASQ_OK && i < 3; i++) {
		if (Z_TYPE(value) == IS_STRING && zend_string_equals_cstr(Z_STR(value), asq_failure_kinds[i], strlen(asq_failure_kinds[i]))) {
			*kind = (asq_failure_kind) i;
		}
	}
	zval_ptr_dtor(&value);
	return status;
}

/* ---- From an error to an exception --------------------------------------------------------------------- */

/*
 * "120", or a date; -1: neither. Some servers say 0, or a time that is over by the clock here: that is no time to come back at, and the
 * backoff decides, or all attempts would be spent within a second.
 */
static zend_long asq_retry_after_seconds(zval *header)
{
	zval *value = header, stamp;
	zend_long seconds = -1;

	if (Z_TYPE_P(value) == IS_ARRAY) {
		value = zend_hash_index_find_deref(Z_ARRVAL_P(value), 0);
	}
	if (!value || (Z_TYPE_P(value) != IS_STRING && Z_TYPE_P(value) != IS_LONG)) {
		return -1;
	}
	if (Z_TYPE_P(value) == IS_LONG || is_numeric_string(Z_STRVAL_P(value), Z_STRLEN_P(value), NULL, NULL, false) == IS_LONG) {
		seconds = zval_get_long(value);
	} else if (Z_STRLEN_P(value) && asq_call(&stamp, "strtotime", 1, value) == ASQ_OK) {
		seconds = Z_TYPE(stamp) == IS_LONG ? asq_seconds_from_now(&stamp) : -1;
		zval_ptr_dtor(&stamp);
	}
	return seconds < 1 ? -1 : MIN(seconds, ASQ_DELAY_MAX);
}

static zend_long asq_response_retry_after(zval *response)
{
	zval args[2], header;
	zend_long seconds = -1;

	if (Z_TYPE_P(response) != IS_ARRAY) {
		return -1;
	}
	ZVAL_COPY_VALUE(&args[0], response);
	ZVAL_STRING(&args[1], "retry-after");
	if (asq_call(&header, "wp_remote_retrieve_header", 2, args) == ASQ_OK) {
		seconds = asq_retry_after_seconds(&header);
		zval_ptr_dtor(&header);
	}
	zval_ptr_dtor(&args[1]);
	return seconds;
}

static void asq_throw_failure(asq_failure_kind kind, zend_long seconds, zend_string *message, zend_long code)
{
	static zend_class_entry **const classes[] = { &spl_ce_RuntimeException, &asq_transient_exception, &asq_permanent_exception };
	zend_class_entry *ce = kind == ASQ_FAILURE_TRANSIENT && seconds >= 0 ? asq_retry_after_exception : *classes[kind];
	zend_object *exception = zend_throw_exception(ce, ZSTR_VAL(message), code);

	if (ce == asq_retry_after_exception && exception) {
		zend_update_property_long(asq_retry_after_exception, exception, "seconds", sizeof("seconds") - 1, seconds);
	}
}

static void asq_throw_wp_error(zval *error, asq_failure_kind kind)
{
	zend_string *code, *message, *text;
	zval data, *after;

	if (!asq_wp_error_read(error, &code, &message, &data)) {
		return;
	}
	text = ZSTR_LEN(code) ? strpprintf(0, "%s: %s", ZSTR_VAL(code), ZSTR_VAL(message)) : zend_string_copy(message);
	after = asq_array_get(&data, "retry_after");
	asq_throw_failure(kind, after ? asq_retry_after_seconds(after) : asq_response_retry_after(&data), text, asq_data_status(&data));
	zend_string_release(text);
	zend_string_release(code);
	zend_string_release(message);
	zval_ptr_dtor(&data);
}

bool asq_failure_throw_response(zval *response)
{
	zend_long status = asq_response_status(response);
	asq_failure_kind kind;
	zval *inner, *phrase;
	zend_string *text;

	if (!asq_is_wp_error(response) && status < 400) {
		return false;
	}
	if (asq_failure_classify_filtered(response, &kind) != ASQ_OK) {
		return true;
	}
	if (asq_is_wp_error(response)) {
		asq_throw_wp_error(response, kind);
		return true;
	}
	inner = asq_array_get(response, "response");
	phrase = inner ? asq_array_get(inner, "message") : NULL;
	text = strpprintf(500, "HTTP " ZEND_LONG_FMT "%s%s", status, phrase && Z_TYPE_P(phrase) == IS_STRING && Z_STRLEN_P(phrase) ? " " : "",
		phrase && Z_TYPE_P(phrase) == IS_STRING ? Z_STRVAL_P(phrase) : "");
	asq_throw_failure(kind, asq_response_retry_after(response), text, status);
	zend_string_release(text);
	return true;
}

/* ---- For logs and letters --------------------------------------------------------------------------------- */

/* The length of the letter at s, or 0: it is none. */
static size_t asq_text_letter(const unsigned char *s, size_t left)
{
	size_t length = *s < 0x80 ? 1 : *s >= 0xc2 && *s < 0xe0 ? 2 : *s >= 0xe0 && *s < 0xf0 ? 3 : *s >= 0xf0 && *s < 0xf5 ? 4 : 0;

	if (length == 0 || length > left) {
		return 0;
	}
	for (size_t i = 1; i < length; i++) {
		if ((s[i] & 0xc0) != 0x80) {
			return 0;
		}
	}
	/* Too long a form, a surrogate, or beyond the last letter. */
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f)) {
		return 0;
	}
	return length;
}

zend_string *asq_failure_text(const zend_string *text, size_t most, bool utf8mb3)
{
	const unsigned char *s = (const unsigned char *) ZSTR_VAL(text), *end = s + ZSTR_LEN(text);
	smart_str clean = {0};

	while (s < end) {
		size_t length = asq_text_letter(s, (size_t) (end - s));
		bool good = length > 0 && *s != '\0' && !(length == 4 && utf8mb3);
		if ((clean.s ? ZSTR_LEN(clean.s) : 0) + (good ? length : 1) > most) {
			break;
		}
		if (good) {
			smart_str_appendl(&clean, (const char *) s, length);
		} else {
			smart_str_appendc(&clean, '?');
		}
		s += length ? length : 1;
	}
	return clean.s ? smart_str_extract(&clean) : ZSTR_EMPTY_ALLOC();
}

static const char *asq_frame_text(zval *frame, const char *key, const char *otherwise)
{
	zval *value = asq_array_get(frame, key);

	return value && Z_TYPE_P(value) == IS_STRING ? Z_STRVAL_P(value) : otherwise;
}

static void asq_trace_frames(smart_str *text, zval *trace)
{
	unsigned number = 0;
	zval *frame, *line;

	ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(trace), frame) {
		ZVAL_DEREF(frame);
		if (number >= ASQ_FRAMES_MAX || ZSTR_LEN(text->s) > ASQ_TRACE_MAX) {
			smart_str_appends(text, "...\n");
			return;
		}
		line = asq_array_get(frame, "line");
		smart_str_append_printf(text, "#%u %s(" ZEND_LONG_FMT "): %s%s%s()\n", number++, asq_frame_text(frame, "file", "[internal function]"),
			line ? asq_number(line) : 0, asq_frame_text(frame, "class", ""), asq_frame_text(frame, "type", ""), asq_frame_text(frame, "function", ""));
	} ZEND_HASH_FOREACH_END();
}

zend_string *asq_failure_trace(zval *exception)
{
	zend_object *at = Z_OBJ_P(exception);
	smart_str text = {0};
	zval *file, *line, *trace;
	zend_string *cut;

	for (unsigned i = 0; at && i < ASQ_FAILURE_CHAIN; i++) {
		if (i) {
			zval *message = asq_exception_get(at, "message");
			smart_str_append_printf(&text, "Caused by: %.200s%s%.500s\n", ZSTR_VAL(at->ce->name), Z_TYPE_P(message) == IS_STRING ? ": " : "",
				Z_TYPE_P(message) == IS_STRING ? Z_STRVAL_P(message) : "");
		}
		file = asq_exception_get(at, "file");
		smart_str_append_printf(&text, "Thrown in %s", Z_TYPE_P(file) == IS_STRING ? Z_STRVAL_P(file) : "?");
		line = asq_exception_get(at, "line");
		smart_str_append_printf(&text, " on line " ZEND_LONG_FMT "\n", asq_number(line));
		trace = asq_exception_get(at, "trace");
		if (Z_TYPE_P(trace) == IS_ARRAY) {
			asq_trace_frames(&text, trace);
		}
		at = asq_failure_previous(at);
	}
	smart_str_0(&text);
	cut = asq_failure_text(text.s, ASQ_TRACE_MAX, false);
	smart_str_free(&text);
	return cut;
}

zend_string *asq_failure_code(zval *exception)
{
	zval *code = asq_exception_get(Z_OBJ_P(exception), "code");
	zend_string *text, *cut;

	if (Z_TYPE_P(code) != IS_LONG && Z_TYPE_P(code) != IS_STRING) {
		return ZSTR_EMPTY_ALLOC();
	}
	text = zval_get_string(code);
	cut = asq_failure_text(text, 50, false);
	zend_string_release(text);
	return cut;
}
