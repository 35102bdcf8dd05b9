--TEST--
A claim whose commit goes through but whose answer is lost: its rows are handed out all the same, once
--SKIPIF--
<?php
require __DIR__ . '/../helpers/skipif.inc';
if ( ! extension_loaded( 'pcntl' ) || ! extension_loaded( 'posix' ) ) {
	die( 'skip build: pcntl and posix are not loaded' );
}
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
require __DIR__ . '/claims.inc';
require __DIR__ . '/../db/fork.inc';

/** Passes everything on between a client and the server; but for what a commit of claims is answered if that is to be lost. */
function proxy_serve( $client, bool $lose ): bool {
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
			if ( $lose && $from === $client && strpos( $data, 'SET claim_id=' ) ) {
				$lost = true;
			} elseif ( $lost ) {
				/* The answer: nobody hears it. */
				return true;
			}
			fwrite( $from === $client ? $server : $client, $data );
		}
	}
}

/** Listens; loses the answers of so many commits. */
function proxy( $listening, int $losses ): void {
	while ( $client = stream_socket_accept( $listening, 60 ) ) {
		$losses -= proxy_serve( $client, $losses > 0 ) ? 1 : 0;
		fclose( $client );
	}
}

foreach ( array( 1, 3 ) as $losses ) {
	asq_claims_tables();
	for ( $i = 0; $i < 30; $i++ ) {
		asq_claims_action( 1000 - $i );
	}
	$listening = stream_socket_server( 'tcp://127.0.0.1:0' );
	$pid       = asq_fork( static fn() => proxy( $listening, $losses ) );
	ini_set( 'asq.host', stream_socket_get_name( $listening, false ) );
	$claims = new Asq\Native\Claims();
	$ids    = array();
	$errors = 0;
	for ( $i = 0; $i < 12; $i++ ) {
		try {
			array_push( $ids, ...array_column( $claims->claim( 5, 10 ), 0 ) );
		} catch ( RuntimeException $e ) {
			$errors++;
		}
	}
	echo "$losses lost: ", count( $ids ), ' claimed, ', count( array_unique( $ids ) ), ' of them once, ', $errors ? 'errors' : 'no error', "\n";
	asq_test_print( 'SELECT COUNT(*), MIN(claim_id), MAX(claim_id) FROM {actions}' );
	asq_test_configure();
	posix_kill( $pid, SIGKILL );
	asq_join( array( $pid ) );
	fclose( $listening );
}
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
1 lost: 30 claimed, 30 of them once, no error
30 | 5 | 5
3 lost: 30 claimed, 30 of them once, no error
30 | 5 | 5
