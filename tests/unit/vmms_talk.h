/* What a test says to the service, byte by byte, and hears from it. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_VMMS_TALK_H
#define TESTS_VMMS_TALK_H

#include "vmms_serving.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include "line.h"

/* -1: it was refused. What does not answer in 20 s never does. */
static inline int reach(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct timeval limit = { .tv_sec = 20 };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	CHECK(fd >= 0);
	strcpy(address.sun_path, serving.path);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	if (!connect(fd, (struct sockaddr *)&address, sizeof(address)))
		return fd;
	close(fd);
	return -1;
}

/* False: the service has cut it off. */
static inline bool put(int fd, const char *bytes, size_t size)
{
	ssize_t sent;

	while (size) {
		sent = send(fd, bytes, size, MSG_NOSIGNAL);
		if (sent < 0) {
			CHECK(errno == EPIPE || errno == ECONNRESET);
			return false;
		}
		bytes += sent;
		size -= sent;
	}
	return true;
}

static inline void say(int fd, const char *text)
{
	put(fd, text, strlen(text));
}

/* One line without its end; NULL: the service has cut it off. */
static inline const char *hear(int fd)
{
	static char line[1 << 20];
	size_t used = 0;
	ssize_t size;

	for (;;) {
		CHECK(used < sizeof(line) - 1);
		size = recv(fd, line + used, 1, 0);
		if (size < 0 && errno != ECONNRESET)
			fprintf(stderr, "%.*s: %s\n", (int)used, line,
				strerror(errno));
		CHECK(size >= 0 || errno == ECONNRESET);
		if (size <= 0) {
			CHECK(!used);
			return NULL;
		}
		if (line[used] == '\n')
			break;
		used++;
	}
	line[used] = '\0';
	return line;
}

static inline json_t *hear_json(int fd)
{
	char why[LINE_SENTENCE];
	const char *line = hear(fd);
	json_t *message;

	CHECK(line);
	message = line_parse(line, strlen(line), &line_answer, why);
	CHECK(message);
	return message;
}

static inline json_int_t number(int fd, const char *name)
{
	json_int_t value;
	json_t *message;

	say(fd, "{\"version\":1,\"id\":1,\"verb\":\"count\"}\n");
	message = hear_json(fd);
	value = json_integer_value(json_object_get(
		json_object_get(message, "result"), name));
	json_decref(message);
	return value;
}

/* Until the others have gone, or so. */
static inline void wait_for(int fd, const char *name, json_int_t value)
{
	int tries = 2000;

	while (number(fd, name) != value) {
		CHECK(tries--);
		usleep(5000);
	}
}

#define FIRST "{\"version\":1,\"id\":0,\"verb\":\"version\"}\n"
#define FIRST_ANSWER "{\"id\":0,\"result\":{\"version\":1}}"

static inline int greet(void)
{
	int fd = reach();

	CHECK(fd >= 0);
	say(fd, FIRST);
	CHECK_STRING(FIRST_ANSWER, hear(fd));
	return fd;
}

#define ERROR(id, code, text) "{\"id\":" id ",\"error\":{\"code\":\"" code \
	"\",\"text\":\"" text "\"}}"

#endif
