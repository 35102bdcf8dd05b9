/*
 * retry.h: what becomes of an action that fails under a retry policy (retry.c, retry_decide.c, retry_write.c, series.c, orphans.c), or
 * meets an open circuit (postpone.c). It is pending again, as the same action, at a later time; or it has failed for good, and
 * gets a dead letter.
 */
#ifndef ASQ_WORKER_RETRY_H
#define ASQ_WORKER_RETRY_H

#include "worker.h"
#include "src/store/failures.h"
#include "src/wordpress/policy.h"

/* What is to be done about a failure. */
typedef struct {
	bool retry;
	zend_long delay;         /* seconds */
	zend_long attempt, most; /* the one that failed, and how many there may be */
	const char *reason;      /* ASQ_LETTER_*, if it is not to be tried again */
} asq_verdict;

/* Before an action is begun: looks for its policy, and tells the pool what a crash would come to. */
asq_status asq_retry_prepare(asq_run *run, uint64_t id);

/* There is a policy; if none was found before, looks once more. action: the object, if there is one. */
asq_status asq_retry_has_policy(asq_run *run, uint64_t id, zval *action, bool *has);

/*
 * Decides, by the policy, the error's class and its classification. ASQ_DECLINED: the action's row cannot be read. ASQ_THROWN, also
 * where the database is away.
 */
asq_status asq_retry_decide(asq_run *run, uint64_t id, zval *thrown, asq_verdict *verdict);

/*
 * Writes what was decided, in one commit; *letter is the letter's id. ASQ_NOT_FOUND: the claim is lost. ASQ_DECLINED: it cannot be
 * written so, and AS's own way is to be tried. ASQ_THROWN, also where the database is away: in a pool the supervisor writes it, by what the slot says.
 */
asq_status asq_retry_write(asq_run *run, uint64_t id, zval *thrown, const asq_verdict *verdict, uint64_t *letter);

/* Tells listeners. */
asq_status asq_retry_tell(uint64_t id, zval *thrown, const asq_verdict *verdict);
asq_status asq_retry_tell_letter(uint64_t letter);

/* Tells listeners of what the supervisor has written about an action whose process is gone. */
asq_status asq_retry_tell_crash(uint64_t id, const char *text);
asq_status asq_retry_tell_crash_letter(uint64_t id);

/*
 * Of an action whose process has died unseen: what its policy makes of that, by a row of asq_store_running(). ASQ_NOT_FOUND: it has
 * none. ASQ_THROWN: an exit() in who was asked.
 */
asq_status asq_orphan_ask(const zval *row, asq_verdict *verdict);

/* ActionScheduler_QueueCleaner::mark_failures( $time_limit ), with policies. */
asq_status asq_orphans_fail(zend_object *cleaner, zend_object *store, zval *time_limit);

/* What the policy's backoff, or its callable, says; what that throws is for the log. */
asq_status asq_retry_ask_delay(const asq_policy *policy, uint64_t id, zend_long attempt, zval *thrown, zend_long *delay);

/* The process is dying of a fatal error in the action: *dealt: it was under a policy, and that is done. */
asq_status asq_retry_crash(asq_run *run, zval *last, bool *dealt);

/* At WordPress's shutdown, of a run that is no pool's. */
asq_status asq_retry_shutdown(void);

/* A series' next instance, after retries: it is due when it would have been if the first attempt had not failed. */
asq_status asq_retry_keep_time(uint64_t id, uint64_t next_id);

/* The log row's text. */
zend_string *asq_retry_text(const asq_verdict *verdict, const char *message);

/* What a write of these, or a look, has come to: ASQ_DECLINED where the server refuses it; where it is away, that is thrown, and ends the run. */
asq_status asq_retry_declined(asq_run *run, asq_status status, const asq_error *error);

/* Writes a retry, or a letter. Where the tables are not there, and a transaction of $wpdb's is in the way, makes them. */
asq_status asq_retry_store(const asq_retry *retry, asq_letter *letter, asq_error *error);

/* The times of a retry, as strings. */
typedef struct {
	zend_string *now_gmt, *now_local, *due_gmt, *due_local, *schedule;
} asq_retry_times;

/* ASQ_THROWN: the site's time zone is none, and there is nothing to free. */
asq_status asq_retry_times_of(int64_t now, int64_t due, asq_retry_times *times);
void asq_retry_times_free(asq_retry_times *times);

/* ---- postpone.c: actions that have met an open circuit ---------------------------------------------- */

typedef struct {
	zend_object *open;       /* the Asq\CircuitOpenException, of what was thrown; NULL: it is not postponed */
	zend_long delay;         /* seconds, 1 at least */
	int64_t due;
	zend_string *circuit;    /* its name; owned */
} asq_postponement;

/* Whether what a callback has thrown postpones its action, and until when. In a pool the supervisor is told, should this process die. */
asq_status asq_postpone_decide(asq_run *run, uint64_t id, zval *thrown, asq_postponement *postponement);
void asq_postpone_free(asq_postponement *postponement);

/* Has it pending again at that time, without an attempt spent. ASQ_NOT_FOUND, ASQ_DECLINED as above. */
asq_status asq_postpone_write(asq_run *run, uint64_t id, const asq_postponement *postponement);

/* Tells listeners; the second of what the supervisor has written in the stead of a worker that died. */
asq_status asq_postpone_tell(uint64_t id, zval *thrown, zend_long delay);
asq_status asq_postpone_tell_crash(uint64_t id, const char *text);

/* The log row's text. */
zend_string *asq_postpone_text(const char *circuit, zend_long delay);

#endif
