/*
 * php_asq.h: what the whole module shares: its version, its settings and its per-thread state.
 */
#ifndef PHP_ASQ_H
#define PHP_ASQ_H

#ifdef HAVE_CONFIG_H
# include "config.h"
#endif

#include "php.h"
#include "src/db/error.h"

#if PHP_VERSION_ID < 80200
static zend_always_inline bool zend_string_equals_cstr(const zend_string *string, const char *text, size_t length)
{
	return ZSTR_LEN(string) == length && memcmp(ZSTR_VAL(string), text, length) == 0;
}
#endif

#define PHP_ASQ_VERSION "0.1.0"

extern zend_module_entry asq_module_entry;
#define phpext_asq_ptr &asq_module_entry

struct asq_client;

ZEND_BEGIN_MODULE_GLOBALS(asq)
	/* Settings, see docs/configuration.md. */
	bool enabled;
	char *link;              /* auto, client or wpdb */
	char *unique;            /* auto, group or args */
	char *host;
	char *user;
	char *password;
	char *password_file;
	char *database;
	char *prefix;
	char *ssl_ca;
	char *ssl_cert;
	char *ssl_key;
	bool ssl_verify;
	zend_long connect_timeout;
	zend_long timeout;
	zend_long lock_wait;         /* a supervisor's lock_patience */
	zend_long spin;              /* microseconds */

	/* Kept between requests: the module's own connection (db/client.c owns it), and, for as long as it is of use, a second one. */
	struct asq_client *client, *beside;
	struct asq_forgotten *forgotten;
	void *zval_to_mysqlnd;       /* mysqlnd's function of that name, once it has been needed */
	unsigned spin_misses, spin_rest;   /* how often looking for an answer was of no use lately, and how many waits leave it out (db/wait.c) */
	int64_t client_down_until;   /* a failed connect is not tried again before this second */

	int wake_fd;                 /* the socket that tells supervisors of what is enqueued; 0: none yet (store/wake.c) */
	uint64_t inserted_id;        /* of the last action that was stored, in the table of this hash (store/insert.c) */
	zend_ulong inserted_table;
	uint64_t wake_again;         /* ... who is to be told again when the request ends, since it was in a transaction */

	/* One request's state; RINIT clears it. */
	bool boot_hooked;            /* $wp_filter has our callback (wordpress/boot.c) */
	bool standalone;             /* no Action Scheduler plugin, and our own store is up */
	bool embedded_compile;       /* src/php is being compiled: leave it as it is */
	int as_version;              /* of the Action Scheduler in charge, as 30903; 0: not looked up yet */
	uint64_t saved_log_action;   /* this action's "created" row was written along with it */
	uint64_t saved_log_id;
	uint64_t logged_already;     /* what listeners log of this action is in the log (worker/member.c) */
	unsigned lock_patience;      /* seconds that a new connection's statements wait for locks; 0: as long as the server lets them */
	unsigned silence;            /* seconds after which the server ends a new connection that says nothing, and its transaction; 0: its own limit */
	struct asq_membership *member;   /* this process as a worker of a pool (worker/member.c), or NULL */
	void (*interrupt)(zend_execute_data *);   /* the engine's hook that member.c has put itself before */
	struct asq_run *run;         /* the queue run that is going on, if any (worker/) */
	zend_string *paused_table;   /* whose pauses are known (store/pause.c), */
	zend_string *paused_sql;     /* what that means for a claim, */
	double paused_until;         /* and how long it holds, in monotonic seconds */
	HashTable *policies[2];      /* retry policies by hook and by group, or NULL (wordpress/policy.c) */
	bool action_policies;        /* there are actions with policies of their own, */
	int64_t action_policies_at;  /* as the options said in this second, */
	zend_long action_policies_of; /* before WordPress has switched blogs once more */
	int64_t retries_forgotten_at; /* when asq_retries was last cleared by this process */
	zend_ulong purge_by_id;      /* the hash of the name of a table that has no index to purge by (store/purge_actions.c), or 0 */
	bool crash_hooked;           /* worker/retry.c listens to WordPress's shutdown */
	uint64_t last_stored;        /* the first action that was stored since this was 0 (worker/dispatch.c) */
	uint32_t *stored_told;       /* what is set then, before anybody hears of it, or NULL (worker/member.c) */
	uint64_t created;            /* what asq_create() stored the last time, whatever its listeners did then; 0: nothing */
	struct asq_held *held;       /* idempotency keys and probes of circuits that this request holds (api/held.c) */
	HashTable *circuits;         /* the circuits that it has made, by name (api/asq_circuit.c) */
	HashTable *webhooks;         /* that this request has registered, by name, or NULL (webhook/webhook.c) */
	asq_error last_error;        /* for Asq\Native\last_error() */
ZEND_END_MODULE_GLOBALS(asq)

ZEND_EXTERN_MODULE_GLOBALS(asq)
#define ASQ_G(v) ZEND_MODULE_GLOBALS_ACCESSOR(asq, v)

#if defined(ZTS) && defined(COMPILE_DL_ASQ)
ZEND_TSRMLS_CACHE_EXTERN()
#endif

#endif
