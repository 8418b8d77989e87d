/* Entries that leave the menu: log off, restart, shut down, the shell. */
/* SPDX-License-Identifier: MIT */
#include "entries.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deed.h"
#include "menu.h"
#include "message.h"
#include "outside.h"
#include "page.h"
#include "watch.h"

const struct entry entry_log_off = { 14, "Log off", .run = menu_leave,
	.words = "!exit" };

static void shell(void)
{
	static const char *const words[] = { "/bin/sh", "-l", NULL };

	setenv("SOCLE_SHELL", "1", 1);
	outside_run(words, "exit brings the menu back.");
	unsetenv("SOCLE_SHELL");
}

const struct entry entry_shell = { 17, "Exit to command line", .run = shell,
	.words = "!sh" };

/* How the host goes down. */
struct going {
	const char *words, *question, *program;
};

static bool going_down;

/* Without the service root can do it all the same. */
static void ended(void *context, const struct ask *answer)
{
	const struct going *going = context;
	const char *const words[] = { going->program, NULL };
	char text[ASK_TEXT];

	ask_said(answer->result, text, sizeof(text));
	going_down = answer->result;
	if (answer->result)
		page_say("%s", text);
	else if (geteuid())
		page_say("%s", answer->error);
	else
		outside_run(words, answer->error);
}

static size_t count_running(void)
{
	const json_t *row;
	size_t i, count = 0;
	const char *state;

	json_array_foreach((json_t *)watch_vms(), i, row) {
		state = json_string_value(json_object_get(row, "state"));
		count += state && strcmp(state, "Off");
	}
	return count;
}

static void go_down(const struct going *going)
{
	size_t running = count_running();
	struct typed typed;
	char text[160];

	if (going_down) {
		page_say("The host is going down already.");
		return;
	}
	typed_clear(&typed);
	typed_table(&typed, going->words, NULL, NULL);
	page_command(&typed);
	if (running)
		snprintf(text, sizeof(text), "%s, with %zu VM%s that run%s",
			going->question, running, running > 1 ? "s" : "",
			running > 1 ? "" : "s");
	if (message_confirm(running ? text : going->question))
		deed_begin(&typed, ended, (void *)going);
}

static void restart(void)
{
	static const struct going going = { "host restart",
		"Restart this host", "/sbin/reboot" };

	go_down(&going);
}

static void shut_down(void)
{
	static const struct going going = { "host stop",
		"Shut this host down", "/sbin/poweroff" };

	go_down(&going);
}

const struct entry entry_restart = { 15, "Restart", .run = restart,
	.words = "host restart" };
const struct entry entry_shut_down = { 16, "Shut down", .run = shut_down,
	.words = "host stop" };
