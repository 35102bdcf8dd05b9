/*
 * store.h: what all of store/ shares. store/ has every statement on Action Scheduler's tables, and on the extension's own: plain
 * data in and out; nothing here calls into userland. Odd values are the callers' concern: what comes in here is what is
 * stored. Each of its files has a header of its own.
 */
#ifndef ASQ_STORE_STORE_H
#define ASQ_STORE_STORE_H

#include "src/wordpress/site.h"

#define ASQ_STATUS_PENDING  "pending"
#define ASQ_STATUS_RUNNING  "in-progress"
#define ASQ_STATUS_COMPLETE "complete"
#define ASQ_STATUS_FAILED   "failed"
#define ASQ_STATUS_CANCELED "canceled"

/* Seconds for which the queue runner waits for a server that is being restarted. */
#define ASQ_RUN_PATIENCE 30

#endif
