/*
 * log_text.h: a log row's text with its times.
 */
#ifndef ASQ_WORDPRESS_LOG_TEXT_H
#define ASQ_WORDPRESS_LOG_TEXT_H

#include "src/store/log.h"


typedef struct {
	asq_log_row row;                       /* points to the strings below */
	zend_string *message, *gmt, *local;    /* owned */
} asq_log_text;

/* Now, by both clocks. Takes the message, also where the site's time zone is none (ASQ_THROWN). */
asq_status asq_log_text_init(asq_log_text *text, zend_string *message);
void asq_log_text_free(asq_log_text *text);

#endif
