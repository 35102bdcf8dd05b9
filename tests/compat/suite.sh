#!/usr/bin/env bash
# Action Scheduler's own tests, with the extension: plain, with opcache and JIT, from opcache's file cache, under valgrind.
. "$(dirname "$0")/lib.sh"

get_phpunit
copy_wp_phpunit
opcache=(-d opcache.enable_cli=1 -d opcache.file_update_protection=0)

copy_suite "$RUN/suite_plain"
run_suite "$RUN/suite_plain" "$PHP"
judge 'plain' "$RUN/suite_plain/log"

copy_suite "$RUN/suite_opcache"
run_suite "$RUN/suite_opcache" "$PHP" "${opcache[@]}" -d opcache.jit=tracing -d opcache.jit_buffer_size=64M
judge 'opcache and JIT' "$RUN/suite_opcache/log"

# The second run takes what the first has compiled.
mkdir "$RUN/file-cache"
for time in first second; do
	copy_suite "$RUN/suite_cached"
	run_suite "$RUN/suite_cached" "$PHP" "${opcache[@]}" -d opcache.file_cache="$RUN/file-cache" -d opcache.file_cache_only=1
	judge "file cache, $time run" "$RUN/suite_cached/log"
	rm -rf "$RUN/suite_cached"
done

if command -v valgrind >/dev/null; then
	copy_suite "$RUN/suite_valgrind"
	USE_ZEND_ALLOC=0 ZEND_DONT_UNLOAD_MODULES=1 run_suite "$RUN/suite_valgrind" \
		valgrind --quiet --num-callers=30 --leak-check=full --show-leak-kinds=definite --log-file="$RUN/valgrind" "$PHP" -d pcre.jit=0
	judge 'valgrind' "$RUN/suite_valgrind/log"
	is 'valgrind: no error and no leak with a frame of ours' '' "$(grep -B 12 -A 12 -E 'asq_|zif_as|asq\.so' "$RUN/valgrind" | head -n 60)"
else
	skip 'valgrind' 'it is not installed'
fi
