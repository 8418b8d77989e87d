/* A client of the service: its bytes, in and out. */
/* SPDX-License-Identifier: MIT */
#include "connection.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "line.h"

/* What is done for a client in one turn. */
#define READ_BYTES	4096u
#define WRITE_BYTES	65536u
/* Who has so much to read is not listened to. */
#define OUTPUT_LOW	65536u

static bool listens(const struct connection *connection)
{
	return !connection->closing && !connection->broken &&
		!connection->request && connection->output.used < OUTPUT_LOW;
}

static bool wants_input(const struct connection *connection)
{
	return listens(connection) && !connection->half && !connection->line;
}

/* A line can be taken, or what will never be one. */
static bool wants_turn(const struct connection *connection)
{
	return connection->broken || (listens(connection) &&
		(connection->line ||
		(connection->half && connection->input.used)));
}

static bool is_done(const struct connection *connection)
{
	if (connection->broken)
		return true;
	if (connection->output.used || connection->request)
		return false;
	return connection->closing || (connection->half &&
		!connection->input.used && !connection->subscribed);
}

/* A limit runs from the first moment that it is waited for. */
static void limit(struct connection *connection, struct timer *timer,
	bool waits)
{
	struct server *server = connection->server;

	if (!waits)
		timers_stop(server->timers, timer);
	else if (!timer->set)
		timers_set(server->timers, timer,
			events_now() + server->limits.patience);
}

/* The loop and its timers wait for what it can go on with. */
static void rearm(struct connection *connection)
{
	uint32_t mask = (wants_input(connection) ? EPOLLIN : 0) |
		(connection->output.used ? EPOLLOUT : 0);

	if (mask != connection->mask) {
		connection->mask = mask;
		if (events_watch(connection->server->events,
			&connection->event, mask))
			connection->broken = true;
	}
	limit(connection, &connection->line_limit,
		wants_input(connection) && connection->input.used);
	limit(connection, &connection->drain_limit, connection->output.used);
	if (wants_turn(connection))
		timers_set(connection->server->timers, &connection->turn, 0);
}

/* The end of each of its own events: it may be gone afterwards. */
static void settle(struct connection *connection)
{
	if (is_done(connection))
		connection_close(connection);
	else
		rearm(connection);
}

/* Looks for the first line's end where nobody has looked yet. */
static void find_line(struct connection *connection)
{
	struct buffer *input = &connection->input;
	const char *end;

	if (connection->line || connection->searched == input->used)
		return;
	end = memchr(buffer_peek(input) + connection->searched, '\n',
		input->used - connection->searched);
	if (end)
		connection->line = end + 1 - buffer_peek(input);
	else
		connection->searched = input->used;
}

static void take_line(struct connection *connection)
{
	size_t line = connection->line;

	request_begin(connection, buffer_peek(&connection->input), line - 1);
	buffer_take(&connection->input, line);
	connection->line = connection->searched = 0;
	find_line(connection);
}

static void turn_comes(struct timer *timer)
{
	struct connection *connection = timer->context;

	if (listens(connection) && connection->line)
		take_line(connection);
	else if (listens(connection) && connection->half &&
		connection->input.used)
		connection_refuse(connection, REFUSE_MALFORMED,
			"the last line has no end", true);
	settle(connection);
}

static void check_size(struct connection *connection)
{
	char text[LINE_SENTENCE];

	if (connection->line || connection->input.used <= LINE_BYTES)
		return;
	snprintf(text, sizeof(text), "the message is longer than %u bytes",
		LINE_BYTES);
	connection_refuse(connection, REFUSE_MALFORMED, text, true);
}

static void receive(struct connection *connection)
{
	struct buffer *input = &connection->input;
	size_t left = input->most - input->used;
	char bytes[READ_BYTES];
	ssize_t size = recv(connection->event.fd, bytes,
		left < sizeof(bytes) ? left : sizeof(bytes), MSG_DONTWAIT);

	if (size < 0) {
		connection->broken = errno != EAGAIN && errno != EINTR;
		return;
	}
	connection->half = !size;
	if (!buffer_put(input, bytes, size)) {
		connection->broken = true;
		return;
	}
	find_line(connection);
	check_size(connection);
}

static void flush(struct connection *connection)
{
	struct buffer *output = &connection->output;
	ssize_t size = send(connection->event.fd, buffer_peek(output),
		output->used < WRITE_BYTES ? output->used : WRITE_BYTES,
		MSG_DONTWAIT | MSG_NOSIGNAL);

	if (size < 0) {
		connection->broken = errno != EAGAIN && errno != EINTR;
		return;
	}
	buffer_take(output, size);
	/* A reader that gets on has its time again. */
	timers_stop(connection->server->timers, &connection->drain_limit);
}

/* A client that has hung up reads no answers either. */
static void ready(struct event *event, uint32_t events)
{
	struct connection *connection = event->context;

	if (events & (EPOLLERR | EPOLLHUP))
		connection->broken = true;
	else if (connection->output.used && events & EPOLLOUT)
		flush(connection);
	else if (events & EPOLLIN && wants_input(connection))
		receive(connection);
	settle(connection);
}

static void line_is_late(struct timer *timer)
{
	struct connection *connection = timer->context;
	char text[LINE_SENTENCE];

	snprintf(text, sizeof(text), "no end of the line came in %u s",
		(unsigned int)(connection->server->limits.patience /
			TIMERS_SECOND));
	connection_refuse(connection, REFUSE_MALFORMED, text, true);
	settle(connection);
}

static void reader_is_late(struct timer *timer)
{
	connection_close(timer->context);
}

struct connection *connection_open(struct server *server, int fd,
	const struct peer *peer)
{
	struct connection *connection = calloc(1, sizeof(*connection));

	if (!connection)
		return NULL;
	connection->server = server;
	connection->peer = *peer;
	connection->event = (struct event){ .fd = fd, .ready = ready,
		.context = connection };
	timer_init(&connection->turn, turn_comes, connection);
	timer_init(&connection->line_limit, line_is_late, connection);
	timer_init(&connection->drain_limit, reader_is_late, connection);
	buffer_init(&connection->input, LINE_BYTES + 1);
	buffer_init(&connection->output, server->limits.output);
	connection->mask = EPOLLIN;
	if (events_watch(server->events, &connection->event, EPOLLIN)) {
		free(connection);
		return NULL;
	}
	connection->next = server->connections;
	if (connection->next)
		connection->next->before = connection;
	server->connections = connection;
	return connection;
}

static void take_out(struct connection *connection)
{
	if (connection->next)
		connection->next->before = connection->before;
	if (connection->before)
		connection->before->next = connection->next;
	else
		connection->server->connections = connection->next;
}

void connection_close(struct connection *connection)
{
	struct server *server = connection->server;
	int fd = connection->event.fd;

	if (connection->request)
		request_leave(connection->request);
	timers_stop(server->timers, &connection->turn);
	timers_stop(server->timers, &connection->line_limit);
	timers_stop(server->timers, &connection->drain_limit);
	events_forget(server->events, &connection->event);
	close(fd);
	take_out(connection);
	buffer_exit(&connection->input);
	buffer_exit(&connection->output);
	free(connection);
}

void connection_put(struct connection *connection, const char *bytes,
	size_t size)
{
	if (connection->broken)
		return;
	if (!buffer_put(&connection->output, bytes, size)) {
		connection->broken = true;
		buffer_exit(&connection->output);
	}
	rearm(connection);
}

void connection_say(struct connection *connection, const json_t *message)
{
	size_t size = 0;
	char *line = line_print(message, &size);

	if (line)
		connection_put(connection, line, size);
	else
		connection->broken = true;
	rearm(connection);
	free(line);
}

void connection_go_on(struct connection *connection)
{
	timers_set(connection->server->timers, &connection->turn, 0);
}

void connection_refuse(struct connection *connection, enum refusal refusal,
	const char *text, bool last)
{
	json_t *message = request_error(json_null(), refusal,
		json_string(text), NULL);

	connection_say(connection, message);
	json_decref(message);
	if (!last)
		return;
	connection->closing = true;
	buffer_exit(&connection->input);
	connection->line = connection->searched = 0;
}
