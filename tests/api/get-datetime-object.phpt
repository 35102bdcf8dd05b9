--TEST--
as_get_datetime_object() takes a timestamp, a date, a DateTime's clock reading, or nothing for now
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
$show = static function ( ...$arguments ) {
	$date = as_get_datetime_object( ...$arguments );
	echo get_class( $date ), ' ', $date->format( 'Y-m-d H:i:s e' ), "\n";
};
$show( 1900000000 );
$show( '1900000000' );
$show( '2030-03-17 17:46:40' );
$show( '2030-03-17 17:46:40', 'America/New_York' );
$show( new DateTime( '2030-03-17 17:46:40', new DateTimeZone( 'Asia/Tokyo' ) ) );
var_dump( abs( as_get_datetime_object()->getTimestamp() - time() ) < 60, abs( as_get_datetime_object( null )->getTimestamp() - time() ) < 60 );
foreach ( array( array( 'no date' ), array( 'now', 'No/Where' ) ) as $arguments ) {
	try {
		as_get_datetime_object( ...$arguments );
	} catch ( Exception $e ) {
		echo get_class( $e ), "\n";
	}
}
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECTF--
DateTime 2030-03-17 17:46:40 +00:00
DateTime 2030-03-17 17:46:40 +00:00
DateTime 2030-03-17 17:46:40 UTC
DateTime 2030-03-17 17:46:40 America/New_York
DateTime 2030-03-17 17:46:40 UTC
bool(true)
bool(true)
%SException
%SException
