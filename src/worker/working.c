/*
 * working.c: a worker's process: it joins the pool, takes one slot after the other, and leaves when it is to. What its signals
 * do, and what is done when a callback ends it by a fatal error, is here, too.
 */
#include "membership.h"
#include "retry.h"
#include "php_asq.h"
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

#ifdef __linux__

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#define ASQ_FRESH_US 1000000 /* how old what WordPress has cached may be when an action starts */

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

	/* It is the action at hand that is meant, not the one before, which may have ended in the same moment. */
	if (member && member->timed_out && member->slot && member->slot->killed_for && !EG(exception)) {
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
	int64_t fresh;        /* when WordPress's caches were last emptied */
	int64_t since;
	bool busy;
} asq_working;

/* What others have changed since is to be seen: an option, a product. And it is what grows. */
static asq_status asq_member_free_memory(asq_working *w)
{
	zend_object *wpdb;
	zval *global = asq_global("wpdb", sizeof("wpdb") - 1), *queries;

	w->fresh = asq_uptime();
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

/* A task that is no action. What it throws is for the log: it must not end the worker. */
static asq_status asq_member_task(asq_working *w, const asq_slot *slot)
{
	if (slot->task == ASQ_TASK_CLEAN) {
		return asq_survive(asq_member_clean(Z_OBJ(w->store), Z_OBJ(w->runner), slot->action_id != 0), "a clean-up");
	}
	return asq_survive(asq_member_errand(Z_OBJ(w->store), Z_OBJ(w->runner), slot->task, slot->action_id, slot->text),
		"what tells of an action whose process is gone");
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

/* A callback's set_time_limit() is for itself: it must not be the end of another one that comes after it. */
static void asq_member_unlimit(void)
{
	zend_string *name;

	if (EG(timeout_seconds)) {
		name = zend_string_init("max_execution_time", sizeof("max_execution_time") - 1, 0);
		zend_restore_ini_entry(name, ZEND_INI_STAGE_RUNTIME);
		zend_string_release(name);
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
	asq_member_unlimit();
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

	if (asq_uptime() - w->fresh > ASQ_FRESH_US) {
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
		|| (member->limits.seconds && asq_uptime() - w->since >= member->limits.seconds * 1000000)
		|| (member->limits.memory && zend_memory_usage(true) >= (size_t) member->limits.memory);
}

static void asq_member_idle(asq_membership *member)
{
	asq_pool_memory *memory = member->pool.memory;
	uint32_t seen = atomic_load(&memory->work);

	atomic_fetch_add(&memory->waiting, 1);
	if (atomic_load(&memory->head) == atomic_load(&memory->tail) || !asq_pool_is_leased(&member->pool)) {
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
		slot = asq_pool_is_leased(&w->member->pool) ? asq_pool_take(&w->member->pool, w->member->index) : NULL;
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
		if (asq_run_is_dying()) {
			ASQ_G(run) = run;
		} else {
			asq_run_forget(run);
		}
		return ASQ_THROWN;
	}
	ended = asq_run_end(run);
	return status == ASQ_OK ? ended : status;
}

asq_status asq_member_run(const char *where, const asq_member_limits *limits, zval *context, zend_long *done, asq_error *error)
{
	/* As long as the process: a fatal error jumps over our frames, and the shutdown still looks at it. */
	asq_membership *member = pecalloc(1, sizeof(*member), 1);
	asq_working w = { .member = member, .context = context, .since = asq_uptime() };
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

/* AS's monitor for one action: it has failed, and listeners (the logger is one) hear of it. *written: at least the first. */
static asq_status asq_member_fail_action(asq_run *run, zval *last, bool *written)
{
	zval args[2];
	asq_status status = asq_dispatch_fail(run, run->slot->action_id);

	*written = status == ASQ_OK;
	if (status == ASQ_OK) {
		ZVAL_LONG(&args[0], (zend_long) run->slot->action_id);
		ZVAL_COPY_VALUE(&args[1], last);
		status = asq_wp_do_action("action_scheduler_unexpected_shutdown", 2, args);
	}
	return status;
}

/* The process is dying of the action: that is written and told, by its policy if there is one. */
static asq_status asq_member_blame(asq_run *run, zval *last)
{
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
	if (status == ASQ_OK && !dealt) {
		status = asq_member_fail_action(run, last, &dealt);
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

	/* What is stored from here on is no next instance. */
	ASQ_G(stored_told) = NULL;
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

asq_status asq_member_shutdown(void)
{
	return ASQ_OK;
}

#endif
