/*
 * backoff.c: how long to wait before an action is tried again.
 */
#include "backoff.h"

static uint64_t asq_backoff_cap(const asq_backoff *backoff)
{
	return backoff->cap < ASQ_DELAY_MAX ? backoff->cap : ASQ_DELAY_MAX;
}

/* base * factor, or the cap where that is less: the product is never made if it does not fit. */
static uint64_t asq_backoff_times(uint64_t base, uint64_t factor, uint64_t cap)
{
	return base != 0 && factor > cap / base ? cap : base * factor;
}

uint64_t asq_backoff_delay(const asq_backoff *backoff, uint64_t retry)
{
	uint64_t cap = asq_backoff_cap(backoff), delay = backoff->base;

	if (retry > 1 && backoff->kind == ASQ_BACKOFF_EXPONENTIAL) {
		/* A cap below 2^63 is reached long before the shift would be too far. */
		delay = retry - 1 >= 63 ? (backoff->base ? cap : 0) : asq_backoff_times(backoff->base, (uint64_t) 1 << (retry - 1), cap);
	} else if (retry > 1 && backoff->kind == ASQ_BACKOFF_LINEAR) {
		delay = asq_backoff_times(backoff->base, retry, cap);
	}
	return delay < cap ? delay : cap;
}

uint64_t asq_backoff_jittered(const asq_backoff *backoff, uint64_t retry, uint64_t random)
{
	uint64_t delay = asq_backoff_delay(backoff, retry), cap = asq_backoff_cap(backoff), least, most;

	if (!(backoff->jitter > 0)) {
		return delay;
	}
	least = (uint64_t) ((double) delay * (1 - (backoff->jitter < 1 ? backoff->jitter : 1)) + 0.5);
	most = (uint64_t) ((double) delay * (1 + (backoff->jitter < 1 ? backoff->jitter : 1)) + 0.5);
	most = most < cap ? most : cap;
	/* Both are a year at most, so that the remainder's bias is nothing. */
	return most > least ? least + random % (most - least + 1) : most;
}
