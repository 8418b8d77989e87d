/* What a viewer does not take in time is cut off, by the event loop. */
/* SPDX-License-Identifier: MIT */
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "container.h"
#include "display/viewer.h"

#define WRITING		(10 * NS_PER_S)	/* one part of a picture */

void viewer_guard_set(struct viewer_guard *guard, int fd)
{
	pthread_mutex_lock(&guard->lock);
	guard->fd = fd;
	pthread_mutex_unlock(&guard->lock);
	events_timer_set(guard->timer.fd,
		fd < 0 ? UINT64_MAX : events_now() + WRITING);
}

/* In the loop's thread. */
static void took_too_long(struct event *event, uint32_t events)
{
	struct viewer_guard *guard =
		container_of(event, struct viewer_guard, timer);

	(void)events;
	events_drain(event->fd);
	pthread_mutex_lock(&guard->lock);
	if (guard->fd >= 0)
		shutdown(guard->fd, SHUT_RDWR);
	pthread_mutex_unlock(&guard->lock);
}

int viewer_guard_init(struct viewer_guard *guard, struct events *events)
{
	int error;

	*guard = (struct viewer_guard){ .fd = -1, .events = events,
		.timer = { .fd = events_timer(), .ready = took_too_long } };
	if (guard->timer.fd < 0)
		return guard->timer.fd;
	error = events_watch(events, &guard->timer, EPOLLIN);
	if (error)
		close(guard->timer.fd);
	else
		pthread_mutex_init(&guard->lock, NULL);
	return error;
}

void viewer_guard_exit(struct viewer_guard *guard)
{
	int fd = guard->timer.fd;

	events_forget(guard->events, &guard->timer);
	close(fd);
	pthread_mutex_destroy(&guard->lock);
}
