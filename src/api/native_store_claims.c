/*
 * native_store_claims.c: the methods of ActionScheduler_DBStore that claim actions and give them back, natively.
 */
#include "native.h"
#include "src/store/claim.h"
#include "src/wordpress/clock.h"
#include "src/wordpress/wpdb.h"
#include "ext/date/php_date.h"

static const char *const asq_no_helpers[] = { NULL };

/* A list of strings that the link can carry. */
static bool asq_is_strings(const asq_link *link, zval *list)
{
	zval *value;

	ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(list), value) {
		ZVAL_DEREF(value);
		if (Z_TYPE_P(value) != IS_STRING || !asq_link_can_store(link, Z_STR_P(value))) {
			return false;
		}
	} ZEND_HASH_FOREACH_END();
	return true;
}

/* The filter that is in force: the given one, which is then remembered, or the one remembered. */
static asq_status asq_claim_filter_value(zend_object *store, const char *name, zval *given, zval *value)
{
	zval args[2];
	asq_status status;

	ZVAL_STRING(&args[0], name);
	if (given && zend_is_true(given)) {
		ZVAL_COPY_VALUE(&args[1], given);
		status = asq_call_method(NULL, store, "set_claim_filter", 2, args);
		ZVAL_COPY(value, given);
	} else {
		status = asq_call_method(value, store, "get_claim_filter", 1, args);
	}
	zval_ptr_dtor(&args[0]);
	return status;
}

/* A slug, or a list of them, as the ids of their groups; none found is AS's to complain about. */
static asq_status asq_claim_groups(asq_native *call, zval *group, zval *ids)
{
	zval slugs;
	asq_status status;

	if (Z_TYPE_P(group) == IS_STRING && asq_link_can_store(&call->site.link, Z_STR_P(group))) {
		array_init(&slugs);
		Z_TRY_ADDREF_P(group);
		add_next_index_zval(&slugs, group);
	} else if (Z_TYPE_P(group) == IS_ARRAY && asq_is_strings(&call->site.link, group)) {
		ZVAL_COPY(&slugs, group);
	} else {
		return ASQ_DECLINED;
	}
	status = asq_store_group_ids(&call->site, Z_ARRVAL(slugs), ids, &call->error);
	zval_ptr_dtor(&slugs);
	if (status == ASQ_OK && !zend_hash_num_elements(Z_ARRVAL_P(ids))) {
		zval_ptr_dtor(ids);
		ZVAL_UNDEF(ids);
		status = ASQ_DECLINED;
	}
	return status;
}

/* The three claim filters of AS: hooks; group; or else excluded groups. */
typedef struct {
	zval hooks, group_ids;
	bool exclude;
} asq_claim_wish;

static asq_status asq_claim_wish_read(asq_native *call, zval *hooks, zval *group, asq_claim_wish *wish)
{
	zval slug;
	asq_status status;

	ZVAL_UNDEF(&slug);
	status = asq_claim_filter_value(call->self, "hooks", hooks, &wish->hooks);
	if (status == ASQ_OK) {
		status = asq_claim_filter_value(call->self, "group", group, &slug);
	}
	if (status == ASQ_OK && !zend_is_true(&slug)) {
		zval_ptr_dtor(&slug);
		wish->exclude = true;
		status = asq_claim_filter_value(call->self, "exclude-groups", NULL, &slug);
	}
	if (status == ASQ_OK && zend_is_true(&slug)) {
		status = asq_claim_groups(call, &slug, &wish->group_ids);
	}
	zval_ptr_dtor(&slug);
	if (status == ASQ_OK && zend_is_true(&wish->hooks) && (Z_TYPE(wish->hooks) != IS_ARRAY || !asq_is_strings(&call->site.link, &wish->hooks))) {
		status = ASQ_DECLINED;
	}
	return status;
}

static const char asq_order_filter[] = "action_scheduler_claim_actions_order_by";
static const char asq_skip_filter[] = "action_scheduler_db_supports_skip_locked";

static bool asq_claim_is_filtered(void)
{
	return asq_wp_callbacks(asq_order_filter, sizeof(asq_order_filter) - 1)
		|| asq_wp_callbacks(asq_skip_filter, sizeof(asq_skip_filter) - 1) || asq_wp_all_listened();
}

/* The filter of 3.9.3 on whether the server can skip locked rows. */
static asq_status asq_claim_skips(asq_native *call, bool *skips)
{
	zval value;
	asq_status status;

	*skips = call->site.link.skip_locked;
	if (asq_scheduler_version() < 30903) {
		return ASQ_OK;
	}
	ZVAL_BOOL(&value, *skips);
	status = asq_wp_apply_filters(asq_skip_filter, &value, 0, NULL);
	*skips = zend_is_true(&value);
	zval_ptr_dtor(&value);
	return status;
}

/*
 * AS's statement goes through $wpdb->prepare() with the filtered order in it: two per cent signs are one, and for a placeholder
 * there is no value, so that nothing is claimed.
 */
static asq_status asq_claim_prepare_order(zval *order)
{
	zend_object *wpdb = asq_wpdb();
	zval args[2], prepared, plain;
	zend_string *unknown;
	asq_status status;

	if (!wpdb || !memchr(Z_STRVAL_P(order), '%', Z_STRLEN_P(order))) {
		return ASQ_OK;
	}
	ZVAL_STR(&args[0], zend_string_concat2(Z_STRVAL_P(order), Z_STRLEN_P(order), " %d", 3));
	ZVAL_LONG(&args[1], 0);
	status = asq_call_method(&prepared, wpdb, "prepare", 2, args);
	zval_ptr_dtor(&args[0]);
	if (status != ASQ_OK) {
		return status == ASQ_NOT_FOUND ? ASQ_OK : status;
	}
	if (Z_TYPE(prepared) != IS_STRING || !Z_STRLEN(prepared)) {
		zval_ptr_dtor(&prepared);
		unknown = zend_string_init("unknown", sizeof("unknown") - 1, 0);
		asq_throw_formatted("RuntimeException", "Unable to claim actions. Database error: %s.", unknown);
		zend_string_release(unknown);
		return ASQ_THROWN;
	}
	status = asq_call_method(&plain, wpdb, "remove_placeholder_escape", 1, &prepared);
	zval_ptr_dtor(&prepared);
	if (status != ASQ_OK) {
		return status == ASQ_NOT_FOUND ? ASQ_OK : status;
	}
	/* Without the " 0" that stands where the limit does. */
	if (Z_TYPE(plain) == IS_STRING && Z_STRLEN(plain) >= 2) {
		zval_ptr_dtor(order);
		ZVAL_STRINGL(order, Z_STRVAL(plain), Z_STRLEN(plain) - 2);
	}
	zval_ptr_dtor(&plain);
	return ASQ_OK;
}

/*
 * The filters on how to claim, if anybody listens. They are told the claim's id, so the claim's row must be made
 * before; else both are one round trip.
 */
static asq_status asq_claim_ask(asq_native *call, const zend_string *now_gmt, zval *hooks, uint64_t *claim_id, zval *order)
{
	zval args[2];
	asq_status status;
	bool skips;

	if (!asq_claim_is_filtered()) {
		return ASQ_OK;
	}
	status = asq_store_new_claim(&call->site, now_gmt, claim_id, &call->error);
	if (status != ASQ_OK) {
		return status;
	}
	ZVAL_STRING(order, "ORDER BY priority ASC, attempts ASC, scheduled_date_gmt ASC, action_id ASC");
	ZVAL_LONG(&args[0], (zend_long) *claim_id);
	ZVAL_COPY_VALUE(&args[1], hooks);
	status = asq_wp_apply_filters(asq_order_filter, order, 2, args);
	if (status == ASQ_OK && Z_TYPE_P(order) != IS_STRING) {
		convert_to_string(order);
		status = EG(exception) ? ASQ_THROWN : ASQ_OK;
	}
	if (status == ASQ_OK) {
		status = asq_claim_prepare_order(order);
	}
	if (status == ASQ_OK) {
		status = asq_claim_skips(call, &skips);
	}
	if (status == ASQ_OK) {
		status = asq_native_reopen(call);
		call->site.link.skip_locked = call->site.link.skip_locked && skips;
	}
	return status;
}

/* The claim's row is there and the filters have been asked: it is too late to leave it to AS. Says what AS says. */
static asq_status asq_claim_failed(asq_native *call)
{
	zend_object *wpdb = asq_wpdb();
	zval message;

	ZVAL_STRING(&message, call->error.message);
	if (wpdb) {
		asq_call_method(NULL, wpdb, "print_error", 1, &message);
	}
	asq_throw_formatted("RuntimeException", "Unable to claim actions. Database error: %s.", Z_STR(message));
	zval_ptr_dtor(&message);
	return ASQ_THROWN;
}

/* 'Y-m-d H:i:s' of a DateTime, in its own time zone as AS takes it; NULL: it threw. */
static zend_string *asq_format_date(zval *date)
{
	zval format, text;
	zend_string *string = NULL;

	ZVAL_STRING(&format, "Y-m-d H:i:s");
	if (asq_call_method(&text, Z_OBJ_P(date), "format", 1, &format) == ASQ_OK) {
		string = zval_get_string(&text);
		zval_ptr_dtor(&text);
	}
	zval_ptr_dtor(&format);
	return string;
}

static asq_status asq_claim_object(uint64_t claim_id, zval *ids, zval *claim)
{
	zval args[2];
	zend_class_entry *ce = asq_class("ActionScheduler_ActionClaim", true);

	if (!ce) {
		return EG(exception) ? ASQ_THROWN : ASQ_DECLINED;
	}
	ZVAL_LONG(&args[0], (zend_long) claim_id);
	ZVAL_COPY_VALUE(&args[1], ids);
	return asq_new(claim, ce, 2, args);
}

static asq_status asq_claim(asq_native *call, zend_long limit, zval *before, zval *hooks, zval *group, zval *claim)
{
	asq_claim_wish wish = {0};
	asq_claim_filter filter = { .limit = limit };
	zend_string *now = asq_clock_gmt(asq_clock_now()), *local = NULL, *due = NULL;
	uint64_t claim_id = 0;
	bool asked;
	zval order, ids;
	asq_status status = asq_claim_wish_read(call, hooks, group, &wish);

	ZVAL_UNDEF(&order);
	if (status == ASQ_OK) {
		due = before && Z_TYPE_P(before) == IS_OBJECT ? asq_format_date(before) : zend_string_copy(now);
		status = due ? asq_clock_current(&local) : ASQ_THROWN;
	}
	if (status == ASQ_OK) {
		status = asq_claim_ask(call, now, &wish.hooks, &claim_id, &order);
	}
	if (status == ASQ_OK) {
		filter.due = due;
		filter.now_gmt = now;
		filter.now_local = local;
		filter.hooks = zend_is_true(&wish.hooks) ? Z_ARRVAL(wish.hooks) : NULL;
		filter.group_ids = Z_TYPE(wish.group_ids) == IS_ARRAY ? Z_ARRVAL(wish.group_ids) : NULL;
		filter.exclude_groups = wish.exclude;
		filter.order_by = Z_TYPE(order) == IS_STRING ? Z_STR(order) : NULL;
		asked = claim_id != 0;
		status = asq_store_claim(&call->site, &filter, &claim_id, &ids, &call->error);
		status = status == ASQ_FAILED && asked ? asq_claim_failed(call) : status;
	}
	if (status == ASQ_OK) {
		status = asq_claim_object(claim_id, &ids, claim);
		zval_ptr_dtor(&ids);
	}
	zend_string_release(now);
	if (local) {
		zend_string_release(local);
	}
	if (due) {
		zend_string_release(due);
	}
	zval_ptr_dtor(&order);
	zval_ptr_dtor(&wish.hooks);
	zval_ptr_dtor(&wish.group_ids);
	return status;
}

/* None, or one of a class whose doings are known. */
static bool asq_is_plain_date(const zval *date)
{
	return !date || Z_TYPE_P(date) == IS_NULL || (Z_TYPE_P(date) == IS_OBJECT && (Z_OBJCE_P(date) == php_date_get_date_ce()
		|| zend_string_equals_literal(Z_OBJCE_P(date)->name, "ActionScheduler_DateTime")));
}

ZEND_FUNCTION(Asq_Native_store_claim)
{
	static const char *const helpers[] = { "claim_actions", "generate_claim_id", "find_actions_by_claim_id", "get_group_ids", NULL };
	asq_native call;
	asq_status status;
	zval claim, *limit;

	if (!asq_native_begin(&call, execute_data, return_value)) {
		return;
	}
	limit = asq_native_arg(&call, 0);
	if (limit && Z_TYPE_P(limit) == IS_LONG && Z_LVAL_P(limit) >= 0 && asq_is_plain_date(asq_native_arg(&call, 1)) && asq_native_open_store(&call, helpers)) {
		status = asq_claim(&call, Z_LVAL_P(limit), asq_native_arg(&call, 1), asq_native_arg(&call, 2), asq_native_arg(&call, 3), &claim);
		asq_native_end(&call, status, &claim);
	}
}

ZEND_FUNCTION(Asq_Native_store_claim_count)
{
	asq_native call;
	asq_status status;
	zend_long count = 0;
	zval value;

	if (asq_native_begin(&call, execute_data, return_value) && asq_native_open_store(&call, asq_no_helpers)) {
		status = asq_store_claim_count(&call.site, &count, &call.error);
		ZVAL_LONG(&value, count);
		asq_native_end(&call, status, &value);
	}
}

ZEND_FUNCTION(Asq_Native_store_claimed)
{
	asq_native call;
	asq_status status;
	uint64_t claim_id;
	zend_string *due;
	zval ids, *before = NULL;

	if (!asq_native_begin(&call, execute_data, return_value) || !asq_native_id(&call, 0, &claim_id) || !asq_native_open_store(&call, asq_no_helpers)) {
		return;
	}
	before = asq_property(call.self, "claim_before_date", sizeof("claim_before_date") - 1);
	due = before && Z_TYPE_P(before) == IS_OBJECT ? asq_format_date(before) : asq_clock_gmt(asq_clock_now());
	status = due ? asq_store_claimed(&call.site, claim_id, due, &ids, &call.error) : ASQ_THROWN;
	if (due) {
		zend_string_release(due);
	}
	asq_native_end(&call, status, &ids);
}

ZEND_FUNCTION(Asq_Native_store_release)
{
	static const char *const helpers[] = { NULL };
	asq_native call;
	asq_status status;
	zval *claim, id;

	if (!asq_native_begin(&call, execute_data, return_value)) {
		return;
	}
	claim = asq_native_arg(&call, 0);
	if (!claim || Z_TYPE_P(claim) != IS_OBJECT || !zend_string_equals_literal(Z_OBJCE_P(claim)->name, "ActionScheduler_ActionClaim")
			|| asq_call_method(&id, Z_OBJ_P(claim), "get_id", 0, NULL) != ASQ_OK) {
		return;
	}
	if (Z_TYPE(id) == IS_LONG && Z_LVAL(id) > 0 && asq_native_open_store(&call, helpers)) {
		status = asq_store_release(&call.site, (uint64_t) Z_LVAL(id), asq_scheduler_version() >= 30903, &call.error);
		asq_native_end(&call, status, NULL);
	}
	zval_ptr_dtor(&id);
}
