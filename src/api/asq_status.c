/*
 * asq_status.c: seeing the queue, and pausing it: asq_queue_status(), asq_workers(), asq_pause(), asq_resume(), asq_pauses().
 */
#include "api.h"
#include "options.h"
#include "src/store/pause.h"
#include "src/store/stats.h"
#include "src/wordpress/clock.h"

/* The columns' width: a longer name would be cut, and be another's. */
#define ASQ_PAUSE_NAME_MAX 191

/* ---- asq_queue_status(), asq_workers(), asq_pauses() ---------------------------------------------- */

static asq_status asq_queue_status(asq_site *site, const asq_stats_wish *wish, zval *stats, asq_error *error)
{
	zval pauses, workers;
	asq_status status = asq_store_stats(site, wish, stats, error);

	if (status == ASQ_OK) {
		status = asq_store_pauses(site, &pauses, error);
		add_assoc_zval(stats, "pauses", &pauses);
	}
	if (status == ASQ_OK) {
		status = asq_store_workers(site, &workers, error);
		add_assoc_zval(stats, "workers", &workers);
	}
	return status;
}

ZEND_FUNCTION(asq_queue_status)
{
	HashTable *options = NULL;
	asq_stats_wish wish = { .counts = true, .top = 10, .sample = 5000 };
	asq_site site;
	asq_error error = {0};
	asq_status status;
	zend_string *now;
	zval *counts;

	ZEND_PARSE_PARAMETERS_START(0, 1)
		Z_PARAM_OPTIONAL
		Z_PARAM_ARRAY_HT(options)
	ZEND_PARSE_PARAMETERS_END();

	counts = asq_option(options, "counts");
	wish.counts = !counts || zend_is_true(counts);
	if (!asq_option_long(options, "top", &wish.top) || !asq_option_long(options, "sample", &wish.sample)) {
		RETURN_THROWS();
	}
	wish.now_gmt = now = asq_clock_gmt(asq_clock_now());
	status = asq_site_open(&site, &error);
	if (status == ASQ_OK) {
		status = asq_queue_status(&site, &wish, return_value, &error);
		asq_site_close(&site);
	}
	zend_string_release(now);
	asq_return_or_throw(status, "asq_queue_status", &error, return_value);
}

ZEND_FUNCTION(asq_workers)
{
	ZEND_PARSE_PARAMETERS_NONE();
	asq_return_list(false, asq_store_workers, "asq_workers", return_value);
}

ZEND_FUNCTION(asq_pauses)
{
	ZEND_PARSE_PARAMETERS_NONE();
	asq_return_list(false, asq_store_pauses, "asq_pauses", return_value);
}

/* ---- asq_pause(), asq_resume() -------------------------------------------------------------------- */

static size_t asq_characters(const zend_string *text)
{
	size_t count = 0;

	for (size_t i = 0; i < ZSTR_LEN(text); i++) {
		count += ((unsigned char) ZSTR_VAL(text)[i] & 0xc0) != 0x80;
	}
	return count;
}

/* The kind as a constant; NULL: an exception says what is wrong. */
static const char *asq_pause_kind(const zend_string *kind, const zend_string *name)
{
	static const char *const kinds[] = { ASQ_PAUSE_ALL, ASQ_PAUSE_HOOK, ASQ_PAUSE_GROUP };
	const char *found = NULL;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (zend_string_equals_cstr(kind, kinds[i], strlen(kinds[i]))) {
			found = kinds[i];
		}
	}
	if (!found) {
		zend_argument_value_error(1, "must be \"all\", \"hook\" or \"group\"");
	} else if (strcmp(found, ASQ_PAUSE_ALL) == 0 && ZSTR_LEN(name)) {
		zend_argument_value_error(2, "must be empty for \"all\"");
		found = NULL;
	} else if (strcmp(found, ASQ_PAUSE_ALL) != 0 && !ZSTR_LEN(name)) {
		zend_argument_value_error(2, "must be the name of a %s", found);
		found = NULL;
	} else if (asq_characters(name) > ASQ_PAUSE_NAME_MAX) {
		zend_argument_value_error(2, "must not be longer than %d characters", ASQ_PAUSE_NAME_MAX);
		found = NULL;
	}
	return found;
}

typedef asq_status (*asq_pause_change)(asq_site *site, const char *kind, const zend_string *name, bool *changed, asq_error *error);

static void asq_change_pause(INTERNAL_FUNCTION_PARAMETERS, asq_pause_change change, const char *function)
{
	zend_string *kind, *name = ZSTR_EMPTY_ALLOC();
	const char *known;
	asq_site site;
	asq_error error = {0};
	asq_status status;
	bool changed = false;

	ZEND_PARSE_PARAMETERS_START(1, 2)
		Z_PARAM_STR(kind)
		Z_PARAM_OPTIONAL
		Z_PARAM_STR(name)
	ZEND_PARSE_PARAMETERS_END();

	known = asq_pause_kind(kind, name);
	if (!known) {
		RETURN_THROWS();
	}
	status = asq_site_open(&site, &error);
	if (status == ASQ_OK && !asq_link_can_store(&site.link, name)) {
		zend_argument_value_error(2, "must be text that the database can hold");
		status = ASQ_THROWN;
		asq_site_close(&site);
	} else if (status == ASQ_OK) {
		status = change(&site, known, name, &changed, &error);
		asq_site_close(&site);
	}
	if (status != ASQ_OK) {
		asq_throw_error(function, &error);
		RETURN_THROWS();
	}
	RETURN_BOOL(changed);
}

ZEND_FUNCTION(asq_pause)
{
	asq_change_pause(INTERNAL_FUNCTION_PARAM_PASSTHRU, asq_store_pause, "asq_pause");
}

ZEND_FUNCTION(asq_resume)
{
	asq_change_pause(INTERNAL_FUNCTION_PARAM_PASSTHRU, asq_store_resume, "asq_resume");
}
