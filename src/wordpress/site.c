/*
 * site.c: finds the tables and chooses the link.
 */
#include "site.h"
#include "scheduler.h"
#include "wpdb.h"
#include "call.h"
#include "hooks.h"
#include "php_asq.h"
#include "src/db/client.h"
#include "src/db/schema.h"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

/* ---- Tables ----------------------------------------------------------------------------------- */

/* Letters, digits and what else a name needs no quotes for. */
static bool asq_table_is_plain(const char *name, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		char c = name[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' || c == '.' || c == '`')) {
			return false;
		}
	}
	return true;
}

/* A table's name as it stands in SQL: quoted where it is not made of plain letters. Takes a reference, as a rule. */
static zend_string *asq_table_quoted(zend_string *text)
{
	const char *name = ZSTR_VAL(text);
	size_t length = ZSTR_LEN(text);
	smart_str quoted = {0};

	if (asq_table_is_plain(name, length)) {
		return zend_string_copy(text);
	}
	smart_str_appendc(&quoted, '`');
	for (size_t i = 0; i < length; i++) {
		if (name[i] == '`') {
			smart_str_appendc(&quoted, '`');
		}
		smart_str_appendc(&quoted, name[i]);
	}
	smart_str_appendc(&quoted, '`');
	return smart_str_extract(&quoted);
}

static zend_string *asq_table_with_prefix(const char *prefix, const char *table)
{
	smart_str name = {0};
	zend_string *full, *quoted;

	smart_str_appends(&name, prefix);
	smart_str_appends(&name, table);
	full = smart_str_extract(&name);
	quoted = asq_table_quoted(full);
	zend_string_release(full);
	return quoted;
}

/* $wpdb->{$table} where Action Scheduler has set it, else the prefix and the name. */
static zend_string *asq_table(zend_object *wpdb, const char *table)
{
	zval *name = asq_property(wpdb, table, strlen(table)), *prefix;

	if (name && Z_TYPE_P(name) == IS_STRING && Z_STRLEN_P(name)) {
		return asq_table_quoted(Z_STR_P(name));
	}
	prefix = asq_property(wpdb, "prefix", sizeof("prefix") - 1);
	return asq_table_with_prefix(prefix && Z_TYPE_P(prefix) == IS_STRING ? Z_STRVAL_P(prefix) : "", table);
}

/* With the plugin, its tables are known to $wpdb from init on; what AS says before is AS's own. */
static bool asq_tables_known(zend_object *wpdb)
{
	static const char *const tables[] = { "actionscheduler_actions", "actionscheduler_claims", "actionscheduler_groups", "actionscheduler_logs" };

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		zval *name = asq_property(wpdb, tables[i], strlen(tables[i]));
		if (!name || Z_TYPE_P(name) != IS_STRING || !Z_STRLEN_P(name)) {
			return false;
		}
	}
	return true;
}

/* Beside the actions' table, under the same prefix, and quoted as that one is. */
zend_string *asq_site_table(const asq_site *site, const char *table)
{
	static const char actions[] = "actionscheduler_actions";
	const char *name = ZSTR_VAL(site->actions), *end = strstr(name, actions);
	smart_str full = {0};

	smart_str_appendl(&full, name, end ? (size_t) (end - name) : 0);
	smart_str_appends(&full, table);
	smart_str_appends(&full, end ? end + sizeof(actions) - 1 : "");
	return smart_str_extract(&full);
}

static void asq_site_tables(asq_site *site, zend_object *wpdb)
{
	if (wpdb) {
		site->actions = asq_table(wpdb, "actionscheduler_actions");
		site->claims = asq_table(wpdb, "actionscheduler_claims");
		site->groups = asq_table(wpdb, "actionscheduler_groups");
		site->logs = asq_table(wpdb, "actionscheduler_logs");
	} else {
		site->actions = asq_table_with_prefix(ASQ_G(prefix), "actionscheduler_actions");
		site->claims = asq_table_with_prefix(ASQ_G(prefix), "actionscheduler_claims");
		site->groups = asq_table_with_prefix(ASQ_G(prefix), "actionscheduler_groups");
		site->logs = asq_table_with_prefix(ASQ_G(prefix), "actionscheduler_logs");
	}
}

/* ---- The own link's target -------------------------------------------------------------------- */

static zend_string *asq_wpdb_string(zend_object *wpdb, const char *name)
{
	zval *value = asq_property(wpdb, name, strlen(name));

	return value && Z_TYPE_P(value) == IS_STRING ? Z_STR_P(value) : NULL;
}

static unsigned long asq_client_flags(void)
{
	zval *flags = zend_get_constant_str("MYSQL_CLIENT_FLAGS", sizeof("MYSQL_CLIENT_FLAGS") - 1);

	return flags ? (unsigned long) zval_get_long(flags) : 0;
}

static asq_status asq_link_to_wordpress(asq_link *link, zend_object *wpdb, asq_error *error)
{
	asq_target target = {
		.host = asq_wpdb_string(wpdb, "dbhost"),
		.user = asq_wpdb_string(wpdb, "dbuser"),
		.password = asq_wpdb_string(wpdb, "dbpassword"),
		.database = asq_wpdb_string(wpdb, "dbname"),
		.charset = asq_wpdb_string(wpdb, "charset"),
		.collate = asq_wpdb_string(wpdb, "collate"),
		.flags = asq_client_flags(),
	};

	if (!target.database || !ZSTR_LEN(target.database)) {
		return asq_error_set(error, 0, "$wpdb does not say which database it uses.");
	}
	return asq_client_link(link, &target, error);
}

/* The password's file, without its last newline; NULL where it cannot be read. */
static zend_string *asq_read_password(const char *path)
{
	char text[1025];
	ssize_t length;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		return NULL;
	}
	length = read(fd, text, sizeof(text) - 1);
	close(fd);
	while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r')) {
		length--;
	}
	return length < 0 ? NULL : zend_string_init(text, (size_t) length, 0);
}

static zend_string *asq_setting(const char *value)
{
	return value && *value ? zend_string_init(value, strlen(value), 0) : NULL;
}

static void asq_release(zend_string *string)
{
	if (string) {
		zend_string_release(string);
	}
}

static asq_status asq_link_to_settings(asq_link *link, asq_error *error)
{
	asq_target target = { .host = asq_setting(ASQ_G(host)), .user = asq_setting(ASQ_G(user)), .database = asq_setting(ASQ_G(database)) };
	asq_status status;

	if (!target.database) {
		status = asq_error_set(error, 0, "WordPress is not loaded, and asq.database is not set. Load WordPress, or set asq.host, asq.user, asq.password (or asq.password_file), asq.database and asq.prefix.");
	} else if (*ASQ_G(password_file) && !(target.password = asq_read_password(ASQ_G(password_file)))) {
		status = asq_error_set(error, 0, "asq.password_file %s cannot be read.", ASQ_G(password_file));
	} else {
		target.password = target.password ? target.password : asq_setting(ASQ_G(password));
		status = asq_client_link(link, &target, error);
	}
	asq_release(target.host);
	asq_release(target.user);
	asq_release(target.password);
	asq_release(target.database);
	return status;
}

/* ---- Opening ---------------------------------------------------------------------------------- */

static asq_status asq_site_link(asq_site *site, zend_object *wpdb, bool own_only, asq_error *error)
{
	bool in_transaction = false;
	bool mysqli = asq_wpdb_is_mysqli(wpdb, &in_transaction);
	bool wpdb_only = !strcmp(ASQ_G(link), "wpdb") || !mysqli || in_transaction;

	if (own_only || !wpdb_only) {
		if (asq_link_to_wordpress(&site->link, wpdb, error) == ASQ_OK) {
			return ASQ_OK;
		}
		if (own_only || !strcmp(ASQ_G(link), "client")) {
			return ASQ_FAILED;
		}
	}
	asq_wpdb_link(&site->link, wpdb);
	return ASQ_OK;
}

static asq_status asq_site_open_with(asq_site *site, bool own_only, asq_error *error)
{
	zend_object *wpdb = asq_wp_is_loaded() ? asq_wpdb() : NULL;
	asq_status status;

	memset(site, 0, sizeof(*site));
	error->code = 0;
	error->message[0] = '\0';
	site->wordpress = wpdb != NULL;
	site->own_tables = !wpdb || asq_scheduler_now() == ASQ_STANDALONE;
	if (wpdb && asq_scheduler_now() == ASQ_PLUGIN && !asq_tables_known(wpdb)) {
		return asq_error_set(error, 0, "Action Scheduler has not told $wpdb of its tables.");
	}
	status = wpdb ? asq_site_link(site, wpdb, own_only, error) : asq_link_to_settings(&site->link, error);
	if (status == ASQ_OK) {
		zend_string *database = wpdb ? asq_wpdb_string(wpdb, "dbname") : NULL;
		site->database = database ? zend_string_copy(database) : asq_setting(ASQ_G(database));
		asq_site_tables(site, wpdb);
	}
	return status;
}

asq_status asq_site_open(asq_site *site, asq_error *error)
{
	return asq_site_open_with(site, false, error);
}

asq_status asq_site_open_own(asq_site *site, unsigned patience, asq_error *error)
{
	const struct timespec pause = { 0, 250 * 1000 * 1000 };
	time_t until = time(NULL) + patience;
	asq_status status;

	while ((status = asq_site_open_with(site, true, error)) == ASQ_FAILED && asq_error_is_gone(error) && time(NULL) < until) {
		nanosleep(&pause, NULL);
		ASQ_G(client_down_until) = 0;
	}
	return status;
}

void asq_site_close(asq_site *site)
{
	asq_release(site->actions);
	asq_release(site->claims);
	asq_release(site->groups);
	asq_release(site->logs);
	asq_release(site->database);
	site->database = site->actions = site->claims = site->groups = site->logs = NULL;
}

asq_status asq_site_create_tables(asq_site *site, asq_error *error)
{
	return asq_schema_create(&site->link, site->actions, site->claims, site->groups, site->logs, error);
}

asq_status asq_site_run(asq_site *site, asq_batch *batch, asq_error *error)
{
	asq_status status = asq_link_run(&site->link, batch, error);
	asq_error ignored;

	if (status == ASQ_FAILED && site->own_tables && asq_error_is_no_table(error) && !site->link.in_transaction
			&& asq_site_create_tables(site, &ignored) == ASQ_OK) {
		batch->done = 0;
		status = asq_link_run(&site->link, batch, error);
	}
	return status;
}

bool asq_site_in_transaction(void)
{
	zend_object *wpdb = asq_wpdb();
	bool in_transaction = false;

	return wpdb && (!asq_wpdb_is_mysqli(wpdb, &in_transaction) || in_transaction);
}
