/*
 * supervisor.h: the process that a pool's workers are children of: it claims for all of them, hands out, writes what they
 * tell, and replaces those that die. supervisor.c is its loop, ledger.c what it writes, crew.c its children.
 */
#ifndef ASQ_WORKER_SUPERVISOR_H
#define ASQ_WORKER_SUPERVISOR_H

#include "member.h"
#include "retry.h"
#include "src/store/claim_due.h"
#include "src/store/flush.h"
#include "src/store/workers.h"

/* By this a worker knows that it is one: see asq_member_run(). */
#define ASQ_WORKER_VARIABLE "ASQ_WORKER"

#define ASQ_SECOND   1000000ll     /* in microseconds, as all times here are; by asq_uptime(), but for dates */
#define ASQ_CLAIM_US 2000          /* between two claims */
#define ASQ_SOON_US  50000         /* after a claim that has emptied the queue: when to look what is next */
#define ASQ_CHECK_US 100000        /* between two looks whether what is offered is still ours */
#define ASQ_CLOCK_US (2 * ASQ_SECOND)   /* a clock that has gained or lost more since it was last looked at has been set */
#define ASQ_STALL_US (3 * ASQ_SECOND)   /* who was kept from going on for longer cannot tell whether others are dead, or were kept, too */

/* How `wp action-scheduler work` was asked to work. Seconds, but for poll; 0 is none. */
typedef struct {
	zend_long workers, batch_size, job_timeout, grace, poll;
	HashTable *hooks, *groups;      /* lists of strings, or empty */
	bool exclude_groups, commit_each, drain, quiet;
	zval *context;
	const zend_string *shown;       /* its flags, as JSON, for who asks */
} asq_pool_options;

/* How it ended; these are the command's exit codes, too. */
typedef enum {
	ASQ_ENDED_WELL = 0,             /* as asked: TERM, INT, or nothing left to --drain */
	ASQ_ENDED_AT_ONCE = 2,          /* QUIT, or a second TERM: running actions were given up */
	ASQ_ENDED_CREWLESS = 3          /* its workers do not start */
} asq_ended;

typedef struct {
	uint64_t succeeded, failed, claims;
	uint64_t lost;                  /* had succeeded, but the claim on them was gone */
	uint64_t killed;                /* of those that failed: their workers died of them */
	asq_ended ended;
} asq_pool_totals;

/* A worker's process, as its parent sees it. */
typedef struct {
	pid_t pid;                      /* 0: none */
	uint64_t row_id;                /* in asq_workers */
	int64_t born;
	bool started;                   /* it has got as far as to wait for work */
	bool told;                      /* it was asked to leave */
	int64_t warned;                 /* when it was told that its action takes too long, by the watch's own time; 0: not */
	uint64_t succeeded, failed;     /* of its predecessors in this place, which its counters go on from */
} asq_child;

/* The times of a second, as strings. */
typedef struct {
	int64_t second;
	zend_string *gmt, *local;
} asq_moment;

/* What is to be done that is no action, while there is no free slot for it. */
typedef struct {
	asq_task task;
	uint64_t action_id;
	char text[ASQ_SLOT_TEXT];
} asq_errand;

typedef struct asq_supervisor {
	const asq_pool_options *options;
	asq_pool pool;
	asq_pool heritage;              /* of a supervisor that has died; memory NULL: none */
	asq_pool_skip skip;
	uint64_t key, id;
	char host[256];

	asq_child child[ASQ_POOL_WORKERS];
	int64_t orphan_warned[ASQ_POOL_WORKERS];   /* the same of a dead supervisor's workers */
	int64_t watched, watch;         /* when they were last looked at; and for how long in all, see asq_crew_watch() */
	int bell, signals, wake;        /* descriptors: the workers' eventfd, signalfd, the socket */
	unsigned wake_place;
	sigset_t mask;                  /* the signals' mask before */
	unsigned start_failures;        /* in a row */
	int64_t respawn_at;
	bool restarting;                /* HUP: one after the other */
	unsigned restart_next;
	int64_t restart_since;

	zend_string *text_started, *text_complete, *text_failed;
	asq_moment moment[8];
	unsigned moment_next;
	zend_string *now_gmt, *now_local;
	int64_t now_second;
	asq_flush flush;                /* its entries are kept for the next one */
	size_t flush_room;
	uint32_t wanted[ASQ_POOL_WORKERS];   /* the barriers that this flush answers */
	asq_link beside;                /* what it goes over, see asq_ledger_flush_begin() */
	int64_t beside_used, beside_not_before;
	asq_errand *errand;
	size_t errands, errand_room;
	unsigned slot_next;

	asq_claim_cursor cursor;
	zval group_ids;
	unsigned ahead;                 /* how many actions are claimed beyond those that run */
	int64_t claim_took;             /* the last one */
	bool more;                      /* there may be due actions */
	bool stopping, at_once;
	int64_t stop_at;                /* end of the grace */
	int64_t last_flush, last_claim, last_poll, last_heartbeat, last_groups, last_check, last_touch, last_rate, last_listen, last_show, last_bury, last_ask, pulse;
	int64_t clean_at;               /* the next cleaning */
	int64_t last_day;               /* of the last one, UTC */
	int64_t steady;                 /* since when signs of life have been given in time */
	int64_t clock_ahead;            /* so far the server's clock was ahead of asq_uptime() when they were last looked for; 0: not yet */
	int64_t bury_after;             /* since last_bury: when to look for the dead again */
	int64_t tick;                   /* when it was last seen that time does not stand still */
	bool asked_other;               /* the last question was no poll */
	int64_t look_at;                /* when to ask what is due next, after a claim that has emptied the queue; 0: not */
	int64_t next_due;               /* seconds; INT64_MAX: nothing is scheduled */
	int64_t down_until;             /* the database is away: when to try again */
	bool down;
	bool blocked;                   /* something could not be written for somebody's locks */
	bool demoted;                   /* it was read-only: where the workers' connections lead nothing may be written any more */
	uint64_t rows_told;             /* a digest of the workers' rows as they were last written */
	uint64_t rate_seen;
	double rate;                    /* actions a second */
	asq_pool_totals totals;
} asq_supervisor;

/* Runs the pool until it is told to stop. */
asq_status asq_supervisor_run(const asq_pool_options *options, asq_pool_totals *totals, asq_error *error);

/* ---- console.c: what it says, on stderr -------------------------------------------------------------- */

/* Something to the operator; notice: not with --quiet. */
void asq_supervisor_say(const asq_supervisor *s, bool notice, const char *format, ...) ZEND_ATTRIBUTE_FORMAT(printf, 3, 4);
/* On a terminal: how it goes, in its last line. */
void asq_supervisor_show(asq_supervisor *s, int64_t now);
/* USR1: what everybody is at. */
void asq_supervisor_status(asq_supervisor *s);

/* ---- supervisor.c ------------------------------------------------------------------------------------ */

/* Opens the site for the supervisor's own writing; a database that is away is noted, and tried again later. */
asq_status asq_supervisor_open(asq_supervisor *s, asq_site *site, asq_error *error);
/* What a statement of its came to. */
asq_status asq_supervisor_noted(asq_supervisor *s, asq_status status, const asq_error *error, const char *what);

/* The database is away, and is not to be tried yet. */
bool asq_is_down(const asq_supervisor *s);

/* ---- feed.c: what is claimed -------------------------------------------------------------------------- */

/* How many actions to claim now; and claiming them. */
unsigned asq_supervisor_wants(asq_supervisor *s, int64_t now);
void asq_supervisor_feed(asq_supervisor *s, int64_t now);
/* Whether it will be many, and not take long: so that a flush may go on beside it. */
bool asq_supervisor_feeds_much(asq_supervisor *s, int64_t now);
/* How much is to be claimed ahead, by how fast it goes. */
void asq_supervisor_pace(asq_supervisor *s, int64_t now);
/* Looks what is due, and when the next one is. */
void asq_supervisor_poll(asq_supervisor *s);
/* What is on offer, or running: is it still to be run, and is it known to be held? */
void asq_supervisor_check_offers(asq_supervisor *s, int64_t now);
void asq_supervisor_touch(asq_supervisor *s, int64_t now);

/* ---- pulse.c: who is alive ------------------------------------------------------------------------------ */

asq_status asq_supervisor_register(asq_supervisor *s);
/* It has only just come, or has stood still, as others may have: they are given time to show that they live. */
void asq_supervisor_unsteady(asq_supervisor *s);
void asq_supervisor_heartbeat(asq_supervisor *s);
/* Another host's that is dead. */
void asq_supervisor_bury(asq_supervisor *s);
/* This host's: takes its memory over; and, by and by, does what is left in it. */
void asq_supervisor_inherit(asq_supervisor *s);
void asq_supervisor_wind_up(asq_supervisor *s);

/* ---- ledger.c: from what the workers tell to what is written ------------------------------------ */

/* The times of now; asks WordPress's clocks. */
void asq_ledger_now(asq_supervisor *s);

/* Writes all that was told in this pool, and answers barriers. */
asq_status asq_ledger_flush(asq_supervisor *s, asq_pool *pool);
/* The same of our own pool, in two halves; in between, actions may be claimed, and no more. False: it is done already. */
bool asq_ledger_flush_begin(asq_supervisor *s);
void asq_ledger_flush_finish(asq_supervisor *s);
/* Ends the connection that this takes, when it has not been needed for a while. */
void asq_ledger_part(asq_supervisor *s);

/* An entry for the next writing; and all of them are done with. */
asq_flush_entry *asq_ledger_add(asq_supervisor *s, uint64_t action_id, uint64_t claim_id);
void asq_ledger_release(asq_supervisor *s);

/* An action whose process has died, by its retry policy; and what listeners are to be told then, see asq_retry_tell_crash(). */
void asq_ledger_crashed(asq_supervisor *s, asq_flush_entry *entry, const asq_verdict *verdict, const char *why);
void asq_ledger_tell_retry(asq_supervisor *s, uint64_t action_id, unsigned attempt, unsigned most, unsigned delay, const char *why);

/* A worker waits until what it has told is written. */
bool asq_ledger_is_asked(const asq_pool *pool);
/* There is something to write, or to answer. */
bool asq_ledger_has_news(const asq_pool *pool);

/* A worker has died: of what it was at is told in its stead. `how` is why, for the log. */
void asq_ledger_worker_died(asq_supervisor *s, asq_pool *pool, unsigned index, const char *how);

/* Takes back the actions that are offered and not taken; of another's pool the tasks, too, which become ours. */
void asq_ledger_withdraw_all(asq_supervisor *s, asq_pool *pool, asq_slot_state to);

/* Slots that are in use; and those of them that are tasks which nobody has taken. */
unsigned asq_ledger_open(const asq_pool *pool);
unsigned asq_ledger_tasks(const asq_pool *pool);

/* A task for some worker; and the handing out of those for which there was no room. */
void asq_ledger_task(asq_supervisor *s, asq_task task, uint64_t action_id, const char *text);
void asq_ledger_hand_on(asq_supervisor *s);

/* ---- crew.c: the children ------------------------------------------------------------------------ */

/* Starts workers where there are too few. */
void asq_crew_fill(asq_supervisor *s);
/* Sees who has ended, and why. */
void asq_crew_reap(asq_supervisor *s);
/* Ends actions that take too long: the children's, and those of orphans. */
void asq_crew_watch(asq_supervisor *s);
/* What is said of an action whose worker was killed for that. */
void asq_crew_overdue(const asq_slot *slot, char *how, size_t size);
/* HUP: asks the next one to leave once the one before has been replaced. */
void asq_crew_restart(asq_supervisor *s);
/* Asks all to leave, or kills them. */
void asq_crew_leave(asq_supervisor *s);
void asq_crew_kill(asq_supervisor *s, int signal);
unsigned asq_crew_alive(const asq_supervisor *s);
/* Counts what they have done into the totals. */
void asq_crew_count(asq_supervisor *s);
/* Those that have nothing to do. */
unsigned asq_crew_idle(const asq_supervisor *s);
/* The workers' rows for the heartbeat. */
size_t asq_crew_rows(asq_supervisor *s, asq_worker_row *rows, unsigned *index);

#endif
