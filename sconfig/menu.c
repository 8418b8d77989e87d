/* What the menu's entries do. */
/* SPDX-License-Identifier: MIT */
#include "menu.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs a program and waits for it. */
static void run(const char *path, const char *argument)
{
	int status;
	pid_t child = fork();

	if (!child) {
		signal(SIGINT, SIG_DFL);
		signal(SIGQUIT, SIG_DFL);
		signal(SIGTSTP, SIG_DFL);
		execl(path, path, argument, (char *)NULL);
		perror(path);
		_exit(127);
	}
	if (child < 0)
		perror(path);
	else
		waitpid(child, &status, 0);
}

static bool log_off(void)
{
	return true;
}

static bool restart(void)
{
	puts("Restarting.");
	run("/sbin/reboot", NULL);
	return true;
}

static bool shut_down(void)
{
	puts("Shutting down.");
	run("/sbin/poweroff", NULL);
	return true;
}

static bool command_line(void)
{
	puts("exit brings the menu back.");
	setenv("SOCLE_SHELL", "1", 1);
	run("/bin/sh", "-l");
	unsetenv("SOCLE_SHELL");
	return false;
}

/* Numbers as in the whole menu; what is missing comes with later versions. */
const struct entry entries[] = {
	{ 14, "Log off", NULL, log_off },
	{ 15, "Restart", "Restart this host", restart },
	{ 16, "Shut down", "Shut this host down", shut_down },
	{ 17, "Exit to command line", NULL, command_line },
};
const int entry_count = sizeof(entries) / sizeof(*entries);
