#!/usr/bin/env bash
# Two sites of one host whose databases and prefixes have the same names, on two servers: what a dead supervisor of the one
# has left behind is not for the other's to take over.
. "$(dirname "$0")/lib.sh"

mu_plugin two_servers <<'PHP'
add_action( 'e2e_two', static function () {
	file_put_contents( getenv( 'E2E_SEEN' ), "begin\n", FILE_APPEND );
	for ( $until = microtime( true ) + 600; ! file_exists( getenv( 'E2E_SEEN' ) . '.go' ); usleep( 20000 ) ) {
		if ( microtime( true ) > $until ) {
			throw new RuntimeException( 'nobody let it go' );
		}
	}
	file_put_contents( getenv( 'E2E_SEEN' ), "end\n", FILE_APPEND );
} );
PHP
export E2E_SEEN=$RUN/seen
: >"$E2E_SEEN"

begun() {
	(($(grep -c begin "$E2E_SEEN") >= $1))
}

ended() {
	(($(rows "SELECT COUNT(*) FROM {actions} WHERE hook = 'e2e_two' AND status IN ('pending', 'in-progress')") == 0))
}

succeeds 'the pool makes its tables' "$WP" action-scheduler work --workers=1 --drain --quiet
first=$MARIADB_SOCKET port=$MARIADB_PORT
cp -r "$SITE" "$RUN/other"
mariadb_start "$RUN/second" >/dev/null
sql -e 'CREATE DATABASE asq_site'
# Not by mariadb-dump: that is in a package of its own, which nothing else here needs.
"$PHP" -- "$first" "$MARIADB_SOCKET" <<'PHP'
<?php
$from = new mysqli( 'localhost', 'root', '', 'asq_site', 0, $argv[1] );
$to   = new mysqli( 'localhost', 'root', '', 'asq_site', 0, $argv[2] );
foreach ( array( $from, $to ) as $db ) {
	$db->set_charset( 'utf8mb4' );
	$db->query( "SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'" );
}
foreach ( $from->query( 'SHOW TABLES' )->fetch_all() as list( $table ) ) {
	$to->query( $from->query( "SHOW CREATE TABLE $table" )->fetch_row()[1] );
	foreach ( $from->query( "SELECT * FROM $table" ) as $row ) {
		$values = array_map( static fn( $value ) => null === $value ? 'NULL' : "'" . $to->real_escape_string( $value ) . "'", $row );
		$to->query( "INSERT INTO $table VALUES (" . implode( ',', $values ) . ')' );
	}
}
PHP
mariadb_user asq_site 'ALL PRIVILEGES' 'asq_site.*'
sed -i "s|127.0.0.1:$port|127.0.0.1:$MARIADB_PORT|" "$RUN/other/wp-config.php"
MARIADB_SOCKET=$first

site_php <<'PHP'
for ( $i = 0; $i < 4; $i++ ) {
	as_enqueue_async_action( 'e2e_two', array( $i ) ) || exit( 1 );
}
PHP
spawn "$RUN/a.log" "$WP" action-scheduler work --workers=2
supervisor=$SPAWNED LOOK=$RUN/a.log
comes 'the first two are running' begun 2
kill -9 "$supervisor"

spawn "$RUN/b.log" "$WP" --path="$RUN/other" action-scheduler work --workers=1
at_exit stop "$SPAWNED"
LOOK=$RUN/b.log
comes "the other site's pool is there" grep -q 'workers for' "$RUN/b.log"
# It looks for heirlooms at its start, and each second.
sleep 2.5
is 'the other site leaves it alone' '' "$(grep -E 'has died|taken this one' "$RUN/b.log" || true)"

spawn "$RUN/c.log" "$WP" action-scheduler work --workers=2
at_exit stop "$SPAWNED"
LOOK=$RUN/c.log
comes 'the site has a pool again' grep -q 'A supervisor of this host has died' "$RUN/c.log"
touch "$E2E_SEEN.go"
comes 'every action ends' ended
has 'the site itself takes it over' 'A supervisor of this host has died' "$(cat "$RUN/c.log")"
is 'every action is complete' 'complete	4' "$(rows "SELECT status, COUNT(*) FROM {actions} WHERE hook = 'e2e_two' GROUP BY 1")"
is 'and ran once' '4' "$(grep -c begin "$E2E_SEEN")"
no_php_errors 'PHP has nothing to complain about'
