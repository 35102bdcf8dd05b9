/*
 * process.h: this process's own command line, for starting it once more.
 */
#ifndef ASQ_WORKER_PROCESS_H
#define ASQ_WORKER_PROCESS_H

#include <stdbool.h>

#define ASQ_COMMAND_LINE_MAX 16384
#define ASQ_COMMAND_ARGS_MAX 256

/* The strings of argv point into text. */
typedef struct {
	char text[ASQ_COMMAND_LINE_MAX];
	char *argv[ASQ_COMMAND_ARGS_MAX];
} asq_command_line;

/* False where it cannot be had, or is longer than that. */
bool asq_command_line_read(asq_command_line *command);

#endif
