--TEST--
Every class, interface and function of the embedded PHP can be had by its name, and compiles without a word
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../wordpress/fake.inc';

asq_fake_boot();
$names = array(
	'ActionScheduler', 'ActionScheduler_Abstract_QueueRunner', 'ActionScheduler_Abstract_QueueRunner_Deprecated', 'ActionScheduler_Abstract_RecurringSchedule',
	'ActionScheduler_Abstract_Schedule', 'ActionScheduler_Abstract_Schema', 'ActionScheduler_Action', 'ActionScheduler_ActionClaim', 'ActionScheduler_ActionFactory',
	'ActionScheduler_AsyncRequest_QueueRunner', 'ActionScheduler_CanceledAction', 'ActionScheduler_CanceledSchedule', 'ActionScheduler_Compatibility',
	'ActionScheduler_CronSchedule', 'ActionScheduler_DBLogger', 'ActionScheduler_DBStore', 'ActionScheduler_DataController', 'ActionScheduler_DateTime',
	'ActionScheduler_Exception', 'ActionScheduler_FatalErrorMonitor', 'ActionScheduler_FinishedAction', 'ActionScheduler_IntervalSchedule',
	'ActionScheduler_InvalidActionException', 'ActionScheduler_Lock', 'ActionScheduler_LogEntry', 'ActionScheduler_Logger', 'ActionScheduler_LoggerSchema',
	'ActionScheduler_NullAction', 'ActionScheduler_NullLogEntry', 'ActionScheduler_NullSchedule', 'ActionScheduler_OptionLock', 'ActionScheduler_QueueCleaner',
	'ActionScheduler_QueueRunner', 'ActionScheduler_RecurringActionScheduler', 'ActionScheduler_Schedule', 'ActionScheduler_Schedule_Deprecated',
	'ActionScheduler_SimpleSchedule', 'ActionScheduler_Store', 'ActionScheduler_StoreSchema', 'ActionScheduler_Store_Deprecated',
	'ActionScheduler_SystemInformation', 'ActionScheduler_TimezoneHelper', 'ActionScheduler_Versions',
	'Asq\Cli\ActionCommand', 'Asq\Cli\Command', 'Asq\Cli\Run',
	'CronExpression', 'CronExpression_AbstractField', 'CronExpression_DayOfMonthField', 'CronExpression_DayOfWeekField', 'CronExpression_FieldFactory',
	'CronExpression_FieldInterface', 'CronExpression_HoursField', 'CronExpression_MinutesField', 'CronExpression_MonthField', 'CronExpression_YearField',
);
/* Each alone in its process could go wrong by its order: so in both orders. */
foreach ( 'reversed' === ( $argv[1] ?? '' ) ? array_reverse( $names ) : $names as $name ) {
	if ( ! class_exists( $name ) && ! interface_exists( $name ) ) {
		echo "$name is not there\n";
	}
}
/* What is not ours is not ours. */
var_dump( class_exists( 'ActionScheduler_Nonsense' ), class_exists( 'Asq\Nonsense' ), class_exists( 'actionscheduler_store' ) );
$all = array_merge( get_declared_classes(), get_declared_interfaces() );
$ours = array_filter( $all, static fn( $name ) => 0 === strpos( (string) ( new ReflectionClass( $name ) )->getFileName(), 'asq:' ) );
echo implode( ' ', array_diff( $ours, $names ) ), "\n", count( $ours ), "\n";
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
bool(false)
bool(false)
bool(true)

56
