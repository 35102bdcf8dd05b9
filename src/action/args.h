/*
 * args.h: an action's arguments as they are stored: JSON, and its digest where it is long.
 */
#ifndef ASQ_ACTION_ARGS_H
#define ASQ_ACTION_ARGS_H

#include "src/db/error.h"

#define ASQ_ARGS_INDEXED 191    /* longer JSON goes to extended_args, its digest to args */
#define ASQ_ARGS_MAX     8000

typedef struct {
	zend_string *args;       /* what stands in, and is looked for in, the args column */
	zend_string *extended;   /* the whole JSON, or NULL where args holds it */
} asq_args;

/*
 * json_encode() as wp_json_encode() calls it. ASQ_DECLINED for what json_encode() refuses (wp_json_encode()
 * then tries harder), ASQ_THROWN where a jsonSerialize() threw.
 */
asq_status asq_args_encode(zval *value, zend_string **json);

/* Takes the JSON. */
void asq_args_from_json(asq_args *args, zend_string *json);
void asq_args_free(asq_args *args);

/* json_decode( $json, true ); ASQ_DECLINED if it is no JSON array or object. */
asq_status asq_args_decode(const zend_string *json, zval *args);

#endif
