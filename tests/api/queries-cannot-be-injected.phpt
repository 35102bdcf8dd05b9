--TEST--
Values of a query are values: quotes, comments and per cent signs in them find what is called so
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

$odd = array( "h' OR '1'='1", 'h"; DROP TABLE x; --', "h\\' OR 1=1 #", '100%', 'under_score', 'ünï' );
foreach ( $odd as $name ) {
	as_schedule_single_action( 1900000000, $name, array( $name ), $name );
}
foreach ( $odd as $name ) {
	echo implode( ' ', array( as_count_scheduled_actions( array( 'hook' => $name ) ), as_count_scheduled_actions( array( 'group' => $name ) ),
		as_count_scheduled_actions( array( 'args' => array( $name ) ) ), as_count_scheduled_actions( array( 'status' => $name ) ),
		as_count_scheduled_actions( array( 'args' => array( $name ), 'partial_args_matching' => 'like' ) ) ) ), " $name\n";
}
var_dump( as_get_scheduled_actions( array( 'orderby' => 'hook; DROP TABLE x', 'order' => "ASC'" ), 'ids' ) === as_get_scheduled_actions( array( 'order' => 'DESC' ), 'ids' ) );
asq_test_print( 'SELECT hook FROM {actions} ORDER BY action_id' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
1 1 1 0 1 h' OR '1'='1
1 1 1 0 1 h"; DROP TABLE x; --
1 1 1 0 1 h\' OR 1=1 #
1 1 1 0 1 100%
1 1 1 0 1 under_score
1 1 1 0 1 ünï
bool(true)
h' OR '1'='1
h"; DROP TABLE x; --
h\' OR 1=1 #
100%
under_score
ünï
