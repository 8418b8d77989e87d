/* The main menu: each entry has a command, and each command is one that `vm`
 * takes; each entry is reached, at all sizes. */
/* SPDX-License-Identifier: MIT */
#include "fake_service.h"
#include "fake_terminal.h"

#include "commands.h"
#include "menu.h"
#include "rootfs/vmms/line.h"
#include "watch.h"

static int commands, wrong;

static void check_command(void *context, const char *name, const char *line,
	const struct typed *typed)
{
	char why[LINE_SENTENCE];
	struct words words;

	(void)context;
	commands++;
	if (!line || !*line)
		fprintf(stderr, "%s: there is no command\n", name);
	wrong += !line || !*line;
	if (!typed)
		return;
	if (!typed_read(typed, &words, why)) {
		fprintf(stderr, "%s: %s: %s\n", name, line, why);
		wrong++;
	}
	words_exit(&words);
}

static void test_commands(void)
{
	int i;

	commands_walk(check_command, NULL);
	CHECK(commands > 30 && !wrong);
	for (i = 0; entries[i]; i++) {
		CHECK(entries[i]->number == i + 1);
		CHECK(!entries[i]->later == !!entries[i]->run);
		CHECK(entry_index(i + 1) == i);
	}
	CHECK(i == 18 && entry_index(0) < 0 && entry_index(19) < 0);
}

/* Each page is opened and left; 14 to 16 are at the end. */
static void test_entries(int rows, int columns)
{
	static struct fake_step steps[256];
	int count = 0, number;

	for (number = 1; number <= 13; number++) {
		if (number > 9)
			steps[count++].key = '1';
		steps[count++].key = '0' + number % 10;
		steps[count++].key = PRESSED_ENTER;
		steps[count++].key = PRESSED_DOWN;
		if (!entries[number - 1]->later)
			steps[count++].key = PRESSED_ESCAPE;
		steps[count++].text = "Main menu";
	}
	steps[count++].key = '1';
	steps[count++].key = '7';
	steps[count++].key = PRESSED_ENTER;
	steps[count++].key = '1';
	steps[count++].key = '6';
	steps[count++].key = PRESSED_ENTER;
	steps[count++].text = "Shut this host down? (y/N)";
	steps[count++].key = PRESSED_ENTER;
	steps[count++].key = '1';
	steps[count++].key = '4';
	steps[count++].key = PRESSED_ENTER;
	steps[count] = (struct fake_step){ 0, "never" };
	fake_begin(rows, columns);
	fake_script(steps);
	fake.outside = NULL;
	watch_begin();
	menu_run();
	watch_end();
	CHECK(fake.steps == &steps[count]);
	CHECK_STRING("/bin/sh", fake.outside);
}

/* Nothing is drawn that is not asked for: no margin is anybody else's. */
static void test_drawn(void)
{
	static const struct fake_step steps[] = { { 0, "branch-7" },
		{ 0, "18) Install on a disk" },
		{ PRESSED_HELP, NULL }, { PRESSED_ESCAPE, NULL },
		{ 0, "hypervisor runs" }, { '8', NULL },
		{ PRESSED_ENTER, NULL }, { 0, "come with a later version" },
		{ PRESSED_ESCAPE, NULL }, { 0, NULL } };
	int row;

	fake_begin(24, 80);
	fake_script(steps);
	watch_begin();
	menu_run();
	watch_end();
	for (row = 0; row < 24; row++)
		if (strstr(fake_row(row), "\u00b7")) {
			fake_print();
			CHECK(!"all drawn");
		}
}

#define HOST "{\"id\":$,\"result\":{\"name\":\"branch-7\",\"version\":\"1\"," \
	"\"hypervisor\":{\"running\":true},\"memory\":{\"total\":1073741824," \
	"\"available\":1048576},\"load\":0.5,\"timezone\":\"UTC\"," \
	"\"administrators\":[],\"network\":[],\"storage\":[]}}\n"

int main(void)
{
	static const struct fake_reply replies[] = {
		{ "\"host show\"", HOST },
		{ "\"subscribe\"", "{\"id\":$,\"result\":{}}\n"
			"{\"event\":\"state\",\"name\":\"web\","
			"\"state\":\"Running\"}\n" },
		{ "list\"", "{\"id\":$,\"result\":[]}\n" },
		{ .text = NULL },
	};

	alarm(120);
	service_begin(replies);
	test_commands();
	test_drawn();
	test_entries(24, 80);
	test_entries(60, 200);
	service_end();
	return 0;
}
