/* A VM's serial port on this terminal. */
/* SPDX-License-Identifier: MIT */
#include "console.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#define BYTES	4096

/* As it was, for the process's end and for signals. */
static struct termios before;
static volatile sig_atomic_t raw;

static void restore(void)
{
	if (raw) {
		raw = 0;
		tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
	}
}

/* SA_RESETHAND: the second time it does what it would have done. */
static void die(int number)
{
	if (raw)
		tcsetattr(STDIN_FILENO, TCSANOW, &before);
	raise(number);
}

/* One that was ignored stays so. */
static void catch_signals(void)
{
	static const int deadly[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM,
		SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE };
	struct sigaction action = { .sa_handler = die,
		.sa_flags = SA_RESETHAND | SA_NODEFER }, other;
	size_t i;

	for (i = 0; i < sizeof(deadly) / sizeof(*deadly); i++)
		if (!sigaction(deadly[i], NULL, &other) &&
		    other.sa_handler == SIG_DFL)
			sigaction(deadly[i], &action, NULL);
}

/* False: that is no terminal, or one that cannot be made so. */
static bool make_raw(void)
{
	struct termios now;

	if (tcgetattr(STDIN_FILENO, &before))
		return false;
	atexit(restore);
	catch_signals();
	now = before;
	cfmakeraw(&now);
	raw = 1;
	if (!tcsetattr(STDIN_FILENO, TCSADRAIN, &now))
		return true;
	raw = 0;
	return false;
}

static int write_all(int fd, const char *bytes, size_t size)
{
	ssize_t written;

	while (size) {
		written = write(fd, bytes, size);
		if (written < 0 && errno == EAGAIN) {
			struct pollfd wait = { fd, POLLOUT, 0 };

			poll(&wait, 1, -1);
		} else if (written < 0 && errno != EINTR) {
			return -errno;
		} else if (written > 0) {
			bytes += written;
			size -= (size_t)written;
		}
	}
	return 0;
}

/* What the guest says. */
static int show(int socket)
{
	char bytes[BYTES];
	ssize_t size = recv(socket, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (size < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -EPIPE;
	return size ? write_all(STDOUT_FILENO, bytes, (size_t)size) : -EPIPE;
}

/* What is typed, or comes in a pipe, whose end ends nothing. */
struct typed {
	char bytes[256];
	size_t size;
	bool over, leave;
};

/* A person who types more than the guest takes can leave all the same. */
static void take(struct typed *typed)
{
	char bytes[sizeof(typed->bytes)];
	ssize_t size = read(STDIN_FILENO, bytes, sizeof(bytes));
	size_t room = sizeof(typed->bytes) - typed->size, count;
	const char *end;

	if (size < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	typed->over = size <= 0;
	count = size > 0 ? (size_t)size : 0;
	end = raw ? memchr(bytes, CONSOLE_LEAVE, count) : NULL;
	typed->leave = end || (raw && typed->over);
	if (end)
		count = (size_t)(end - bytes);
	if (count > room)
		count = room;
	memcpy(typed->bytes + typed->size, bytes, count);
	typed->size += count;
}

static int pass_on(int socket, struct typed *typed)
{
	ssize_t sent = send(socket, typed->bytes, typed->size,
		MSG_DONTWAIT | MSG_NOSIGNAL);

	if (sent < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -EPIPE;
	typed->size -= (size_t)sent;
	memmove(typed->bytes, typed->bytes + sent, typed->size);
	return 0;
}

static int turn(int socket, struct typed *typed)
{
	bool reads = !typed->over && (raw || !typed->size);
	struct pollfd wait[2] = {
		{ socket, typed->size ? POLLIN | POLLOUT : POLLIN, 0 },
		{ reads ? STDIN_FILENO : -1, POLLIN, 0 },
	};
	int error = 0;

	if (poll(wait, 2, -1) < 0)
		return errno == EINTR ? 0 : -errno;
	if (wait[1].revents)
		take(typed);
	if (typed->size && wait[0].revents & POLLOUT)
		error = pass_on(socket, typed);
	if (!error && wait[0].revents & ~POLLOUT)
		error = show(socket);
	return error;
}

int console_run(int socket)
{
	struct typed typed = { .size = 0 };
	int error = 0;

	if (isatty(STDIN_FILENO))
		make_raw();
	while (!error && !typed.leave)
		error = turn(socket, &typed);
	if (typed.leave && typed.size)
		pass_on(socket, &typed);
	close(socket);
	restore();
	return typed.leave ? 0 : error;
}
