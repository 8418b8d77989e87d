/* Programs that prepare disks. */
/* SPDX-License-Identifier: MIT */
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "places.h"

enum { TAIL = 512, NOT_FOUND = 127 };

static int file_with(const char *text)
{
	int fd = memfd_create("tool", MFD_CLOEXEC);
	size_t size = text ? strlen(text) : 0;

	if (fd >= 0 && (write(fd, text ? text : "", size) != (ssize_t)size ||
		lseek(fd, 0, SEEK_SET))) {
		close(fd);
		return -1;
	}
	return fd;
}

/* The last line that has something in it. */
static char *last_line(int fd, char text[TAIL])
{
	off_t size = lseek(fd, 0, SEEK_END);
	off_t from = size > TAIL - 1 ? size - (TAIL - 1) : 0;
	ssize_t got = pread(fd, text, TAIL - 1, from);
	char *line;

	text[got > 0 ? got : 0] = '\0';
	got = (ssize_t)strlen(text);
	while (got && strchr("\r\n ", text[got - 1]))
		text[--got] = '\0';
	line = strrchr(text, '\n');
	return line ? line + 1 : text;
}

/* The lock is whose the change is. */
static void lend_lock(const char *program)
{
	if (!strcmp(program, PLACE_SCRIPT))
		fcntl(TOOL_LOCK, F_SETFD, 0);
}

static int run(char *const *words, int input, int output)
{
	pid_t child = fork();
	int status;

	if (child < 0)
		return -errno;
	if (!child) {
		dup2(input, STDIN_FILENO);
		dup2(output, STDOUT_FILENO);
		dup2(output, STDERR_FILENO);
		lend_lock(words[0]);
		execv(words[0], words);
		_exit(NOT_FOUND);
	}
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -EINTR;
}

int tool_run(char *const *words, const char *input, const char *what,
	struct trouble *why)
{
	int from = file_with(input), to = file_with(NULL), status;
	char text[TAIL], *line;
	bool good;

	status = from < 0 || to < 0 ? -errno : run(words, from, to);
	good = !status;
	if (!good) {
		line = to < 0 ? strcpy(text, "") : last_line(to, text);
		trouble(why, 0, "%s: %.160s", what, status < 0 ?
			strerror(-status) : *line ? line :
			status == NOT_FOUND ? "there is no such program" :
			"it said nothing");
	}
	if (from >= 0)
		close(from);
	if (to >= 0)
		close(to);
	return good ? 0 : -EIO;
}
