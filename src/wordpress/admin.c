/*
 * admin.c: the page "Dead Letters" in WordPress's admin: its hooks and its entry in the menu. What it shows is
 * src/php/admin_*.php, which is compiled when somebody opens it.
 */
#include "admin.h"
#include "boot.h"
#include "hooks.h"

#define ASQ_LETTERS_CLASS "Asq\\Admin\\LettersPage"
#define ASQ_LETTERS_ROWS_MAX 500

void asq_admin_listen(void)
{
	zval *admin = zend_get_constant_str("WP_ADMIN", sizeof("WP_ADMIN") - 1);

	if (!admin || !zend_is_true(admin)) {
		return;
	}
	asq_wp_add_action("admin_menu", "Asq\\Native\\admin_menu", 10, 0);
	/* Saved before there is a menu. */
	asq_wp_add_action("set_screen_option_asq_dead_letters_per_page", "Asq\\Native\\admin_per_page", 10, 3);
}

/* What a filter returns that is no capability's name would be nobody's: then it is the default. */
static asq_status asq_admin_capability(zval *capability)
{
	asq_status status;

	ZVAL_STRING(capability, "manage_options");
	status = asq_wp_apply_filters("asq_dead_letters_capability", capability, 0, NULL);
	if (status == ASQ_OK && (Z_TYPE_P(capability) != IS_STRING || !Z_STRLEN_P(capability))) {
		zval_ptr_dtor(capability);
		ZVAL_STRING(capability, "manage_options");
	}
	return status;
}

void asq_admin_menu(void)
{
	zval args[6], suffix;
	char hook[256];
	asq_status status = asq_admin_capability(&args[3]);

	if (status == ASQ_OK) {
		ZVAL_STRING(&args[0], "tools.php");
		ZVAL_STR(&args[1], asq_wp_translate("Dead Letters"));
		ZVAL_COPY(&args[2], &args[1]);
		ZVAL_STRING(&args[4], "asq-dead-letters");
		ZVAL_STRING(&args[5], "Asq\\Native\\admin_page");
		status = asq_call(&suffix, "add_submenu_page", 6, args);
		for (int i = 0; i < 6; i++) {
			if (i != 3) {
				zval_ptr_dtor(&args[i]);
			}
		}
	}
	zval_ptr_dtor(&args[3]);
	if (status != ASQ_OK) {
		return;
	}
	/* false, where the user may not see it. */
	if (Z_TYPE(suffix) == IS_STRING) {
		snprintf(hook, sizeof(hook), "load-%s", Z_STRVAL(suffix));
		asq_wp_add_action(hook, "Asq\\Native\\admin_load", 10, 0);
	}
	zval_ptr_dtor(&suffix);
}

void asq_admin_load(void)
{
	if (asq_boot_load("admin_")) {
		asq_call_static(NULL, ASQ_LETTERS_CLASS, "load", 0, NULL);
	}
}

void asq_admin_page(void)
{
	asq_call_static(NULL, ASQ_LETTERS_CLASS, "show", 0, NULL);
}

void asq_admin_per_page(zval *asked, zval *return_value)
{
	zend_long rows = zval_get_long(asked);

	RETVAL_LONG(MAX(1, MIN(rows, ASQ_LETTERS_ROWS_MAX)));
}
