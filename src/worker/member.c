/*
 * member.c: the life of a worker process, between the shared memory and dispatch.c.
 */
#include "member.h"
#include "php_asq.h"
#include "src/wordpress/clock.h"
#include "src/wordpress/hooks.h"
#include "Zend/zend_exceptions.h"
#include "ext/spl/spl_exceptions.h"

zend_class_entry *asq_timeout_exception;

void asq_member_startup(void)
{
	zend_class_entry ce;

	INIT_NS_CLASS_ENTRY(ce, "Asq", "TimeoutException", NULL);
	asq_timeout_exception = zend_register_internal_class_ex(&ce, spl_ce_RuntimeException);
}

asq_status asq_member_mourn(zend_object *store, zend_object *runner, uint64_t action_id, const char *text)
{
	zval args[2], action;
	asq_status status = ASQ_OK;

	ZVAL_LONG(&args[0], (zend_long) action_id);
	if (text) {
		array_init(&args[1]);
		add_assoc_long(&args[1], "type", E_ERROR);
		add_assoc_string(&args[1], "message", (char *) text);
		add_assoc_string(&args[1], "file", "");
		add_assoc_long(&args[1], "line", 0);
		ASQ_G(logged_already) = action_id;
		status = asq_wp_do_action("action_scheduler_unexpected_shutdown", 2, args);
		ASQ_G(logged_already) = 0;
		zval_ptr_dtor(&args[1]);
	}
	if (status == ASQ_OK) {
		status = asq_call_method(&action, store, "fetch_action", 1, args);
	}
	if (status == ASQ_OK) {
		status = asq_dispatch_repeat(runner, &action, action_id);
		zval_ptr_dtor(&action);
	}
	return status;
}

asq_status asq_member_errand(zend_object *store, zend_object *runner, asq_task task, uint64_t action_id, const char *text)
{
	asq_status status;

	if (task == ASQ_TASK_RETRIED) {
		return asq_retry_tell_crash(action_id, text);
	}
	if (task == ASQ_TASK_POSTPONED) {
		return asq_postpone_tell_crash(action_id, text);
	}
	status = asq_member_mourn(store, runner, action_id, task == ASQ_TASK_REPEAT ? NULL : text);
	return status == ASQ_OK && task == ASQ_TASK_BURIED ? asq_retry_tell_crash_letter(action_id) : status;
}

#ifdef __linux__

#include <fcntl.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#define ASQ_IDLE_MS     500     /* how long an idle worker waits before it looks whether its supervisor lives */
#define ASQ_CLEAN_BATCH 100     /* timed-out actions that are looked after at a time */
#define ASQ_CLEAN_PURGE 5000    /* old actions that are deleted at a time */
#define ASQ_CLEAN_WHOLE 1440    /* one cleaning in so many looks for what deleted actions have left behind */
#define ASQ_FRESH_US    1000000 /* how old what WordPress has cached may be when an action starts */

/* ---- The supervisor --------------------------------------------------------------------------- */

static bool asq_supervisor_lives(const asq_membership *member)
{
	return getppid() == member->supervisor;
}

static void asq_ring_supervisor(asq_membership *member)
{
	uint64_t one = 1;

	if (write(member->bell, &one, sizeof(one)) < 0) {
		/* It looks by itself before long. */
		return;
	}
}

static void asq_ring_if_asleep(asq_membership *member)
{
	if (atomic_load(&member->pool.memory->asleep)) {
		asq_ring_supervisor(member);
	}
}

static bool asq_member_wait_written(asq_membership *member)
{
	uint32_t wanted = atomic_fetch_add(&member->self->sync_wanted, 1) + 1, done;

	asq_ring_supervisor(member);
	while ((int32_t) ((done = atomic_load(&member->self->sync_done)) - wanted) < 0) {
		if (!asq_supervisor_lives(member)) {
			return false;
		}
		asq_pool_wait(&member->self->sync_done, done, ASQ_IDLE_MS);
	}
	return true;
}

asq_status asq_member_sync(asq_run *run)
{
	if (asq_member_wait_written(ASQ_G(member))) {
		return ASQ_OK;
	}
	/* What was told is in the shared memory: the next supervisor writes it. */
	run->broken = true;
	zend_throw_exception(spl_ce_RuntimeException, "The worker's supervisor is gone.", 0);
	return ASQ_THROWN;
}

/* ---- The action at hand ----------------------------------------------------------------------- */

/* A callback that forks and has the child return, too, would run the queue twice: the child ends here. */
static void asq_member_no_child(const asq_membership *member)
{
	if (getpid() != member->pid) {
		php_log_err("A callback has forked, and its child did not end: it is ended here. Let it call exit().");
		_exit(1);
	}
}

static void asq_member_set(const asq_run *run, asq_slot_state state)
{
	asq_member_no_child(ASQ_G(member));
	asq_slot_set(run->slot, state, ASQ_G(member)->index);
}

static asq_slot_state asq_member_state_of(const asq_run *run)
{
	return asq_slot_state_of(atomic_load(&run->slot->word));
}

void asq_member_enter(const asq_run *run)
{
	if (run->slot) {
		atomic_store(&run->slot->started, asq_microtime());
		asq_member_set(run, ASQ_SLOT_ENTERED);
	}
}

void asq_member_begin(const asq_run *run)
{
	if (run->slot) {
		asq_member_set(run, ASQ_SLOT_RUNNING);
		asq_ring_if_asleep(ASQ_G(member));
	}
}

asq_status asq_member_take_over(const asq_run *run, const char *reason)
{
	if (!run->slot || ASQ_G(member)->gone) {
		return ASQ_OK;
	}
	if (reason) {
		snprintf(run->slot->text, ASQ_SLOT_TEXT, "%s", reason);
	}
	if (asq_member_state_of(run) == ASQ_SLOT_RUNNING) {
		asq_status status = asq_member_sync((asq_run *) run);
		if (status != ASQ_OK) {
			return status;
		}
		if (atomic_load(&run->slot->lost)) {
			return ASQ_NOT_FOUND;
		}
	}
	asq_member_set(run, ASQ_SLOT_OWN);
	return ASQ_OK;
}

void asq_member_complete(const asq_run *run, bool hold)
{
	asq_membership *member = ASQ_G(member);

	if (!run->slot) {
		return;
	}
	atomic_store(&run->slot->ended, asq_microtime());
	if (run->grouped) {
		atomic_store(&run->slot->hold, hold);
		asq_member_set(run, ASQ_SLOT_COMPLETE);
		member->held = hold;
		member->gone = !hold;
		asq_ring_if_asleep(member);
	} else {
		asq_member_set(run, ASQ_SLOT_ENDED);
		member->ended = run->slot;
	}
}

void asq_member_wrote_end(const asq_run *run)
{
	asq_membership *member = ASQ_G(member);

	if (run->pooled && member->ended) {
		asq_slot_set(member->ended, ASQ_SLOT_DONE, member->index);
		member->ended = NULL;
	}
}

void asq_member_let_go(const asq_run *run)
{
	uint32_t written;

	if (!run->slot || !ASQ_G(member)->held) {
		return;
	}
	ASQ_G(member)->held = false;
	written = asq_slot_word(ASQ_SLOT_WRITTEN, ASQ_G(member)->index);
	atomic_store(&run->slot->hold, 0);
	/* If it is being written at this moment, the supervisor looks again whether it is still held. */
	atomic_compare_exchange_strong(&run->slot->word, &written, asq_slot_word(ASQ_SLOT_DONE, ASQ_G(member)->index));
}

/* dispatch.c is through with it: what the supervisor has not to write is done with. */
static void asq_member_end_slot(const asq_run *run)
{
	if (ASQ_G(member)->gone) {
		return;
	}
	if (ASQ_G(member)->held) {
		asq_member_let_go(run);
		return;
	}
	switch (asq_member_state_of(run)) {
		case ASQ_SLOT_TAKEN:
		case ASQ_SLOT_ENTERED:
		case ASQ_SLOT_OWN:
			asq_member_set(run, ASQ_SLOT_DONE);
			break;
		case ASQ_SLOT_RUNNING:
			/* The claim on it was lost: so the supervisor has found when it wrote. */
			if (atomic_load(&run->slot->lost)) {
				asq_member_set(run, ASQ_SLOT_DONE);
			}
			break;
		default:
			break;
	}
}

/* ---- Signals ---------------------------------------------------------------------------------- */

static void asq_on_leave(int signal)
{
	(void) signal;
	if (ASQ_G(member)) {
		ASQ_G(member)->leave = 1;
	}
}

static void asq_on_quit(int signal)
{
	(void) signal;
	_exit(ASQ_QUIT_STATUS);
}

static void asq_on_nothing(int signal)
{
	(void) signal;
}

/* The supervisor says that the action has taken too long: the engine looks at the flag at the next jump or call. */
static void asq_on_timeout(int signal)
{
	(void) signal;
	if (ASQ_G(member)) {
		ASQ_G(member)->timed_out = 1;
#if PHP_VERSION_ID >= 80200
		zend_atomic_bool_store_ex(&EG(vm_interrupt), true);
#else
		EG(vm_interrupt) = 1;
#endif
	}
}

static void asq_member_interrupt(zend_execute_data *execute_data)
{
	asq_membership *member = ASQ_G(member);

	if (member && member->timed_out && member->slot && !EG(exception)) {
		member->timed_out = 0;
		zend_throw_exception_ex(asq_timeout_exception, 0, "The action was ended after %u seconds (%s).", member->slot->killed_for,
			member->slot->timeout ? "its retry policy's timeout" : "--job-timeout");
	}
	if (ASQ_G(interrupt)) {
		ASQ_G(interrupt)(execute_data);
	}
}

static void asq_member_signals(void)
{
	static const struct { int signal; void (*handler)(int); } signals[] = {
		{ SIGTERM, asq_on_leave }, { SIGINT, asq_on_leave }, { SIGHUP, asq_on_leave }, { SIGQUIT, asq_on_quit },
		{ SIGUSR1, asq_on_nothing }, { SIGXCPU, asq_on_timeout }
	};
	sigset_t none;

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		struct sigaction action = { .sa_handler = signals[i].handler, .sa_flags = SA_RESTART };
		sigaction(signals[i].signal, &action, NULL);
	}
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	ASQ_G(interrupt) = zend_interrupt_function;
	zend_interrupt_function = asq_member_interrupt;
}

/* ---- Coming ----------------------------------------------------------------------------------- */

/* "path:index:bell:supervisor:descriptor" */
static asq_status asq_member_join(asq_membership *member, const char *where, asq_error *error)
{
	char path[256];
	int supervisor, fd;

	if (sscanf(where, "%255[^:]:%u:%d:%d:%d", path, &member->index, &member->bell, &supervisor, &fd) != 5) {
		return asq_error_set(error, 0, "ASQ_WORKER says nothing of a pool: it is set by `wp action-scheduler work`, for its workers.");
	}
	member->supervisor = supervisor;
	if (asq_pool_join(&member->pool, path, supervisor, fd, member->index, error) != ASQ_OK) {
		return ASQ_FAILED;
	}
	fcntl(member->bell, F_SETFD, FD_CLOEXEC);
	member->self = &member->pool.memory->member[member->index];
	member->pid = getpid();
	atomic_store(&member->self->pid, (int32_t) member->pid);
	ASQ_G(member) = member;
	asq_member_signals();
	return ASQ_OK;
}

/* ---- Running ---------------------------------------------------------------------------------- */

typedef struct {
	asq_membership *member;
	zval store, runner, *context;
	zend_long done;
	unsigned cleaned;
	int64_t fresh;        /* when WordPress's caches were last emptied */
	int64_t since;
	bool busy;
} asq_working;

/* What others have changed since is to be seen: an option, a product. And it is what grows. */
static asq_status asq_member_free_memory(asq_working *w)
{
	zend_object *wpdb;
	zval *global = asq_global("wpdb", sizeof("wpdb") - 1), *queries;

	w->fresh = asq_microtime();
	wpdb = global && Z_TYPE_P(global) == IS_OBJECT ? Z_OBJ_P(global) : NULL;
	queries = wpdb ? asq_property(wpdb, "queries", sizeof("queries") - 1) : NULL;
	if (queries && Z_TYPE_P(queries) == IS_ARRAY) {
		zval_ptr_dtor(queries);
		ZVAL_EMPTY_ARRAY(queries);
	}
	atomic_store(&w->member->self->memory, zend_memory_usage(true));
	return asq_call(NULL, "wp_cache_flush_runtime", 0, NULL) == ASQ_THROWN ? ASQ_THROWN : ASQ_OK;
}

static void asq_member_count(asq_member *self, asq_outcome outcome)
{
	switch (outcome) {
		case ASQ_OUTCOME_SUCCEEDED: atomic_fetch_add(&self->succeeded, 1); break;
		case ASQ_OUTCOME_FAILED: atomic_fetch_add(&self->failed, 1); break;
		case ASQ_OUTCOME_RETRIED: break;
		case ASQ_OUTCOME_IGNORED: atomic_fetch_add(&self->ignored, 1); break;
		case ASQ_OUTCOME_LOST: atomic_fetch_add(&self->lost, 1); break;
	}
}

static void asq_member_row(asq_run *run, const asq_slot *slot)
{
	zval row;

	zval_ptr_dtor(&run->rows);
	ZVAL_UNDEF(&run->rows);
	asq_slot_unpack(slot, &row);
	if (Z_TYPE(row) == IS_ARRAY) {
		array_init_size(&run->rows, 1);
		zend_hash_index_update(Z_ARRVAL(run->rows), slot->action_id, &row);
	} else {
		zval ids;
		array_init(&ids);
		add_next_index_long(&ids, (zend_long) slot->action_id);
		asq_run_prefetch(run, Z_ARRVAL(ids));
		zval_ptr_dtor(&ids);
	}
}

/* asq_purge(): some of what ended long ago; once a day whatever it leaves behind, too. */
static asq_status asq_member_purge(asq_working *w)
{
	zval options;
	asq_status status;

	array_init(&options);
	add_assoc_long(&options, "limit", ASQ_CLEAN_PURGE);
	add_assoc_bool(&options, "orphans", ++w->cleaned % ASQ_CLEAN_WHOLE == 0);
	status = asq_call(NULL, "asq_purge", 1, &options);
	zval_ptr_dtor(&options);
	return status == ASQ_NOT_FOUND ? ASQ_OK : status;
}

/* What Action Scheduler's cleaner does: the rows of those who died without us are reset, or have failed; the old ones go. */
static asq_status asq_member_clean(asq_working *w)
{
	static const char *const steps[] = { "reset_timeouts", "mark_failures" };
	zval cleaner, limit, args[2];
	zend_class_entry *ce = asq_class("ActionScheduler_QueueCleaner", true);
	asq_status status = ce ? asq_call_method(&limit, Z_OBJ(w->runner), "get_time_limit", 0, NULL) : ASQ_NOT_FOUND;

	if (status != ASQ_OK) {
		return EG(exception) ? ASQ_THROWN : ASQ_OK;
	}
	ZVAL_COPY_VALUE(&args[0], &w->store);
	ZVAL_LONG(&args[1], ASQ_CLEAN_BATCH);
	status = asq_new(&cleaner, ce, 2, args);
	if (status == ASQ_OK) {
		ZVAL_LONG(&args[0], 10 * zval_get_long(&limit));
		for (size_t i = 0; status == ASQ_OK && i < sizeof(steps) / sizeof(steps[0]); i++) {
			status = asq_call_method(NULL, Z_OBJ(cleaner), steps[i], 1, args);
		}
		zval_ptr_dtor(&cleaner);
	}
	zval_ptr_dtor(&limit);
	return status == ASQ_OK ? asq_member_purge(w) : status;
}

/* A task that is no action. What it throws is for the log: it must not end the worker. */
static asq_status asq_member_task(asq_working *w, const asq_slot *slot)
{
	asq_status status = slot->task == ASQ_TASK_CLEAN ? asq_member_clean(w)
		: asq_member_errand(Z_OBJ(w->store), Z_OBJ(w->runner), slot->task, slot->action_id, slot->text);
	zval thrown;

	if (status == ASQ_THROWN && !zend_is_unwind_exit(EG(exception))) {
		asq_catch(&thrown);
		if (Z_TYPE(thrown) == IS_OBJECT) {
			zend_string *message = asq_exception_message(&thrown);
			php_log_err(ZSTR_VAL(message));
			zend_string_release(message);
		}
		zval_ptr_dtor(&thrown);
		status = ASQ_OK;
	}
	return status;
}

/* A callback that has switched to another blog and not come back must not take the next action there. */
static void asq_member_home(void)
{
	zval *stack;

	while ((stack = asq_global("_wp_switched_stack", sizeof("_wp_switched_stack") - 1)) != NULL && Z_TYPE_P(stack) == IS_ARRAY
			&& zend_hash_num_elements(Z_ARRVAL_P(stack)) > 0) {
		uint32_t before = zend_hash_num_elements(Z_ARRVAL_P(stack));
		if (asq_call(NULL, "restore_current_blog", 0, NULL) != ASQ_OK) {
			break;
		}
		stack = asq_global("_wp_switched_stack", sizeof("_wp_switched_stack") - 1);
		if (!stack || Z_TYPE_P(stack) != IS_ARRAY || zend_hash_num_elements(Z_ARRVAL_P(stack)) >= before) {
			break;
		}
	}
}

static asq_status asq_member_action(asq_working *w, asq_run *run)
{
	asq_outcome outcome = ASQ_OUTCOME_IGNORED;
	asq_status status;

	run->claim_id = run->slot->claim_id;
	asq_member_row(run, run->slot);
	status = asq_dispatch(run, run->slot->action_id, &outcome);
	w->member->timed_out = 0;
	if (status == ASQ_OK) {
		asq_member_count(w->member->self, outcome);
		w->done++;
	}
	if (status != ASQ_THROWN) {
		asq_member_home();
	}
	return status;
}

static asq_status asq_member_do(asq_working *w, asq_run *run, asq_slot *slot)
{
	asq_membership *member = w->member;
	asq_status status = ASQ_OK;

	run->slot = member->slot = slot;
	member->gone = member->held = false;
	atomic_store(&member->self->slot, 1 + (uint32_t) (slot - member->pool.memory->slot));
	if (slot->task == ASQ_TASK_ACTION) {
		status = asq_member_action(w, run);
	} else {
		asq_member_enter(run);
		asq_member_set(run, ASQ_SLOT_OWN);
		status = asq_member_task(w, slot);
	}
	/* Else the process ends, say for want of its database, and the supervisor sees to what it leaves. */
	if (status == ASQ_OK) {
		asq_member_end_slot(run);
		atomic_store(&member->self->slot, 0);
		run->slot = member->slot = NULL;
		asq_ring_if_asleep(member);
	}
	return status;
}

/* From waiting to working, and back: what a batch is to other runners. */
static asq_status asq_member_turn_busy(asq_working *w)
{
	asq_status status = ASQ_OK;

	if (asq_microtime() - w->fresh > ASQ_FRESH_US) {
		status = asq_member_free_memory(w);
	}
	if (status == ASQ_OK && !w->busy) {
		w->busy = true;
		atomic_store(&w->member->self->state, ASQ_MEMBER_BUSY);
		status = asq_wp_do_action("action_scheduler_before_process_queue", 0, NULL);
	}
	return status;
}

static asq_status asq_member_turn_idle(asq_working *w, asq_run *run)
{
	asq_status status;

	if (!w->busy) {
		return ASQ_OK;
	}
	status = run->grouped ? ASQ_OK : asq_dispatch_flush(run);
	w->busy = false;
	if (status == ASQ_OK) {
		status = asq_wp_do_action("action_scheduler_after_process_queue", 0, NULL);
	}
	atomic_store(&w->member->self->memory, zend_memory_usage(true));
	atomic_store(&w->member->self->state, ASQ_MEMBER_IDLE);
	return status;
}

static bool asq_member_is_to_leave(const asq_working *w)
{
	const asq_membership *member = w->member;

	return member->leave || atomic_load(&member->self->leave) || !asq_supervisor_lives(member)
		|| (member->limits.actions && w->done >= member->limits.actions)
		|| (member->limits.seconds && asq_microtime() - w->since >= member->limits.seconds * 1000000)
		|| (member->limits.memory && zend_memory_usage(true) >= (size_t) member->limits.memory);
}

static void asq_member_idle(asq_membership *member)
{
	asq_pool_memory *memory = member->pool.memory;
	uint32_t seen = atomic_load(&memory->work);

	atomic_fetch_add(&memory->waiting, 1);
	if (atomic_load(&memory->head) == atomic_load(&memory->tail)) {
		/* The supervisor may be waiting for us to run out of work. */
		asq_ring_if_asleep(member);
		asq_pool_wait(&memory->work, seen, ASQ_IDLE_MS);
	}
	atomic_fetch_sub(&memory->waiting, 1);
}

static asq_status asq_member_loop(asq_working *w, asq_run *run)
{
	asq_status status = ASQ_OK;
	asq_slot *slot;

	while (status == ASQ_OK && !asq_member_is_to_leave(w)) {
		slot = asq_pool_take(&w->member->pool, w->member->index);
		if (!slot) {
			status = asq_member_turn_idle(w, run);
			if (status == ASQ_OK) {
				asq_member_idle(w->member);
			}
			continue;
		}
		status = asq_member_turn_busy(w);
		if (status == ASQ_OK) {
			status = asq_member_do(w, run, slot);
		}
	}
	return status == ASQ_OK ? asq_member_turn_idle(w, run) : status;
}

static asq_status asq_member_work(asq_working *w)
{
	asq_run *run = asq_run_begin(Z_OBJ(w->runner), Z_OBJ(w->store), NULL, w->context, 0);
	asq_status status, ended;

	run->survive_exit = true;
	run->pooled = true;
	run->grouped = !atomic_load(&w->member->pool.memory->commit_each);
	status = asq_wp_add_action("shutdown", "Asq\\Native\\worker_shutdown", 0, 0);
	if (status == ASQ_OK) {
		status = asq_member_free_memory(w);
	}
	atomic_store(&w->member->self->state, ASQ_MEMBER_IDLE);
	asq_ring_supervisor(w->member);
	if (status == ASQ_OK) {
		status = asq_member_loop(w, run);
	}
	if (!asq_run_is_fork(run)) {
		atomic_store(&w->member->self->state, ASQ_MEMBER_LEAVING);
	}
	if (EG(exception)) {
		ASQ_G(run) = asq_run_is_dying() ? run : run->outer;
		return ASQ_THROWN;
	}
	ended = asq_run_end(run);
	return status == ASQ_OK ? ended : status;
}

asq_status asq_member_run(const char *where, const asq_member_limits *limits, zval *context, zend_long *done, asq_error *error)
{
	/* As long as the process: a fatal error jumps over our frames, and the shutdown still looks at it. */
	asq_membership *member = pecalloc(1, sizeof(*member), 1);
	asq_working w = { .member = member, .context = context, .since = asq_microtime() };
	asq_status status;

	member->limits = *limits;
	status = asq_member_join(member, where, error);
	if (status == ASQ_OK) {
		status = asq_scheduler_get(&w.store, "store");
	}
	if (status == ASQ_OK) {
		status = asq_scheduler_get(&w.runner, "runner");
	}
	if (status == ASQ_OK) {
		status = asq_member_work(&w);
	}
	if (status == ASQ_THROWN && !asq_supervisor_lives(member) && !zend_is_unwind_exit(EG(exception))) {
		/* An orphan is not to blame. */
		zend_clear_exception();
		status = ASQ_OK;
	}
	*done = w.done;
	zval_ptr_dtor(&w.runner);
	zval_ptr_dtor(&w.store);
	return status;
}

/* ---- Going ------------------------------------------------------------------------------------ */

/* AS's monitor for one action: it has failed, and listeners (the logger is one) hear of it. */
static asq_status asq_member_blame(asq_run *run, zval *last)
{
	zval args[2];
	bool dealt = false;
	asq_status status = asq_member_take_over(run, NULL);

	if (status == ASQ_NOT_FOUND) {
		/* It is another's by now, its series with it. */
		asq_member_set(run, ASQ_SLOT_DONE);
		return ASQ_OK;
	}
	if (status == ASQ_OK) {
		status = asq_retry_crash(run, last, &dealt);
	}
	if (dealt && run->put_back) {
		asq_member_set(run, ASQ_SLOT_DONE);
		return status;
	}
	if (!dealt && status == ASQ_OK) {
		status = asq_dispatch_fail(run, run->slot->action_id);
		dealt = status == ASQ_OK;
		if (dealt) {
			ZVAL_LONG(&args[0], (zend_long) run->slot->action_id);
			ZVAL_COPY_VALUE(&args[1], last);
			status = asq_wp_do_action("action_scheduler_unexpected_shutdown", 2, args);
		}
	}
	if (!dealt) {
		/* Nothing is written: who sees this process dead writes it. */
		return status;
	}
	atomic_fetch_add(&ASQ_G(member)->self->failed, 1);
	/* Its next instance is scheduled by a worker that is well: the supervisor hands that on. */
	atomic_store(&run->slot->hold, 1);
	asq_member_set(run, ASQ_SLOT_WRITTEN);
	return status;
}

asq_status asq_member_shutdown(void)
{
	asq_membership *member = ASQ_G(member);
	asq_run *run = ASQ_G(run);
	asq_status status = ASQ_OK;
	zval last;

	while (run && run->outer) {
		run = run->outer;
	}
	if (!member || !member->slot || member->gone || !run || !run->slot || asq_run_is_fork(run) || asq_call(&last, "error_get_last", 0, NULL) != ASQ_OK) {
		return ASQ_OK;
	}
	if (Z_TYPE(last) == IS_ARRAY && member->slot->task == ASQ_TASK_ACTION) {
		zval *type = zend_hash_str_find(Z_ARRVAL(last), "type", sizeof("type") - 1);
		if (type && (zval_get_long(type) & (E_ERROR | E_PARSE | E_CORE_ERROR | E_COMPILE_ERROR | E_USER_ERROR | E_RECOVERABLE_ERROR))) {
			asq_slot_state state = asq_member_state_of(run);
			if (state == ASQ_SLOT_ENTERED || state == ASQ_SLOT_RUNNING || state == ASQ_SLOT_OWN) {
				status = asq_member_blame(run, &last);
			}
		}
	}
	zval_ptr_dtor(&last);
	return status;
}

#else

/* There is no pool here: see supervisor.c. */

asq_status asq_member_run(const char *where, const asq_member_limits *limits, zval *context, zend_long *done, asq_error *error)
{
	(void) where;
	(void) limits;
	(void) context;
	*done = 0;
	return asq_error_set(error, 0, "The worker pool needs Linux.");
}

void asq_member_enter(const asq_run *run)
{
	(void) run;
}

void asq_member_begin(const asq_run *run)
{
	(void) run;
}

asq_status asq_member_take_over(const asq_run *run, const char *reason)
{
	(void) run;
	(void) reason;
	return ASQ_OK;
}

void asq_member_complete(const asq_run *run, bool hold)
{
	(void) run;
	(void) hold;
}

void asq_member_let_go(const asq_run *run)
{
	(void) run;
}

void asq_member_wrote_end(const asq_run *run)
{
	(void) run;
}

asq_status asq_member_sync(asq_run *run)
{
	(void) run;
	return ASQ_OK;
}

asq_status asq_member_shutdown(void)
{
	return ASQ_OK;
}

#endif
