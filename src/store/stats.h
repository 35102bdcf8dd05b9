/*
 * stats.h: what the queue looks like, for an operator.
 */
#ifndef ASQ_STORE_STATS_H
#define ASQ_STORE_STATS_H

#include "store.h"

typedef struct {
	const zend_string *now_gmt;
	bool counts;        /* count by status: a scan of an index */
	zend_long top;      /* with counts: so many hooks and groups; 0: none */
	zend_long sample;   /* of each kind of rows, look at about so many for that; 0: at all */
} asq_stats_wish;

/* *stats becomes the array that asq_queue_status() returns, but for its pauses and workers. */
asq_status asq_store_stats(asq_site *site, const asq_stats_wish *wish, zval *stats, asq_error *error);

/* *workers becomes a list of arrays, each supervisor before its workers; empty where the table is not there. Set in any case. */
asq_status asq_store_workers(asq_site *site, zval *workers, asq_error *error);

#endif
