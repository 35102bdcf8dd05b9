/*
 * member.h: a worker of a pool: a process of its own that takes actions from the shared memory, runs them, and tells
 * through it what has come of them.
 */
#ifndef ASQ_WORKER_MEMBER_H
#define ASQ_WORKER_MEMBER_H

#include "pool.h"
#include "worker.h"

/* How a worker ends that gets SIGQUIT. */
#define ASQ_QUIT_STATUS 131

/* A worker's own limits: reached, it ends after its current action, and is replaced. 0: none. */
typedef struct {
	zend_long memory, actions, seconds;
} asq_member_limits;

/* This process as a member of a pool; in ASQ_G(member) while it is one. */
typedef struct asq_membership {
	asq_pool pool;
	unsigned index;
	asq_member *self;
	int bell;                    /* the supervisor's eventfd */
	pid_t supervisor, pid;       /* pid: ours; a callback's forked child has another */
	asq_member_limits limits;
	volatile sig_atomic_t leave, timed_out;
	asq_slot *slot;              /* of the action that it is at */
	bool gone;                   /* ... which is the supervisor's by now, and may be another action's any moment */
	bool held;                   /* ... which the supervisor leaves to us until we let go of it */
	asq_slot *ended;             /* --commit=each: of the one before, whose end is written with the next start */
} asq_membership;

/*
 * Works for the pool until there is a reason to leave. `where` is what the supervisor has put into the environment. *done
 * is the number of actions run.
 */
asq_status asq_member_run(const char *where, const asq_member_limits *limits, zval *context, zend_long *done, asq_error *error);

/* ---- What dispatch.c tells of the action at hand; nothing happens in a run that is no pool's ------- */

/* Its listeners are about to hear of it. */
void asq_member_enter(const asq_run *run);
/* Its callback is about to be called; the supervisor will write that. */
void asq_member_begin(const asq_run *run);
/* From here on this process writes about it: the supervisor has written what it had been told. ASQ_NOT_FOUND: the claim is lost. */
asq_status asq_member_take_over(const asq_run *run, const char *reason);
/* Its callback has returned. hold: there is more to do once that is written. */
void asq_member_complete(const asq_run *run, bool hold);
/* ... and held: the supervisor has found by now that the claim was gone. */
bool asq_member_has_lost(const asq_run *run);
/* An earlier one that counted as a success has lost its claim before its end was written. */
void asq_member_discount(const asq_run *run);
/* Its next instance is being made: once that is stored, nobody makes it again, whatever becomes of this process. */
void asq_member_repeats(const asq_run *run, bool now);
/* What was to be done beyond that is done. */
void asq_member_let_go(const asq_run *run);
/* This process has written how it ended, and has more to do: listeners are to hear of it, its next instance is to be made. */
void asq_member_wrote(const asq_run *run);
/* ... how the one before has ended, or this one. */
void asq_member_wrote_end(const asq_run *run);
/* Waits until the supervisor has written all that it was told. ASQ_THROWN: there is none any more. */
asq_status asq_member_sync(asq_run *run);

/*
 * Of an action whose process is gone: schedules its next instance, if it recurs, and tells listeners that it has failed, for
 * the reason that the text gives (NULL: it has not).
 */
asq_status asq_member_mourn(zend_object *store, zend_object *runner, uint64_t action_id, const char *text);

/* One of the tasks MOURN, REPEAT, RETRIED, BURIED and POSTPONED. */
asq_status asq_member_errand(zend_object *store, zend_object *runner, asq_task task, uint64_t action_id, const char *text);

/* What Action Scheduler's cleaner does, and the purge. whole: also of what deleted actions have left behind. */
asq_status asq_member_clean(zend_object *store, zend_object *runner, bool whole);

/* What a callback gets that runs for longer than --job-timeout or its policy allows: Asq\TimeoutException. */
extern zend_class_entry *asq_timeout_exception;

/* At MINIT. */
void asq_member_startup(void);

/* At WordPress's shutdown: an action whose callback died of a fatal error. */
asq_status asq_member_shutdown(void);

#endif
