/* A volume that is looked for on all devices at once. */
/* SPDX-License-Identifier: MIT */
#include "search.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "device.h"

struct search {
	const char *uuid;
	unsigned int patience;
	int found; /* a pipe to who has asked: a name is DEVICE_NAME bytes */
	int error; /* not all are looked at */
};

/* A pipe takes so few bytes at once, or none. */
static void tell(const struct search *search, const char *name)
{
	char bytes[DEVICE_NAME] = "";
	ssize_t told;

	snprintf(bytes, sizeof(bytes), "%.31s", name);
	told = write(search->found, bytes, sizeof(bytes));
	(void)told;
}

/* In a process of its own, which holds nothing that others wait for. */
static void look(void *context, const char *name)
{
	struct search *search = context;
	pid_t child = fork();

	if (child < 0)
		search->error = -errno;
	if (child)
		return;
	close(STDOUT_FILENO);
	signal(SIGALRM, SIG_DFL);
	alarm(search->patience);
	if (device_has(name, search->uuid))
		tell(search, name);
	_exit(0);
}

int search_print(const char *uuid, unsigned int patience)
{
	struct search search = { uuid, patience, -1, 0 };
	char name[DEVICE_NAME];
	int ends[2];

	if (pipe(ends))
		return -errno;
	search.found = ends[1];
	fflush(stdout);
	device_each(look, &search);
	close(ends[1]);
	while (read(ends[0], name, sizeof(name)) == sizeof(name)) {
		printf("/dev/%s\n", name);
		fflush(stdout);
	}
	close(ends[0]);
	while (wait(NULL) > 0)
		;
	return search.error;
}
