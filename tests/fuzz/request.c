/* A client of the management service that says anything. */
/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"
#include "vmms/connection.h"
#include "vmms/line.h"
#include "vmms/server.h"

static struct events events;
static struct timers timers;
static struct server server;
static struct event end;	/* the client's */
static struct buffer heard;
static struct timer later;
static struct request *late;

static void run_echo(struct request *request)
{
	if (request_flag(request, "subscribe"))
		request_subscribe(request);
	request_answer(request, json_deep_copy(request->args));
}

static void is_later(struct timer *timer)
{
	(void)timer;
	server_tell(&server, "later", NULL);
	request_answer(late, json_integer(request_number(late, "number", 0)));
	late = NULL;
}

/* One at a time: it is about one object, and there is one client. */
static void run_later(struct request *request)
{
	CHECK(!late && request_text(request, "name"));
	late = request;
	timers_set(&timers, &later, 0);
}

static void run_refuse(struct request *request)
{
	request_refuse(request, REFUSE_FAILED, request_text(request, "name"),
		"%s is not possible", request_text(request, "name"));
}

static const struct verb_argument arguments[] = {
	{ "name", VERB_TEXT, VERB_OBJECT | VERB_NEEDED, 0, 0, NULL, NULL },
	{ "text", VERB_TEXT, 0, 0, 2000, NULL, "any text" },
	{ "number", VERB_NUMBER, 0, -1000, 1000, NULL, NULL },
	{ "subscribe", VERB_FLAG, 0, 0, 0, NULL, NULL },
	{ "list", VERB_LIST, 0, 0, 0, NULL, NULL },
	{ "set", VERB_PAIRS, 0, 0, 0, NULL, NULL },
	{ .name = NULL },
};
static const struct verb verbs[] = {
	{ "echo", arguments, 0, NULL, NULL, NULL },
	{ "later", arguments, VERB_CHANGES, NULL, NULL, NULL },
	{ "disk refuse", arguments, VERB_ROOT, NULL, NULL, NULL },
	{ .name = NULL },
};
static verb_run *const runs[] = { run_echo, run_later, run_refuse };

/* What ends each input; the last answer is its. */
static const char last[] = "\n{\"version\":1,\"id\":424242,"
	"\"verb\":\"echo\",\"args\":{\"name\":\"last\"}}\n";
static const char last_answer[] = "{\"id\":424242,\"result\":"
	"{\"name\":\"last\"}}\n";

/* The client reads all. */
static void hear(struct event *event, uint32_t mask)
{
	char bytes[4096];
	ssize_t size = recv(event->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	(void)mask;
	CHECK(size > 0 && buffer_put(&heard, bytes, size));
	events.stop = memmem(buffer_peek(&heard), heard.used, last_answer,
		sizeof(last_answer) - 1);
}

static void start(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	CHECK(!events_init(&events) && !timers_init(&timers, &events));
	CHECK(!listen(fd, 1) || errno == EINVAL);
	CHECK(!server_init(&server, fd, 0, &events, &timers, verbs, runs));
	events_forget(&events, &server.listener);
	timer_init(&later, is_later, NULL);
	buffer_init(&heard, 64 << 20);
}

/* Each line says one thing. */
static void check_heard(void)
{
	char why[LINE_SENTENCE];
	const char *line;
	json_t *message;
	size_t size;

	while (heard.used) {
		line = memchr(buffer_peek(&heard), '\n', heard.used);
		CHECK(line);
		size = line - buffer_peek(&heard);
		message = line_parse(buffer_peek(&heard), size, &line_answer,
			why);
		CHECK(message);
		CHECK(!!json_object_get(message, "result") +
			!!json_object_get(message, "error") +
			!!json_object_get(message, "event") == 1);
		json_decref(message);
		buffer_take(&heard, size + 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct peer peer = { .uid = size % 2, .member = true };
	int ends[2];

	if (!timers.events)
		start();
	CHECK(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
	CHECK(connection_open(&server, ends[0], &peer));
	end = (struct event){ .fd = ends[1], .ready = hear };
	CHECK(!events_watch(&events, &end, EPOLLIN));
	CHECK(send(ends[1], bytes, size, MSG_NOSIGNAL) == (ssize_t)size);
	CHECK(send(ends[1], last, sizeof(last) - 1, MSG_NOSIGNAL) ==
		sizeof(last) - 1);
	events.stop = false;
	CHECK(!events_run(&events));
	events_forget(&events, &end);
	close(ends[1]);
	check_heard();
	connection_close(server.connections);
	/* The input may have said the last one itself, too early. */
	if (late) {
		timers_stop(&timers, &later);
		is_later(&later);
	}
	timers_stop(&timers, &server.next);
	CHECK(!late && !server.connections && !server.requests);
	CHECK(!timers.first);
	return 0;
}
