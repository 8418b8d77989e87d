/* Other programs that the installer runs. */
/* SPDX-License-Identifier: MIT */
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LINE = 160, NOT_FOUND = 127 };

/* A file in memory, so that neither end waits for the other. */
static int input_file(const char *input)
{
	int file = memfd_create("input", MFD_CLOEXEC);
	size_t size = input ? strlen(input) : 0;

	if (file < 0)
		return -errno;
	if (write(file, input ? input : "", size) != (ssize_t)size ||
	    lseek(file, 0, SEEK_SET)) {
		close(file);
		return -EIO;
	}
	return file;
}

static void become(const char *const *arguments, int input, int output)
{
	dup2(input, STDIN_FILENO);
	dup2(output, STDOUT_FILENO);
	dup2(output, STDERR_FILENO);
	execvp(arguments[0], (char *const *)arguments);
	_exit(NOT_FOUND);
}

/* The last line with something in it. */
static void last_line(int output, char *line, size_t size)
{
	off_t end = lseek(output, 0, SEEK_END);
	off_t start = end > LINE ? end - LINE : 0;
	char text[LINE + 1];
	ssize_t got = pread(output, text, (size_t)(end - start), start);
	char *at;

	text[got > 0 ? got : 0] = '\0';
	while (*text && strchr("\r\n \t", text[strlen(text) - 1]))
		text[strlen(text) - 1] = '\0';
	at = strrchr(text, '\n');
	snprintf(line, size, "%.*s", LINE - 1, at ? at + 1 : text);
}

static int ended(pid_t child, int output, const char *program,
	const char *what, struct trouble *why)
{
	char line[LINE];
	int status;

	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return trouble(why, -errno, "%s: %s", what, program);
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	last_line(output, line, sizeof(line));
	if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND && !*line)
		snprintf(line, sizeof(line), "there is no %s", program);
	return trouble(why, -EIO, "%s: %s", what, *line ? line : program);
}

int run(const char *const *arguments, const char *input, const char *what,
	struct trouble *why)
{
	int from = input_file(input);
	int to = memfd_create("output", MFD_CLOEXEC), result;
	pid_t child;

	if (from < 0 || to < 0) {
		result = trouble(why, -ENOMEM, "%s: there is no memory", what);
		goto close_files;
	}
	child = fork();
	if (!child)
		become(arguments, from, to);
	result = child < 0 ? trouble(why, -errno, "%s: %s", what,
		strerror(errno)) : ended(child, to, arguments[0], what, why);
close_files:
	if (from >= 0)
		close(from);
	if (to >= 0)
		close(to);
	return result;
}
