/* What is waited for: keys, the service's messages, time. */
/* SPDX-License-Identifier: MIT */
#include "loop.h"

#include <errno.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "terminal.h"

enum { SOURCES = 64, FIRST = 2 };

static struct loop_source *sources;
static struct loop_timer *timers;
static bool news, over;

void loop_add(struct loop_source *source)
{
	source->next = sources;
	sources = source;
}

void loop_remove(struct loop_source *source)
{
	struct loop_source **at = &sources;

	while (*at && *at != source)
		at = &(*at)->next;
	if (*at)
		*at = source->next;
}

uint64_t loop_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void loop_stop(struct loop_timer *timer)
{
	struct loop_timer **at = &timers;

	while (*at && *at != timer)
		at = &(*at)->next;
	if (*at)
		*at = timer->next;
	timer->set = false;
}

void loop_after(struct loop_timer *timer, unsigned int ms)
{
	loop_stop(timer);
	timer->at = loop_now() + ms;
	timer->set = true;
	timer->next = timers;
	timers = timer;
}

void loop_news(void)
{
	news = true;
}

static struct loop_timer *first_timer(void)
{
	struct loop_timer *first = timers, *timer;

	for (timer = timers; timer; timer = timer->next)
		if (timer->at < first->at)
			first = timer;
	return first;
}

/* Those whose time has come, one after the other: each may change all. */
static void run_timers(void)
{
	uint64_t now = loop_now();
	struct loop_timer *timer = first_timer();

	while (timer && timer->at <= now) {
		loop_stop(timer);
		timer->due(timer);
		timer = first_timer();
	}
}

/* It may have gone since: another one's turn came first. */
static bool is_there(const struct loop_source *source)
{
	const struct loop_source *at;

	for (at = sources; at; at = at->next)
		if (at == source)
			return true;
	return false;
}

static int patience(void)
{
	const struct loop_timer *first = first_timer();
	uint64_t now = loop_now();

	return !first ? -1 : first->at <= now ? 0 : (int)(first->at - now);
}

static int collect(struct pollfd *wait, struct loop_source **who)
{
	struct loop_source *source = sources;
	int count = FIRST;

	wait[0] = (struct pollfd){ terminal_keys_fd(), POLLIN, 0 };
	wait[1] = (struct pollfd){ terminal_signals_fd(), POLLIN, 0 };
	for (; source && count < SOURCES; source = source->next) {
		wait[count] = (struct pollfd){ source->fd, POLLIN, 0 };
		who[count++] = source;
	}
	return count;
}

static void drain(int fd)
{
	char bytes[16];

	while (read(fd, bytes, sizeof(bytes)) > 0)
		;
}

/* Until something has come. False: the terminal has gone. */
static bool wait_once(void)
{
	struct loop_source *who[SOURCES];
	struct pollfd wait[SOURCES];
	int count = collect(wait, who), i;

	if (poll(wait, count, patience()) < 0)
		return errno == EINTR;
	if (wait[1].revents)
		drain(wait[1].fd);
	for (i = FIRST; i < count; i++)
		if (wait[i].revents && is_there(who[i]))
			who[i]->ready(who[i]);
	run_timers();
	return !(wait[0].revents & (POLLHUP | POLLERR | POLLNVAL));
}

int loop_key(void)
{
	int key;

	while (!over) {
		key = terminal_key();
		if (key == PRESSED_OVER)
			over = true;
		else if (key)
			return key;
		else if (news)
			break;
		else if (!wait_once())
			over = true;
	}
	news = false;
	return over ? PRESSED_OVER : PRESSED_NONE;
}
