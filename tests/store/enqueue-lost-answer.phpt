--TEST--
An enqueue that is committed but whose answer is lost is stored once, and its id is known
--SKIPIF--
<?php
require __DIR__ . '/../helpers/skipif.inc';
if ( ! extension_loaded( 'pcntl' ) || ! extension_loaded( 'posix' ) ) {
	die( 'skip build: pcntl and posix are not loaded' );
}
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
require __DIR__ . '/../db/fork.inc';

/** Passes everything on; but for the answer to the first statements that have this in them, which nobody hears. */
function proxy_serve( $client, string $mark, bool $lose ): bool {
	$server = stream_socket_client( 'tcp://' . getenv( 'ASQ_TEST_HOST' ) . ':' . getenv( 'ASQ_TEST_PORT' ) );
	$lost   = false;
	for ( ;; ) {
		$read  = array( $client, $server );
		$write = $except = null;
		stream_select( $read, $write, $except, 30 );
		foreach ( $read as $from ) {
			$data = fread( $from, 1 << 20 );
			if ( '' === $data || false === $data ) {
				return $lost;
			}
			if ( $lose && $from === $client && strpos( $data, $mark ) ) {
				$lost = true;
			} elseif ( $lost && $from === $server ) {
				return true;
			}
			fwrite( $from === $client ? $server : $client, $data );
		}
	}
}

function proxied( string $mark, callable $call ) {
	$listening = stream_socket_server( 'tcp://127.0.0.1:0' );
	$pid       = asq_fork(
		static function () use ( $listening, $mark ) {
			$losses = 1;
			while ( $client = stream_socket_accept( $listening, 60 ) ) {
				$losses -= proxy_serve( $client, $mark, $losses > 0 ) ? 1 : 0;
				fclose( $client );
			}
		}
	);
	ini_set( 'asq.host', stream_socket_get_name( $listening, false ) );
	$result = $call();
	ini_set( 'asq.host', getenv( 'ASQ_TEST_HOST' ) . ':' . getenv( 'ASQ_TEST_PORT' ) );
	posix_kill( $pid, SIGKILL );
	asq_join( array( $pid ) );
	return $result;
}

asq_test_tables();
$first = as_enqueue_async_action( 'h', array( 'same' ), 'g' );
foreach ( array( array( 'same' ), array( 'other' ) ) as $args ) {
	$id = proxied( 'INSERT INTO', static fn() => as_enqueue_async_action( 'h', $args, 'g' ) );
	var_dump( $id > $first );
	asq_test_print( "SELECT COUNT(*), MAX(action_id)=$id FROM {actions} WHERE args='" . json_encode( $args ) . "'" );
}
$ids = proxied( 'INSERT INTO', static fn() => asq_enqueue_many( 'many', array_map( static fn( $n ) => array( $n ), range( 1, 700 ) ), 'g' ) );
var_dump( count( array_unique( $ids ) ) );
asq_test_print( 'SELECT COUNT(*), COUNT(DISTINCT args), MIN(action_id)=' . $ids[0] . ', MAX(action_id)=' . $ids[699] . " FROM {actions} WHERE hook='many'" );
asq_test_print( "SELECT COUNT(*), COUNT(DISTINCT action_id) FROM {logs}" );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
bool(true)
2 | 1
bool(true)
1 | 1
int(700)
700 | 700 | 1 | 1
703 | 703
