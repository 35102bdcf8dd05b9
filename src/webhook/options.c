/*
 * options.c: what asq_register_webhook() takes: checked once, so that a request finds nothing odd. What is wrong is told without
 * what it was, since that may be a secret.
 */
#include "webhook.h"
#include "php_asq.h"

#include <stdarg.h>

#define ASQ_NAME_MAX        100
#define ASQ_ROUTE_MAX       200
#define ASQ_WORD_MAX        191
#define ASQ_SECRETS_MAX     100
#define ASQ_SECRET_PLAIN    16   /* bytes: a shorter word might be a method's name */
#define ASQ_TOLERANCE_MAX   86400
#define ASQ_SIZE_MAX        (64 * 1024 * 1024)
#define ASQ_KEEP_MAX        315360000   /* ten years */

static const char *const asq_webhook_options[] = { "hook", "group", "priority", "route", "secret", "signature", "tolerance", "event_id", "args", "max_size", "keep",
	"content_types", NULL };
static const char *const asq_signature_options[] = { "header", "algorithm", "encoding", "prefix", "timestamp_header", "payload", NULL };

typedef struct {
	asq_webhook *webhook;
	HashTable *given;
	char *why;
	size_t size;
} asq_making;

/* False, with the reason. */
static bool asq_wrong(const asq_making *m, const char *format, ...) ZEND_ATTRIBUTE_FORMAT(printf, 2, 3);
static bool asq_wrong(const asq_making *m, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(m->why, m->size, format, args);
	va_end(args);
	return false;
}

/* Its value, or NULL where it is not given, or null. */
static zval *asq_given(HashTable *given, const char *key)
{
	zval *value = zend_hash_str_find(given, key, strlen(key));

	if (value) {
		ZVAL_DEREF(value);
	}
	return value && Z_TYPE_P(value) != IS_NULL ? value : NULL;
}

/* ---- Text --------------------------------------------------------------------------------------- */

static bool asq_is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool asq_webhook_is_name(const zend_string *name)
{
	for (size_t i = 0; i < ZSTR_LEN(name); i++) {
		if (!asq_is_letter(ZSTR_VAL(name)[i]) && ZSTR_VAL(name)[i] != '.') {
			return false;
		}
	}
	return ZSTR_LEN(name) && ZSTR_LEN(name) <= ASQ_NAME_MAX && ZSTR_VAL(name)[0] != '.';
}

/* A header's name. */
static bool asq_is_header(const char *name, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (!asq_is_letter(name[i])) {
			return false;
		}
	}
	return length && length <= ASQ_NAME_MAX;
}

static bool asq_is_text(const zval *value, size_t least, size_t most)
{
	const asq_link utf8 = {0};

	return Z_TYPE_P(value) == IS_STRING && Z_STRLEN_P(value) >= least && Z_STRLEN_P(value) <= most && asq_link_can_store(&utf8, Z_STR_P(value))
		&& !memchr(Z_STRVAL_P(value), '\0', Z_STRLEN_P(value));
}

static zend_string *asq_text(const char *text)
{
	return zend_string_init(text, strlen(text), 0);
}

/* ---- Plain options ------------------------------------------------------------------------------ */

static bool asq_known_only(const asq_making *m, HashTable *given, const char *const *names, const char *where)
{
	zend_string *key;

	ZEND_HASH_FOREACH_STR_KEY(given, key) {
		const char *const *name = names;
		smart_str list = {0};
		while (key && *name && !zend_string_equals_cstr(key, *name, strlen(*name))) {
			name++;
		}
		if (key && *name) {
			continue;
		}
		for (name = names; *name; name++) {
			smart_str_append_printf(&list, "%s %s", name == names ? "" : ",", *name);
		}
		smart_str_0(&list);
		if (key) {
			asq_wrong(m, "have no key \"%.40s\"%s; allowed are%s", ZSTR_VAL(key), where, ZSTR_VAL(list.s));
		} else {
			asq_wrong(m, "have no key that is a number%s; allowed are%s", where, ZSTR_VAL(list.s));
		}
		smart_str_free(&list);
		return false;
	} ZEND_HASH_FOREACH_END();
	return true;
}

static bool asq_make_long(const asq_making *m, const char *key, zend_long least, zend_long most, zend_long usual, zend_long *number)
{
	zval *value = asq_given(m->given, key);

	if (value && (Z_TYPE_P(value) != IS_LONG || Z_LVAL_P(value) < least || Z_LVAL_P(value) > most)) {
		return asq_wrong(m, "have a whole number from " ZEND_LONG_FMT " to " ZEND_LONG_FMT " as \"%s\"", least, most, key);
	}
	*number = value ? Z_LVAL_P(value) : usual;
	return true;
}

static bool asq_make_hook(const asq_making *m)
{
	zval *hook = asq_given(m->given, "hook"), *group = asq_given(m->given, "group");

	if (!hook || !asq_is_text(hook, 1, ASQ_WORD_MAX)) {
		return asq_wrong(m, "have the name of the action's hook, of 1 to %d bytes of UTF-8, as \"hook\"", ASQ_WORD_MAX);
	}
	if (group && !asq_is_text(group, 0, ASQ_WORD_MAX)) {
		return asq_wrong(m, "have the name of a group, of at most %d bytes of UTF-8, as \"group\"", ASQ_WORD_MAX);
	}
	m->webhook->hook = zend_string_copy(Z_STR_P(hook));
	m->webhook->group = group ? zend_string_copy(Z_STR_P(group)) : asq_text("webhooks");
	return true;
}

/* Parts of plain letters with slashes in between, at least two; a slash before is left out. */
static bool asq_route_read(zend_string *given, zend_string **route)
{
	const char *s = ZSTR_VAL(given) + (ZSTR_VAL(given)[0] == '/');
	size_t length = strlen(s), part = 0;
	bool parts = false;

	if (s + length != ZSTR_VAL(given) + ZSTR_LEN(given) || length > ASQ_ROUTE_MAX) {
		return false;
	}
	for (size_t i = 0; i <= length; i++) {
		if (i == length || s[i] == '/') {
			if (!part) {
				return false;
			}
			parts |= i < length;
			part = 0;
		} else if (asq_is_letter(s[i]) || (s[i] == '.' && part)) {
			part++;
		} else {
			return false;
		}
	}
	*route = parts ? zend_string_init(s, length, 0) : NULL;
	return parts;
}

static bool asq_make_route(const asq_making *m)
{
	static const char *const taken[] = { "wp/", "batch/", "oembed/" };
	zval *value = asq_given(m->given, "route");

	if (!value) {
		m->webhook->route = zend_strpprintf(0, "asq/v1/webhooks/%s", ZSTR_VAL(m->webhook->name));
		return true;
	}
	if (Z_TYPE_P(value) != IS_STRING || !asq_route_read(Z_STR_P(value), &m->webhook->route)) {
		return asq_wrong(m, "have a namespace and a path, such as \"shop/v1/payments\", as \"route\": at most %d letters, digits, \"-\", \"_\", \".\" and \"/\"", ASQ_ROUTE_MAX);
	}
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
		if (strncasecmp(ZSTR_VAL(m->webhook->route), taken[i], strlen(taken[i])) == 0) {
			return asq_wrong(m, "have another namespace in its \"route\" than WordPress's own");
		}
	}
	return true;
}

static bool asq_make_callable(const asq_making *m, const char *key, zval *callable)
{
	zval *value = asq_given(m->given, key);

	if (value && !zend_is_callable(value, 0, NULL)) {
		return asq_wrong(m, "have a callable as \"%s\"", key);
	}
	if (value) {
		ZVAL_COPY(callable, value);
	}
	return true;
}

static bool asq_make_content_types(const asq_making *m)
{
	zval *value = asq_given(m->given, "content_types"), *type;
	unsigned types = 0;

	if (!value) {
		m->webhook->content_types = ASQ_WEBHOOK_JSON;
		return true;
	}
	if (Z_TYPE_P(value) == IS_ARRAY) {
		ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(value), type) {
			ZVAL_DEREF(type);
			unsigned known = Z_TYPE_P(type) != IS_STRING ? 0 : zend_string_equals_literal(Z_STR_P(type), "json") ? ASQ_WEBHOOK_JSON
				: zend_string_equals_literal(Z_STR_P(type), "form") ? ASQ_WEBHOOK_FORM : 0;
			if (!known) {
				types = 0;
				break;
			}
			types |= known;
		} ZEND_HASH_FOREACH_END();
	}
	m->webhook->content_types = types;
	return types || asq_wrong(m, "have a list of \"json\", \"form\" or both as \"content_types\"");
}

/* ---- Signatures --------------------------------------------------------------------------------- */

/* The schemes that have a name. */
static const struct {
	const char *name;
	asq_sign_kind kind;
	bool base64, pings;
	const char *header, *prefix, *event_header, *event_path;
} asq_schemes[] = {
	{ "hmac-sha256", ASQ_SIGN_HMAC, false, false, "X-Signature", NULL, NULL, NULL },
	{ "stripe", ASQ_SIGN_STRIPE, false, false, "Stripe-Signature", NULL, NULL, "id" },
	{ "github", ASQ_SIGN_HMAC, false, false, "X-Hub-Signature-256", "sha256=", "X-GitHub-Delivery", NULL },
	{ "woocommerce", ASQ_SIGN_HMAC, true, true, "X-WC-Webhook-Signature", "", "X-WC-Webhook-Delivery-ID", NULL },
	{ "none", ASQ_SIGN_NONE, false, false, NULL, NULL, NULL, NULL }
};

static void asq_event_source_set(asq_webhook *webhook, asq_event_source source, const char *name)
{
	webhook->event_source = source;
	webhook->event_name = name ? asq_text(name) : NULL;
}

static bool asq_make_named_scheme(const asq_making *m, const zend_string *name)
{
	asq_scheme *scheme = &m->webhook->scheme;

	for (size_t i = 0; i < sizeof(asq_schemes) / sizeof(asq_schemes[0]); i++) {
		if (!zend_string_equals_cstr(name, asq_schemes[i].name, strlen(asq_schemes[i].name))) {
			continue;
		}
		scheme->kind = asq_schemes[i].kind;
		scheme->algorithm = ASQ_SHA256;
		scheme->base64 = asq_schemes[i].base64;
		scheme->header = asq_schemes[i].header ? asq_text(asq_schemes[i].header) : NULL;
		scheme->prefix = asq_schemes[i].prefix ? asq_text(asq_schemes[i].prefix) : NULL;
		m->webhook->pings = asq_schemes[i].pings;
		if (asq_schemes[i].event_header) {
			asq_event_source_set(m->webhook, ASQ_EVENT_BY_HEADER, asq_schemes[i].event_header);
		} else if (asq_schemes[i].event_path) {
			asq_event_source_set(m->webhook, ASQ_EVENT_BY_PATH, asq_schemes[i].event_path);
		}
		return true;
	}
	return asq_wrong(m, "have \"hmac-sha256\", \"stripe\", \"github\", \"woocommerce\", \"none\", an array or a callable that is no name as \"signature\"");
}

/* One of some words; -1: none of them. */
static int asq_word(const zval *value, const char *const *words, int count)
{
	for (int i = 0; i < count; i++) {
		if (Z_TYPE_P(value) == IS_STRING && zend_string_equals_cstr(Z_STR_P(value), words[i], strlen(words[i]))) {
			return i;
		}
	}
	return -1;
}

static bool asq_make_scheme_header(const asq_making *m, HashTable *given, const char *key, const char *usual, zend_string **header)
{
	zval *value = asq_given(given, key);

	if (value && (Z_TYPE_P(value) != IS_STRING || !asq_is_header(Z_STRVAL_P(value), Z_STRLEN_P(value)))) {
		return asq_wrong(m, "have a header's name as \"%s\" of \"signature\"", key);
	}
	*header = value ? zend_string_copy(Z_STR_P(value)) : usual ? asq_text(usual) : NULL;
	return true;
}

static unsigned asq_count_mark(const zend_string *text, const char *mark)
{
	unsigned count = 0;

	for (const char *s = ZSTR_VAL(text); (s = strstr(s, mark)) != NULL; s += strlen(mark)) {
		count++;
	}
	return count;
}

/* What is signed: without a timestamp that is signed, too, its header would say nothing. */
static bool asq_make_scheme_payload(const asq_making *m, HashTable *given)
{
	asq_scheme *scheme = &m->webhook->scheme;
	zval *value = asq_given(given, "payload");

	if (!value) {
		scheme->payload = scheme->timestamp_header ? asq_text("{timestamp}.{body}") : NULL;
		return true;
	}
	if (!asq_is_text(value, 1, ASQ_WORD_MAX) || asq_count_mark(Z_STR_P(value), "{body}") != 1
			|| asq_count_mark(Z_STR_P(value), "{timestamp}") != (scheme->timestamp_header != NULL)) {
		return asq_wrong(m, "have text with {body} once, and with {timestamp} once if there is a \"timestamp_header\" (and not otherwise), as \"payload\" of \"signature\"");
	}
	scheme->payload = zend_string_copy(Z_STR_P(value));
	return true;
}

static bool asq_make_array_scheme(const asq_making *m, HashTable *given)
{
	static const char *const algorithms[] = { "sha1", "sha256", "sha512" }, *const encodings[] = { "hex", "base64" };
	asq_scheme *scheme = &m->webhook->scheme;
	zval *algorithm = asq_given(given, "algorithm"), *encoding = asq_given(given, "encoding"), *prefix = asq_given(given, "prefix");
	int known = algorithm ? asq_word(algorithm, algorithms, 3) : ASQ_SHA256, form = encoding ? asq_word(encoding, encodings, 2) : 0;

	scheme->kind = ASQ_SIGN_HMAC;
	if (!asq_known_only(m, given, asq_signature_options, " in \"signature\"")) {
		return false;
	}
	if (known < 0) {
		return asq_wrong(m, "have \"sha1\", \"sha256\" or \"sha512\" as \"algorithm\" of \"signature\"");
	}
	if (form < 0) {
		return asq_wrong(m, "have \"hex\" or \"base64\" as \"encoding\" of \"signature\"");
	}
	if (prefix && !asq_is_text(prefix, 0, ASQ_NAME_MAX)) {
		return asq_wrong(m, "have text of at most %d bytes as \"prefix\" of \"signature\"", ASQ_NAME_MAX);
	}
	scheme->algorithm = (asq_sign_algorithm) known;
	scheme->base64 = form == 1;
	scheme->prefix = prefix ? zend_string_copy(Z_STR_P(prefix)) : NULL;
	return asq_make_scheme_header(m, given, "header", "X-Signature", &scheme->header)
		&& asq_make_scheme_header(m, given, "timestamp_header", NULL, &scheme->timestamp_header) && asq_make_scheme_payload(m, given);
}

/* A name is a scheme's, never a function's: a typing error must not decide who may send. An array with a key 0 is a callable. */
static bool asq_make_signature(const asq_making *m)
{
	zval *value = asq_given(m->given, "signature");
	bool named = value && Z_TYPE_P(value) == IS_ARRAY && !zend_hash_index_exists(Z_ARRVAL_P(value), 0);

	ZVAL_UNDEF(&m->webhook->scheme.callable);
	if (!value || Z_TYPE_P(value) == IS_STRING) {
		zend_string *name = value ? zend_string_copy(Z_STR_P(value)) : asq_text(asq_schemes[0].name);
		bool known = asq_make_named_scheme(m, name);
		zend_string_release(name);
		return known;
	}
	if (named) {
		return asq_make_array_scheme(m, Z_ARRVAL_P(value));
	}
	if (!zend_is_callable(value, 0, NULL)) {
		return asq_wrong(m, "have the name of a scheme, an array that describes one, or a callable as \"signature\"");
	}
	m->webhook->scheme.kind = ASQ_SIGN_CALLABLE;
	ZVAL_COPY(&m->webhook->scheme.callable, value);
	return true;
}

/* ---- Secrets ------------------------------------------------------------------------------------ */

/* An array of two strings, in whatever order: both, by their keys 0 and 1, or false. */
static bool asq_two_strings(zval *value, zval **first, zval **second)
{
	if (Z_TYPE_P(value) != IS_ARRAY || zend_hash_num_elements(Z_ARRVAL_P(value)) != 2) {
		return false;
	}
	*first = zend_hash_index_find(Z_ARRVAL_P(value), 0);
	*second = zend_hash_index_find(Z_ARRVAL_P(value), 1);
	if (!*first || !*second) {
		return false;
	}
	ZVAL_DEREF(*first);
	ZVAL_DEREF(*second);
	return Z_TYPE_P(*first) == IS_STRING && Z_TYPE_P(*second) == IS_STRING;
}

/* The class of that name, if it is loaded: an autoloader is told no secret. */
static bool asq_is_loaded_class(const zval *name)
{
	return Z_STRLEN_P(name) && zend_lookup_class_ex(Z_STR_P(name), NULL, ZEND_FETCH_CLASS_NO_AUTOLOAD);
}

/* A closure, another object that can be called, or an array of an object or of a class that is loaded, and a method. A string is a secret. */
static bool asq_is_secret_callable(zval *value)
{
	zval *first, *second;

	if (Z_TYPE_P(value) == IS_STRING) {
		return false;
	}
	/* A method with a class of its own before it ("parent::secret") would have that looked for. */
	if (asq_two_strings(value, &first, &second) && (!asq_is_loaded_class(first) || memchr(Z_STRVAL_P(second), ':', Z_STRLEN_P(second)))) {
		return false;
	}
	return zend_is_callable(value, 0, NULL);
}

/* How many bytes at the beginning could be a name in PHP. */
static size_t asq_identifier(const char *s, const char *end)
{
	const char *at = s;

	while (at < end && ((unsigned char) *at >= 0x80 || *at == '_' || (asq_is_letter(*at) && *at != '-' && (at > s || *at < '0' || *at > '9')))) {
		at++;
	}
	return (size_t) (at - s);
}

/* Names with a backslash between each two, and perhaps one before them. */
static bool asq_could_be_class(const zval *text)
{
	const char *s = Z_STRVAL_P(text), *end = s + Z_STRLEN_P(text);

	s += *s == '\\';
	for (size_t length; (length = asq_identifier(s, end)) > 0; s++) {
		s += length;
		if (s == end) {
			return true;
		}
		if (*s != '\\') {
			break;
		}
	}
	return false;
}

/* A method's name, and not a secret that has been thrown dice for: that would be longer, with a digit in it. */
static bool asq_could_be_method(const zval *text)
{
	const char *s = Z_STRVAL_P(text);
	size_t length = Z_STRLEN_P(text);

	return length && asq_identifier(s, s + length) == length && (length < ASQ_SECRET_PLAIN || !strpbrk(s, "0123456789"));
}

/*
 * What was meant as a callable, of a class that is loaded later, say, must not be taken for two secrets: anybody could guess "secret".
 * False, with the reason.
 */
static bool asq_are_secrets(const asq_making *m, zval *list)
{
	zval *first, *second;

	if (!asq_two_strings(list, &first, &second)) {
		return true;
	}
	if (asq_is_loaded_class(first)) {
		return asq_wrong(m, "have 1 to %d secrets, or a callable that can be called, as \"secret\"", ASQ_SECRETS_MAX);
	}
	return !asq_could_be_class(first) || !asq_could_be_method(second)
		|| asq_wrong(m, "have a closure as \"secret\", or secrets that are harder to guess: these two strings could be a class and its method");
}

static bool asq_make_secret_list(const asq_making *m, HashTable *given)
{
	zval *secret;

	if (!zend_hash_num_elements(given) || zend_hash_num_elements(given) > ASQ_SECRETS_MAX) {
		return asq_wrong(m, "have 1 to %d secrets, or a callable that can be called, as \"secret\"", ASQ_SECRETS_MAX);
	}
	array_init(&m->webhook->secrets);
	ZEND_HASH_FOREACH_VAL(given, secret) {
		ZVAL_DEREF(secret);
		if (Z_TYPE_P(secret) != IS_STRING || !Z_STRLEN_P(secret)) {
			return asq_wrong(m, "have strings that are not empty in \"secret\"");
		}
		Z_TRY_ADDREF_P(secret);
		add_next_index_zval(&m->webhook->secrets, secret);
	} ZEND_HASH_FOREACH_END();
	return true;
}

static bool asq_make_secret(const asq_making *m)
{
	zval *value = asq_given(m->given, "secret");
	asq_sign_kind kind = m->webhook->scheme.kind;

	if (kind == ASQ_SIGN_NONE) {
		return !value || asq_wrong(m, "have no \"secret\" if its \"signature\" is \"none\": it would not be looked at");
	}
	if (!value) {
		return kind == ASQ_SIGN_CALLABLE
			|| asq_wrong(m, "have a string, a list of strings or a callable as \"secret\" (or \"none\" as \"signature\", if anybody may send)");
	}
	if (asq_is_secret_callable(value)) {
		m->webhook->secrets_called = true;
		ZVAL_COPY(&m->webhook->secrets, value);
		return true;
	}
	if (Z_TYPE_P(value) == IS_ARRAY) {
		return asq_are_secrets(m, value) && asq_make_secret_list(m, Z_ARRVAL_P(value));
	}
	if (Z_TYPE_P(value) != IS_STRING || !Z_STRLEN_P(value)) {
		return asq_wrong(m, "have a string that is not empty, a list of such strings or a callable as \"secret\"");
	}
	array_init(&m->webhook->secrets);
	Z_TRY_ADDREF_P(value);
	add_next_index_zval(&m->webhook->secrets, value);
	return true;
}

/* ---- The event's id ----------------------------------------------------------------------------- */

static bool asq_make_event_id(const asq_making *m)
{
	static const char header[] = "header:";
	zval *value = asq_given(m->given, "event_id");
	asq_webhook *webhook = m->webhook;

	if (!value) {
		return true;
	}
	if (webhook->event_name) {
		zend_string_release(webhook->event_name);
		webhook->event_name = NULL;
	}
	if (Z_TYPE_P(value) != IS_STRING) {
		webhook->event_source = ASQ_EVENT_BY_CALLABLE;
		return asq_make_callable(m, "event_id", &webhook->event_id);
	}
	if (strncmp(Z_STRVAL_P(value), header, sizeof(header) - 1) == 0) {
		if (!asq_is_header(Z_STRVAL_P(value) + sizeof(header) - 1, Z_STRLEN_P(value) - (sizeof(header) - 1))) {
			return asq_wrong(m, "have a header's name behind \"header:\" in \"event_id\"");
		}
		asq_event_source_set(webhook, ASQ_EVENT_BY_HEADER, Z_STRVAL_P(value) + sizeof(header) - 1);
		return true;
	}
	if (!asq_is_text(value, 1, ASQ_WORD_MAX) || Z_STRVAL_P(value)[0] == '.' || Z_STRVAL_P(value)[Z_STRLEN_P(value) - 1] == '.' || strstr(Z_STRVAL_P(value), "..")) {
		return asq_wrong(m, "have a path in the payload (\"data.object.id\"), a header (\"header:X-Event-Id\") or a callable that is no name as \"event_id\"");
	}
	asq_event_source_set(webhook, ASQ_EVENT_BY_PATH, Z_STRVAL_P(value));
	return true;
}

/* ---- The whole ---------------------------------------------------------------------------------- */

asq_webhook *asq_webhook_make(zend_string *name, HashTable *options, char *why, size_t size)
{
	asq_webhook *webhook = ecalloc(1, sizeof(*webhook));
	asq_making m = { webhook, options, why, size };

	webhook->uses = 1;
	webhook->name = zend_string_copy(name);
	if (asq_known_only(&m, options, asq_webhook_options, "") && asq_make_hook(&m) && asq_make_long(&m, "priority", 0, 255, 10, &webhook->priority)
			&& asq_make_route(&m) && asq_make_signature(&m) && asq_make_secret(&m)
			&& asq_make_long(&m, "tolerance", 1, ASQ_TOLERANCE_MAX, 300, &webhook->tolerance) && asq_make_event_id(&m)
			&& asq_make_callable(&m, "args", &webhook->args) && asq_make_long(&m, "max_size", 1, ASQ_SIZE_MAX, 1024 * 1024, &webhook->max_size)
			&& asq_make_long(&m, "keep", 1, ASQ_KEEP_MAX, 30 * 86400, &webhook->keep) && asq_make_content_types(&m)) {
		return webhook;
	}
	asq_webhook_free(webhook);
	return NULL;
}

void asq_webhook_free(asq_webhook *webhook)
{
	zend_string *owned[] = { webhook->name, webhook->route, webhook->hook, webhook->group, webhook->event_name };

	if (--webhook->uses) {
		return;
	}
	for (size_t i = 0; i < sizeof(owned) / sizeof(owned[0]); i++) {
		if (owned[i]) {
			zend_string_release(owned[i]);
		}
	}
	asq_scheme_free(&webhook->scheme);
	zval_ptr_dtor(&webhook->secrets);
	zval_ptr_dtor(&webhook->event_id);
	zval_ptr_dtor(&webhook->args);
	efree(webhook);
}
