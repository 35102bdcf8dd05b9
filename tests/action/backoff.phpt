--TEST--
A backoff grows as it says, never beyond its cap, and jitter stays within its share
--FILE--
<?php
foreach ( array( 'exponential', 'linear', 'fixed' ) as $backoff ) {
	$policy = array( 'backoff' => $backoff, 'base' => 60, 'cap' => 3600 );
	echo $backoff, ': ', implode( ' ', array_map( static fn( $n ) => asq_retry_delay( $policy, $n, false ), array( 1, 2, 3, 4, 6, 7, 60, 61, 62, 63, 64, 65, 1000, PHP_INT_MAX ) ) ), "\n";
}
echo 'no base: ', asq_retry_delay( array( 'base' => 0 ), 500, false ), "\n";
echo 'defaults: ', asq_retry_delay( array(), 1, false ), ' ', asq_retry_delay( array(), 100, false ), "\n";

// Properties, of policies by chance.
mt_srand( 7 );
$wrong = array();
for ( $i = 0; $i < 5000; $i++ ) {
	$base   = mt_rand( 0, 1 ) ? mt_rand( 0, 100 ) : mt_rand( 0, 31536000 );
	$policy = array(
		'backoff' => array( 'exponential', 'linear', 'fixed' )[ mt_rand( 0, 2 ) ],
		'base'    => $base,
		'cap'     => mt_rand( $base, 31536000 ),
		'jitter'  => mt_rand( 0, 100 ) / 100,
	);
	$n      = mt_rand( 0, 1 ) ? mt_rand( 1, 70 ) : mt_rand( 1, PHP_INT_MAX );
	$plain  = asq_retry_delay( $policy, $n, false );
	$next   = asq_retry_delay( $policy, $n < PHP_INT_MAX ? $n + 1 : $n, false );
	$jitter = asq_retry_delay( $policy, $n );
	$least  = floor( $plain * ( 1 - $policy['jitter'] ) );
	$most   = min( $policy['cap'], ceil( $plain * ( 1 + $policy['jitter'] ) ) );
	if ( $plain < min( $base, $policy['cap'] ) || $plain > $policy['cap'] || $next < $plain || $jitter < $least || $jitter > $most ) {
		$wrong[] = compact( 'policy', 'n', 'plain', 'next', 'jitter' );
	}
}
var_dump( $wrong );

// Jitter spreads, also at the cap.
foreach ( array( 1, 9 ) as $n ) {
	$seen = array();
	for ( $i = 0; $i < 300; $i++ ) {
		$seen[ asq_retry_delay( array( 'base' => 1000, 'cap' => 4000, 'jitter' => 0.1 ), $n ) ] = true;
	}
	echo count( $seen ) > 50 ? 'spread' : 'not spread', "\n";
}
foreach ( array( 0, -1 ) as $n ) {
	try {
		asq_retry_delay( array(), $n );
	} catch ( ValueError $e ) {
		echo $e->getMessage(), "\n";
	}
}
?>
--EXPECT--
exponential: 60 120 240 480 1920 3600 3600 3600 3600 3600 3600 3600 3600 3600
linear: 60 120 180 240 360 420 3600 3600 3600 3600 3600 3600 3600 3600
fixed: 60 60 60 60 60 60 60 60 60 60 60 60 60 60
no base: 0
defaults: 60 3600
array(0) {
}
spread
spread
asq_retry_delay(): Argument #2 ($attempt) must be 1 or more
asq_retry_delay(): Argument #2 ($attempt) must be 1 or more
