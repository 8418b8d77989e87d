/* Processes whose end is waited for in the event loop, by their pidfds. */
/* SPDX-License-Identifier: MIT */
#include "process.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

/* Not in every C library's headers; waitid(2). */
#define WAIT_PIDFD 3

static int status_of(const siginfo_t *what)
{
	if (what->si_code == CLD_EXITED)
		return what->si_status << 8;
	return what->si_status | (what->si_code == CLD_DUMPED ? 0x80 : 0);
}

static void ready(struct event *event, uint32_t events)
{
	struct process *process = event->context;
	int status = PROCESS_UNKNOWN;
	siginfo_t what = { 0 };

	(void)events;
	if (!waitid((idtype_t)WAIT_PIDFD, (id_t)event->fd, &what,
		WEXITED | WNOHANG)) {
		if (!what.si_pid)
			return;
		status = status_of(&what);
	}
	process_forget(process);
	process->ended(process, status);
}

int process_watch(struct process *process, struct events *events, int fd)
{
	int error;

	process->events = events;
	process->event = (struct event){ .fd = fd, .ready = ready,
		.context = process };
	error = events_watch(events, &process->event, EPOLLIN);
	if (error)
		process->event.fd = -1;
	return error;
}

void process_forget(struct process *process)
{
	int fd = process->event.fd;

	if (fd < 0)
		return;
	events_forget(process->events, &process->event);
	close(fd);
}
