/*
 * asq_circuit.c: the class Asq\Circuit, asq_circuit() and asq_circuits(). What a circuit does is in circuit.c.
 */
#include "circuit.h"
#include "options.h"
#include "src/store/circuits.h"
#include "src/db/monotonic.h"
#include "src/wordpress/exceptions.h"
#include "Zend/zend_exceptions.h"

#include "stubs/asq_circuit_arginfo.h"

#define ASQ_TIME_MAX 31536000   /* seconds; a year */

static zend_class_entry *asq_circuit_class;
static zend_object_handlers asq_circuit_handlers;

static asq_circuit *asq_circuit_of(zend_object *object)
{
	return (asq_circuit *) ((char *) object - XtOffsetOf(asq_circuit, std));
}

/* ---- The object --------------------------------------------------------------------------------- */

static zend_object *asq_circuit_new(zend_class_entry *ce)
{
	asq_circuit *circuit = zend_object_alloc(sizeof(*circuit), ce);

	zend_object_std_init(&circuit->std, ce);
	circuit->std.handlers = &asq_circuit_handlers;
	ZVAL_UNDEF(&circuit->counts);
	ZVAL_UNDEF(&circuit->judge);
	return &circuit->std;
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
	zval_ptr_dtor(&circuit->judge);
	zend_object_std_dtor(object);
}

static HashTable *asq_circuit_gc(zend_object *object, zval **table, int *count)
{
	*table = &asq_circuit_of(object)->counts;
	*count = 2;
	return zend_std_get_properties(object);
}

void asq_circuits_startup(void)
{
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

static bool asq_circuit_are_classes(const zval *value)
{
	zval *name;

	if (Z_TYPE_P(value) != IS_ARRAY) {
		return false;
	}
	ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(value), name) {
		if (Z_TYPE_P(name) != IS_STRING || !Z_STRLEN_P(name)) {
			return false;
		}
	} ZEND_HASH_FOREACH_END();
	return true;
}

/* A closure, since what is callable here, in a class, may not be so where it is called. */
static bool asq_circuit_read_counts(asq_circuit *circuit, HashTable *options)
{
	zval *value = asq_option(options, "counts");

	if (!value) {
		return true;
	}
	if (zend_is_callable(value, 0, NULL)) {
		if (asq_call_static(&circuit->judge, "Closure", "fromcallable", 1, value) != ASQ_OK) {
			return false;
		}
	} else if (!asq_circuit_are_classes(value)) {
		zend_argument_type_error(2, "must have a callable, or a list of classes, as \"counts\"");
		return false;
	}
	ZVAL_COPY(&circuit->counts, value);
	return !EG(exception);
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
			|| !asq_circuit_read_counts(circuit, options)) {
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

/* A new object; false: an exception says what is wrong with the options. */
static bool asq_circuit_make(zend_string *name, HashTable *given, zval *object)
{
	HashTable *options = given ? asq_settled(given) : NULL;
	asq_circuit *circuit;
	bool good;

	object_init_ex(object, asq_circuit_class);
	circuit = asq_circuit_of(Z_OBJ_P(object));
	circuit->name = zend_string_copy(name);
	circuit->rule.name = circuit->name;
	good = asq_circuit_read(circuit, options);
	if (options) {
		zend_array_release(options);
	}
	if (!good) {
		zval_ptr_dtor(object);
		ZVAL_NULL(object);
	}
	return good;
}

static zval *asq_circuit_find(zend_string *name)
{
	return ASQ_G(circuits) ? zend_hash_find(ASQ_G(circuits), name) : NULL;
}

/* It is the one of that name from now on. */
static void asq_circuit_keep(zend_string *name, zval *object)
{
	if (!ASQ_G(circuits)) {
		ALLOC_HASHTABLE(ASQ_G(circuits));
		zend_hash_init(ASQ_G(circuits), 8, NULL, ZVAL_PTR_DTOR, 0);
	}
	Z_ADDREF_P(object);
	asq_table_set(ASQ_G(circuits), name, object);
}

ZEND_FUNCTION(asq_circuit)
{
	zend_string *name;
	HashTable *options = NULL;
	zval *known;

	ZEND_PARSE_PARAMETERS_START(1, 2)
		Z_PARAM_STR(name)
		Z_PARAM_OPTIONAL
		Z_PARAM_ARRAY_HT(options)
	ZEND_PARSE_PARAMETERS_END();

	if (!asq_circuit_name_is_good(name)) {
		zend_argument_value_error(1, "must be 1 to %d bytes of UTF-8", ASQ_CIRCUIT_NAME_MAX);
		RETURN_THROWS();
	}
	known = asq_circuit_find(name);
	if (known && (!options || !zend_hash_num_elements(options))) {
		RETURN_COPY(known);
	}
	if (!asq_circuit_make(name, options, return_value)) {
		RETURN_THROWS();
	}
	/* Only now: an autoloader may have made circuits. */
	known = asq_circuit_find(name);
	if (known && asq_circuit_is_same(asq_circuit_of(Z_OBJ_P(return_value)), asq_circuit_of(Z_OBJ_P(known)))) {
		zval_ptr_dtor(return_value);
		RETURN_COPY(known);
	}
	if (known) {
		asq_circuit_inherit(asq_circuit_of(Z_OBJ_P(return_value)), asq_circuit_of(Z_OBJ_P(known)));
	}
	asq_circuit_keep(name, return_value);
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
	if (held) {
		held->within = true;
	}
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
		end = asq_is_exit(pending.exception) ? ASQ_PROBE_LEFT : asq_circuit_judge(circuit, &outcome);
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
	held = circuit->probe && asq_held_is_ours(circuit->probe) ? circuit->probe : NULL;
	if (held && asq_monotonic() < circuit->probe_until) {
		/* It has been told so already, and not said yet how it went. */
		RETURN_TRUE;
	}
	circuit->probe = NULL;
	if (held) {
		/* Nobody has said how it went, and by now others may try. */
		asq_circuit_leave(circuit, held, ASQ_PROBE_LEFT);
	}
	circuit->probe_until = asq_monotonic() + (double) circuit->rule.lease / 1e6;
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
		asq_throw_error("Asq\\Circuit::state", &error);
		RETURN_THROWS();
	}
	if (seen.state == ASQ_CIRCUIT_CLOSED) {
		RETURN_STRING("closed");
	}
	RETURN_STRING(seen.state == ASQ_CIRCUIT_OPEN && !seen.may_probe ? "open" : "half-open");
}

static void asq_circuit_set(asq_circuit *circuit, const asq_circuit_rule *rule, bool open, const char *function, zval *return_value)
{
	asq_error error = {0};
	bool changed;

	if (asq_circuit_change(circuit, rule, open ? ASQ_TO_OPEN : ASQ_TO_CLOSED, &changed, &error) != ASQ_OK) {
		asq_throw_error(function, &error);
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
	ZEND_PARSE_PARAMETERS_NONE();
	asq_return_list(true, asq_store_circuits, "asq_circuits", return_value);
}
