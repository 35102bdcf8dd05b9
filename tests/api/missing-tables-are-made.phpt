--TEST--
Tables that are missing are made by the first call that needs them, as Action Scheduler makes them
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_drop_tables();
asq_test_configure();
var_dump( as_enqueue_async_action( 'h', array( 'emoji' => '😀' ), 'größe' ) );
asq_test_print( 'SELECT hook, args, slug, message FROM {actions} JOIN {groups} USING (group_id) JOIN {logs} USING (action_id)' );
$tables = array();
foreach ( array_keys( ASQ_TEST_COLUMNS ) as $table ) {
	$tables[ $table ] = array( asq_test_query( "SHOW FULL COLUMNS FROM {{$table}}" ), array_map(
		static fn( $index ) => array( $index['Key_name'], $index['Seq_in_index'], $index['Column_name'], $index['Sub_part'], $index['Non_unique'] ),
		asq_test_query( "SHOW INDEX FROM {{$table}}" )
	) );
}
asq_test_tables();
foreach ( $tables as $table => $made ) {
	foreach ( asq_test_query( "SHOW FULL COLUMNS FROM {{$table}}" ) as $i => $column ) {
		unset( $column['Collation'], $made[0][ $i ]['Collation'] );
		if ( $column != $made[0][ $i ] ) {
			echo "$table: ", json_encode( $made[0][ $i ] ), "\n";
		}
	}
	$indexes = asq_test_query( "SHOW INDEX FROM {{$table}}" );
	echo "$table: ", count( $made[0] ), ' columns, ', count( $made[1] ), ' of ', count( $indexes ), " index columns\n";
}
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
int(1)
h | {"emoji":"\ud83d\ude00"} | größe | action created
actions: 14 columns, 18 of 18 index columns
claims: 2 columns, 2 of 2 index columns
groups: 2 columns, 2 of 2 index columns
logs: 5 columns, 3 of 3 index columns
