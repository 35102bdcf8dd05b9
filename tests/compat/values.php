<?php
/**
 * What the cases in cases/ share: values of every odd kind, a queue with something of everything, and a way to have
 * no hook traced.
 */
final class Odd_Stringable { public function __construct( private $s ) {} public function __toString(): string { return $this->s; } }
final class Odd_Json implements JsonSerializable { public function __construct( private $v ) {} public function jsonSerialize(): mixed { if ( $this->v instanceof Throwable ) { throw $this->v; } return $this->v; } }
/** Odd values, by label. */
function odd_values( array $skip = array() ): array {
	$odd = array(
		'null' => null, 'true' => true, 'false' => false, 'int 0' => 0, 'int 1' => 1, 'int -1' => -1, 'int 7' => 7,
		'max' => PHP_INT_MAX, 'min' => PHP_INT_MIN,
		'zero string' => '0', 'one string' => '1', 'empty' => '', 'abc' => 'abc', '5x' => '5x', 'sp 5' => ' 5', '5 sp' => '5 ', '1e1' => '1e1', '0x1' => '0x1', '-1 string' => '-1', '1.5 string' => '1.5', '+3' => '+3',
		'1.5' => 1.5, '1.0' => 1.0, '1e20' => 1e20, 'neg float' => -0.5,
		'huge string' => '99999999999999999999',
		'empty array' => array(), 'array' => array( 'h' ), 'assoc' => array( 'k' => 'v' ), 'array of null' => array( null ), 'array of arrays' => array( array( 'h' ) ), 'array of ints' => array( 1, 2 ), 'array mixed' => array( 'h', null, 3, true, 1.5 ),
		'stdClass' => new stdClass(), 'stringable' => new Odd_Stringable( 'h' ), 'stringable 1' => new Odd_Stringable( '1' ), 'closure' => fn() => 'h', 'resource' => STDERR,
		'percent' => '100% %s', 'quote' => "it's \"x\" \\ `b`", 'bad utf8' => "h\xff", 'nul' => "h\0x", 'emoji' => 'h😀', 'long' => str_repeat( 'h', 300 ),
	);
	return array_diff_key( $odd, array_flip( $skip ) );
}
/** Actions of all kinds, in order of time and id. */
function seed_queue( $c ): array {
	$c->sql( 'DELETE FROM {actions}' );
	$ids   = array();
	$ids[] = as_schedule_single_action( $c->now - 1000, 'h', array( 'a' => 1 ), 'g' );
	$ids[] = as_schedule_single_action( $c->now - 900, 'h', array( 'a' => 'one', 'b' => true ), 'G2' );
	$ids[] = as_schedule_single_action( $c->now - 800, 'h%x_y', array( 1, 2 ) );
	$ids[] = as_schedule_single_action( $c->now - 700, 'i', array( 'a' => 1.5, 'n' => null ), 'g' );
	$ids[] = as_schedule_single_action( $c->now - 600, "it's", array( str_repeat( 'x', 300 ), 'a' => 1 ), "it's" );
	$ids[] = as_schedule_single_action( $c->now + 100, 'h', array(), '0' );
	$ids[] = as_schedule_single_action( $c->now + 200, '0', array( 'a' => array( 'b' => 2 ) ), 'g' );
	$ids[] = as_schedule_single_action( $c->now + 300, '1', array( 'k' => 'v' ) );
	$ids[] = as_schedule_recurring_action( $c->now + 400, 60, 'h', array( '%_\\' ), '1' );
	$c->set( $ids[1], array( 'status' => 'complete', 'claim_id' => '7', 'last_attempt_gmt' => $c->date( -300 ) ) );
	$c->set( $ids[3], array( 'status' => 'in-progress', 'claim_id' => '7', 'last_attempt_gmt' => $c->date( -200 ) ) );
	$c->set( $ids[4], array( 'status' => 'failed', 'claim_id' => '5', 'last_attempt_gmt' => $c->date( -100 ) ) );
	$c->set( $ids[6], array( 'status' => '0' ) );
	$c->set( $ids[7], array( 'status' => 'canceled', 'last_attempt_gmt' => $c->date( -50 ) ) );
	return $ids;
}
/** No listener to all hooks, as without the harness: the record then has the tables only. */
function stop_tracing(): void {
	remove_all_filters( 'all' );
}
