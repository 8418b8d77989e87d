/* Many timers on one descriptor of the event loop. */
/* SPDX-License-Identifier: MIT */
#include "timers.h"

#include <sys/epoll.h>
#include <unistd.h>

void timer_init(struct timer *timer, void (*expired)(struct timer *timer),
	void *context)
{
	*timer = (struct timer){ .expired = expired, .context = context };
}

static void arm(struct timers *timers)
{
	uint64_t when = timers->first ? timers->first->when : UINT64_MAX;

	if (when == timers->armed)
		return;
	timers->armed = when;
	events_timer_set(timers->event.fd, when);
}

static void insert(struct timers *timers, struct timer *timer)
{
	struct timer *before = NULL, *next = timers->first;

	for (; next && next->when <= timer->when; next = next->next)
		before = next;
	timer->before = before;
	timer->next = next;
	if (next)
		next->before = timer;
	if (before)
		before->next = timer;
	else
		timers->first = timer;
	timer->set = true;
}

static void take_out(struct timers *timers, struct timer *timer)
{
	if (timer->next)
		timer->next->before = timer->before;
	if (timer->before)
		timer->before->next = timer->next;
	else
		timers->first = timer->next;
	timer->set = false;
}

/* One only: a descriptor that is ready comes in between. */
static void ready(struct event *event, uint32_t events)
{
	struct timers *timers = event->context;
	struct timer *timer = timers->first;

	(void)events;
	events_drain(event->fd);
	timers->armed = UINT64_MAX;
	if (!timer || timer->when > events_now()) {
		arm(timers);
		return;
	}
	take_out(timers, timer);
	arm(timers);
	timer->expired(timer);
}

int timers_init(struct timers *timers, struct events *events)
{
	int error;

	*timers = (struct timers){ .events = events, .armed = UINT64_MAX,
		.event = { .ready = ready, .context = timers } };
	timers->event.fd = events_timer();
	if (timers->event.fd < 0)
		return timers->event.fd;
	error = events_watch(events, &timers->event, EPOLLIN);
	if (error)
		close(timers->event.fd);
	return error;
}

void timers_exit(struct timers *timers)
{
	int fd = timers->event.fd;

	events_forget(timers->events, &timers->event);
	close(fd);
}

void timers_set(struct timers *timers, struct timer *timer, uint64_t when)
{
	if (timer->set)
		take_out(timers, timer);
	/* Behind what is due already: who sets his again and again takes no
	 * more than his turn. */
	timer->when = when ? when : events_now();
	insert(timers, timer);
	arm(timers);
}

void timers_stop(struct timers *timers, struct timer *timer)
{
	if (!timer->set)
		return;
	take_out(timers, timer);
	arm(timers);
}
