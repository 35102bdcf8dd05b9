#!/usr/bin/env bash
# 50 processes that enqueue the same unique action at the same moment leave one action.
. "$(dirname "$0")/lib.sh"

processes=50
cat >"$RUN/code" <<'PHP'
// All wait until the last one has booted.
touch( "$argv[1]/ready.$argv[2]" );
while ( ! file_exists( "$argv[1]/go" ) ) {
	usleep( 1000 );
	clearstatcache();
}
$id = as_enqueue_async_action( 'e2e_unique', array( 'x' => 1 ), 'e2e', true );
file_put_contents( "$argv[1]/ids", "$id\n", FILE_APPEND | LOCK_EX );
PHP

for n in $(seq "$processes"); do
	site_php "$RUN" "$n" <"$RUN/code" &
done
all_ready() {
	[[ $(find "$RUN" -name 'ready.*' | wc -l) == "$processes" ]]
}
wait_for 60 all_ready
touch "$RUN/go"
wait

is 'one row' 1 "$(rows "SELECT COUNT(*) FROM {actions} WHERE hook = 'e2e_unique'")"
is 'one log row' 1 "$(rows "SELECT COUNT(*) FROM {logs} JOIN {actions} USING (action_id) WHERE hook = 'e2e_unique'")"
is 'each process got an answer' "$processes" "$(wc -l <"$RUN/ids")"
is 'one of them the id, the others 0' "$(rows "SELECT MAX(action_id) FROM {actions} WHERE hook = 'e2e_unique'")" "$(grep -vx 0 "$RUN/ids")"
