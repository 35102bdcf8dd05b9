/*
 * orphans.c: actions whose process has died where nobody saw it: a whole host, or one that runs the queue alone. Who finds their rows,
 * another host's supervisor or Action Scheduler's cleaner, asks their policies itself.
 */
#include "retry.h"
#include "php_asq.h"
#include "src/store/failures.h"
#include "src/store/workers.h"
#include "src/wordpress/failure.h"
#include "src/wordpress/hooks.h"
#include "Zend/zend_exceptions.h"

static zend_string *asq_orphan_text(const zval *row, uint32_t column)
{
	zend_string *text = asq_row_get(row, column);

	return text ? text : ZSTR_EMPTY_ALLOC();
}

asq_status asq_orphan_ask(const zval *row, asq_verdict *verdict)
{
	uint64_t id = asq_row_number(row, ASQ_RUNNING_ID);
	zval array;
	asq_policy policy;
	asq_status status = asq_policy_find(asq_orphan_text(row, ASQ_RUNNING_HOOK), asq_orphan_text(row, ASQ_RUNNING_GROUP), id, NULL, &array);

	*verdict = (asq_verdict) { .attempt = (zend_long) asq_row_number(row, ASQ_RUNNING_ATTEMPTS) };
	/* What runs and has never begun is another's doing: there is no telling one attempt of it from the next. */
	if (status == ASQ_OK && (Z_TYPE(array) != IS_ARRAY || verdict->attempt < 1)) {
		status = ASQ_NOT_FOUND;
	}
	if (status == ASQ_OK) {
		asq_policy_read(&array, &policy);
		verdict->most = policy.max_attempts;
		verdict->retry = policy.crash_retry && verdict->attempt < policy.max_attempts;
		verdict->reason = policy.crash_retry ? ASQ_LETTER_EXHAUSTED : ASQ_LETTER_CRASHED;
		status = verdict->retry ? asq_retry_ask_delay(&policy, id, verdict->attempt, NULL, &verdict->delay) : ASQ_OK;
	}
	zval_ptr_dtor(&array);
	return status;
}

/* ---- The cleaner ---------------------------------------------------------------------------------- */

typedef struct {
	zend_object *cleaner, *store;
	zval timeout;            /* seconds, as the filter has them; owned */
} asq_cleaning;

/* $this->store->query_actions( … ), as in the method's own body. */
static asq_status asq_orphans_find(asq_cleaning *c, zval *ids)
{
	zval query, date, limit;
	zend_string *seconds = zval_get_string(&c->timeout);
	asq_status status;

	ZVAL_STR(&query, strpprintf(0, "%s seconds ago", ZSTR_VAL(seconds)));
	zend_string_release(seconds);
	status = asq_call(&date, "as_get_datetime_object", 1, &query);
	zval_ptr_dtor(&query);
	if (status != ASQ_OK) {
		return status;
	}
	status = asq_call_method(&limit, c->cleaner, "get_batch_size", 0, NULL);
	if (status != ASQ_OK) {
		zval_ptr_dtor(&date);
		return status;
	}
	array_init(&query);
	add_assoc_string(&query, "status", ASQ_STATUS_RUNNING);
	add_assoc_zval(&query, "modified", &date);
	add_assoc_string(&query, "modified_compare", "<=");
	add_assoc_zval(&query, "per_page", &limit);
	add_assoc_string(&query, "orderby", "none");
	status = asq_call_method(ids, c->store, "query_actions", 1, &query);
	zval_ptr_dtor(&query);
	return status;
}

/* What they are, by their ids; what cannot be read is nothing that has a policy. */
static void asq_orphans_read(HashTable *ids, zval *by_id)
{
	asq_site site;
	asq_error error;
	zval rows, *row;

	array_init(by_id);
	if (!zend_hash_num_elements(ids) || asq_site_open(&site, &error) != ASQ_OK) {
		return;
	}
	if (asq_store_running(&site, 0, ids, &rows, &error) == ASQ_OK) {
		ZEND_HASH_FOREACH_VAL(Z_ARRVAL(rows), row) {
			Z_ADDREF_P(row);
			zend_hash_index_update(Z_ARRVAL_P(by_id), asq_row_number(row, ASQ_RUNNING_ID), row);
		} ZEND_HASH_FOREACH_END();
	}
	zval_ptr_dtor(&rows);
	asq_site_close(&site);
}

/* do_action( 'action_scheduler_failed_action', $action_id, $timeout ) */
static asq_status asq_orphan_failed(asq_cleaning *c, uint64_t id)
{
	zval args[2];

	ZVAL_LONG(&args[0], (zend_long) id);
	ZVAL_COPY_VALUE(&args[1], &c->timeout);
	return asq_wp_do_action("action_scheduler_failed_action", 2, args);
}

/* Writes the verdict, and tells of it. ASQ_NOT_FOUND: it has ended meanwhile. ASQ_DECLINED: it cannot be written so. */
static asq_status asq_orphan_write(asq_cleaning *c, const zval *row, const asq_verdict *verdict)
{
	uint64_t id = asq_row_number(row, ASQ_RUNNING_ID), letter;
	asq_run run = { .claim_id = asq_row_number(row, ASQ_RUNNING_CLAIM), .attempt = verdict->attempt };
	zend_string *seconds = zval_get_string(&c->timeout), *why = strpprintf(200, "Nothing was heard of it for %s seconds.", ZSTR_VAL(seconds));
	zval thrown;
	asq_status status;

	ZVAL_STRING(&run.context, "cleaner");
	asq_failure_new(&thrown, asq_crash_exception, why);
	status = asq_retry_write(&run, id, &thrown, verdict, &letter);
	if (status == ASQ_OK && verdict->retry) {
		status = asq_retry_tell(id, &thrown, verdict);
	} else if (status == ASQ_OK) {
		status = asq_orphan_failed(c, id);
		status = status == ASQ_OK ? asq_retry_tell_letter(letter) : status;
	}
	zval_ptr_dtor(&thrown);
	zval_ptr_dtor(&run.context);
	zend_string_release(why);
	zend_string_release(seconds);
	return status;
}

static asq_status asq_orphan_end(asq_cleaning *c, zval *id, const zval *row)
{
	asq_verdict verdict;
	asq_status status = row ? asq_orphan_ask(row, &verdict) : ASQ_NOT_FOUND;

	if (status == ASQ_OK) {
		status = asq_orphan_write(c, row, &verdict);
		if (status != ASQ_DECLINED) {
			return status == ASQ_NOT_FOUND ? ASQ_OK : status;
		}
	}
	if (status == ASQ_THROWN) {
		return status;
	}
	status = asq_call_method(NULL, c->store, "mark_failure", 1, id);
	return status == ASQ_OK ? asq_orphan_failed(c, (uint64_t) zval_get_long(id)) : status;
}

static asq_status asq_orphans_end(asq_cleaning *c, HashTable *ids)
{
	asq_status status = ASQ_OK;
	zval by_id, *id;

	asq_orphans_read(ids, &by_id);
	ZEND_HASH_FOREACH_VAL(ids, id) {
		status = asq_orphan_end(c, id, zend_hash_index_find(Z_ARRVAL(by_id), (zend_ulong) zval_get_long(id)));
		if (status != ASQ_OK) {
			break;
		}
	} ZEND_HASH_FOREACH_END();
	zval_ptr_dtor(&by_id);
	return status;
}

asq_status asq_orphans_fail(zend_object *cleaner, zend_object *store, zval *time_limit)
{
	asq_cleaning c = { .cleaner = cleaner, .store = store };
	zval ids;
	asq_status status;

	ZVAL_COPY(&c.timeout, time_limit);
	status = asq_wp_apply_filters("action_scheduler_failure_period", &c.timeout, 0, NULL);
	if (status == ASQ_OK && zval_get_double(&c.timeout) >= 0) {
		status = asq_orphans_find(&c, &ids);
		if (status == ASQ_OK) {
			status = Z_TYPE(ids) == IS_ARRAY ? asq_orphans_end(&c, Z_ARRVAL(ids)) : ASQ_OK;
			zval_ptr_dtor(&ids);
		}
	}
	zval_ptr_dtor(&c.timeout);
	return status;
}
