# Test results, all of one form, a line each:
#   ok - tests/db/retry.phpt
#   not ok - tests/e2e/page.sh: the page is served
#   skip - tests/compat/suite.sh # AS_DIR is not set
# and what belongs to a failure, indented, below it. They are kept in $RESULTS, and counted at the end.

RESULTS=$RUN/results
: >"$RESULTS"

# report: keeps the results that it reads, and prints those that are of interest: all but the good ones of
# phpt, which are many.
report() {
	local line
	while IFS= read -r line || [[ -n $line ]]; do
		printf '%s\n' "$line" >>"$RESULTS"
		case $line in
			ok*.phpt) [[ -z ${VERBOSE:-} ]] || printf '  %s\n' "$line" ;;
			ok*) printf '  %s\n' "${GREEN}ok${PLAIN}${line#ok}" ;;
			'not ok'*) printf '  %s\n' "${RED}not ok${PLAIN}${line#not ok}" ;;
			skip*) printf '  %s\n' "${YELLOW}skip${PLAIN}${line#skip}" ;;
			*) printf '  %s\n' "$line" ;;
		esac
	done
}

# count KIND
count() {
	grep -c "^$1 - " "$RESULTS" || true
}

# summary: the last line; fails if a test did, or if there were none.
summary() {
	local passed failed skipped
	passed=$(count ok) failed=$(count 'not ok') skipped=$(count skip)
	echo "$passed passed, $failed failed, $skipped skipped"
	((failed == 0 && passed + skipped > 0))
}
