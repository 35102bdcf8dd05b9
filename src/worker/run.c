/*
 * run.c: the life of a run, and what it must know of the rest of the process.
 */
#include "worker.h"
#include "php_asq.h"
#include "src/wordpress/hooks.h"
#include "main/php_globals.h"
#include "Zend/zend_exceptions.h"

/* sprintf( __( "... via %s" ), $context ), or the plain text without a context. */
static zend_string *asq_log_message(const char *plain, const char *via, zval *context)
{
	zval args[2], result;
	zend_string *text;

	if (!zend_is_true(context)) {
		return asq_wp_translate(plain);
	}
	ZVAL_STR(&args[0], asq_wp_translate(via));
	ZVAL_COPY_VALUE(&args[1], context);
	if (asq_call(&result, "sprintf", 2, args) == ASQ_OK) {
		text = zval_get_string(&result);
		zval_ptr_dtor(&result);
	} else {
		text = zend_string_copy(Z_STR(args[0]));
	}
	zval_ptr_dtor(&args[0]);
	return text;
}

asq_run *asq_run_begin(zend_object *runner, zend_object *store, zend_object *monitor, zval *context, uint64_t claim_id)
{
	asq_run *run = ecalloc(1, sizeof(*run));

	run->runner = runner;
	run->store = store;
	run->monitor = monitor;
	ZVAL_COPY(&run->context, context);
	run->claim_id = claim_id;
	run->text_started = asq_log_message("action started", "action started via %s", context);
	run->text_complete = asq_log_message("action complete", "action complete via %s", context);
	run->outer = ASQ_G(run);
	ASQ_G(run) = run;
	return run;
}

asq_status asq_run_end(asq_run *run)
{
	asq_status status = asq_dispatch_flush(run);

	ASQ_G(run) = run->outer;
	zval_ptr_dtor(&run->context);
	zend_string_release(run->text_started);
	zend_string_release(run->text_complete);
	efree(run);
	return status;
}

bool asq_run_is_dying(void)
{
	return EG(exception) && zend_is_unwind_exit(EG(exception)) && PG(last_error_message)
		&& (PG(last_error_type) & (E_ERROR | E_CORE_ERROR | E_COMPILE_ERROR | E_PARSE));
}

void asq_run_touch(uint64_t id)
{
	for (asq_run *run = ASQ_G(run); run; run = run->outer) {
		if (run->current == id) {
			run->touched = true;
		}
	}
}

void asq_run_touch_all(HashTable *ids)
{
	zval *id;

	if (ASQ_G(run)) {
		ZEND_HASH_FOREACH_VAL(ids, id) {
			asq_run_touch((uint64_t) zval_get_long(id));
		} ZEND_HASH_FOREACH_END();
	}
}
