--TEST--
The pool's claims find rows that come late, and pairs of priority and attempts that are new; when to claim again
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
require __DIR__ . '/claims.inc';

function claimed( array $rows ): string {
	return implode( ' ', array_column( $rows, 0 ) ) ?: 'none';
}

asq_claims_tables();
for ( $i = 0; $i < 5; $i++ ) {
	asq_claims_action( 1000 - $i );
}
$claims = new Asq\Native\Claims();
echo 'two: ', claimed( $claims->claim( 1, 2 ) ), "\n";
$late = asq_claims_action( 5000 );
$claims->look();
echo 'asked to look: ', $late, ' of ', claimed( $claims->claim( 1, 2 ) ), "\n";
echo 'the rest: ', claimed( $claims->claim( 1, 10 ) ), "\n";

/* Idle: all that is due is found, wherever it is. */
echo 'nothing: ', claimed( $claims->claim( 1, 10 ) ), "\n";
foreach ( array( array( 0 ), array( 5000 ), array( 100, 5 ), array( 100, 10, 3 ), array( 100, 255, 1 ), array( 100, 0 ), array( -100, 1 ) ) as $kind ) {
	$id   = asq_claims_action( ...$kind );
	/* A look takes its share of the time only. */
	$until = microtime( true ) + ( $kind[0] < 0 ? 0.5 : 60 );
	do {
		$rows = $claims->claim( 1, 10 );
	} while ( ! $rows && ! usleep( 20000 ) && microtime( true ) < $until );
	echo json_encode( $kind ), ': ', $rows && (int) $rows[0][0] === $id ? 'found' : 'none', "\n";
}

/* Busy: within a second. */
asq_test_query( "INSERT INTO {actions} (hook, status, scheduled_date_gmt, args, schedule) SELECT 'many', 'pending', UTC_TIMESTAMP() - INTERVAL 100 SECOND, '[]', 's' FROM seq_1_to_20000" );
$claims->claim( 1, 10 );
$behind = asq_claims_action( 5000 );
$first  = asq_claims_action( 0, 2 );
$seen   = array();
$until  = microtime( true ) + 60;
while ( microtime( true ) < $until && count( $seen ) < 2 ) {
	usleep( 20000 );
	$seen = array_merge( $seen, array_intersect( array_column( $claims->claim( 1, 10 ), 0 ), array( $behind, $first ) ) );
}
echo 'while many are due: ', $seen === array( (string) $first, (string) $behind ) ? 'found' : json_encode( $seen ), "\n";

echo "Next\n";
asq_claims_tables();
$claims = new Asq\Native\Claims();
$now    = gmdate( 'Y-m-d H:i:s' );
$ago    = static fn( int $seconds ) => gmdate( 'Y-m-d H:i:s', time() - $seconds );
var_dump( $claims->next_due( $now ), $claims->next_due() );
asq_claims_action( -5000 );
asq_claims_action( -1000, 200, 3, 'a', 7 );
asq_test_query( "UPDATE {actions} SET scheduled_date_gmt='2100-01-01 00:00:00' WHERE hook='a'" );
asq_test_query( "UPDATE {actions} SET scheduled_date_gmt='2100-01-02 00:00:00' WHERE hook='h'" );
var_dump( $claims->next_due( $now ), $claims->next_due() );
var_dump( ( new Asq\Native\Claims( array( 'hooks' => array( 'h' ) ) ) )->next_due( $now ) );
var_dump( ( new Asq\Native\Claims( array( 'group_ids' => array( 7 ) ) ) )->next_due( $now ) );
foreach ( array( "'hook', 'a'", "'all', ''" ) as $pause ) {
	asq_test_query( "INSERT INTO {asq_pauses} VALUES ($pause, UTC_TIMESTAMP())" );
	var_dump( $claims->next_due( $now ) );
}
asq_test_query( 'DELETE FROM {asq_pauses}' );
/* Due, and seen by it. */
asq_test_query( "UPDATE {actions} SET scheduled_date_gmt='2001-01-01 00:00:00' WHERE hook='h'" );
var_dump( $claims->next_due( $now ) );
/* A thousand that may not be claimed: not later than what comes after them. */
asq_test_query( "UPDATE {actions} SET scheduled_date_gmt='2100-01-03 00:00:00' WHERE hook='h'" );
asq_test_query( "INSERT INTO {actions} (hook, status, scheduled_date_gmt, args, schedule) SELECT 'many', 'pending', '2100-01-01 00:00:00' + INTERVAL seq SECOND, '[]', 's' FROM seq_1_to_3000" );
var_dump( ( new Asq\Native\Claims( array( 'hooks' => array( 'h' ) ) ) )->next_due( $now ) );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
two: 1 2
asked to look: 6 of 6 3
the rest: 4 5
nothing: none
[0]: found
[5000]: found
[100,5]: found
[100,10,3]: found
[100,255,1]: found
[100,0]: found
[-100,1]: none
while many are due: found
Next
NULL
NULL
string(19) "2100-01-01 00:00:00"
string(19) "2100-01-01 00:00:00"
string(19) "2100-01-02 00:00:00"
string(19) "2100-01-01 00:00:00"
string(19) "2100-01-02 00:00:00"
NULL
string(19) "2001-01-01 00:00:00"
string(19) "2100-01-01 00:16:39"
