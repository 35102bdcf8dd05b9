/*
 * scheduler.h: who is Action Scheduler here: the plugin, our own stand-in for it, or nobody (a plain PHP
 * script); and whether its store is one that native code may stand in for.
 */
#ifndef ASQ_WORDPRESS_SCHEDULER_H
#define ASQ_WORDPRESS_SCHEDULER_H

#include "call.h"
#include "src/store/insert.h"

/* What the file names of src/php's classes begin with. */
#define ASQ_EMBEDDED_FOLDER "asq:"

typedef enum {
	ASQ_OUTSIDE,      /* no WordPress: the asq.* settings */
	ASQ_TOO_EARLY,    /* WordPress is there, but nothing has set Action Scheduler up yet */
	ASQ_PLUGIN,       /* the Action Scheduler plugin */
	ASQ_STANDALONE    /* no plugin: the extension alone */
} asq_scheduler;

asq_scheduler asq_scheduler_now(void);

/*
 * Whether as_* may be called yet. If not, says so as Action Scheduler does (_doing_it_wrong); ASQ_DECLINED
 * then is the caller's cue to return its "nothing". ASQ_THROWN as ever.
 */
asq_status asq_scheduler_ready(const char *function);

/* ActionScheduler::store(), logger(), factory(), runner(): an object that the caller must release. */
asq_status asq_scheduler_get(zval *object, const char *which);

/*
 * The store is Action Scheduler's own table store, not one that a plugin has put in its place, so that as_*
 * may go straight to the tables. With for_logs, the same of the logger.
 */
bool asq_scheduler_is_direct(bool for_logs);

/* This store's methods of these names (lower case, NULL at the end) are AS's own. */
bool asq_store_has_stock(zend_object *store, const char *const *methods);

/* The logger's log_stored_action() is the first to hear of a stored action: its row may go with the action's. */
bool asq_logger_hears_first(void);

/* Somebody besides the logger listens to action_scheduler_stored_action. */
bool asq_stored_action_is_watched(void);

/* Somebody listens to action_scheduler_deleted_action, besides the logger that then deletes the action's logs. */
bool asq_deleted_action_is_watched(void);

/* The version of the Action Scheduler in charge: 3.9.3 is 30903. */
int asq_scheduler_version(void);

/* What `unique` looks at: see asq.unique. */
asq_unique asq_scheduler_unique(void);

#endif
