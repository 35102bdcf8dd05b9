/*
 * announce.c: an action's args as WordPress encodes them, and who hears that it is stored.
 */
#include "announce.h"
#include "hooks.h"
#include "scheduler.h"
#include "src/action/args.h"
#include "php_asq.h"

asq_status asq_encode_args(zval *args, zend_string **json)
{
	asq_status status = asq_args_encode(args, json);
	zval result;

	if (status != ASQ_DECLINED) {
		return status;
	}
	status = asq_call(&result, "wp_json_encode", 1, args);
	if (status == ASQ_OK) {
		*json = Z_TYPE(result) == IS_STRING ? zend_string_copy(Z_STR(result)) : ZSTR_EMPTY_ALLOC();
		zval_ptr_dtor(&result);
	}
	return status == ASQ_NOT_FOUND ? ASQ_DECLINED : status;
}

asq_status asq_announce_stored(uint64_t id, uint64_t log_id)
{
	zval arg;
	asq_status status;

	if (log_id && !asq_stored_action_is_watched()) {
		asq_wp_count_action("action_scheduler_stored_action");
		return ASQ_OK;
	}
	ASQ_G(saved_log_action) = log_id ? id : 0;
	ASQ_G(saved_log_id) = log_id;
	ZVAL_LONG(&arg, (zend_long) id);
	status = asq_wp_do_action("action_scheduler_stored_action", 1, &arg);
	ASQ_G(saved_log_action) = 0;
	return status;
}
