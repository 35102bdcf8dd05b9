/*
 * enqueue.c: an event becomes an action: by one batch where nobody has a say in it, else by as_enqueue_async_action().
 */
#include "webhook.h"
#include "src/action/args.h"
#include "src/action/schedule.h"
#include "src/wordpress/announce.h"
#include "src/wordpress/clock.h"
#include "src/wordpress/hooks.h"
#include "src/wordpress/log_text.h"
#include "src/wordpress/scheduler.h"
#include "src/wordpress/wpdb.h"
#include "php_asq.h"

#define ASQ_PRE_FILTER "pre_as_enqueue_async_action"

/* ---- The link ---------------------------------------------------------------------------------- */

/* What has been answered must have been committed: a transaction of $wpdb's is not joined. */
static asq_status asq_webhook_open(asq_site *site, asq_error *error)
{
	asq_status status = asq_site_open(site, error);

	if (status == ASQ_OK && site->link.in_transaction && site->link.vtable->codes) {
		asq_site_close(site);
		status = asq_site_open_own(site, 0, error);
	}
	return status;
}

/* What others store is part of that. */
static bool asq_webhook_in_transaction(void)
{
	zend_object *wpdb = asq_wpdb();
	bool in_transaction = false;

	return wpdb && asq_wpdb_is_mysqli(wpdb, &in_transaction) && in_transaction;
}

/* ---- One batch ---------------------------------------------------------------------------------- */

/* The store is Action Scheduler's own, and no filter decides about what is enqueued. */
static bool asq_webhook_is_plain(void)
{
	return asq_scheduler_is_direct(false) && !asq_wp_callbacks(ASQ_PRE_FILTER, sizeof(ASQ_PRE_FILTER) - 1) && !asq_wp_all_listened();
}

static asq_status asq_webhook_insert(asq_site *site, const asq_webhook *webhook, const asq_event *event, const asq_args *args, asq_event_end *end, asq_error *error)
{
	bool logged = asq_scheduler_is_direct(true) && asq_logger_hears_first();
	int64_t now = asq_clock_now();
	zend_string *schedule = asq_schedule_null(), *gmt = asq_clock_gmt(now), *local = asq_clock_default(now);
	asq_action_row row = {
		.hook = webhook->hook, .status = ASQ_STATUS_PENDING, .date_gmt = gmt, .date_local = local, .schedule = schedule,
		.args = args->args, .extended_args = args->extended, .group = ZSTR_LEN(webhook->group) ? webhook->group : NULL, .priority = webhook->priority,
	};
	asq_log_text text;
	asq_status status = ASQ_OK;

	if (logged) {
		status = asq_log_text_init(&text, asq_wp_translate("action created"));
	}
	if (status == ASQ_OK) {
		status = asq_store_insert_event(site, &row, logged ? &text.row : NULL, event, end, error);
		if (logged) {
			asq_log_text_free(&text);
		}
	}
	zend_string_release(schedule);
	zend_string_release(gmt);
	zend_string_release(local);
	return status;
}

/* ---- Step by step ------------------------------------------------------------------------------- */

/* as_enqueue_async_action( $hook, $args, $group, false, $priority ) */
static asq_status asq_webhook_create(const asq_webhook *webhook, zval *args, uint64_t *id)
{
	zval argv[5], result;
	asq_status status;

	ZVAL_STR(&argv[0], webhook->hook);
	ZVAL_COPY_VALUE(&argv[1], args);
	ZVAL_STR(&argv[2], webhook->group);
	ZVAL_FALSE(&argv[3]);
	ZVAL_LONG(&argv[4], webhook->priority);
	*id = ASQ_G(created) = 0;
	status = asq_call(&result, "as_enqueue_async_action", 5, argv);
	if (status == ASQ_OK) {
		*id = Z_TYPE(result) == IS_LONG && Z_LVAL(result) > 0 ? (uint64_t) Z_LVAL(result) : 0;
		zval_ptr_dtor(&result);
	}
	if (!*id) {
		/* A listener that throws has it be 0, though it is stored. */
		*id = ASQ_G(created);
	}
	return status == ASQ_NOT_FOUND ? ASQ_DECLINED : status;
}

/* What has been claimed gets its action, or is given up. Also while an exception is on its way. */
static asq_status asq_webhook_settle(const asq_event *event, const asq_event_end *end, asq_error *error)
{
	asq_pending pending = asq_put_aside();
	asq_site site;
	asq_status status = asq_webhook_open(&site, error);

	if (status == ASQ_OK) {
		status = end->action_id ? asq_store_finish_event(&site, event, end->token, end->action_id, error)
			: asq_store_release_event(&site, event, end->token, error);
		asq_site_close(&site);
	}
	asq_put_back(pending);
	return status;
}

/*
 * The event is claimed before the action is made, and says which it is after that. A process that dies in between leaves an event
 * without an action, which a minute later is made anew: an event may have two actions then, but never none.
 */
static asq_status asq_webhook_step_by_step(asq_site *site, const asq_webhook *webhook, const asq_event *event, zval *args, asq_event_end *end, asq_error *error)
{
	asq_status status, settled;

	if (asq_webhook_in_transaction()) {
		return asq_error_set(error, 0, "A transaction of $wpdb's is open, and the action would be part of it.");
	}
	status = asq_store_claim_event(site, event, end, error);
	if (status != ASQ_OK || end->duplicate) {
		return status;
	}
	status = asq_webhook_create(webhook, args, &end->action_id);
	settled = asq_webhook_settle(event, end, error);
	if (status == ASQ_OK && !end->action_id) {
		return ASQ_DECLINED;
	}
	return status == ASQ_OK ? settled : status;
}

/* ---- The door ----------------------------------------------------------------------------------- */

static asq_status asq_webhook_store(const asq_webhook *webhook, const asq_event *event, zval *args, const asq_args *json, asq_event_end *end, asq_error *error)
{
	asq_site site;
	asq_status status = asq_webhook_open(&site, error);

	if (status != ASQ_OK) {
		return status;
	}
	if (asq_webhook_is_plain() && site.link.vtable->codes) {
		status = asq_webhook_insert(&site, webhook, event, json, end, error);
		asq_site_close(&site);
		if (status == ASQ_DECLINED) {
			return ASQ_NOT_FOUND;
		}
		if (status == ASQ_OK && !end->duplicate) {
			status = asq_announce_stored(end->action_id, end->log_id);
		}
		return status;
	}
	status = asq_webhook_step_by_step(&site, webhook, event, args, end, error);
	asq_site_close(&site);
	return status;
}

asq_status asq_webhook_enqueue(const asq_webhook *webhook, const asq_event *event, zval *args, asq_event_end *end, asq_error *error)
{
	asq_status status = asq_scheduler_ready("as_enqueue_async_action");
	zend_string *json;
	asq_args stored;

	memset(end, 0, sizeof(*end));
	if (status != ASQ_OK) {
		return status;
	}
	status = asq_encode_args(args, &json);
	if (status != ASQ_OK) {
		return status == ASQ_DECLINED ? ASQ_NOT_FOUND : status;
	}
	if (!ZSTR_LEN(json) || ZSTR_LEN(json) > ASQ_ARGS_MAX) {
		zend_string_release(json);
		return ASQ_NOT_FOUND;
	}
	asq_args_from_json(&stored, json);
	status = asq_webhook_store(webhook, event, args, &stored, end, error);
	asq_args_free(&stored);
	return status;
}
