--TEST--
as_get_scheduled_actions() and as_count_scheduled_actions() take every key of a query
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

as_schedule_single_action( 1900000000, 'a', array( 'n' => 1 ), 'x' );
as_schedule_single_action( 1900000300, 'b', array( 'n' => 2 ), 'x' );
as_schedule_single_action( 1900000100, 'a', array( 'n' => 3, 's' => 't' ), 'y' );
as_schedule_single_action( 1900000200, 'c_d', array( 'n' => 4, 'list' => array( 1, 2 ) ) );
as_schedule_single_action( 1900000400, 'cxd', array( str_repeat( 'long', 60 ) ), 'y' );
asq_test_query( "UPDATE {actions} SET status='complete', last_attempt_gmt='2030-01-01 00:00:00', claim_id=7 WHERE action_id=2" );
asq_test_query( "UPDATE {actions} SET status='failed', last_attempt_gmt='2030-02-01 00:00:00' WHERE action_id=3" );

$queries = array(
	array(),
	array( 'hook' => 'a' ),
	array( 'hook' => '' ),
	array( 'hook' => 'none' ),
	array( 'group' => 'x' ),
	array( 'group' => '' ),
	array( 'group' => 'none' ),
	array( 'hook' => 'a', 'group' => 'y' ),
	array( 'status' => 'pending' ),
	array( 'status' => array( 'complete', 'failed' ) ),
	array( 'status' => '' ),
	array( 'args' => array( 'n' => 1 ) ),
	array( 'args' => array( 's' => 't', 'n' => 3 ) ),
	array( 'args' => array( str_repeat( 'long', 60 ) ) ),
	array( 'args' => array() ),
	array( 'args' => array( 'n' => 3 ), 'partial_args_matching' => 'like' ),
	array( 'args' => array( 'n' => 3, 's' => 't' ), 'partial_args_matching' => 'like' ),
	array( 'args' => array( 'n' => 4 ), 'partial_args_matching' => 'json' ),
	array( 'args' => array( 's' => 't' ), 'partial_args_matching' => 'json' ),
	array( 'args' => array( 'n' => 1 ), 'partial_args_matching' => 'off' ),
	array( 'claimed' => true ),
	array( 'claimed' => false ),
	array( 'claimed' => 7 ),
	array( 'claimed' => null ),
	array( 'date' => 1900000200 ),
	array( 'date' => 1900000200, 'date_compare' => '>' ),
	array( 'date' => 1900000200, 'date_compare' => '<' ),
	array( 'date' => 1900000200, 'date_compare' => '=' ),
	array( 'date' => 1900000200, 'date_compare' => '!=' ),
	array( 'date' => 1900000200, 'date_compare' => 'DROP' ),
	array( 'date' => '2030-03-17 17:48:20', 'date_compare' => '>=' ),
	array( 'date' => new DateTime( '2030-03-17 17:48:20 UTC' ), 'date_compare' => '<' ),
	array( 'modified' => '2030-01-15', 'modified_compare' => '>' ),
	array( 'modified' => '2030-01-15', 'modified_compare' => '<=', 'status' => 'complete' ),
	array( 'search' => 'x' ),
	array( 'search' => 'longlong' ),
	array( 'search' => 'c_d' ),
	array( 'search' => '7' ),
	array( 'orderby' => 'hook', 'status' => 'pending' ),
	array( 'orderby' => 'hook', 'order' => 'DESC', 'status' => 'pending' ),
	array( 'orderby' => 'date', 'order' => 'DESC' ),
	array( 'orderby' => 'modified', 'order' => 'DESC', 'per_page' => 2 ),
	array( 'orderby' => 'action_id', 'order' => 'desc' ),
	array( 'orderby' => 'action_id', 'per_page' => 2 ),
	array( 'orderby' => 'action_id', 'per_page' => 2, 'offset' => 2 ),
	array( 'orderby' => 'action_id', 'per_page' => -1 ),
	array( 'orderby' => 'action_id', 'per_page' => 0, 'offset' => 3 ),
	array( 'orderby' => 'group', 'per_page' => 1, 'group' => 'y', 'order' => 'ASC' ),
);
foreach ( $queries as $query ) {
	$ids = as_get_scheduled_actions( $query, 'ids' );
	if ( ! isset( $query['orderby'] ) ) {
		sort( $ids );
	}
	echo str_replace( str_repeat( 'long', 60 ), 'long...', json_encode( $query ) ), ' => ', implode( ' ', $ids ), ' (', as_count_scheduled_actions( $query ), ")\n";
}
/* Five are given where no number is asked for. */
as_enqueue_async_action( 'd' );
var_dump( count( as_get_scheduled_actions() ), as_count_scheduled_actions() );
/* Ids are strings, in all formats: outside WordPress there are no objects. */
var_dump( as_get_scheduled_actions( array( 'hook' => 'b' ), 'int' ), as_get_scheduled_actions( array( 'hook' => 'b' ), 'OBJECT' ) );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
[] => 1 2 3 4 5 (5)
{"hook":"a"} => 1 3 (2)
{"hook":""} => 1 2 3 4 5 (5)
{"hook":"none"} =>  (0)
{"group":"x"} => 1 2 (2)
{"group":""} => 1 2 3 4 5 (5)
{"group":"none"} =>  (0)
{"hook":"a","group":"y"} => 3 (1)
{"status":"pending"} => 1 4 5 (3)
{"status":["complete","failed"]} => 2 3 (2)
{"status":""} => 1 2 3 4 5 (5)
{"args":{"n":1}} => 1 (1)
{"args":{"s":"t","n":3}} =>  (0)
{"args":["long..."]} => 5 (1)
{"args":[]} =>  (0)
{"args":{"n":3},"partial_args_matching":"like"} => 3 (1)
{"args":{"n":3,"s":"t"},"partial_args_matching":"like"} => 3 (1)
{"args":{"n":4},"partial_args_matching":"json"} => 4 (1)
{"args":{"s":"t"},"partial_args_matching":"json"} => 3 (1)
{"args":{"n":1},"partial_args_matching":"off"} => 1 (1)
{"claimed":true} => 2 (1)
{"claimed":false} => 1 3 4 5 (4)
{"claimed":7} => 2 (1)
{"claimed":null} => 1 2 3 4 5 (5)
{"date":1900000200} => 1 3 4 (3)
{"date":1900000200,"date_compare":">"} => 2 5 (2)
{"date":1900000200,"date_compare":"<"} => 1 3 (2)
{"date":1900000200,"date_compare":"="} => 4 (1)
{"date":1900000200,"date_compare":"!="} => 1 2 3 5 (4)
{"date":1900000200,"date_compare":"DROP"} => 4 (1)
{"date":"2030-03-17 17:48:20","date_compare":">="} => 2 3 4 5 (4)
{"date":{"date":"2030-03-17 17:48:20.000000","timezone_type":3,"timezone":"UTC"},"date_compare":"<"} => 1 (1)
{"modified":"2030-01-15","modified_compare":">"} => 3 (1)
{"modified":"2030-01-15","modified_compare":"<=","status":"complete"} => 2 (1)
{"search":"x"} => 5 (1)
{"search":"longlong"} => 5 (1)
{"search":"c_d"} => 4 5 (2)
{"search":"7"} => 2 (1)
{"orderby":"hook","status":"pending"} => 1 4 5 (3)
{"orderby":"hook","order":"DESC","status":"pending"} => 5 4 1 (3)
{"orderby":"date","order":"DESC"} => 5 2 4 3 1 (5)
{"orderby":"modified","order":"DESC","per_page":2} => 3 2 (5)
{"orderby":"action_id","order":"desc"} => 5 4 3 2 1 (5)
{"orderby":"action_id","per_page":2} => 1 2 (5)
{"orderby":"action_id","per_page":2,"offset":2} => 3 4 (5)
{"orderby":"action_id","per_page":-1} => 1 2 3 4 5 (5)
{"orderby":"action_id","per_page":0,"offset":3} => 1 2 3 4 5 (5)
{"orderby":"group","per_page":1,"group":"y","order":"ASC"} => 3 (2)
int(5)
int(6)
array(1) {
  [0]=>
  string(1) "2"
}
array(1) {
  [0]=>
  string(1) "2"
}
