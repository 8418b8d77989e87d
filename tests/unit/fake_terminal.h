/* A terminal in memory for tests of the menu: what is on it can be looked at, and
 * its keys are a script. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_FAKE_TERMINAL_H
#define TESTS_FAKE_TERMINAL_H

#include "check.h"

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <unistd.h>
#include <wchar.h>

#include "columns.h"
#include "outside.h"
#include "terminal.h"

enum { FAKE_ROWS = 70, FAKE_COLUMNS = 220 };

/* A key; or, with a text, nothing until that text is on the screen. */
struct fake_step {
	int key;
	const char *text;
};

static struct fake_terminal {
	int rows, columns;
	wchar_t cells[FAKE_ROWS][FAKE_COLUMNS];
	enum style styles[FAKE_ROWS][FAKE_COLUMNS];
	int cursor_row, cursor_column;
	const struct fake_step *steps;	/* ends with two zeros: it is over */
	int keys;		/* never readable */
	unsigned int updates;
	const char *outside;	/* the program that was run last */
} fake = { .rows = 24, .columns = 80 };

/* A row without blanks at its end, in UTF-8. */
static inline const char *fake_row(int row)
{
	static char text[FAKE_COLUMNS * 4 + 1];
	mbstate_t state = { 0 };
	size_t used = 0;
	int i, last = -1;

	for (i = 0; i < fake.columns; i++)
		if (fake.cells[row][i] && fake.cells[row][i] != ' ')
			last = i;
	for (i = 0; i <= last; i++)
		if (fake.cells[row][i])
			used += wcrtomb(text + used, fake.cells[row][i],
				&state);
	text[used] = '\0';
	return text;
}

static inline bool fake_shows(const char *text)
{
	int row;

	for (row = 0; row < fake.rows; row++)
		if (strstr(fake_row(row), text))
			return true;
	return false;
}

static inline void fake_print(void)
{
	int row;

	for (row = 0; row < fake.rows; row++)
		fprintf(stderr, "|%s\n", fake_row(row));
}

#define SHOWS(text) do { \
	if (!fake_shows(text)) { \
		fprintf(stderr, "%s:%d: no \"%s\" on\n", __FILE__, __LINE__, \
			text); \
		fake_print(); \
		exit(1); \
	} \
} while (0)

/* What was waited for did not come. */
static inline void fake_late(int number)
{
	(void)number;
	fprintf(stderr, "\"%s\" did not come:\n", fake.steps &&
		fake.steps->text ? fake.steps->text : "");
	fake_print();
	_exit(1);
}

static inline void fake_begin(int rows, int columns)
{
	int row, column;

	signal(SIGALRM, fake_late);
	CHECK(setlocale(LC_ALL, "C.UTF-8"));
	fake.rows = rows;
	fake.columns = columns;
	/* What nobody draws is seen. */
	for (row = 0; row < FAKE_ROWS; row++)
		for (column = 0; column < FAKE_COLUMNS; column++)
			fake.cells[row][column] = L'\u00b7';
}

static inline void fake_script(const struct fake_step *steps)
{
	int ends[2];

	fake.steps = steps;
	if (!fake.keys) {
		CHECK(!pipe2(ends, O_CLOEXEC | O_NONBLOCK));
		fake.keys = ends[0];
	}
}

int terminal_rows(void)
{
	return fake.rows;
}

int terminal_columns(void)
{
	return fake.columns;
}

bool terminal_is_small(void)
{
	return fake.rows < TERMINAL_ROWS || fake.columns < TERMINAL_COLUMNS;
}

void terminal_put(int row, int column, int width, const char *text,
	enum style style)
{
	wchar_t wide[2 * FAKE_COLUMNS];
	int count, i, j;

	if (row < 0 || row >= fake.rows || column < 0 ||
	    column >= fake.columns)
		return;
	if (width > fake.columns - column)
		width = fake.columns - column;
	if (width <= 0)
		return;
	count = columns_fill(text, width, wide, 2 * FAKE_COLUMNS);
	for (i = 0; i < count; i++) {
		CHECK(terminal_is_good((unsigned int)wide[i]));
		CHECK(column < fake.columns);
		for (j = 0; j < terminal_character((unsigned int)wide[i]); j++) {
			fake.cells[row][column] = j ? 0 : wide[i];
			fake.styles[row][column++] = style;
		}
	}
}

void terminal_cursor(int row, int column)
{
	fake.cursor_row = row;
	fake.cursor_column = column;
	CHECK(row < 0 || (row < fake.rows && column < fake.columns));
}

void terminal_update(void)
{
	fake.updates++;
}

int terminal_key(void)
{
	const struct fake_step *step = fake.steps;

	if (step->text && !fake_shows(step->text))
		return PRESSED_NONE;
	if (!step->text && !step->key)
		return PRESSED_OVER;
	fake.steps++;
	return step->text ? PRESSED_OTHER : step->key;
}

void terminal_raw(bool wanted)
{
	(void)wanted;
}

int terminal_keys_fd(void)
{
	return fake.keys;
}

int terminal_signals_fd(void)
{
	return fake.keys;
}

int outside_run(const char *const *words, const char *first)
{
	(void)first;
	fake.outside = words[0];
	return 0;
}

int outside_show(const char *const *words, const char *first)
{
	return outside_run(words, first);
}

#endif
