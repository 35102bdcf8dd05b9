/*
 * process.c: reads the command line from /proc. Where there is none, nothing is started once more.
 */
#include "process.h"

#include <stdio.h>
#include <string.h>

bool asq_command_line_read(asq_command_line *command)
{
	FILE *file = fopen("/proc/self/cmdline", "re");
	size_t length = file ? fread(command->text, 1, sizeof(command->text), file) : 0;
	int argc = 0;

	if (file) {
		fclose(file);
	}
	if (length == 0 || length == sizeof(command->text)) {
		return false;
	}
	for (size_t at = 0; at < length && argc < ASQ_COMMAND_ARGS_MAX - 1; at += strlen(command->text + at) + 1) {
		command->argv[argc++] = command->text + at;
	}
	command->argv[argc] = NULL;
	return argc > 0 && argc < ASQ_COMMAND_ARGS_MAX - 1;
}
