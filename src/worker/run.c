/*
 * run.c: the life of a run, and what it must know of the rest of the process.
 */
#include "worker.h"
#include "member.h"
#include "php_asq.h"
#include "src/wordpress/hooks.h"
#include "main/php_globals.h"
#include "src/store/fetch.h"
#include "Zend/zend_exceptions.h"

#include <unistd.h>

/* sprintf( __( "... via %s" ), $context ), or the plain text without a context; NULL if that throws. */
static zend_string *asq_log_message(const char *plain, const char *via, zval *context)
{
	zval args[2], result;
	zend_string *text = NULL;

	if (!zend_is_true(context)) {
		return asq_wp_translate(plain);
	}
	ZVAL_STR(&args[0], asq_wp_translate(via));
	ZVAL_COPY_VALUE(&args[1], context);
	if (asq_call(&result, "sprintf", 2, args) == ASQ_OK) {
		text = zval_get_string(&result);
		zval_ptr_dtor(&result);
	}
	zval_ptr_dtor(&args[0]);
	return text;
}

void asq_run_forget_times(asq_run *run)
{
	if (run->second) {
		zend_string_release(run->gmt);
		zend_string_release(run->log_local);
		zend_string_release(run->local);
		run->second = 0;
	}
}

bool asq_run_texts(asq_run *run)
{
	if (!run->text_started) {
		run->text_started = asq_log_message("action started", "action started via %s", &run->context);
	}
	if (!run->text_complete && run->text_started) {
		run->text_complete = asq_log_message("action complete", "action complete via %s", &run->context);
	}
	zend_clear_exception();
	return run->text_started && run->text_complete;
}

asq_run *asq_run_begin(zend_object *runner, zend_object *store, zend_object *monitor, zval *context, uint64_t claim_id)
{
	asq_run *run = ecalloc(1, sizeof(*run));

	run->runner = runner;
	run->store = store;
	run->monitor = monitor;
	ZVAL_COPY(&run->context, context);
	run->claim_id = claim_id;
	run->process = getpid();
	run->outer = ASQ_G(run);
	ASQ_G(run) = run;
	return run;
}

/* Runs in fibers need not end in the order in which they began. */
void asq_run_forget(const asq_run *run)
{
	for (asq_run **at = &ASQ_G(run); *at; at = &(*at)->outer) {
		if (*at == run) {
			*at = run->outer;
			return;
		}
	}
}

asq_status asq_run_end(asq_run *run)
{
	asq_pending pending;
	asq_status status;

	if (asq_run_is_dying()) {
		return ASQ_THROWN;
	}
	pending = asq_put_aside();
	status = asq_dispatch_flush(run);
	asq_put_back(pending);
	asq_run_forget(run);
	zval_ptr_dtor(&run->context);
	zval_ptr_dtor(&run->rows);
	zval_ptr_dtor(&run->policy);
	asq_run_forget_times(run);
	if (run->text_started) {
		zend_string_release(run->text_started);
	}
	if (run->text_complete) {
		zend_string_release(run->text_complete);
	}
	efree(run);
	return EG(exception) ? ASQ_THROWN : status;
}

void asq_run_prefetch(asq_run *run, HashTable *ids)
{
	asq_site site;
	asq_error error;
	zval rows, *row;

	if (!zend_hash_num_elements(ids) || asq_site_open(&site, &error) != ASQ_OK) {
		return;
	}
	if (asq_store_fetch(&site, ids, &rows, &error) == ASQ_OK) {
		array_init(&run->rows);
		ZEND_HASH_FOREACH_VAL(Z_ARRVAL(rows), row) {
			Z_TRY_ADDREF_P(row);
			zend_symtable_update(Z_ARRVAL(run->rows), asq_row_get(row, ASQ_COL_ID), row);
		} ZEND_HASH_FOREACH_END();
		zval_ptr_dtor(&rows);
	}
	asq_site_close(&site);
}

bool asq_run_is_dying(void)
{
	return EG(exception) && zend_is_unwind_exit(EG(exception)) && PG(last_error_message)
		&& (PG(last_error_type) & (E_ERROR | E_CORE_ERROR | E_COMPILE_ERROR | E_PARSE));
}

bool asq_run_is_fork(const asq_run *run)
{
	return run->process != getpid();
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

asq_status asq_run_settle(void)
{
	asq_run *run = ASQ_G(run);
	asq_status status;

	while (run && run->outer) {
		run = run->outer;
	}
	if (!run || !run->grouped || !run->slot || run->settled == run->current
			|| asq_slot_state_of(atomic_load(&run->slot->word)) != ASQ_SLOT_RUNNING) {
		return ASQ_OK;
	}
	status = asq_member_sync(run);
	if (status == ASQ_OK) {
		run->settled = run->current;
	}
	return status;
}
