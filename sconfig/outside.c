/* Programs that have the screen for themselves: a shell, a VM's console. */
/* SPDX-License-Identifier: MIT */
#include "outside.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loop.h"
#include "rescue.h"
#include "terminal.h"

extern char **environ;

static pid_t start(const char *const *words, int *error)
{
	static const int numbers[] = { SIGINT, SIGQUIT, SIGTSTP, SIGPIPE,
		SIGHUP, SIGTERM, SIGWINCH };
	posix_spawnattr_t attributes;
	sigset_t usual;
	pid_t child = 0;
	size_t i;

	sigemptyset(&usual);
	for (i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		sigaddset(&usual, numbers[i]);
	*error = posix_spawnattr_init(&attributes);
	if (*error)
		return 0;
	posix_spawnattr_setsigdefault(&attributes, &usual);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	*error = posix_spawnp(&child, words[0], NULL, &attributes,
		(char *const *)words, environ);
	posix_spawnattr_destroy(&attributes);
	return child;
}

/* A signal that ends the menu ends the program, too. */
static int wait_for(pid_t child)
{
	int status = 0;

	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		if (rescue_ended())
			kill(child, SIGHUP);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -EINTR;
}

static int run(const char *const *words, const char *first)
{
	int error;
	pid_t child;

	if (first)
		puts(first);
	fflush(stdout);
	child = start(words, &error);
	if (child > 0)
		return wait_for(child);
	fprintf(stderr, "%s: %s\n", words[0], strerror(error));
	return -error;
}

int outside_run(const char *const *words, const char *first)
{
	int status;

	terminal_lend();
	status = run(words, first);
	terminal_return();
	return status;
}

int outside_show(const char *const *words, const char *first)
{
	char byte = 0;
	int status;

	terminal_lend();
	status = run(words, first);
	printf("Enter brings the menu back. ");
	fflush(stdout);
	while (byte != '\n' && read(STDIN_FILENO, &byte, 1) == 1)
		;
	terminal_return();
	return status;
}
