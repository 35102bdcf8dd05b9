--TEST--
Each class of the embedded PHP, asked for first and alone, finds what it needs
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../wordpress/fake.inc';

require __DIR__ . '/../db/fork.inc';
asq_fake_boot();
$names = array( 'ActionScheduler', 'ActionScheduler_Abstract_Schema', 'ActionScheduler_Action', 'ActionScheduler_ActionClaim', 'ActionScheduler_AsyncRequest_QueueRunner', 'ActionScheduler_CronSchedule', 'ActionScheduler_DBLogger', 'ActionScheduler_DBStore',
	'ActionScheduler_DataController', 'ActionScheduler_DateTime', 'ActionScheduler_InvalidActionException', 'ActionScheduler_NullLogEntry', 'ActionScheduler_OptionLock', 'ActionScheduler_QueueCleaner', 'ActionScheduler_QueueRunner',
	'ActionScheduler_RecurringActionScheduler', 'ActionScheduler_NullSchedule', 'ActionScheduler_SystemInformation', 'ActionScheduler_LoggerSchema', 'CronExpression_YearField', 'Asq\Cli\Run' );
foreach ( $names as $name ) {
	list( $here, $there ) = asq_pair();
	ob_start();
	$pid = asq_fork(
		static function () use ( $name, $there ) {
			$found = class_exists( $name ) ? 'found' : 'missing';
			fwrite( $there, trim( str_replace( "\n", ' ', $found . ' ' . ob_get_contents() ) ) . "\n" );
		}
	);
	ob_end_clean();
	fclose( $there );
	$answer = trim( (string) fgets( $here ) );
	if ( 'found' !== $answer ) {
		echo "$name: $answer\n";
	}
	asq_join( array( $pid ) );
}
echo count( $names ), "\n";
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
21
