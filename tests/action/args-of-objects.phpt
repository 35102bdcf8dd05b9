--TEST--
Objects in args: public properties, jsonSerialize(), enums, dates
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

enum Colour: string {
	case Blue = 'bl/ue';
}
class Plain {
	public $a = 1;
	protected $b = 2;
	private $c = 3;
}
class Money implements JsonSerializable {
	public function __construct( private array $value ) {
	}
	public function jsonSerialize(): mixed {
		return $this->value;
	}
}
as_enqueue_async_action( 'h', array( new Plain(), new Money( array( 'eur' => 1.5 ) ), Colour::Blue, new DateTime( '2030-01-01 UTC' ), new ArrayObject( array( 1 ) ) ) );
asq_test_print( 'SELECT args, extended_args FROM {actions}' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
[{"a":1},{"eur":1.5},"bl\/ue",{"date":"2030-01-01 00:00:00.000000","timezone_type":3,"timezone":"UTC"},{"0":1}] | NULL
