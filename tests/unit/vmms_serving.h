/* A service with verbs of the tests' own, in a thread of its own. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_VMMS_SERVING_H
#define TESTS_VMMS_SERVING_H

#include "check.h"

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "connection.h"
#include "server.h"
#include "vmms_verbs.h"

struct serving {
	struct events events;
	struct timers timers;
	struct server server;
	struct event stop;
	pthread_t thread;
	char path[108];
	char log[4096];		/* of what verbs have done, in order */
	unsigned int later;	/* requests that are answered later */
};

static struct serving serving;

static void serving_log(const char *word, const char *name)
{
	size_t used = strlen(serving.log);

	snprintf(serving.log + used, sizeof(serving.log) - used, "%s%s %s",
		used ? ", " : "", word, name);
}

static void run_version(struct request *request)
{
	request_answer(request, json_pack("{s:i}", "version", SERVER_VERSION));
}

static void run_echo(struct request *request)
{
	const char *text = request_text(request, "text");

	request_answer(request, json_pack("{s:s}", "text", text ? text : ""));
}

static void run_subscribe(struct request *request)
{
	request_subscribe(request);
	request_answer(request, NULL);
}

/* So many events with so many bytes each. */
static void run_tell(struct request *request)
{
	int64_t count = request_number(request, "count", 1);
	size_t size = (size_t)request_number(request, "size", 1);
	char *text = malloc(size + 1);

	CHECK(text);
	memset(text, 'x', size);
	text[size] = '\0';
	while (count--)
		server_tell(request->server, "told", json_pack("{s:s, s:I}",
			"text", text, "left", (json_int_t)count));
	free(text);
	request_answer(request, NULL);
}

struct later {
	struct request *request;
	struct timer timer;
	char name[64];
};

static void later_is_now(struct timer *timer)
{
	struct later *later = timer->context;

	serving_log(later->request->connection ? "end" : "orphan",
		later->name);
	serving.later--;
	request_answer(later->request, NULL);
	free(later);
}

static void run_later(struct request *request)
{
	struct later *later = calloc(1, sizeof(*later));

	CHECK(later);
	later->request = request;
	snprintf(later->name, sizeof(later->name), "%s",
		request_text(request, "name"));
	serving_log("begin", later->name);
	serving.later++;
	timer_init(&later->timer, later_is_now, later);
	timers_set(&serving.timers, &later->timer, events_now() +
		(uint64_t)request_number(request, "ms", 0) * 1000000);
}

static void run_log(struct request *request)
{
	request_answer(request, json_pack("{s:s}", "log", serving.log));
	serving.log[0] = '\0';
}

static void run_count(struct request *request)
{
	const struct connection *connection = serving.server.connections;
	const struct request *other = serving.server.requests;
	json_int_t clients = 0, requests = 0, bytes = 0;

	for (; connection; connection = connection->next) {
		clients++;
		bytes += connection->input.room + connection->output.room;
	}
	for (; other; other = other->next)
		requests++;
	request_answer(request, json_pack("{s:I, s:I, s:I}", "clients",
		clients, "requests", requests, "bytes", bytes));
}

static void run_fail(struct request *request)
{
	request_refuse(request, REFUSE_STATE, "vm stop web",
		"%s is running", request_text(request, "name"));
}

static void run_list(struct request *request)
{
	request_answer(request, json_pack(
		"[{s:s, s:s, s:i, s:b}, {s:s, s:s, s:i, s:n}]",
		"name", "web", "state", "Running", "memory", 512, "auto", 1,
		"name", "m\u00e4il\x1b[1m", "state", "Off", "memory", 8, "auto"));
}

static void run_progress(struct request *request)
{
	int i;

	for (i = 1; i <= 2; i++)
		request_progress(request, "%d of %d is done", i, 2);
	request_answer(request, NULL);
}

static verb_run *const serving_runs[] = { run_version, run_echo,
	run_subscribe, run_tell, run_later, run_log, run_count, run_fail,
	run_list, run_version, run_progress };

static void serving_stops(struct event *event, uint32_t events)
{
	(void)events;
	events_drain(event->fd);
	serving.events.stop = true;
}

static void *serving_runs_on(void *nothing)
{
	CHECK(!events_run(&serving.events));
	return nothing;
}

/* Limits may be changed before serving_start(). */
static inline void serving_make(void)
{
	int fd;

	memset(&serving, 0, sizeof(serving));
	snprintf(serving.path, sizeof(serving.path), "/tmp/socle-test-%d",
		(int)getpid());
	CHECK(!events_init(&serving.events));
	CHECK(!timers_init(&serving.timers, &serving.events));
	serving.stop = (struct event){ .ready = serving_stops,
		.fd = eventfd(0, EFD_CLOEXEC) };
	CHECK(!events_watch(&serving.events, &serving.stop, EPOLLIN));
	fd = server_listen(serving.path, getegid());
	CHECK(fd >= 0);
	CHECK(!server_init(&serving.server, fd, getegid(), &serving.events,
		&serving.timers, serving_verbs, serving_runs));
}

static inline void serving_start(void)
{
	CHECK(!pthread_create(&serving.thread, NULL, serving_runs_on, NULL));
}

/* Without what is still to be done later. */
static inline void serving_stop(void)
{
	uint64_t one = 1;

	CHECK(write(serving.stop.fd, &one, sizeof(one)) == sizeof(one));
	CHECK(!pthread_join(serving.thread, NULL));
	server_exit(&serving.server);
	serving.events.stop = false;
	while (serving.later && serving.timers.first)
		serving.timers.first->when = 0,
		serving.timers.event.ready(&serving.timers.event, EPOLLIN);
	CHECK(!serving.server.requests && !serving.timers.first);
	timers_exit(&serving.timers);
	close(serving.stop.fd);
	events_exit(&serving.events);
	unlink(serving.path);
}

#endif
