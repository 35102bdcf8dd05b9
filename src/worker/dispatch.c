/*
 * dispatch.c: running one action as ActionScheduler_Abstract_QueueRunner::process_action() does.
 *
 * There are two ways through it. The plain one calls the store's and the logger's methods step by step. The
 * fast one writes the end of one action and the start of the next in one commit; it is taken where nobody but
 * Action Scheduler itself listens to the hooks that the two steps fire in between, so that nobody can see the
 * difference. In both, a start is committed before its callback is called, and a change of state that the
 * claim no longer covers is discarded. In a pool's worker the fast way writes nothing itself: it tells the supervisor.
 */
#include "dispatching.h"
#include "retry.h"
#include "member.h"
#include "php_asq.h"
#include "src/wordpress/policy.h"
#include "src/wordpress/wpdb.h"
#include "Zend/zend_exceptions.h"
#include "ext/spl/spl_exceptions.h"

/* E_USER_ERROR and E_RECOVERABLE_ERROR become exceptions while an action runs. */
static asq_status asq_set_error_handler(void)
{
	zval args[2];
	asq_status status;

	ZVAL_STRING(&args[0], "Asq\\Native\\throw_error");
	ZVAL_LONG(&args[1], E_USER_ERROR | E_RECOVERABLE_ERROR);
	status = asq_call(NULL, "set_error_handler", 2, args);
	zval_ptr_dtor(&args[0]);
	return status;
}

/* In a finally block, so to say: an exception that is on its way is kept. */
static void asq_restore_error_handler(void)
{
	asq_pending pending = asq_put_aside();

	asq_call(NULL, "restore_error_handler", 0, NULL);
	asq_put_back(pending);
}

static asq_status asq_tell_start(asq_dispatching *d)
{
	zval arg;

	if (!d->run->on_start) {
		return ASQ_OK;
	}
	ZVAL_LONG(&arg, (zend_long) d->id);
	return asq_call_callable(NULL, d->run->on_start, 1, &arg);
}

static asq_status asq_tell_complete(asq_dispatching *d)
{
	zval args[2];
	asq_status status;

	if (!d->run->on_complete) {
		return ASQ_OK;
	}
	status = asq_call_on(&args[1], &d->action, "get_hook", 0, NULL);
	if (status == ASQ_OK) {
		ZVAL_LONG(&args[0], (zend_long) d->id);
		status = asq_call_callable(NULL, d->run->on_complete, 2, args);
		zval_ptr_dtor(&args[1]);
	}
	return status;
}

static zend_long asq_dispatch_queries(void)
{
	zend_object *wpdb = asq_wpdb();
	zval *made = wpdb ? asq_property(wpdb, "num_queries", sizeof("num_queries") - 1) : NULL;

	return made ? zval_get_long(made) : 0;
}

/*
 * Tables that a callback has left locked would be so for as long as this worker lives: for the supervisor, for other workers, and for
 * this one's own connection. Nothing tells that there are any; so they are unlocked after each callback that has asked $wpdb anything.
 */
static void asq_unlock(asq_dispatching *d)
{
	zend_object *wpdb = asq_wpdb();
	zval *dbh, args[2];
	asq_pending pending;

	if (!wpdb || asq_dispatch_queries() == d->queries) {
		return;
	}
	dbh = asq_property(wpdb, "dbh", sizeof("dbh") - 1);
	if (!dbh || Z_TYPE_P(dbh) != IS_OBJECT || !asq_class("mysqli", false) || !instanceof_function(Z_OBJCE_P(dbh), asq_class("mysqli", false))) {
		return;
	}
	pending = asq_put_aside();
	ZVAL_COPY(&args[0], dbh);
	ZVAL_STRING(&args[1], "UNLOCK TABLES");
	asq_call(NULL, "mysqli_query", 2, args);
	zval_ptr_dtor(&args[0]);
	zval_ptr_dtor(&args[1]);
	/* A connection that is closed has none. */
	zend_clear_exception();
	asq_put_back(pending);
}

/*
 * A transaction that a callback has left open would hold the locks of all that comes after it, for as long as the worker
 * lives, and take it along in the end.
 */
bool asq_dispatch_end_transaction(asq_dispatching *d)
{
	zend_object *wpdb = asq_wpdb();
	zval sql;

	if (!d->run->pooled || !d->executing) {
		return false;
	}
	if (!asq_site_in_transaction()) {
		asq_unlock(d);
		return false;
	}
	ZVAL_STRING(&sql, "ROLLBACK");
	asq_call_method(NULL, wpdb, "query", 1, &sql);
	zval_ptr_dtor(&sql);
	if (!EG(exception) && asq_site_in_transaction()) {
		ZVAL_STRING(&sql, "SET autocommit=1");
		asq_call_method(NULL, wpdb, "query", 1, &sql);
		zval_ptr_dtor(&sql);
	}
	asq_unlock(d);
	return true;
}

static asq_status asq_execute(asq_dispatching *d)
{
	asq_status status;

	d->queries = asq_dispatch_queries();
	d->executing = !asq_site_in_transaction();
	d->called = true;
	status = asq_call_on(NULL, &d->action, "execute", 0, NULL);
	d->called = status != ASQ_OK || EG(exception);
	if (asq_run_is_fork(d->run)) {
		/* A child that has come back from the callback instead of ending in it. */
		if (!EG(exception)) {
			zend_throw_unwind_exit();
		}
		return ASQ_THROWN;
	}
	if (status == ASQ_OK && asq_dispatch_end_transaction(d) && !EG(exception)) {
		zend_throw_exception(spl_ce_RuntimeException, "The callback left a database transaction open, which was rolled back.", 0);
	}
	return EG(exception) ? ASQ_THROWN : status;
}

/* The steps of process_action()'s inner try block; ASQ_NOT_FOUND: it was not to be run, see the outcome. */
static asq_status asq_steps(asq_dispatching *d)
{
	asq_status status;

	status = asq_retry_prepare(d->run, d->id);
	if (status != ASQ_OK) {
		return status;
	}
	asq_member_enter(d->run);
	status = asq_dispatch_fire_open(d, "action_scheduler_before_execute", NULL);
	if (status == ASQ_OK) {
		status = asq_tell_start(d);
	}
	if (status == ASQ_OK) {
		status = asq_dispatch_start(d);
	}
	if (status == ASQ_OK) {
		status = asq_execute(d);
	}
	if (status == ASQ_OK) {
		status = asq_dispatch_finish(d);
	}
	if (status == ASQ_OK && d->outcome == ASQ_OUTCOME_SUCCEEDED) {
		status = asq_tell_complete(d);
	}
	return status;
}

/* $action->get_schedule()->is_recurring() */
asq_status asq_dispatch_recurs(zval *action, bool *recurs)
{
	zval schedule, result;
	zend_class_entry *ce = asq_class("ActionScheduler_Action", false);
	asq_status status;

	*recurs = false;
	if (Z_TYPE_P(action) != IS_OBJECT || !ce || !instanceof_function(Z_OBJCE_P(action), ce)) {
		return ASQ_OK;
	}
	status = asq_call_method(&schedule, Z_OBJ_P(action), "get_schedule", 0, NULL);
	if (status != ASQ_OK) {
		return status;
	}
	if (Z_TYPE(schedule) == IS_OBJECT) {
		status = asq_call_method(&result, Z_OBJ(schedule), "is_recurring", 0, NULL);
		if (status == ASQ_OK) {
			*recurs = zend_is_true(&result);
			zval_ptr_dtor(&result);
		}
	}
	zval_ptr_dtor(&schedule);
	return status;
}

/* A recurring action's next instance is the runner's to schedule. */
static asq_status asq_schedule_next(zend_object *runner, zval *action, uint64_t id)
{
	zval args[2];

	asq_status status;

	ZVAL_COPY_VALUE(&args[0], action);
	ZVAL_LONG(&args[1], (zend_long) id);
	ASQ_G(last_stored) = 0;
	status = asq_call_method(NULL, runner, "schedule_next_instance", 2, args);
	if (status == ASQ_OK && ASQ_G(last_stored) && asq_policy_any()) {
		status = asq_retry_keep_time(id, ASQ_G(last_stored));
	}
	return status;
}

asq_status asq_dispatch_repeat(zend_object *runner, zval *action, uint64_t id)
{
	bool recurs;
	asq_status status = asq_dispatch_recurs(action, &recurs);

	return status == ASQ_OK && recurs ? asq_schedule_next(runner, action, id) : status;
}

static asq_status asq_repeat(asq_dispatching *d)
{
	asq_status status = d->looked ? ASQ_OK : asq_dispatch_recurs(&d->action, &d->recurs);

	if (status != ASQ_OK || !d->recurs) {
		return status;
	}
	/* It looks at the action's status: that must be the one in the table. */
	status = asq_dispatch_flush(d->run);
	/* Who has taken it for dead has failed it, or has it tried again: and sees to its series, too. */
	if (status == ASQ_OK && d->run->lost == d->id) {
		return ASQ_OK;
	}
	if (status == ASQ_OK) {
		asq_member_repeats(d->run, true);
		status = asq_schedule_next(d->run->runner, &d->action, d->id);
		asq_member_repeats(d->run, false);
	}
	return status;
}

asq_status asq_dispatch(asq_run *run, uint64_t id, asq_outcome *outcome)
{
	asq_dispatching d = { .run = run, .id = id, .outcome = ASQ_OUTCOME_SUCCEEDED };
	asq_status status;
	bool not_run;

	ZVAL_UNDEF(&d.action);
	/* From 3.9.3 on the plugin takes an action for valid until it is proven not to be. */
	d.valid = asq_scheduler_now() == ASQ_PLUGIN && asq_scheduler_version() >= 30903;
	/* What this process does to the row from here on is the callback's or a listener's doing. */
	run->current = id;
	run->touched = false;
	run->lost = 0;
	status = asq_set_error_handler();
	if (status == ASQ_OK) {
		status = asq_steps(&d);
	}
	if (status == ASQ_THROWN) {
		status = asq_dispatch_recover(&d);
	}
	if (status != ASQ_THROWN || !zend_is_unwind_exit(EG(exception))) {
		asq_restore_error_handler();
	}
	not_run = status == ASQ_NOT_FOUND;
	if (status == ASQ_OK && d.outcome != ASQ_OUTCOME_LOST && d.outcome != ASQ_OUTCOME_RETRIED) {
		status = asq_repeat(&d);
	}
	/* In a group the supervisor counts what it could not write. */
	if (status == ASQ_OK && run->pooled && !run->grouped && run->lost == id) {
		d.outcome = ASQ_OUTCOME_LOST;
	}
	if (!asq_run_is_dying()) {
		run->current = 0;
	}
	zval_ptr_dtor(&d.action);
	*outcome = d.outcome;
	return not_run ? ASQ_OK : status;
}
