/*
 * dispatching.h: what the files that run one action share: dispatch.c (its steps), dispatch_start.c, dispatch_finish.c,
 * dispatch_fail.c (what becomes of it), dispatch_write.c (fenced writes), dispatch_hooks.c (who listens).
 */
#ifndef ASQ_WORKER_DISPATCHING_H
#define ASQ_WORKER_DISPATCHING_H

#include "worker.h"
#include "src/store/run.h"

/* One action on its way. */
typedef struct {
	asq_run *run;
	uint64_t id;
	zval action;        /* the object, once it is fetched */
	bool valid;         /* it was pending: an exception is a failed execution, no failed validation */
	bool fast;
	bool retries;       /* a retry policy decides what its failure comes to */
	uint64_t letter;    /* its dead letter, once it has one */
	bool called;        /* its callback is being called, or has thrown */
	zend_long queries;  /* how many $wpdb had made before it */
	bool executing;     /* its callback was called outside any transaction: it is to leave none */
	bool looked, recurs;  /* whether it recurs, once that has been asked */
	asq_outcome outcome;
} asq_dispatching;

/* ---- dispatch_hooks.c ---------------------------------------------------------------------------- */

/* Action Scheduler's logger, or NULL. */
zend_object *asq_dispatch_logger(void);

/* Whether anybody listens to a hook besides the monitor and, with its given method, the logger. */
bool asq_dispatch_is_foreign(const asq_run *run, const char *hook, const char *logger_method, bool *logger_listens);

/* Fires a hook with the action's id, the argument if there is one, and the context. */
asq_status asq_dispatch_fire(asq_dispatching *d, const char *hook, zval *extra);

/* ... that others may listen to: they must find the tables as they are to be at that point. */
asq_status asq_dispatch_fire_open(asq_dispatching *d, const char *hook, zval *extra);

/* Calls a method of the store with the action's id. */
asq_status asq_dispatch_call(asq_dispatching *d, const char *method, zval *result);

/* ---- dispatch_write.c ---------------------------------------------------------------------------- */

/* Throws for an error of a fenced write; the run cannot go on without its database. */
asq_status asq_dispatch_throw(asq_run *run, const asq_error *error);

/* Writes the end of one action and the start of another, with their log rows. */
asq_status asq_dispatch_step(asq_run *run, asq_step *step);

/* Of such a step: what was thought to have succeeded, and has been lost, is counted so. */
void asq_dispatch_count_finished(asq_run *run, const asq_step *step);

/*
 * The last state of an action: by the fence of the claim (*fenced), or by the store's method where it is that one's to say. If
 * the claim is gone, it is lost, which is no error.
 */
asq_status asq_dispatch_end(asq_dispatching *d, const char *to, const char *method, bool *fenced);

/* ---- dispatch_start.c ---------------------------------------------------------------------------- */

/* Its row says that it is running, by one way or the other. ASQ_NOT_FOUND: it was not to be run, see the outcome. */
asq_status asq_dispatch_start(asq_dispatching *d);

/* ---- dispatch_finish.c --------------------------------------------------------------------------- */

/* Its callback has returned. */
asq_status asq_dispatch_finish(asq_dispatching *d);

/* ---- dispatch_fail.c ----------------------------------------------------------------------------- */

/* What was thrown on the way becomes the action's failure; what cannot is left in EG(exception). */
asq_status asq_dispatch_recover(asq_dispatching *d);

/* ---- dispatch.c ---------------------------------------------------------------------------------- */

/* Ends a transaction that a callback has left open, and its LOCK TABLES; false: there is no transaction. */
bool asq_dispatch_end_transaction(asq_dispatching *d);

/* $action->get_schedule()->is_recurring() */
asq_status asq_dispatch_recurs(zval *action, bool *recurs);

#endif
