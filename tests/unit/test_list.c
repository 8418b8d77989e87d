/* The menu's lists and texts: what is chosen stays so, whatever comes and goes. */
/* SPDX-License-Identifier: MIT */
#include "fake_service.h"
#include "fake_terminal.h"

#include "list.h"
#include "text.h"

static const struct list_column columns[] = {
	{ "name", "NAME" }, { "state", "STATE" }, { "memory", "MEMORY" },
	{ .key = NULL },
};
static int runs;
static char ran[PAGE_SUBJECT];

static void run(struct page *page)
{
	runs++;
	strcpy(ran, page->subject);
}

static const struct action actions[] = {
	{ .key = 'x', .text = "run", .words = "show @", .run = run },
	{ .key = 'd', .text = "delete", .words = "show @",
		.question = "Delete @", .run = run },
	{ .key = 0 },
};

static struct list list = {
	.page = { .title = "VMs", .source = "list", .seconds = 1,
		.actions = actions },
	.columns = columns, .empty = "There is no VM yet.",
};

#define ROW(name) "{\"name\":\"" name "\",\"state\":\"Off\"," \
	"\"memory\":1073741824}"
#define ANSWER(rows) { { "\"list\"", "{\"id\":$,\"result\":[" rows "]}\n" }, \
	{ "\"show\"", "{\"id\":$,\"result\":{\"name\":\"web\",\"notes\":" \
		"\"a \\u001b[2J b\"}}\n" }, { .text = NULL } }

static const struct fake_reply three[] = ANSWER(ROW("a") "," ROW("b") ","
	ROW("c"));
static const struct fake_reply two[] = ANSWER(ROW("aa") "," ROW("b"));
static const struct fake_reply none[] = ANSWER("");
static const struct fake_reply evil[] = ANSWER(ROW("\\u001b[2J\xc3\xa4") ","
	"7,{},{\"name\":7},{\"name\":\"\xe6\x97\xa5\xe6\x9c\xac\"}");

static void press(const struct fake_step *steps)
{
	fake_script(steps);
	list_run(&list);
}

/* What stands in the row that is marked. */
static const char *marked(void)
{
	int row;

	for (row = 0; row < fake.rows; row++)
		if (fake.cells[row][1] == '>')
			return fake_row(row);
	return "";
}

static void test_choosing(void)
{
	static const struct fake_step keys[] = { { 0, "> a" },
		{ PRESSED_DOWN, NULL }, { 0, "> b" }, { PRESSED_UP, NULL },
		{ PRESSED_UP, NULL }, { PRESSED_END, NULL }, { 0, "> c" },
		{ PRESSED_DOWN, NULL }, { PRESSED_HOME, NULL },
		{ PRESSED_PAGE_DOWN, NULL }, { PRESSED_PAGE_UP, NULL },
		{ PRESSED_DOWN, NULL }, { 'X', NULL }, { 'y', NULL },
		{ PRESSED_ESCAPE, NULL }, { 0, NULL } };

	fake_begin(24, 80);
	press(keys);
	CHECK(runs == 1);
	CHECK_STRING("b", ran);
	CHECK_STRING(" > b     Off    1G", marked());
	CHECK(!strncmp(fake_row(0), " VMs ", 5));
	CHECK_STRING("   NAME  STATE  MEMORY", fake_row(2));
}

/* "b" has another place, then there is none. */
static void test_refresh(void)
{
	static const struct fake_step first[] = { { 0, "> b" },
		{ 0, "> b" }, { PRESSED_ESCAPE, NULL }, { 0, NULL } };
	static const struct fake_step second[] = { { 0, "> b" }, { 0, "aa" },
		{ PRESSED_ESCAPE, NULL }, { 0, NULL } };
	static const struct fake_step third[] = { { 0, "no VM yet" },
		{ 'x', NULL }, { PRESSED_DOWN, NULL },
		{ PRESSED_ESCAPE, NULL }, { 0, NULL } };

	press(first);
	service_say(two);
	press(second);
	CHECK_STRING(" > b     Off    1G", marked());
	service_say(none);
	press(third);
	CHECK(runs == 1);
}

/* While a question waits. */
static void *say_other(void *replies)
{
	while (!fake_shows("? (y/N)"))
		usleep(10000);
	service_say(replies);
	return NULL;
}

/* What is asked about goes while it is asked: its neighbour is not meant. */
static void test_vanishing(void)
{
	static const struct fake_step keys[] = { { 0, "> a" },
		{ PRESSED_END, NULL }, { 0, "> c" }, { 'd', NULL },
		{ 0, "> b" }, { 'y', NULL }, { 0, "c is not there any more" },
		{ 'd', NULL }, { 0, "Delete b? (y/N)" }, { 'y', NULL },
		{ PRESSED_ESCAPE, NULL }, { 0, NULL } };
	pthread_t thread;

	service_say(three);
	list.page.subject[0] = '\0';
	runs = 0;
	CHECK(!pthread_create(&thread, NULL, say_other, (void *)two));
	press(keys);
	CHECK(!pthread_join(thread, NULL));
	CHECK(runs == 1);
	CHECK_STRING("b", ran);
}

#define KIND(kind) "{\"name\":\"a\",\"state\":\"" kind "\"}"

/* Two rows of one name are two. */
static void test_kinds(void)
{
	static const struct fake_reply first[] = ANSWER(KIND("disk") ","
		KIND("volume"));
	static const struct fake_reply second[] = ANSWER(KIND("array") ","
		KIND("disk") "," KIND("volume"));
	static const struct fake_step keys[] = { { 0, "> a" },
		{ PRESSED_END, NULL }, { 0, "> a     volume" }, { 'd', NULL },
		{ 0, "Delete a" }, { 0, "array" }, { 'n', NULL },
		{ PRESSED_ESCAPE, NULL }, { 0, NULL } };
	pthread_t thread;

	service_say(first);
	list.kind = "state";
	CHECK(!pthread_create(&thread, NULL, say_other, (void *)second));
	press(keys);
	CHECK(!pthread_join(thread, NULL));
	CHECK_STRING(" > a     volume  -", marked());
	list.kind = NULL;
}

static void test_evil(void)
{
	static const struct fake_step keys[] = { { 0, "?[2J" },
		{ PRESSED_END, NULL }, { 'x', NULL }, { PRESSED_ESCAPE, NULL },
		{ 0, NULL } };

	service_say(evil);
	press(keys);
	SHOWS("\xe6\x97\xa5\xe6\x9c\xac");
}

static void test_sizes(void)
{
	static const struct fake_step keys[] = { { 0, "> c" },
		{ PRESSED_ESCAPE, NULL }, { 0, NULL } };
	static const struct fake_step small[] = { { 0, "terminal has" },
		{ 'x', NULL }, { PRESSED_ESCAPE, NULL }, { 0, NULL } };
	int row;

	service_say(three);
	list.page.subject[0] = '\0';
	fake_begin(60, 200);
	press(keys);
	for (row = 0; row < 60; row++)
		CHECK(!strstr(fake_row(row), "\u00b7"));
	/* It says so, and no key does anything. */
	fake_begin(23, 79);
	runs = 0;
	press(small);
	CHECK(!runs);
	SHOWS("79 x 23");
}

static void test_text(void)
{
	static struct text text = { .page = { .title = "VM @",
		.source = "show @", .subject = "web" } };
	static const struct fake_step keys[] = { { 0, "a ?[2J b" },
		{ PRESSED_PAGE_DOWN, NULL }, { PRESSED_END, NULL },
		{ PRESSED_UP, NULL }, { PRESSED_HELP, NULL },
		{ 0, "Esc goes back" }, { PRESSED_ESCAPE, NULL },
		{ 0, "notes" }, { PRESSED_ESCAPE, NULL }, { 0, NULL } };
	static const struct fake_step all[] = { { 0, "line 0" },
		{ PRESSED_END, NULL }, { 0, "line 9999" },
		{ PRESSED_HOME, NULL }, { ' ', NULL }, { 0, "line 20" },
		{ PRESSED_ESCAPE, NULL }, { 0, NULL } };
	char *lines = malloc(1 << 20), *at = lines;
	int i;

	fake_begin(24, 80);
	fake_script(keys);
	text_run(&text);
	SHOWS("VM web");
	CHECK(lines);
	for (i = 0; i < 10000; i++)
		at += sprintf(at, "line %d, with words enough for a row and "
			"for some of the next one, or what it takes\n", i);
	fake_script(all);
	text_show("Lines", lines);
	free(lines);
}

int main(void)
{
	alarm(120);
	service_begin(three);
	test_choosing();
	test_refresh();
	test_vanishing();
	test_kinds();
	test_evil();
	test_sizes();
	test_text();
	service_end();
	return 0;
}
