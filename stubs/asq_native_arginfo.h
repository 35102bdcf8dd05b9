/* This is a generated file, edit the .stub.php file instead.
 * Stub hash: 7fa381f61bcef48fc475a0df83d891721f90eb06 */

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Asq_Native_store_save, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(1, result, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, store, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, action, IS_MIXED, 0, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, date, IS_MIXED, 0, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, unique, IS_MIXED, 0, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Asq_Native_store_fetch, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(1, result, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, store, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, action_id, IS_MIXED, 0, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Asq_Native_store_query, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(1, result, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, store, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, query, IS_MIXED, 0, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, query_type, IS_MIXED, 0, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Asq_Native_store_counts, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(1, result, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, store, IS_MIXED, 0)
ZEND_END_ARG_INFO()

#define arginfo_Asq_Native_store_cancel arginfo_Asq_Native_store_fetch

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Asq_Native_store_cancel_by_hook, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(1, result, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, store, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, hook, IS_MIXED, 0, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Asq_Native_store_cancel_by_group, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(1, result, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, store, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, group, IS_MIXED, 0, "null")
ZEND_END_ARG_INFO()

#define arginfo_Asq_Native_store_delete arginfo_Asq_Native_store_fetch

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Asq_Native_store_claim, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(1, result, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, store, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, max_actions, IS_MIXED, 0, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, before_date, IS_MIXED, 0, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, hooks, IS_MIXED, 0, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, group, IS_MIXED, 0, "null")
ZEND_END_ARG_INFO()

#define arginfo_Asq_Native_store_claim_count arginfo_Asq_Native_store_counts

#define arginfo_Asq_Native_store_claim_id arginfo_Asq_Native_store_fetch

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Asq_Native_store_claimed, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(1, result, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, store, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, claim_id, IS_MIXED, 0, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Asq_Native_store_release, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(1, result, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, store, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, claim, IS_MIXED, 0, "null")
ZEND_END_ARG_INFO()

#define arginfo_Asq_Native_store_unclaim arginfo_Asq_Native_store_fetch

#define arginfo_Asq_Native_store_fail arginfo_Asq_Native_store_fetch

#define arginfo_Asq_Native_store_start arginfo_Asq_Native_store_fetch

#define arginfo_Asq_Native_store_complete arginfo_Asq_Native_store_fetch

#define arginfo_Asq_Native_store_status arginfo_Asq_Native_store_fetch

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Asq_Native_logger_log, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(1, result, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, logger, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, action_id, IS_MIXED, 0, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, message, IS_MIXED, 0, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, date, IS_MIXED, 0, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Asq_Native_logger_entry, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(1, result, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, logger, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, entry_id, IS_MIXED, 0, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Asq_Native_logger_logs, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(1, result, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, logger, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, action_id, IS_MIXED, 0, "null")
ZEND_END_ARG_INFO()

#define arginfo_Asq_Native_logger_clear arginfo_Asq_Native_logger_logs

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Asq_Native_logger_bulk_cancel, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(1, result, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, logger, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, action_ids, IS_MIXED, 0, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Asq_Native_runner_batch, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(1, result, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, runner, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, size, IS_MIXED, 0, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, context, IS_MIXED, 0, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Asq_Native_runner_process, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(1, result, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, runner, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, action_id, IS_MIXED, 0, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, context, IS_MIXED, 0, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Asq_Native_cleaner_fail, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(1, result, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, cleaner, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, time_limit, IS_MIXED, 0, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Asq_Native_throw_error, 0, 0, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, type, IS_MIXED, 0, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, message, IS_MIXED, 0, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Asq_Native_boot, 0, 0, IS_VOID, 0)
ZEND_END_ARG_INFO()

#define arginfo_Asq_Native_init arginfo_Asq_Native_boot

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Asq_Native_autoload, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, class, IS_MIXED, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Asq_Native_add_wp_cron_schedule, 0, 1, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, schedules, IS_MIXED, 0)
ZEND_END_ARG_INFO()

#define arginfo_Asq_Native_run_recurring_scheduler_hook arginfo_Asq_Native_boot

#define arginfo_Asq_Native_admin_menu arginfo_Asq_Native_boot

#define arginfo_Asq_Native_admin_load arginfo_Asq_Native_boot

#define arginfo_Asq_Native_admin_page arginfo_Asq_Native_boot

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Asq_Native_admin_per_page, 0, 0, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, keep, IS_MIXED, 0, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, option, IS_MIXED, 0, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, value, IS_MIXED, 0, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Asq_Native_log_stored_action, 0, 0, IS_MIXED, 0)
	ZEND_ARG_VARIADIC_TYPE_INFO(0, args, IS_MIXED, 0)
ZEND_END_ARG_INFO()

#define arginfo_Asq_Native_log_canceled_action arginfo_Asq_Native_log_stored_action

#define arginfo_Asq_Native_log_started_action arginfo_Asq_Native_log_stored_action

#define arginfo_Asq_Native_log_completed_action arginfo_Asq_Native_log_stored_action

#define arginfo_Asq_Native_log_failed_action arginfo_Asq_Native_log_stored_action

#define arginfo_Asq_Native_log_timed_out_action arginfo_Asq_Native_log_stored_action

#define arginfo_Asq_Native_log_unexpected_shutdown arginfo_Asq_Native_log_stored_action

#define arginfo_Asq_Native_log_reset_action arginfo_Asq_Native_log_stored_action

#define arginfo_Asq_Native_log_ignored_action arginfo_Asq_Native_log_stored_action

#define arginfo_Asq_Native_log_failed_fetch_action arginfo_Asq_Native_log_stored_action

#define arginfo_Asq_Native_log_failed_schedule_next_instance arginfo_Asq_Native_log_stored_action

#define arginfo_Asq_Native_bulk_log_cancel_actions arginfo_Asq_Native_log_stored_action

#define arginfo_Asq_Native_clear_deleted_action_logs arginfo_Asq_Native_log_stored_action

#define arginfo_Asq_Native_maybe_dispatch_async_request arginfo_Asq_Native_log_stored_action

#define arginfo_Asq_Native_run arginfo_Asq_Native_log_stored_action

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Asq_Native_standalone_ready, 0, 0, _IS_BOOL, 0)
ZEND_END_ARG_INFO()

#define arginfo_Asq_Native_create_tables arginfo_Asq_Native_standalone_ready

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Asq_Native_last_error, 0, 0, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Asq_Native_work, 0, 1, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO(0, options, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

#define arginfo_Asq_Native_worker_shutdown arginfo_Asq_Native_boot

#define arginfo_Asq_Native_retry_shutdown arginfo_Asq_Native_boot

#define arginfo_Asq_Native_webhook_routes arginfo_Asq_Native_boot

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Asq_Native_webhook_dispatch, 0, 3, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, result, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, server, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, request, IS_MIXED, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Asq_Native_webhook_receive, 0, 1, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, request, IS_MIXED, 0)
ZEND_END_ARG_INFO()

#define arginfo_Asq_Native_own_tables arginfo_Asq_Native_standalone_ready

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Asq_Native_has_claim_index, 0, 0, _IS_BOOL, 1)
ZEND_END_ARG_INFO()

#define arginfo_Asq_Native_make_claim_index arginfo_Asq_Native_standalone_ready

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Asq_Native_claim_index_sql, 0, 1, IS_STRING, 1)
	ZEND_ARG_TYPE_INFO(0, way, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, replace, _IS_BOOL, 0, "false")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Asq_Native_action_estimate, 0, 0, IS_LONG, 1)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_class_Asq_Native_Claims___construct, 0, 0, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, filter, IS_ARRAY, 0, "[]")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Asq_Native_Claims_claim, 0, 2, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO(0, claim_id, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, limit, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, due, IS_STRING, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Asq_Native_Claims_next_due, 0, 0, IS_STRING, 1)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, due, IS_STRING, 1, "null")
ZEND_END_ARG_INFO()

#define arginfo_class_Asq_Native_Claims_look arginfo_Asq_Native_boot


ZEND_FUNCTION(Asq_Native_store_save);
ZEND_FUNCTION(Asq_Native_store_fetch);
ZEND_FUNCTION(Asq_Native_store_query);
ZEND_FUNCTION(Asq_Native_store_counts);
ZEND_FUNCTION(Asq_Native_store_cancel);
ZEND_FUNCTION(Asq_Native_store_cancel_by_hook);
ZEND_FUNCTION(Asq_Native_store_cancel_by_group);
ZEND_FUNCTION(Asq_Native_store_delete);
ZEND_FUNCTION(Asq_Native_store_claim);
ZEND_FUNCTION(Asq_Native_store_claim_count);
ZEND_FUNCTION(Asq_Native_store_claim_id);
ZEND_FUNCTION(Asq_Native_store_claimed);
ZEND_FUNCTION(Asq_Native_store_release);
ZEND_FUNCTION(Asq_Native_store_unclaim);
ZEND_FUNCTION(Asq_Native_store_fail);
ZEND_FUNCTION(Asq_Native_store_start);
ZEND_FUNCTION(Asq_Native_store_complete);
ZEND_FUNCTION(Asq_Native_store_status);
ZEND_FUNCTION(Asq_Native_logger_log);
ZEND_FUNCTION(Asq_Native_logger_entry);
ZEND_FUNCTION(Asq_Native_logger_logs);
ZEND_FUNCTION(Asq_Native_logger_clear);
ZEND_FUNCTION(Asq_Native_logger_bulk_cancel);
ZEND_FUNCTION(Asq_Native_runner_batch);
ZEND_FUNCTION(Asq_Native_runner_process);
ZEND_FUNCTION(Asq_Native_cleaner_fail);
ZEND_FUNCTION(Asq_Native_throw_error);
ZEND_FUNCTION(Asq_Native_boot);
ZEND_FUNCTION(Asq_Native_init);
ZEND_FUNCTION(Asq_Native_autoload);
ZEND_FUNCTION(Asq_Native_add_wp_cron_schedule);
ZEND_FUNCTION(Asq_Native_run_recurring_scheduler_hook);
ZEND_FUNCTION(Asq_Native_admin_menu);
ZEND_FUNCTION(Asq_Native_admin_load);
ZEND_FUNCTION(Asq_Native_admin_page);
ZEND_FUNCTION(Asq_Native_admin_per_page);
ZEND_FUNCTION(asq_native_keep);
ZEND_FUNCTION(Asq_Native_standalone_ready);
ZEND_FUNCTION(Asq_Native_create_tables);
ZEND_FUNCTION(Asq_Native_last_error);
ZEND_FUNCTION(Asq_Native_work);
ZEND_FUNCTION(Asq_Native_worker_shutdown);
ZEND_FUNCTION(Asq_Native_retry_shutdown);
ZEND_FUNCTION(Asq_Native_webhook_routes);
ZEND_FUNCTION(Asq_Native_webhook_dispatch);
ZEND_FUNCTION(Asq_Native_webhook_receive);
ZEND_FUNCTION(Asq_Native_own_tables);
ZEND_FUNCTION(Asq_Native_has_claim_index);
ZEND_FUNCTION(Asq_Native_make_claim_index);
ZEND_FUNCTION(Asq_Native_claim_index_sql);
ZEND_FUNCTION(Asq_Native_action_estimate);
ZEND_METHOD(Asq_Native_Claims, __construct);
ZEND_METHOD(Asq_Native_Claims, claim);
ZEND_METHOD(Asq_Native_Claims, next_due);
ZEND_METHOD(Asq_Native_Claims, look);


static const zend_function_entry ext_functions[] = {
	ZEND_NS_FALIAS("Asq\\Native", store_save, Asq_Native_store_save, arginfo_Asq_Native_store_save)
	ZEND_NS_FALIAS("Asq\\Native", store_fetch, Asq_Native_store_fetch, arginfo_Asq_Native_store_fetch)
	ZEND_NS_FALIAS("Asq\\Native", store_query, Asq_Native_store_query, arginfo_Asq_Native_store_query)
	ZEND_NS_FALIAS("Asq\\Native", store_counts, Asq_Native_store_counts, arginfo_Asq_Native_store_counts)
	ZEND_NS_FALIAS("Asq\\Native", store_cancel, Asq_Native_store_cancel, arginfo_Asq_Native_store_cancel)
	ZEND_NS_FALIAS("Asq\\Native", store_cancel_by_hook, Asq_Native_store_cancel_by_hook, arginfo_Asq_Native_store_cancel_by_hook)
	ZEND_NS_FALIAS("Asq\\Native", store_cancel_by_group, Asq_Native_store_cancel_by_group, arginfo_Asq_Native_store_cancel_by_group)
	ZEND_NS_FALIAS("Asq\\Native", store_delete, Asq_Native_store_delete, arginfo_Asq_Native_store_delete)
	ZEND_NS_FALIAS("Asq\\Native", store_claim, Asq_Native_store_claim, arginfo_Asq_Native_store_claim)
	ZEND_NS_FALIAS("Asq\\Native", store_claim_count, Asq_Native_store_claim_count, arginfo_Asq_Native_store_claim_count)
	ZEND_NS_FALIAS("Asq\\Native", store_claim_id, Asq_Native_store_claim_id, arginfo_Asq_Native_store_claim_id)
	ZEND_NS_FALIAS("Asq\\Native", store_claimed, Asq_Native_store_claimed, arginfo_Asq_Native_store_claimed)
	ZEND_NS_FALIAS("Asq\\Native", store_release, Asq_Native_store_release, arginfo_Asq_Native_store_release)
	ZEND_NS_FALIAS("Asq\\Native", store_unclaim, Asq_Native_store_unclaim, arginfo_Asq_Native_store_unclaim)
	ZEND_NS_FALIAS("Asq\\Native", store_fail, Asq_Native_store_fail, arginfo_Asq_Native_store_fail)
	ZEND_NS_FALIAS("Asq\\Native", store_start, Asq_Native_store_start, arginfo_Asq_Native_store_start)
	ZEND_NS_FALIAS("Asq\\Native", store_complete, Asq_Native_store_complete, arginfo_Asq_Native_store_complete)
	ZEND_NS_FALIAS("Asq\\Native", store_status, Asq_Native_store_status, arginfo_Asq_Native_store_status)
	ZEND_NS_FALIAS("Asq\\Native", logger_log, Asq_Native_logger_log, arginfo_Asq_Native_logger_log)
	ZEND_NS_FALIAS("Asq\\Native", logger_entry, Asq_Native_logger_entry, arginfo_Asq_Native_logger_entry)
	ZEND_NS_FALIAS("Asq\\Native", logger_logs, Asq_Native_logger_logs, arginfo_Asq_Native_logger_logs)
	ZEND_NS_FALIAS("Asq\\Native", logger_clear, Asq_Native_logger_clear, arginfo_Asq_Native_logger_clear)
	ZEND_NS_FALIAS("Asq\\Native", logger_bulk_cancel, Asq_Native_logger_bulk_cancel, arginfo_Asq_Native_logger_bulk_cancel)
	ZEND_NS_FALIAS("Asq\\Native", runner_batch, Asq_Native_runner_batch, arginfo_Asq_Native_runner_batch)
	ZEND_NS_FALIAS("Asq\\Native", runner_process, Asq_Native_runner_process, arginfo_Asq_Native_runner_process)
	ZEND_NS_FALIAS("Asq\\Native", cleaner_fail, Asq_Native_cleaner_fail, arginfo_Asq_Native_cleaner_fail)
	ZEND_NS_FALIAS("Asq\\Native", throw_error, Asq_Native_throw_error, arginfo_Asq_Native_throw_error)
	ZEND_NS_FALIAS("Asq\\Native", boot, Asq_Native_boot, arginfo_Asq_Native_boot)
	ZEND_NS_FALIAS("Asq\\Native", init, Asq_Native_init, arginfo_Asq_Native_init)
	ZEND_NS_FALIAS("Asq\\Native", autoload, Asq_Native_autoload, arginfo_Asq_Native_autoload)
	ZEND_NS_FALIAS("Asq\\Native", add_wp_cron_schedule, Asq_Native_add_wp_cron_schedule, arginfo_Asq_Native_add_wp_cron_schedule)
	ZEND_NS_FALIAS("Asq\\Native", run_recurring_scheduler_hook, Asq_Native_run_recurring_scheduler_hook, arginfo_Asq_Native_run_recurring_scheduler_hook)
	ZEND_NS_FALIAS("Asq\\Native", admin_menu, Asq_Native_admin_menu, arginfo_Asq_Native_admin_menu)
	ZEND_NS_FALIAS("Asq\\Native", admin_load, Asq_Native_admin_load, arginfo_Asq_Native_admin_load)
	ZEND_NS_FALIAS("Asq\\Native", admin_page, Asq_Native_admin_page, arginfo_Asq_Native_admin_page)
	ZEND_NS_FALIAS("Asq\\Native", admin_per_page, Asq_Native_admin_per_page, arginfo_Asq_Native_admin_per_page)
	ZEND_NS_FALIAS("Asq\\Native", log_stored_action, asq_native_keep, arginfo_Asq_Native_log_stored_action)
	ZEND_NS_FALIAS("Asq\\Native", log_canceled_action, asq_native_keep, arginfo_Asq_Native_log_canceled_action)
	ZEND_NS_FALIAS("Asq\\Native", log_started_action, asq_native_keep, arginfo_Asq_Native_log_started_action)
	ZEND_NS_FALIAS("Asq\\Native", log_completed_action, asq_native_keep, arginfo_Asq_Native_log_completed_action)
	ZEND_NS_FALIAS("Asq\\Native", log_failed_action, asq_native_keep, arginfo_Asq_Native_log_failed_action)
	ZEND_NS_FALIAS("Asq\\Native", log_timed_out_action, asq_native_keep, arginfo_Asq_Native_log_timed_out_action)
	ZEND_NS_FALIAS("Asq\\Native", log_unexpected_shutdown, asq_native_keep, arginfo_Asq_Native_log_unexpected_shutdown)
	ZEND_NS_FALIAS("Asq\\Native", log_reset_action, asq_native_keep, arginfo_Asq_Native_log_reset_action)
	ZEND_NS_FALIAS("Asq\\Native", log_ignored_action, asq_native_keep, arginfo_Asq_Native_log_ignored_action)
	ZEND_NS_FALIAS("Asq\\Native", log_failed_fetch_action, asq_native_keep, arginfo_Asq_Native_log_failed_fetch_action)
	ZEND_NS_FALIAS("Asq\\Native", log_failed_schedule_next_instance, asq_native_keep, arginfo_Asq_Native_log_failed_schedule_next_instance)
	ZEND_NS_FALIAS("Asq\\Native", bulk_log_cancel_actions, asq_native_keep, arginfo_Asq_Native_bulk_log_cancel_actions)
	ZEND_NS_FALIAS("Asq\\Native", clear_deleted_action_logs, asq_native_keep, arginfo_Asq_Native_clear_deleted_action_logs)
	ZEND_NS_FALIAS("Asq\\Native", maybe_dispatch_async_request, asq_native_keep, arginfo_Asq_Native_maybe_dispatch_async_request)
	ZEND_NS_FALIAS("Asq\\Native", run, asq_native_keep, arginfo_Asq_Native_run)
	ZEND_NS_FALIAS("Asq\\Native", standalone_ready, Asq_Native_standalone_ready, arginfo_Asq_Native_standalone_ready)
	ZEND_NS_FALIAS("Asq\\Native", create_tables, Asq_Native_create_tables, arginfo_Asq_Native_create_tables)
	ZEND_NS_FALIAS("Asq\\Native", last_error, Asq_Native_last_error, arginfo_Asq_Native_last_error)
	ZEND_NS_FALIAS("Asq\\Native", work, Asq_Native_work, arginfo_Asq_Native_work)
	ZEND_NS_FALIAS("Asq\\Native", worker_shutdown, Asq_Native_worker_shutdown, arginfo_Asq_Native_worker_shutdown)
	ZEND_NS_FALIAS("Asq\\Native", retry_shutdown, Asq_Native_retry_shutdown, arginfo_Asq_Native_retry_shutdown)
	ZEND_NS_FALIAS("Asq\\Native", webhook_routes, Asq_Native_webhook_routes, arginfo_Asq_Native_webhook_routes)
	ZEND_NS_FALIAS("Asq\\Native", webhook_dispatch, Asq_Native_webhook_dispatch, arginfo_Asq_Native_webhook_dispatch)
	ZEND_NS_FALIAS("Asq\\Native", webhook_receive, Asq_Native_webhook_receive, arginfo_Asq_Native_webhook_receive)
	ZEND_NS_FALIAS("Asq\\Native", own_tables, Asq_Native_own_tables, arginfo_Asq_Native_own_tables)
	ZEND_NS_FALIAS("Asq\\Native", has_claim_index, Asq_Native_has_claim_index, arginfo_Asq_Native_has_claim_index)
	ZEND_NS_FALIAS("Asq\\Native", make_claim_index, Asq_Native_make_claim_index, arginfo_Asq_Native_make_claim_index)
	ZEND_NS_FALIAS("Asq\\Native", claim_index_sql, Asq_Native_claim_index_sql, arginfo_Asq_Native_claim_index_sql)
	ZEND_NS_FALIAS("Asq\\Native", action_estimate, Asq_Native_action_estimate, arginfo_Asq_Native_action_estimate)
	ZEND_FE_END
};


static const zend_function_entry class_Asq_Native_Claims_methods[] = {
	ZEND_ME(Asq_Native_Claims, __construct, arginfo_class_Asq_Native_Claims___construct, ZEND_ACC_PUBLIC)
	ZEND_ME(Asq_Native_Claims, claim, arginfo_class_Asq_Native_Claims_claim, ZEND_ACC_PUBLIC)
	ZEND_ME(Asq_Native_Claims, next_due, arginfo_class_Asq_Native_Claims_next_due, ZEND_ACC_PUBLIC)
	ZEND_ME(Asq_Native_Claims, look, arginfo_class_Asq_Native_Claims_look, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static zend_class_entry *register_class_Asq_Native_Claims(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Asq\\Native", "Claims", class_Asq_Native_Claims_methods);
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_FINAL;

	return class_entry;
}
