--TEST--
A retry policy is checked when it is given, and what is wrong is said
--FILE--
<?php
function tell( callable $do ) {
	try {
		$do();
		echo "accepted\n";
	} catch ( Throwable $e ) {
		echo get_class( $e ), ': ', preg_replace( '/^asq_retry_policy\(\): Argument #2 \(\$policy\) /', '', $e->getMessage() ), "\n";
	}
}
foreach (
	array(
		array( 'max_attempts' => 0 ), array( 'max_attempts' => 1001 ), array( 'max_attempts' => '5' ), array( 'max_attempts' => 2.0 ), array( 'max_attempts' => array() ),
		array( 'backoff' => 'quadratic' ), array( 'backoff' => 1 ), array( 'backoff' => "fixed\0" ),
		array( 'base' => -1 ), array( 'base' => PHP_INT_MAX ), array( 'base' => '60' ), array( 'cap' => 10 ), array( 'base' => 100, 'cap' => 99 ), array( 'cap' => 31536001 ),
		array( 'jitter' => 1.01 ), array( 'jitter' => -0.1 ), array( 'jitter' => NAN ), array( 'jitter' => INF ), array( 'jitter' => '0.1' ),
		array( 'delay' => 'no_such_function' ), array( 'delay' => 5 ), array( 'timeout' => -1 ), array( 'timeout' => 86401 ), array( 'timeout' => 1.5 ),
		array( 'on_crash' => 'explode' ), array( 'on_crash' => true ), array( 'retry_on' => 'RuntimeException' ), array( 'retry_on' => array( 5 ) ),
		array( 'retry_on' => array( '' ) ), array( 'give_up_on' => array( "A'; DROP TABLE x; --" ) ), array( 'give_up_on' => array( '9Lives' ) ), array( 'give_up_on' => array_fill( 0, 101, 'A' ) ),
		array( 'max_attemps' => 5 ), array( 5 ), array( "' OR 1=1 --" => 1 ), 
		array(), array( 'max_attempts' => null ), array( 'jitter' => 1 ), array( 'base' => 7200 ), array( 'delay' => static fn() => 1 ), array( 'retry_on' => array( '\NotYet\Known', 'RuntimeException' ) ),
	) as $policy
) {
	tell( static fn() => asq_retry_policy( 'hook', $policy ) );
}
tell( static fn() => asq_retry_policy( '', array() ) );
tell( static fn() => asq_retry_policy( 'x', array(), 'queue' ) );
tell( static fn() => asq_retry_policy( 'x', 'often' ) );
tell( static fn() => asq_retry_policy_for_action( 0, array() ) );
tell( static fn() => asq_retry_policy_for_action( 1, array( 'delay' => static fn() => 1 ) ) );
tell( static fn() => asq_retry_policy_for_action( 1, array( 'retry_on' => array( "A\xff" ) ) ) );
tell( static fn() => asq_retry_policy_for_action( 1, array() ) );

echo "-- which one\n";
asq_retry_policy( 'hook', array( 'max_attempts' => 2 ) );
asq_retry_policy( 'group', array( 'max_attempts' => 3 ), 'group' );
asq_retry_policy( '7', array( 'max_attempts' => 7 ) );
foreach ( array( array( 'hook', 'group' ), array( 'other', 'group' ), array( 'group' ), array( 'other' ), array( '7' ), array( 'HOOK' ) ) as $of ) {
	echo implode( ', ', $of ), ': ', asq_get_retry_policy( ...$of )['max_attempts'] ?? 'none', "\n";
}
asq_retry_policy( 'hook', null );
echo asq_get_retry_policy( 'hook', 'group' )['max_attempts'], "\n";
echo json_encode( asq_get_retry_policy( 'hook', 'group' ) ), "\n";

// Whatever comes, it is a ValueError or accepted, and the process lives.
mt_srand( 3 );
$keys   = array( 'max_attempts', 'backoff', 'base', 'cap', 'jitter', 'delay', 'timeout', 'on_crash', 'retry_on', 'give_up_on', "x\0y", '', 'é' );
$values = array( null, true, -1, 0, 5, PHP_INT_MAX, PHP_INT_MIN, 0.5, NAN, '', 'fixed', "\xff\xfe", str_repeat( 'a', 70000 ), array(), array( array() ), array( 'A' ), new stdClass(), 'strlen', array( 'DateTime', 'createFromFormat' ) );
for ( $i = $bad = $good = 0; $i < 20000; $i++ ) {
	$policy = array();
	for ( $n = mt_rand( 0, 3 ); $n > 0; $n-- ) {
		$policy[ $keys[ mt_rand( 0, count( $keys ) - 1 ) ] ] = $values[ mt_rand( 0, count( $values ) - 1 ) ];
	}
	try {
		asq_retry_policy( 'fuzz', $policy );
		++$good;
	} catch ( ValueError $e ) {
		++$bad;
	}
}
echo $good > 100 && $bad > 100 ? "done\n" : "$good $bad\n";
?>
--EXPECT--
ValueError: must have a whole number from 1 to 1000 as "max_attempts"
ValueError: must have a whole number from 1 to 1000 as "max_attempts"
ValueError: must have a whole number from 1 to 1000 as "max_attempts"
ValueError: must have a whole number from 1 to 1000 as "max_attempts"
ValueError: must have a whole number from 1 to 1000 as "max_attempts"
ValueError: must have one of "exponential", "linear", "fixed" as "backoff"
ValueError: must have one of "exponential", "linear", "fixed" as "backoff"
ValueError: must have one of "exponential", "linear", "fixed" as "backoff"
ValueError: must have a whole number from 0 to 31536000 as "base"
ValueError: must have a whole number from 0 to 31536000 as "base"
ValueError: must have a whole number from 0 to 31536000 as "base"
ValueError: must have a "cap" that is not less than its "base" (which is 60 where it is not given)
ValueError: must have a "cap" that is not less than its "base" (which is 60 where it is not given)
ValueError: must have a whole number from 0 to 31536000 as "cap"
ValueError: must have a number from 0 to 1 as "jitter"
ValueError: must have a number from 0 to 1 as "jitter"
ValueError: must have a number from 0 to 1 as "jitter"
ValueError: must have a number from 0 to 1 as "jitter"
ValueError: must have a number from 0 to 1 as "jitter"
ValueError: must have a callable as "delay"
ValueError: must have a callable as "delay"
ValueError: must have a whole number from 0 to 86400 as "timeout"
ValueError: must have a whole number from 0 to 86400 as "timeout"
ValueError: must have a whole number from 0 to 86400 as "timeout"
ValueError: must have one of "fail", "retry" as "on_crash"
ValueError: must have one of "fail", "retry" as "on_crash"
ValueError: must have a list of at most 100 names of classes as "retry_on"
ValueError: must have a list of at most 100 names of classes as "retry_on"
ValueError: must have a list of at most 100 names of classes as "retry_on"
ValueError: must have a list of at most 100 names of classes as "give_up_on"
ValueError: must have a list of at most 100 names of classes as "give_up_on"
ValueError: must have a list of at most 100 names of classes as "give_up_on"
ValueError: must have no key "max_attemps"; allowed are max_attempts, backoff, base, cap, jitter, delay, timeout, on_crash, retry_on, give_up_on
ValueError: must have no key that is a number; allowed are max_attempts, backoff, base, cap, jitter, delay, timeout, on_crash, retry_on, give_up_on
ValueError: must have no key "' OR 1=1 --"; allowed are max_attempts, backoff, base, cap, jitter, delay, timeout, on_crash, retry_on, give_up_on
accepted
accepted
accepted
accepted
accepted
accepted
ValueError: asq_retry_policy(): Argument #1 ($name) must be the name of a hook
ValueError: asq_retry_policy(): Argument #3 ($kind) must be "hook" or "group"
TypeError: must be of type ?array, string given
ValueError: asq_retry_policy_for_action(): Argument #1 ($action_id) must be the id of an action
ValueError: asq_retry_policy_for_action(): Argument #2 ($policy) must have the name of a function or of a static method as "delay": a policy that is stored with an action can hold no objects
ValueError: asq_retry_policy_for_action(): Argument #2 ($policy) must have names in "retry_on", "give_up_on" and "delay" that are UTF-8, and shorter than 60000 bytes in all
RuntimeException: asq_retry_policy_for_action(): policies of single actions need WordPress: load it first.
-- which one
hook, group: 2
other, group: 3
group: none
other: none
7: 7
HOOK: none
3
{"max_attempts":3,"backoff":"exponential","base":60,"cap":3600,"jitter":0.1,"delay":null,"timeout":0,"on_crash":"fail","retry_on":[],"give_up_on":[]}
done
