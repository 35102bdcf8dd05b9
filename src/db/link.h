/*
 * link.h: the door of db/. A link is a way to the site's database: the module's own connection, or $wpdb's
 * while that one is in a transaction. A batch is a list of statements that goes over a link as one unit.
 *
 * Nothing here calls into userland, but for a link that wordpress/ lends through asq_link_vtable.
 */
#ifndef ASQ_DB_LINK_H
#define ASQ_DB_LINK_H

#include "error.h"
#include "Zend/zend_smart_str.h"

typedef struct asq_link asq_link;

/* What one statement came to. */
typedef struct {
	uint64_t insert_id;
	int64_t affected;   /* rows really changed, as mysqli counts them */
	zval rows;          /* IS_UNDEF, or a list of rows, each a list of strings and nulls */
} asq_result;

/*
 * A list of statements, in order. In a transactional batch all happen or none: on the own link it is sent
 * as one BEGIN; ...; COMMIT in one round trip; on $wpdb's it joins the caller's transaction.
 */
#define ASQ_BATCH_MAX 16

/* A value in a statement's text, and where it stands there, its quotes included. */
#define ASQ_VALUES_MAX 20

typedef struct {
	zend_string *text;           /* NULL: it is a number */
	int64_t number;
	size_t from, to;
} asq_value;

typedef struct {
	bool transactional;
	bool serial;                 /* REPEATABLE READ: what a statement looks at is locked until it has written */
	bool begins, ends;           /* one half of a transaction, see asq_link_transact() */
	bool once;                   /* not to be sent twice, if it may have been committed: the caller looks whether it was */
	bool repeatable;             /* to send it twice does no harm: the caller can tell what the first time did */
	unsigned patience;           /* seconds for which a lost connection is tried to be made anew; 0: a moment */
	unsigned count;
	smart_str sql[ASQ_BATCH_MAX];
	unsigned values;             /* of the only statement, if all that differs from call to call: it may be prepared */
	asq_value value[ASQ_VALUES_MAX];
	const char *hint;            /* what the prepared statement has more, before the first value, if the server knows it */
	size_t hint_at;
	asq_result result[ASQ_BATCH_MAX];
	unsigned done;               /* statements whose answer arrived */
	bool retried;                /* sent more than once, because the connection was lost */
} asq_batch;

typedef struct {
	/* Appends the value, escaped for this connection, without quotes. */
	void (*escape)(asq_link *link, smart_str *to, const char *value, size_t length);
	/* Runs the batch once. */
	asq_status (*run)(asq_link *link, asq_batch *batch, asq_error *error);
	/* Makes a lost connection anew. */
	asq_status (*reopen)(asq_link *link, asq_error *error);
	/* Sends the batch, and takes its answers; NULL: this link cannot wait for them later. */
	asq_status (*begin)(asq_link *link, asq_batch *batch, asq_error *error);
	asq_status (*finish)(asq_link *link, asq_batch *batch, asq_error *error);
	/* Another one to the same place, and its end; NULL: there is none to be had. */
	asq_status (*beside)(asq_link *link, asq_link *beside, asq_error *error);
	void (*part)(asq_link *beside);
	bool reopens;    /* it can do that at all */
	bool codes;      /* errors come with their numbers */
} asq_link_vtable;

struct asq_link {
	const asq_link_vtable *vtable;
	bool in_transaction;     /* the caller's: no commit, no retry */
	bool utf8mb3;            /* the connection's character set knows no 4-byte letters */
	bool skip_locked;        /* the server has SELECT ... FOR UPDATE SKIP LOCKED */
	bool compound;           /* ... and BEGIN NOT ATOMIC, which does several statements for one answer */
	asq_batch *collects;     /* see asq_sql_collect() */
	void *handle;
};

void asq_batch_init(asq_batch *batch, bool transactional);
void asq_batch_free(asq_batch *batch);
/* Forgets the results, so that the batch may be sent again. */
void asq_batch_clear(asq_batch *batch);

/* A statement of which more than the values differs from call to call. */
void asq_batch_forget_values(asq_batch *batch);

/* The buffer of a new statement at the batch's end. */
smart_str *asq_batch_add(asq_batch *batch);

/*
 * Runs a batch. Deadlocks, lock waits and a lost connection are retried where the transaction is ours;
 * in a caller's transaction they are reported.
 */
asq_status asq_link_run(asq_link *link, asq_batch *batch, asq_error *error);

/*
 * A batch in two halves: in between the server works, and the link is not to be used. Nothing is tried again; of what has been
 * begun, the end is to be asked for.
 */
asq_status asq_link_begin(asq_link *link, asq_batch *batch, asq_error *error);
asq_status asq_link_finish(asq_link *link, asq_batch *batch, asq_error *error);

/* Makes a lost connection anew, for so many seconds (0: for a moment); what it may still be doing is ended. */
bool asq_link_reopen(asq_link *link, unsigned patience, asq_error *error);

/*
 * A second link to where this one leads, which the two halves are for: on that one the server does something, and meanwhile
 * something else on this one. There is one at a time; it stays open until asq_link_part(), or the end of the request. ASQ_DECLINED,
 * ASQ_FAILED: it is not to be had, say since the way there leads to several servers.
 */
asq_status asq_link_beside(asq_link *link, asq_link *beside, asq_error *error);
void asq_link_part(asq_link *beside);

/*
 * A transaction in two round trips, for what has to be looked at before it can be written: `look` is run and its rows
 * locked, `fill` makes `write` of what it says, `write` is run and all committed. Of the extension's own links only.
 * After a deadlock or a lost connection all of it is done again, fill included (write->retried tells it that an earlier
 * commit may have gone through, look->patience how long a lost server is waited for). A `write` that stays empty ends
 * the transaction without a change. What `fill` returns, if not ASQ_OK, ends it too.
 */
typedef asq_status (*asq_fill)(asq_batch *look, asq_batch *write, void *context, asq_error *error);
asq_status asq_link_transact(asq_link *link, asq_batch *look, asq_batch *write, asq_fill fill, void *context, asq_error *error);

/* Appends a value to a statement: quoted and escaped, or a number. */
void asq_sql_string(asq_link *link, smart_str *sql, const zend_string *value);
void asq_sql_chars(asq_link *link, smart_str *sql, const char *value, size_t length);
void asq_sql_number(asq_link *link, smart_str *sql, uint64_t value);
/* A string in the batch's last statement, remembered as a value. */
void asq_sql_value(asq_link *link, asq_batch *batch, const zend_string *value);
/* From here on asq_sql_string() and asq_sql_number() remember what they append to the batch's last statement; NULL: no more. */
void asq_sql_collect(asq_link *link, asq_batch *batch);
/* ... a number that stays part of the text. */
void asq_sql_long(smart_str *sql, int64_t value);

/* From the server's version text: 10.6.0 and later for MariaDB, 8.0.1 and later for MySQL. */
bool asq_server_skips_locked(const char *version);

/* MariaDB of any version that there is today. */
bool asq_server_has_compound(const char *version);

/* Whether the text can be stored as it is by this link's character set; wpdb refuses what cannot. */
bool asq_link_can_store(const asq_link *link, const zend_string *text);

/* The rows of a statement's result, or NULL; and a cell of a row, NULL for SQL's NULL. */
HashTable *asq_result_rows(const asq_result *result);
zend_string *asq_row_get(const zval *row, uint32_t column);
/* The cell as a number, of the whole unsigned range (ids) or signed; 0 for NULL. */
uint64_t asq_row_number(const zval *row, uint32_t column);
zend_long asq_row_long(const zval *row, uint32_t column);
/* The first cell of the first row, or NULL. */
zend_string *asq_result_cell(const asq_result *result);

#endif
