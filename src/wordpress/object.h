/*
 * object.h: a row becomes an ActionScheduler_Action.
 */
#ifndef ASQ_WORDPRESS_OBJECT_H
#define ASQ_WORDPRESS_OBJECT_H

#include "call.h"

/* ASQ_DECLINED where the row (see store/fetch.h) cannot be read: AS says why, and gives a null action. */
asq_status asq_action_object(const zval *row, zval *action);

#endif
