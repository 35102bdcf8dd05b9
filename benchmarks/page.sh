# A page view that does nothing with the queue: the front page, in millions of instructions. PHP's own web server
# runs under callgrind, with opcache; its counters are written out and set to zero at the start of each request,
# so that a part is one whole request, its start and its end included. The first three requests compile and fill
# caches; of the rest, the median.

WHAT=('front page, with Action Scheduler' 'front page, without it')
UNIT=(' M' ' M')
TARGET=('<= 1.005' '<= 1.005')
MOST_ROUNDS=1
WARM_UP=0
PAGE_REQUESTS=8

# page_instructions SITE: of a request, by the PHP that PHPRC says.
page_instructions() {
	local port parts=$RUN/callgrind i
	rm -rf "$parts"
	mkdir "$parts"
	port=$(free_port)
	spawn "$LOG/page-server.log" env valgrind --tool=callgrind --dump-before=php_request_startup \
		--callgrind-out-file="$parts/part" "$(command -v "$PHP")" -S "127.0.0.1:$port" -t "$1"
	at_exit stop "$SPAWNED"
	wait_for 120 listening "$port"
	# One more than is counted: a request's part is written when the next one begins.
	for ((i = 0; i <= PAGE_REQUESTS; i++)); do
		curl -sfS --max-time 300 "http://127.0.0.1:$port/" | grep -q '</html>'
	done
	stop "$SPAWNED"
	# Part 1 is the server's start.
	for ((i = 5; i <= PAGE_REQUESTS + 1; i++)); do
		awk '/^(totals|summary):/ { print $2 / 1e6; exit }' "$parts/part.$i"
	done | sort -n | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'
}

once() {
	on "$1" page_instructions "$SITE"
	on "$1" page_instructions "$BARE_SITE"
}
