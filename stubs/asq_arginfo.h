/* This is a generated file, edit the .stub.php file instead.
 * Stub hash: 1b62f21c685c7cab526973c65ccf7af224419e61 */

ZEND_BEGIN_ARG_INFO_EX(arginfo_as_enqueue_async_action, 0, 0, 1)
	ZEND_ARG_INFO(0, hook)
	ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, args, "[]")
	ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, group, "\'\'")
	ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, unique, "false")
	ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, priority, "10")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_as_schedule_single_action, 0, 0, 2)
	ZEND_ARG_INFO(0, timestamp)
	ZEND_ARG_INFO(0, hook)
	ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, args, "[]")
	ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, group, "\'\'")
	ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, unique, "false")
	ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, priority, "10")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_as_schedule_recurring_action, 0, 0, 3)
	ZEND_ARG_INFO(0, timestamp)
	ZEND_ARG_INFO(0, interval_in_seconds)
	ZEND_ARG_INFO(0, hook)
	ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, args, "[]")
	ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, group, "\'\'")
	ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, unique, "false")
	ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, priority, "10")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_as_schedule_cron_action, 0, 0, 3)
	ZEND_ARG_INFO(0, timestamp)
	ZEND_ARG_INFO(0, schedule)
	ZEND_ARG_INFO(0, hook)
	ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, args, "[]")
	ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, group, "\'\'")
	ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, unique, "false")
	ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, priority, "10")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_as_unschedule_action, 0, 0, 1)
	ZEND_ARG_INFO(0, hook)
	ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, args, "[]")
	ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, group, "\'\'")
ZEND_END_ARG_INFO()

#define arginfo_as_unschedule_all_actions arginfo_as_unschedule_action

ZEND_BEGIN_ARG_INFO_EX(arginfo_as_next_scheduled_action, 0, 0, 1)
	ZEND_ARG_INFO(0, hook)
	ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, args, "null")
	ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, group, "\'\'")
ZEND_END_ARG_INFO()

#define arginfo_as_has_scheduled_action arginfo_as_next_scheduled_action

ZEND_BEGIN_ARG_INFO_EX(arginfo_as_get_scheduled_actions, 0, 0, 0)
	ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, args, "[]")
	ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, return_format, "OBJECT")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_as_count_scheduled_actions, 0, 0, 0)
	ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, args, "[]")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_as_get_datetime_object, 0, 0, 0)
	ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, date_string, "null")
	ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, timezone, "\'UTC\'")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_as_supports, 0, 0, 1)
	ZEND_ARG_INFO(0, feature)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_asq_enqueue_many, 0, 2, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO(0, hook, IS_STRING, 0)
	ZEND_ARG_INFO(0, args_list)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, group, IS_STRING, 0, "\'\'")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, unique, _IS_BOOL, 0, "false")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, priority, IS_LONG, 0, "10")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timestamp, IS_LONG, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_asq_worker_run, 0, 0, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, options, IS_ARRAY, 0, "[]")
ZEND_END_ARG_INFO()

#define arginfo_asq_queue_status arginfo_asq_worker_run

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_asq_workers, 0, 0, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_asq_pause, 0, 1, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, kind, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, name, IS_STRING, 0, "\'\'")
ZEND_END_ARG_INFO()

#define arginfo_asq_resume arginfo_asq_pause

#define arginfo_asq_pauses arginfo_asq_workers

#define arginfo_asq_purge arginfo_asq_worker_run

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_asq_idempotent, 0, 2, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, key, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, callback, IS_CALLABLE, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, options, IS_ARRAY, 0, "[]")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_asq_idempotency_purge, 0, 0, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, limit, IS_LONG, 0, "0")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_asq_rest_idempotency, 0, 0, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, options, IS_ARRAY, 0, "[]")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_asq_circuit, 0, 1, Asq\\Circuit, 0)
	ZEND_ARG_TYPE_INFO(0, name, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, options, IS_ARRAY, 0, "[]")
ZEND_END_ARG_INFO()

#define arginfo_asq_circuits arginfo_asq_workers

ZEND_BEGIN_ARG_INFO_EX(arginfo_wc_schedule_single_action, 0, 0, 2)
	ZEND_ARG_INFO(0, timestamp)
	ZEND_ARG_INFO(0, hook)
	ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, args, "[]")
	ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, group, "\'\'")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_wc_schedule_recurring_action, 0, 0, 3)
	ZEND_ARG_INFO(0, timestamp)
	ZEND_ARG_INFO(0, interval_in_seconds)
	ZEND_ARG_INFO(0, hook)
	ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, args, "[]")
	ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, group, "\'\'")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_wc_schedule_cron_action, 0, 0, 3)
	ZEND_ARG_INFO(0, timestamp)
	ZEND_ARG_INFO(0, schedule)
	ZEND_ARG_INFO(0, hook)
	ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, args, "[]")
	ZEND_ARG_INFO_WITH_DEFAULT_VALUE(0, group, "\'\'")
ZEND_END_ARG_INFO()

#define arginfo_wc_unschedule_action arginfo_as_unschedule_action

#define arginfo_wc_next_scheduled_action arginfo_as_next_scheduled_action

#define arginfo_wc_get_scheduled_actions arginfo_as_get_scheduled_actions

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_asq_retry_policy, 0, 2, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, name, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, policy, IS_ARRAY, 1)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, kind, IS_STRING, 0, "\'hook\'")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_asq_retry_policy_for_action, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, action_id, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, policy, IS_ARRAY, 1)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_asq_get_retry_policy, 0, 1, IS_ARRAY, 1)
	ZEND_ARG_TYPE_INFO(0, hook, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, group, IS_STRING, 0, "\'\'")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, action_id, IS_LONG, 0, "0")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_asq_retry_delay, 0, 2, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, policy, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO(0, attempt, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, jitter, _IS_BOOL, 0, "true")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_asq_classify_failure, 0, 1, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, failure, IS_MIXED, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_asq_throw_if_error, 0, 1, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, response, IS_MIXED, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_MASK_EX(arginfo_asq_dead_letters, 0, 0, MAY_BE_ARRAY|MAY_BE_LONG)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, query, IS_ARRAY, 0, "[]")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_asq_dead_letter, 0, 1, IS_ARRAY, 1)
	ZEND_ARG_TYPE_INFO(0, id, IS_LONG, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_asq_dead_letter_retry, 0, 1, IS_ARRAY, 0)
	ZEND_ARG_TYPE_MASK(0, ids, MAY_BE_LONG|MAY_BE_ARRAY, NULL)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, args, IS_ARRAY, 1, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, seen, IS_LONG, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_asq_dead_letter_delete, 0, 1, IS_LONG, 0)
	ZEND_ARG_TYPE_MASK(0, ids, MAY_BE_LONG|MAY_BE_ARRAY, NULL)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_asq_dead_letters_purge, 0, 0, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, options, IS_ARRAY, 0, "[]")
ZEND_END_ARG_INFO()

#define arginfo_asq_dead_letter_stats arginfo_asq_worker_run

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_asq_register_webhook, 0, 2, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, name, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, options, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

#define arginfo_asq_webhooks arginfo_asq_workers

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_asq_webhook_payload, 0, 2, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, name, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, event_id, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_asq_webhook_event, 0, 2, IS_ARRAY, 1)
	ZEND_ARG_TYPE_INFO(0, name, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, event_id, IS_STRING, 0)
ZEND_END_ARG_INFO()

#define arginfo_asq_webhook_events arginfo_asq_dead_letters

#define arginfo_asq_webhook_purge arginfo_asq_dead_letters_purge


ZEND_FUNCTION(as_enqueue_async_action);
ZEND_FUNCTION(as_schedule_single_action);
ZEND_FUNCTION(as_schedule_recurring_action);
ZEND_FUNCTION(as_schedule_cron_action);
ZEND_FUNCTION(as_unschedule_action);
ZEND_FUNCTION(as_unschedule_all_actions);
ZEND_FUNCTION(as_next_scheduled_action);
ZEND_FUNCTION(as_has_scheduled_action);
ZEND_FUNCTION(as_get_scheduled_actions);
ZEND_FUNCTION(as_count_scheduled_actions);
ZEND_FUNCTION(as_get_datetime_object);
ZEND_FUNCTION(as_supports);
ZEND_FUNCTION(asq_enqueue_many);
ZEND_FUNCTION(asq_worker_run);
ZEND_FUNCTION(asq_queue_status);
ZEND_FUNCTION(asq_workers);
ZEND_FUNCTION(asq_pause);
ZEND_FUNCTION(asq_resume);
ZEND_FUNCTION(asq_pauses);
ZEND_FUNCTION(asq_purge);
ZEND_FUNCTION(asq_idempotent);
ZEND_FUNCTION(asq_idempotency_purge);
ZEND_FUNCTION(asq_rest_idempotency);
ZEND_FUNCTION(asq_circuit);
ZEND_FUNCTION(asq_circuits);
ZEND_FUNCTION(wc_deprecated_action);
ZEND_FUNCTION(asq_retry_policy);
ZEND_FUNCTION(asq_retry_policy_for_action);
ZEND_FUNCTION(asq_get_retry_policy);
ZEND_FUNCTION(asq_retry_delay);
ZEND_FUNCTION(asq_classify_failure);
ZEND_FUNCTION(asq_throw_if_error);
ZEND_FUNCTION(asq_dead_letters);
ZEND_FUNCTION(asq_dead_letter);
ZEND_FUNCTION(asq_dead_letter_retry);
ZEND_FUNCTION(asq_dead_letter_delete);
ZEND_FUNCTION(asq_dead_letters_purge);
ZEND_FUNCTION(asq_dead_letter_stats);
ZEND_FUNCTION(asq_register_webhook);
ZEND_FUNCTION(asq_webhooks);
ZEND_FUNCTION(asq_webhook_payload);
ZEND_FUNCTION(asq_webhook_event);
ZEND_FUNCTION(asq_webhook_events);
ZEND_FUNCTION(asq_webhook_purge);


static const zend_function_entry ext_functions[] = {
	ZEND_FE(as_enqueue_async_action, arginfo_as_enqueue_async_action)
	ZEND_FE(as_schedule_single_action, arginfo_as_schedule_single_action)
	ZEND_FE(as_schedule_recurring_action, arginfo_as_schedule_recurring_action)
	ZEND_FE(as_schedule_cron_action, arginfo_as_schedule_cron_action)
	ZEND_FE(as_unschedule_action, arginfo_as_unschedule_action)
	ZEND_FE(as_unschedule_all_actions, arginfo_as_unschedule_all_actions)
	ZEND_FE(as_next_scheduled_action, arginfo_as_next_scheduled_action)
	ZEND_FE(as_has_scheduled_action, arginfo_as_has_scheduled_action)
	ZEND_FE(as_get_scheduled_actions, arginfo_as_get_scheduled_actions)
	ZEND_FE(as_count_scheduled_actions, arginfo_as_count_scheduled_actions)
	ZEND_FE(as_get_datetime_object, arginfo_as_get_datetime_object)
	ZEND_FE(as_supports, arginfo_as_supports)
	ZEND_FE(asq_enqueue_many, arginfo_asq_enqueue_many)
	ZEND_FE(asq_worker_run, arginfo_asq_worker_run)
	ZEND_FE(asq_queue_status, arginfo_asq_queue_status)
	ZEND_FE(asq_workers, arginfo_asq_workers)
	ZEND_FE(asq_pause, arginfo_asq_pause)
	ZEND_FE(asq_resume, arginfo_asq_resume)
	ZEND_FE(asq_pauses, arginfo_asq_pauses)
	ZEND_FE(asq_purge, arginfo_asq_purge)
	ZEND_FE(asq_idempotent, arginfo_asq_idempotent)
	ZEND_FE(asq_idempotency_purge, arginfo_asq_idempotency_purge)
	ZEND_FE(asq_rest_idempotency, arginfo_asq_rest_idempotency)
	ZEND_FE(asq_circuit, arginfo_asq_circuit)
	ZEND_FE(asq_circuits, arginfo_asq_circuits)
	ZEND_FALIAS(wc_schedule_single_action, wc_deprecated_action, arginfo_wc_schedule_single_action)
	ZEND_FALIAS(wc_schedule_recurring_action, wc_deprecated_action, arginfo_wc_schedule_recurring_action)
	ZEND_FALIAS(wc_schedule_cron_action, wc_deprecated_action, arginfo_wc_schedule_cron_action)
	ZEND_FALIAS(wc_unschedule_action, wc_deprecated_action, arginfo_wc_unschedule_action)
	ZEND_FALIAS(wc_next_scheduled_action, wc_deprecated_action, arginfo_wc_next_scheduled_action)
	ZEND_FALIAS(wc_get_scheduled_actions, wc_deprecated_action, arginfo_wc_get_scheduled_actions)
	ZEND_FE(asq_retry_policy, arginfo_asq_retry_policy)
	ZEND_FE(asq_retry_policy_for_action, arginfo_asq_retry_policy_for_action)
	ZEND_FE(asq_get_retry_policy, arginfo_asq_get_retry_policy)
	ZEND_FE(asq_retry_delay, arginfo_asq_retry_delay)
	ZEND_FE(asq_classify_failure, arginfo_asq_classify_failure)
	ZEND_FE(asq_throw_if_error, arginfo_asq_throw_if_error)
	ZEND_FE(asq_dead_letters, arginfo_asq_dead_letters)
	ZEND_FE(asq_dead_letter, arginfo_asq_dead_letter)
	ZEND_FE(asq_dead_letter_retry, arginfo_asq_dead_letter_retry)
	ZEND_FE(asq_dead_letter_delete, arginfo_asq_dead_letter_delete)
	ZEND_FE(asq_dead_letters_purge, arginfo_asq_dead_letters_purge)
	ZEND_FE(asq_dead_letter_stats, arginfo_asq_dead_letter_stats)
	ZEND_FE(asq_register_webhook, arginfo_asq_register_webhook)
	ZEND_FE(asq_webhooks, arginfo_asq_webhooks)
	ZEND_FE(asq_webhook_payload, arginfo_asq_webhook_payload)
	ZEND_FE(asq_webhook_event, arginfo_asq_webhook_event)
	ZEND_FE(asq_webhook_events, arginfo_asq_webhook_events)
	ZEND_FE(asq_webhook_purge, arginfo_asq_webhook_purge)
	ZEND_FE_END
};
