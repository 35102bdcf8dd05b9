# What has to be installed: Debian's packages, and only those that are missing.

# PHP=/opt/php-8.4/bin/php has another PHP used (with phpize and php-config beside it, and the extensions
# that WordPress needs); otherwise it is Debian's.
DEBIAN_PHP=${PHP:+no}
PHP=${PHP:-php}

# missing PACKAGE...: those of them that are not installed.
missing() {
	local package
	for package; do
		[[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || echo "$package"
	done
}

# install_missing PACKAGE...: installs those that are missing. The services among them are not started: what runs
# here is started by us, with settings and data of its own.
install_missing() {
	local packages policy=/usr/sbin/policy-rc.d ours=''
	mapfile -t packages < <(missing "$@")
	((${#packages[@]})) || return 0
	if ! command -v apt-get >/dev/null || ((EUID)); then
		fail "Please install: ${packages[*]}"
	fi
	if [[ ! -e $policy ]]; then
		ours=$policy
		at_exit rm -f "$policy" # should the installation fail
		printf '#!/bin/sh\nexit 101\n' >"$policy"
		chmod 755 "$policy"
	fi
	export DEBIAN_FRONTEND=noninteractive
	[[ -n ${APT_UPDATED:-} ]] || apt-get -q update
	APT_UPDATED=1
	apt-get -q install -y --no-install-recommends "${packages[@]}"
	[[ -z $ours ]] || rm -f "$ours"
}

# install_if_possible PACKAGE...: the same for what a test can do without; it says what it did not look at.
install_if_possible() {
	(install_missing "$@") || true
}

# php_version: 8.2
php_version() {
	"$PHP" -n -r 'echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION;'
}

# install_packages [PACKAGE...]: what building and running takes, and the given ones;
# `fpm` stands for php-fpm of the PHP that is used.
install_packages() {
	local package packages=(build-essential libmariadb-dev libssl-dev pkg-config
		mariadb-server-core mariadb-client-core composer unzip openssl ca-certificates)
	[[ -n $DEBIAN_PHP ]] || command -v php >/dev/null || install_missing php-cli
	[[ -n $DEBIAN_PHP ]] || packages+=("php$(php_version)-"{cli,dev,mysql,mbstring,xml,curl})
	for package; do
		case $package in
			fpm) [[ -n $DEBIAN_PHP ]] || packages+=("php$(php_version)-fpm") ;;
			*) packages+=("$package") ;;
		esac
	done
	install_missing "${packages[@]}"
}
