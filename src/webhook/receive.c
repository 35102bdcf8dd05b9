/*
 * receive.c: a request, step by step: its method, size, signature, payload, the event's id, the action's args. The first step that
 * fails is the answer.
 */
#include "webhook.h"
#include "src/store/keys.h"
#include "src/wordpress/clock.h"
#include "src/wordpress/hooks.h"
#include "php_asq.h"
#include "main/php_main.h"
#include "Zend/zend_exceptions.h"

#define ASQ_RETRY_AFTER "30"   /* seconds, where the queue cannot take it */
#define ASQ_RETRY_SOON  "5"    /* where another process is at it */

/* A request that is being answered, with all that it owns. */
typedef struct {
	asq_webhook *webhook;
	zend_object *request;
	zval *answer;
	int64_t now;
	zend_string *body, *content_type, *id;
	unsigned type;
	zval payload, secrets, event, args;
	bool done;                /* the answer is there */
	bool left;                /* somebody has called exit(): no answer is due */
} asq_receiving;

/* ---- Answers ------------------------------------------------------------------------------------ */

/* new WP_REST_Response( $data, $status, $headers ): takes the data and the headers. */
static void asq_respond(asq_receiving *r, zval *data, zend_long status, zval *headers)
{
	zend_class_entry *ce = asq_class("WP_REST_Response", true);
	zval args[3];

	ZVAL_COPY_VALUE(&args[0], data);
	ZVAL_LONG(&args[1], status);
	ZVAL_COPY_VALUE(&args[2], headers);
	r->done = true;
	if (!ce || asq_new(r->answer, ce, 3, args) != ASQ_OK) {
		r->left = true;
	}
	zval_ptr_dtor(data);
	zval_ptr_dtor(headers);
}

/* What a plugin's callable or listener has thrown is told in the log: where, and not what it says, which may hold what was sent. */
static void asq_receive_threw(asq_receiving *r, const char *what)
{
	zval thrown, *file, *line;

	if (!EG(exception) || asq_is_exit(EG(exception))) {
		r->left = true;
		return;
	}
	asq_catch(&thrown);
	file = asq_property(Z_OBJ(thrown), "file", sizeof("file") - 1);
	line = asq_property(Z_OBJ(thrown), "line", sizeof("line") - 1);
	asq_log_line("asq: webhook %s: %s threw %s in %s:" ZEND_LONG_FMT, ZSTR_VAL(r->webhook->name), what, ZSTR_VAL(Z_OBJCE(thrown)->name),
		file && Z_TYPE_P(file) == IS_STRING ? Z_STRVAL_P(file) : "?", line ? zval_get_long(line) : 0);
	zval_ptr_dtor(&thrown);
}

/* do_action( $hook, $name, ...two more ): the answer does not depend on its listeners. */
static void asq_receive_tell(asq_receiving *r, const char *hook, zval *first, zval *second)
{
	zval args[3];

	ZVAL_STR(&args[0], r->webhook->name);
	ZVAL_COPY_VALUE(&args[1], first);
	ZVAL_COPY_VALUE(&args[2], second);
	if (asq_wp_do_action(hook, 3, args) == ASQ_THROWN) {
		asq_receive_threw(r, hook);
	}
}

/* False, with an answer as WordPress makes it of a WP_Error: { code, message, data: { status } }. */
static bool asq_refuse(asq_receiving *r, zend_long status, const char *reason, const char *message, const char *header, const char *value)
{
	char code[64];
	zval data, more, headers, number, word;

	snprintf(code, sizeof(code), "asq_webhook_%s", reason);
	array_init(&data);
	add_assoc_string(&data, "code", code);
	add_assoc_string(&data, "message", message);
	array_init(&more);
	add_assoc_long(&more, "status", status);
	add_assoc_zval(&data, "data", &more);
	array_init(&headers);
	if (header) {
		add_assoc_string(&headers, header, value);
	}
	asq_respond(r, &data, status, &headers);
	if (!r->left) {
		ZVAL_LONG(&number, status);
		ZVAL_STRING(&word, reason);
		asq_receive_tell(r, "asq_webhook_rejected", &number, &word);
		zval_ptr_dtor(&word);
	}
	return false;
}

/* A callable of the plugin's has thrown. */
static bool asq_refuse_thrown(asq_receiving *r, const char *what)
{
	asq_receive_threw(r, what);
	return r->left ? false : asq_refuse(r, 500, "failed", "This webhook has failed on the server. Its error log says where.", NULL, NULL);
}

/* What a plugin's callable has returned makes no sense. */
static bool asq_refuse_returned(asq_receiving *r, const char *what)
{
	asq_log_line("asq: webhook %s: %s", ZSTR_VAL(r->webhook->name), what);
	return asq_refuse(r, 500, "failed", "This webhook has failed on the server. Its error log says where.", NULL, NULL);
}

/* ---- The request -------------------------------------------------------------------------------- */

/* $request->$method( $argument ) as a string, or NULL; the caller's to release. */
static zend_string *asq_request_get(asq_receiving *r, const char *method, const char *argument)
{
	zval arg, result;
	zend_string *text = NULL;
	asq_status status;

	if (argument) {
		ZVAL_STRING(&arg, argument);
	}
	status = asq_call_method(&result, r->request, method, argument != NULL, argument ? &arg : NULL);
	if (argument) {
		zval_ptr_dtor(&arg);
	}
	if (status == ASQ_OK) {
		text = Z_TYPE(result) == IS_STRING ? zend_string_copy(Z_STR(result)) : NULL;
		zval_ptr_dtor(&result);
	} else if (status == ASQ_THROWN) {
		asq_receive_threw(r, "the request");
	}
	return text;
}

static bool asq_receive_method(asq_receiving *r)
{
	zend_string *method = asq_request_get(r, "get_method", NULL);
	bool post = method && zend_string_equals_literal_ci(method, "post");

	if (method) {
		zend_string_release(method);
	}
	return post || r->left ? !r->left : asq_refuse(r, 405, "method", "A webhook is delivered by POST.", "Allow", "POST");
}

/* By what the sender says first: PHP has dropped a body that is larger than post_max_size. */
static bool asq_receive_size(asq_receiving *r)
{
	zend_string *length = asq_request_get(r, "get_header", "content_length");
	zend_ulong said = length ? ZEND_STRTOUL(ZSTR_VAL(length), NULL, 10) : 0;

	if (length) {
		zend_string_release(length);
	}
	r->body = r->left ? NULL : asq_request_get(r, "get_body", NULL);
	if (r->left) {
		return false;
	}
	r->body = r->body ? r->body : ZSTR_EMPTY_ALLOC();
	if (said > (zend_ulong) r->webhook->max_size || ZSTR_LEN(r->body) > (size_t) r->webhook->max_size) {
		return asq_refuse(r, 413, "size", "The body is too large.", NULL, NULL);
	}
	return true;
}

/* ---- Who has sent it ---------------------------------------------------------------------------- */

/* A string, or a list of strings, as a list of those that are not empty. False: there is none. */
static bool asq_secrets_accept(zval *given, zval *secrets)
{
	zval *secret;

	array_init(secrets);
	if (Z_TYPE_P(given) == IS_STRING && Z_STRLEN_P(given)) {
		add_next_index_str(secrets, zend_string_copy(Z_STR_P(given)));
		return true;
	}
	if (Z_TYPE_P(given) != IS_ARRAY) {
		return false;
	}
	ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(given), secret) {
		ZVAL_DEREF(secret);
		if (Z_TYPE_P(secret) != IS_STRING || !Z_STRLEN_P(secret)) {
			return false;
		}
		add_next_index_str(secrets, zend_string_copy(Z_STR_P(secret)));
	} ZEND_HASH_FOREACH_END();
	return zend_hash_num_elements(Z_ARRVAL_P(secrets)) > 0;
}

static bool asq_receive_secrets(asq_receiving *r)
{
	zval given;
	bool good;
	asq_status status;

	if (!r->webhook->secrets_called) {
		if (Z_TYPE(r->webhook->secrets) == IS_ARRAY) {
			ZVAL_COPY(&r->secrets, &r->webhook->secrets);
		} else {
			array_init(&r->secrets);
		}
		return true;
	}
	status = asq_call_callable(&given, &r->webhook->secrets, 0, NULL);
	if (status == ASQ_THROWN) {
		return asq_refuse_thrown(r, "the callable \"secret\"");
	}
	good = status == ASQ_OK && asq_secrets_accept(&given, &r->secrets);
	if (status == ASQ_OK) {
		zval_ptr_dtor(&given);
	}
	return good || asq_refuse(r, 503, "not_configured", "This webhook has no secret yet.", "Retry-After", ASQ_RETRY_AFTER);
}

/* signature( string $body, WP_REST_Request $request, array $secrets ): true, and nothing that is like it. */
static bool asq_receive_ask(asq_receiving *r, bool *is_signed)
{
	zval args[3], result;
	asq_status status;

	ZVAL_STR_COPY(&args[0], r->body);
	ZVAL_OBJ(&args[1], r->request);
	ZVAL_COPY_VALUE(&args[2], &r->secrets);
	status = asq_call_callable(&result, &r->webhook->scheme.callable, 3, args);
	zval_ptr_dtor(&args[0]);
	if (status == ASQ_THROWN) {
		return asq_refuse_thrown(r, "the callable \"signature\"");
	}
	*is_signed = status == ASQ_OK && Z_TYPE(result) == IS_TRUE;
	if (status == ASQ_OK) {
		zval_ptr_dtor(&result);
	}
	return true;
}

/* "webhook_id=7", which WooCommerce sends unsigned when a webhook is saved there; it wants 200, and nothing is done for it. */
static bool asq_receive_is_ping(const asq_receiving *r, const zend_string *signature)
{
	static const char ping[] = "webhook_id=";
	const char *s = ZSTR_VAL(r->body);
	size_t digits;

	if (!r->webhook->pings || signature || strncmp(s, ping, sizeof(ping) - 1) != 0) {
		return false;
	}
	digits = strspn(s + sizeof(ping) - 1, "0123456789");
	return digits && digits < 20 && digits + sizeof(ping) - 1 == ZSTR_LEN(r->body);
}

static bool asq_receive_answer_ping(asq_receiving *r)
{
	zval data, headers;

	array_init(&data);
	add_assoc_bool(&data, "ping", true);
	array_init(&headers);
	asq_respond(r, &data, 200, &headers);
	return false;
}

static bool asq_receive_verdict(asq_receiving *r, asq_sign_verdict verdict)
{
	switch (verdict) {
		case ASQ_SIGNED:
			return true;
		case ASQ_STALE:
			return asq_refuse(r, 401, "stale", "The request is signed, but too old, or of the future.", NULL, NULL);
		default:
			return asq_refuse(r, 401, "signature", "The signature is missing, or not right.", NULL, NULL);
	}
}

static bool asq_receive_signature(asq_receiving *r)
{
	const asq_scheme *scheme = &r->webhook->scheme;
	zend_string *signature = NULL, *timestamp = NULL;
	asq_sign_verdict verdict = ASQ_UNSIGNED;
	bool is_signed = false, ping, asked = true;

	if (scheme->kind != ASQ_SIGN_NONE && !asq_receive_secrets(r)) {
		return false;
	}
	if (scheme->kind == ASQ_SIGN_CALLABLE) {
		asked = asq_receive_ask(r, &is_signed);
		return asked && asq_receive_verdict(r, is_signed ? ASQ_SIGNED : ASQ_UNSIGNED);
	}
	signature = scheme->header ? asq_request_get(r, "get_header", ZSTR_VAL(scheme->header)) : NULL;
	timestamp = scheme->timestamp_header && !r->left ? asq_request_get(r, "get_header", ZSTR_VAL(scheme->timestamp_header)) : NULL;
	ping = !r->left && asq_receive_is_ping(r, signature);
	if (!r->left && !ping) {
		verdict = asq_signature_check(scheme, scheme->kind == ASQ_SIGN_NONE ? NULL : Z_ARRVAL(r->secrets), signature, timestamp, r->body, r->now, r->webhook->tolerance);
	}
	if (signature) {
		zend_string_release(signature);
	}
	if (timestamp) {
		zend_string_release(timestamp);
	}
	if (r->left) {
		return false;
	}
	return ping ? asq_receive_answer_ping(r) : asq_receive_verdict(r, verdict);
}

/* ---- What was sent ------------------------------------------------------------------------------ */

static bool asq_receive_payload(asq_receiving *r)
{
	zend_string *header = asq_request_get(r, "get_header", "content_type");
	const char *why = "";
	char message[128];

	r->type = asq_webhook_type(header);
	r->content_type = asq_webhook_media_type(header);
	if (header) {
		zend_string_release(header);
	}
	if (r->left) {
		return false;
	}
	if (!(r->type & r->webhook->content_types)) {
		return asq_refuse(r, 415, "content_type", r->webhook->content_types == ASQ_WEBHOOK_JSON ? "The body must be JSON, and its Content-Type say so."
			: r->webhook->content_types == ASQ_WEBHOOK_FORM ? "The body must be a form, and its Content-Type say so." : "The body must be JSON or a form, and its Content-Type say so.", NULL, NULL);
	}
	if (!asq_webhook_decode(r->type, r->body, &r->payload, &why)) {
		if (EG(exception)) {
			return asq_refuse_thrown(r, "the body");
		}
		snprintf(message, sizeof(message), "The body cannot be read: %s.", why);
		return asq_refuse(r, 400, "payload", message, NULL, NULL);
	}
	return true;
}

/* event_id( mixed $payload, WP_REST_Request $request ): string|int */
static bool asq_receive_ask_id(asq_receiving *r)
{
	zval args[2], result;
	asq_status status;

	ZVAL_COPY(&args[0], &r->payload);
	ZVAL_OBJ(&args[1], r->request);
	status = asq_call_callable(&result, &r->webhook->event_id, 2, args);
	zval_ptr_dtor(&args[0]);
	if (status == ASQ_THROWN) {
		return asq_refuse_thrown(r, "the callable \"event_id\"");
	}
	if (status == ASQ_OK) {
		r->id = Z_TYPE(result) == IS_STRING || Z_TYPE(result) == IS_LONG ? zval_get_string(&result) : NULL;
		zval_ptr_dtor(&result);
	}
	return true;
}

static bool asq_receive_id(asq_receiving *r)
{
	switch (r->webhook->event_source) {
		case ASQ_EVENT_BY_HASH:
			r->id = zend_string_alloc(64, 0);
			asq_sha256_hex(ZSTR_VAL(r->body), ZSTR_LEN(r->body), ZSTR_VAL(r->id));
			break;
		case ASQ_EVENT_BY_PATH:
			r->id = asq_webhook_path(&r->payload, r->webhook->event_name);
			break;
		case ASQ_EVENT_BY_HEADER:
			r->id = asq_request_get(r, "get_header", ZSTR_VAL(r->webhook->event_name));
			break;
		case ASQ_EVENT_BY_CALLABLE:
			if (!asq_receive_ask_id(r)) {
				return false;
			}
	}
	if (r->left) {
		return false;
	}
	return (r->id && asq_webhook_is_event(r->id)) || asq_refuse(r, 400, "event_id", "There is no event's id in it.", NULL, NULL);
}

static void asq_receive_event(asq_receiving *r)
{
	array_init(&r->event);
	add_assoc_str(&r->event, "webhook", zend_string_copy(r->webhook->name));
	add_assoc_str(&r->event, "id", zend_string_copy(r->id));
	add_assoc_str(&r->event, "content_type", zend_string_copy(r->content_type));
	add_assoc_long(&r->event, "size", (zend_long) ZSTR_LEN(r->body));
	add_assoc_str(&r->event, "received_gmt", asq_clock_gmt(r->now));
	add_assoc_str(&r->event, "body", zend_string_copy(r->body));
}

/* args( mixed $payload, array $event ): array; else the event's id and the webhook's name, by which the worker finds the body. */
static bool asq_receive_args(asq_receiving *r)
{
	zval args[2];
	asq_status status;

	asq_receive_event(r);
	if (Z_ISUNDEF(r->webhook->args)) {
		array_init(&r->args);
		add_next_index_str(&r->args, zend_string_copy(r->id));
		add_next_index_str(&r->args, zend_string_copy(r->webhook->name));
		return true;
	}
	ZVAL_COPY(&args[0], &r->payload);
	ZVAL_COPY(&args[1], &r->event);
	status = asq_call_callable(&r->args, &r->webhook->args, 2, args);
	zval_ptr_dtor(&args[0]);
	zval_ptr_dtor(&args[1]);
	if (status == ASQ_THROWN) {
		return asq_refuse_thrown(r, "the callable \"args\"");
	}
	return (status == ASQ_OK && Z_TYPE(r->args) == IS_ARRAY) || asq_refuse_returned(r, "the callable \"args\" has returned no array");
}

/* ---- The queue ---------------------------------------------------------------------------------- */

static bool asq_refuse_unavailable(asq_receiving *r, const char *why, unsigned code)
{
	char number[16] = "";

	if (code) {
		snprintf(number, sizeof(number), "[%u] ", code);
	}
	asq_log_line("asq: webhook %s: an event was not stored: %s%s", ZSTR_VAL(r->webhook->name), number, why);
	return asq_refuse(r, 503, "unavailable", "The queue cannot take it at the moment.", "Retry-After", ASQ_RETRY_AFTER);
}

static bool asq_refuse_stored(asq_receiving *r, asq_status status, const asq_error *error)
{
	switch (status) {
		case ASQ_THROWN:
			return asq_refuse_thrown(r, "enqueueing it");
		case ASQ_NOT_FOUND:
			return asq_refuse_returned(r, "the action cannot be stored: its args must be at most 8000 bytes of JSON, its hook and group valid UTF-8");
		case ASQ_DECLINED:
			return asq_refuse_unavailable(r, "Action Scheduler has taken no action, or a filter has refused it.", 0);
		default:
			if (error->code == ASQ_ER_PACKET_TOO_LARGE) {
				asq_log_line("asq: webhook %s: %s", ZSTR_VAL(r->webhook->name), error->message);
				return asq_refuse(r, 413, "size", "The body is too large.", NULL, NULL);
			}
			return asq_refuse_unavailable(r, error->message[0] ? error->message : "the database did not answer.", error->code);
	}
}

static void asq_receive_accept(asq_receiving *r, const asq_event_end *end)
{
	zval data, headers, id;

	array_init(&data);
	add_assoc_long(&data, "id", (zend_long) end->action_id);
	add_assoc_str(&data, "event", zend_string_copy(r->id));
	add_assoc_bool(&data, "duplicate", end->duplicate);
	array_init(&headers);
	asq_respond(r, &data, end->duplicate ? 200 : 202, &headers);
	if (!end->duplicate && !r->left) {
		ZVAL_LONG(&id, (zend_long) end->action_id);
		asq_receive_tell(r, "asq_webhook_received", &r->event, &id);
	}
}

static bool asq_receive_store(asq_receiving *r)
{
	asq_event event = { r->webhook->name, r->id, r->content_type, r->body, r->webhook->keep };
	asq_event_end end;
	asq_error error = {0};
	asq_status status = asq_webhook_enqueue(r->webhook, &event, &r->args, &end, &error);

	if (status == ASQ_THROWN && end.action_id && !end.duplicate) {
		/* It is stored; a listener to that has thrown. */
		asq_receive_threw(r, "a listener to action_scheduler_stored_action");
		status = ASQ_OK;
		if (r->left) {
			return false;
		}
	}
	if (status != ASQ_OK) {
		return asq_refuse_stored(r, status, &error);
	}
	if (end.busy) {
		return asq_refuse(r, 503, "busy", "The same event is being taken by another request.", "Retry-After", ASQ_RETRY_SOON);
	}
	asq_receive_accept(r, &end);
	return true;
}

/* ---- The door ----------------------------------------------------------------------------------- */

static void asq_receiving_free(asq_receiving *r)
{
	zend_string *owned[] = { r->body, r->content_type, r->id };

	for (size_t i = 0; i < sizeof(owned) / sizeof(owned[0]); i++) {
		if (owned[i]) {
			zend_string_release(owned[i]);
		}
	}
	zval_ptr_dtor(&r->payload);
	zval_ptr_dtor(&r->secrets);
	zval_ptr_dtor(&r->event);
	zval_ptr_dtor(&r->args);
	asq_webhook_free(r->webhook);
}

asq_status asq_webhook_receive(asq_webhook *webhook, zval *request, zval *answer)
{
	asq_receiving r = { .webhook = webhook, .request = Z_OBJ_P(request), .answer = answer, .now = asq_clock_now() };

	ZVAL_UNDEF(answer);
	/* Whoever is called may register another of this name. */
	webhook->uses++;
	if (asq_receive_method(&r) && asq_receive_size(&r) && asq_receive_signature(&r) && asq_receive_payload(&r) && asq_receive_id(&r) && asq_receive_args(&r)) {
		asq_receive_store(&r);
	}
	asq_receiving_free(&r);
	if (r.left || !r.done) {
		zval_ptr_dtor(answer);
		ZVAL_UNDEF(answer);
		return ASQ_THROWN;
	}
	return ASQ_OK;
}
