--TEST--
The own link's session: no strict SQL mode, UTF-8, READ COMMITTED, commits at once
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--CONFLICTS--
all
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

/* A trigger tells what the session is like from inside. */
asq_test_query( 'CREATE TABLE {logs}_session (what varchar(64), value text)' );
asq_test_query(
	"CREATE TRIGGER {actions}_look BEFORE INSERT ON {actions} FOR EACH ROW INSERT INTO {logs}_session VALUES
	('client', @@SESSION.character_set_client), ('connection', @@SESSION.character_set_connection), ('results', @@SESSION.character_set_results),
	('isolation', @@SESSION.tx_isolation), ('autocommit', @@SESSION.autocommit)"
);
$modes = 'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,TRADITIONAL,ONLY_FULL_GROUP_BY,ANSI,NO_ENGINE_SUBSTITUTION';
$before = asq_test_query( 'SELECT @@GLOBAL.sql_mode AS m' )[0]['m'];
asq_test_query( "SET GLOBAL sql_mode='$modes'" );
try {
	/* What strict modes refuse: a hook too long is cut. */
	var_dump( as_enqueue_async_action( str_repeat( 'h', 200 ) ) );
} finally {
	asq_test_query( "SET GLOBAL sql_mode='$before'" );
}
asq_test_print( 'SELECT LENGTH(hook), last_attempt_gmt FROM {actions}' );
asq_test_print( 'SELECT * FROM {logs}_session' );
--CLEAN--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_clean();
asq_test_query( 'DROP TABLE IF EXISTS {logs}_session' );
--EXPECT--
int(1)
191 | 0000-00-00 00:00:00
client | utf8mb4
connection | utf8mb4
results | utf8mb4
isolation | READ-COMMITTED
autocommit | 1
