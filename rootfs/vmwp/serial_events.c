/* A serial port's other end in the event loop. */
/* SPDX-License-Identifier: MIT */
#include "serial_events.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

#include "say.h"

/* epoll's events have poll's numbers for all that is used here. */
_Static_assert(EPOLLIN == POLLIN && EPOLLOUT == POLLOUT &&
	EPOLLERR == POLLERR && EPOLLHUP == POLLHUP, "events");

/* With the device lock held. A closed descriptor has left epoll by itself. */
static void changed(void *context)
{
	struct serial_events *serial = context;
	struct pollfd wait[2];
	struct event *event;
	unsigned int i;
	int error;

	serialback_wait(&serial->back, wait);
	for (i = 0; i < 2; i++) {
		event = &serial->event[i];
		/* One that is waited for no more would be ready for ever. */
		if (event->fd >= 0 && event->fd != wait[i].fd)
			events_forget(serial->events, event);
		event->fd = wait[i].fd;
		if (event->fd < 0)
			continue;
		error = events_watch(
			serial->events, event, (uint32_t)wait[i].events);
		if (error)
			say_limited("cannot wait for the serial port's "
				"client: %s", strerror(-error));
	}
}

static void ready(struct event *event, uint32_t events)
{
	struct serial_events *serial = event->context;
	struct pollfd wait[2];
	unsigned int number = event - serial->event;

	pthread_mutex_lock(serial->lock);
	serialback_wait(&serial->back, wait);
	wait[0].revents = wait[1].revents = 0;
	/* Something else may have closed it since. */
	if (wait[number].fd >= 0 && wait[number].fd == event->fd) {
		wait[number].revents = events;
		serialback_ready(&serial->back, wait);
	}
	pthread_mutex_unlock(serial->lock);
}

int serial_events_init(struct serial_events *serial, int listener,
	struct events *events, pthread_mutex_t *lock)
{
	unsigned int i;
	int error;

	serial->events = events;
	serial->lock = lock;
	for (i = 0; i < 2; i++)
		serial->event[i] = (struct event){
			.fd = -1, .ready = ready, .context = serial };
	error = serialback_init(&serial->back, listener, changed, serial);
	if (!error)
		changed(serial);
	return error;
}

void serial_events_exit(struct serial_events *serial)
{
	events_forget(serial->events, &serial->event[0]);
	events_forget(serial->events, &serial->event[1]);
	serialback_exit(&serial->back);
}
