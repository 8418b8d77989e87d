/* The event loop: descriptors and what to call for them. */
/* SPDX-License-Identifier: MIT */
#include "events.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S 1000000000ull

int events_init(struct events *events)
{
	events->stop = false;
	events->fd = epoll_create1(EPOLL_CLOEXEC);
	return events->fd < 0 ? -errno : 0;
}

void events_exit(struct events *events)
{
	close(events->fd);
	events->fd = -1;
}

/* A number that was closed and is another file now is new to epoll. */
int events_watch(struct events *events, struct event *event, uint32_t mask)
{
	struct epoll_event what = { .events = mask, .data.ptr = event };

	if (!epoll_ctl(events->fd, EPOLL_CTL_MOD, event->fd, &what))
		return 0;
	if (errno != ENOENT)
		return -errno;
	if (epoll_ctl(events->fd, EPOLL_CTL_ADD, event->fd, &what))
		return -errno;
	return 0;
}

void events_forget(struct events *events, struct event *event)
{
	if (event->fd >= 0)
		epoll_ctl(events->fd, EPOLL_CTL_DEL, event->fd, NULL);
	event->fd = -1;
}

/* One at a time: a handler may forget the next event and free it. */
int events_run(struct events *events)
{
	struct epoll_event what;
	struct event *event;
	int count;

	while (!events->stop) {
		count = epoll_wait(events->fd, &what, 1, -1);
		if (count < 0 && errno != EINTR)
			return -errno;
		if (count <= 0)
			continue;
		event = what.data.ptr;
		event->ready(event, what.events);
	}
	return 0;
}

int events_timer(void)
{
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);

	return fd < 0 ? -errno : fd;
}

void events_timer_set(int fd, uint64_t time)
{
	struct itimerspec when = { 0 };

	if (time != UINT64_MAX) {
		/* Zero would mean never. */
		time = time ? time : 1;
		when.it_value.tv_sec = time / NS_PER_S;
		when.it_value.tv_nsec = time % NS_PER_S;
	}
	timerfd_settime(fd, TFD_TIMER_ABSTIME, &when, NULL);
}

uint64_t events_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

void events_drain(int fd)
{
	uint64_t count;

	/* Nothing to read is no error: another event was first. */
	if (read(fd, &count, sizeof(count)) < 0)
		return;
}
