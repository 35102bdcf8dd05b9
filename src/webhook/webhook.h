/*
 * webhook.h: the door of webhook/: what plugins have registered, and what is answered to those who deliver. Userland is called for
 * what is registered as a callable, and for WordPress's request and response; nothing here throws.
 */
#ifndef ASQ_WEBHOOK_WEBHOOK_H
#define ASQ_WEBHOOK_WEBHOOK_H

#include "signature.h"
#include "src/store/webhooks.h"

typedef enum {
	ASQ_EVENT_BY_HASH,       /* the body's SHA-256 */
	ASQ_EVENT_BY_PATH,       /* a value of the payload */
	ASQ_EVENT_BY_HEADER,
	ASQ_EVENT_BY_CALLABLE
} asq_event_source;

#define ASQ_WEBHOOK_JSON 1
#define ASQ_WEBHOOK_FORM 2

#define ASQ_WEBHOOK_FORM_TYPE "application/x-www-form-urlencoded"

/* One that is registered, with all that it owns. */
typedef struct {
	unsigned uses;                   /* the register's, and of those who answer a request by it */
	zend_string *name, *route, *hook, *group;
	zend_long priority, tolerance, max_size, keep;
	unsigned content_types;
	asq_scheme scheme;
	bool pings;                      /* WooCommerce's, which are not signed */
	zval secrets;                    /* a list of strings, or a callable for one; undefined: none */
	bool secrets_called;
	asq_event_source event_source;
	zend_string *event_name;         /* the path, or the header */
	zval event_id, args;             /* callables, or undefined */
} asq_webhook;

/* ---- options.c ---------------------------------------------------------------------------------- */

/*
 * Makes one of what was given; NULL: `why` says which option is wrong and what is allowed, to be put behind "must ", and never what
 * a secret was.
 */
asq_webhook *asq_webhook_make(zend_string *name, HashTable *options, char *why, size_t size);
/* One use less; without any it is gone. */
void asq_webhook_free(asq_webhook *webhook);

/* 1 to 100 letters, digits, "-", "_" and ".". */
bool asq_webhook_is_name(const zend_string *name);

/* ---- webhook.c: those that are registered, until the request ends -------------------------------- */

/* Keeps it, in the place of one of the same name, and has WordPress know its route. Takes it. */
asq_status asq_webhook_keep(asq_webhook *webhook);
/* Another's name that has the route, or NULL. */
const zend_string *asq_webhook_route_taken(const asq_webhook *webhook);
asq_webhook *asq_webhook_by_route(const zend_string *route);
void asq_webhooks_forget(void);
/* rest_api_init: the routes of all. */
asq_status asq_webhook_routes(void);
/* name => route, hook, group and so on, without secrets. */
void asq_webhooks_list(zval *list);

/* ---- payload.c ---------------------------------------------------------------------------------- */

/* What a Content-Type means: ASQ_WEBHOOK_JSON, ASQ_WEBHOOK_FORM, or 0. Without one: JSON. */
unsigned asq_webhook_type(const zend_string *content_type);

/* Without parameters, in lower case; the caller's to release. */
zend_string *asq_webhook_media_type(const zend_string *content_type);

/*
 * The body as a value. False: it is none, *why says why. JSON's objects are arrays, and whole numbers that are too large for PHP
 * strings; an object that has a name twice is refused, since its readers may differ on which of them counts.
 */
bool asq_webhook_decode(unsigned type, const zend_string *body, zval *payload, const char **why);

/* A text or a whole number at a path such as "data.object.id", as a string, or NULL. */
zend_string *asq_webhook_path(zval *payload, const zend_string *path);

/* What may be an event's id: 1 to 1000 bytes of UTF-8 without control characters. */
bool asq_webhook_is_event(const zend_string *id);

/* ---- enqueue.c ---------------------------------------------------------------------------------- */

/* ASQ_DECLINED: refused, by a filter say, or too early. ASQ_NOT_FOUND: what is given cannot be stored, and never will be. */
asq_status asq_webhook_enqueue(const asq_webhook *webhook, const asq_event *event, zval *args, asq_event_end *end, asq_error *error);

/* ---- receive.c ---------------------------------------------------------------------------------- */

/*
 * Answers a request for a webhook's route. *answer becomes a WP_REST_Response. ASQ_THROWN: somebody has called exit(), or there is no
 * such class.
 */
asq_status asq_webhook_receive(asq_webhook *webhook, zval *request, zval *answer);

#endif
