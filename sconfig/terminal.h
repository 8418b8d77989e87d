/* The terminal: text at places, and keys. Nobody else knows ncurses. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_TERMINAL_H
#define SCONFIG_TERMINAL_H

#include <stdbool.h>

/* The least it has to be; on a smaller one only a sentence is shown. */
enum { TERMINAL_ROWS = 24, TERMINAL_COLUMNS = 80 };

/*
 * Keys: a character is its Unicode number, control characters included; the
 * others are these. A terminal without them has instead: Home ^A, End ^E, page
 * up and down ^B ^F, Delete ^D, F1 ^G.
 */
enum pressed {
	PRESSED_NONE,		/* none: something changed, draw it */
	PRESSED_TAB = '\t',
	PRESSED_ENTER = '\n',
	PRESSED_ESCAPE = 0x1b,
	PRESSED_UP = 0x200000, PRESSED_DOWN, PRESSED_LEFT, PRESSED_RIGHT,
	PRESSED_HOME, PRESSED_END, PRESSED_PAGE_UP, PRESSED_PAGE_DOWN,
	PRESSED_BACK_TAB, PRESSED_BACKSPACE, PRESSED_DELETE,
	PRESSED_HELP,		/* F1; ? where nothing is typed */
	PRESSED_INSERT,
	PRESSED_F2, PRESSED_F12 = PRESSED_F2 + 10,
	PRESSED_OTHER,		/* one that has no meaning */
	PRESSED_OVER,		/* the program is to end: leave everything */
};

enum style {
	STYLE_PLAIN,
	STYLE_CHOSEN,		/* reversed; whoever uses it adds a mark, too */
	STYLE_HEADING,		/* bold */
	STYLE_INPUT,		/* underlined: what can be typed into */
};

/* False, after a sentence on standard error: there is no terminal. */
bool terminal_begin(void);
/* As it was before, whatever state it is in; may be called twice. */
void terminal_end(void);
/* Gives the screen to somebody else's program, and takes it back. */
void terminal_lend(void);
void terminal_return(void);

int terminal_rows(void);
int terminal_columns(void);
bool terminal_is_small(void);

/*
 * A text in so many columns: cut with ~ if it is longer, filled with blanks if
 * it is not. UTF-8, from wherever: what is no character, or is a control
 * character, is shown as ?. What lies outside of the screen is left out. What
 * is there already costs no byte.
 */
void terminal_put(int row, int column, int width, const char *text,
	enum style style);
/* The columns that a text takes. */
int terminal_width(const char *text);
/* How many bytes of a text lie in so many columns. */
int terminal_fitting(const char *text, int width);
/* Whether a character can be shown, and how many columns it takes. */
bool terminal_is_good(unsigned int character);
int terminal_character(unsigned int character);
/* Where what is typed appears; row -1: nowhere. */
void terminal_cursor(int row, int column);
/* Sends what has changed. */
void terminal_update(void);

/* For somebody else's keys, a VM's: control characters are no keys of ours, make
 * no signals, and come as they are; or all is as before. */
void terminal_raw(bool raw);
/* What has been typed, or PRESSED_NONE; does not wait. */
int terminal_key(void);
/* Readable when there may be a key, or a signal came; poll()ed by loop.c. */
int terminal_keys_fd(void);
int terminal_signals_fd(void);

#endif
