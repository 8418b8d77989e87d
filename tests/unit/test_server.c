/* The service and a client that is wrong, slow, half-closed, or dead. */
/* SPDX-License-Identifier: MIT */
#include "vmms_talk.h"

#include <sys/wait.h>
#include <time.h>

static unsigned int seed, rounds = 10000;

static void expect_log(int fd, const char *log)
{
	json_t *message;

	say(fd, "{\"version\":1,\"id\":1,\"verb\":\"log\"}\n");
	message = hear_json(fd);
	CHECK_STRING(log, json_string_value(json_object_get(
		json_object_get(message, "result"), "log")));
	json_decref(message);
}

static void test_requests(void)
{
	static const char *const both[][2] = {
		{ "{\"id\":-7,\"verb\":\"echo\",\"args\":{\"text\":\"\u00e4\"}}",
			"{\"id\":-7,\"result\":{\"text\":\"\u00e4\"}}" },
		{ "{\"id\":1,\"verb\":\"echo\",\"args\":{}}\r",
			"{\"id\":1,\"result\":{\"text\":\"\"}}" },
		{ "{\"id\":1,\"verb\":\"disk fail\",\"args\":{\"name\":\"w\"}}",
			"{\"id\":1,\"error\":{\"code\":\"wrong-state\",\"text\":"
			"\"w is running\",\"hint\":\"vm stop web\"}}" },
		{ "{\"id\":1,\"verb\":\"ecco\"}",
			ERROR("1", "unknown-verb", "there is no such verb") },
		{ "{\"id\":1,\"verb\":\"later\"}",
			ERROR("1", "bad-argument", "later: name is missing") },
		{ "{\"id\":1,\"verb\":\"echo\",\"args\":{\"name\":\"w\"}}",
			ERROR("1", "bad-argument", "echo takes no \\\"name\\\"") },
		{ "{\"id\":1,\"verb\":\"echo\",\"args\":[]}",
			ERROR("1", "malformed", "\\\"args\\\" is no object") },
		{ "{\"id\":1,\"verb\":\"echo\",\"more\":1}",
			ERROR("1", "malformed", "a request has \\\"version\\\", "
			"\\\"id\\\", \\\"verb\\\", \\\"args\\\", and nothing else") },
		{ "{\"id\":\"1\",\"verb\":\"echo\"}",
			ERROR("null", "malformed",
			"\\\"id\\\" is missing, or no integer") },
		{ "{\"id\":1,\"verb\":null}", ERROR("1", "malformed",
			"\\\"verb\\\" is missing, or no string") },
		{ "{\"version\":2,\"id\":1,\"verb\":\"echo\"}",
			ERROR("1", "version", "this service speaks version 1") },
		{ "[]", ERROR("null", "malformed", "the message is no object") },
	};
	int fd = greet();
	size_t i;

	for (i = 0; i < sizeof(both) / sizeof(*both); i++) {
		say(fd, both[i][0]);
		say(fd, "\n");
		CHECK_STRING(both[i][1], hear(fd));
	}
	close(fd);
	fd = reach();
	say(fd, "{\"id\":1,\"verb\":\"echo\"}\n");
	CHECK_STRING(ERROR("1", "version", "the first request has no "
		"\\\"version\\\": 1"), hear(fd));
	close(fd);
}

/* The longest request that is one, and one byte more. */
static void test_sizes(void)
{
	static char line[LINE_BYTES + 2];
	int fd = greet();

	memset(line, ' ', sizeof(line));
	memcpy(line, FIRST, sizeof(FIRST) - 2);
	line[LINE_BYTES] = '\n';
	CHECK(put(fd, line, LINE_BYTES + 1));
	CHECK_STRING(FIRST_ANSWER, hear(fd));
	line[LINE_BYTES] = ' ';
	line[LINE_BYTES + 1] = '\n';
	put(fd, line, LINE_BYTES + 2);
	CHECK_STRING(ERROR("null", "malformed", "the message is longer than "
		"65536 bytes"), hear(fd));
	CHECK(!hear(fd));
	close(fd);
	/* A gigabyte would do as well. */
	fd = greet();
	while (put(fd, line, LINE_BYTES))
		;
	close(fd);
}

/* Far more than is taken in at once, or may wait to be read: it is answered in
 * order. */
static void test_pipeline(void)
{
	json_int_t i, many = 3000;
	int fd = greet();
	pid_t writer = fork();
	char line[1024];
	json_t *answer;

	CHECK(writer >= 0);
	if (!writer) {
		for (i = 0; i < many; i++) {
			snprintf(line, sizeof(line), "{\"id\":%d,\"verb\":"
				"\"echo\",\"args\":{\"text\":\"%0900d\"}}\n",
				(int)i, 0);
			say(fd, line);
		}
		_exit(0);
	}
	sleep(1);
	for (i = 0; i < many; i += 10) {
		answer = hear_json(fd);
		CHECK(json_integer_value(json_object_get(answer, "id")) == i);
		json_decref(answer);
		for (int skip = 1; skip < 10; skip++)
			CHECK(hear(fd));
	}
	CHECK(waitpid(writer, NULL, 0) == writer);
	close(fd);
}

static void test_slow(void)
{
	int fd = greet(), idle = greet(), i;
	char line[] = FIRST;

	for (i = 0; line[i]; i++) {
		usleep(2000);
		CHECK(put(fd, line + i, 1));
	}
	CHECK_STRING(FIRST_ANSWER, hear(fd));
	say(fd, "{");
	CHECK_STRING(ERROR("null", "malformed",
		"no end of the line came in 2 s"), hear(fd));
	CHECK(!hear(fd));
	close(fd);
	/* Who says nothing at all may stay. */
	say(idle, FIRST);
	CHECK_STRING(FIRST_ANSWER, hear(idle));
	close(idle);
}

static void test_half_closed(void)
{
	int fd = greet(), other = greet();

	say(fd, "{\"id\":1,\"verb\":\"later\",\"args\":{\"name\":\"a\","
		"\"ms\":50}}\n{\"id\":2,\"verb\":\"echo\"}\n{");
	shutdown(fd, SHUT_WR);
	CHECK_STRING("{\"id\":1,\"result\":{}}", hear(fd));
	CHECK_STRING("{\"id\":2,\"result\":{\"text\":\"\"}}", hear(fd));
	CHECK_STRING(ERROR("null", "malformed", "the last line has no end"),
		hear(fd));
	CHECK(!hear(fd));
	close(fd);
	fd = reach();
	shutdown(fd, SHUT_WR);
	CHECK(!hear(fd));
	close(fd);
	fd = greet();
	say(fd, "{\"id\":1,\"verb\":\"subscribe\"}\n");
	shutdown(fd, SHUT_WR);
	CHECK_STRING("{\"id\":1,\"result\":{}}", hear(fd));
	say(other, "{\"id\":1,\"verb\":\"tell\"}\n");
	CHECK_STRING("{\"event\":\"told\",\"text\":\"x\",\"left\":0}", hear(fd));
	CHECK_STRING("{\"id\":1,\"result\":{}}", hear(other));
	close(fd);
	fd = greet();
	shutdown(fd, SHUT_RD);
	say(fd, FIRST);
	close(fd);
	wait_for(other, "clients", 1);
	expect_log(other, "begin a, end a");
	close(other);
}

#define LATER(name, ms) "{\"id\":5,\"verb\":\"later\",\"args\":{\"name\":\"" \
	name "\",\"ms\":" #ms "}}\n"

/* What it has asked is done; what it would have asked next is not. */
static void test_dead_client(void)
{
	int fd = greet(), other = greet();

	say(fd, LATER("a", 1500) LATER("b", 0));
	wait_for(other, "requests", 2);
	close(fd);
	wait_for(other, "clients", 1);
	CHECK(number(other, "requests") == 2);
	wait_for(other, "requests", 1);
	expect_log(other, "begin a, orphan a");
	close(other);
}

/* Changes of one object are done one after the other, others beside them. */
static void test_turns(void)
{
	int a = greet(), b = greet(), c = greet(), d = greet(), ask = greet();

	say(a, LATER("web", 1500));
	wait_for(ask, "requests", 2);
	say(b, LATER("WEB", 0));
	wait_for(ask, "requests", 3);
	say(c, LATER("web", 0));
	wait_for(ask, "requests", 4);
	say(d, LATER("mail", 0));
	CHECK(hear(d));
	close(b);
	CHECK(hear(c));
	CHECK(hear(a));
	expect_log(ask, "begin web, begin mail, end mail, end web, "
		"begin web, end web");
	say(a, LATER("web", 1500));
	wait_for(ask, "requests", 2);
	say(c, "{\"id\":5,\"verb\":\"later\",\"args\":{\"name\":\"web\","
		"\"dry-run\":true}}\n");
	CHECK(hear(c));
	CHECK(hear(a));
	expect_log(ask, "begin web, begin web, end web, end web");
	close(a), close(c), close(d), close(ask);
}

/* A reader that does not read is cut off, and nobody waits for it. */
static void test_full(void)
{
	int fd = greet(), other = greet(), i;
	json_int_t most = 0, bytes;

	say(fd, "{\"id\":1,\"verb\":\"subscribe\"}\n");
	hear(fd);
	for (i = 0; i < 100; i++) {
		say(other, "{\"id\":1,\"verb\":\"tell\",\"args\":"
			"{\"count\":20,\"size\":1000}}\n");
		CHECK_STRING("{\"id\":1,\"result\":{}}", hear(other));
		bytes = number(other, "bytes");
		most = bytes > most ? bytes : most;
	}
	wait_for(other, "clients", 1);
	CHECK(most > 1 << 19 && most < 2 << 20);
	CHECK(number(other, "bytes") < 1 << 16);
	close(fd);
	/* One that takes too long over a little. */
	fd = greet();
	say(fd, "{\"id\":1,\"verb\":\"subscribe\"}\n");
	hear(fd);
	say(other, "{\"id\":1,\"verb\":\"tell\",\"args\":"
		"{\"count\":20,\"size\":40000}}\n");
	hear(other);
	CHECK(number(other, "clients") == 2);
	wait_for(other, "clients", 1);
	close(fd);
	/* One that takes its time, but gets on. */
	fd = greet();
	say(fd, "{\"id\":1,\"verb\":\"subscribe\"}\n");
	hear(fd);
	say(other, "{\"id\":1,\"verb\":\"tell\",\"args\":"
		"{\"count\":25,\"size\":40000}}\n");
	hear(other);
	for (i = 0; i < 25; i++) {
		if (i % 5 == 0)
			usleep(800000);
		CHECK(hear(fd));
	}
	close(fd);
	close(other);
}

/* Clients that die leave work behind; that is counted, too. */
static void test_left_behind(void)
{
	int other = greet(), fd, i;

	for (i = 1; i <= 8; i++) {
		fd = greet();
		say(fd, "{\"id\":5,\"verb\":\"later\",\"args\":{\"name\":\"x\","
			"\"ms\":4000,\"dry-run\":true}}\n");
		if (i < 8)
			wait_for(other, "requests", i + 1);
		else
			usleep(100000);
		close(fd);
	}
	say(other, "{\"id\":1,\"verb\":\"echo\"}\n");
	CHECK_STRING(ERROR("1", "busy", "8 requests of yours are not done yet"),
		hear(other));
	wait_for(other, "requests", 1);
	close(other);
}

/* A good message with some bytes changed, inserted, cut off, or repeated. */
static size_t spoil(char *line)
{
	static const char *const good[] = {
		FIRST,
		"{\"id\":3,\"verb\":\"echo\",\"args\":{\"text\":\"\u00e4\\n\"}}\n",
		LATER("web", 1), "{\"id\":4,\"verb\":\"tell\",\"args\":"
		"{\"count\":2,\"size\":3}}\n",
		"{\"id\":1,\"verb\":\"later\",\"args\":{\"name\":\"../../x\","
		"\"hard\":true,\"set\":{\"a\":\"b\"},\"with\":[\"a\",\"b\"]}}\n",
		"{\"id\":1,\"verb\":\"disk fail\",\"args\":{\"name\":\"w\"}}\n",
	};
	static const char odd[] = "{}[]\",:\\/\n\r\0\x7f\xc3\xff" "019eE-+u";
	size_t size, at, changes;

	strcpy(line, good[rand_r(&seed) % (sizeof(good) / sizeof(*good))]);
	size = strlen(line);
	for (changes = rand_r(&seed) % 6; changes; changes--) {
		at = rand_r(&seed) % size;
		switch (rand_r(&seed) % 4) {
		case 0:
			line[at] = odd[rand_r(&seed) % sizeof(odd)];
			break;
		case 1:
			line[at] = rand_r(&seed);
			break;
		case 2:
			memmove(line + at + 1, line + at, size - at);
			line[at] = odd[rand_r(&seed) % sizeof(odd)];
			size++;
			break;
		default:
			memmove(line + size, line + at, size - at);
			size += size - at;
			break;
		}
	}
	return size;
}

/* Whatever has come: each line an answer, and the service is the same. */
static void sync_up(int fd)
{
	const char *line;

	say(fd, "\n{\"version\":1,\"id\":777777,\"verb\":\"echo\"}\n");
	do {
		line = hear(fd);
		CHECK(line);
		CHECK(*line == '{');
	} while (strcmp(line, "{\"id\":777777,\"result\":{\"text\":\"\"}}"));
}

static void test_malformed(void)
{
	char line[8192];
	int fd = greet(), other = greet();
	unsigned int i;

	for (i = 0; i < rounds; i++) {
		put(fd, line, spoil(line));
		if (rand_r(&seed) % 8 == 0)
			sync_up(fd);
		if (rand_r(&seed) % 64)
			continue;
		if (rand_r(&seed) % 2)
			shutdown(fd, SHUT_WR);
		close(fd);
		fd = greet();
	}
	sync_up(fd);
	close(fd);
	wait_for(other, "clients", 1);
	wait_for(other, "requests", 1);
	say(other, "{\"id\":1,\"verb\":\"log\"}\n");
	CHECK(hear(other));
	close(other);
}

int main(int count, char **words)
{
	rounds = count > 1 ? strtoul(words[1], NULL, 0) : rounds;
	seed = count > 2 ? strtoul(words[2], NULL, 0) : (unsigned int)time(NULL);
	printf("test_server: %u rounds, seed %u\n", rounds, seed);
	fflush(stdout);
	serving_make();
	serving.server.limits.patience = 2 * TIMERS_SECOND;
	serving.server.limits.requests_of_user = 8;
	serving_start();
	test_requests();
	test_sizes();
	test_pipeline();
	test_slow();
	test_half_closed();
	test_dead_client();
	test_turns();
	test_full();
	test_left_behind();
	test_malformed();
	serving_stop();
	return 0;
}
