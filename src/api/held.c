/*
 * held.c: the list of what this request holds, and letting go of it at the end. By then there may be no $wpdb any more, so
 * that is done on the connection that is open, without asking where it leads.
 */
#include "held.h"
#include "php_asq.h"
#include "src/db/client.h"
#include "src/store/circuits.h"

#include <unistd.h>

#define ASQ_LAST_MEMORY (4 * 1024 * 1024)

asq_held *asq_hold(int kind, const asq_site *site, zend_string *scope, zend_string *name, const char *token)
{
	asq_held *held = ecalloc(1, sizeof(*held));

	held->kind = kind;
	held->pid = getpid();
	held->actions = zend_string_copy(site->actions);
	held->scope = zend_string_copy(scope);
	held->name = zend_string_copy(name);
	memcpy(held->token, token, sizeof(held->token));
	held->next = ASQ_G(held);
	ASQ_G(held) = held;
	return held;
}

void asq_held_end(asq_held *held)
{
	for (asq_held **at = &ASQ_G(held); *at; at = &(*at)->next) {
		if (*at == held) {
			*at = held->next;
			break;
		}
	}
	zend_string_release(held->actions);
	zend_string_release(held->scope);
	zend_string_release(held->name);
	if (held->result) {
		zend_string_release(held->result);
	}
	efree(held);
}

bool asq_held_is_ours(const asq_held *held)
{
	return held->pid == getpid();
}

/* The one of that kind and name which this process holds at this site, or NULL. */
static const asq_held *asq_held_find(int kind, const asq_site *site, zend_string *scope, zend_string *name)
{
	for (const asq_held *held = ASQ_G(held); held; held = held->next) {
		if ((int) held->kind == kind && !held->over && asq_held_is_ours(held) && zend_string_equals(held->name, name) && zend_string_equals(held->scope, scope)
				&& zend_string_equals(held->actions, site->actions)) {
			return held;
		}
	}
	return NULL;
}

bool asq_held_already(const asq_site *site, zend_string *scope, zend_string *name)
{
	return asq_held_find(ASQ_HELD_KEY, site, scope, name) != NULL;
}

bool asq_held_within(const asq_site *site, zend_string *circuit)
{
	const asq_held *held = asq_held_find(ASQ_HELD_PROBE, site, ZSTR_EMPTY_ALLOC(), circuit);

	return held && held->within;
}

asq_status asq_held_open(const asq_held *held, unsigned patience, asq_site *site, asq_error *error)
{
	asq_status status = asq_site_open_own(site, patience, error);

	if (status == ASQ_OK) {
		zend_string_release(site->actions);
		site->actions = zend_string_copy(held->actions);
	}
	return status;
}

static asq_status asq_held_let_go(const asq_held *held, const asq_link *link)
{
	asq_site site = { .link = *link, .actions = held->actions };
	asq_circuit_rule rule = { .name = held->name };
	asq_key_claim claim = { .key = { held->scope, held->name } };
	asq_error ignored;
	bool done;

	if (held->kind == ASQ_HELD_PROBE) {
		return asq_store_end_probe(&site, &rule, held->token, ASQ_PROBE_LEFT, &done, &ignored);
	}
	if (held->result) {
		memcpy(claim.token, held->token, sizeof(claim.token));
		return asq_store_finish_key(&site, &claim, held->state, held->result, held->ttl, 0, &done, &ignored);
	}
	return asq_store_release_key(&site, &claim.key, held->token, 0, &ignored);
}

void asq_held_catch_up(const asq_link *link)
{
	asq_held *held = ASQ_G(held), *next;

	for (; held; held = next) {
		next = held->next;
		if (held->over && asq_held_is_ours(held) && asq_held_let_go(held, link) == ASQ_OK) {
			asq_held_end(held);
		}
	}
}

/* The request may have ended because there was no more memory. */
void asq_held_shutdown(void)
{
	asq_link link;

	if (!ASQ_G(held)) {
		return;
	}
	if (PG(memory_limit) > 0) {
		zend_set_memory_limit(zend_memory_usage(true) + ASQ_LAST_MEMORY);
	}
	while (ASQ_G(held)) {
		if (asq_held_is_ours(ASQ_G(held)) && asq_client_current(&link)) {
			asq_held_let_go(ASQ_G(held), &link);
		}
		asq_held_end(ASQ_G(held));
	}
	zend_set_memory_limit(PG(memory_limit));
}
