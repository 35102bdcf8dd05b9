/*
 * backoff.h: how long to wait before an action is tried again. Plain arithmetic: the randomness is the caller's.
 */
#ifndef ASQ_ACTION_BACKOFF_H
#define ASQ_ACTION_BACKOFF_H

#include <stdint.h>

/* Nothing is put off for longer than that: a year, in seconds. */
#define ASQ_DELAY_MAX 31536000

typedef enum { ASQ_BACKOFF_EXPONENTIAL, ASQ_BACKOFF_LINEAR, ASQ_BACKOFF_FIXED } asq_backoff_kind;

typedef struct {
	asq_backoff_kind kind;
	uint64_t base, cap;      /* seconds */
	double jitter;           /* 0 to 1: the share by which a delay may be shorter or longer */
} asq_backoff;

/* Seconds before the n-th retry (from 1), without jitter: base, then doubled, added to, or as it is; never more than the cap. */
uint64_t asq_backoff_delay(const asq_backoff *backoff, uint64_t retry);

/* The same with jitter: evenly between its two ends, of which the upper one is the cap at most. random: 64 random bits. */
uint64_t asq_backoff_jittered(const asq_backoff *backoff, uint64_t retry, uint64_t random);

#endif
