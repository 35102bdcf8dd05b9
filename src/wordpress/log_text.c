/*
 * log_text.c: a log row's text with its times.
 */
#include "log_text.h"
#include "clock.h"
#include "src/store/log.h"

asq_status asq_log_text_init(asq_log_text *text, zend_string *message)
{
	int64_t now = asq_clock_now();
	asq_status status = asq_clock_local(now, &text->local);

	if (status != ASQ_OK) {
		zend_string_release(message);
		return status;
	}
	text->message = message;
	text->gmt = asq_clock_gmt(now);
	text->row = (asq_log_row) { text->message, text->gmt, text->local };
	return ASQ_OK;
}

void asq_log_text_free(asq_log_text *text)
{
	zend_string_release(text->message);
	zend_string_release(text->gmt);
	zend_string_release(text->local);
}
