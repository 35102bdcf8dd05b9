/*
 * resume.c: going on after a fatal error. A callback that dies of one takes the process with it; Action
 * Scheduler's monitor then fails that action and gives the rest of the claim back. On the command line the
 * process then starts itself anew, in place, and the run goes on with its counts so far.
 */
#include "worker.h"
#include "process.h"
#include "php_asq.h"
#include "main/SAPI.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#define ASQ_RESUME_VARIABLE "ASQ_WORKER_RESUME"
#define ASQ_RESUME_FORMAT   ZEND_LONG_FMT ":" ZEND_LONG_FMT ":" ZEND_LONG_FMT ":" ZEND_LONG_FMT ":" ZEND_LONG_FMT ":" ZEND_LONG_FMT ":" ZEND_LONG_FMT

void asq_resume_counts(asq_counts *counts)
{
	const char *saved = getenv(ASQ_RESUME_VARIABLE);

	if (saved && sscanf(saved, ASQ_RESUME_FORMAT,
			&counts->claimed, &counts->succeeded, &counts->failed, &counts->ignored, &counts->lost, &counts->batches, &counts->retried) != 7) {
		memset(counts, 0, sizeof(*counts));
	}
	unsetenv(ASQ_RESUME_VARIABLE);
}

static void asq_resume_save(const asq_counts *counts)
{
	char text[160];

	snprintf(text, sizeof(text), ASQ_RESUME_FORMAT,
		counts->claimed, counts->succeeded, counts->failed, counts->ignored, counts->lost, counts->batches, counts->retried);
	setenv(ASQ_RESUME_VARIABLE, text, 1);
}

/* Database connections and the like must not live on in the new image; files and locks may be the caller's. */
static void asq_close_sockets(void)
{
	DIR *folder = opendir("/proc/self/fd");
	struct dirent *entry;
	struct stat about;

	while (folder && (entry = readdir(folder)) != NULL) {
		int fd = atoi(entry->d_name);
		if (fd > 2 && fd != dirfd(folder) && fstat(fd, &about) == 0 && S_ISSOCK(about.st_mode)) {
			close(fd);
		}
	}
	if (folder) {
		closedir(folder);
	}
}

void asq_run_shutdown(void)
{
	asq_run *run = ASQ_G(run);
	asq_command_line command;

	while (run && run->outer) {
		run = run->outer;
	}
	ASQ_G(run) = NULL;
	/* Only a fatal error leaves a run behind; one in no action would come again and again. */
	if (!run || !run->survive_exit || run->pooled || asq_run_is_fork(run) || !run->current || strcmp(sapi_module.name, "cli") != 0
			|| !asq_command_line_read(&command)) {
		return;
	}
	if (run->put_back) {
		run->counts->retried++;
	} else {
		run->counts->failed++;
	}
	asq_resume_save(run->counts);
	if (run->folder && chdir(run->folder) != 0) {
		return;
	}
	fflush(NULL);
	asq_close_sockets();
	execv("/proc/self/exe", command.argv);
}
