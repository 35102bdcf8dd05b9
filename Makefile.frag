# The PHP classes that are built into the extension.
$(srcdir)/src/php/embedded.c: $(srcdir)/src/php/embed.php $(wildcard $(srcdir)/src/php/*.php)
	$(PHP_EXECUTABLE) -n $(srcdir)/src/php/embed.php $@
