/* Other programs that switch runs. */
/* SPDX-License-Identifier: MIT */
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOT_FOUND = 127 };

static void become(char *const *arguments)
{
	int nothing = open("/dev/null", O_RDWR);

	/* What it leaves running must not hold who waits for our output. */
	dup2(nothing, STDIN_FILENO);
	dup2(nothing, STDOUT_FILENO);
	dup2(nothing, STDERR_FILENO);
	execvp(arguments[0], arguments);
	_exit(NOT_FOUND);
}

int program_run(char *const *arguments)
{
	pid_t child = fork();
	int status;

	if (child < 0)
		return -errno;
	if (!child)
		become(arguments);
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	if (!WIFEXITED(status))
		return -EINTR;
	return WEXITSTATUS(status) == NOT_FOUND ? -ENOENT :
		WEXITSTATUS(status);
}
