/*
 * prepared.c: a statement is known by its text with ? for the values, seen a few times, then prepared and kept. Where preparing
 * does not work, say behind a proxy, that is no error: the text does.
 */
#include "prepared.h"

/* One connection holds a few of the server's max_prepared_stmt_count, which all connections share. */
#define ASQ_PREPARED_MAX 8

/*
 * Preparing is a round trip more, and what it saves is a fifth or so of each later one. A page that asks once or twice
 * would lose by it; from the third time on, the same is likely to be asked again: in a loop, or by the next pages,
 * since the connection is kept.
 */
#define ASQ_PREPARED_FROM 3

#define ASQ_PREPARED_CELL 64

#define ASQ_ER_NO_SUCH_KEY          1176
#define ASQ_ER_UNKNOWN_STMT_HANDLER 1243
#define ASQ_ER_UNSUPPORTED_PS       1295
#define ASQ_ER_NEED_REPREPARE       1615

typedef struct {
	char *sql;               /* with ? for the values; NULL: a free place */
	size_t length;
	unsigned seen;
	uint64_t used;           /* when, by the count of questions */
	MYSQL_STMT *stmt;        /* NULL: not yet prepared */
	bool question;           /* it reads, and does no more */
} asq_statement;

struct asq_prepared {
	uint64_t questions;
	bool refused;            /* they do not work: this connection does without */
	asq_statement statement[ASQ_PREPARED_MAX];
};

static void asq_statement_free(asq_statement *statement)
{
	if (statement->stmt) {
		mysql_stmt_close(statement->stmt);
	}
	if (statement->sql) {
		pefree(statement->sql, 1);
	}
	*statement = (asq_statement) {0};
}

void asq_prepared_free(asq_prepared *prepared)
{
	for (unsigned i = 0; prepared && i < ASQ_PREPARED_MAX; i++) {
		asq_statement_free(&prepared->statement[i]);
	}
	if (prepared) {
		pefree(prepared, 1);
	}
}

/* The batch's statement with ? for its values, and with its hint or without. */
static void asq_statement_sql(const asq_batch *batch, bool hint, smart_str *sql)
{
	const char *text = ZSTR_VAL(batch->sql[0].s);
	size_t from = 0;

	if (hint) {
		smart_str_appendl(sql, text, batch->hint_at);
		smart_str_appends(sql, batch->hint);
		from = batch->hint_at;
	}
	for (unsigned i = 0; i < batch->values; i++) {
		smart_str_appendl(sql, text + from, batch->value[i].from - from);
		smart_str_appendc(sql, '?');
		from = batch->value[i].to;
	}
	smart_str_appendl(sql, text + from, ZSTR_LEN(batch->sql[0].s) - from);
	smart_str_0(sql);
}

/* The place of a statement; that of the one not asked for the longest, if it is new. */
static asq_statement *asq_statement_find(asq_prepared *prepared, const zend_string *sql)
{
	asq_statement *oldest = &prepared->statement[0];

	for (unsigned i = 0; i < ASQ_PREPARED_MAX; i++) {
		asq_statement *statement = &prepared->statement[i];
		if (statement->length == ZSTR_LEN(sql) && statement->sql && memcmp(statement->sql, ZSTR_VAL(sql), ZSTR_LEN(sql)) == 0) {
			return statement;
		}
		if (statement->used < oldest->used) {
			oldest = statement;
		}
	}
	asq_statement_free(oldest);
	oldest->sql = pestrndup(ZSTR_VAL(sql), ZSTR_LEN(sql), 1);
	oldest->length = ZSTR_LEN(sql);
	return oldest;
}

/* With the hint, or without it where there is no such index. */
static bool asq_statement_parse(asq_statement *statement, const asq_batch *batch)
{
	smart_str sql = {0};
	bool failed = true, known = batch->hint != NULL;

	if (known) {
		asq_statement_sql(batch, true, &sql);
		failed = mysql_stmt_prepare(statement->stmt, ZSTR_VAL(sql.s), ZSTR_LEN(sql.s)) != 0;
		known = !failed || mysql_stmt_errno(statement->stmt) != ASQ_ER_NO_SUCH_KEY;
		smart_str_free(&sql);
	}
	if (!known) {
		failed = mysql_stmt_prepare(statement->stmt, statement->sql, statement->length) != 0;
	}
	return !failed;
}

static bool asq_statement_prepare(asq_statement *statement, MYSQL *conn, const asq_batch *batch)
{
	statement->stmt = mysql_stmt_init(conn);
	if (!statement->stmt || !asq_statement_parse(statement, batch)) {
		return false;
	}
	/* What a compound statement selects is known only when it is executed. */
	statement->question = mysql_stmt_field_count(statement->stmt) > 0;
	return mysql_stmt_param_count(statement->stmt) == batch->values;
}

static bool asq_statement_execute(asq_statement *statement, asq_batch *batch)
{
	MYSQL_BIND bind[ASQ_VALUES_MAX];
	unsigned long length[ASQ_VALUES_MAX];

	memset(bind, 0, sizeof(bind));
	for (unsigned i = 0; i < batch->values; i++) {
		asq_value *value = &batch->value[i];
		if (!value->text) {
			bind[i].buffer_type = MYSQL_TYPE_LONGLONG;
			bind[i].buffer = &value->number;
			continue;
		}
		length[i] = ZSTR_LEN(value->text);
		bind[i].buffer_type = MYSQL_TYPE_STRING;
		bind[i].buffer = ZSTR_VAL(value->text);
		bind[i].buffer_length = length[i];
		bind[i].length = &length[i];
	}
	return mysql_stmt_bind_param(statement->stmt, bind) == 0 && mysql_stmt_execute(statement->stmt) == 0;
}

/* The rows, each of one cell, numbers as text, as they come without preparing; false if a cell is longer than there is room for. */
static bool asq_statement_fetch(MYSQL_STMT *stmt, zval *list)
{
	char text[ASQ_PREPARED_CELL];
	unsigned long length = 0;
	asq_bool null = 0, cut = 0;
	/* Bound until the next execution binds anew: nothing is fetched in between. */
	MYSQL_BIND column = { .buffer_type = MYSQL_TYPE_STRING, .buffer = text, .buffer_length = sizeof(text), .length = &length, .is_null = &null, .error = &cut };
	int answer;

	if (mysql_stmt_field_count(stmt) != 1 || mysql_stmt_bind_result(stmt, &column) != 0 || mysql_stmt_store_result(stmt) != 0) {
		return false;
	}
	array_init(list);
	while ((answer = mysql_stmt_fetch(stmt)) == 0) {
		zval row, cell;
		array_init_size(&row, 1);
		if (null) {
			ZVAL_NULL(&cell);
		} else {
			ZVAL_STRINGL_FAST(&cell, text, length);
		}
		zend_hash_next_index_insert_new(Z_ARRVAL(row), &cell);
		zend_hash_next_index_insert_new(Z_ARRVAL_P(list), &row);
	}
	return answer == MYSQL_NO_DATA;
}

/* A compound statement has rows or not, and an answer of its own after them. */
static bool asq_statement_answer(asq_statement *statement, asq_result *result)
{
	bool answered = !mysql_stmt_field_count(statement->stmt) || asq_statement_fetch(statement->stmt, &result->rows);

	result->affected = (int64_t) mysql_stmt_affected_rows(statement->stmt);
	mysql_stmt_free_result(statement->stmt);
	while (mysql_stmt_next_result(statement->stmt) == 0) {
		mysql_stmt_free_result(statement->stmt);
	}
	return answered;
}

/*
 * The server does not know the statement any more, or executes none of its kind. A question may be asked again whatever the error
 * was; anything else has met what the text would meet.
 */
static bool asq_statement_is_unfit(const asq_statement *statement)
{
	if (statement->question) {
		return true;
	}
	switch (mysql_stmt_errno(statement->stmt)) {
		case ASQ_ER_UNSUPPORTED_PS:
		case ASQ_ER_UNKNOWN_STMT_HANDLER:
		case ASQ_ER_NEED_REPREPARE:
			return true;
		default:
			return false;
	}
}

static void asq_prepared_refuse(asq_prepared *prepared, asq_statement *statement)
{
	prepared->refused = true;
	asq_statement_free(statement);
}

/* The place of the batch's statement, if it is to be prepared. */
static asq_statement *asq_statement_of(asq_prepared *prepared, const asq_batch *batch)
{
	smart_str sql = {0};
	asq_statement *statement;

	asq_statement_sql(batch, false, &sql);
	statement = asq_statement_find(prepared, sql.s);
	smart_str_free(&sql);
	statement->used = ++prepared->questions;
	return statement->seen < ASQ_PREPARED_FROM && ++statement->seen < ASQ_PREPARED_FROM ? NULL : statement;
}

asq_prepared_end asq_prepared_run(asq_prepared **prepared, MYSQL *conn, asq_batch *batch, asq_error *error)
{
	asq_statement *statement;

	if (!batch->values || batch->count != 1 || batch->transactional) {
		return ASQ_PREPARED_NOT;
	}
	if (!*prepared) {
		*prepared = pecalloc(1, sizeof(**prepared), 1);
	}
	if ((*prepared)->refused || !(statement = asq_statement_of(*prepared, batch))) {
		return ASQ_PREPARED_NOT;
	}
	if (!statement->stmt && !asq_statement_prepare(statement, conn, batch)) {
		asq_prepared_refuse(*prepared, statement);
		return ASQ_PREPARED_NOT;
	}
	if (!asq_statement_execute(statement, batch)) {
		if (asq_statement_is_unfit(statement)) {
			asq_prepared_refuse(*prepared, statement);
			return ASQ_PREPARED_NOT;
		}
		asq_error_take(error, mysql_stmt_errno(statement->stmt), mysql_stmt_error(statement->stmt));
		return ASQ_PREPARED_FAILED;
	}
	if (!asq_statement_answer(statement, &batch->result[0])) {
		asq_prepared_refuse(*prepared, statement);
		asq_batch_clear(batch);
		return ASQ_PREPARED_UNREAD;
	}
	batch->done = 1;
	return ASQ_PREPARED_DONE;
}
