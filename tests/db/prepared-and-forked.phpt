--TEST--
A child of a process with prepared questions asks by a connection of its own, and the parent's stay as they are
--SKIPIF--
<?php
require __DIR__ . '/../helpers/skipif.inc';
if ( ! extension_loaded( 'pcntl' ) || ! extension_loaded( 'posix' ) ) {
	die( 'skip build: pcntl and posix are not loaded' );
}
--CONFLICTS--
all
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
require __DIR__ . '/fork.inc';
asq_test_tables();

/* The processes have no other connection, and end with PHP's own shutdown. */
as_enqueue_async_action( 'h', array( 1 ), 'g' );
asq_test_account( 'ALL PRIVILEGES' );
$code = <<<'PHP'
function ask() {
	for ( $i = 0; $i < 4; $i++ ) {
		$answers[] = (int) as_has_scheduled_action( 'h', array( 1 ), 'g' ) . (int) as_has_scheduled_action( 'h', array( 2 ), 'g' );
	}
	return implode( ' ', $answers );
}
echo ask(), "\n";
for ( $uses = 1; $uses >= 0; $uses-- ) {
	$pid = pcntl_fork();
	if ( ! $pid ) {
		exit( $uses && '10 10 10 10' !== ask() ? 1 : 7 );
	}
	$here = ask();
	pcntl_waitpid( $pid, $status );
	echo pcntl_wexitstatus( $status ), ' ', $here, "\n";
	echo ask(), "\n";
}
PHP;
$count  = static fn() => (int) asq_test_query( "SHOW GLOBAL STATUS LIKE 'Prepared_stmt_count'" )[0]['Value'];
$made = static fn() => (int) asq_test_query( "SHOW GLOBAL STATUS LIKE 'Com_stmt_prepare'" )[0]['Value'];
$before = $made();
echo asq_test_child( $code, array( 'asq.user' => asq_test_account_name() ) + asq_test_settings() ), "\n";
/* One by the parent, one by the child that asked; none is left. */
var_dump( $made() - $before );
var_dump( asq_until( static fn() => 0 === $count() ) );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
10 10 10 10
7 10 10 10 10
10 10 10 10
7 10 10 10 10
10 10 10 10
int(2)
bool(true)
