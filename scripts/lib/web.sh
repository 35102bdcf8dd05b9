# Web servers for a site, all on loopback addresses: PHP's own, and php-fpm behind nginx.

# web_builtin DIR [WORKERS]: PHP's built-in server; sets WEB (its address) and WEB_PID.
web_builtin() {
	local dir=$1 port
	port=$(free_port)
	WEB=http://127.0.0.1:$port
	spawn "$RUN/web.log" env PHP_CLI_SERVER_WORKERS="${2:-2}" "$PHP" -S "127.0.0.1:$port" -t "$dir"
	WEB_PID=$SPAWNED
	at_exit stop_group "$WEB_PID"
	wait_for 60 listening "$port"
}

# php_fpm: where the php-fpm of this PHP is.
php_fpm() {
	local beside
	beside=$(dirname "$(dirname "$(command -v "$PHP")")")/sbin/php-fpm
	command -v "$beside" || command -v "php-fpm$(php_version)"
}

# web_fpm DIR CHILDREN: php-fpm with opcache and so many children behind nginx; sets WEB and FPM_PID (the
# children's parent). A child serves for as long as it lives, so that a leak would show.
web_fpm() {
	local dir=$1 children=$2 port conf=$RUN/fpm user=''
	port=$(free_port)
	WEB=http://127.0.0.1:$port
	mkdir -p "$conf"
	((EUID)) || user="user=$SERVER_USER
		group=$SERVER_USER
		listen.owner=$SERVER_USER"
	sed 's/^\t*//' >"$conf/fpm.conf" <<-INI
		[global]
		error_log=$conf/fpm.log
		daemonize=no
		[www]
		$user
		listen=$conf/sock
		listen.backlog=1024
		pm=static
		pm.max_children=$children
		pm.max_requests=0
	INI
	spawn "$conf/out.log" "$(php_fpm)" --nodaemonize --fpm-config "$conf/fpm.conf" -c "$PHPRC"
	FPM_PID=$SPAWNED
	at_exit stop "$FPM_PID"

	user=''
	((EUID)) || user="user $SERVER_USER;"
	cat >"$conf/nginx.conf" <<-NGINX
		$user
		worker_processes 1;
		daemon off;
		pid $conf/nginx.pid;
		error_log $conf/nginx.log;
		events { worker_connections 512; }
		http {
			access_log off;
			client_body_temp_path $conf/body;
			proxy_temp_path $conf/proxy;
			fastcgi_temp_path $conf/fastcgi;
			uwsgi_temp_path $conf/uwsgi;
			scgi_temp_path $conf/scgi;
			include /etc/nginx/mime.types;
			server {
				listen 127.0.0.1:$port;
				root $dir;
				index index.php;
				location / { try_files \$uri \$uri/ /index.php?\$args; }
				location ~ \.php\$ {
					include /etc/nginx/fastcgi_params;
					fastcgi_param SCRIPT_FILENAME \$document_root\$fastcgi_script_name;
					fastcgi_param HTTP_HOST \$http_host;
					fastcgi_pass unix:$conf/sock;
				}
			}
		}
	NGINX
	spawn "$conf/out.log" nginx -c "$conf/nginx.conf" -e "$conf/nginx.log"
	at_exit stop "$SPAWNED"
	wait_for 60 listening "$port"
	wait_for 60 test -S "$conf/sock"
}
