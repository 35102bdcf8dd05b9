# The extension, built in .build/ext: phpize writes among the sources, so these are copied there first.

EXT=$BUILD/ext
EXTENSION=$EXT/modules/asq.so

# The warnings that our code has to be free of. PHP's own macros declare parameters that a function need not use.
WARNINGS='-Wall -Wextra -Wno-unused-parameter'

# php_tool NAME: phpize or php-config, of the PHP in use.
php_tool() {
	local beside
	beside=$(dirname "$(command -v "$PHP")")/$1
	if [[ -x $beside ]]; then echo "$beside"; else command -v "$1"; fi
}

# extension_sources: what the build takes, as paths below the project's folder.
extension_sources() {
	(
		cd "$ROOT"
		shopt -s nullglob
		find config.m4 Makefile.frag* ./*.c ./*.h src stubs -type f ! -path src/php/embedded.c | sed 's|^\./||' | sort
	)
}

# sync_sources LIST: makes the copy what the project is; a file that did not change keeps its time, for make.
sync_sources() {
	local file
	while read -r file; do
		cmp -s "$ROOT/$file" "$EXT/$file" || install -D -m 644 "$ROOT/$file" "$EXT/$file"
	done <"$1"
}

# build_key LIST: what the configuration depends on. With another PHP, other flags or other files, all is built anew.
build_key() {
	"$(php_tool php-config)" --version
	"$(php_tool php-config)" --extension-dir
	echo "$WARNINGS ${CFLAGS:-}"
	cat "$1" "$ROOT/config.m4"
}

# build_extension [clean]: builds what changed, or everything; the compiler's output is kept in .build/ext/make.log.
build_extension() {
	local lock list=$RUN/sources key=$RUN/build-key
	mkdir -p "$BUILD"
	exec {lock}>"$BUILD/lock"
	flock "$lock"
	extension_sources >"$list"
	build_key "$list" >"$key"
	if [[ ${1:-} == clean ]] || ! cmp -s "$key" "$EXT/.key"; then
		rm -rf "$EXT"
	fi
	mkdir -p "$EXT"
	sync_sources "$list"
	if [[ ! -f $EXT/.key ]]; then
		(
			cd "$EXT"
			"$(php_tool phpize)"
			./configure --with-php-config="$(php_tool php-config)" CFLAGS="${CFLAGS:--O2 -g} $WARNINGS"
		)
		cp "$key" "$EXT/.key"
	fi
	make -C "$EXT" -j"$(nproc)" 2>&1 | tee -a "$EXT/make.log"
	"$PHP" -d extension="$EXTENSION" -r 'exit(extension_loaded("asq") ? 0 : 1);'
	exec {lock}>&-
}

# no_compiler_warnings: fails if the compiler warned about a file of ours (PHP's headers are not ours).
# For what was compiled since the last clean build.
no_compiler_warnings() {
	! sed "s|^$EXT/||" "$EXT/make.log" | grep -E '^(src/|stubs/|[a-z_]+\.[ch]:)[^ ]* (warning|error):' | sort -u | grep .
}
