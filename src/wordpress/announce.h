/*
 * announce.h: an action's args as WordPress encodes them, and who hears that it is stored.
 */
#ifndef ASQ_WORDPRESS_ANNOUNCE_H
#define ASQ_WORDPRESS_ANNOUNCE_H

#include "call.h"

/* wp_json_encode(), "" where it fails; ASQ_THROWN. */
asq_status asq_encode_args(zval *args, zend_string **json);

/*
 * Fires action_scheduler_stored_action for a stored action, and keeps the logger from writing the row that
 * was written along with it.
 */
asq_status asq_announce_stored(uint64_t id, uint64_t log_id);

#endif
