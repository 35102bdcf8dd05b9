/*
 * groups.c: finding and making groups, which have no unique index: in the way in which unique actions are inserted, see insert.c.
 */
#include "inserting.h"
#include "statement.h"

static asq_status asq_group_find(asq_site *site, const zend_string *slug, uint64_t *id, asq_error *error)
{
	asq_batch batch;
	smart_str *sql;

	asq_batch_init(&batch, false);
	sql = asq_batch_add(&batch);
	smart_str_append_printf(sql, "SELECT group_id FROM %s WHERE slug=", ZSTR_VAL(site->groups));
	asq_sql_string(&site->link, sql, slug);
	smart_str_appends(sql, " LIMIT 1");
	return asq_statement_number(site, &batch, id, error);
}

/*
 * A slug that wpdb would refuse (too long, or not UTF-8) is declined. The look and the insert are one
 * statement, for the same reason as in a unique action.
 */
asq_status asq_group_make(asq_site *site, const zend_string *slug, asq_error *error)
{
	asq_batch batch;
	asq_status status;
	smart_str *sql;

	if (ZSTR_LEN(slug) > 255 || !asq_link_can_store(&site->link, slug)) {
		return ASQ_DECLINED;
	}
	asq_batch_init(&batch, true);
	batch.serial = true;
	sql = asq_batch_add(&batch);
	smart_str_append_printf(sql, "INSERT INTO %s (slug) SELECT ", ZSTR_VAL(site->groups));
	asq_sql_string(&site->link, sql, slug);
	smart_str_append_printf(sql, " FROM DUAL WHERE NOT EXISTS (SELECT group_id FROM %s WHERE slug=", ZSTR_VAL(site->groups));
	asq_sql_string(&site->link, sql, slug);
	smart_str_appendc(sql, ')');
	status = asq_site_run(site, &batch, error);
	asq_batch_free(&batch);
	return status;
}

asq_status asq_group_find_or_make(asq_site *site, const zend_string *slug, uint64_t *id, asq_error *error)
{
	asq_status status = asq_group_find(site, slug, id, error);

	if (status == ASQ_OK && *id == 0) {
		status = asq_group_make(site, slug, error);
		if (status == ASQ_OK) {
			status = asq_group_find(site, slug, id, error);
		}
	}
	return status;
}
