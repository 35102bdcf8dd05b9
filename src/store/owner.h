/*
 * owner.h: which process a row belongs to, in such a form that others on the same machine can tell whether it still lives.
 */
#ifndef ASQ_STORE_OWNER_H
#define ASQ_STORE_OWNER_H

#include "php.h"

#define ASQ_OWNER_MAX 128
#define ASQ_TOKEN_LENGTH 32

typedef enum {
	ASQ_OWNER_UNKNOWN,   /* on another machine or in another container, or there is no /proc */
	ASQ_OWNER_ALIVE,
	ASQ_OWNER_DEAD
} asq_owner_state;

/* This process: the boot of its machine, its process namespace, its id, and when it began. "" where that cannot be had. */
void asq_owner_self(char owner[ASQ_OWNER_MAX]);

asq_owner_state asq_owner_look(const char *owner);

/* A name that nobody else has, in hexadecimal digits. False: there is no randomness to be had. */
bool asq_token_make(char token[ASQ_TOKEN_LENGTH + 1]);

#endif
