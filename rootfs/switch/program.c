/* Other programs that switch runs. */
/* SPDX-License-Identifier: MIT */
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOT_FOUND = 127 };

/* What it leaves running must not hold who waits for our output. */
static void be_silent(void)
{
	int nothing = open("/dev/null", O_RDWR);

	dup2(nothing, STDIN_FILENO);
	dup2(nothing, STDOUT_FILENO);
	dup2(nothing, STDERR_FILENO);
}

static int run(char *const *arguments, bool silent)
{
	pid_t child = fork();
	int status;

	if (child < 0)
		return -errno;
	if (!child) {
		if (silent)
			be_silent();
		execvp(arguments[0], arguments);
		_exit(NOT_FOUND);
	}
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	if (!WIFEXITED(status))
		return -EINTR;
	return WEXITSTATUS(status) == NOT_FOUND ? -ENOENT :
		WEXITSTATUS(status);
}

int program_run(char *const *arguments)
{
	return run(arguments, true);
}

int program_let_speak(char *const *arguments)
{
	return run(arguments, false);
}
