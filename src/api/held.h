/*
 * held.h: what this request holds: idempotency keys while their callables run, and probes of circuits. Whatever is still
 * held when the request ends, by a fatal error or since nobody said how it went, is let go of then.
 */
#ifndef ASQ_API_HELD_H
#define ASQ_API_HELD_H

#include "src/store/keys.h"


typedef struct asq_held {
	enum { ASQ_HELD_KEY, ASQ_HELD_PROBE } kind;
	pid_t pid;                  /* a child that it has forked holds nothing */
	zend_string *actions;       /* the site: its table of actions */
	zend_string *scope, *name;
	char token[ASQ_TOKEN_LENGTH + 1];
	bool within;                /* a probe: what it is for is being called */
	bool over;                  /* what it was for has ended, and the database has not heard of it: to be told when it is back */
	zend_string *result;        /* ... a key's result */
	asq_key_state state;
	zend_long ttl;
	struct asq_held *next;
} asq_held;

asq_held *asq_hold(int kind, const asq_site *site, zend_string *scope, zend_string *name, const char *token);

/* No longer held; frees it. */
void asq_held_end(asq_held *held);

/* This process holds the key itself. */
bool asq_held_already(const asq_site *site, zend_string *scope, zend_string *name);

/* This process is calling through the circuit, further up, as the one that tries it. */
bool asq_held_within(const asq_site *site, zend_string *circuit);

/* Holds it still, and not as the child of a fork. */
bool asq_held_is_ours(const asq_held *held);

/* Opens the site that it was of, on the own link, whatever blog WordPress has switched to since. */
asq_status asq_held_open(const asq_held *held, unsigned patience, asq_site *site, asq_error *error);

/* Tells the database what it could not be told before. */
void asq_held_catch_up(const asq_link *link);

void asq_held_shutdown(void);

#endif
