/*
 * circuits.h: circuit breakers: rows of {prefix}asq_circuits, one for each name, which all processes share. A circuit
 * without a row is closed and has never failed. Each change is one conditional statement, by the server's clock.
 */
#ifndef ASQ_STORE_CIRCUITS_H
#define ASQ_STORE_CIRCUITS_H

#include "keys.h"

#define ASQ_CIRCUIT_NAME_MAX 191
#define ASQ_CIRCUIT_THRESHOLD_MAX 1000

typedef enum { ASQ_CIRCUIT_CLOSED, ASQ_CIRCUIT_OPEN, ASQ_CIRCUIT_HALF_OPEN } asq_circuit_state;

/* Times are microseconds. */
typedef struct {
	const zend_string *name;
	zend_long threshold;           /* so many failures */
	int64_t window;                /* ... within this time open it, */
	int64_t cooldown;              /* for so long; */
	int64_t lease;                 /* then one process may try it for so long, */
	zend_long success_threshold;   /* until that has gone well so often */
} asq_circuit_rule;

typedef struct {
	asq_circuit_state state;
	bool may_probe;                     /* it is time to try, and nobody does */
	double wait;                        /* seconds until then, as far as is known */
	char token[ASQ_TOKEN_LENGTH + 1];   /* of who has changed it last */
} asq_circuit_seen;

asq_status asq_store_read_circuit(asq_site *site, const zend_string *name, asq_circuit_seen *seen, asq_error *error);

/* Begins a probe, under a token of asq_token_make(), if the circuit is still as it was seen. *ours: it has. */
asq_status asq_store_probe_circuit(asq_site *site, const asq_circuit_rule *rule, const asq_circuit_seen *seen, const char *token, bool *ours,
	asq_error *error);

typedef enum { ASQ_PROBE_SUCCEEDED, ASQ_PROBE_FAILED, ASQ_PROBE_LEFT } asq_probe_end;

/* Ends a probe, if it is still the one at work. *changed: by that the circuit is closed, or open, now. LEFT: nobody knows. */
asq_status asq_store_end_probe(asq_site *site, const asq_circuit_rule *rule, const char *token, asq_probe_end end, bool *changed, asq_error *error);

/* Counts a failure of a closed circuit. *opened: it was one too many. */
asq_status asq_store_fail_circuit(asq_site *site, const asq_circuit_rule *rule, bool *opened, asq_error *error);

/* Opens it for rule->cooldown, or closes it and forgets its failures. *changed: it was not so before. */
asq_status asq_store_set_circuit(asq_site *site, const asq_circuit_rule *rule, bool open, bool *changed, asq_error *error);

/* *list becomes a list of arrays, see asq_circuits(); empty where there is no table. Set in any case. */
asq_status asq_store_circuits(asq_site *site, zval *list, asq_error *error);

#endif
