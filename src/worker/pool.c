/*
 * pool.c: the shared memory's file, its slots and the queue through them.
 *
 * Two locks on the file tell who is alive, and end with the process that holds them, whatever it dies of: a flock() of
 * the supervisor's, and a record lock on its own byte of each worker's.
 */
#include "pool.h"
#include "php_asq.h"
#include "src/store/claim_due.h"
#include "src/store/owner.h"

#ifdef __linux__

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <openssl/rand.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* With the layout: a file of another version is left to its own. */
#define ASQ_POOL_MAGIC (0x617371706f6f6c00ull + sizeof(asq_pool_memory) * 64 + 1)

#define ASQ_POOL_FORGOTTEN 86400   /* seconds */

/* ---- The file --------------------------------------------------------------------------------- */

static const char *asq_pool_folder(void)
{
	return access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm" : "/tmp";
}

static void asq_pool_prefix(char *prefix, size_t size, uint64_t key)
{
	snprintf(prefix, size, "asq-%016" PRIx64 ".", key);
}

static asq_status asq_pool_fail(asq_pool *pool, asq_error *error, const char *what)
{
	asq_status status = asq_error_set(error, 0, "The worker pool's shared memory %s cannot be %s: %s.", pool->path, what, strerror(errno));

	if (pool->fd >= 0) {
		close(pool->fd);
	}
	pool->fd = -1;
	return status;
}

static bool asq_pool_map(asq_pool *pool)
{
	void *memory = mmap(NULL, sizeof(asq_pool_memory), PROT_READ | PROT_WRITE, MAP_SHARED, pool->fd, 0);

	pool->memory = memory == MAP_FAILED ? NULL : memory;
	return pool->memory != NULL;
}

/* Now, so that no write to it later finds the file system full, which would be a SIGBUS. It returns its error, errno stays as it is. */
static bool asq_pool_allocate(asq_pool *pool)
{
	int failed;

	do {
		failed = posix_fallocate(pool->fd, 0, sizeof(asq_pool_memory));
	} while (failed == EINTR);
	errno = failed;
	return failed == 0;
}

static void asq_pool_token(char *token)
{
	unsigned char bytes[ASQ_TOKEN_LENGTH / 2];

	if (RAND_bytes(bytes, sizeof(bytes)) != 1) {
		/* Without chance there is still the clock. */
		int64_t now = asq_microtime();
		memset(bytes, 0, sizeof(bytes));
		memcpy(bytes, &now, sizeof(now));
	}
	for (size_t i = 0; i < sizeof(bytes); i++) {
		snprintf(token + 2 * i, 3, "%02x", bytes[i]);
	}
}

asq_status asq_pool_create(asq_pool *pool, uint64_t key, asq_error *error)
{
	char prefix[64];

	memset(pool, 0, sizeof(*pool));
	asq_pool_prefix(prefix, sizeof(prefix), key);
	snprintf(pool->path, sizeof(pool->path), "%s/%s%d.%" PRIx64, asq_pool_folder(), prefix, (int) getpid(), (uint64_t) asq_microtime());
	pool->fd = open(pool->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (pool->fd < 0) {
		return asq_pool_fail(pool, error, "made");
	}
	/* The lock comes before the size: to an heir, a file without its size is one that is being made. */
	if (flock(pool->fd, LOCK_EX | LOCK_NB) != 0 || !asq_pool_allocate(pool) || !asq_pool_map(pool)) {
		unlink(pool->path);
		return asq_pool_fail(pool, error, "made (it needs some 8 MB)");
	}
	pool->owner = true;
	asq_pool_token(pool->memory->token);
	pool->memory->size = sizeof(asq_pool_memory);
	atomic_store(&pool->memory->pid, (int32_t) getpid());
	pool->memory->magic = ASQ_POOL_MAGIC;
	return ASQ_OK;
}

/* Whether the file is a pool of this build's layout. */
static bool asq_pool_open(asq_pool *pool)
{
	struct stat about;

	pool->fd = open(pool->path, O_RDWR | O_CLOEXEC);
	if (pool->fd < 0) {
		return false;
	}
	if (fstat(pool->fd, &about) != 0 || !S_ISREG(about.st_mode) || about.st_uid != geteuid()
			|| (size_t) about.st_size < sizeof(asq_pool_memory) || !asq_pool_map(pool)) {
		return false;
	}
	return pool->memory->magic == ASQ_POOL_MAGIC;
}

asq_status asq_pool_join(asq_pool *pool, const char *path, pid_t supervisor, int fd, unsigned index, asq_error *error)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 1 + index, .l_len = 1 };

	memset(pool, 0, sizeof(*pool));
	snprintf(pool->path, sizeof(pool->path), "%s", path);
	if (access(path, F_OK) != 0) {
		snprintf(pool->path, sizeof(pool->path), "/proc/%d/fd/%d", (int) supervisor, fd);
	}
	if (index >= ASQ_POOL_WORKERS || !asq_pool_open(pool) || fcntl(pool->fd, F_SETLK, &lock) != 0) {
		return asq_pool_fail(pool, error, "joined");
	}
	return ASQ_OK;
}

/* The lock of a pool whose supervisor is gone is free; so is that of one that has just been removed. */
static bool asq_pool_adopt(asq_pool *pool)
{
	struct stat ours, there;

	if (!asq_pool_open(pool) || flock(pool->fd, LOCK_EX | LOCK_NB) != 0
			|| fstat(pool->fd, &ours) != 0 || stat(pool->path, &there) != 0 || ours.st_ino != there.st_ino) {
		asq_pool_close(pool, false);
		return false;
	}
	pool->owner = true;
	return true;
}

static bool asq_pool_is_skipped(const asq_pool_skip *skip, const char *path)
{
	for (unsigned i = 0; i < skip->count; i++) {
		if (strcmp(skip->path[i], path) == 0) {
			return true;
		}
	}
	return false;
}

asq_status asq_pool_inherit(asq_pool *pool, uint64_t key, const asq_pool_skip *skip, asq_error *error)
{
	char prefix[64];
	DIR *folder = opendir(asq_pool_folder());
	struct dirent *entry;
	asq_status status = ASQ_NOT_FOUND;

	memset(pool, 0, sizeof(*pool));
	pool->fd = -1;
	asq_pool_prefix(prefix, sizeof(prefix), key);
	if (!folder) {
		return asq_error_set(error, 0, "%s cannot be read: %s.", asq_pool_folder(), strerror(errno));
	}
	while (status == ASQ_NOT_FOUND && (entry = readdir(folder)) != NULL) {
		if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0) {
			snprintf(pool->path, sizeof(pool->path), "%s/%s", asq_pool_folder(), entry->d_name);
			status = !asq_pool_is_skipped(skip, pool->path) && asq_pool_adopt(pool) ? ASQ_OK : ASQ_NOT_FOUND;
		}
	}
	closedir(folder);
	return status;
}

void asq_pool_refuse(asq_pool *pool, asq_pool_skip *skip)
{
	struct stat about;
	bool old = fstat(pool->fd, &about) == 0 && time(NULL) - about.st_mtime > ASQ_POOL_FORGOTTEN;
	bool empty = atomic_load(&pool->memory->supervisor_id) == 0;   /* it has never claimed anything */

	if (skip->count < sizeof(skip->path) / sizeof(skip->path[0])) {
		memcpy(skip->path[skip->count++], pool->path, sizeof(pool->path));
	}
	asq_pool_close(pool, old || empty);
}

/* Who holds the lock of a worker's byte; type F_UNLCK: nobody does. */
static bool asq_pool_holder(const asq_pool *pool, unsigned index, struct flock *lock)
{
	*lock = (struct flock) { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 1 + index, .l_len = 1 };
	return fcntl(pool->fd, F_GETLK, lock) == 0 && lock->l_type != F_UNLCK;
}

bool asq_pool_is_alive(const asq_pool *pool, unsigned index)
{
	struct flock lock;

	return asq_pool_holder(pool, index, &lock);
}

pid_t asq_pool_process(const asq_pool *pool, unsigned index)
{
	struct flock lock;

	/* In another process namespace it has another number, or none. */
	return asq_pool_holder(pool, index, &lock) && lock.l_pid > 0 ? lock.l_pid : 0;
}

void asq_pool_close(asq_pool *pool, bool remove)
{
	if (pool->owner && remove) {
		unlink(pool->path);
	}
	if (pool->memory) {
		munmap(pool->memory, sizeof(asq_pool_memory));
	}
	if (pool->fd >= 0) {
		close(pool->fd);
	}
	pool->memory = NULL;
	pool->fd = -1;
	pool->owner = false;
}

/* ---- Slots ------------------------------------------------------------------------------------ */

static asq_slot *asq_slot_clear(asq_slot *slot)
{
	atomic_store(&slot->started, 0);
	atomic_store(&slot->ended, 0);
	atomic_store(&slot->since, 0);
	atomic_store(&slot->hold, 0);
	atomic_store(&slot->lost, 0);
	slot->deaths = slot->repeated = slot->start_written = slot->unsure = slot->repeat = slot->killed_for = slot->row_length = 0;
	slot->attempts = slot->policy = slot->timeout = slot->max_attempts = slot->crash_retry = slot->crash_delay = slot->spent = slot->postponed = 0;
	slot->text[0] = slot->hook[0] = slot->circuit[0] = '\0';
	return slot;
}

/* Of those that have been used already rather than of others: so that there are few to be looked at. */
asq_slot *asq_pool_free_slot(asq_pool *pool, unsigned *from)
{
	unsigned slots = atomic_load(&pool->memory->slots);

	for (unsigned i = 0; i < slots; i++) {
		unsigned at = (*from + i) % slots;
		if (asq_slot_state_of(atomic_load(&pool->memory->slot[at].word)) == ASQ_SLOT_FREE) {
			*from = at + 1;
			return asq_slot_clear(&pool->memory->slot[at]);
		}
	}
	if (slots == ASQ_POOL_SLOTS) {
		return NULL;
	}
	atomic_store(&pool->memory->slots, slots + 1);
	return asq_slot_clear(&pool->memory->slot[slots]);
}

void asq_pool_shrink(asq_pool *pool)
{
	unsigned slots = atomic_load(&pool->memory->slots);

	while (slots > 0 && asq_slot_state_of(atomic_load(&pool->memory->slot[slots - 1].word)) == ASQ_SLOT_FREE) {
		slots--;
	}
	atomic_store(&pool->memory->slots, slots);
}

void asq_pool_offer(asq_pool *pool, asq_slot *slot)
{
	asq_pool_memory *memory = pool->memory;
	uint64_t tail = atomic_load(&memory->tail);

	slot->claimed = slot->offered = asq_uptime();
	atomic_store(&slot->word, asq_slot_word(ASQ_SLOT_READY, 0));
	atomic_store(&memory->queue[tail % ASQ_POOL_SLOTS], (uint32_t) (slot - memory->slot));
	atomic_store(&memory->tail, tail + 1);
}

void asq_pool_ring_workers(asq_pool *pool, unsigned offered)
{
	atomic_fetch_add(&pool->memory->work, 1);
	if (atomic_load(&pool->memory->waiting)) {
		asq_pool_wake(&pool->memory->work, offered < ASQ_POOL_WORKERS ? (int) offered : INT_MAX);
	}
}

bool asq_pool_withdraw(asq_slot *slot, asq_slot_state to)
{
	uint32_t ready = asq_slot_word(ASQ_SLOT_READY, 0);

	return atomic_compare_exchange_strong(&slot->word, &ready, asq_slot_word(to, 0));
}

unsigned asq_pool_ready(const asq_pool *pool)
{
	uint64_t head = atomic_load(&pool->memory->head), tail = atomic_load(&pool->memory->tail);

	return tail > head ? (unsigned) (tail - head) : 0;
}

/* Places of the queue whose offer was withdrawn count until the head has passed them. */
unsigned asq_pool_room(const asq_pool *pool)
{
	unsigned ready = asq_pool_ready(pool), used = 0;

	ASQ_EACH_SLOT(pool, slot) {
		used += asq_slot_state_of(atomic_load(&slot->word)) != ASQ_SLOT_FREE;
	}
	used = MAX(used, ready);
	return used < ASQ_POOL_SLOTS ? ASQ_POOL_SLOTS - used : 0;
}

/*
 * A supervisor that has stood still, or could not reach its database, may have been taken for dead: then what is on offer is another's
 * by now, and may have been run already.
 */
bool asq_pool_is_leased(const asq_pool *pool)
{
	return asq_uptime() < atomic_load(&pool->memory->lease);
}

/*
 * The head is only ever moved past a place whose slot is no longer ready, by whoever sees that. A slow process that
 * still has an old head in its hands may take a slot out of turn, but never one that is not ready.
 */
asq_slot *asq_pool_take(asq_pool *pool, unsigned worker)
{
	asq_pool_memory *memory = pool->memory;

	for (;;) {
		uint64_t head = atomic_load(&memory->head);
		uint32_t ready = asq_slot_word(ASQ_SLOT_READY, 0);
		asq_slot *slot;
		bool mine;

		if (head == atomic_load(&memory->tail)) {
			return NULL;
		}
		slot = &memory->slot[atomic_load(&memory->queue[head % ASQ_POOL_SLOTS]) % ASQ_POOL_SLOTS];
		mine = atomic_compare_exchange_strong(&slot->word, &ready, asq_slot_word(ASQ_SLOT_TAKEN, worker));
		atomic_compare_exchange_strong(&memory->head, &head, head + 1);
		if (mine) {
			return slot;
		}
	}
}

void asq_slot_set(asq_slot *slot, asq_slot_state state, unsigned worker)
{
	atomic_store(&slot->word, asq_slot_word(state, worker));
}

void asq_slot_pack(asq_slot *slot, const zval *row)
{
	uint32_t at = 0;

	slot->row_length = 0;
	slot->attempts = (uint32_t) asq_row_number(row, ASQ_COL_ATTEMPTS);
	for (uint32_t column = 0; column <= ASQ_COL_GROUP; column++) {
		zend_string *cell = asq_row_get(row, column);
		uint32_t length = cell ? (uint32_t) ZSTR_LEN(cell) : UINT32_MAX;
		if (at + sizeof(length) + (cell ? ZSTR_LEN(cell) : 0) > ASQ_SLOT_ROW) {
			return;
		}
		memcpy(slot->row + at, &length, sizeof(length));
		at += sizeof(length);
		if (cell) {
			memcpy(slot->row + at, ZSTR_VAL(cell), length);
			at += length;
		}
	}
	slot->row_length = at;
}

void asq_slot_unpack(const asq_slot *slot, zval *row)
{
	uint32_t at = 0;

	ZVAL_UNDEF(row);
	if (!slot->row_length) {
		return;
	}
	array_init_size(row, ASQ_COL_GROUP + 1);
	zend_hash_real_init_packed(Z_ARRVAL_P(row));
	for (uint32_t column = 0; column <= ASQ_COL_GROUP; column++) {
		uint32_t length;
		memcpy(&length, slot->row + at, sizeof(length));
		at += sizeof(length);
		if (length == UINT32_MAX) {
			add_next_index_null(row);
		} else {
			add_next_index_stringl(row, slot->row + at, length);
			at += length;
		}
	}
}

/* ---- Waiting ---------------------------------------------------------------------------------- */

void asq_pool_wait(_Atomic uint32_t *word, uint32_t seen, int milliseconds)
{
	struct timespec timeout = { milliseconds / 1000, (milliseconds % 1000) * 1000000L };

	syscall(SYS_futex, word, FUTEX_WAIT, seen, &timeout, NULL, 0);
}

void asq_pool_wake(_Atomic uint32_t *word, int count)
{
	syscall(SYS_futex, word, FUTEX_WAKE, count, NULL, NULL, 0);
}

static int64_t asq_pool_clock(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t) now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t asq_microtime(void)
{
	return asq_pool_clock(CLOCK_REALTIME);
}

int64_t asq_uptime(void)
{
	return asq_pool_clock(CLOCK_BOOTTIME);
}

#endif
