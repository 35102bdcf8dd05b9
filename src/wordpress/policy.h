/*
 * policy.h: retry policies: how they are given, where they are kept, and which one is an action's.
 */
#ifndef ASQ_WORDPRESS_POLICY_H
#define ASQ_WORDPRESS_POLICY_H

#include "call.h"
#include "src/action/backoff.h"

/* A policy as it is used. The zvals are those of the array that it was read from. */
typedef struct {
	zend_long max_attempts, timeout;
	asq_backoff backoff;
	bool crash_retry;
	zval *delay;                       /* a callable, or NULL */
	HashTable *retry_on, *give_up_on;  /* lists of class names; empty: none */
} asq_policy;

/* Where a policy comes from decides what it may hold: one that is stored with an action no objects. */
typedef enum { ASQ_POLICY_REGISTERED, ASQ_POLICY_STORED } asq_policy_kind;

/*
 * Checks what was given, and makes *policy of it: an array with all its keys. False: `why` says which key is wrong, and what is
 * allowed, to be put behind "must ".
 */
bool asq_policy_check(HashTable *given, asq_policy_kind kind, zval *policy, char *why, size_t size);

/* Reads an array that the above has made. */
void asq_policy_read(const zval *array, asq_policy *policy);

/* Keeps a policy for a hook or a group, until the request ends; an undefined one: no more. Takes it. */
void asq_policy_keep(bool group, zend_string *name, zval *policy);
void asq_policies_forget(void);

/* Whether any action may have one; costs nothing to speak of where there is none. */
bool asq_policy_any(void);

/* Whether there are, or have been, actions with one of their own. */
bool asq_policy_marked(void);

/* An action got one of its own: from now on they are looked for. ASQ_THROWN. */
asq_status asq_policy_mark(void);

/*
 * The policy of an action: its own, its hook's or its group's, and what the filter makes of it. *policy is an array, or null. What
 * a filter throws is logged, and the filter ignored; ASQ_THROWN is an exit().
 */
asq_status asq_policy_find(zend_string *hook, zend_string *group, uint64_t action_id, zval *action, zval *policy);

#endif
