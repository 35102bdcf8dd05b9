/*
 * compile.h: what happens while PHP compiles: Action Scheduler's as_* functions give way to ours, its classes'
 * methods ask native code first, and WordPress's boot is noticed.
 */
#ifndef ASQ_WORDPRESS_COMPILE_H
#define ASQ_WORDPRESS_COMPILE_H

#include "php.h"

/* MINIT: false where opcache's file cache can no longer be told of us. */
bool asq_compile_startup(void);
void asq_compile_shutdown(void);

/* RINIT, the first one: later than opcache's own hook, so that ours is outside and sees each request. */
void asq_compile_activate(void);

#endif
