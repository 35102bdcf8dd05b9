--TEST--
A purge forgets what was remembered of retries, too: of actions that are gone or ended an hour ago, and of no others
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
require __DIR__ . '/purge.inc';
asq_test_tables();

echo 'without the table: ', asq_purge()['actions'], "\n";
Asq\Native\own_tables();
$hour = 1 / 24;
asq_purge_rows(
	array(
		array( 'complete', 40, 0 ),          // deleted by this very purge
		array( 'complete', 2 * $hour, 0 ),
		array( 'failed', 2 * $hour, 0 ),
		array( 'canceled', 2 * $hour, 0 ),
		array( 'complete', $hour / 2, 0 ),
		array( 'pending', 40, 0 ),
		array( 'in-progress', 40, 0 ),
	)
);
$remember = static function ( int $most ) {
	asq_test_query( 'TRUNCATE {asq_retries}' );
	asq_test_query( 'INSERT INTO {asq_retries} (action_id) VALUES (' . implode( '), (', range( 1, $most ) ) . ')' );
};
$left = static function ( string $what ) {
	echo "$what: ", implode( ' ', array_column( asq_test_query( 'SELECT action_id FROM {asq_retries} ORDER BY action_id' ), 'action_id' ) ), "\n";
};
$remember( 9 );
asq_purge( array( 'dry_run' => true ) );
$left( 'a dry run' );
asq_purge();
$left( 'all' );

/* More than one batch; those that stay lie between. */
$remember( 3000 );
asq_purge( array( 'pause' => 0 ) );
$left( 'many' );

/* As a worker purges: it has just looked, then it has not. */
$remember( 9 );
asq_purge( array( 'orphans' => false ) );
$left( 'of actions only, soon after' );
echo 'of actions only, by a new process: ', asq_test_child( "echo asq_purge( array( 'orphans' => false ) )['actions'];", asq_test_settings() ), "\n";
$left( 'and then' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
without the table: 0
a dry run: 1 2 3 4 5 6 7 8 9
all: 5 6 7
many: 5 6 7
of actions only, soon after: 1 2 3 4 5 6 7 8 9
of actions only, by a new process: 0
and then: 5 6 7
