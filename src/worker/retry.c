/*
 * retry.c: the retry policy of an action that is about to run: it is looked for, and the pool is told what a crash would come to.
 */
#include "retry.h"
#include "member.h"
#include "php_asq.h"
#include "src/store/claim_due.h"
#include "src/wordpress/hooks.h"
#include "src/wordpress/policy.h"
#include "Zend/zend_exceptions.h"

static const zval *asq_retry_row(const asq_run *run, uint64_t id)
{
	return Z_TYPE(run->rows) == IS_ARRAY ? zend_hash_index_find(Z_ARRVAL(run->rows), id) : NULL;
}

static zend_string *asq_or_empty_string(zend_string *text)
{
	return text ? text : ZSTR_EMPTY_ALLOC();
}

static asq_status asq_retry_find(asq_run *run, uint64_t id, const zval *row)
{
	zval policy;
	asq_status status = asq_policy_find(asq_or_empty_string(asq_row_get(row, ASQ_COL_HOOK)), asq_or_empty_string(asq_row_get(row, ASQ_COL_GROUP)), id, NULL, &policy);

	zval_ptr_dtor(&run->policy);
	ZVAL_COPY_VALUE(&run->policy, &policy);
	return status;
}

/* For the supervisor, should this worker die. It is told before anybody hears of the action. */
static asq_status asq_retry_tell_slot(asq_run *run, uint64_t id, const asq_policy *policy)
{
	asq_slot *slot = run->slot;
	zend_long delay = 0;
	asq_status status = ASQ_OK;

	run->attempt = (zend_long) slot->attempts + 1;
	slot->timeout = (uint32_t) policy->timeout;
	slot->max_attempts = (uint32_t) policy->max_attempts;
	slot->crash_retry = policy->crash_retry && run->attempt < policy->max_attempts;
	slot->spent = policy->crash_retry && !slot->crash_retry;
	if (slot->crash_retry) {
		status = asq_retry_ask_delay(policy, id, run->attempt, NULL, &delay);
	}
	slot->crash_delay = (uint32_t) delay;
	slot->policy = 1;
	return status;
}

/* Once in a request, before Action Scheduler's monitor, which has no policies. */
static void asq_retry_listen(void)
{
	if (!ASQ_G(crash_hooked) && asq_wp_is_loaded()) {
		ASQ_G(crash_hooked) = true;
		asq_wp_add_action("shutdown", "Asq\\Native\\retry_shutdown", 0, 0);
	}
}

asq_status asq_retry_prepare(asq_run *run, uint64_t id)
{
	const zval *row;
	asq_policy policy;
	asq_status status;

	zval_ptr_dtor(&run->policy);
	ZVAL_NULL(&run->policy);
	run->attempt = 0;
	run->put_back = false;
	if (!asq_policy_any()) {
		return ASQ_OK;
	}
	if (!run->pooled) {
		asq_retry_listen();
	}
	if (run->slot) {
		atomic_store(&ASQ_G(member)->pool.memory->policies, 1);
	}
	row = asq_retry_row(run, id);
	status = row ? asq_retry_find(run, id, row) : ASQ_OK;
	if (status == ASQ_OK && Z_TYPE(run->policy) == IS_ARRAY && run->slot) {
		asq_policy_read(&run->policy, &policy);
		status = asq_retry_tell_slot(run, id, &policy);
	}
	return status;
}

/* $action->get_hook() or get_group() */
static zend_string *asq_retry_part(zval *action, const char *method)
{
	zval result;
	zend_string *text;

	if (!action || Z_TYPE_P(action) != IS_OBJECT || asq_call_method(&result, Z_OBJ_P(action), method, 0, NULL) != ASQ_OK) {
		zend_clear_exception();
		return ZSTR_EMPTY_ALLOC();
	}
	text = zval_get_string(&result);
	zval_ptr_dtor(&result);
	return text;
}

asq_status asq_retry_has_policy(asq_run *run, uint64_t id, zval *action, bool *has)
{
	zend_string *hook, *group;
	asq_status status = ASQ_OK;
	zval policy;

	*has = Z_TYPE(run->policy) == IS_ARRAY;
	if (*has || !asq_scheduler_is_direct(false) || !asq_policy_any()) {
		*has = *has && asq_scheduler_is_direct(false);
		return ASQ_OK;
	}
	hook = asq_retry_part(action, "get_hook");
	group = asq_retry_part(action, "get_group");
	if (ZSTR_LEN(hook)) {
		status = asq_policy_find(hook, group, id, action, &policy);
		zval_ptr_dtor(&run->policy);
		ZVAL_COPY_VALUE(&run->policy, &policy);
		*has = Z_TYPE(run->policy) == IS_ARRAY;
	}
	zend_string_release(hook);
	zend_string_release(group);
	return status;
}
