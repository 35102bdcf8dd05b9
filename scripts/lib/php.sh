# How PHP is run: with a php.ini of our own, so that the machine's settings make no difference.

# The extensions that WordPress, WP-CLI and the tests use, in the order in which they can be loaded; those
# that this PHP has built in, or does not have, are left out.
PHP_EXTENSIONS=(opcache mysqlnd ctype curl dom fileinfo filter iconv mbstring mysqli openssl pcntl phar posix
	simplexml sockets tokenizer xml xmlreader xmlwriter)

# shared_extensions: lines of php.ini that load them.
shared_extensions() {
	local dir name
	dir=$("$(php_tool php-config)" --extension-dir)
	for name in "${PHP_EXTENSIONS[@]}"; do
		[[ -f $dir/$name.so ]] || continue
		if [[ $name == opcache ]]; then echo "zend_extension=$name"; else echo "extension=$name"; fi
	done
}

# write_ini DIR [LINE...]: a php.ini in a folder of its own, to be used by PHPRC=DIR. Errors go to a log, all of them.
write_ini() {
	local dir=$1
	shift
	mkdir -p "$dir"
	{
		shared_extensions
		cat <<-INI
			memory_limit=512M
			date.timezone=UTC
			error_reporting=-1
			display_errors=0
			log_errors=1
			error_log=$RUN/php-error.log
			sendmail_path=/bin/false
			opcache.validate_timestamps=1
			opcache.revalidate_freq=0
		INI
		(($# == 0)) || printf '%s\n' "$@"
	} >"$dir/php.ini"
}

# use_ini [LINE...]: from here on, PHP runs with the extension, and with nothing that the machine's own
# configuration says; $RUN/stock has the same settings without the extension. A copy of the extension is
# used: another build must not change what is being run.
use_ini() {
	cp "$EXTENSION" "$RUN/asq.so"
	write_ini "$RUN/stock" "$@"
	write_ini "$RUN/php" "extension=$RUN/asq.so" "$@"
	: >"$RUN/php-error.log"
	chmod 666 "$RUN/php-error.log"
	mkdir -p "$RUN/no-more-ini" # an empty value would be lost on the way to some processes
	export PHPRC=$RUN/php PHP_INI_SCAN_DIR=$RUN/no-more-ini
}
