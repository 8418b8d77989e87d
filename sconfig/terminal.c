/* The terminal: text at places, and keys. Nobody else knows ncurses. */
/* SPDX-License-Identifier: MIT */
#include "terminal.h"

#include <locale.h>
#include <ncurses.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>
#include <wchar.h>

#include "columns.h"
#include "keyboard.h"
#include "rescue.h"

enum { LINE_MAX_COLUMNS = 1024, ESCAPE_MS = 100 };

static SCREEN *screen;
static int cursor_row = -1, cursor_column;
static bool raw_keys;

/* Whether TERM's description is there. */
static bool is_described(void)
{
	int error;

	if (setupterm(NULL, STDOUT_FILENO, &error) != OK)
		return false;
	del_curterm(cur_term);
	return true;
}

static bool open_screen(void)
{
	screen = newterm(is_described() ? NULL : "vt100", stdout, stdin);
	if (!screen)
		fprintf(stderr, "sconfig: no description of any terminal\n");
	return screen;
}

bool terminal_begin(void)
{
	rescue_keep();
	if (!open_screen())
		return false;
	rescue_begin();
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(ESCAPE_MS);
	leaveok(stdscr, FALSE);
	return true;
}

/* A terminal without a second screen keeps ours: what comes begins below. */
static void leave(void)
{
	move(LINES - 1, 0);
	clrtoeol();
	curs_set(1);
	refresh();
	endwin();
}

void terminal_end(void)
{
	if (!screen)
		return;
	if (!isendwin())
		leave();
	delscreen(screen);
	screen = NULL;
	rescue_end();
}

void terminal_lend(void)
{
	leave();
	rescue_pause();
}

void terminal_return(void)
{
	rescue_resume();
	refresh();
}

/* A serial line does not know. */
static void resize(void)
{
	struct winsize size;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_row &&
	    size.ws_col)
		resizeterm(size.ws_row, size.ws_col);
}

int terminal_rows(void)
{
	return LINES;
}

int terminal_columns(void)
{
	return COLS;
}

bool terminal_is_small(void)
{
	return LINES < TERMINAL_ROWS || COLS < TERMINAL_COLUMNS;
}

void terminal_put(int row, int column, int width, const char *text,
	enum style style)
{
	static const attr_t attributes[] = { A_NORMAL, A_REVERSE, A_BOLD,
		A_UNDERLINE };
	wchar_t wide[LINE_MAX_COLUMNS];
	int count;

	if (row < 0 || row >= LINES || column < 0 || column >= COLS)
		return;
	if (width > COLS - column)
		width = COLS - column;
	if (width > LINE_MAX_COLUMNS / 2)
		width = LINE_MAX_COLUMNS / 2;
	if (width <= 0)
		return;
	count = columns_fill(text, width, wide, LINE_MAX_COLUMNS);
	attrset(attributes[style]);
	mvaddnwstr(row, column, wide, count);
	attrset(A_NORMAL);
}

void terminal_cursor(int row, int column)
{
	cursor_row = row;
	cursor_column = column;
}

void terminal_update(void)
{
	curs_set(cursor_row >= 0);
	if (cursor_row >= 0)
		move(cursor_row, cursor_column);
	else
		move(LINES - 1, 0);
	refresh();
}

void terminal_raw(bool wanted)
{
	raw_keys = wanted;
	if (wanted)
		raw();
	else
		noraw();
	if (!wanted)
		cbreak();
}

int terminal_key(void)
{
	int key;

	if (rescue_ended())
		return PRESSED_OVER;
	if (rescue_resized()) {
		resize();
		return PRESSED_OTHER;
	}
	key = keyboard_key(raw_keys);
	if (key != '\f' || raw_keys)
		return key;
	clearok(curscr, TRUE);
	return PRESSED_OTHER;
}

int terminal_keys_fd(void)
{
	return STDIN_FILENO;
}

int terminal_signals_fd(void)
{
	return rescue_fd();
}
