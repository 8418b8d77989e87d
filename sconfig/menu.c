/* The main menu. */
/* SPDX-License-Identifier: MIT */
#include "menu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "entry.h"
#include "page.h"
#include "terminal.h"

enum { TEXT_COLUMNS = 31 };

static int chosen, top, shown, typed;
static struct page menu_page;

static int count(void)
{
	int number = 0;

	while (entries[number])
		number++;
	return number;
}

static void draw_entry(int row, int index)
{
	const struct entry *entry = entries[index];
	enum style style = index == chosen ? STYLE_CHOSEN : STYLE_PLAIN;
	char text[80], status[256] = "";
	int width = terminal_columns();

	if (entry->status)
		entry->status(status, sizeof(status));
	snprintf(text, sizeof(text), "%c%2d) %s", index == chosen ? '>' : ' ',
		entry->number, entry->text);
	terminal_put(row, 0, 1, "", STYLE_PLAIN);
	terminal_put(row, 1, TEXT_COLUMNS, text, style);
	terminal_put(row, 1 + TEXT_COLUMNS, 2, "", STYLE_PLAIN);
	terminal_put(row, 3 + TEXT_COLUMNS, width - TEXT_COLUMNS - 4, status,
		STYLE_PLAIN);
	terminal_put(row, width - 1, 1, "", STYLE_PLAIN);
}

static void draw(struct page *page, int row, int rows)
{
	int i;

	(void)page;
	/* On a terminal of 24 rows all of them fit without the empty one. */
	if (count() > rows) {
		row--;
		rows++;
	}
	shown = rows;
	if (top > chosen)
		top = chosen;
	if (top < chosen - rows + 1)
		top = chosen - rows + 1;
	if (top > count() - rows)
		top = count() > rows ? count() - rows : 0;
	for (i = 0; i < rows; i++)
		if (top + i < count())
			draw_entry(row + i, top + i);
		else
			page_row(row + i, "");
}

static void go(int to)
{
	chosen = to < 0 ? 0 : to >= count() ? count() - 1 : to;
	typed = 0;
}

/* 1 and 7 are 17; what leads to none is a new number. */
static void take_digit(int digit)
{
	int number = typed * 10 + digit;

	if (entry_index(number) < 0)
		number = digit;
	typed = entry_index(number) < 0 ? 0 : number;
	if (typed)
		chosen = entry_index(typed);
}

static void enter(void)
{
	const struct entry *entry = entries[chosen];

	typed = 0;
	page_say("%s", entry->later ? entry->later : "");
	if (entry->run)
		entry->run();
}

static void press(int key)
{
	switch (key) {
	case PRESSED_UP:
		go(chosen - 1);
		break;
	case PRESSED_DOWN:
	case PRESSED_TAB:
		go(chosen + 1);
		break;
	case PRESSED_HOME:
	case PRESSED_PAGE_UP:
		go(0);
		break;
	case PRESSED_END:
	case PRESSED_PAGE_DOWN:
		go(count() - 1);
		break;
	case PRESSED_ENTER:
		enter();
		break;
	default:
		if (key >= '0' && key <= '9')
			take_digit(key - '0');
	}
}

/* What Enter does would be this. */
static void show_words(void)
{
	const char *words = entries[chosen]->words;
	char line[TYPED_LINE] = "";

	if (words)
		snprintf(line, sizeof(line), "%s%s", *words == '!' ? "" :
			"vm ", words + (*words == '!'));
	page_line(line);
}

static void explain(const struct page *page, FILE *stream)
{
	(void)page;
	fprintf(stream, "A number and Enter, or arrows and Enter, open an "
		"entry. The last line but one has the command that does or "
		"shows the same; lines above it say what happens to VMs, and "
		"what came of what was done.\n\n");
}

void menu_run(void)
{
	int key;

	menu_page = (struct page){ .title = "Main menu", .draw = draw,
		.explain = explain, .keys = "Number or arrows, then Enter " };
	page_open(&menu_page);
	while (!menu_page.over) {
		show_words();
		key = page_key(&menu_page);
		press(key);
	}
	page_close(&menu_page);
}

void menu_leave(void)
{
	menu_page.over = true;
}
