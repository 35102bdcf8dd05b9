--TEST--
A question is prepared when it is asked for the third time, and executed from then on; other values are the same question
--SKIPIF--
<?php
require __DIR__ . '/../helpers/skipif.inc';
if ( ! extension_loaded( 'pcntl' ) || ! extension_loaded( 'posix' ) ) {
	die( 'skip build: pcntl and posix are not loaded' );
}
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

require __DIR__ . '/fork.inc';
ini_set( 'asq.user', asq_test_account( 'ALL PRIVILEGES' ) );
as_enqueue_async_action( 'h', array( 3 ), 'g' );
$command = static function ( mysqli $db ): ?string {
	$sql = "SELECT command FROM information_schema.processlist WHERE command IN ('Query', 'Execute') AND user = '" . asq_test_account_name() . "'";
	return $db->query( $sql )->fetch_row()[0] ?? null;
};
for ( $i = 1; $i <= 4; $i++ ) {
	list( $here, $there ) = asq_pair();
	$pid = asq_fork(
		static function () use ( $there, $command ) {
			$db = asq_other_db();
			$db->query( asq_sql( 'LOCK TABLES {actions} WRITE' ) );
			fwrite( $there, "locked\n" );
			asq_must(
				'the question',
				static function () use ( $db, $command, &$seen ) {
					$seen = $command( $db );
					return null !== $seen;
				}
			);
			fwrite( $there, "$seen\n" );
			$db->query( 'UNLOCK TABLES' );
		}
	);
	fgets( $here );
	$found = as_has_scheduled_action( 'h', array( $i ), 'g' );
	asq_join( array( $pid ) );
	echo "$i: ", trim( fgets( $here ) ), ', ', var_export( $found, true ), "\n";
}
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
1: Query, false
2: Query, false
3: Execute, true
4: Execute, false
