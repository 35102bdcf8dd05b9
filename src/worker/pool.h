/*
 * pool.h: the memory that a supervisor shares with its workers: which actions are there to be run, who runs which, and
 * what has come of it. It is a file, so that it outlives the processes: who starts next reads what the dead have left.
 *
 * Every state is one word, and goes from hand to hand by compare-and-swap. So a process may be killed between any two
 * instructions, and what it has left can be told.
 */
#ifndef ASQ_WORKER_POOL_H
#define ASQ_WORKER_POOL_H


#include "src/db/error.h"
#include "src/store/owner.h"
#include <stdatomic.h>
#include <sys/types.h>

#define ASQ_POOL_WORKERS 64
#define ASQ_POOL_SLOTS   2048      /* a power of two */
#define ASQ_SLOT_ROW     3072      /* an action's row that is longer is read by the worker itself */
#define ASQ_SLOT_TEXT    512

/* Whose a slot is, and what is to become of it. */
typedef enum {
	ASQ_SLOT_FREE,        /* the supervisor's: there is nothing in it */
	ASQ_SLOT_READY,       /* claimed, and any worker's to take */
	ASQ_SLOT_TAKEN,       /* a worker has it; nobody has heard of it yet, so it can go back as if nothing had been */
	ASQ_SLOT_ENTERED,     /* listeners hear of it; whoever dies now is to blame on it */
	ASQ_SLOT_RUNNING,     /* it has begun; the supervisor writes that, and its end */
	ASQ_SLOT_OWN,         /* it has begun, or is about to; the worker writes about it, not the supervisor */
	ASQ_SLOT_ENDED,       /* its callback has returned; the worker writes that. If it dies first, the supervisor does */
	ASQ_SLOT_COMPLETE,    /* its callback has returned; the supervisor is to write that */
	ASQ_SLOT_WRITTEN,     /* ... has written it, and the worker has still something to do about it */
	ASQ_SLOT_BLAMED,      /* its worker died of it: it has failed, which the supervisor is to write */
	ASQ_SLOT_BACK,        /* it goes back to the queue, which the supervisor is to write */
	ASQ_SLOT_DONE         /* nothing more to write: free it */
} asq_slot_state;

/* What a worker is to do. */
typedef enum {
	ASQ_TASK_ACTION,      /* run the action */
	ASQ_TASK_MOURN,       /* tell listeners of an action that took its worker along, and schedule its next instance */
	ASQ_TASK_REPEAT,      /* schedule its next instance: the worker that was to do so is gone */
	ASQ_TASK_RETRIED,     /* tell listeners that it will be tried again: it took its worker along */
	ASQ_TASK_BURIED,      /* MOURN, and tell listeners of its dead letter */
	ASQ_TASK_POSTPONED,   /* tell listeners that it is postponed: its worker died before it could */
	ASQ_TASK_CLEAN        /* what Action Scheduler does now and then: give back, give up, delete */
} asq_task;

typedef struct asq_slot {
	_Atomic uint32_t word;        /* asq_slot_state, and the worker's number from bit 8 on */
	uint32_t task;                /* asq_task */
	uint64_t action_id, claim_id; /* of a cleaning: 1, if it is the first of the day */
	_Atomic int64_t started, ended;   /* microseconds of the wall clock */
	_Atomic int64_t since;        /* its start, by asq_uptime() */
	int64_t claimed, offered;     /* when it became ready, and when it was last seen to be still ours; by that, too */
	_Atomic uint32_t hold;        /* the worker needs it beyond its completion: WRITTEN, not FREE */
	_Atomic uint32_t lost;        /* the claim did not hold: nothing of it has been written */
	uint32_t deaths;              /* supervisor's: so many workers have died with it before it began */
	uint32_t repeated;            /* its next instance is stored: nobody is to make it again */
	uint32_t start_written;       /* supervisor's: the table says in-progress */
	uint32_t unsure;              /* supervisor's: its dead worker may have written its beginning or its end itself */
	uint32_t repeat;              /* supervisor's: once it is written, its next instance is to be scheduled by another worker */
	uint32_t killed_for;          /* supervisor's: seconds after which it was ended for taking too long */
	uint32_t attempts;            /* it had begun so often when it was claimed */
	/* Of its retry policy: what its worker tells before it begins, so that the supervisor knows should the worker die. */
	uint32_t policy;              /* there is one */
	uint32_t timeout;             /* seconds; 0: --job-timeout */
	uint32_t max_attempts;
	uint32_t crash_retry, crash_delay;   /* it is to be tried again, after so many seconds */
	uint32_t spent;               /* ... it would be, had it not used up its attempts */
	uint32_t postponed;           /* it met an open circuit: pending again after crash_delay, which is no attempt */
	int64_t due;                  /* ... at this second */
	char circuit[192];            /* ... of this name */
	uint32_t row_length;          /* 0: to be read from the table */
	char text[ASQ_SLOT_TEXT];     /* why it failed, if its worker could say so before it died; or for ASQ_TASK_MOURN */
	char hook[192];               /* for the status of the pool */
	char row[ASQ_SLOT_ROW];
} asq_slot;

/* A worker as the pool sees it. */
typedef enum { ASQ_MEMBER_NONE, ASQ_MEMBER_STARTING, ASQ_MEMBER_IDLE, ASQ_MEMBER_BUSY, ASQ_MEMBER_LEAVING } asq_member_state;

typedef struct {
	_Atomic uint32_t state, leave;     /* leave: asked to end after its current action */
	_Atomic int32_t pid;
	_Atomic uint32_t slot;             /* 1 + the slot that it is at, or 0 */
	_Atomic uint32_t sync_wanted, sync_done;   /* a barrier: "write what I have told", "written"; sync_done is waited for */
	_Atomic uint64_t succeeded, failed, ignored, lost, memory;
} asq_member;

typedef struct {
	uint64_t magic;
	uint64_t size;
	char token[ASQ_TOKEN_LENGTH + 1];  /* chance; its row in asq_workers has the same: another site's row has another */
	_Atomic uint64_t claim_id;         /* the claim under which the pool holds its actions */
	_Atomic uint64_t supervisor_id;    /* its row in asq_workers */
	_Atomic int32_t pid;
	_Atomic uint32_t commit_each;
	_Atomic uint32_t policies;         /* a worker has found that there are retry policies */
	_Atomic uint32_t writing;          /* the supervisor's: a commit may have gone through that the slots do not know of */
	_Atomic uint32_t asleep;           /* the supervisor waits for long: who has news rings */
	_Atomic uint32_t work;             /* changes when there is something to take: idle workers wait on it */
	_Atomic uint32_t waiting;          /* so many do */
	_Atomic int64_t lease;             /* until then, by asq_uptime(), nobody takes the supervisor for dead: nothing is begun after that */
	_Atomic uint32_t slots;            /* from this one on, none has been used of late: nobody looks there */
	_Atomic uint64_t head, tail;       /* of queue[] */
	_Atomic uint32_t queue[ASQ_POOL_SLOTS];
	asq_member member[ASQ_POOL_WORKERS];
	asq_slot slot[ASQ_POOL_SLOTS];
} asq_pool_memory;

/* A pool's memory, as one process has it open. */
typedef struct {
	asq_pool_memory *memory;
	char path[256];
	int fd;
	bool owner;               /* the lock on the file is ours: we are the supervisor, or its heir */
} asq_pool;

/* ---- The file --------------------------------------------------------------------------------- */

/* Makes the memory of a new pool. `key` names the site, see asq_wake_key(). */
asq_status asq_pool_create(asq_pool *pool, uint64_t key, asq_error *error);

/*
 * Opens a pool as worker number `index` (until the process ends); by the supervisor's own descriptor where somebody has
 * removed the file.
 */
asq_status asq_pool_join(asq_pool *pool, const char *path, pid_t supervisor, int fd, unsigned index, asq_error *error);

/* Pools that are not to be inherited: they were looked at, and are another site's. */
typedef struct {
	unsigned count;
	char path[16][256];
} asq_pool_skip;

/*
 * Opens a pool whose supervisor is gone, as its heir; ASQ_NOT_FOUND: there is none. The key alone does not tell this site
 * from another on the same host: ask asq_store_knows() before anything is done with it.
 */
asq_status asq_pool_inherit(asq_pool *pool, uint64_t key, const asq_pool_skip *skip, asq_error *error);

/* One that is not ours: is left alone, or removed if nobody has come for it in a day. */
void asq_pool_refuse(asq_pool *pool, asq_pool_skip *skip);

/* Whether worker `index` is alive; and its process, by the kernel: 0 where there is none, or none that is seen from here. */
bool asq_pool_is_alive(const asq_pool *pool, unsigned index);
pid_t asq_pool_process(const asq_pool *pool, unsigned index);

/* Closes it; an owner also removes the file, if there is nothing left in it to be done. */
void asq_pool_close(asq_pool *pool, bool remove);

/* ---- Slots ------------------------------------------------------------------------------------ */

static inline asq_slot_state asq_slot_state_of(uint32_t word)
{
	return (asq_slot_state) (word & 0xff);
}

static inline unsigned asq_slot_worker_of(uint32_t word)
{
	return word >> 8;
}

static inline uint32_t asq_slot_word(asq_slot_state state, unsigned worker)
{
	return (uint32_t) state | (uint32_t) worker << 8;
}

/* The slots that are to be looked at, one after the other. */
#define ASQ_EACH_SLOT(pool, at) \
	for (asq_slot *at = (pool)->memory->slot, *at##_end = at + atomic_load(&(pool)->memory->slots); at < at##_end; at++)

/* Supervisor: a free slot, or NULL; then, once it is filled, offers it to the workers. */
asq_slot *asq_pool_free_slot(asq_pool *pool, unsigned *from);
void asq_pool_offer(asq_pool *pool, asq_slot *slot);
/* Wakes as many idle workers as there may be need of. */
void asq_pool_ring_workers(asq_pool *pool, unsigned offered);

/* Supervisor: takes an offer back; false if a worker was faster. */
bool asq_pool_withdraw(asq_slot *slot, asq_slot_state to);

/* How many more may be offered, and how many offers nobody has taken yet (about). */
unsigned asq_pool_room(const asq_pool *pool);
unsigned asq_pool_ready(const asq_pool *pool);

/* Sees whether there are fewer slots to be looked at by now. */
void asq_pool_shrink(asq_pool *pool);

/* Worker: whether anything may be begun; and takes the next one, or NULL. */
bool asq_pool_is_leased(const asq_pool *pool);
asq_slot *asq_pool_take(asq_pool *pool, unsigned worker);

/* Worker: sets the state of a slot that it has. */
void asq_slot_set(asq_slot *slot, asq_slot_state state, unsigned worker);

/* Puts an action's row into its slot, and takes it out; IS_UNDEF where it was too long. */
void asq_slot_pack(asq_slot *slot, const zval *row);
void asq_slot_unpack(const asq_slot *slot, zval *row);

/* ---- Waiting ---------------------------------------------------------------------------------- */

/* Waits until the word is no longer `seen`, or so many milliseconds; and wakes who does. */
void asq_pool_wait(_Atomic uint32_t *word, uint32_t seen, int milliseconds);
void asq_pool_wake(_Atomic uint32_t *word, int count);

/* Microseconds of the wall clock: for dates. */
int64_t asq_microtime(void);

/*
 * Microseconds since the machine was started, also those that it was suspended for: for how long something takes, since nobody
 * sets this clock. All processes of a machine have the same.
 */
int64_t asq_uptime(void);

#endif
