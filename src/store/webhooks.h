/*
 * webhooks.h: the events that webhooks have delivered: rows of {prefix}asq_webhook_events, each with its body and the action that was
 * made for it. An event is a webhook and an id, any bytes, compared one by one; an id longer than 191 is stored as its SHA-256.
 */
#ifndef ASQ_STORE_WEBHOOKS_H
#define ASQ_STORE_WEBHOOKS_H

#include "insert.h"
#include "owner.h"

/* The error of an event that is larger than the server takes. */
#define ASQ_ER_PACKET_TOO_LARGE 1153

/* The strings are the caller's. */
typedef struct {
	const zend_string *webhook, *id, *content_type, *body;
	zend_long keep;                       /* seconds */
} asq_event;

/* What has become of one. */
typedef struct {
	uint64_t action_id;                   /* this event's, whoever has made it */
	uint64_t log_id;                      /* of the log row that was written along; 0: none was */
	bool duplicate;                       /* it was there before */
	bool busy;                            /* another process is at it: there is no action yet */
	char token[ASQ_TOKEN_LENGTH + 1];
} asq_event_end;

/* Makes the table where it is not there. */
asq_status asq_store_make_events(asq_site *site, asq_error *error);

/*
 * Stores an event, its action and the action's log row (or NULL) in one round trip and one commit: all of them, or, if the event is
 * there already, none. Makes the group, and the table, where they are not there. After a lost connection the answer is right all the
 * same. On a link with transactions of its own only. Waits for locks for a few seconds at most.
 *
 * ASQ_DECLINED: the hook, the schedule or the group cannot be stored.
 */
asq_status asq_store_insert_event(asq_site *site, const asq_action_row *row, const asq_log_row *log, const asq_event *event, asq_event_end *end,
	asq_error *error);

/*
 * The same for an action that somebody else makes: first the event is stored without one; then it gets its action, or is given up.
 * An event that has had none for a minute (its process has died) is the next one's.
 */
asq_status asq_store_claim_event(asq_site *site, const asq_event *event, asq_event_end *end, asq_error *error);
asq_status asq_store_finish_event(asq_site *site, const asq_event *event, const char *token, uint64_t action_id, asq_error *error);
asq_status asq_store_release_event(asq_site *site, const asq_event *event, const char *token, asq_error *error);

/* ---- Looking ---- */

/* The columns of an event's row; the status is the action's, NULL where that is gone. */
enum { ASQ_EVENT_WEBHOOK, ASQ_EVENT_ID, ASQ_EVENT_ACTION, ASQ_EVENT_STATUS, ASQ_EVENT_RECEIVED, ASQ_EVENT_EXPIRES, ASQ_EVENT_TYPE, ASQ_EVENT_SIZE,
	ASQ_EVENT_BODY };

/* One with its body: *rows becomes a list of at most one row. No table: no event. */
asq_status asq_store_get_event(asq_site *site, const zend_string *webhook, const zend_string *id, zval *rows, asq_error *error);

/* NULL: any. */
typedef struct {
	const zend_string *webhook, *status;
	zend_long limit, offset;              /* limit 0: none */
} asq_events_query;

/* Without bodies, the newest first. */
asq_status asq_store_events(asq_site *site, const asq_events_query *query, zval *rows, asq_error *error);
asq_status asq_store_count_events(asq_site *site, const asq_events_query *query, zend_long *count, asq_error *error);

/* ---- Clearing away ---- */

/*
 * Deletes events that have expired, or, with an age, that came so many seconds ago, and whose action is neither pending nor running. In
 * short statements, up to a limit (0: all); webhook NULL: of all.
 */
asq_status asq_store_purge_events(asq_site *site, const zend_string *webhook, zend_long age, uint64_t limit, uint64_t *deleted, asq_error *error);

/* Now and then, by the chance that is in a token: some of those that have expired. What goes wrong is nobody's concern. */
void asq_store_tidy_events(asq_site *site, const char *token);

#endif
