/*
 * webhooks.c: events of webhooks. The statements of an insert go by the event's row: whose token it has, and whether it has an action
 * yet. So they do no harm if they are sent twice. By ROW_COUNT() they could not go: a server whose client has gone may carry on to the
 * COMMIT, and there ROW_COUNT() no longer tells what the statement before has changed.
 */
#include "webhooks.h"
#include "inserting.h"
#include "keys.h"
#include "statement.h"
#include "tables.h"
#include "wake.h"
#include "php_asq.h"
#include "src/db/schema.h"

#define ASQ_EVENT_WAIT    5            /* seconds for which a lock is waited for: whoever delivers has little patience */
#define ASQ_EVENT_LEASE   60           /* seconds after which an event without an action is another's */
#define ASQ_EVENT_LARGE   (512 * 1024) /* below that, no server refuses it for its size */
#define ASQ_EVENT_TRIES   5
#define ASQ_PURGE_EVENTS  32           /* bodies may be large */
#define ASQ_TIDY_EVENTS   '0'          /* a token that begins so: one of 16 */

enum { ASQ_SEEN_ACTION, ASQ_SEEN_TOKEN, ASQ_SEEN_EXPIRED, ASQ_SEEN_LATE };

/* ---- The table ---------------------------------------------------------------------------------- */

static zend_string *asq_events_table(const asq_site *site)
{
	return asq_site_table(site, "asq_webhook_events");
}

asq_status asq_store_make_events(asq_site *site, asq_error *error)
{
	zend_string *table = asq_events_table(site);
	asq_status status = asq_schema_create_events(&site->link, table, error);

	zend_string_release(table);
	return status;
}

/* Runs a batch that needs it: where it is missing it is made, and the batch run once more. */
static asq_status asq_events_run(asq_site *site, asq_batch *batch, asq_error *error)
{
	asq_status status;

	if (!site->link.vtable->codes) {
		/* Errors have no numbers here, and are shown to people. */
		zend_string *table = asq_events_table(site);
		status = asq_store_may_read(site, table) ? ASQ_OK : asq_store_make_events(site, error);
		zend_string_release(table);
		return status == ASQ_OK ? asq_site_run(site, batch, error) : status;
	}
	status = asq_site_run(site, batch, error);
	if (status == ASQ_FAILED && asq_error_is_no_table(error) && !site->link.in_transaction) {
		status = asq_store_make_events(site, error);
		if (status == ASQ_OK) {
			asq_batch_clear(batch);
			status = asq_site_run(site, batch, error);
		}
	}
	return status;
}

/* For questions: where the table is missing there is nothing. */
static asq_status asq_events_ask(asq_site *site, asq_batch *batch, asq_error *error)
{
	zend_string *table = asq_events_table(site);
	asq_status status = asq_store_may_read(site, table) ? asq_link_run(&site->link, batch, error) : ASQ_OK;

	if (status == ASQ_FAILED && asq_store_is_missing(error)) {
		*error = (asq_error) {0};
		status = ASQ_OK;
	}
	zend_string_release(table);
	return status;
}

/* ---- Statements --------------------------------------------------------------------------------- */

/* " webhook=... AND event_id=..." */
static void asq_event_condition(smart_str *sql, const zend_string *webhook, const zend_string *id)
{
	smart_str_appends(sql, " webhook=");
	asq_key_part(sql, webhook);
	smart_str_appends(sql, " AND event_id=");
	asq_key_part(sql, id);
}

/* An account's own class of $wpdb looks for letters that are none, which bytes may well be. */
static void asq_event_body(asq_site *site, smart_str *sql, const zend_string *body)
{
	if (site->link.vtable->codes) {
		smart_str_appends(sql, "_binary");
		asq_sql_string(&site->link, sql, body);
	} else {
		asq_sql_bytes(sql, ZSTR_VAL(body), ZSTR_LEN(body));
	}
}

/* The event, if it is not there; and if there is the group, since without it the action could not be stored. */
static void asq_event_insert_sql(asq_site *site, smart_str *sql, const zend_string *table, const zend_string *group, const asq_event *event, const char *token)
{
	smart_str_append_printf(sql, "INSERT IGNORE INTO %s (webhook, event_id, token, received_gmt, expires_gmt, content_type, body) SELECT ", ZSTR_VAL(table));
	asq_key_part(sql, event->webhook);
	smart_str_appendc(sql, ',');
	asq_key_part(sql, event->id);
	smart_str_append_printf(sql, ",'%s',UTC_TIMESTAMP(3),UTC_TIMESTAMP(3)+INTERVAL " ZEND_LONG_FMT " SECOND,", token, event->keep);
	asq_sql_string(&site->link, sql, event->content_type);
	smart_str_appendc(sql, ',');
	asq_event_body(site, sql, event->body);
	if (group) {
		smart_str_append_printf(sql, " FROM %s WHERE slug=", ZSTR_VAL(site->groups));
		asq_sql_string(&site->link, sql, group);
		smart_str_appends(sql, " LIMIT 1");
	} else {
		smart_str_appends(sql, " FROM DUAL");
	}
}

/* " webhook=... AND event_id=... AND token=...": it is this delivery's. */
static void asq_event_ours(smart_str *sql, const asq_event *event, const char *token)
{
	asq_event_condition(sql, event->webhook, event->id);
	smart_str_append_printf(sql, " AND token='%s'", token);
}

/* The action, if the event is ours and has none. */
static void asq_event_action_sql(asq_site *site, smart_str *sql, const zend_string *table, const asq_action_row *row, const asq_event *event, const char *token)
{
	asq_insert_columns(site, sql, row->extended_args != NULL);
	smart_str_appends(sql, " SELECT ");
	asq_insert_values(site, sql, row);
	if (row->group) {
		smart_str_append_printf(sql, "(SELECT group_id FROM %s WHERE slug=", ZSTR_VAL(site->groups));
		asq_sql_string(&site->link, sql, row->group);
		smart_str_appends(sql, " LIMIT 1)");
	} else {
		smart_str_appendc(sql, '0');
	}
	smart_str_append_printf(sql, " FROM %s WHERE", ZSTR_VAL(table));
	asq_event_ours(sql, event, token);
	smart_str_appends(sql, " AND action_id=0");
}

/* The event's action is the one that was inserted just now, if one was. */
static void asq_event_link_sql(smart_str *sql, const zend_string *table, const asq_event *event, const char *token)
{
	smart_str_append_printf(sql, "UPDATE %s SET action_id=LAST_INSERT_ID() WHERE", ZSTR_VAL(table));
	asq_event_ours(sql, event, token);
	smart_str_appends(sql, " AND action_id=0 AND LAST_INSERT_ID()>0");
}

static void asq_event_log_sql(asq_site *site, smart_str *sql, const zend_string *table, const asq_log_row *log, const asq_event *event, const char *token)
{
	asq_store_log_into(site, sql);
	smart_str_appends(sql, "SELECT action_id,");
	asq_store_log_parts(site, sql, log);
	smart_str_append_printf(sql, " FROM %s WHERE", ZSTR_VAL(table));
	asq_event_ours(sql, event, token);
	smart_str_appends(sql, " AND action_id=LAST_INSERT_ID() AND LAST_INSERT_ID()>0");
}

static void asq_event_select_sql(smart_str *sql, const zend_string *table, const asq_event *event)
{
	smart_str_append_printf(sql, "SELECT action_id, token, expires_gmt<=UTC_TIMESTAMP(3), received_gmt<=UTC_TIMESTAMP(3)-INTERVAL %d SECOND FROM %s WHERE",
		ASQ_EVENT_LEASE, ZSTR_VAL(table));
	asq_event_condition(sql, event->webhook, event->id);
}

/* Whether a batch is within what the server takes. A server that gets more closes the connection, which tells nothing. */
static asq_status asq_event_fits(asq_site *site, const asq_batch *batch, asq_error *error)
{
	asq_batch ask;
	asq_status status;
	zend_string *cell;
	size_t length = 256;

	for (unsigned i = 0; i < batch->count; i++) {
		length += smart_str_get_len((smart_str *) &batch->sql[i]) + 1;
	}
	if (length < ASQ_EVENT_LARGE) {
		return ASQ_OK;
	}
	asq_batch_init(&ask, false);
	smart_str_appends(asq_batch_add(&ask), "SELECT @@max_allowed_packet");
	status = asq_site_run(site, &ask, error);
	cell = status == ASQ_OK ? asq_result_cell(&ask.result[0]) : NULL;
	if (cell && length >= ZEND_STRTOUL(ZSTR_VAL(cell), NULL, 10)) {
		status = asq_error_set(error, ASQ_ER_PACKET_TOO_LARGE, "The event is larger than the database takes (max_allowed_packet is %s).", ZSTR_VAL(cell));
	}
	asq_batch_free(&ask);
	return status;
}

/* ---- What a row says ---------------------------------------------------------------------------- */

static bool asq_event_is(const zval *row, uint32_t column)
{
	zend_string *cell = asq_row_get(row, column);

	return cell && zend_string_equals_literal(cell, "1");
}

/*
 * Removes a row that has had its time, as it was seen: an event that has expired, unless its action is still to run; one whose
 * process has died before it had an action.
 */
static asq_status asq_event_make_room(asq_site *site, const asq_event *event, const zval *row, bool *made, asq_error *error)
{
	zend_string *table = asq_events_table(site), *token = asq_row_get(row, ASQ_SEEN_TOKEN);
	asq_batch batch;
	asq_status status;
	smart_str *sql;

	asq_batch_init(&batch, false);
	sql = asq_batch_add(&batch);
	smart_str_append_printf(sql, "DELETE FROM %s WHERE", ZSTR_VAL(table));
	asq_event_condition(sql, event->webhook, event->id);
	smart_str_appends(sql, " AND token=");
	asq_sql_bytes(sql, ZSTR_VAL(token), ZSTR_LEN(token));
	smart_str_append_printf(sql, " AND (action_id=0 OR NOT EXISTS (SELECT 1 FROM %s a WHERE a.action_id=%s.action_id AND a.status IN ('" ASQ_STATUS_PENDING "','" ASQ_STATUS_RUNNING "')))",
		ZSTR_VAL(site->actions), ZSTR_VAL(table));
	status = asq_site_run(site, &batch, error);
	*made = status == ASQ_OK && batch.result[0].affected > 0;
	asq_batch_free(&batch);
	zend_string_release(table);
	return status;
}

/* Fills the end by the row that is there after an insert. *again: it has had its time, and was removed. */
static asq_status asq_event_read(asq_site *site, const asq_event *event, const zval *row, bool with_action, asq_event_end *end, bool *again, asq_error *error)
{
	zend_string *token = asq_row_get(row, ASQ_SEEN_TOKEN);
	bool old;

	*again = false;
	end->action_id = asq_row_number(row, ASQ_SEEN_ACTION);
	end->duplicate = !token || !zend_string_equals_cstr(token, end->token, ASQ_TOKEN_LENGTH);
	end->busy = end->duplicate && !end->action_id;
	if (end->action_id == 0 && !end->duplicate && with_action) {
		return asq_error_set(error, 0, "The event was stored without its action.");
	}
	old = end->duplicate && (end->busy ? asq_event_is(row, ASQ_SEEN_LATE) : asq_event_is(row, ASQ_SEEN_EXPIRED));
	return old && token ? asq_event_make_room(site, event, row, again, error) : ASQ_OK;
}

/* ---- With an action ----------------------------------------------------------------------------- */

/* Where in the batch is what. */
typedef struct {
	unsigned log, seen;      /* log 0: none */
	bool waits;              /* the session's patience is changed */
} asq_event_batch;

/* The own connection's alone: nobody else has settings there, so that the default is what it was. */
static void asq_event_patience(asq_batch *batch, bool short_one)
{
	if (short_one) {
		smart_str_append_printf(asq_batch_add(batch), "SET SESSION innodb_lock_wait_timeout=%d, SESSION lock_wait_timeout=%d", ASQ_EVENT_WAIT, ASQ_EVENT_WAIT);
	} else {
		smart_str_appends(asq_batch_add(batch), "SET SESSION innodb_lock_wait_timeout=DEFAULT, SESSION lock_wait_timeout=DEFAULT");
	}
}

static void asq_event_batch_make(asq_site *site, asq_batch *batch, const asq_action_row *row, const asq_log_row *log, const asq_event *event, const char *token,
	asq_event_batch *at)
{
	zend_string *table = asq_events_table(site);

	asq_batch_init(batch, true);
	batch->repeatable = true;
	at->waits = site->link.vtable->reopens;
	if (at->waits) {
		asq_event_patience(batch, true);
	}
	/* What this connection has inserted before must not be taken for the action. */
	smart_str_appends(asq_batch_add(batch), "SET @asq_none=LAST_INSERT_ID(0)");
	asq_event_insert_sql(site, asq_batch_add(batch), table, row->group, event, token);
	asq_event_action_sql(site, asq_batch_add(batch), table, row, event, token);
	asq_event_link_sql(asq_batch_add(batch), table, event, token);
	at->log = 0;
	if (log) {
		at->log = batch->count;
		asq_event_log_sql(site, asq_batch_add(batch), table, log, event, token);
	}
	at->seen = batch->count;
	asq_event_select_sql(asq_batch_add(batch), table, event);
	if (at->waits) {
		asq_event_patience(batch, false);
	}
	zend_string_release(table);
}

/* Once more, since the batch did not come to it. */
static void asq_event_be_patient(asq_site *site)
{
	asq_batch batch;
	asq_error ignored;

	asq_batch_init(&batch, false);
	asq_event_patience(&batch, false);
	asq_link_run(&site->link, &batch, &ignored);
	asq_batch_free(&batch);
}

/* ASQ_NOT_FOUND: the group is not there, or the event that was there has just gone. */
static asq_status asq_event_try(asq_site *site, const asq_action_row *row, const asq_log_row *log, const asq_event *event, asq_event_end *end, asq_error *error)
{
	asq_batch batch;
	asq_event_batch at;
	asq_status status;
	HashTable *rows;
	zval *found;
	bool again = false;

	asq_event_batch_make(site, &batch, row, log, event, end->token, &at);
	status = asq_event_fits(site, &batch, error);
	if (status == ASQ_OK) {
		status = asq_events_run(site, &batch, error);
		if (status != ASQ_OK && at.waits && !asq_error_is_gone(error)) {
			asq_event_be_patient(site);
		}
	}
	rows = status == ASQ_OK ? asq_result_rows(&batch.result[at.seen]) : NULL;
	found = rows ? zend_hash_index_find(rows, 0) : NULL;
	if (status == ASQ_OK) {
		status = found ? asq_event_read(site, event, found, true, end, &again, error) : ASQ_NOT_FOUND;
	}
	if (status == ASQ_OK && !end->duplicate && at.log) {
		/* Its number is not known where the first answer was lost. */
		end->log_id = batch.result[at.log].affected > 0 ? batch.result[at.log].insert_id : 1;
	}
	asq_batch_free(&batch);
	return status == ASQ_OK && again ? ASQ_NOT_FOUND : status;
}

/* Nothing is known of it yet. */
static asq_status asq_event_begin(asq_event_end *end, asq_error *error)
{
	memset(end, 0, sizeof(*end));
	return asq_token_make(end->token) ? ASQ_OK : asq_error_set(error, 0, "There is no randomness to be had.");
}

asq_status asq_store_insert_event(asq_site *site, const asq_action_row *row, const asq_log_row *log, const asq_event *event, asq_event_end *end,
	asq_error *error)
{
	asq_status status = asq_event_begin(end, error);

	if (!asq_link_can_store(&site->link, row->hook) || !asq_link_can_store(&site->link, row->schedule)
			|| (row->group && !asq_link_can_store(&site->link, row->group))) {
		return ASQ_DECLINED;
	}
	for (int tries = 0; status == ASQ_OK && (status = asq_event_try(site, row, log, event, end, error)) == ASQ_NOT_FOUND && tries < ASQ_EVENT_TRIES; tries++) {
		/* If the group is there nothing is made here. */
		status = row->group ? asq_group_make(site, row->group, error) : ASQ_OK;
	}
	if (status == ASQ_NOT_FOUND) {
		return asq_error_set(error, 0, "The event could not be stored.");
	}
	if (status == ASQ_OK && !end->duplicate) {
		asq_insert_stored(site, row, end->action_id);
		asq_store_tidy_events(site, end->token);
	}
	return status;
}

/* ---- For an action that somebody else makes ------------------------------------------------------ */

static asq_status asq_event_claim_once(asq_site *site, const asq_event *event, asq_event_end *end, asq_error *error)
{
	zend_string *table = asq_events_table(site);
	asq_batch batch;
	asq_status status;
	HashTable *rows;
	zval *found;
	bool again = false;

	asq_batch_init(&batch, false);
	asq_event_insert_sql(site, asq_batch_add(&batch), table, NULL, event, end->token);
	asq_event_select_sql(asq_batch_add(&batch), table, event);
	zend_string_release(table);
	status = asq_event_fits(site, &batch, error);
	status = status == ASQ_OK ? asq_events_run(site, &batch, error) : status;
	rows = status == ASQ_OK ? asq_result_rows(&batch.result[1]) : NULL;
	found = rows ? zend_hash_index_find(rows, 0) : NULL;
	if (status == ASQ_OK) {
		status = found ? asq_event_read(site, event, found, false, end, &again, error) : ASQ_NOT_FOUND;
	}
	asq_batch_free(&batch);
	return status == ASQ_OK && again ? ASQ_NOT_FOUND : status;
}

asq_status asq_store_claim_event(asq_site *site, const asq_event *event, asq_event_end *end, asq_error *error)
{
	asq_status status = asq_event_begin(end, error);

	for (int tries = 0; status == ASQ_OK && (status = asq_event_claim_once(site, event, end, error)) == ASQ_NOT_FOUND && tries < ASQ_EVENT_TRIES; tries++) {
		status = ASQ_OK;
	}
	return status == ASQ_NOT_FOUND ? asq_error_set(error, 0, "The event could not be stored.") : status;
}

/* A statement on an event that this process has claimed. */
static asq_status asq_event_change(asq_site *site, const char *format, const char *set, const asq_event *event, const char *token, asq_error *error)
{
	zend_string *table = asq_events_table(site);
	asq_batch batch;
	asq_status status;
	smart_str *sql;

	asq_batch_init(&batch, false);
	sql = asq_batch_add(&batch);
	smart_str_append_printf(sql, format, ZSTR_VAL(table), set);
	asq_event_condition(sql, event->webhook, event->id);
	smart_str_append_printf(sql, " AND token='%s' AND action_id=0", token);
	status = asq_site_run(site, &batch, error);
	asq_batch_free(&batch);
	zend_string_release(table);
	return status;
}

asq_status asq_store_finish_event(asq_site *site, const asq_event *event, const char *token, uint64_t action_id, asq_error *error)
{
	char id[MAX_LENGTH_OF_LONG + 1];
	asq_status status;

	snprintf(id, sizeof(id), ZEND_ULONG_FMT, (zend_ulong) action_id);
	status = asq_event_change(site, "UPDATE %s SET action_id=%s WHERE", id, event, token, error);
	if (status == ASQ_OK) {
		asq_store_tidy_events(site, token);
	}
	return status;
}

asq_status asq_store_release_event(asq_site *site, const asq_event *event, const char *token, asq_error *error)
{
	return asq_event_change(site, "DELETE FROM %s WHERE%s", "", event, token, error);
}

/* ---- Looking ------------------------------------------------------------------------------------ */

static void asq_events_select(asq_site *site, smart_str *sql, const char *columns)
{
	zend_string *table = asq_events_table(site);

	smart_str_append_printf(sql, "SELECT %s FROM %s e LEFT JOIN %s a ON a.action_id=e.action_id WHERE ", columns, ZSTR_VAL(table), ZSTR_VAL(site->actions));
	zend_string_release(table);
}

/* The columns of asq_event_columns, less the body. */
#define ASQ_EVENT_COLUMNS "e.webhook, e.event_id, e.action_id, a.status, DATE_FORMAT(e.received_gmt, '%Y-%m-%d %H:%i:%s'), " \
	"DATE_FORMAT(e.expires_gmt, '%Y-%m-%d %H:%i:%s'), e.content_type, OCTET_LENGTH(e.body)"

/* Takes the rows of the batch's only statement. */
static asq_status asq_events_take(asq_site *site, asq_batch *batch, zval *rows, asq_error *error)
{
	asq_status status = asq_events_ask(site, batch, error);

	asq_result_take(status == ASQ_OK ? &batch->result[0] : NULL, rows);
	asq_batch_free(batch);
	return status;
}

asq_status asq_store_get_event(asq_site *site, const zend_string *webhook, const zend_string *id, zval *rows, asq_error *error)
{
	asq_batch batch;
	smart_str *sql;

	asq_batch_init(&batch, false);
	sql = asq_batch_add(&batch);
	asq_events_select(site, sql, ASQ_EVENT_COLUMNS ", e.body");
	smart_str_appends(sql, "e.webhook=");
	asq_key_part(sql, webhook);
	smart_str_appends(sql, " AND e.event_id=");
	asq_key_part(sql, id);
	return asq_events_take(site, &batch, rows, error);
}

static void asq_events_where(asq_site *site, smart_str *sql, const asq_events_query *query)
{
	smart_str_appendc(sql, '1');
	if (query->webhook) {
		smart_str_appends(sql, " AND e.webhook=");
		asq_key_part(sql, query->webhook);
	}
	if (query->status) {
		smart_str_appends(sql, " AND a.status=");
		asq_sql_string(&site->link, sql, query->status);
	}
}

asq_status asq_store_events(asq_site *site, const asq_events_query *query, zval *rows, asq_error *error)
{
	asq_batch batch;
	smart_str *sql;

	asq_batch_init(&batch, false);
	sql = asq_batch_add(&batch);
	asq_events_select(site, sql, ASQ_EVENT_COLUMNS);
	asq_events_where(site, sql, query);
	smart_str_appends(sql, " ORDER BY e.received_gmt DESC, e.webhook, e.event_id");
	if (query->limit) {
		smart_str_append_printf(sql, " LIMIT " ZEND_LONG_FMT " OFFSET " ZEND_LONG_FMT, query->limit, query->offset);
	}
	return asq_events_take(site, &batch, rows, error);
}

asq_status asq_store_count_events(asq_site *site, const asq_events_query *query, zend_long *count, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	smart_str *sql;
	zend_string *cell;

	asq_batch_init(&batch, false);
	sql = asq_batch_add(&batch);
	asq_events_select(site, sql, "COUNT(*)");
	asq_events_where(site, sql, query);
	status = asq_events_ask(site, &batch, error);
	cell = status == ASQ_OK ? asq_result_cell(&batch.result[0]) : NULL;
	*count = cell ? ZEND_STRTOL(ZSTR_VAL(cell), NULL, 10) : 0;
	asq_batch_free(&batch);
	return status;
}

/* ---- Clearing away ------------------------------------------------------------------------------ */

static void asq_purge_condition(smart_str *sql, const zend_string *webhook, zend_long age)
{
	if (age < 0) {
		smart_str_appends(sql, "expires_gmt<=UTC_TIMESTAMP(3)");
	} else {
		smart_str_append_printf(sql, "received_gmt<=UTC_TIMESTAMP(3)-INTERVAL " ZEND_LONG_FMT " SECOND", age);
	}
	if (webhook) {
		smart_str_appends(sql, " AND webhook=");
		asq_key_part(sql, webhook);
	}
}

/*
 * The look takes no locks: a subquery of the DELETE would lock actions. What has failed for good may be retried for as long as it has a
 * letter (letters: their table; NULL: there is none), and then it is the body that is to be worked on.
 */
static asq_status asq_purge_look(asq_site *site, const zend_string *letters, const zend_string *webhook, zend_long age, uint64_t size, zval *rows, asq_error *error)
{
	asq_batch batch;
	smart_str *sql;

	asq_batch_init(&batch, false);
	sql = asq_batch_add(&batch);
	asq_events_select(site, sql, "e.webhook, e.event_id, e.token");
	asq_purge_condition(sql, webhook, age);
	if (letters) {
		smart_str_append_printf(sql, " AND NOT EXISTS (SELECT 1 FROM %s l WHERE l.action_id=e.action_id)", ZSTR_VAL(letters));
	}
	smart_str_append_printf(sql, " AND (a.status IS NULL OR a.status NOT IN ('" ASQ_STATUS_PENDING "','" ASQ_STATUS_RUNNING "'))"
		" AND (e.action_id<>0 OR e.received_gmt<=UTC_TIMESTAMP(3)-INTERVAL %d SECOND) ORDER BY %s LIMIT " ZEND_ULONG_FMT,
		ASQ_EVENT_LEASE, age < 0 ? "e.expires_gmt" : "e.received_gmt", (zend_ulong) size);
	return asq_events_take(site, &batch, rows, error);
}

/* Each by its key, and by its token: one that has come anew since stays. */
static asq_status asq_purge_delete(asq_site *site, HashTable *rows, uint64_t *deleted, asq_error *error)
{
	zend_string *table = asq_events_table(site);
	asq_batch batch;
	asq_status status;
	smart_str *sql;
	zval *row;
	const char *glue = "";

	asq_batch_init(&batch, false);
	sql = asq_batch_add(&batch);
	smart_str_append_printf(sql, "DELETE FROM %s WHERE", ZSTR_VAL(table));
	ZEND_HASH_FOREACH_VAL(rows, row) {
		static const char *const columns[] = { " (webhook=", " AND event_id=", " AND token=" };
		smart_str_appends(sql, glue);
		for (uint32_t i = 0; i < 3; i++) {
			zend_string *cell = asq_row_get(row, i);
			smart_str_appends(sql, columns[i]);
			asq_sql_bytes(sql, cell ? ZSTR_VAL(cell) : "", cell ? ZSTR_LEN(cell) : 0);
		}
		smart_str_appendc(sql, ')');
		glue = " OR";
	} ZEND_HASH_FOREACH_END();
	status = asq_link_run(&site->link, &batch, error);
	*deleted += status == ASQ_OK && batch.result[0].affected > 0 ? (uint64_t) batch.result[0].affected : 0;
	asq_batch_free(&batch);
	zend_string_release(table);
	return status;
}

asq_status asq_store_purge_events(asq_site *site, const zend_string *webhook, zend_long age, uint64_t limit, uint64_t *deleted, asq_error *error)
{
	zend_string *letters = asq_site_table(site, "asq_dead_letters");
	bool has_letters = asq_store_has_table(site, letters), more = true;
	asq_status status = ASQ_OK;

	*deleted = 0;
	while (status == ASQ_OK && more) {
		uint64_t size = limit ? MIN(limit - *deleted, ASQ_PURGE_EVENTS) : ASQ_PURGE_EVENTS, before = *deleted;
		zval rows;

		status = asq_purge_look(site, has_letters ? letters : NULL, webhook, age, size, &rows, error);
		more = status == ASQ_OK && zend_hash_num_elements(Z_ARRVAL(rows)) == size;
		if (status == ASQ_OK && zend_hash_num_elements(Z_ARRVAL(rows))) {
			status = asq_purge_delete(site, Z_ARRVAL(rows), deleted, error);
		}
		zval_ptr_dtor(&rows);
		/* What others have been faster with is no reason to go on for ever. */
		more = more && *deleted > before && (!limit || *deleted < limit);
	}
	zend_string_release(letters);
	return status;
}

void asq_store_tidy_events(asq_site *site, const char *token)
{
	uint64_t deleted;
	asq_error ignored;

	if (!site->link.in_transaction && token[0] == ASQ_TIDY_EVENTS) {
		asq_store_purge_events(site, NULL, -1, ASQ_PURGE_EVENTS, &deleted, &ignored);
	}
}
