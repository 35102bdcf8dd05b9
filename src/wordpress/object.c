/*
 * object.c: a row becomes an ActionScheduler_Action, by ActionScheduler::factory()->get_stored_action(). What
 * cannot be read is declined before anything is said: Action Scheduler's own reading then reports it.
 */
#include "object.h"
#include "scheduler.h"
#include "php_asq.h"
#include "src/action/args.h"
#include "src/store/claim_due.h"
#include "ext/standard/php_var.h"

/* unserialize( $blob ), if that gives a schedule. */
static asq_status asq_schedule_object(const zend_string *blob, zval *schedule)
{
	const unsigned char *at = (const unsigned char *) ZSTR_VAL(blob), *end = at + ZSTR_LEN(blob);
	zend_class_entry *interface = asq_class("ActionScheduler_Schedule", true);
	php_unserialize_data_t data;
	int read;

	if (!interface || !ZSTR_LEN(blob) || *at != 'O') {
		return EG(exception) ? ASQ_THROWN : ASQ_DECLINED;
	}
	ZVAL_UNDEF(schedule);
	PHP_VAR_UNSERIALIZE_INIT(data);
	read = php_var_unserialize(schedule, &at, end, &data);
	PHP_VAR_UNSERIALIZE_DESTROY(data);
	if (EG(exception)) {
		zval_ptr_dtor(schedule);
		return ASQ_THROWN;
	}
	if (!read || Z_TYPE_P(schedule) != IS_OBJECT || !instanceof_function(Z_OBJCE_P(schedule), interface)) {
		zval_ptr_dtor(schedule);
		return ASQ_DECLINED;
	}
	return ASQ_OK;
}

/* $string ? $string : '' */
static zend_string *asq_or_empty(zend_string *string)
{
	bool empty = !string || !ZSTR_LEN(string) || zend_string_equals_literal(string, "0");

	return empty ? ZSTR_EMPTY_ALLOC() : zend_string_copy(string);
}

static void asq_copy_cell(zval *to, const zval *row, uint32_t column)
{
	zend_string *cell = asq_row_get(row, column);

	ZVAL_STR(to, cell ? zend_string_copy(cell) : ZSTR_EMPTY_ALLOC());
}

asq_status asq_action_object(const zval *row, zval *action)
{
	zend_string *extended = asq_row_get(row, ASQ_COL_EXTENDED_ARGS), *blob = asq_row_get(row, ASQ_COL_SCHEDULE);
	zend_string *json = extended && ZSTR_LEN(extended) && !zend_string_equals_literal(extended, "0") ? extended : asq_row_get(row, ASQ_COL_ARGS);
	zval args[6], factory;
	asq_status status;

	if (!json || !blob) {
		return ASQ_DECLINED;
	}
	status = asq_args_decode(json, &args[2]);
	if (status != ASQ_OK) {
		return status;
	}
	status = asq_schedule_object(blob, &args[3]);
	if (status != ASQ_OK) {
		zval_ptr_dtor(&args[2]);
		return status;
	}
	asq_copy_cell(&args[0], row, ASQ_COL_STATUS);
	asq_copy_cell(&args[1], row, ASQ_COL_HOOK);
	ZVAL_STR(&args[4], asq_or_empty(asq_row_get(row, ASQ_COL_GROUP)));
	asq_copy_cell(&args[5], row, ASQ_COL_PRIORITY);
	status = asq_scheduler_get(&factory, "factory");
	if (status == ASQ_OK) {
		status = asq_call_method(action, Z_OBJ(factory), "get_stored_action", 6, args);
		zval_ptr_dtor(&factory);
	}
	for (int i = 0; i < 6; i++) {
		zval_ptr_dtor(&args[i]);
	}
	return status;
}
