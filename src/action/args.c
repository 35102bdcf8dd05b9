/*
 * args.c: arguments to JSON and back, by PHP's own encoder, since bytes must match.
 */
#include "args.h"
#include "php_asq.h"
#include "Zend/zend_smart_str.h"
#include "ext/json/php_json.h"
#include "ext/standard/md5.h"

asq_status asq_args_encode(zval *value, zend_string **json)
{
	smart_str buffer = {0};
	zend_result encoded = php_json_encode_ex(&buffer, value, 0, PHP_JSON_PARSER_DEFAULT_DEPTH);

	if (EG(exception)) {
		smart_str_free(&buffer);
		return ASQ_THROWN;
	}
	/* An infinite number, say, is an error though the encoder goes on. */
	if (encoded != SUCCESS || JSON_G(error_code) != PHP_JSON_ERROR_NONE) {
		smart_str_free(&buffer);
		return ASQ_DECLINED;
	}
	*json = smart_str_extract(&buffer);
	return ASQ_OK;
}

static zend_string *asq_md5(const zend_string *text)
{
	PHP_MD5_CTX context;
	unsigned char digest[16];
	zend_string *hex = zend_string_alloc(32, 0);

	PHP_MD5Init(&context);
	PHP_MD5Update(&context, ZSTR_VAL(text), ZSTR_LEN(text));
	PHP_MD5Final(digest, &context);
	make_digest_ex(ZSTR_VAL(hex), digest, sizeof(digest));
	return hex;
}

void asq_args_from_json(asq_args *args, zend_string *json)
{
	if (ZSTR_LEN(json) <= ASQ_ARGS_INDEXED) {
		args->args = json;
		args->extended = NULL;
	} else {
		args->args = asq_md5(json);
		args->extended = json;
	}
}

void asq_args_free(asq_args *args)
{
	zend_string_release(args->args);
	if (args->extended) {
		zend_string_release(args->extended);
	}
}

asq_status asq_args_decode(const zend_string *json, zval *args)
{
	ZVAL_UNDEF(args);
	if (php_json_decode_ex(args, ZSTR_VAL(json), ZSTR_LEN(json), PHP_JSON_OBJECT_AS_ARRAY, PHP_JSON_PARSER_DEFAULT_DEPTH) != SUCCESS
			|| Z_TYPE_P(args) != IS_ARRAY) {
		zval_ptr_dtor(args);
		ZVAL_UNDEF(args);
		return ASQ_DECLINED;
	}
	return ASQ_OK;
}
