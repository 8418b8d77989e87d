/* sconfig: the text menu; see docs/sconfig.md. */
/* SPDX-License-Identifier: MIT */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ask.h"
#include "commands.h"
#include "deed.h"
#include "menu.h"
#include "state.h"
#include "terminal.h"
#include "watch.h"

static int print_state(void)
{
	struct state state;
	int i;

	state_collect(&state);
	for (i = 0; i < state.count; i++)
		puts(state.lines[i]);
	return EXIT_SUCCESS;
}

static int print_commands(void)
{
	commands_print();
	return EXIT_SUCCESS;
}

/* Ended by a signal it has ended in order, too: so does the session. */
static int run_menu(void)
{
	if (!terminal_begin())
		return EXIT_FAILURE;
	watch_begin();
	menu_run();
	watch_end();
	deed_forget_all();
	terminal_end();
	return EXIT_SUCCESS;
}

static int usage(FILE *stream, int status)
{
	fputs("usage: sconfig [--socket PATH]\tthe menu\n"
		"       sconfig --state\t\tprints the host's state\n"
		"       sconfig --commands\tprints what each entry does, as "
		"commands\n", stream);
	return status;
}

int main(int count, char **arguments)
{
	bool state_only = false;
	int i;

	setlocale(LC_ALL, "");
	for (i = 1; i < count; i++)
		if (!strcmp(arguments[i], "--help"))
			return usage(stdout, EXIT_SUCCESS);
		else if (!strcmp(arguments[i], "--state"))
			state_only = true;
		else if (!strcmp(arguments[i], "--commands"))
			return print_commands();
		else if (!strcmp(arguments[i], "--socket") && i + 1 < count)
			ask_at(arguments[++i]);
		else {
			fprintf(stderr, "sconfig: unknown option '%s'\n",
				arguments[i]);
			return usage(stderr, 2);
		}
	if (state_only || !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return print_state();
	return run_menu();
}
