/* sconfig: the host's state and a menu, on any terminal. */
/* SPDX-License-Identifier: MIT */
#include "menu.h"
#include "state.h"

#include <locale.h>
#include <ncurses.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WIDTH = 80, HEIGHT = 24, REFRESH = 2000 /* ms */ };

static volatile sig_atomic_t ended;

static void end(int signal_number)
{
	(void)signal_number;
	ended = 1;
}

static int print_state(void)
{
	struct state state;
	int i;

	state_collect(&state);
	for (i = 0; i < state.count; i++)
		puts(state.lines[i]);
	return EXIT_SUCCESS;
}

static void draw_entries(int row, int chosen)
{
	int i;

	for (i = 0; i < entry_count; i++) {
		move(row + i, 2);
		if (i == chosen)
			attron(A_REVERSE);
		printw("%c%2d) %s ", i == chosen ? '>' : ' ',
			entries[i].number, entries[i].text);
		attroff(A_REVERSE);
	}
}

static void draw(int chosen, const char *typed)
{
	struct state state;
	int i;

	erase();
	if (LINES < HEIGHT || COLS < WIDTH) {
		mvprintw(0, 0, "The menu needs 80 x 24 characters.");
		refresh();
		return;
	}
	state_collect(&state);
	for (i = 0; i < state.count; i++)
		mvaddnstr(i + 1, 2, state.lines[i], COLS - 4);
	mvaddstr(HEIGHT - entry_count - 4, 2,
		"Entries 1 to 13 come with later versions.");
	draw_entries(HEIGHT - entry_count - 3, chosen);
	mvprintw(HEIGHT - 2, 2,
		"Number or arrows, then Enter: %s", typed);
	refresh();
}

/* Asks in the last line; only y or Y is yes. */
static bool confirmed(const struct entry *entry)
{
	int key;

	if (!entry->question)
		return true;
	move(HEIGHT - 2, 2);
	clrtoeol();
	printw("%s? (y/N) ", entry->question);
	refresh();
	timeout(-1);
	key = getch();
	timeout(REFRESH);
	return key == 'y' || key == 'Y';
}

static int index_of(const char *typed)
{
	int i;

	for (i = 0; i < entry_count; i++)
		if (entries[i].number == atoi(typed))
			return i;
	return -1;
}

/* Runs an entry outside the screen. True: leave. */
static bool run_entry(const struct entry *entry)
{
	bool leave;

	if (!confirmed(entry))
		return false;
	endwin();
	leave = entry->run();
	if (!leave)
		refresh();
	return leave;
}

static void menu(void)
{
	char typed[3] = "";
	int chosen = entry_count - 1;
	bool leave = false;

	while (!leave && !ended) {
		size_t length = strlen(typed);
		int key;

		draw(chosen, typed);
		key = getch();
		if (key >= '0' && key <= '9' && length < sizeof(typed) - 1) {
			typed[length] = key;
			typed[length + 1] = '\0';
			if (index_of(typed) >= 0)
				chosen = index_of(typed);
			continue;
		}
		if (key == KEY_UP && chosen > 0)
			chosen--;
		if (key == KEY_DOWN && chosen < entry_count - 1)
			chosen++;
		if (key == KEY_BACKSPACE || key == 127 || key == '\b')
			typed[length ? length - 1 : 0] = '\0';
		else if (key != ERR && key != KEY_RESIZE &&
			key != '\n' && key != '\r' && key != KEY_ENTER)
			typed[0] = '\0';
		if (key == '\n' || key == '\r' || key == KEY_ENTER) {
			if (!*typed || index_of(typed) >= 0)
				leave = run_entry(&entries[chosen]);
			typed[0] = '\0';
		}
		if (key == ERR && !isatty(STDIN_FILENO))
			leave = true;
	}
}

static int run_menu(void)
{
	struct sigaction action = { .sa_handler = end };
	SCREEN *screen = newterm(NULL, stdout, stdin);

	if (!screen)
		screen = newterm("vt100", stdout, stdin);
	if (!screen) {
		fprintf(stderr, "sconfig: no description of any terminal\n");
		return EXIT_FAILURE;
	}
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	signal(SIGTSTP, SIG_IGN);
	cbreak();
	noecho();
	keypad(stdscr, TRUE);
	timeout(REFRESH);
	menu();
	if (!isendwin())
		endwin();
	delscreen(screen);
	return EXIT_SUCCESS;
}

int main(int count, char **arguments)
{
	bool state_only = count == 2 && !strcmp(arguments[1], "--state");

	setlocale(LC_ALL, "");
	if (count == 2 && !strcmp(arguments[1], "--help")) {
		puts("usage: sconfig [--state]\n"
			"  the menu; --state prints the host's state");
		return EXIT_SUCCESS;
	}
	if (count > 1 && !state_only) {
		fprintf(stderr, "sconfig: unknown option '%s'\n",
			arguments[count - 1]);
		return 2;
	}
	if (state_only || !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return print_state();
	return run_menu();
}
