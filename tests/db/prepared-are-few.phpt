--TEST--
A connection keeps eight prepared questions at most, and does without where the server has no room for them
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--CONFLICTS--
all
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
require __DIR__ . '/fork.inc';
asq_test_tables();

ini_set( 'asq.user', asq_test_account( 'ALL PRIVILEGES' ) );
as_enqueue_async_action( 'h', array( 1 ), 'g' );
$kept = static fn() => (int) asq_test_query( "SHOW GLOBAL STATUS LIKE 'Prepared_stmt_count'" )[0]['Value'];
/* How many answers are wrong: of 21 statements, each asked for four times. */
$ask = static function (): int {
	$wrong = 0;
	foreach ( array( 'none', 'date', 'hook' ) as $order ) {
		for ( $keys = 1; $keys < 8; $keys++ ) {
			$query  = ( $keys & 1 ? array( 'hook' => 'h' ) : array() ) + ( $keys & 2 ? array( 'args' => array( 1 ) ) : array() )
				+ ( $keys & 4 ? array( 'group' => 'g' ) : array() ) + array( 'orderby' => $order, 'per_page' => 1 );
			for ( $i = 0; $i < 4; $i++ ) {
				$wrong += 1 !== count( as_get_scheduled_actions( $query, 'ids' ) );
			}
		}
	}
	return $wrong;
};
asq_must( 'the end of what other tests have left', static fn() => 0 === $kept() );
var_dump( $ask(), $kept() );
asq_test_disconnect();
var_dump( asq_until( static fn() => 0 === $kept() ) );
/* No room: what the server has for that is put back at once. */
$before = asq_test_query( 'SELECT @@GLOBAL.max_prepared_stmt_count AS n' )[0]['n'];
asq_test_query( 'SET GLOBAL max_prepared_stmt_count=0' );
$wrong = $ask();
asq_test_query( "SET GLOBAL max_prepared_stmt_count=$before" );
var_dump( $wrong, $kept() );
/* One refusal is enough for a connection. */
var_dump( $ask(), $kept() );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
int(0)
int(8)
bool(true)
int(0)
int(0)
int(0)
int(0)
