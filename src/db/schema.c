/*
 * schema.c: the tables as Action Scheduler 3.9 has them (schema 8), so that the plugin, should it come,
 * finds nothing to change; and the extension's own, which the worker pool needs. Their character set is the connection's.
 */
#include "schema.h"

static const char asq_schema_actions[] =
	"action_id bigint(20) unsigned NOT NULL AUTO_INCREMENT,"
	"hook varchar(191) NOT NULL,"
	"status varchar(20) NOT NULL,"
	"scheduled_date_gmt datetime NULL DEFAULT '0000-00-00 00:00:00',"
	"scheduled_date_local datetime NULL DEFAULT '0000-00-00 00:00:00',"
	"priority tinyint unsigned NOT NULL DEFAULT '10',"
	"args varchar(191),"
	"schedule longtext,"
	"group_id bigint(20) unsigned NOT NULL DEFAULT '0',"
	"attempts int(11) NOT NULL DEFAULT '0',"
	"last_attempt_gmt datetime NULL DEFAULT '0000-00-00 00:00:00',"
	"last_attempt_local datetime NULL DEFAULT '0000-00-00 00:00:00',"
	"claim_id bigint(20) unsigned NOT NULL DEFAULT '0',"
	"extended_args varchar(8000) DEFAULT NULL,"
	"PRIMARY KEY (action_id),"
	"KEY hook_status_scheduled_date_gmt (hook(163), status, scheduled_date_gmt),"
	"KEY status_scheduled_date_gmt (status, scheduled_date_gmt),"
	"KEY scheduled_date_gmt (scheduled_date_gmt),"
	"KEY args (args(191)),"
	"KEY group_id (group_id),"
	"KEY last_attempt_gmt (last_attempt_gmt),"
	"KEY claim_id_status_priority_scheduled_date_gmt (claim_id, status, priority, scheduled_date_gmt),"
	"KEY status_last_attempt_gmt (status, last_attempt_gmt),"
	"KEY status_claim_id (status, claim_id)";

static const char asq_schema_claims[] =
	"claim_id bigint(20) unsigned NOT NULL AUTO_INCREMENT,"
	"date_created_gmt datetime NULL DEFAULT '0000-00-00 00:00:00',"
	"PRIMARY KEY (claim_id),"
	"KEY date_created_gmt (date_created_gmt)";

static const char asq_schema_groups[] =
	"group_id bigint(20) unsigned NOT NULL AUTO_INCREMENT,"
	"slug varchar(255) NOT NULL,"
	"PRIMARY KEY (group_id),"
	"KEY slug (slug(191))";

static const char asq_schema_logs[] =
	"log_id bigint(20) unsigned NOT NULL AUTO_INCREMENT,"
	"action_id bigint(20) unsigned NOT NULL,"
	"message text NOT NULL,"
	"log_date_gmt datetime NULL DEFAULT '0000-00-00 00:00:00',"
	"log_date_local datetime NULL DEFAULT '0000-00-00 00:00:00',"
	"PRIMARY KEY (log_id),"
	"KEY action_id (action_id),"
	"KEY log_date_gmt (log_date_gmt)";

static const char asq_schema_workers[] =
	"worker_id bigint(20) unsigned NOT NULL AUTO_INCREMENT,"
	"supervisor_id bigint(20) unsigned NOT NULL DEFAULT '0',"
	"host varchar(191) NOT NULL,"
	"pid int(10) unsigned NOT NULL DEFAULT '0',"
	"state varchar(20) NOT NULL,"
	"started_gmt datetime(3) NOT NULL,"
	"heartbeat_gmt datetime(3) NOT NULL,"
	"action_id bigint(20) unsigned NOT NULL DEFAULT '0',"
	"action_hook varchar(191) NOT NULL DEFAULT '',"
	"action_started_gmt datetime(3) NULL DEFAULT NULL,"
	"succeeded bigint(20) unsigned NOT NULL DEFAULT '0',"
	"failed bigint(20) unsigned NOT NULL DEFAULT '0',"
	"memory bigint(20) unsigned NOT NULL DEFAULT '0',"
	"claim_id bigint(20) unsigned NOT NULL DEFAULT '0',"
	"token char(32) NOT NULL DEFAULT '',"
	"options text NOT NULL,"
	"PRIMARY KEY (worker_id),"
	"KEY supervisor_id (supervisor_id),"
	"KEY heartbeat_gmt (heartbeat_gmt)";

static const char asq_schema_pauses[] =
	"kind varchar(10) NOT NULL,"
	"name varchar(191) NOT NULL DEFAULT '',"
	"paused_gmt datetime NOT NULL,"
	"PRIMARY KEY (kind, name)";

static const char asq_schema_letters[] =
	"letter_id bigint(20) unsigned NOT NULL AUTO_INCREMENT,"
	"action_id bigint(20) unsigned NOT NULL,"
	"hook varchar(191) NOT NULL,"
	"args longtext NOT NULL,"
	"group_slug varchar(191) NOT NULL DEFAULT '',"
	"priority tinyint(3) unsigned NOT NULL DEFAULT '10',"
	"schedule longtext NULL,"
	"scheduled_gmt datetime NULL DEFAULT NULL,"
	"reason varchar(20) NOT NULL,"
	"error_class varchar(191) NOT NULL DEFAULT '',"
	"error_message text NOT NULL,"
	"error_code varchar(50) NOT NULL DEFAULT '',"
	"error_trace mediumtext NULL,"
	"attempts int(10) unsigned NOT NULL DEFAULT '0',"
	"first_failure_gmt datetime NOT NULL,"
	"last_failure_gmt datetime NOT NULL,"
	"retry_count int(10) unsigned NOT NULL DEFAULT '0',"
	"retried_gmt datetime NULL DEFAULT NULL,"
	"new_action_id bigint(20) unsigned NOT NULL DEFAULT '0',"
	"metadata longtext NULL,"
	"PRIMARY KEY (letter_id),"
	"KEY action_id (action_id),"
	"KEY hook (hook, last_failure_gmt),"
	"KEY group_slug (group_slug, last_failure_gmt),"
	"KEY error_class (error_class, last_failure_gmt),"
	"KEY reason (reason, last_failure_gmt),"
	"KEY retry_count (retry_count, last_failure_gmt),"
	"KEY attempts (attempts, last_failure_gmt),"
	"KEY first_failure_gmt (first_failure_gmt),"
	"KEY last_failure_gmt (last_failure_gmt)";

static const char asq_schema_retries[] =
	"action_id bigint(20) unsigned NOT NULL,"
	"policy text NULL,"
	"first_failure_gmt datetime NULL DEFAULT NULL,"
	"PRIMARY KEY (action_id)";

/* Keys and tokens are bytes: compared one by one, with no letter the same as another, and no blank at the end left out. */
static const char asq_schema_keys[] =
	"scope varbinary(191) NOT NULL DEFAULT '',"
	"name varbinary(191) NOT NULL,"
	"request_hash varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',"
	"state varchar(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,"
	"token varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,"
	"owner varchar(191) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',"
	"attempts int(10) unsigned NOT NULL DEFAULT '1',"
	"result longblob NULL,"
	"started_gmt datetime(3) NOT NULL,"
	"lease_gmt datetime(3) NOT NULL,"
	"expires_gmt datetime(3) NOT NULL,"
	"PRIMARY KEY (scope, name),"
	"KEY expires_gmt (expires_gmt)";

static const char asq_schema_circuits[] =
	"name varbinary(191) NOT NULL,"
	"state varchar(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'closed',"
	"failures mediumtext CHARACTER SET ascii COLLATE ascii_bin NOT NULL,"
	"successes int(10) unsigned NOT NULL DEFAULT '0',"
	"opened bigint(20) unsigned NOT NULL DEFAULT '0',"
	"window_ms bigint(20) unsigned NOT NULL DEFAULT '0',"
	"token varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',"
	"owner varchar(191) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',"
	"failed_gmt datetime(3) NULL DEFAULT NULL,"
	"opened_gmt datetime(3) NULL DEFAULT NULL,"
	"until_gmt datetime(3) NULL DEFAULT NULL,"
	"PRIMARY KEY (name)";

/* Bodies are bytes, as they came. action_id 0: it is being enqueued at this moment, or whoever did it has died. */
static const char asq_schema_events[] =
	"webhook varbinary(191) NOT NULL,"
	"event_id varbinary(191) NOT NULL,"
	"action_id bigint(20) unsigned NOT NULL DEFAULT '0',"
	"token varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,"
	"received_gmt datetime(3) NOT NULL,"
	"expires_gmt datetime(3) NOT NULL,"
	"content_type varchar(191) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',"
	"body longblob NOT NULL,"
	"PRIMARY KEY (webhook, event_id),"
	"KEY action_id (action_id),"
	"KEY received_gmt (received_gmt),"
	"KEY expires_gmt (expires_gmt)";

/* DEFAULT CHARACTER SET x COLLATE y: the session's, which are WordPress's own. */
static asq_status asq_schema_charset(asq_link *link, smart_str *clause, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	HashTable *rows;
	zval *row;

	asq_batch_init(&batch, false);
	smart_str_appends(asq_batch_add(&batch), "SELECT @@character_set_connection, @@collation_connection");
	status = asq_link_run(link, &batch, error);
	rows = asq_result_rows(&batch.result[0]);
	row = rows ? zend_hash_index_find(rows, 0) : NULL;
	if (status == ASQ_OK && row && asq_row_get(row, 0) && asq_row_get(row, 1)) {
		smart_str_append_printf(clause, " DEFAULT CHARACTER SET %s COLLATE %s",
			ZSTR_VAL(asq_row_get(row, 0)), ZSTR_VAL(asq_row_get(row, 1)));
	}
	smart_str_0(clause);
	asq_batch_free(&batch);
	return status;
}

/* A table that is to be made; the name is ready for SQL. */
typedef struct {
	const zend_string *name;
	const char *columns;
} asq_schema_table;

/* An account that may not make tables is refused even where they are there. */
static bool asq_schema_is_there(asq_link *link, const asq_schema_table *tables, size_t count)
{
	asq_batch batch;
	asq_error ignored;
	bool there;

	asq_batch_init(&batch, false);
	for (size_t i = 0; i < count; i++) {
		smart_str_append_printf(asq_batch_add(&batch), "SELECT 1 FROM %s LIMIT 0", ZSTR_VAL(tables[i].name));
	}
	there = asq_link_run(link, &batch, &ignored) == ASQ_OK;
	asq_batch_free(&batch);
	return there;
}

/* Makes those that are not there. */
static asq_status asq_schema_make(asq_link *link, const asq_schema_table *tables, size_t count, asq_error *error)
{
	smart_str charset = {0};
	asq_batch batch;
	asq_status status = asq_schema_charset(link, &charset, error);

	if (status == ASQ_OK) {
		asq_batch_init(&batch, false);
		for (size_t i = 0; i < count; i++) {
			smart_str *sql = asq_batch_add(&batch);
			smart_str_append_printf(sql, "CREATE TABLE IF NOT EXISTS %s (%s)", ZSTR_VAL(tables[i].name), tables[i].columns);
			smart_str_append_smart_str(sql, &charset);
		}
		status = asq_link_run(link, &batch, error);
		asq_batch_free(&batch);
	}
	smart_str_free(&charset);
	return status == ASQ_FAILED && asq_error_is_denied(error) && asq_schema_is_there(link, tables, count) ? ASQ_OK : status;
}

asq_status asq_schema_create(asq_link *link, const zend_string *actions, const zend_string *claims,
	const zend_string *groups, const zend_string *logs, asq_error *error)
{
	const asq_schema_table tables[] = { { actions, asq_schema_actions }, { claims, asq_schema_claims }, { groups, asq_schema_groups },
		{ logs, asq_schema_logs } };

	return asq_schema_make(link, tables, sizeof(tables) / sizeof(tables[0]), error);
}

asq_status asq_schema_create_own(asq_link *link, const zend_string *workers, const zend_string *pauses, asq_error *error)
{
	const asq_schema_table tables[] = { { workers, asq_schema_workers }, { pauses, asq_schema_pauses } };

	return asq_schema_make(link, tables, sizeof(tables) / sizeof(tables[0]), error);
}

asq_status asq_schema_create_letters(asq_link *link, const zend_string *letters, const zend_string *retries, asq_error *error)
{
	const asq_schema_table tables[] = { { letters, asq_schema_letters }, { retries, asq_schema_retries } };

	return asq_schema_make(link, tables, sizeof(tables) / sizeof(tables[0]), error);
}

asq_status asq_schema_create_keys(asq_link *link, const zend_string *keys, const zend_string *circuits, asq_error *error)
{
	const asq_schema_table tables[] = { { keys, asq_schema_keys }, { circuits, asq_schema_circuits } };

	return asq_schema_make(link, tables, sizeof(tables) / sizeof(tables[0]), error);
}

asq_status asq_schema_create_events(asq_link *link, const zend_string *events, asq_error *error)
{
	const asq_schema_table tables[] = { { events, asq_schema_events } };

	return asq_schema_make(link, tables, 1, error);
}
