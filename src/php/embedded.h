/*
 * The PHP part of the extension, as embed.php builds it in: the sources of the files, and which of them declares a class.
 * A file is compiled when one of its classes is first asked for; it may need the autoloader for the
 * classes of others.
 */
#ifndef ASQ_EMBEDDED_H
#define ASQ_EMBEDDED_H

#include <stddef.h>
#include <stdint.h>

/* A file; the source is without a closing tag, and is followed by a NUL that length does not count. */
typedef struct {
	const char *name;
	const char *source;
	size_t length;
} asq_embedded_file;

/* A name, in lower case and with its namespace, and the index of the file that declares it. */
typedef struct {
	const char *class_name;
	uint16_t file;
} asq_embedded_class;

/* Sorted by file name. */
extern const asq_embedded_file asq_embedded_files[];
extern const size_t asq_embedded_files_count;

/* Sorted by name, byte by byte, for bsearch(). */
extern const asq_embedded_class asq_embedded_classes[];
extern const size_t asq_embedded_classes_count;

#endif
