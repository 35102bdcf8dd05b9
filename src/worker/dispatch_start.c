/*
 * dispatch_start.c: an action's start, by the fast way or the plain one, see dispatch.c.
 */
#include "dispatching.h"
#include "member.h"
#include "php_asq.h"
#include "src/store/fetch.h"
#include "src/store/run.h"
#include "src/wordpress/hooks.h"
#include "src/wordpress/object.h"
#include "Zend/zend_exceptions.h"

/* Nobody can tell an action that is fetched before its start from one that is fetched in it. */
static bool asq_fetch_is_unwatched(void)
{
	static const char *const filters[] = { "action_scheduler_stored_action_class", "action_scheduler_stored_action_instance" };

	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		if (asq_wp_callbacks(filters[i], strlen(filters[i]))) {
			return false;
		}
	}
	return true;
}

/* The action's object, of the row as it was claimed; what cannot be read so is for the plain way. */
static bool asq_prefetched(asq_dispatching *d)
{
	zval *row = Z_TYPE(d->run->rows) == IS_ARRAY ? zend_hash_index_find(Z_ARRVAL(d->run->rows), d->id) : NULL;

	if (!row || asq_action_object(row, &d->action) != ASQ_OK) {
		zend_clear_exception();
		ZVAL_UNDEF(&d->action);
		return false;
	}
	return Z_TYPE(d->action) == IS_OBJECT;
}

static bool asq_texts_fit(asq_run *run)
{
	const asq_link utf8 = {0};

	return asq_run_texts(run) && ZSTR_LEN(run->text_started) <= 65535 && ZSTR_LEN(run->text_complete) <= 65535
		&& asq_link_can_store(&utf8, run->text_started) && asq_link_can_store(&utf8, run->text_complete);
}

/* Whether start and end may go by asq_store_step(). */
static bool asq_may_go_fast(asq_dispatching *d)
{
	bool started = false;

	return d->run->claim_id && asq_scheduler_is_direct(false) && asq_scheduler_is_direct(true)
		&& !asq_dispatch_is_foreign(d->run, "action_scheduler_begin_execute", "log_started_action", &started) && started
		&& asq_fetch_is_unwatched() && !asq_wp_translations_filtered() && asq_texts_fit(d->run)
		&& strcmp(ASQ_G(link), "wpdb") != 0 && !asq_site_in_transaction() && asq_prefetched(d);
}

static bool asq_is_pending(const zval *status)
{
	return Z_TYPE_P(status) == IS_STRING && zend_string_equals_literal(Z_STR_P(status), ASQ_STATUS_PENDING);
}

/* It is not to be run: not pending any more. */
static asq_status asq_ignore(asq_dispatching *d)
{
	asq_status status;

	d->valid = false;
	d->outcome = ASQ_OUTCOME_IGNORED;
	status = asq_dispatch_fire(d, "action_scheduler_execution_ignored", NULL);
	return status == ASQ_OK ? ASQ_NOT_FOUND : status;
}

/* The row was not ours to start: the claim on it is gone, it is not pending any more, or it has been put off. */
static asq_status asq_start_refused(asq_dispatching *d)
{
	asq_site site;
	asq_error error;
	zend_long claim_id = 0;
	zend_string *name = NULL;
	bool pending = false;
	asq_status status = asq_site_open_own(&site, ASQ_RUN_PATIENCE, &error);

	if (status == ASQ_OK) {
		status = asq_store_claim_id(&site, d->id, &claim_id, &error);
		if (status == ASQ_OK && (uint64_t) claim_id == d->run->claim_id) {
			status = asq_store_status(&site, d->id, &name, &error);
		}
		asq_site_close(&site);
	}
	if (name) {
		pending = zend_string_equals_literal(name, ASQ_STATUS_PENDING);
		zend_string_release(name);
	}
	if (status == ASQ_FAILED) {
		return asq_dispatch_throw(d->run, &error);
	}
	/* AS does not count what is due later among what a claim holds. */
	if (status == ASQ_NOT_FOUND || (uint64_t) claim_id != d->run->claim_id || (pending && !d->run->pooled)) {
		d->outcome = ASQ_OUTCOME_LOST;
		return ASQ_NOT_FOUND;
	}
	return asq_ignore(d);
}

/* The row has changed since it was claimed: what counts is what it says now. */
static asq_status asq_refetch(asq_dispatching *d, const zval *row)
{
	const zval *before = zend_hash_index_find(Z_ARRVAL(d->run->rows), d->id);
	asq_status status;

	if (zend_is_identical((zval *) before, (zval *) row)) {
		return ASQ_OK;
	}
	zval_ptr_dtor(&d->action);
	ZVAL_UNDEF(&d->action);
	status = asq_action_object(row, &d->action);
	return status == ASQ_DECLINED ? asq_dispatch_call(d, "fetch_action", &d->action) : status;
}

static asq_status asq_start_plain(asq_dispatching *d);

/* In a pool: the supervisor hears of it. */
static asq_status asq_start_grouped(asq_dispatching *d)
{
	d->run->unwritten = 0;
	d->valid = true;
	asq_wp_count_action("action_scheduler_begin_execute");
	asq_member_begin(d->run);
	return ASQ_OK;
}

static asq_status asq_start_fast(asq_dispatching *d)
{
	const zval *row = zend_hash_index_find(Z_ARRVAL(d->run->rows), d->id);
	asq_step step = { .finished = d->run->unwritten, .finished_attempt = d->run->unwritten_attempt, .started = d->id, .started_attempt = d->run->attempt,
		.hook = asq_row_get(row, ASQ_COL_HOOK), .args = asq_row_get(row, ASQ_COL_ARGS) };
	asq_status status;

	if (d->run->grouped) {
		return asq_start_grouped(d);
	}
	status = asq_member_take_over(d->run, NULL);
	if (status != ASQ_OK) {
		return status;
	}
	d->run->unwritten = 0;
	status = asq_dispatch_step(d->run, &step);
	if (status == ASQ_FAILED) {
		/* The server refuses, say for want of a table: AS's own way knows what to make of that. */
		d->fast = false;
		d->run->unwritten = step.finished;
		zval_ptr_dtor(&d->action);
		ZVAL_UNDEF(&d->action);
		return asq_start_plain(d);
	}
	asq_dispatch_count_finished(d->run, &step);
	if (status != ASQ_OK) {
		return status;
	}
	asq_member_wrote_end(d->run);
	if (!step.has_started) {
		return asq_start_refused(d);
	}
	d->valid = true;
	asq_wp_count_action("action_scheduler_begin_execute");
	status = Z_TYPE(step.row) == IS_ARRAY ? asq_refetch(d, &step.row) : ASQ_OK;
	zval_ptr_dtor(&step.row);
	return status;
}

/* The plain way's start is not conditional: it looks, if nobody has. A pool's worker takes the action over instead. */
static asq_status asq_look_before_start(asq_dispatching *d)
{
	bool held = true;
	asq_status status = ASQ_OK;

	if (d->run->claim_id && !d->run->looked && !d->run->pooled) {
		status = asq_run_still_holds(d->run, d->id, &held);
	}
	if (status == ASQ_OK && !held) {
		d->outcome = ASQ_OUTCOME_LOST;
		return ASQ_NOT_FOUND;
	}
	return status;
}

static asq_status asq_start_plain(asq_dispatching *d)
{
	zval found;
	asq_status status = asq_dispatch_flush(d->run);

	if (status == ASQ_OK) {
		status = asq_look_before_start(d);
	}
	if (status == ASQ_OK) {
		status = asq_member_take_over(d->run, NULL);
	}
	if (status == ASQ_OK) {
		status = asq_dispatch_call(d, "get_status", &found);
	}
	if (status != ASQ_OK) {
		return status;
	}
	if (!asq_is_pending(&found)) {
		zval_ptr_dtor(&found);
		return asq_ignore(d);
	}
	zval_ptr_dtor(&found);
	d->valid = true;
	status = asq_dispatch_fire(d, "action_scheduler_begin_execute", NULL);
	if (status == ASQ_OK) {
		status = asq_dispatch_call(d, "fetch_action", &d->action);
	}
	if (status == ASQ_OK) {
		status = asq_dispatch_call(d, "log_execution", NULL);
	}
	return status;
}

/* Its row says that it is running, by one way or the other. ASQ_NOT_FOUND: it was not to be run, see the outcome. */
asq_status asq_dispatch_start(asq_dispatching *d)
{
	d->fast = !d->run->touched && asq_may_go_fast(d);
	return d->fast ? asq_start_fast(d) : asq_start_plain(d);
}
