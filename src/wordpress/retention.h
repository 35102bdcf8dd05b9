/*
 * retention.h: for how long ended actions are kept, and so what a purge is to delete.
 */
#ifndef ASQ_WORDPRESS_RETENTION_H
#define ASQ_WORDPRESS_RETENTION_H

#include "src/store/purge.h"


/* Zeroed to begin with; a date of the caller's own, instead of the filters', is set before it is asked for the plan. */
typedef struct {
	bool has_before;
	int64_t before;
	zend_string *dates[ASQ_PURGE_KINDS];     /* owned; what the plan's kinds point to */
	int64_t kept[ASQ_PURGE_KINDS];           /* the same, in seconds from now */
} asq_retention;

/* An ended status by its name, as a constant; NULL: it is none. */
const char *asq_retention_status(const zval *name);

/* Adds one to the statuses to be purged, once. */
void asq_retention_add(asq_purge_options *what, const char *status);

/*
 * The statuses, unless some are asked for already, and until when each is deleted. Failed actions are among those of the
 * filters if the list of statuses has them, or if they are deleted by their own retention, which a caller's date is not.
 * ASQ_THROWN: a filter threw.
 */
asq_status asq_retention_plan(asq_retention *retention, asq_purge_options *what);
void asq_retention_free(asq_retention *retention);

#endif
