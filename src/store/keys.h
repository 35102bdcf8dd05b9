/*
 * keys.h: idempotency keys: rows of {prefix}asq_keys, each claimed by one process, then holding what came of it until it
 * expires. A key is a scope and a name: any bytes, compared one by one; longer than 191 they are stored as their SHA-256.
 */
#ifndef ASQ_STORE_KEYS_H
#define ASQ_STORE_KEYS_H

#include "insert.h"
#include "owner.h"

/* What a scope or a name is stored as, if it is longer than that. */
#define ASQ_KEY_MAX 191

/* A process that dies is noticed at once on its own machine; a row of one that cannot be seen is kept so long beyond its lease. */
#define ASQ_KEY_ABANDONED 86400

typedef struct {
	const zend_string *scope, *name;   /* the caller's */
} asq_key;

/* Runs a batch that needs one of them: a missing table is made (never in a caller's transaction), and the batch run once more. */
asq_status asq_store_run_keys(asq_site *site, asq_batch *batch, asq_error *error);

/* SHA-256 of some bytes, in 64 hexadecimal digits. */
void asq_sha256_hex(const char *bytes, size_t length, char hex[65]);

/* Appends bytes as SQL: x'...', which no character set changes. */
void asq_sql_bytes(smart_str *sql, const char *bytes, size_t length);

/* Appends such a text as it is stored: its bytes, or "sha256:" and the hash of them. */
void asq_key_part(smart_str *sql, const zend_string *text);

/* Appends " scope=... AND name=...". */
void asq_key_condition(smart_str *sql, const asq_key *key);

/* ---- Claims: one process runs it, the others get what came of it ------------------------------------- */

typedef enum {
	ASQ_KEY_OURS,         /* nobody has it: the caller has it now, under claim->token */
	ASQ_KEY_RUNNING,      /* another process has it */
	ASQ_KEY_DONE,         /* claim->result is what came of it */
	ASQ_KEY_FAILED,       /* ... which was an exception that is kept */
	ASQ_KEY_UNSTORABLE,   /* ... which could not be stored: the result says why */
	ASQ_KEY_CONFLICT      /* it is another request's */
} asq_key_state;

typedef struct {
	asq_key key;
	const char *request_hash;         /* 64 digits, or "" */
	zend_long lease;                  /* seconds */
	char token[ASQ_TOKEN_LENGTH + 1]; /* of asq_token_make() */
	asq_key_state state;              /* out, as are those that follow */
	zend_string *result;              /* the caller's to release, or NULL */
	double running;                   /* seconds since the other one began */
	bool taken_over;                  /* from one that died */
} asq_key_claim;

/*
 * Claims a key, on the extension's own link. A fresh one costs one round trip. One whose process has died, or cannot be
 * seen and has had its lease, and one that has expired are taken over.
 */
asq_status asq_store_claim_key(asq_site *site, asq_key_claim *claim, asq_error *error);

/*
 * Stores what came of it, if the claim still holds: *held. state is one of ASQ_KEY_DONE, ASQ_KEY_FAILED, ASQ_KEY_UNSTORABLE.
 * A lost server is waited for so many seconds.
 */
asq_status asq_store_finish_key(asq_site *site, const asq_key_claim *claim, asq_key_state state, const zend_string *result, zend_long ttl,
	unsigned patience, bool *held, asq_error *error);

/* Gives it up: the next one runs it. */
asq_status asq_store_release_key(asq_site *site, const asq_key *key, const char *token, unsigned patience, asq_error *error);

/*
 * Now and then, by the chance that is in a token: deletes some expired keys, so that the table stays small without anybody's doing.
 * What goes wrong is nobody's concern. Nothing in a caller's transaction.
 */
void asq_store_tidy_keys(asq_site *site, const char *token);

/*
 * Deletes expired keys, in short statements, up to a limit (0: all). For asq_idempotency_purge(), and for whoever cleans up
 * now and then. A table that is not there is empty.
 */
asq_status asq_store_purge_keys(asq_site *site, uint64_t limit, uint64_t *deleted, asq_error *error);

#endif
