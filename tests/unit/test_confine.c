/* A program in a worker's place. usage: test_confine PROGRAM FOLDER; as root. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "confine.h"

#define ID	64999u

static const char *step;

/* What a started program says: its status. */
static int said(int process, int from, char *text, size_t size)
{
	siginfo_t info;
	size_t length = 0;
	ssize_t count;

	while (length < size - 1 &&
	       (count = read(from, text + length, size - 1 - length)) > 0)
		length += (size_t)count;
	text[length] = 0;
	CHECK(!waitid(P_PIDFD, (id_t)process, &info, WEXITED));
	close(process);
	return info.si_code == CLD_EXITED ? info.si_status : -1;
}

static int given(void)
{
	int fd = memfd_create("given", MFD_CLOEXEC);

	CHECK(fd >= 0 && write(fd, "given", 5) == 5);
	return fd;
}

/* With fds descriptors, of which all but the last are ends of pipes. */
static void test_forbidden(int program, const char *folder, unsigned int fds)
{
	char count[8], text[4096];
	char *arguments[] = { "forbidden", count, NULL };
	struct confinement confinement = { .id = ID, .root = folder,
		.cgroup = -1, .threads = 64, .files = 4096, .fd_count = fds };
	int list[CONFINE_FDS], out[2], process;
	unsigned int i;

	CHECK(!pipe2(out, O_CLOEXEC));
	for (i = 0; i < fds - 1; i++)
		list[i] = out[0];
	list[i] = given();
	confinement.fds = list;
	confinement.log = out[1];
	snprintf(count, sizeof(count), "%u", fds);
	process = confine_start(&confinement, program, arguments, &step);
	if (process < 0)
		fprintf(stderr, "cannot %s: %s\n", step, strerror(-process));
	CHECK(process >= 0);
	close(out[1]);
	if (said(process, out[0], text, sizeof(text))) {
		fputs(text, stderr);
		exit(1);
	}
	CHECK(strstr(text, "could 0\n"));
	close(list[fds - 1]);
	close(out[0]);
}

/* Nothing is left, and the step is named. */
static void test_refused(int program, const char *folder)
{
	char *arguments[] = { "forbidden", "1", NULL };
	struct confinement confinement = { .id = ID, .root = "/nowhere",
		.cgroup = -1, .threads = 64, .files = 64, .log = 2 };
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	CHECK(confine_start(&confinement, program, arguments, &step) ==
		-ENOENT);
	CHECK(strstr(step, "empty root"));
	confinement.root = folder;
	CHECK(confine_start(&confinement, null, arguments, &step) == -EACCES);
	CHECK(strstr(step, "start the program"));
	confinement.cgroup = null;
	CHECK(confine_start(&confinement, program, arguments, &step) < 0);
	CHECK(strstr(step, "make a process"));
	confinement.cgroup = -1;
	confinement.id = 0;
	CHECK(confine_start(&confinement, program, arguments, &step) ==
		-EINVAL);
	confinement.id = ID;
	confinement.fd_count = CONFINE_FDS + 1;
	CHECK(confine_start(&confinement, program, arguments, &step) ==
		-EINVAL);
	CHECK(wait(NULL) == -1 && errno == ECHILD);
	close(null);
}

int main(int argc, char **argv)
{
	int program;

	CHECK(argc == 3);
	program = open(argv[1], O_RDONLY | O_CLOEXEC);
	CHECK(program >= 0);
	test_forbidden(program, argv[2], 1);
	test_forbidden(program, argv[2], 40);
	test_forbidden(program, argv[2], CONFINE_FDS);
	test_refused(program, argv[2]);
	return 0;
}
