/*
 * letter.h: dead letters as userland sees them: arrays, hooks, an e-mail.
 */
#ifndef ASQ_WORDPRESS_LETTER_H
#define ASQ_WORDPRESS_LETTER_H

#include "call.h"

/* A row of asq_store_letters() as an array; with its trace if the row has it. */
void asq_letter_array(const zval *row, bool whole, zval *letter);

/* The letter's array; ASQ_NOT_FOUND. */
asq_status asq_letter_get(uint64_t letter_id, zval *letter, asq_error *error);

/* The newest letter of an action, or 0. */
uint64_t asq_letter_of_action(uint64_t action_id);

/* What goes into the column metadata: JSON of what the filter asq_dead_letter_metadata makes of where it happened. */
asq_status asq_letter_metadata(uint64_t action_id, zval *thrown, zval *context, zend_string **json);

/* A letter has been stored: listeners hear of it, an e-mail is sent if one is wanted, and some of the old ones go. */
asq_status asq_letter_stored(uint64_t letter_id);

/* For how many seconds letters are kept: 30 days, or what the filter asq_dead_letter_retention says; 0: for ever. */
asq_status asq_letter_retention(zend_long *seconds);

/* Deletes up to so many letters that are older than that date. */
asq_status asq_letter_purge(zend_string *before_gmt, zend_string *hook, zend_long limit, zend_long *deleted, asq_error *error);

/* Forgets what was remembered of actions that have ended. That reads all that is remembered: not to be done for each letter. */
asq_status asq_letter_forget(asq_error *error);

#endif
