/* The menu's forms: what they become, what they refuse, and what they keep. */
/* SPDX-License-Identifier: MIT */
#include "fake_service.h"
#include "fake_terminal.h"

#include "deed.h"
#include "form.h"
#include "page.h"

static const struct form_field fields[] = {
	{ "Name", FORM_TEXT, "@", "Letters", .needed = true },
	{ "Memory", FORM_SIZE, "--memory", "As 2G", .first = "1024M" },
	{ "Processors", FORM_NUMBER, "--processors", "1 to 64", .first = "1",
		.least = 1, .most = 64 },
	{ "Switch", FORM_PICK, "--switch", "A switch", .choices = "=no cable",
		.source = "switch list", .pick = "name" },
	{ "Start", FORM_CHOICE, "start=", "When", .choices =
		"nothing|if-running|always=at every start" },
	{ "Delay", FORM_NUMBER, "start-delay=", "Seconds", .when =
		"start=always", .most = 3600, .sample = "5" },
	{ "Notes", FORM_TEXT, "notes=", "Text" },
	{ .label = NULL },
};

static const struct form create = { .title = "New VM", .words = "create @",
	.fields = fields, .names = true };

static const struct form_field change_fields[] = {
	{ "Host name", FORM_TEXT, "name=", "A name", .most = 5 },
	{ "Zone", FORM_TEXT, "timezone=", "A zone" },
	{ "Deep", FORM_TEXT, NULL, .value = "memory.total" },
	{ .label = NULL },
};

static const struct form change = { .title = "Host",
	.words = "host set host", .fields = change_fields, .changes = true,
	.source = "host show", .question = "Rename it" };

#define SWITCHES { "\"switch list\"", "{\"id\":$,\"result\":[{\"name\":" \
	"\"lan\"},{\"name\":\"dmz\"}]}\n" }
#define HOST { "\"host show\"", "{\"id\":$,\"result\":{\"name\":\"old\"," \
	"\"timezone\":\"UTC\",\"memory\":{\"total\":1073741824}}}\n" }
#define GOOD { "\"create\"", "{\"id\":$,\"result\":{\"said\":[\"made\"]}}\n" }, \
	{ "\"host set\"", "{\"id\":$,\"progress\":\"at it\"}\n" \
		"{\"id\":$,\"result\":{\"said\":[]}}\n" }

static const struct fake_reply good[] = { SWITCHES, HOST, GOOD,
	{ .text = NULL } };
static const struct fake_reply bad[] = { SWITCHES, HOST,
	{ "\"create\"", "{\"id\":$,\"error\":{\"code\":\"failed\",\"text\":"
		"\"web: memory is not there\"}}\n" }, { .text = NULL } };
static const struct fake_reply slow[] = { SWITCHES, HOST,
	{ "\"create\"", "" }, { .text = NULL } };

#define KEY(key)	{ key, NULL }
#define SEE(text)	{ 0, text }
#define WEB	KEY('w'), KEY('e'), KEY('b')
#define OVER	{ 0, NULL }

static bool run(const struct form *form, const struct fake_step *steps)
{
	fake_script(steps);
	return form_run(form, NULL, NULL);
}

static void test_words(void)
{
	static const struct fake_step steps[] = { WEB, KEY(PRESSED_ENTER),
		KEY('U' & 0x1f), KEY('2'), KEY('x'), KEY('G'), KEY('\t'),
		KEY(PRESSED_BACKSPACE), KEY('4'), KEY('\t'), SEE("< no cable >"),
		KEY('d'), SEE("< dmz >"), KEY('\t'), KEY(PRESSED_RIGHT),
		KEY(' '), SEE("at every start"), SEE("Delay"), KEY('\t'),
		KEY('9'), KEY('\t'), KEY('-'), KEY(' '), KEY('"'), KEY('\t'),
		SEE("> [ OK ]"),
		SEE("$ vm create web --memory 2G --processors 4 --switch dmz"),
		KEY(PRESSED_ENTER), SEE("never"), OVER };

	CHECK(run(&create, steps));
	CHECK(service_was_asked("\"memory\":\"2G\""));
	CHECK(service_was_asked("\"processors\":4"));
	CHECK(service_was_asked("\"switch\":\"dmz\""));
	CHECK(service_was_asked("\"start\":\"always\""));
	CHECK(service_was_asked("\"start-delay\":\"9\""));
	CHECK(service_was_asked("\"notes\":\"- \\\"\""));
	CHECK(service_was_asked("\"name\":\"web\""));
}

/* What is wrong is said, its field is chosen, and all else stays. */
static void test_refusals(void)
{
	static const struct fake_step steps[] = { KEY(PRESSED_PAGE_DOWN),
		KEY(PRESSED_ENTER), SEE("Name: it is needed"), SEE("> Name"),
		KEY('/'), KEY(PRESSED_PAGE_DOWN), KEY(PRESSED_ENTER),
		SEE("create: name is not its name"), SEE("> Name"),
		KEY(PRESSED_BACKSPACE), WEB, KEY('\t'), KEY('\t'), KEY('0'),
		KEY('0'), KEY('0'), KEY(PRESSED_PAGE_DOWN), KEY(PRESSED_ENTER),
		SEE("Processors: a number from 1 to 64"), SEE("> Processors"),
		KEY(PRESSED_BACKSPACE), KEY(PRESSED_BACKSPACE),
		KEY(PRESSED_BACKSPACE), KEY(PRESSED_PAGE_DOWN),
		KEY(PRESSED_ENTER), SEE("web: memory is not there"),
		SEE("> Memory"), SEE("1024M"), KEY(PRESSED_ESCAPE),
		SEE("lose what was typed? (y/N)"), KEY('n'), SEE("web"),
		KEY(PRESSED_ESCAPE), KEY('y'), OVER };

	service_say(bad);
	CHECK(!run(&create, steps));
}

/* Esc leaves what is being done running. */
static void test_leaving(void)
{
	static const struct fake_step steps[] = { WEB, KEY(PRESSED_PAGE_DOWN),
		KEY(PRESSED_ENTER), SEE("..."), KEY('x'), KEY(PRESSED_ESCAPE),
		OVER };

	service_say(slow);
	CHECK(run(&create, steps));
	deed_forget_all();
}

static void test_changes(void)
{
	static const struct fake_step nothing[] = { SEE("UTC"),
		KEY(PRESSED_PAGE_DOWN), KEY(PRESSED_ENTER),
		SEE("Nothing is changed"), KEY(PRESSED_ESCAPE), OVER };
	static const struct fake_step steps[] = { SEE("UTC"), SEE("1G"),
		KEY(PRESSED_HOME), KEY('x'), KEY('y'), KEY('z'),
		SEE("It takes no more"), KEY('\t'), KEY('U' & 0x1f), KEY(1),
		KEY(0x85), SEE("It takes no such character"),
		KEY(PRESSED_PAGE_DOWN), SEE("$ vm host set host name=xyold "
			"timezone="), KEY(PRESSED_ENTER), SEE("Rename it?"),
		KEY('n'), KEY(PRESSED_OTHER), KEY(PRESSED_ENTER),
		SEE("Rename it?"), KEY('y'),
		SEE("never"), OVER };

	service_say(good);
	CHECK(!run(&change, nothing));
	CHECK(run(&change, steps));
	CHECK(service_was_asked("\"name\":\"xyold\""));
	CHECK(service_was_asked("\"timezone\":\"\""));
}

/* Help, a size that is too small for a while, the program's end. */
static void test_rest(void)
{
	static const struct fake_step steps[] = { WEB, KEY(PRESSED_HELP),
		SEE("Processors: 1 to 64"), KEY(PRESSED_ESCAPE), SEE("web"),
		KEY('?'), SEE("web?"), OVER };

	CHECK(!run(&create, steps));
}

static void test_sample(void)
{
	struct typed typed;
	char line[TYPED_LINE];

	form_sample(&create, &typed);
	typed_print(&typed, line, sizeof(line));
	/* Without the one that is there with start=always alone. */
	CHECK_STRING("vm create web --memory 1024M --processors 1", line);
}

int main(void)
{
	alarm(60);
	fake_begin(24, 80);
	service_begin(good);
	test_words();
	test_refusals();
	test_leaving();
	test_changes();
	test_sample();
	test_rest();
	service_end();
	return 0;
}
