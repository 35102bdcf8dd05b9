# A MariaDB server of our own: its data in a folder that goes when the run ends, its socket there too, and a
# port that was free. It commits durably, as a shop's server should, and speaks TLS.

MARIADB_PASSWORD=asq # on a loopback address, for as long as the run takes

# mariadb_install DIR: an empty server's files; made once, then copied.
mariadb_install() {
	local dir=$1 cached key
	key=$(mariadbd --version | grep -oE '[0-9]+\.[0-9]+\.[0-9]+' | head -n 1)
	cached=$BUILD/mariadb-$key.tar
	mkdir -p "$dir"
	if [[ -f $cached ]]; then
		tar -xf "$cached" -C "$dir"
	else
		mariadb-install-db --no-defaults --datadir="$dir" --skip-test-db --auth-root-authentication-method=normal \
			--innodb-log-file-size=32M
		tar -cf "$cached.$$" -C "$dir" .
		mv "$cached.$$" "$cached"
	fi
}

# mariadb_certificate DIR: an authority, and a certificate for 127.0.0.1 that it signed.
mariadb_certificate() {
	local dir=$1 key=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
	mkdir -p "$dir"
	openssl req -x509 "${key[@]}" -days 2 -subj '/CN=php_asq test authority' -keyout "$dir/ca-key.pem" -out "$dir/ca.pem"
	openssl req "${key[@]}" -subj '/CN=127.0.0.1' -keyout "$dir/key.pem" -out "$dir/request.pem"
	openssl x509 -req -in "$dir/request.pem" -CA "$dir/ca.pem" -CAkey "$dir/ca-key.pem" -set_serial 1 -days 2 \
		-extfile <(echo 'subjectAltName=IP:127.0.0.1,DNS:localhost') -out "$dir/cert.pem"
	chmod 644 "$dir"/*.pem
}

# mariadb_start DIR [OPTION...]: starts a server on DIR/data, which is made if it is not there; sets
# MARIADB_PID, MARIADB_PORT and MARIADB_SOCKET. DIR/log tells why it did not.
mariadb_start() {
	local dir=$1
	mkdir -p "$dir"
	[[ -d $dir/tls ]] || mariadb_certificate "$dir/tls"
	[[ -d $dir/data ]] || mariadb_install "$dir/data"
	((EUID)) || chown -R "$SERVER_USER" "$dir"
	MARIADB_SOCKET=$dir/sock
	MARIADB_PORT=$(free_port)
	mariadb_again "$@"
	at_exit mariadb_stop "$dir"
}

# mariadb_again DIR [OPTION...]: starts it again, at the same address, after it has been ended.
mariadb_again() {
	local dir=$1
	shift
	spawn "$dir/log" mariadbd --no-defaults --user="$SERVER_USER" --datadir="$dir/data" --tmpdir="$dir" \
		--socket="$MARIADB_SOCKET" --pid-file="$dir/pid" --bind-address=127.0.0.1 --port="$MARIADB_PORT" \
		--skip-name-resolve --skip-log-bin --performance-schema=OFF --max-connections=400 \
		--character-set-server=utf8mb4 --collation-server=utf8mb4_unicode_ci \
		--innodb-flush-log-at-trx-commit=1 --innodb-buffer-pool-size=256M --innodb-log-file-size=32M \
		--ssl-ca="$dir/tls/ca.pem" --ssl-cert="$dir/tls/cert.pem" --ssl-key="$dir/tls/key.pem" "$@"
	MARIADB_PID=$SPAWNED
	echo "$MARIADB_PID" >"$dir/started"
	wait_for 120 mariadb_up_or_gone
	mariadb_up || {
		cat "$dir/log"
		return 1
	}
}

# mariadb_stop DIR: ends the one that was started last.
mariadb_stop() {
	stop "$(<"$1/started")"
}

mariadb_up() {
	sql -e 'SELECT 1' >/dev/null 2>&1
}

mariadb_up_or_gone() {
	[[ ! -d /proc/$MARIADB_PID ]] || mariadb_up
}

# sql [OPTION...] [-e STATEMENT]: the server's own client, as its administrator.
sql() {
	mariadb --no-defaults -S "$MARIADB_SOCKET" -u root --batch --skip-column-names "$@"
}

# mariadb_user USER PRIVILEGES ON: an account for TCP and for the socket.
mariadb_user() {
	sql -e "CREATE USER IF NOT EXISTS $1@'%' IDENTIFIED BY '$MARIADB_PASSWORD'; GRANT $2 ON $3 TO $1@'%' WITH GRANT OPTION;"
}

# mariadb_for_tests: the database and the account of the phpt tests, as these find them in the environment. The
# account may do everything, because some of them make accounts that may do less.
mariadb_for_tests() {
	mariadb_user asq 'ALL PRIVILEGES' '*.*'
	sql -e 'CREATE DATABASE IF NOT EXISTS asq_test'
	export ASQ_TEST_HOST=127.0.0.1 ASQ_TEST_PORT=$MARIADB_PORT ASQ_TEST_SOCKET=$MARIADB_SOCKET \
		ASQ_TEST_USER=asq ASQ_TEST_PASSWORD=$MARIADB_PASSWORD ASQ_TEST_DATABASE=asq_test \
		ASQ_TEST_CA=${MARIADB_SOCKET%/*}/tls/ca.pem
}

mariadb_run() {
	mariadb_start "$RUN/db"
	mariadb_for_tests
}
