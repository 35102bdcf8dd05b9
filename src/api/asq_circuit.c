/*
 * asq_circuit.c: the class Asq\Circuit, asq_circuit(), asq_circuits(), and the exceptions of circuits and idempotency keys.
 * A circuit that the database does not tell of is taken for closed: it must not stop what it is there to help.
 */
#include "held.h"
#include "options.h"
#include "outcome.h"
#include "guards.h"
#include "Zend/zend_exceptions.h"
#include "ext/spl/spl_exceptions.h"

#include <time.h>
#include <unistd.h>

#include "stubs/asq_failure_arginfo.h"

#define ASQ_TIME_MAX 31536000   /* seconds; a year */
#define ASQ_TRY_SOON 5          /* seconds after which it is worth to look again how a try has gone */

zend_class_entry *asq_conflict_exception, *asq_in_progress_exception, *asq_circuit_open_exception;

static zend_class_entry *asq_circuit_class;
static zend_object_handlers asq_circuit_handlers;

typedef struct {
	zend_string *name;
	asq_circuit_rule rule;      /* its name is the one above */
	double cache;
	zval counts;
	asq_held *probe;            /* which isAvailable() has begun */

	zend_string *known_of;      /* what is known, of which site's table, and until when */
	asq_circuit_seen known;
	double known_at, known_until;
	zend_object std;
} asq_circuit;

static asq_circuit *asq_circuit_of(zend_object *object)
{
	return (asq_circuit *) ((char *) object - XtOffsetOf(asq_circuit, std));
}

static double asq_circuit_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

/* ---- The exceptions ----------------------------------------------------------------------------- */

static void asq_failure_fill(zval *exception, zend_class_entry *ce, zend_long retry_after, zend_string *circuit, const char *format, va_list args)
{
	zend_string *message = zend_vstrpprintf(0, format, args);

	object_init_ex(exception, ce);
	zend_update_property_str(zend_ce_exception, Z_OBJ_P(exception), "message", sizeof("message") - 1, message);
	zend_update_property_long(ce, Z_OBJ_P(exception), "retryAfter", sizeof("retryAfter") - 1, retry_after);
	if (circuit) {
		zend_update_property_str(ce, Z_OBJ_P(exception), "circuit", sizeof("circuit") - 1, circuit);
	}
	zend_string_release(message);
}

void asq_failure_make(zval *exception, zend_class_entry *ce, zend_long retry_after, zend_string *circuit, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	asq_failure_fill(exception, ce, retry_after, circuit, format, args);
	va_end(args);
}

void asq_failure_throw(zend_class_entry *ce, zend_long retry_after, zend_string *circuit, const char *format, ...)
{
	zval exception;
	va_list args;

	va_start(args, format);
	asq_failure_fill(&exception, ce, retry_after, circuit, format, args);
	va_end(args);
	zend_throw_exception_object(&exception);
}

static void asq_return_property(zval *object, const char *name, zval *return_value)
{
	zval *value = asq_property(Z_OBJ_P(object), name, strlen(name));

	if (value) {
		ZVAL_COPY(return_value, value);
	}
}

ZEND_METHOD(Asq_InProgressException, getRetryAfter)
{
	ZEND_PARSE_PARAMETERS_NONE();
	asq_return_property(ZEND_THIS, "retryAfter", return_value);
}

ZEND_METHOD(Asq_CircuitOpenException, getRetryAfter)
{
	ZEND_PARSE_PARAMETERS_NONE();
	asq_return_property(ZEND_THIS, "retryAfter", return_value);
}

ZEND_METHOD(Asq_CircuitOpenException, getCircuit)
{
	ZEND_PARSE_PARAMETERS_NONE();
	asq_return_property(ZEND_THIS, "circuit", return_value);
}

/* ---- The object --------------------------------------------------------------------------------- */

static zend_object *asq_circuit_new(zend_class_entry *ce)
{
	asq_circuit *circuit = zend_object_alloc(sizeof(*circuit), ce);

	zend_object_std_init(&circuit->std, ce);
	circuit->std.handlers = &asq_circuit_handlers;
	ZVAL_UNDEF(&circuit->counts);
	return &circuit->std;
}

static void asq_circuit_forget(asq_circuit *circuit)
{
	if (circuit->known_of) {
		zend_string_release(circuit->known_of);
		circuit->known_of = NULL;
	}
}

/* A probe that it has begun stays on the list of what is held, until the request ends. */
static void asq_circuit_free(zend_object *object)
{
	asq_circuit *circuit = asq_circuit_of(object);

	asq_circuit_forget(circuit);
	if (circuit->name) {
		zend_string_release(circuit->name);
	}
	zval_ptr_dtor(&circuit->counts);
	zend_object_std_dtor(object);
}

static HashTable *asq_circuit_gc(zend_object *object, zval **table, int *count)
{
	*table = &asq_circuit_of(object)->counts;
	*count = 1;
	return zend_std_get_properties(object);
}

void asq_failure_startup(void)
{
	asq_conflict_exception = register_class_Asq_ConflictException(spl_ce_RuntimeException);
	asq_in_progress_exception = register_class_Asq_InProgressException(spl_ce_RuntimeException);
	asq_circuit_open_exception = register_class_Asq_CircuitOpenException(spl_ce_RuntimeException);
	asq_circuit_class = register_class_Asq_Circuit();
	asq_circuit_class->create_object = asq_circuit_new;
	memcpy(&asq_circuit_handlers, &std_object_handlers, sizeof(asq_circuit_handlers));
	asq_circuit_handlers.offset = XtOffsetOf(asq_circuit, std);
	asq_circuit_handlers.free_obj = asq_circuit_free;
	asq_circuit_handlers.get_gc = asq_circuit_gc;
	asq_circuit_handlers.clone_obj = NULL;
}

void asq_circuits_shutdown(void)
{
	if (ASQ_G(circuits)) {
		zend_hash_destroy(ASQ_G(circuits));
		FREE_HASHTABLE(ASQ_G(circuits));
		ASQ_G(circuits) = NULL;
	}
}

ZEND_METHOD(Asq_Circuit, __construct)
{
	ZEND_PARSE_PARAMETERS_NONE();
}

/* ---- asq_circuit() ------------------------------------------------------------------------------ */

static int64_t asq_micros(double seconds)
{
	return (int64_t) (seconds * 1e6);
}

static bool asq_circuit_read_counts(zval *counts, HashTable *options)
{
	zval *value = asq_option(options, "counts"), *name;

	if (!value) {
		return true;
	}
	if (Z_TYPE_P(value) != IS_ARRAY || zend_is_callable(value, 0, NULL)) {
		if (!zend_is_callable(value, 0, NULL)) {
			zend_argument_type_error(2, "must have a callable, or a list of classes, as \"counts\"");
			return false;
		}
		ZVAL_COPY(counts, value);
		return true;
	}
	ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(value), name) {
		ZVAL_DEREF(name);
		if (Z_TYPE_P(name) != IS_STRING || !Z_STRLEN_P(name)) {
			zend_argument_type_error(2, "must have a callable, or a list of classes, as \"counts\"");
			return false;
		}
	} ZEND_HASH_FOREACH_END();
	ZVAL_COPY(counts, value);
	return true;
}

static bool asq_circuit_read(asq_circuit *circuit, HashTable *options)
{
	static const char *const names[] = { "threshold", "window", "cooldown", "success_threshold", "lease", "cache", "counts", NULL };
	double window = 60, cooldown = 60, lease = 60;

	circuit->rule.threshold = 5;
	circuit->rule.success_threshold = 1;
	circuit->cache = 1;
	if (asq_options_unknown(options, 2, names)
			|| !asq_option_whole(options, 2, "threshold", 1, ASQ_CIRCUIT_THRESHOLD_MAX, &circuit->rule.threshold)
			|| !asq_option_whole(options, 2, "success_threshold", 1, ASQ_CIRCUIT_THRESHOLD_MAX, &circuit->rule.success_threshold)
			|| !asq_option_seconds(options, 2, "window", 0.001, ASQ_TIME_MAX, &window)
			|| !asq_option_seconds(options, 2, "cooldown", 0.001, ASQ_TIME_MAX, &cooldown)
			|| !asq_option_seconds(options, 2, "lease", 0.001, ASQ_TIME_MAX, &lease)
			|| !asq_option_seconds(options, 2, "cache", 0, 1, &circuit->cache)
			|| !asq_circuit_read_counts(&circuit->counts, options)) {
		return false;
	}
	circuit->rule.window = asq_micros(window);
	circuit->rule.cooldown = asq_micros(cooldown);
	circuit->rule.lease = asq_micros(lease);
	return true;
}

/* UTF-8, of whatever letters; a link that knows all of them says so. */
static bool asq_circuit_name_is_good(const zend_string *name)
{
	const asq_link link = {0};

	return ZSTR_LEN(name) > 0 && ZSTR_LEN(name) <= ASQ_CIRCUIT_NAME_MAX && asq_link_can_store(&link, name);
}

static bool asq_circuit_is_same(const asq_circuit *a, const asq_circuit *b)
{
	const asq_circuit_rule *x = &a->rule, *y = &b->rule;

	return x->threshold == y->threshold && x->window == y->window && x->cooldown == y->cooldown && x->lease == y->lease
		&& x->success_threshold == y->success_threshold && a->cache == b->cache
		&& (Z_TYPE(a->counts) == IS_UNDEF ? Z_TYPE(b->counts) == IS_UNDEF
			: Z_TYPE(b->counts) != IS_UNDEF && zend_is_identical((zval *) &a->counts, (zval *) &b->counts));
}

/* What the one before knows of the same circuit: code that makes it anew for each call reads no more than other code. */
static void asq_circuit_inherit(asq_circuit *circuit, const asq_circuit *before)
{
	if (before->known_of) {
		circuit->known_of = zend_string_copy(before->known_of);
		circuit->known = before->known;
		circuit->known_at = before->known_at;
		circuit->known_until = MIN(before->known_until, before->known_at + circuit->cache);
	}
}

ZEND_FUNCTION(asq_circuit)
{
	zend_string *name;
	HashTable *options = NULL;
	zval *known;
	asq_circuit *circuit;

	ZEND_PARSE_PARAMETERS_START(1, 2)
		Z_PARAM_STR(name)
		Z_PARAM_OPTIONAL
		Z_PARAM_ARRAY_HT(options)
	ZEND_PARSE_PARAMETERS_END();

	if (!asq_circuit_name_is_good(name)) {
		zend_argument_value_error(1, "must be 1 to %d bytes of UTF-8", ASQ_CIRCUIT_NAME_MAX);
		RETURN_THROWS();
	}
	known = ASQ_G(circuits) ? zend_hash_find(ASQ_G(circuits), name) : NULL;
	if (known && (!options || !zend_hash_num_elements(options))) {
		RETURN_COPY(known);
	}
	object_init_ex(return_value, asq_circuit_class);
	circuit = asq_circuit_of(Z_OBJ_P(return_value));
	circuit->name = zend_string_copy(name);
	circuit->rule.name = circuit->name;
	if (!asq_circuit_read(circuit, options)) {
		zval_ptr_dtor(return_value);
		ZVAL_NULL(return_value);
		RETURN_THROWS();
	}
	if (known && asq_circuit_is_same(circuit, asq_circuit_of(Z_OBJ_P(known)))) {
		zval_ptr_dtor(return_value);
		RETURN_COPY(known);
	}
	if (known) {
		asq_circuit_inherit(circuit, asq_circuit_of(Z_OBJ_P(known)));
	}
	if (!ASQ_G(circuits)) {
		ALLOC_HASHTABLE(ASQ_G(circuits));
		zend_hash_init(ASQ_G(circuits), 8, NULL, ZVAL_PTR_DTOR, 0);
	}
	Z_ADDREF_P(return_value);
	zend_hash_update(ASQ_G(circuits), name, return_value);
}

/* ---- Hooks -------------------------------------------------------------------------------------- */

/* do_action( 'asq_circuit_...', $name, $circuit ). What is on its way, an exception of what was called, goes on afterwards. */
static void asq_circuit_tell(asq_circuit *circuit, const char *hook)
{
	asq_pending pending;
	zval args[2];

	if (!asq_wp_is_loaded()) {
		return;
	}
	pending = asq_put_aside();
	ZVAL_STR(&args[0], circuit->name);
	ZVAL_OBJ(&args[1], &circuit->std);
	GC_ADDREF(&circuit->std);
	asq_wp_do_action(hook, 2, args);
	OBJ_RELEASE(&circuit->std);
	asq_put_back(pending);
}

static void asq_circuit_warn(const asq_circuit *circuit, const asq_error *error)
{
	asq_pending pending = asq_put_aside();

	zend_error(E_WARNING, "asq: the circuit %s is not kept: %s", ZSTR_VAL(circuit->name), error->message[0] ? error->message : "the database did not answer.");
	asq_put_back(pending);
}

/* ---- May it be called? -------------------------------------------------------------------------- */

typedef enum { ASQ_MAY_CALL, ASQ_MAY_PROBE, ASQ_MAY_NOT } asq_permission;

/* How it stands, as far as is known: nothing older than the cache's time, and no wait that is over by now. */
static bool asq_circuit_is_known(asq_circuit *circuit, const asq_site *site)
{
	return circuit->known_of && zend_string_equals(circuit->known_of, site->actions) && asq_circuit_clock() < circuit->known_until;
}

static void asq_circuit_learn(asq_circuit *circuit, const asq_site *site, const asq_circuit_seen *seen)
{
	double now = asq_circuit_clock(), most = seen->state == ASQ_CIRCUIT_CLOSED ? circuit->cache : MIN(circuit->cache, seen->wait);

	asq_circuit_forget(circuit);
	/* One that is being tried may be closed at any moment. */
	if (seen->state == ASQ_CIRCUIT_HALF_OPEN || seen->may_probe || most <= 0) {
		return;
	}
	circuit->known_of = zend_string_copy(site->actions);
	circuit->known = *seen;
	circuit->known_at = now;
	circuit->known_until = now + most;
}

/* Somebody has to try: if it is to be this process, *held. */
static asq_status asq_circuit_begin_probe(asq_circuit *circuit, asq_site *site, const asq_circuit_seen *seen, asq_held **held, asq_error *error)
{
	char token[ASQ_TOKEN_LENGTH + 1];
	asq_status status = asq_token_make(token) ? ASQ_OK : asq_error_set(error, 0, "There is no randomness to be had.");
	bool ours = false;

	if (status == ASQ_OK) {
		status = asq_store_probe_circuit(site, &circuit->rule, seen, token, &ours, error);
	}
	if (status == ASQ_OK && ours) {
		*held = asq_hold(ASQ_HELD_PROBE, site, ZSTR_EMPTY_ALLOC(), circuit->name, token);
	}
	return status;
}

/* *half_opened: it was open until now. */
static asq_status asq_circuit_ask(asq_circuit *circuit, asq_site *site, asq_permission *permission, double *wait, asq_held **held, bool *half_opened,
	asq_error *error)
{
	asq_circuit_seen seen;
	asq_status status = ASQ_OK;

	if (asq_circuit_is_known(circuit, site)) {
		seen = circuit->known;
		seen.wait -= asq_circuit_clock() - circuit->known_at;
	} else {
		asq_held_catch_up(&site->link);
		status = asq_store_read_circuit(site, circuit->name, &seen, error);
		if (status == ASQ_OK) {
			asq_circuit_learn(circuit, site, &seen);
		}
	}
	if (status == ASQ_OK && seen.state != ASQ_CIRCUIT_CLOSED) {
		*permission = ASQ_MAY_NOT;
		/* The lease is for a try that hangs; most do not take so long. */
		*wait = seen.state == ASQ_CIRCUIT_HALF_OPEN ? MIN(seen.wait, ASQ_TRY_SOON) : seen.wait;
		if (seen.may_probe) {
			status = asq_circuit_begin_probe(circuit, site, &seen, held, error);
			*permission = *held ? ASQ_MAY_PROBE : status == ASQ_OK ? ASQ_MAY_NOT : ASQ_MAY_CALL;
		}
		*half_opened = *held && seen.state == ASQ_CIRCUIT_OPEN;
	}
	return status;
}

static asq_permission asq_circuit_enter(asq_circuit *circuit, double *wait, asq_held **held)
{
	asq_permission permission = ASQ_MAY_CALL;
	asq_site site;
	asq_error error = {0};
	asq_status status = asq_site_open_own(&site, 0, &error);
	bool half_opened = false;

	*held = NULL;
	*wait = 0;
	if (status == ASQ_OK) {
		status = asq_circuit_ask(circuit, &site, &permission, wait, held, &half_opened, &error);
		asq_site_close(&site);
	}
	if (status != ASQ_OK) {
		asq_circuit_warn(circuit, &error);
	} else if (half_opened) {
		asq_circuit_tell(circuit, "asq_circuit_half_opened");
	}
	return permission;
}

/* ---- How did it go? ----------------------------------------------------------------------------- */

/* Ends the probe; frees what was held. */
static void asq_circuit_end_probe(asq_circuit *circuit, asq_held *held, asq_probe_end end)
{
	asq_site site;
	asq_error error = {0};
	asq_status status;
	bool changed = false;

	asq_circuit_forget(circuit);
	if (!asq_held_is_ours(held)) {
		asq_held_end(held);
		return;
	}
	status = asq_held_open(held, 0, &site, &error);
	if (status == ASQ_OK) {
		status = asq_store_end_probe(&site, &circuit->rule, held->token, end, &changed, &error);
		asq_site_close(&site);
	}
	if (status != ASQ_OK) {
		held->over = true;
		asq_circuit_warn(circuit, &error);
		return;
	}
	asq_held_end(held);
	if (changed) {
		asq_circuit_tell(circuit, end == ASQ_PROBE_SUCCEEDED ? "asq_circuit_closed" : "asq_circuit_opened");
	}
}

static void asq_circuit_count_failure(asq_circuit *circuit)
{
	asq_site site;
	asq_error error = {0};
	asq_status status = asq_site_open_own(&site, 0, &error);
	bool opened = false;

	asq_circuit_forget(circuit);
	if (status == ASQ_OK) {
		status = asq_store_fail_circuit(&site, &circuit->rule, &opened, &error);
		asq_site_close(&site);
	}
	if (status != ASQ_OK) {
		asq_circuit_warn(circuit, &error);
	} else if (opened) {
		asq_circuit_tell(circuit, "asq_circuit_opened");
	}
}

/* What wp_remote_get() and its kin return for a server that has trouble. */
static bool asq_is_bad_response(const zval *value)
{
	zval *response = Z_TYPE_P(value) == IS_ARRAY ? zend_hash_str_find_deref(Z_ARRVAL_P(value), "response", sizeof("response") - 1) : NULL;
	zval *code = response && Z_TYPE_P(response) == IS_ARRAY ? zend_hash_str_find_deref(Z_ARRVAL_P(response), "code", sizeof("code") - 1) : NULL;
	zend_long status = code && (Z_TYPE_P(code) == IS_LONG || Z_TYPE_P(code) == IS_STRING) ? zval_get_long(code) : 0;

	return status == 408 || status == 425 || status == 429 || (status >= 500 && status < 600);
}

static bool asq_is_thrown(const zval *outcome)
{
	return Z_TYPE_P(outcome) == IS_OBJECT && instanceof_function(Z_OBJCE_P(outcome), zend_ce_throwable);
}

static bool asq_is_one_of(const zval *thrown, HashTable *classes)
{
	zval *name;

	ZEND_HASH_FOREACH_VAL(classes, name) {
		zend_class_entry *ce;
		ZVAL_DEREF(name);
		ce = zend_lookup_class_ex(Z_STR_P(name), NULL, ZEND_FETCH_CLASS_NO_AUTOLOAD);
		/* A class that is not loaded has no objects. */
		if (ce && instanceof_function(Z_OBJCE_P(thrown), ce)) {
			return true;
		}
	} ZEND_HASH_FOREACH_END();
	return false;
}

static bool asq_counts_by_default(const asq_circuit *circuit, const zval *outcome)
{
	zend_class_entry *ce;

	if (!asq_is_thrown(outcome)) {
		return asq_outcome_is_wp_error(outcome) || asq_is_bad_response(outcome);
	}
	if (Z_TYPE(circuit->counts) == IS_ARRAY && !zend_is_callable((zval *) &circuit->counts, 0, NULL)) {
		return asq_is_one_of(outcome, Z_ARRVAL(circuit->counts));
	}
	ce = Z_OBJCE_P(outcome);
	return !instanceof_function(ce, asq_circuit_open_exception) && !instanceof_function(ce, asq_conflict_exception)
		&& !instanceof_function(ce, asq_in_progress_exception);
}

/* Whether what was thrown or returned is a failure. An exception of whoever is asked goes on, if none is on its way already. */
static asq_probe_end asq_circuit_judge(asq_circuit *circuit, zval *outcome)
{
	static const char filter[] = "asq_circuit_counts";
	zval answer, args[2];
	asq_status status = ASQ_OK;
	bool thrown = asq_is_thrown(outcome), fails;

	ZVAL_BOOL(&answer, asq_counts_by_default(circuit, outcome));
	if (Z_TYPE(circuit->counts) != IS_UNDEF && zend_is_callable(&circuit->counts, 0, NULL)) {
		status = asq_call_callable(&answer, &circuit->counts, 1, outcome);
	}
	if (status == ASQ_OK && asq_wp_is_loaded() && asq_wp_callbacks(filter, sizeof(filter) - 1)) {
		ZVAL_COPY_VALUE(&args[0], outcome);
		ZVAL_STR(&args[1], circuit->name);
		status = asq_wp_apply_filters(filter, &answer, 2, args);
	}
	fails = status == ASQ_OK && zend_is_true(&answer);
	if (status == ASQ_OK) {
		zval_ptr_dtor(&answer);
	}
	if (status != ASQ_OK) {
		return ASQ_PROBE_LEFT;
	}
	/* What was thrown and does not count says nothing of how the service is. */
	return fails ? ASQ_PROBE_FAILED : thrown ? ASQ_PROBE_LEFT : ASQ_PROBE_SUCCEEDED;
}

static void asq_circuit_leave(asq_circuit *circuit, asq_held *held, asq_probe_end end)
{
	if (held) {
		asq_circuit_end_probe(circuit, held, end);
	} else if (end == ASQ_PROBE_FAILED) {
		asq_circuit_count_failure(circuit);
	}
}

/* ---- call() ------------------------------------------------------------------------------------- */

static void asq_circuit_run(asq_circuit *circuit, asq_held *held, zend_fcall_info *fci, zend_fcall_info_cache *fcc, zval *return_value)
{
	asq_pending pending;
	asq_probe_end end;
	pid_t pid = getpid();
	zval outcome;

	ZVAL_UNDEF(return_value);
	fci->retval = return_value;
	zend_call_function(fci, fcc);
	if (Z_ISREF_P(return_value)) {
		zend_unwrap_reference(return_value);
	}
	if (getpid() != pid) {
		/* It has forked, and this is the child: the parent will tell. */
		if (held) {
			asq_held_end(held);
		}
	} else if (EG(exception)) {
		pending = asq_put_aside();
		ZVAL_OBJ(&outcome, pending.exception);
		end = zend_is_unwind_exit(pending.exception) || zend_is_graceful_exit(pending.exception) ? ASQ_PROBE_LEFT : asq_circuit_judge(circuit, &outcome);
		asq_circuit_leave(circuit, held, end);
		asq_put_back(pending);
	} else {
		end = asq_circuit_judge(circuit, return_value);
		asq_circuit_leave(circuit, held, end);
	}
	if (Z_TYPE_P(return_value) == IS_UNDEF) {
		ZVAL_NULL(return_value);
	}
}

static void asq_circuit_refuse(asq_circuit *circuit, double wait, zend_fcall_info *fci, zend_fcall_info_cache *fcc, zval *return_value)
{
	zend_long seconds = wait > 1 ? (zend_long) wait + ((double) (zend_long) wait < wait) : 1;
	zval exception;

	asq_failure_make(&exception, asq_circuit_open_exception, seconds, circuit->name, "The circuit %s is open, again in " ZEND_LONG_FMT " second%s.",
		ZSTR_VAL(circuit->name), seconds, seconds == 1 ? "" : "s");
	if (!ZEND_FCI_INITIALIZED(*fci)) {
		zend_throw_exception_object(&exception);
		return;
	}
	fci->retval = return_value;
	fci->param_count = 1;
	fci->params = &exception;
	zend_call_function(fci, fcc);
	if (Z_ISREF_P(return_value)) {
		zend_unwrap_reference(return_value);
	}
	zval_ptr_dtor(&exception);
}

ZEND_METHOD(Asq_Circuit, call)
{
	asq_circuit *circuit = asq_circuit_of(Z_OBJ_P(ZEND_THIS));
	zend_fcall_info fci, fallback = empty_fcall_info;
	zend_fcall_info_cache fcc, fallback_cache = empty_fcall_info_cache;
	asq_held *held;
	double wait;

	ZEND_PARSE_PARAMETERS_START(1, 2)
		Z_PARAM_FUNC(fci, fcc)
		Z_PARAM_OPTIONAL
		Z_PARAM_FUNC_OR_NULL(fallback, fallback_cache)
	ZEND_PARSE_PARAMETERS_END();

	if (asq_circuit_enter(circuit, &wait, &held) == ASQ_MAY_NOT) {
		asq_circuit_refuse(circuit, wait, &fallback, &fallback_cache, return_value);
	} else if (EG(exception)) {
		/* A listener has thrown. */
		asq_circuit_leave(circuit, held, ASQ_PROBE_LEFT);
	} else {
		asq_circuit_run(circuit, held, &fci, &fcc, return_value);
	}
}

/* ---- By hand ------------------------------------------------------------------------------------ */

ZEND_METHOD(Asq_Circuit, isAvailable)
{
	asq_circuit *circuit = asq_circuit_of(Z_OBJ_P(ZEND_THIS));
	asq_held *held;
	double wait;

	ZEND_PARSE_PARAMETERS_NONE();
	if (circuit->probe && asq_held_is_ours(circuit->probe)) {
		/* It has been told so already, and not said yet how it went. */
		RETURN_TRUE;
	}
	circuit->probe = NULL;
	if (asq_circuit_enter(circuit, &wait, &held) == ASQ_MAY_NOT) {
		RETURN_FALSE;
	}
	circuit->probe = held;
	RETURN_BOOL(!EG(exception));
}

static void asq_circuit_told(INTERNAL_FUNCTION_PARAMETERS, asq_probe_end end)
{
	asq_circuit *circuit = asq_circuit_of(Z_OBJ_P(ZEND_THIS));
	asq_held *held = circuit->probe && asq_held_is_ours(circuit->probe) ? circuit->probe : NULL;

	ZEND_PARSE_PARAMETERS_NONE();
	circuit->probe = NULL;
	asq_circuit_leave(circuit, held, end);
}

ZEND_METHOD(Asq_Circuit, success)
{
	asq_circuit_told(INTERNAL_FUNCTION_PARAM_PASSTHRU, ASQ_PROBE_SUCCEEDED);
}

ZEND_METHOD(Asq_Circuit, failure)
{
	asq_circuit_told(INTERNAL_FUNCTION_PARAM_PASSTHRU, ASQ_PROBE_FAILED);
}

static void asq_circuit_throw(const char *function, const asq_error *error)
{
	if (!EG(exception)) {
		zend_throw_exception_ex(spl_ce_RuntimeException, (zend_long) error->code, "%s(): %s", function,
			error->message[0] ? error->message : "the database did not answer.");
	}
}

ZEND_METHOD(Asq_Circuit, state)
{
	asq_circuit *circuit = asq_circuit_of(Z_OBJ_P(ZEND_THIS));
	asq_circuit_seen seen;
	asq_site site;
	asq_error error = {0};
	asq_status status;

	ZEND_PARSE_PARAMETERS_NONE();
	status = asq_site_open_own(&site, 0, &error);
	if (status == ASQ_OK) {
		status = asq_store_read_circuit(&site, circuit->name, &seen, &error);
		asq_site_close(&site);
	}
	if (status != ASQ_OK) {
		asq_circuit_throw("Asq\\Circuit::state", &error);
		RETURN_THROWS();
	}
	if (seen.state == ASQ_CIRCUIT_CLOSED) {
		RETURN_STRING("closed");
	}
	RETURN_STRING(seen.state == ASQ_CIRCUIT_OPEN && !seen.may_probe ? "open" : "half-open");
}

static void asq_circuit_set(asq_circuit *circuit, const asq_circuit_rule *rule, bool open, const char *function, zval *return_value)
{
	asq_site site;
	asq_error error = {0};
	asq_status status = asq_site_open_own(&site, 0, &error);
	bool changed = false;

	asq_circuit_forget(circuit);
	if (status == ASQ_OK) {
		status = asq_store_set_circuit(&site, rule, open, &changed, &error);
		asq_site_close(&site);
	}
	if (status != ASQ_OK) {
		asq_circuit_throw(function, &error);
		return;
	}
	RETVAL_BOOL(changed);
	if (changed) {
		asq_circuit_tell(circuit, open ? "asq_circuit_opened" : "asq_circuit_closed");
	}
}

ZEND_METHOD(Asq_Circuit, reset)
{
	asq_circuit *circuit = asq_circuit_of(Z_OBJ_P(ZEND_THIS));

	ZEND_PARSE_PARAMETERS_NONE();
	asq_circuit_set(circuit, &circuit->rule, false, "Asq\\Circuit::reset", return_value);
}

ZEND_METHOD(Asq_Circuit, trip)
{
	asq_circuit *circuit = asq_circuit_of(Z_OBJ_P(ZEND_THIS));
	asq_circuit_rule rule = circuit->rule;
	zval *seconds = NULL;

	ZEND_PARSE_PARAMETERS_START(0, 1)
		Z_PARAM_OPTIONAL
		Z_PARAM_NUMBER_OR_NULL(seconds)
	ZEND_PARSE_PARAMETERS_END();

	if (seconds) {
		if (!(zval_get_double(seconds) >= 0.001 && zval_get_double(seconds) <= ASQ_TIME_MAX)) {
			zend_argument_value_error(1, "must be 0.001 to %d seconds", ASQ_TIME_MAX);
			RETURN_THROWS();
		}
		rule.cooldown = asq_micros(zval_get_double(seconds));
	}
	asq_circuit_set(circuit, &rule, true, "Asq\\Circuit::trip", return_value);
}

ZEND_FUNCTION(asq_circuits)
{
	asq_site site;
	asq_error error = {0};
	asq_status status;

	ZEND_PARSE_PARAMETERS_NONE();
	status = asq_site_open_own(&site, 0, &error);
	if (status == ASQ_OK) {
		status = asq_store_circuits(&site, return_value, &error);
		asq_site_close(&site);
	}
	if (status != ASQ_OK) {
		zval_ptr_dtor(return_value);
		ZVAL_NULL(return_value);
		asq_circuit_throw("asq_circuits", &error);
	}
}
