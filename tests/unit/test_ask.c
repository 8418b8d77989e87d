/* The menu's questions to the service: several at once, progress, streams, and
 * services that are gone, hang, or talk nonsense. */
/* SPDX-License-Identifier: MIT */
#include "fake_service.h"
#include "fake_terminal.h"

#include "deed.h"
#include "loop.h"

static const struct fake_step forever[] = { { 0, "never" }, { 0, NULL } };
static int ends, progresses, events;

static void done(struct ask *ask)
{
	(void)ask;
	ends++;
}

static void told(struct ask *ask)
{
	CHECK_STRING("half of it", ask->progress);
	progresses++;
}

static void heard(struct ask *ask, const json_t *event)
{
	(void)ask;
	CHECK(json_object_get(event, "event"));
	events++;
	loop_news();
}

/* Until so many are at their end. */
static void wait_for(const int *count, int wanted)
{
	while (*count < wanted)
		CHECK(loop_key() == PRESSED_NONE);
}

static void begin(struct ask *ask, const char *words)
{
	ask->done = done;
	ask_table(ask, words, "web", NULL);
	CHECK(ask->runs);
}

static void test_answers(void)
{
	struct ask list = { .told = told }, start = { .context = NULL };
	char text[ASK_TEXT];

	ends = progresses = 0;
	begin(&list, "list");
	begin(&start, "start @");
	wait_for(&ends, 2);
	CHECK(progresses == 1 && !list.runs && !start.runs);
	CHECK(json_array_size(list.result) == 1);
	CHECK(!start.result);
	CHECK_STRING("there is no VM web. Hint: vm list shows all",
		start.error);
	/* Again with the same. */
	begin(&list, "rename @ shop");
	wait_for(&ends, 3);
	ask_said(list.result, text, sizeof(text));
	CHECK_STRING("one. two", text);
	ask_said(list.result, text, 7);
	CHECK_STRING("one. t", text);
	ask_end(&list);
	ask_end(&start);
}

static void expect(const char *words, const char *error)
{
	struct ask ask = { .context = NULL };
	int before = ends;

	begin(&ask, words);
	CHECK(ends == before);
	wait_for(&ends, before + 1);
	CHECK(!ask.result);
	CHECK_STRING(error, ask.error);
	ask_end(&ask);
}

static void test_trouble(void)
{
	struct ask ask = { .context = NULL };

	expect("explode", "there is no verb explode");
	expect("stop @", "the management service has gone before its answer");
	expect("reset @", "what answers is not the management service");
	expect("pause @", "what answers is not the management service");
	/* One that hangs is given up. */
	begin(&ask, "delete @");
	ask_end(&ask);
	CHECK(!ask.runs);
	ask_at("/tmp/socle-menu-is-not-there");
	expect("list", "the management service is not there");
	ask_at(service.path);
}

static void test_stream(void)
{
	struct ask ask = { .event = heard };

	ends = events = 0;
	begin(&ask, "subscribe");
	wait_for(&events, 2);
	CHECK(ends == 1 && ask.streams);
	service_say(service.replies);
	wait_for(&ends, 2);
	CHECK(!ask.result && !ask.streams);
	ask_end(&ask);
}

static void test_many(void)
{
	struct ask asks[8] = { { .context = NULL } };
	int i;

	ends = 0;
	for (i = 0; i < 8; i++)
		begin(&asks[i], i & 1 ? "list" : "start @");
	wait_for(&ends, 8);
	for (i = 0; i < 8; i++) {
		CHECK(!asks[i].result == !(i & 1));
		ask_end(&asks[i]);
	}
}

static void deed_ended(void *context, const struct ask *answer)
{
	CHECK(answer->result && !strcmp(context, "mine"));
	ends++;
}

static void test_deeds(void)
{
	struct typed typed;
	struct deed *deed;
	int i;

	ends = 0;
	typed_clear(&typed);
	typed_table(&typed, "rename @ shop", "web", NULL);
	CHECK(deed_begin(&typed, deed_ended, "mine"));
	deed = deed_begin(&typed, deed_ended, "left");
	deed_leave(deed);
	CHECK(deed_count() == 2);
	wait_for(&ends, 1);
	while (deed_count())
		loop_key();
	typed_clear(&typed);
	typed_table(&typed, "delete @", "web", NULL);
	for (i = 0; i < 20 && deed_begin(&typed, NULL, NULL); i++)
		;
	CHECK(i > 2 && i < 20);
	deed_forget_all();
	CHECK(!deed_count());
}

#define ANSWER(result) "{\"id\":$,\"result\":" result "}\n"

int main(void)
{
	static const struct fake_reply replies[] = {
		{ "\"list\"", "{\"id\":$,\"progress\":\"half of it\"}\n"
			ANSWER("[{\"name\":\"web\"}]") },
		{ "\"start\"", "{\"id\":$,\"error\":{\"code\":\"not-found\","
			"\"text\":\"there is no VM web\","
			"\"hint\":\"vm list shows all\"}}\n" },
		{ "\"rename\"", ANSWER("{\"said\":[\"one\",\"two\"]}") },
		{ "\"stop\"", NULL },
		{ "\"reset\"", "nonsense\n" },
		{ "\"pause\"", "[]\n" },
		{ "\"subscribe\"", ANSWER("{}")
			"{\"event\":\"state\",\"name\":\"web\"}\n"
			"{\"event\":\"created\",\"name\":\"mail\"}\n" },
		{ .text = NULL },
	};

	alarm(120);
	fake_begin(24, 80);
	fake_script(forever);
	service_begin(replies);
	test_answers();
	test_trouble();
	test_stream();
	test_many();
	test_deeds();
	service_end();
	return 0;
}
