/*
 * admin.h: the page "Dead Letters" in WordPress's admin. Its entry in the menu is made from C; its PHP is compiled where it is shown.
 */
#ifndef ASQ_WORDPRESS_ADMIN_H
#define ASQ_WORDPRESS_ADMIN_H

#include "call.h"

/* plugins_loaded: in the admin, listens to what follows; elsewhere it does nothing. */
void asq_admin_listen(void);

/* admin_menu: Tools -> Dead Letters, for whom the filter asq_dead_letters_capability allows it. */
void asq_admin_menu(void);

/* The page is about to be shown: what was asked for is done, before there is any output. */
void asq_admin_load(void);

/* The page's content. */
void asq_admin_page(void);

/* The filter set_screen_option_asq_dead_letters_per_page: how many rows a user wants to see. */
void asq_admin_per_page(zval *asked, zval *return_value);

#endif
