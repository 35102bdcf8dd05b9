#!/usr/bin/env bash
# Action Scheduler's own tests, with the extension: plain, with opcache and JIT, from opcache's file cache, under valgrind.
. "$(dirname "$0")/lib.sh"

get_phpunit
copy_wp_phpunit

# suite NAME COMMAND...: a copy of it, run by this command and judged.
suite() {
	local name=$1 dir=$RUN/suite
	shift
	rm -rf "$dir"
	copy_suite "$dir"
	run_suite "$dir" "$@"
	judge "$name" "$dir" "$@"
}
opcache=("$PHP" -d opcache.enable_cli=1 -d opcache.file_update_protection=0)

suite 'plain' "$PHP"
suite 'opcache and JIT' "${opcache[@]}" -d opcache.jit=tracing -d opcache.jit_buffer_size=64M
mkdir "$RUN/file-cache"
for time in first second; do # the second run takes what the first has compiled
	suite "file cache, $time run" "${opcache[@]}" -d opcache.file_cache="$RUN/file-cache" -d opcache.file_cache_only=1
done

if command -v valgrind >/dev/null; then
	export USE_ZEND_ALLOC=0 ZEND_DONT_UNLOAD_MODULES=1
	suite 'valgrind' valgrind --quiet --num-callers=30 --leak-check=full --show-leak-kinds=definite --log-file="$RUN/valgrind.%p" "$PHP" -d pcre.jit=0
	is 'valgrind: no error and no leak with a frame of ours' '' "$(cat "$RUN"/valgrind.* | grep -B 12 -A 12 -E 'asq_|zif_as|asq\.so' | head -n 60)"
else
	skip 'valgrind' 'it is not installed'
fi
