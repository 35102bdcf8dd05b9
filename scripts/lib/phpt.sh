# The phpt tests, run by PHP's own run-tests.php on a copy of tests/, where it may leave its files.

# run_phpt FILE...: results for results.sh, of tests given by their paths below the project's folder. With VALGRIND,
# each test runs under it, and an error or a leak is a failure.
run_phpt() {
	local options=(-q --no-color --offline) log=$RUN/phpt/log
	# PHP 8.1's shows its progress, whatever it is told.
	! grep -qF -- "'--no-progress'" "$EXT/run-tests.php" || options+=(--no-progress)
	rm -rf "$RUN/phpt"
	mkdir "$RUN/phpt"
	cp -r "$ROOT/tests" "$RUN/phpt/"
	printf '%s\n' "$@" >"$RUN/phpt/list"
	if [[ -n ${VALGRIND:-} ]]; then
		options+=(-m)
		export VALGRIND_OPTS="--leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite \
			--num-callers=30 --suppressions=$ROOT/tests/helpers/valgrind.supp"
		export ZEND_DONT_UNLOAD_MODULES=1
	fi
	(($# < 4)) || options+=("-j$(nproc)")
	(
		cd "$RUN/phpt"
		# A test that says nothing for so many seconds is broken off: a minute, if nobody said otherwise.
		export TEST_PHP_EXECUTABLE NO_INTERACTION=1 TEST_TIMEOUT=600
		TEST_PHP_EXECUTABLE=$(command -v "$PHP")
		# Its exit status says no more than its lines do.
		"$PHP" "$EXT/run-tests.php" "${options[@]}" -r list </dev/null 2>&1 | tr '\r' '\n' | grep -v '^TEST ' >"$log" || true
	)
	cp "$log" "$LOG/phpt.log"
	phpt_results "$log" "$@"
}

# phpt_results LOG FILE...: run-tests' lines, as ours. A test that it did not report on has failed.
phpt_results() {
	local log=$1 test line
	shift
	for test; do
		line=$(grep -F " [$test]" "$log" | head -n 1 || true)
		case $line in
			PASS*) echo "ok - $test" ;;
			SKIP*) phpt_skipped "$test" "${line##*"[$test]"}" ;;
			XFAIL*) echo "skip - $test # is expected to fail" ;;
			*)
				echo "not ok - $test ${line%% *}"
				phpt_detail "$RUN/phpt/${test%.phpt}"
				;;
		esac
	done
}

# phpt_skipped TEST REASON: a skipped test. With STRICT, it must not have been for what tests/helpers/skipif.inc
# asks for: that is promised here.
phpt_skipped() {
	local reason=${2# reason: }
	if [[ -n ${STRICT:-} && $reason =~ ^(environment|build|server): ]]; then
		echo "not ok - $1: skipped, $reason"
	else
		echo "skip - $1 # $reason"
	fi
}

# phpt_detail PATH: the difference that a test made, and what valgrind said.
phpt_detail() {
	local file
	for file in "$1.diff" "$1.mem"; do
		# awk, because such a file need not end with a line's end, and the next result must begin with one.
		[[ ! -s $file ]] || head -n 40 "$file" | tr -d '\0\33' | awk '{ print "    " $0 }'
	done
}
