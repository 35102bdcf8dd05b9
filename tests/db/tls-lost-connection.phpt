--TEST--
Over TLS a lost connection is made anew, and an answer that is lost is looked for, as without it
--SKIPIF--
<?php
require __DIR__ . '/../helpers/skipif.inc';
if ( ! getenv( 'ASQ_TEST_CA' ) || 'YES' !== ( asq_test_db()->query( "SHOW VARIABLES LIKE 'have_ssl'" )->fetch_row()[1] ?? '' ) ) {
	die( 'skip the server has no TLS' );
}
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();
asq_test_query( 'CREATE TABLE {logs}_seen (id bigint PRIMARY KEY) ENGINE=MyISAM' );

$account = asq_test_account( 'ALL PRIVILEGES' );
asq_test_query( "ALTER USER $account@'%' REQUIRE SSL" );
$code = <<<'PHP'
$_SERVER['SCRIPT_FILENAME'] = getenv( 'ASQ_TEST_SCRIPT' ); // the tables are this test's
require dirname( getenv( 'ASQ_TEST_SCRIPT' ) ) . '/../helpers/db.inc';

/** Does that once, when the next action, or its log row, is inserted. */
function once( string $table, string $what ): void {
	asq_test_query( 'DELETE FROM {logs}_seen' );
	asq_test_query( 'DROP TRIGGER IF EXISTS {actions}_t' );
	asq_test_query( "CREATE DEFINER = " . asq_test_account_name() . "@'%' TRIGGER {actions}_t BEFORE INSERT ON {{$table}} FOR EACH ROW IF NOT EXISTS (SELECT * FROM {logs}_seen) THEN INSERT INTO {logs}_seen VALUES (1); $what; END IF" );
}

/** How many there are of a hook, each with its log row. */
function stored( string $hook ): void {
	echo $hook, ': ', asq_test_query( "SELECT COUNT(*) AS n FROM {actions} JOIN {logs} USING (action_id) WHERE hook = '$hook'" )[0]['n'], "\n";
}

as_enqueue_async_action( 'first' );
stored( 'first' );
asq_test_disconnect();
as_enqueue_async_action( 'connection ended' );
stored( 'connection ended' );
asq_test_disconnect();
var_dump( as_has_scheduled_action( 'first' ) );
foreach ( array( 'actions', 'logs' ) as $table ) {
	once( $table, 'KILL CONNECTION_ID()' );
	as_enqueue_async_action( "killed at $table" );
	stored( "killed at $table" );
	once( $table, 'DO SLEEP(4)' );
	as_enqueue_async_action( "too late at $table" );
	stored( "too late at $table" );
	once( $table, 'KILL CONNECTION_ID()' );
	asq_enqueue_many( "many killed at $table", array_fill( 0, 2600, array() ) );
	stored( "many killed at $table" );
}
PHP;
putenv( 'ASQ_TEST_SCRIPT=' . __FILE__ );
echo asq_test_child( $code, array( 'asq.user' => $account, 'asq.ssl_ca' => getenv( 'ASQ_TEST_CA' ), 'asq.timeout' => 2 ) + asq_test_settings() ), "\n";
--CLEAN--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_clean();
asq_test_query( 'DROP TABLE IF EXISTS {logs}_seen' );
--EXPECT--
first: 1
connection ended: 1
bool(true)
killed at actions: 1
too late at actions: 1
many killed at actions: 2600
killed at logs: 1
too late at logs: 1
many killed at logs: 2600
