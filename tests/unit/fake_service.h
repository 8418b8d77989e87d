/* A service that says what a test has written down, for tests of the menu. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_FAKE_SERVICE_H
#define TESTS_FAKE_SERVICE_H

#include "check.h"

#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "ask.h"

/* A request that has this text in it gets these lines, in which $ is the
 * request's number. NULL: it is cut off. "": it waits for ever. */
struct fake_reply {
	const char *text, *lines;
};

static struct fake_service {
	int fd;
	char path[64];
	pthread_mutex_t lock;
	const struct fake_reply *replies;	/* ends with a text of NULL */
	char last[4096];	/* request that changes something */
	int held[64], count;	/* those that wait */
} service = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* Each has the number 1: it is the first one of its connection. Who asked may
 * have gone. */
static inline void service_reply(int fd, const char *lines)
{
	for (; *lines; lines++)
		if (send(fd, *lines == '$' ? "1" : lines, 1, MSG_NOSIGNAL) < 0)
			return;
}

static inline const char *service_find(const char *request)
{
	const struct fake_reply *reply;

	for (reply = service.replies; reply->text; reply++)
		if (strstr(request, reply->text))
			return reply->lines;
	return "";
}

static inline void service_answer(int fd)
{
	char request[4096] = "";
	const char *lines;

	if (recv(fd, request, sizeof(request) - 1, 0) <= 0) {
		close(fd);
		return;
	}
	pthread_mutex_lock(&service.lock);
	lines = service_find(request);
	if (strstr(request, "\"verb\":\"host set\"") ||
	    strstr(request, "\"verb\":\"create\"") ||
	    strstr(request, "\"verb\":\"start\""))
		strcpy(service.last, request);
	if (lines && *lines)
		service_reply(fd, lines);
	if (lines && service.count < 64)
		service.held[service.count++] = fd;
	else
		close(fd);
	pthread_mutex_unlock(&service.lock);
}

static inline void *service_run(void *nothing)
{
	int fd;

	while ((fd = accept4(service.fd, NULL, NULL, SOCK_CLOEXEC)) >= 0)
		service_answer(fd);
	return nothing;
}

static inline void service_begin(const struct fake_reply *replies)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	pthread_t thread;

	snprintf(service.path, sizeof(service.path), "/tmp/socle-menu-%d",
		(int)getpid());
	strcpy(address.sun_path, service.path);
	service.replies = replies;
	service.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CHECK(!bind(service.fd, (void *)&address, sizeof(address)));
	CHECK(!listen(service.fd, 64));
	CHECK(!pthread_create(&thread, NULL, service_run, NULL));
	ask_at(service.path);
}

/* Other answers from now on. Those who wait are cut off. */
static inline void service_say(const struct fake_reply *replies)
{
	pthread_mutex_lock(&service.lock);
	service.replies = replies;
	while (service.count)
		close(service.held[--service.count]);
	pthread_mutex_unlock(&service.lock);
}

static inline void service_end(void)
{
	unlink(service.path);
	service_say(service.replies);
}

/* Whether the last change that was asked has this in it. */
static inline bool service_was_asked(const char *text)
{
	bool found;

	pthread_mutex_lock(&service.lock);
	found = strstr(service.last, text);
	if (!found)
		fprintf(stderr, "no %s in %s\n", text, service.last);
	pthread_mutex_unlock(&service.lock);
	return found;
}

#endif
