/*
 * compile.c: the two compile hooks.
 *
 * zend_ast_process sees each file's syntax tree once: with opcache only on a cache miss, so what is done here
 * must depend on the module's version and start-up settings alone, and opcache's file cache is told of both
 * (zend_add_system_entropy). zend_compile_file is put in place in RINIT, and so is outside opcache's.
 */
#include "compile.h"
#include "boot.h"
#include "php_asq.h"
#include "Zend/zend_compile.h"
#include "Zend/zend_language_scanner.h"
#include "Zend/zend_system_id.h"

static zend_ast_process_t asq_next_ast_process;
static zend_op_array *(*asq_next_compile_file)(zend_file_handle *file, int type);
static int asq_compile_file_set;

/* ---- Methods that ask native code first ----------------------------------------------------------- */

/*
 * class, method, native function, and an argument that the native gets after the method's own: 0 for none,
 * else a boolean (1: false, 2: true). The method's body begins with
 *     if ( \Asq\Native\NAME( $asq, $this, ...its parameters ) ) { return $asq; }
 */
typedef struct {
	const char *class_name, *method, *native;
	int flag;
} asq_prologue;

static const asq_prologue asq_prologues[] = {
	{ "ActionScheduler_DBStore", "save_action", "store_save", 1 },
	{ "ActionScheduler_DBStore", "save_unique_action", "store_save", 2 },
	{ "ActionScheduler_DBStore", "fetch_action", "store_fetch", 0 },
	{ "ActionScheduler_DBStore", "query_actions", "store_query", 0 },
	{ "ActionScheduler_DBStore", "action_counts", "store_counts", 0 },
	{ "ActionScheduler_DBStore", "cancel_action", "store_cancel", 0 },
	{ "ActionScheduler_DBStore", "cancel_actions_by_hook", "store_cancel_by_hook", 0 },
	{ "ActionScheduler_DBStore", "cancel_actions_by_group", "store_cancel_by_group", 0 },
	{ "ActionScheduler_DBStore", "delete_action", "store_delete", 0 },
	{ "ActionScheduler_DBStore", "stake_claim", "store_claim", 0 },
	{ "ActionScheduler_DBStore", "get_claim_count", "store_claim_count", 0 },
	{ "ActionScheduler_DBStore", "get_claim_id", "store_claim_id", 0 },
	{ "ActionScheduler_DBStore", "find_actions_by_claim_id", "store_claimed", 0 },
	{ "ActionScheduler_DBStore", "release_claim", "store_release", 0 },
	{ "ActionScheduler_DBStore", "unclaim_action", "store_unclaim", 0 },
	{ "ActionScheduler_DBStore", "mark_failure", "store_fail", 0 },
	{ "ActionScheduler_DBStore", "log_execution", "store_start", 0 },
	{ "ActionScheduler_DBStore", "mark_complete", "store_complete", 0 },
	{ "ActionScheduler_DBStore", "get_status", "store_status", 0 },
	{ "ActionScheduler_DBLogger", "log", "logger_log", 0 },
	{ "ActionScheduler_DBLogger", "get_entry", "logger_entry", 0 },
	{ "ActionScheduler_DBLogger", "get_logs", "logger_logs", 0 },
	{ "ActionScheduler_DBLogger", "clear_deleted_action_logs", "logger_clear", 0 },
	{ "ActionScheduler_DBLogger", "bulk_log_cancel_actions", "logger_bulk_cancel", 0 },
	{ "ActionScheduler_QueueRunner", "do_batch", "runner_batch", 0 },
	{ "ActionScheduler_Abstract_QueueRunner", "process_action", "runner_process", 0 },
	{ "ActionScheduler_QueueCleaner", "mark_failures", "cleaner_fail", 0 },
};

static const char *const asq_replaced_functions[] = {
	"as_enqueue_async_action", "as_schedule_single_action", "as_schedule_recurring_action", "as_schedule_cron_action",
	"as_unschedule_action", "as_unschedule_all_actions", "as_next_scheduled_action", "as_has_scheduled_action",
	"as_get_scheduled_actions", "as_count_scheduled_actions", "as_get_datetime_object", "as_supports",
	"wc_schedule_single_action", "wc_schedule_recurring_action", "wc_schedule_cron_action", "wc_unschedule_action",
	"wc_next_scheduled_action", "wc_get_scheduled_actions"
};

/* ---- Syntax trees ------------------------------------------------------------------------------- */

static zend_ast *asq_ast_string(const char *text)
{
	return zend_ast_create_zval_from_str(zend_string_init(text, strlen(text), 0));
}

static zend_ast *asq_ast_variable(const char *name)
{
	return zend_ast_create(ZEND_AST_VAR, asq_ast_string(name));
}

static zend_ast *asq_ast_constant(const char *name)
{
	zend_ast *ast = asq_ast_string(name);

	ast->attr = ZEND_NAME_FQ;
	return zend_ast_create(ZEND_AST_CONST, ast);
}

/* \Asq\Native\NAME( $asq, $this, ...parameters[, flag] ) */
static zend_ast *asq_ast_call(const zend_ast_decl *method, const asq_prologue *prologue)
{
	char name[64];
	zend_ast *function, *args;
	zend_ast_list *parameters = zend_ast_get_list(method->child[0]);

	snprintf(name, sizeof(name), "Asq\\Native\\%s", prologue->native);
	function = asq_ast_string(name);
	function->attr = ZEND_NAME_FQ;
	args = zend_ast_create_list(2, ZEND_AST_ARG_LIST, asq_ast_variable("asq"), asq_ast_variable("this"));
	for (uint32_t i = 0; i < parameters->children; i++) {
		zend_string *parameter = zend_ast_get_str(parameters->child[i]->child[1]);
		args = zend_ast_list_add(args, asq_ast_variable(ZSTR_VAL(parameter)));
	}
	if (prologue->flag) {
		args = zend_ast_list_add(args, asq_ast_constant(prologue->flag == 2 ? "true" : "false"));
	}
	return zend_ast_create(ZEND_AST_CALL, function, args);
}

static void asq_add_prologue(zend_ast_decl *method, const asq_prologue *prologue)
{
	zend_ast *leave = zend_ast_create(ZEND_AST_RETURN, asq_ast_variable("asq"));
	zend_ast *branch = zend_ast_create(ZEND_AST_IF_ELEM, asq_ast_call(method, prologue), zend_ast_create_list(1, ZEND_AST_STMT_LIST, leave));
	zend_ast *question = zend_ast_create_list(1, ZEND_AST_IF, branch);

	method->child[2] = zend_ast_create_list(2, ZEND_AST_STMT_LIST, question, method->child[2]);
}

/* A method with a body, whose parameters are plain: what a later Action Scheduler may make of it is unknown. */
static bool asq_is_plain_method(const zend_ast_decl *method)
{
	zend_ast_list *parameters = zend_ast_get_list(method->child[0]);

	if (!method->child[2] || (method->flags & ZEND_ACC_STATIC)) {
		return false;
	}
	for (uint32_t i = 0; i < parameters->children; i++) {
		if (parameters->child[i]->attr & (ZEND_PARAM_REF | ZEND_PARAM_VARIADIC)) {
			return false;
		}
	}
	return true;
}

static void asq_process_class(zend_ast_decl *class)
{
	zend_ast_list *members = zend_ast_get_list(class->child[2]);
	const size_t count = sizeof(asq_prologues) / sizeof(asq_prologues[0]);

	for (size_t p = 0; p < count; p++) {
		if (strcmp(ZSTR_VAL(class->name), asq_prologues[p].class_name) != 0) {
			continue;
		}
		for (uint32_t i = 0; i < members->children; i++) {
			zend_ast_decl *method = (zend_ast_decl *) members->child[i];
			if (members->child[i] && members->child[i]->kind == ZEND_AST_METHOD
					&& strcmp(ZSTR_VAL(method->name), asq_prologues[p].method) == 0 && asq_is_plain_method(method)) {
				asq_add_prologue(method, &asq_prologues[p]);
			}
		}
	}
}

static bool asq_is_replaced(const zend_string *name)
{
	for (size_t i = 0; i < sizeof(asq_replaced_functions) / sizeof(asq_replaced_functions[0]); i++) {
		if (strlen(asq_replaced_functions[i]) == ZSTR_LEN(name) && strcasecmp(ZSTR_VAL(name), asq_replaced_functions[i]) == 0) {
			return true;
		}
	}
	return false;
}

/* Top-level declarations in the global namespace only; what is inside an if is its author's decision. */
static void asq_process_file(zend_ast *ast)
{
	zend_ast_list *statements;

	if (!ast || ast->kind != ZEND_AST_STMT_LIST) {
		return;
	}
	statements = zend_ast_get_list(ast);
	for (uint32_t i = 0; i < statements->children; i++) {
		zend_ast *statement = statements->child[i];
		if (!statement) {
			continue;
		}
		if (statement->kind == ZEND_AST_NAMESPACE) {
			return;
		}
		if (statement->kind == ZEND_AST_FUNC_DECL && asq_is_replaced(((zend_ast_decl *) statement)->name)) {
			zend_ast_destroy(statement);
			statements->child[i] = NULL;
		} else if (statement->kind == ZEND_AST_CLASS && ((zend_ast_decl *) statement)->name
				&& strncmp(ZSTR_VAL(((zend_ast_decl *) statement)->name), "ActionScheduler_", 16) == 0) {
			asq_process_class((zend_ast_decl *) statement);
		}
	}
}

static void asq_ast_process(zend_ast *ast)
{
	if (!ASQ_G(embedded_compile)) {
		asq_process_file(ast);
	}
	if (asq_next_ast_process) {
		asq_next_ast_process(ast);
	}
}

/* ---- Files -------------------------------------------------------------------------------------- */

static bool asq_is_wp_settings(const zend_file_handle *file)
{
	static const char name[] = "wp-settings.php";
	const zend_string *path = file->opened_path ? file->opened_path : file->filename;
	size_t length = path ? ZSTR_LEN(path) : 0;

	return length >= sizeof(name) - 1 && memcmp(ZSTR_VAL(path) + length - (sizeof(name) - 1), name, sizeof(name) - 1) == 0;
}

static zend_op_array *asq_compile_file(zend_file_handle *file, int type)
{
	if (!ASQ_G(boot_hooked) && asq_is_wp_settings(file)) {
		asq_boot_preset();
	}
	return asq_next_compile_file(file, type);
}

/* ---- Life ---------------------------------------------------------------------------------------- */

bool asq_compile_startup(void)
{
	asq_next_ast_process = zend_ast_process;
	zend_ast_process = asq_ast_process;
	return zend_add_system_entropy("asq", "compile", PHP_ASQ_VERSION, sizeof(PHP_ASQ_VERSION) - 1) == SUCCESS;
}

void asq_compile_activate(void)
{
	/* Requests of several threads may be the first at once. */
	if (!asq_compile_file_set && __sync_bool_compare_and_swap(&asq_compile_file_set, 0, 1)) {
		asq_next_compile_file = zend_compile_file;
		zend_compile_file = asq_compile_file;
	}
}

void asq_compile_shutdown(void)
{
	if (asq_compile_file_set && zend_compile_file == asq_compile_file) {
		zend_compile_file = asq_next_compile_file;
		asq_compile_file_set = 0;
	}
	if (zend_ast_process == asq_ast_process) {
		zend_ast_process = asq_next_ast_process;
	}
}
