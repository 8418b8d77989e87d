/* The terminal as it was, whatever ends the menu: signals and faults. */
/* SPDX-License-Identifier: MIT */
#include "rescue.h"

#include <errno.h>
#include <fcntl.h>
#include <ncurses.h>
#include <signal.h>
#include <string.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

enum { SPARE_STACK = 16384 };

static struct termios before;
static bool kept;
/* What a terminal is told at a fault, when ncurses is not to be trusted. */
static char farewell[256];
static volatile sig_atomic_t ended, resized, lent;
static int ends[2] = { -1, -1 };

static void wake(void)
{
	int error = errno;

	if (write(ends[1], "", 1) < 0)
		errno = error;	/* full: it is awake */
	errno = error;
}

static void end(int number)
{
	(void)number;
	ended = 1;
	wake();
}

static void resize(int number)
{
	(void)number;
	resized = 1;
	wake();
}

/* SA_RESETHAND: the second time it does what it would have done. */
static void fault(int number)
{
	if (!lent && write(STDOUT_FILENO, farewell, strlen(farewell)) < 0)
		ended = 1;
	if (!lent && kept)
		tcsetattr(STDIN_FILENO, TCSANOW, &before);
	raise(number);
}

/* A capability without its delays, $<MS>. */
static void add(const char *name)
{
	const char *text = tigetstr((char *)name);
	size_t used = strlen(farewell);

	if (!text || text == (char *)-1)
		return;
	for (; *text && used < sizeof(farewell) - 1; text++) {
		if (!strncmp(text, "$<", 2) && strchr(text, '>')) {
			text = strchr(text, '>');
			continue;
		}
		farewell[used++] = *text;
	}
	farewell[used] = '\0';
}

static void catch(const int *numbers, void (*handler)(int), int flags)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags };

	for (; *numbers; numbers++)
		sigaction(*numbers, &action, NULL);
}

void rescue_keep(void)
{
	kept = !tcgetattr(STDIN_FILENO, &before);
}

void rescue_begin(void)
{
	static const int deadly[] = { SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE,
		SIGSYS, 0 };
	static const int ends_all[] = { SIGTERM, SIGHUP, 0 };
	static const int passed_over[] = { SIGINT, SIGQUIT, SIGTSTP, SIGPIPE,
		0 };
	static const int sizes[] = { SIGWINCH, 0 };
	/* For a fault that is a stack's end. */
	static char room[SPARE_STACK];
	static const stack_t spare = { .ss_sp = room,
		.ss_size = sizeof(room) };
	static const char *const names[] = { "sgr0", "rmkx", "cnorm",
		"rmcup" };
	size_t i;

	farewell[0] = '\0';
	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		add(names[i]);
	strncat(farewell, "\r\n", sizeof(farewell) - strlen(farewell) - 1);
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK))
		ends[0] = ends[1] = -1;
	sigaltstack(&spare, NULL);
	catch(deadly, fault, SA_RESETHAND | SA_NODEFER | SA_ONSTACK);
	catch(ends_all, end, 0);
	catch(sizes, resize, 0);
	catch(passed_over, SIG_IGN, 0);
}

/* Those that end a program stay as they are: what follows is main()'s end. */
void rescue_end(void)
{
	lent = 1;
	if (kept)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
}

void rescue_pause(void)
{
	lent = 1;
}

void rescue_resume(void)
{
	lent = 0;
	resized = 1;
	wake();
}

bool rescue_ended(void)
{
	return ended;
}

bool rescue_resized(void)
{
	bool was = resized;

	resized = 0;
	return was;
}

int rescue_fd(void)
{
	return ends[0];
}
