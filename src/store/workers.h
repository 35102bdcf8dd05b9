/*
 * workers.h: supervisors and their workers, by name and pulse, and what becomes of what the dead have claimed.
 */
#ifndef ASQ_STORE_WORKERS_H
#define ASQ_STORE_WORKERS_H

#include "flush.h"
#include "owner.h"

/* Seconds without a heartbeat after which a supervisor is taken for dead, and how often one is to be given. */
#define ASQ_LEASE_SECONDS 10
#define ASQ_HEARTBEAT_SECONDS 4

typedef struct {
	uint64_t worker_id;               /* 0: new */
	zend_long pid;
	const char *state;
	const char *hook;                 /* of the action that it runs, or NULL */
	uint64_t action_id;
	int64_t action_started;           /* microseconds; 0: none */
	uint64_t succeeded, failed, memory;
} asq_worker_row;

/* Whether there is a supervisor of that id and token (NULL: any) here: ASQ_NOT_FOUND if not. */
asq_status asq_store_knows(asq_site *site, uint64_t supervisor_id, const char *token, asq_error *error);

/* Makes a supervisor's row, and the claim under which it will hold actions. */
asq_status asq_store_register(asq_site *site, const char *host, zend_long pid, const char *token, const zend_string *options, const zend_string *now_gmt,
	uint64_t *supervisor_id, uint64_t *claim_id, asq_error *error);

/*
 * A supervisor's heartbeat, and its workers' rows as they are now. ASQ_NOT_FOUND: others have taken it for dead, its
 * claim is void, and it has to register anew.
 */
asq_status asq_store_heartbeat(asq_site *site, uint64_t supervisor_id, const char *state, uint64_t claim_id, asq_worker_row *workers, size_t count,
	asq_error *error);

/* Keeps what a pool holds from being taken for abandoned by Action Scheduler's cleaner. */
asq_status asq_store_touch(asq_site *site, const uint64_t *ids, size_t count, uint64_t claim_id, const zend_string *now_gmt,
	const zend_string *now_local, asq_error *error);

/* Which of these pending actions the claim still holds, that are due by then, and nobody has paused: the ids, as an array's keys. */
asq_status asq_store_still_pending(asq_site *site, const uint64_t *ids, size_t count, uint64_t claim_id, const zend_string *due, zval *held,
	asq_error *error);

/* Ends a supervisor: its rows are gone, what its claim still holds goes back to the queue. */
asq_status asq_store_unregister(asq_site *site, uint64_t supervisor_id, uint64_t claim_id, asq_error *error);

/* The supervisor whose last sign of life is the oldest. */
typedef struct {
	uint64_t supervisor_id;   /* 0: there is no other */
	int64_t life;             /* microseconds until it may be dead */
	int64_t clock;            /* the server's, in microseconds from anywhere on, by which that is told */
} asq_oldest;

/* ASQ_NOT_FOUND: it has a pulse, or there is none. */
asq_status asq_store_find_dead(asq_site *site, uint64_t own_id, asq_oldest *oldest, asq_error *error);

/* The actions that a supervisor, or those of a list of ids that anybody, is running: rows of the columns below. */
enum { ASQ_RUNNING_ID, ASQ_RUNNING_HOOK, ASQ_RUNNING_GROUP, ASQ_RUNNING_CLAIM, ASQ_RUNNING_ATTEMPTS };
asq_status asq_store_running(asq_site *site, uint64_t supervisor_id, HashTable *ids, zval *rows, asq_error *error);

/*
 * Buries it: what it had claimed goes back to the queue; what it was running ends as an entry of `by_policy` says (RETRY or BURIED;
 * entry->ends: so it was), if there is one of that attempt. Else it has failed, by a log row with that message, and is given back as a
 * list of ids. ASQ_NOT_FOUND: it lives after all, or somebody else was faster.
 */
asq_status asq_store_bury(asq_site *site, uint64_t supervisor_id, const asq_log_row *log, asq_flush *by_policy, zval *failed, asq_error *error);

#endif
