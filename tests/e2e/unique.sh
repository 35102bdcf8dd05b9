#!/usr/bin/env bash
# 50 processes that enqueue the same unique action at the same moment leave one action.
. "$(dirname "$0")/lib.sh"

processes=50
cat >"$RUN/code" <<'PHP'
// All wait until the last one has booted, and whoever has the file lets go of it.
$go = fopen( "$argv[1]/go", 'r' );
touch( "$argv[1]/ready.$argv[2]" );
flock( $go, LOCK_SH );
$id = as_enqueue_async_action( 'e2e_unique', array( 'x' => 1 ), 'e2e', true );
file_put_contents( "$argv[1]/ids", "$id\n", FILE_APPEND | LOCK_EX );
PHP

exec {go}>"$RUN/go"
flock -x "$go"
for n in $(seq "$processes"); do
	site_php "$RUN" "$n" <"$RUN/code" {go}>&- &
done
all_ready() {
	[[ $(find "$RUN" -name 'ready.*' | wc -l) == "$processes" ]]
}
wait_for 600 all_ready || not_ok 'all processes are ready' "$(find "$RUN" -name 'ready.*' | wc -l) are"
exec {go}>&-
wait

is 'one row' 1 "$(rows "SELECT COUNT(*) FROM {actions} WHERE hook = 'e2e_unique'")"
is 'one log row' 1 "$(rows "SELECT COUNT(*) FROM {logs} JOIN {actions} USING (action_id) WHERE hook = 'e2e_unique'")"
is 'each process got an answer' "$processes" "$(wc -l <"$RUN/ids")"
is 'one of them the id, the others 0' "$(rows "SELECT MAX(action_id) FROM {actions} WHERE hook = 'e2e_unique'")" "$(grep -vx 0 "$RUN/ids")"
