/* The terminal, or pipes, that started the worker, as a serial port's client. */
/* SPDX-License-Identifier: MIT */
#include "terminal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "filter.h"
#include "say.h"

/* The one that is raw, for the process's end and for signals. */
static struct terminal *raw_terminal;

static const int deadly[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGABRT,
	SIGSEGV, SIGBUS, SIGILL, SIGFPE };

static void restore(void)
{
	struct terminal *terminal = raw_terminal;

	if (terminal && terminal->raw) {
		terminal->raw = false;
		tcsetattr(terminal->in, TCSADRAIN, &terminal->before);
	}
}

/* SA_RESETHAND: the second time it does what it would have done. */
static void die(int number)
{
	struct terminal *terminal = raw_terminal;

	if (terminal && terminal->raw)
		tcsetattr(terminal->in, TCSANOW, &terminal->before);
	/* As raise(), by the one call for this that is left. */
	syscall(SYS_tgkill, getpid(), gettid(), number);
}

/* One that was ignored stays so (nohup). */
static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = die,
		.sa_flags = SA_RESETHAND | SA_NODEFER }, before;
	unsigned int i;

	for (i = 0; i < sizeof(deadly) / sizeof(deadly[0]); i++)
		if (!sigaction(deadly[i], NULL, &before) &&
		    before.sa_handler == SIG_DFL)
			sigaction(deadly[i], &action, NULL);
}

/* Output goes on being processed: the worker's own sentences, which may come
 * to the same terminal, end in a newline only. */
static int make_raw(struct terminal *terminal)
{
	struct termios raw;

	if (tcgetattr(terminal->in, &terminal->before))
		return -errno;
	raw_terminal = terminal;
	atexit(restore);
	catch_signals();
	raw = terminal->before;
	cfmakeraw(&raw);
	raw.c_oflag = terminal->before.c_oflag;
	terminal->raw = true;
	if (tcsetattr(terminal->in, TCSANOW, &raw))
		return -errno;
	say("this terminal is the guest's serial port; Ctrl-] ends the VM");
	return 0;
}

static void write_all(struct terminal *terminal, const uint8_t *bytes,
	size_t size)
{
	ssize_t count;

	while (size && terminal->out >= 0) {
		count = write(terminal->out, bytes, size);
		if (count < 0 && errno == EAGAIN) {
			struct pollfd wait = { terminal->out, POLLOUT, 0 };

			poll(&wait, 1, -1);
		} else if (count < 0 && errno != EINTR) {
			terminal->out = -1;
		} else if (count > 0) {
			bytes += count;
			size -= count;
		}
	}
}

/* False: the port is gone. */
static bool show(struct terminal *terminal)
{
	uint8_t bytes[4096];
	ssize_t count = recv(
		terminal->socket, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (count > 0)
		write_all(terminal, bytes, count);
	return count > 0 || (count < 0 &&
		(errno == EAGAIN || errno == EINTR));
}

/* Ctrl-] is for a person: in a pipe it is a byte like others. What was typed
 * before it goes on its way, what comes after does not. */
static void take(struct terminal *terminal)
{
	ssize_t count = read(
		terminal->in, terminal->input, sizeof(terminal->input));
	uint8_t *end;

	if (count < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (count <= 0) {
		terminal->in = -1;
		return;
	}
	terminal->input_count = count;
	if (!terminal->raw)
		return;
	end = memchr(terminal->input, TERMINAL_END, count);
	if (end) {
		terminal->input_count = end - terminal->input;
		terminal->end(terminal->context);
	}
}

static void feed(struct terminal *terminal)
{
	ssize_t count = send(terminal->socket, terminal->input,
		terminal->input_count, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (count > 0) {
		terminal->input_count -= count;
		memmove(terminal->input, terminal->input + count,
			terminal->input_count);
	} else if (errno != EAGAIN && errno != EINTR) {
		terminal->input_count = 0;
	}
}

static void *run(void *context)
{
	struct terminal *terminal = context;
	struct pollfd wait[2];
	bool open = true;

	filter_enter(FILTER_TERMINAL);
	while (open) {
		wait[0] = (struct pollfd){ terminal->socket, POLLIN, 0 };
		wait[1] = (struct pollfd){ terminal->in, POLLIN, 0 };
		if (terminal->input_count) {
			wait[0].events |= POLLOUT;
			wait[1].fd = -1;
		}
		if (poll(wait, 2, -1) < 0)
			continue;
		if (wait[0].revents & POLLOUT && terminal->input_count)
			feed(terminal);
		if (wait[1].revents)
			take(terminal);
		if (wait[0].revents & ~POLLOUT)
			open = show(terminal);
	}
	return NULL;
}

/* Reading a terminal in the background would stop the process. */
static bool readable(int in)
{
	return in >= 0 && (!isatty(in) || tcgetpgrp(in) == getpgrp());
}

int terminal_init(struct terminal *terminal, int in, int out,
	void (*end)(void *context), void *context)
{
	int pair[2], error = 0;

	*terminal = (struct terminal){
		.in = readable(in) ? in : -1, .out = out,
		.end = end, .context = context,
	};
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return -errno;
	terminal->socket = pair[0];
	if (terminal->in >= 0 && isatty(in))
		error = make_raw(terminal);
	if (!error)
		error = -pthread_create(&terminal->thread, NULL, run, terminal);
	if (!error)
		return pair[1];
	restore();
	close(pair[0]);
	close(pair[1]);
	return error;
}

void terminal_exit(struct terminal *terminal)
{
	pthread_join(terminal->thread, NULL);
	close(terminal->socket);
	restore();
	raw_terminal = NULL;
}
