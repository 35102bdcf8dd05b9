/*
 * circuit.c: what a circuit does in this process: whether it may be called, and what is said of how it went.
 * A circuit that the database does not tell of is taken for closed: it must not stop what it is there to help.
 */
#include "circuit.h"
#include "src/wordpress/exceptions.h"
#include "outcome.h"
#include "src/db/monotonic.h"
#include "src/store/circuits.h"
#include "Zend/zend_exceptions.h"

#define ASQ_TRY_SOON 5   /* seconds after which it is worth to look again how a try has gone */

void asq_circuit_forget(asq_circuit *circuit)
{
	if (circuit->known_of) {
		zend_string_release(circuit->known_of);
		circuit->known_of = NULL;
	}
}

/* ---- Hooks -------------------------------------------------------------------------------------- */

/* do_action( 'asq_circuit_...', $name, $circuit ). What is on its way, an exception of what was called, goes on afterwards. */
void asq_circuit_tell(asq_circuit *circuit, const char *hook)
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

	zend_error(E_WARNING, "asq: the circuit %s is not kept: %s", ZSTR_VAL(circuit->name), asq_error_text(error));
	asq_put_back(pending);
}

/* ---- May it be called? -------------------------------------------------------------------------- */

/* How it stands, as far as is known: nothing older than the cache's time, and no wait that is over by now. */
static bool asq_circuit_is_known(asq_circuit *circuit, const asq_site *site)
{
	return circuit->known_of && zend_string_equals(circuit->known_of, site->actions) && asq_monotonic() < circuit->known_until;
}

static void asq_circuit_learn(asq_circuit *circuit, const asq_site *site, const asq_circuit_seen *seen)
{
	double now = asq_monotonic(), most = seen->state == ASQ_CIRCUIT_CLOSED ? circuit->cache : MIN(circuit->cache, seen->wait);

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
		seen.wait -= asq_monotonic() - circuit->known_at;
	} else {
		asq_held_catch_up(&site->link);
		status = asq_store_read_circuit(site, circuit->name, &seen, error);
		if (status == ASQ_OK) {
			asq_circuit_learn(circuit, site, &seen);
		}
	}
	/* What tries it may call through it once more, further down: refused, no try could ever go well. How that one ends tells. */
	if (status == ASQ_OK && seen.state != ASQ_CIRCUIT_CLOSED && !asq_held_within(site, circuit->name)) {
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

asq_permission asq_circuit_enter(asq_circuit *circuit, double *wait, asq_held **held)
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

asq_status asq_circuit_change(asq_circuit *circuit, const asq_circuit_rule *rule, asq_circuit_to to, bool *changed, asq_error *error)
{
	asq_site site;
	asq_status status = asq_site_open_own(&site, 0, error);

	asq_circuit_forget(circuit);
	*changed = false;
	if (status == ASQ_OK) {
		status = to == ASQ_TO_FAILED ? asq_store_fail_circuit(&site, rule, changed, error)
			: asq_store_set_circuit(&site, rule, to == ASQ_TO_OPEN, changed, error);
		asq_site_close(&site);
	}
	return status;
}

static void asq_circuit_count_failure(asq_circuit *circuit)
{
	asq_error error = {0};
	bool opened;

	if (asq_circuit_change(circuit, &circuit->rule, ASQ_TO_FAILED, &opened, &error) != ASQ_OK) {
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
	if (Z_TYPE(circuit->counts) == IS_ARRAY && Z_TYPE(circuit->judge) == IS_UNDEF) {
		return asq_is_one_of(outcome, Z_ARRVAL(circuit->counts));
	}
	ce = Z_OBJCE_P(outcome);
	return !instanceof_function(ce, asq_circuit_open_exception) && !instanceof_function(ce, asq_conflict_exception)
		&& !instanceof_function(ce, asq_in_progress_exception);
}

asq_probe_end asq_circuit_judge(asq_circuit *circuit, zval *outcome)
{
	static const char filter[] = "asq_circuit_counts";
	zval answer, args[2];
	asq_status status = ASQ_OK;
	bool thrown = asq_is_thrown(outcome), fails;

	ZVAL_BOOL(&answer, asq_counts_by_default(circuit, outcome));
	if (Z_TYPE(circuit->judge) != IS_UNDEF) {
		status = asq_call_callable(&answer, &circuit->judge, 1, outcome);
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

void asq_circuit_leave(asq_circuit *circuit, asq_held *held, asq_probe_end end)
{
	if (held) {
		asq_circuit_end_probe(circuit, held, end);
	} else if (end == ASQ_PROBE_FAILED) {
		asq_circuit_count_failure(circuit);
	}
}
