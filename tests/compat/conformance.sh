#!/usr/bin/env bash
# Case by case against stock Action Scheduler, by the cases in CONFORMANCE_DIR (../shared/conformance beside a
# checkout of this project) and by our own in tests/compat/cases: with every hook traced, and once more without, since
# where nobody listens the queue runner takes its short way.
. "$(dirname "$0")/lib.sh"

theirs=${CONFORMANCE_DIR:-$ROOT/../shared/conformance}
if [[ ! -x $theirs/compare.sh ]]; then
	skip 'conformance' 'needs CONFORMANCE_DIR, the folder of the comparison'
	exit
fi
cp -r "$theirs" "$RUN/traced"
chmod -R u+w "$RUN/traced"
cp "$ROOT"/tests/compat/cases/*.php "$RUN/traced/cases/"
cp "$ROOT/tests/compat/values.php" "$RUN/traced/"
cp -r "$RUN/traced" "$RUN/quiet"
sed -i "/before_boot( 'all'/d" "$RUN/quiet/Context.php"
extension=$(sed -n 's/^extension=\(.*asq\.so\)$/\1/p' "$ASQ_TEST_RUN/php/php.ini")

# A run of stock PHP on one side: no extension in php.ini, but by argument.
export PHPRC=$ASQ_TEST_RUN/stock
mariadb_user compare 'ALL PRIVILEGES' '*.*'
WP_CORE=$WORDPRESS AS_SRC=$AS_DIR DB_HOST=127.0.0.1:$MARIADB_PORT DB_USER=compare DB_PASS=$MARIADB_PASSWORD \
	"$RUN/traced/setup.sh" "$RUN/compared" compared >"$RUN/log" 2>&1 || {
	not_ok 'the site for it is made' "$(tail -n 20 "$RUN/log")"
	exit
}
for how in traced quiet; do
	"$RUN/$how/compare.sh" "$RUN/compared" -d "extension=$extension" >"$RUN/$how.log" 2>"$RUN/$how.err" || true
	last=$(tail -n 1 "$RUN/$how.log")
	if [[ $last =~ ^[1-9][0-9]*\ identical,\ 0\ different$ ]]; then
		ok "$how: $last"
	else
		not_ok "$how: no case differs" "$(grep '^===' "$RUN/$how.log" | head -n 30; tail -n 3 "$RUN/$how.err"; echo "$last")"
	fi
done
