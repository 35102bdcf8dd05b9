/*
 * failing.h: what the files share that write failures under a retry policy: failures.c, failures_flush.c, retries.c, letters.c.
 */
#ifndef ASQ_STORE_FAILING_H
#define ASQ_STORE_FAILING_H

#include "failures.h"
#include "statement.h"

/* An attempt that was still to begin has been counted by nobody; one that is only postponed is not to count. */
#define ASQ_COUNT_ATTEMPT "attempts=attempts+(status='" ASQ_STATUS_PENDING "'), "
#define ASQ_SPARE_ATTEMPT "attempts=attempts-(status='" ASQ_STATUS_RUNNING "' AND attempts>0), "

/* In a format. A row that runs once is due at its schedule's time, which as_next_scheduled_action() tells; a series keeps its own. */
#define ASQ_RUNS_ONCE "schedule LIKE 'O:28:\"ActionScheduler_NullSchedule\"%%' OR schedule LIKE 'O:30:\"ActionScheduler_SimpleSchedule\"%%'"

/* Runs a batch; makes the tables, once, where one is missing. In a caller's transaction that is reported. */
asq_status asq_failures_write(asq_site *site, asq_batch *batch, asq_error *error);

/* Runs statements that read or delete; *there: the tables are. */
asq_status asq_failures_look(asq_site *site, asq_batch *batch, bool *there, asq_error *error);

/* INSERT INTO letters ... SELECT, up to where the error's columns come; what follows is the values of those. */
void asq_letters_insert(asq_site *site, smart_str *sql);

void asq_letters_from(asq_site *site, smart_str *sql);

void asq_letters_or_null(asq_site *site, smart_str *sql, const zend_string *text);

#endif
