--TEST--
What is no cron expression is refused outside WordPress: one warning, and nothing is stored
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

set_error_handler(
	static function ( int $level, string $message ): bool {
		echo '  ', substr( $message, 0, 32 ), "\n";
		return true;
	}
);
$invalid = array( '* * * *', '* * * * * * *', 'word', '@never', 'a b c d e', '*/0 * * * *', '* * * * MON#6', '* * * * SUN#1', '* * ! * *',
	"* * * * \0", '* * 40W * *', '* * * * 9L', str_repeat( '1,', 5000 ) . '1 * * * *', array( '* * * * *' ), 5, 1.5, true, new stdClass() );
foreach ( $invalid as $expression ) {
	echo substr( json_encode( $expression, JSON_UNESCAPED_SLASHES ), 0, 30 ), "\n";
	if ( 0 !== as_schedule_cron_action( 1900000000, $expression, 'h' ) ) {
		echo "  stored\n";
	}
}
var_dump( as_count_scheduled_actions() );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
"* * * *"
  asq: The action was not stored: 
"* * * * * * *"
  asq: The action was not stored: 
"word"
  asq: The action was not stored: 
"@never"
  asq: The action was not stored: 
"a b c d e"
  asq: The action was not stored: 
"*/0 * * * *"
  asq: The action was not stored: 
"* * * * MON#6"
  asq: The action was not stored: 
"* * * * SUN#1"
  asq: The action was not stored: 
"* * ! * *"
  asq: The action was not stored: 
"* * * * \u0000"
  asq: The action was not stored: 
"* * 40W * *"
  asq: The action was not stored: 
"* * * * 9L"
  asq: The action was not stored: 
"1,1,1,1,1,1,1,1,1,1,1,1,1,1,1
  asq: The action was not stored: 
["* * * * *"]
  asq: The action was not stored: 
5
  asq: The action was not stored: 
1.5
  asq: The action was not stored: 
true
  asq: The action was not stored: 
{}
  asq: The action was not stored: 
int(0)
