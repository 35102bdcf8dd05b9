#!/usr/bin/env bash
# What an enqueue is worth: in the caller's transaction, as much as that one; outside it, it is there to stay.
. "$(dirname "$0")/lib.sh"

# left HOOK: how many actions there are, and log rows for them.
left() {
	rows "SELECT COUNT(DISTINCT a.action_id), COUNT(l.log_id) FROM {actions} a LEFT JOIN {logs} l ON l.action_id = a.action_id WHERE a.hook = '$1'"
}

site_php <<'PHP'
// Something must have been enqueued before: what is made on first use commits.
as_enqueue_async_action( 'e2e_warm', array(), 'e2e' );
$wpdb->query( 'START TRANSACTION' );
as_enqueue_async_action( 'e2e_rolled_back', array( 1 ), 'e2e' );
as_schedule_single_action( time() + 60, 'e2e_rolled_back', array( 2 ), 'e2e-new-group' );
as_schedule_recurring_action( time(), 60, 'e2e_rolled_back', array( 3 ), 'e2e', true );
$wpdb->query( 'ROLLBACK' );
PHP
is 'a rollback leaves no action' '0	0' "$(left e2e_rolled_back)"
is 'a rollback leaves no log' 0 "$(rows 'SELECT COUNT(*) FROM {logs} LEFT JOIN {actions} USING (action_id) WHERE hook IS NULL')"

site_php <<'PHP'
$wpdb->query( 'START TRANSACTION' );
as_enqueue_async_action( 'e2e_committed', array(), 'e2e' );
$wpdb->query( 'COMMIT' );
$wpdb->query( 'SET autocommit = 0' );
as_enqueue_async_action( 'e2e_no_autocommit', array(), 'e2e' );
$wpdb->query( 'ROLLBACK' );
$wpdb->query( 'SET autocommit = 1' );
as_enqueue_async_action( 'e2e_after', array(), 'e2e' );
PHP
is 'a commit keeps it' '1	1' "$(left e2e_committed)"
is 'autocommit=0 is a transaction, too' '0	0' "$(left e2e_no_autocommit)"
is 'after the transaction all is as before' '1	1' "$(left e2e_after)"

seen=$(site_php <<'PHP'
$wpdb->query( 'START TRANSACTION' );
as_enqueue_async_action( 'e2e_seen', array(), 'e2e' );
echo (int) as_has_scheduled_action( 'e2e_seen', array(), 'e2e' );
$wpdb->query( 'ROLLBACK' );
echo (int) as_has_scheduled_action( 'e2e_seen', array(), 'e2e' );
PHP
)
is 'the transaction sees its own action, and nobody else does' 10 "$seen"

for n in 1 2 3; do
	site_php <<'PHP' || true
as_enqueue_async_action( 'e2e_killed', array(), 'e2e' );
posix_kill( getpid(), SIGKILL );
PHP
done 2>/dev/null
is 'a process killed right after the call loses nothing' '3	3' "$(left e2e_killed)"
