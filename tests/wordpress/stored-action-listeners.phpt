--TEST--
Listeners of action_scheduler_stored_action get each id, with the row and its log row in place
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/fake.inc';

asq_fake_boot();
add_action(
	'action_scheduler_stored_action',
	static function ( $id ) {
		var_dump( $id );
		asq_test_print( "SELECT hook, message FROM {actions} JOIN {logs} USING (action_id) WHERE action_id=$id" );
	},
	20
);
as_enqueue_async_action( 'one' );
asq_enqueue_many( 'many', array( array( 1 ), array( 2 ) ) );
as_enqueue_async_action( 'one', array(), '', true );
/* One that throws: the action stays, the answer is 0, and PHP's log has the message. */
ini_set( 'log_errors', '1' );
ini_set( 'error_log', $log = tempnam( sys_get_temp_dir(), 'asq' ) );
add_action( 'action_scheduler_stored_action', static function () {
	throw new DomainException( 'no more' );
}, 30 );
var_dump( as_enqueue_async_action( 'broken' ) );
echo preg_replace( '/^\[.*?\] /m', '', file_get_contents( $log ) );
unlink( $log );
asq_test_print( 'SELECT COUNT(*) FROM {actions}' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
int(1)
one | action created
int(2)
many | action created
int(3)
many | action created
int(4)
broken | action created
int(0)
Caught exception while enqueuing action "broken": Error saving action: no more
4
