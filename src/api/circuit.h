/*
 * circuit.h: a circuit as it is in this process: its rule, and what is known of its row. The PHP class is in asq_circuit.c,
 * the row in store/circuits.c.
 */
#ifndef ASQ_API_CIRCUIT_H
#define ASQ_API_CIRCUIT_H

#include "api.h"
#include "held.h"
#include "src/store/circuits.h"

typedef struct asq_circuit {
	zend_string *name;
	asq_circuit_rule rule;      /* its name is the one above */
	double cache;
	zval counts, judge;         /* as given, and, if that can be called, as a closure: the one after the other, for the collector */
	asq_held *probe;            /* which isAvailable() has begun */
	double probe_until;         /* its lease's end */

	zend_string *known_of;      /* what is known, of which site's table, and until when */
	asq_circuit_seen known;
	double known_at, known_until;
	zend_object std;
} asq_circuit;

/* MINIT: the class. A request's end: its circuits. */
void asq_circuits_startup(void);
void asq_circuits_shutdown(void);

typedef enum { ASQ_MAY_CALL, ASQ_MAY_PROBE, ASQ_MAY_NOT } asq_permission;

/* Asks how it stands, as far as that is not known. *wait: seconds until somebody may try, if nobody may now; *held: the probe that has begun. */
asq_permission asq_circuit_enter(asq_circuit *circuit, double *wait, asq_held **held);

/* Whether what was thrown or returned is a failure. An exception of whoever is asked goes on, if none is on its way already. */
asq_probe_end asq_circuit_judge(asq_circuit *circuit, zval *outcome);

/* It went so: ends the probe, or counts the failure. */
void asq_circuit_leave(asq_circuit *circuit, asq_held *held, asq_probe_end end);

/* Counts a failure under the rule, or opens or closes it. *changed: by that it is open, or closed, as it was not before. */
typedef enum { ASQ_TO_FAILED, ASQ_TO_OPEN, ASQ_TO_CLOSED } asq_circuit_to;
asq_status asq_circuit_change(asq_circuit *circuit, const asq_circuit_rule *rule, asq_circuit_to to, bool *changed, asq_error *error);

/* What is known of it is of no use any more. */
void asq_circuit_forget(asq_circuit *circuit);

/* do_action( 'asq_circuit_...', $name, $circuit ) */
void asq_circuit_tell(asq_circuit *circuit, const char *hook);

#endif
