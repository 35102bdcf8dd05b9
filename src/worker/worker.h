/*
 * worker.h: the door of worker/: running claimed actions. A run is one claim's worth of them; runs nest where
 * a callback runs the queue itself.
 */
#ifndef ASQ_WORKER_WORKER_H
#define ASQ_WORKER_WORKER_H

#include "src/wordpress/scheduler.h"

/* What became of an action. */
typedef enum {
	ASQ_OUTCOME_SUCCEEDED,
	ASQ_OUTCOME_FAILED,
	ASQ_OUTCOME_RETRIED,     /* it has failed, and will be tried again */
	ASQ_OUTCOME_IGNORED,     /* it was not pending any more */
	ASQ_OUTCOME_LOST         /* the claim on it was: what it did is not written */
} asq_outcome;

typedef struct {
	zend_long claimed, succeeded, failed, retried, ignored, lost, batches;
} asq_counts;

/*
 * A run. It lives in request memory, not on the stack: a fatal error in a callback jumps over our frames, and
 * what runs at shutdown still looks at it. The objects are the caller's, who keeps them alive.
 */
typedef struct asq_run {
	struct asq_run *outer;
	zend_object *runner;       /* for schedule_next_instance() */
	zend_object *store;
	zend_object *monitor;      /* the fatal error monitor that listens to this run, or NULL */
	zval context;              /* 'WP CLI', 'WP Cron', ...; owned */
	uint64_t claim_id;         /* 0: no claim, as from the admin screen */
	pid_t process;             /* a callback's fork is none of ours */
	bool pooled;               /* it is a pool's worker (member.h) */
	bool grouped;              /* ... whose supervisor writes what it tells; else it writes itself */
	struct asq_slot *slot;     /* of the action that is being run */
	uint64_t settled;          /* the action that the tables are known to say is running */
	bool looked;               /* whether the claim still holds the action has been looked at before its start */
	bool broken;               /* its database is gone: it ends, with an exception */
	bool survive_exit;         /* a callback that calls exit() fails, and the run goes on */

	uint64_t current;          /* the action that is being run */
	bool touched;              /* ... and whose row this process has itself changed, so that AS's rules apply, not the fence */
	zval policy;               /* its retry policy, or null; owned */
	zend_long attempt;         /* which attempt this is, where that is known: a fence; 0: unknown */
	bool put_back;             /* it is pending again: should its process die now, that is dealt with */
	zend_long unwritten_attempt;
	uint64_t unwritten;        /* the action that is complete but not written so: it goes with the next start */
	uint64_t lost;             /* a pool's: the action whose completion was not written, for another has it: its series, too */

	zend_string *text_started, *text_complete;   /* the log texts, for this context, once asked for; owned */
	int64_t second;            /* the one of the times below, or 0 */
	zend_long options;         /* and how often options had changed by then */
	zend_string *gmt, *log_local, *local;        /* owned */
	zval rows;                 /* the claimed actions as they were when they were claimed, by id; owned, or IS_UNDEF */
	asq_counts *counts;        /* request memory, or NULL */
	char *folder;              /* where the process was when it began, or NULL; request memory */
	zval *on_start, *on_complete, *on_failure;   /* callables, or NULL */
} asq_run;

asq_run *asq_run_begin(zend_object *runner, zend_object *store, zend_object *monitor, zval *context, uint64_t claim_id);

/* Reads the claimed actions' rows at once. Where that fails, each is read when its turn comes. */
void asq_run_prefetch(asq_run *run, HashTable *ids);

/* Lets go of the times. */
void asq_run_forget_times(asq_run *run);

/* Sees to it that the log texts are there; false where a translation makes no format of them. */
bool asq_run_texts(asq_run *run);

/*
 * Writes what is unwritten and ends the run; an exception that is on its way, say of a callable or an exit() between
 * two actions, goes on afterwards. A run that dies stays.
 */
asq_status asq_run_end(asq_run *run);
/* Whether its claim still holds the action, and it is due. */
asq_status asq_run_still_holds(asq_run *run, uint64_t id, bool *held);
/* Takes it out of the list of those under way; asq_run_end() has done so. */
void asq_run_forget(const asq_run *run);

/*
 * A fatal error is unwinding the stack, as exit() does: what the run owns is still needed by asq_run_shutdown(). (Most
 * fatal errors jump over the stack; running out of memory unwinds it, in PHP versions of late.)
 */
bool asq_run_is_dying(void);

/* This process is a child that a callback has forked: the action is its parent's. */
bool asq_run_is_fork(const asq_run *run);

/* This process has changed an action's row: if its callback is running, the claim's fence is not for that. */
void asq_run_touch(uint64_t id);
void asq_run_touch_all(HashTable *ids);

/* ---- dispatch.c --------------------------------------------------------------------------------- */

/*
 * Runs one action, with Action Scheduler's order of hooks and writes. ASQ_THROWN where a listener's exception
 * (or an exit) is to go on to the caller. ASQ_OUTCOME_LOST before it started means: leave the batch.
 */
asq_status asq_dispatch(asq_run *run, uint64_t id, asq_outcome *outcome);

/* Whether others listen to an action's start: they must not hear of one that the claim has lost. */
bool asq_dispatch_is_watched(const asq_run *run);

/* Writes the completion that waits for the next start. */
asq_status asq_dispatch_flush(asq_run *run);

/* Sets the status of an action whose worker is dying to failed, if the claim still holds it. */
asq_status asq_dispatch_fail(asq_run *run, uint64_t id);

/* Schedules the next instance of an action, if it is one that recurs. */
asq_status asq_dispatch_repeat(zend_object *runner, zval *action, uint64_t id);

/*
 * Before a callback looks at the queue, or changes it: the tables must say that its action is running. Elsewhere, and
 * where they do already, nothing happens.
 */
asq_status asq_run_settle(void);

/* ---- loop.c ------------------------------------------------------------------------------------- */

/* ActionScheduler_QueueRunner::do_batch( $size, $context ) */
asq_status asq_run_batch(zend_object *runner, zval *size, zval *context, zend_long *processed);

/* asq_worker_run(): see the stub. */
typedef struct {
	zend_long batch_size, batches, cleanup_batch_size, free_memory_on, pause;
	zval *hooks, *group, *exclude_groups, *context;
	zval *on_batch, *on_tick, *on_warning, *on_start, *on_complete, *on_failure;
	bool force;
} asq_worker_options;

asq_status asq_worker_run(const asq_worker_options *options, asq_counts *counts);

/* ---- resume.c ----------------------------------------------------------------------------------- */

/* The counts of the process image before this one, if a fatal error ended it; else zero. */
void asq_resume_counts(asq_counts *counts);

/* At request shutdown: after a fatal error in a worker's callback, starts the process anew. */
void asq_run_shutdown(void);

#endif
