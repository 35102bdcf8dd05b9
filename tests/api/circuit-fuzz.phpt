--TEST--
Circuits by chance, of any name and any options, behave as a model of them does
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

mt_srand( 20261122 );
$names = array( "'; DROP TABLE x; --", '`', '\\', "\0", 'a', 'A', 'ä🎉', '%', "a\n", str_repeat( 'x', 191 ) );
$bad   = 0;
foreach ( $names as $name ) {
	$threshold = mt_rand( 1, 4 );
	$needed    = mt_rand( 1, 3 );
	$c         = asq_circuit( $name, array( 'threshold' => $threshold, 'success_threshold' => $needed, 'cooldown' => 3600, 'window' => 3600, 'cache' => 0 ) );
	$hex       = bin2hex( $name );
	$state     = 'closed';
	$failures  = $successes = 0;
	for ( $i = 0; $i < 60; $i++ ) {
		$refused = false;
		$op      = array( 'fail', 'fail', 'succeed', 'succeed', 'ignore', 'reset', 'trip', 'cool', 'cool', 'peek' )[ mt_rand( 0, 9 ) ];
		switch ( $op ) {
			case 'reset':
				$bad      += $c->reset() !== ( 'closed' !== $state );
				$state     = 'closed';
				$failures  = 0;
				break;
			case 'trip':
				$bad  += $c->trip() !== ( 'open' !== $state && 'ready' !== $state );
				$state = 'open';
				break;
			case 'cool':
				asq_test_query( "UPDATE {asq_circuits} SET until_gmt = UTC_TIMESTAMP(3) WHERE name = x'$hex' AND state = 'open'" );
				$state = 'open' === $state ? 'ready' : $state;
				break;
			case 'peek':
				break;
			default:
				try {
					$c->call( static function () use ( $op ) {
						if ( 'fail' === $op ) {
							throw new Exception();
						}
						if ( 'ignore' === $op ) {
							throw new Asq\ConflictException();
						}
					} );
				} catch ( Asq\CircuitOpenException $e ) {
					$refused = true;
				} catch ( Exception $e ) {
				}
				$bad += $refused !== ( 'open' === $state );
				if ( 'ready' === $state ) {
					$state     = 'half';
					$successes = 0;
				}
				if ( 'closed' === $state && 'fail' === $op && ++$failures >= $threshold ) {
					$state = 'open';
				} elseif ( 'half' === $state && 'fail' === $op ) {
					$state = 'open';
				} elseif ( 'half' === $state && 'succeed' === $op && ++$successes >= $needed ) {
					$state    = 'closed';
					$failures = 0;
				}
		}
		$said = $c->state();
		if ( $said !== array( 'closed' => 'closed', 'open' => 'open', 'ready' => 'half-open', 'half' => 'half-open' )[ $state ] ) {
			echo "$i: after $op ", json_encode( $name ), " is $said, not $state\n";
			break;
		}
	}
}
/* Options of any kind: nothing but the errors that are promised. */
$values = array( null, true, 0, -1, 1, 1e308, -0.0, NAN, '', "\xff", 'time', array(), array( array() ), (object) array(), static fn() => 1, PHP_INT_MIN, "5'" );
foreach ( array( 'threshold', 'window', 'cooldown', 'success_threshold', 'lease', 'cache', 'counts', "\0" ) as $option ) {
	foreach ( $values as $value ) {
		try {
			asq_circuit( 'options', array( $option => $value ) )->call( static fn() => 1 );
		} catch ( ValueError | TypeError $e ) {
		} catch ( ArgumentCountError $e ) {
		}
	}
}
for ( $i = 0; $i < 300; $i++ ) {
	try {
		$name = random_bytes( mt_rand( 1, 8 ) );
		asq_circuit( $name )->state();
		$bad += ! mb_check( $name );
	} catch ( ValueError $e ) {
		$bad += '' !== $name && mb_check( $name );
	}
}
function mb_check( string $name ): bool {
	return (bool) preg_match( '//u', $name );
}
echo $bad, " bad\n";
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
0 bad
