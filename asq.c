/*
 * asq.c: the module's life: settings, start-up, requests, phpinfo().
 */
#include "php_asq.h"
#include "src/api/circuit.h"
#include "src/api/held.h"
#include "src/api/native.h"
#include "src/db/client.h"
#include "src/store/pause.h"
#include "src/store/wake.h"
#include "src/webhook/webhook.h"
#include "src/wordpress/compile.h"
#include "src/wordpress/exceptions.h"
#include "src/wordpress/policy.h"
#include "src/worker/member.h"
#include "ext/standard/info.h"

#include <openssl/opensslv.h>

#include "stubs/asq_arginfo.h"
#define ext_functions asq_native_functions
#include "stubs/asq_native_arginfo.h"
#undef ext_functions

ZEND_DECLARE_MODULE_GLOBALS(asq)

/* ---- Settings ------------------------------------------------------------------------------------ */

/* One of a few words; anything else is refused, and the value stays as it was. */
static ZEND_INI_MH(asq_on_link)
{
	if (strcmp(ZSTR_VAL(new_value), "auto") && strcmp(ZSTR_VAL(new_value), "client") && strcmp(ZSTR_VAL(new_value), "wpdb")) {
		zend_error(E_WARNING, "asq.link must be auto, client or wpdb, not \"%s\"", ZSTR_VAL(new_value));
		return FAILURE;
	}
	return OnUpdateString(entry, new_value, mh_arg1, mh_arg2, mh_arg3, stage);
}

static ZEND_INI_MH(asq_on_unique)
{
	if (strcmp(ZSTR_VAL(new_value), "auto") && strcmp(ZSTR_VAL(new_value), "group") && strcmp(ZSTR_VAL(new_value), "args")) {
		zend_error(E_WARNING, "asq.unique must be auto, group or args, not \"%s\"", ZSTR_VAL(new_value));
		return FAILURE;
	}
	return OnUpdateString(entry, new_value, mh_arg1, mh_arg2, mh_arg3, stage);
}

/* A whole number from 0 on; unit and most are those of the setting. */
static bool asq_is_number_of(const zend_string *name, const zend_string *value, zend_long most, const char *unit)
{
	zend_long number = 0;

	if (is_numeric_string(ZSTR_VAL(value), ZSTR_LEN(value), &number, NULL, false) == IS_LONG && number >= 0 && number <= most) {
		return true;
	}
	zend_error(E_WARNING, "%s must be 0 to " ZEND_LONG_FMT " %s, not \"%s\"", ZSTR_VAL(name), most, unit, ZSTR_VAL(value));
	return false;
}

static ZEND_INI_MH(asq_on_seconds)
{
	return asq_is_number_of(entry->name, new_value, 86400, "seconds") ? OnUpdateLong(entry, new_value, mh_arg1, mh_arg2, mh_arg3, stage) : FAILURE;
}

static ZEND_INI_MH(asq_on_microseconds)
{
	return asq_is_number_of(entry->name, new_value, 1000, "microseconds") ? OnUpdateLong(entry, new_value, mh_arg1, mh_arg2, mh_arg3, stage) : FAILURE;
}

/* A password is shown to nobody. */
static ZEND_INI_DISP(asq_show_password)
{
	const char *value = ini_entry->value && ZSTR_LEN(ini_entry->value) ? "(set)" : "no value";

	(void) type;
	ZEND_WRITE(value, strlen(value));
}

ZEND_INI_BEGIN()
	STD_ZEND_INI_BOOLEAN("asq.enabled", "1", PHP_INI_SYSTEM, OnUpdateBool, enabled, zend_asq_globals, asq_globals)
	STD_ZEND_INI_ENTRY("asq.link", "auto", PHP_INI_ALL, asq_on_link, link, zend_asq_globals, asq_globals)
	STD_ZEND_INI_ENTRY("asq.unique", "auto", PHP_INI_ALL, asq_on_unique, unique, zend_asq_globals, asq_globals)
	STD_ZEND_INI_ENTRY("asq.host", "", PHP_INI_ALL, OnUpdateString, host, zend_asq_globals, asq_globals)
	STD_ZEND_INI_ENTRY("asq.user", "", PHP_INI_ALL, OnUpdateString, user, zend_asq_globals, asq_globals)
	STD_ZEND_INI_ENTRY_EX("asq.password", "", PHP_INI_ALL, OnUpdateString, password, zend_asq_globals, asq_globals, asq_show_password)
	STD_ZEND_INI_ENTRY("asq.password_file", "", PHP_INI_ALL, OnUpdateString, password_file, zend_asq_globals, asq_globals)
	STD_ZEND_INI_ENTRY("asq.database", "", PHP_INI_ALL, OnUpdateString, database, zend_asq_globals, asq_globals)
	STD_ZEND_INI_ENTRY("asq.prefix", "wp_", PHP_INI_ALL, OnUpdateString, prefix, zend_asq_globals, asq_globals)
	STD_ZEND_INI_ENTRY("asq.ssl_ca", "", PHP_INI_SYSTEM, OnUpdateString, ssl_ca, zend_asq_globals, asq_globals)
	STD_ZEND_INI_ENTRY("asq.ssl_cert", "", PHP_INI_SYSTEM, OnUpdateString, ssl_cert, zend_asq_globals, asq_globals)
	STD_ZEND_INI_ENTRY("asq.ssl_key", "", PHP_INI_SYSTEM, OnUpdateString, ssl_key, zend_asq_globals, asq_globals)
	STD_ZEND_INI_BOOLEAN("asq.ssl_verify", "1", PHP_INI_SYSTEM, OnUpdateBool, ssl_verify, zend_asq_globals, asq_globals)
	STD_ZEND_INI_ENTRY("asq.connect_timeout", "10", PHP_INI_ALL, asq_on_seconds, connect_timeout, zend_asq_globals, asq_globals)
	STD_ZEND_INI_ENTRY("asq.timeout", "60", PHP_INI_ALL, asq_on_seconds, timeout, zend_asq_globals, asq_globals)
	STD_ZEND_INI_ENTRY("asq.lock_wait", "1", PHP_INI_ALL, asq_on_seconds, lock_wait, zend_asq_globals, asq_globals)
	STD_ZEND_INI_ENTRY("asq.spin", "300", PHP_INI_ALL, asq_on_microseconds, spin, zend_asq_globals, asq_globals)
ZEND_INI_END()

/* ---- Life ---------------------------------------------------------------------------------------- */

static PHP_GINIT_FUNCTION(asq)
{
#if defined(COMPILE_DL_ASQ) && defined(ZTS)
	ZEND_TSRMLS_CACHE_UPDATE();
#endif
	memset(asq_globals, 0, sizeof(*asq_globals));
}

/* The connection ends with its thread. */
static PHP_GSHUTDOWN_FUNCTION(asq)
{
#ifdef ZTS
	asq_client_thread_end(asq_globals->client, asq_globals->beside);
#endif
	(void) asq_globals;
}

static PHP_MINIT_FUNCTION(asq)
{
	if (type != MODULE_PERSISTENT) {
		zend_error(E_WARNING, "asq must be loaded by extension=asq in php.ini, not by dl()");
		return FAILURE;
	}
	REGISTER_INI_ENTRIES();
	if (!ASQ_G(enabled)) {
		return SUCCESS;
	}
	if (!asq_client_library_init()) {
		zend_error(E_CORE_WARNING, "asq: the database client library cannot be initialised");
		return FAILURE;
	}
	if (!asq_compile_startup()) {
		zend_error(E_CORE_WARNING, "asq: loaded too late to be known to opcache's file cache");
	}
	asq_native_claims_class(register_class_Asq_Native_Claims());
	asq_member_startup();
	asq_exceptions_startup();
	asq_circuits_startup();
	/* Not in the module entry, so that asq.enabled=0 leaves PHP as if the extension were not there. */
	return zend_register_functions(NULL, ext_functions, NULL, type) == SUCCESS
		&& zend_register_functions(NULL, asq_native_functions, NULL, type) == SUCCESS ? SUCCESS : FAILURE;
}

static PHP_MSHUTDOWN_FUNCTION(asq)
{
	if (ASQ_G(enabled)) {
		asq_compile_shutdown();
		asq_client_close();
		asq_client_library_end();
	}
	UNREGISTER_INI_ENTRIES();
	return SUCCESS;
}

static PHP_RINIT_FUNCTION(asq)
{
#if defined(COMPILE_DL_ASQ) && defined(ZTS)
	ZEND_TSRMLS_CACHE_UPDATE();
#endif
	if (ASQ_G(enabled)) {
		asq_compile_activate();
	}
	ASQ_G(boot_hooked) = ASQ_G(standalone) = ASQ_G(embedded_compile) = false;
	ASQ_G(as_version) = 0;
	ASQ_G(saved_log_action) = 0;
	ASQ_G(last_error).message[0] = '\0';
	ASQ_G(run) = NULL;
	ASQ_G(policies)[0] = ASQ_G(policies)[1] = NULL;
	ASQ_G(action_policies_at) = ASQ_G(retries_forgotten_at) = 0;
	ASQ_G(purge_by_id) = 0;
	ASQ_G(crash_hooked) = false;
	ASQ_G(last_stored) = 0;
	ASQ_G(paused_table) = ASQ_G(paused_sql) = NULL;
	ASQ_G(held) = NULL;
	ASQ_G(circuits) = NULL;
	ASQ_G(webhooks) = NULL;
	return SUCCESS;
}

static PHP_RSHUTDOWN_FUNCTION(asq)
{
	if (ASQ_G(enabled)) {
		/* First: a run that survives a fatal error goes on in a new image of this process. */
		asq_held_shutdown();
		asq_circuits_shutdown();
		asq_run_shutdown();
		asq_wake_again();
		asq_store_forget_pauses();
		asq_policies_forget();
		asq_webhooks_forget();
		asq_client_release();
	}
	return SUCCESS;
}

static PHP_MINFO_FUNCTION(asq)
{
	const char *server = ASQ_G(enabled) ? asq_client_server() : NULL;

	php_info_print_table_start();
	php_info_print_table_row(2, "Action Scheduler's backend in C", ASQ_G(enabled) ? "enabled" : "disabled by asq.enabled=0");
	php_info_print_table_row(2, "Version", PHP_ASQ_VERSION);
	php_info_print_table_row(2, "Client library", asq_client_library());
	php_info_print_table_row(2, "Client library version", asq_client_library_version());
	php_info_print_table_row(2, "OpenSSL headers", OPENSSL_VERSION_TEXT);
	php_info_print_table_row(2, "Link", ASQ_G(link) ? ASQ_G(link) : "auto");
	php_info_print_table_row(2, "Server", server ? server : "not connected");
	php_info_print_table_end();
	DISPLAY_INI_ENTRIES();
}

static const zend_module_dep asq_deps[] = {
	ZEND_MOD_REQUIRED("date")
	ZEND_MOD_REQUIRED("json")
	ZEND_MOD_REQUIRED("spl")
	ZEND_MOD_OPTIONAL("mysqlnd")
	ZEND_MOD_OPTIONAL("mysqli")
	ZEND_MOD_END
};

zend_module_entry asq_module_entry = {
	STANDARD_MODULE_HEADER_EX,
	NULL,
	asq_deps,
	"asq",
	NULL,
	PHP_MINIT(asq),
	PHP_MSHUTDOWN(asq),
	PHP_RINIT(asq),
	PHP_RSHUTDOWN(asq),
	PHP_MINFO(asq),
	PHP_ASQ_VERSION,
	PHP_MODULE_GLOBALS(asq),
	PHP_GINIT(asq),
	PHP_GSHUTDOWN(asq),
	NULL,
	STANDARD_MODULE_PROPERTIES_EX
};

#ifdef COMPILE_DL_ASQ
# ifdef ZTS
ZEND_TSRMLS_CACHE_DEFINE()
# endif
ZEND_GET_MODULE(asq)
#endif
