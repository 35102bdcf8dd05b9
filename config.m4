dnl config.m4: finds the database client library and OpenSSL, and builds the extension with what is embedded in it.

PHP_ARG_ENABLE([asq],
  [whether to enable asq],
  [AS_HELP_STRING([--enable-asq], [Enable asq, Action Scheduler's backend in C])],
  [yes])

PHP_ARG_WITH([asq-mysql],
  [for the MariaDB or MySQL client library],
  [AS_HELP_STRING([[--with-asq-mysql=CONFIG]], [the path of mysql_config or mariadb_config, where pkg-config does not know the library])],
  [no],
  [no])

if test "$PHP_ASQ" != "no"; then
  AC_PATH_PROG([PKG_CONFIG], [pkg-config], [no])

  dnl The client library: libmariadb, or libmysqlclient, by pkg-config; else by its own config program.
  asq_mysql=
  if test "$PHP_ASQ_MYSQL" != "no" && test "$PHP_ASQ_MYSQL" != "yes"; then
    asq_mysql_config=$PHP_ASQ_MYSQL
  else
    asq_mysql_config=
    if test "$PKG_CONFIG" != "no"; then
      for asq_package in libmariadb mariadb mysqlclient; do
        if test -z "$asq_mysql" && $PKG_CONFIG --exists $asq_package; then
          asq_mysql=$asq_package
        fi
      done
    fi
    if test -z "$asq_mysql"; then
      AC_PATH_PROGS([asq_mysql_config], [mariadb_config mysql_config])
    fi
  fi
  AC_MSG_CHECKING([for the MariaDB or MySQL client library])
  if test -n "$asq_mysql"; then
    ASQ_MYSQL_CFLAGS=`$PKG_CONFIG --cflags $asq_mysql`
    ASQ_MYSQL_LIBS=`$PKG_CONFIG --libs $asq_mysql`
    AC_MSG_RESULT([$asq_mysql `$PKG_CONFIG --modversion $asq_mysql`])
  elif test -n "$asq_mysql_config" && test -x "$asq_mysql_config"; then
    ASQ_MYSQL_CFLAGS=`$asq_mysql_config --include | tr -d "'"`
    ASQ_MYSQL_LIBS=`$asq_mysql_config --libs | tr -d "'"`
    AC_MSG_RESULT([by $asq_mysql_config])
  else
    AC_MSG_RESULT([not found])
    AC_MSG_ERROR([asq needs the headers of the MariaDB or MySQL client library.
  Debian, Ubuntu: apt install libmariadb-dev    Fedora: dnf install mariadb-connector-c-devel
  Elsewhere: ./configure --with-asq-mysql=/path/to/mysql_config])
  fi
  PHP_EVAL_INCLINE([$ASQ_MYSQL_CFLAGS])
  PHP_EVAL_LIBLINE([$ASQ_MYSQL_LIBS], [ASQ_SHARED_LIBADD])

  AC_MSG_CHECKING([for OpenSSL])
  if test "$PKG_CONFIG" != "no" && $PKG_CONFIG --atleast-version=1.1.1 openssl; then
    AC_MSG_RESULT([`$PKG_CONFIG --modversion openssl`])
    PHP_EVAL_INCLINE([`$PKG_CONFIG --cflags openssl`])
    PHP_EVAL_LIBLINE([`$PKG_CONFIG --libs openssl`], [ASQ_SHARED_LIBADD])
  else
    AC_MSG_RESULT([not found])
    AC_MSG_ERROR([asq needs the headers of OpenSSL 1.1.1 or later, and pkg-config to find them.
  Debian, Ubuntu: apt install libssl-dev pkg-config    Fedora: dnf install openssl-devel pkgconf])
  fi

  ASQ_CFLAGS="-std=gnu11 -Wall -Wextra -Wno-unused-parameter -fvisibility=hidden -DZEND_ENABLE_STATIC_TSRMLS_CACHE=1"
  ASQ_SOURCES="asq.c \
    src/action/args.c src/action/backoff.c src/action/calendar.c src/action/cron.c src/action/schedule.c \
    src/api/args.c src/api/as_query.c src/api/as_schedule.c src/api/as_unschedule.c src/api/asq_api.c src/api/asq_circuit.c src/api/asq_idempotent.c \
    src/api/asq_letters.c src/api/asq_pool.c src/api/asq_purge.c src/api/asq_retry.c src/api/asq_status.c src/api/asq_webhook.c src/api/circuit.c \
    src/api/create.c src/api/held.c src/api/native.c src/api/native_claims.c src/api/native_logger.c src/api/native_runner.c src/api/native_schema.c \
    src/api/native_store.c src/api/native_store_claims.c src/api/options.c src/api/outcome.c src/api/report.c src/api/wc_deprecated.c \
    src/db/client.c src/db/error.c src/db/link.c src/db/prepared.c src/db/schema.c src/db/wait.c \
    src/store/circuits.c src/store/claim.c src/store/claim_cursor.c src/store/claim_due.c src/store/claim_find.c src/store/claim_look.c \
    src/store/claim_next.c src/store/failures.c src/store/failures_flush.c src/store/fetch.c src/store/flush.c src/store/groups.c src/store/insert.c src/store/insert_beside.c src/store/insert_prepared.c \
    src/store/insert_many.c src/store/keys.c src/store/letters.c src/store/log.c src/store/owner.c src/store/pause.c src/store/purge.c \
    src/store/purge_actions.c src/store/purge_orphans.c src/store/query.c src/store/retries.c src/store/run.c src/store/statement.c \
    src/store/stats.c src/store/tables.c src/store/transition.c src/store/wake.c src/store/webhooks.c src/store/workers.c \
    src/wordpress/admin.c src/wordpress/announce.c src/wordpress/boot.c src/wordpress/call.c src/wordpress/clock.c src/wordpress/compile.c \
    src/wordpress/exceptions.c src/wordpress/failure.c src/wordpress/hooks.c src/wordpress/letter.c src/wordpress/log_text.c src/wordpress/object.c \
    src/wordpress/policy.c src/wordpress/retention.c src/wordpress/scheduler.c src/wordpress/site.c src/wordpress/wpdb.c \
    src/worker/console.c src/worker/crew.c src/worker/dispatch.c src/worker/dispatch_fail.c src/worker/dispatch_finish.c src/worker/dispatch_hooks.c \
    src/worker/dispatch_start.c src/worker/dispatch_write.c src/worker/errand.c src/worker/feed.c src/worker/ledger.c src/worker/loop.c \
    src/worker/member.c src/worker/orphans.c src/worker/pool.c src/worker/postpone.c src/worker/process.c src/worker/pulse.c src/worker/resume.c \
    src/worker/retry.c src/worker/retry_decide.c src/worker/retry_write.c src/worker/run.c src/worker/series.c src/worker/supervisor.c \
    src/worker/working.c \
    src/webhook/enqueue.c src/webhook/options.c src/webhook/payload.c src/webhook/receive.c src/webhook/signature.c src/webhook/webhook.c \
    src/php/embedded.c"
  PHP_SUBST([ASQ_SHARED_LIBADD])
  PHP_NEW_EXTENSION([asq], [$ASQ_SOURCES], [$ext_shared],, [$ASQ_CFLAGS -I@ext_srcdir@ -I@ext_builddir@])
  PHP_ADD_BUILD_DIR([$ext_builddir/src/action], 1)
  PHP_ADD_BUILD_DIR([$ext_builddir/src/api], 1)
  PHP_ADD_BUILD_DIR([$ext_builddir/src/db], 1)
  PHP_ADD_BUILD_DIR([$ext_builddir/src/php], 1)
  PHP_ADD_BUILD_DIR([$ext_builddir/src/store], 1)
  PHP_ADD_BUILD_DIR([$ext_builddir/src/webhook], 1)
  PHP_ADD_BUILD_DIR([$ext_builddir/src/wordpress], 1)
  PHP_ADD_BUILD_DIR([$ext_builddir/src/worker], 1)
  PHP_ADD_MAKEFILE_FRAGMENT
fi
