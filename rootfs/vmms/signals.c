/* Signals as events of the loop. */
/* SPDX-License-Identifier: MIT */
#include "signals.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

static void ready(struct event *event, uint32_t events)
{
	struct signals *signals = event->context;
	struct signalfd_siginfo what;

	(void)events;
	if (read(event->fd, &what, sizeof(what)) == sizeof(what))
		signals->came(signals, (int)what.ssi_signo);
}

int signals_init(struct signals *signals, struct events *events,
	const sigset_t *set)
{
	int error;

	if (sigprocmask(SIG_BLOCK, set, NULL))
		return -errno;
	signals->events = events;
	signals->event = (struct event){ .ready = ready, .context = signals };
	signals->event.fd = signalfd(-1, set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals->event.fd < 0)
		return -errno;
	error = events_watch(events, &signals->event, EPOLLIN);
	if (error)
		close(signals->event.fd);
	return error;
}

void signals_exit(struct signals *signals)
{
	int fd = signals->event.fd;

	events_forget(signals->events, &signals->event);
	close(fd);
}
