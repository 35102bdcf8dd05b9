/*
 * webhook.c: the webhooks that this request's plugins have registered, and their routes. WordPress hears of them when it answers
 * a REST request, and not otherwise.
 */
#include "webhook.h"
#include "src/wordpress/hooks.h"
#include "php_asq.h"

/* Late: who answers in the route's place, or refuses, has done so. */
#define ASQ_DISPATCH_PRIORITY 1000

/* ---- Keeping ------------------------------------------------------------------------------------ */

static void asq_webhook_dtor(zval *entry)
{
	asq_webhook_free(Z_PTR_P(entry));
}

void asq_webhooks_forget(void)
{
	HashTable *webhooks = ASQ_G(webhooks);

	ASQ_G(webhooks) = NULL;
	if (webhooks) {
		zend_hash_destroy(webhooks);
		FREE_HASHTABLE(webhooks);
	}
}

/* WordPress's routes have no case. */
static bool asq_webhook_is_route(const asq_webhook *webhook, const char *route, size_t length)
{
	return ZSTR_LEN(webhook->route) == length && zend_binary_strcasecmp(ZSTR_VAL(webhook->route), length, route, length) == 0;
}

const zend_string *asq_webhook_route_taken(const asq_webhook *webhook)
{
	asq_webhook *other;

	if (ASQ_G(webhooks)) {
		ZEND_HASH_FOREACH_PTR(ASQ_G(webhooks), other) {
			if (!zend_string_equals(other->name, webhook->name) && asq_webhook_is_route(other, ZSTR_VAL(webhook->route), ZSTR_LEN(webhook->route))) {
				return other->name;
			}
		} ZEND_HASH_FOREACH_END();
	}
	return NULL;
}

/* A request's route has a slash before it. */
asq_webhook *asq_webhook_by_route(const zend_string *route)
{
	asq_webhook *webhook;

	if (ASQ_G(webhooks) && ZSTR_LEN(route) && ZSTR_VAL(route)[0] == '/') {
		ZEND_HASH_FOREACH_PTR(ASQ_G(webhooks), webhook) {
			if (asq_webhook_is_route(webhook, ZSTR_VAL(route) + 1, ZSTR_LEN(route) - 1)) {
				return webhook;
			}
		} ZEND_HASH_FOREACH_END();
	}
	return NULL;
}

/* ---- Routes ------------------------------------------------------------------------------------- */

/* The namespace is the route's first two parts, if it has three, else its first. */
static size_t asq_webhook_namespace(const zend_string *route)
{
	const char *first = strchr(ZSTR_VAL(route), '/'), *second = strchr(first + 1, '/');

	return (size_t) ((second ? second : first) - ZSTR_VAL(route));
}

/* As a regular expression: a dot is a dot. */
static zend_string *asq_webhook_pattern(const char *text)
{
	smart_str pattern = {0};

	for (; *text; text++) {
		if (*text == '.') {
			smart_str_appendc(&pattern, '\\');
		}
		smart_str_appendc(&pattern, *text);
	}
	return smart_str_extract(&pattern);
}

/*
 * register_rest_route( $namespace, $route, array( ... ) ), so that WordPress knows it; requests are answered by the filter
 * rest_pre_dispatch, before WordPress has parsed what nobody has signed.
 */
static asq_status asq_webhook_route(const asq_webhook *webhook)
{
	size_t split = asq_webhook_namespace(webhook->route);
	zval args[3];
	asq_status status;

	ZVAL_STRINGL(&args[0], ZSTR_VAL(webhook->route), split);
	ZVAL_STR(&args[1], asq_webhook_pattern(ZSTR_VAL(webhook->route) + split));
	array_init(&args[2]);
	add_assoc_string(&args[2], "methods", "POST");
	add_assoc_string(&args[2], "callback", "Asq\\Native\\webhook_receive");
	add_assoc_string(&args[2], "permission_callback", "__return_true");
	add_assoc_bool(&args[2], "show_in_index", false);
	status = asq_call(NULL, "register_rest_route", 3, args);
	for (int i = 0; i < 3; i++) {
		zval_ptr_dtor(&args[i]);
	}
	return status;
}

static asq_status asq_webhook_listen(void)
{
	return asq_wp_add_action("rest_pre_dispatch", "Asq\\Native\\webhook_dispatch", ASQ_DISPATCH_PRIORITY, 3);
}

/* By positions: whoever is called may register more. */
asq_status asq_webhook_routes(void)
{
	HashTable *webhooks = ASQ_G(webhooks);
	asq_status status = asq_webhook_listen();
	asq_webhook *webhook;
	HashPosition at;

	if (!webhooks) {
		return status;
	}
	for (zend_hash_internal_pointer_reset_ex(webhooks, &at); status != ASQ_THROWN && (webhook = zend_hash_get_current_data_ptr_ex(webhooks, &at)) != NULL;
			zend_hash_move_forward_ex(webhooks, &at)) {
		status = asq_webhook_route(webhook);
	}
	return status;
}

asq_status asq_webhook_keep(asq_webhook *webhook)
{
	asq_status status;
	zval entry;

	if (!ASQ_G(webhooks)) {
		ALLOC_HASHTABLE(ASQ_G(webhooks));
		zend_hash_init(ASQ_G(webhooks), 8, NULL, asq_webhook_dtor, 0);
	}
	ZVAL_PTR(&entry, webhook);
	zend_hash_update(ASQ_G(webhooks), webhook->name, &entry);
	if (!asq_wp_did_action("rest_api_init")) {
		return asq_wp_add_action("rest_api_init", "Asq\\Native\\webhook_routes", 10, 0);
	}
	/* A REST request has begun. */
	status = asq_webhook_listen();
	return status == ASQ_THROWN ? status : asq_webhook_route(webhook);
}

/* ---- Showing ------------------------------------------------------------------------------------ */

static const char *asq_webhook_signature_name(const asq_webhook *webhook)
{
	static const char *const kinds[] = { "none", "hmac", "stripe", "callable" };

	return kinds[webhook->scheme.kind];
}

void asq_webhooks_list(zval *list)
{
	asq_webhook *webhook;
	zval row;

	array_init(list);
	if (!ASQ_G(webhooks)) {
		return;
	}
	ZEND_HASH_FOREACH_PTR(ASQ_G(webhooks), webhook) {
		array_init(&row);
		add_assoc_str(&row, "name", zend_string_copy(webhook->name));
		add_assoc_str(&row, "route", zend_string_copy(webhook->route));
		add_assoc_str(&row, "hook", zend_string_copy(webhook->hook));
		add_assoc_str(&row, "group", zend_string_copy(webhook->group));
		add_assoc_long(&row, "priority", webhook->priority);
		add_assoc_string(&row, "signature", asq_webhook_signature_name(webhook));
		add_assoc_string(&row, "header", webhook->scheme.header ? ZSTR_VAL(webhook->scheme.header) : "");
		add_assoc_long(&row, "max_size", webhook->max_size);
		add_assoc_long(&row, "keep", webhook->keep);
		add_next_index_zval(list, &row);
	} ZEND_HASH_FOREACH_END();
}
