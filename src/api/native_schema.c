/*
 * native_schema.c: the index and tables that the extension adds, for `wp asq schema`.
 */
#include "native.h"
#include "src/db/client.h"
#include "src/store/tables.h"

/* Opens the site, never on $wpdb's connection: to change a table ends the transaction that it may be in. */
static asq_status asq_schema_open(asq_site *site, asq_error *error)
{
	asq_status status = asq_site_open_own(site, 0, error);

	if (status != ASQ_OK) {
		ASQ_G(last_error) = *error;
	}
	return status;
}

static bool asq_schema_close(asq_site *site, asq_status status, const asq_error *error)
{
	asq_site_close(site);
	if (status != ASQ_OK) {
		ASQ_G(last_error) = *error;
	}
	return status == ASQ_OK;
}

static void asq_schema_do(asq_status (*make)(asq_site *, asq_error *), zval *return_value)
{
	asq_site site;
	asq_error error;

	RETURN_BOOL(asq_schema_open(&site, &error) == ASQ_OK && asq_schema_close(&site, make(&site, &error), &error));
}

ZEND_FUNCTION(Asq_Native_own_tables)
{
	ZEND_PARSE_PARAMETERS_NONE();
	asq_schema_do(asq_store_own_tables, return_value);
}

/* On a connection that waits for as long as it takes: a large table takes longer than asq.timeout. */
ZEND_FUNCTION(Asq_Native_make_claim_index)
{
	zend_long timeout = ASQ_G(timeout);

	ZEND_PARSE_PARAMETERS_NONE();
	asq_client_close();
	ASQ_G(timeout) = 0;
	asq_schema_do(asq_store_make_claim_index, return_value);
	asq_client_close();
	ASQ_G(timeout) = timeout;
}

ZEND_FUNCTION(Asq_Native_has_claim_index)
{
	asq_site site;
	asq_error error;
	bool there = false;

	ZEND_PARSE_PARAMETERS_NONE();
	if (asq_schema_open(&site, &error) == ASQ_OK && asq_schema_close(&site, asq_store_has_claim_index(&site, &there, &error), &error)) {
		RETURN_BOOL(there);
	}
}

ZEND_FUNCTION(Asq_Native_action_estimate)
{
	asq_site site;
	asq_error error;
	zend_long rows = 0;

	ZEND_PARSE_PARAMETERS_NONE();
	if (asq_schema_open(&site, &error) == ASQ_OK && asq_schema_close(&site, asq_store_estimate(&site, &rows, &error), &error)) {
		RETURN_LONG(rows);
	}
}

ZEND_FUNCTION(Asq_Native_claim_index_sql)
{
	asq_site site;
	asq_error error;
	smart_str sql = {0};
	zend_long way;
	bool replace = false;

	ZEND_PARSE_PARAMETERS_START(1, 2)
		Z_PARAM_LONG(way)
		Z_PARAM_OPTIONAL
		Z_PARAM_BOOL(replace)
	ZEND_PARSE_PARAMETERS_END();
	if (way < 0 || way >= ASQ_INDEX_WAYS || asq_schema_open(&site, &error) != ASQ_OK) {
		return;
	}
	asq_store_claim_index_sql(&site, &sql, (int) way, replace);
	asq_site_close(&site);
	RETURN_STR(smart_str_extract(&sql));
}
