/* A form that is open: its fields, and what they look like. */
/* SPDX-License-Identifier: MIT */
#include "sheet.h"

#include <stdio.h>
#include <string.h>

#include "terminal.h"

enum { HELP_ROWS = 3, LABEL_MOST = 30 };

struct form_line *sheet_find(struct sheet *sheet, const char *name)
{
	char other[64];
	int i;

	for (i = 0; i < sheet->count; i++) {
		form_line_name(sheet->lines[i].field, other, sizeof(other));
		if (!strcmp(other, name))
			return &sheet->lines[i];
	}
	return NULL;
}

bool sheet_has(struct sheet *sheet, int index)
{
	const char *when = index < sheet->count ?
		sheet->lines[index].field->when : NULL;
	char name[64], room[FIELD_BYTES];
	struct form_line *line;
	const char *sign;

	if (!when)
		return true;
	sign = strchr(when, '=');
	snprintf(name, sizeof(name), "%.*s", (int)(sign - when), when);
	line = sheet_find(sheet, name);
	return line && !strcmp(form_line_value(line, room), sign + 1);
}

const char *sheet_subject(struct sheet *sheet, char room[FIELD_BYTES])
{
	int i;

	for (i = 0; sheet->form->names && i < sheet->count; i++)
		if (sheet->lines[i].field->word &&
		    !strcmp(sheet->lines[i].field->word, "@"))
			return form_line_value(&sheet->lines[i], room);
	return sheet->page.subject;
}

static int label_width(const struct sheet *sheet)
{
	int i, width, widest = 2;

	for (i = 0; i < sheet->count; i++) {
		width = terminal_width(sheet->lines[i].field->label);
		if (widest < width)
			widest = width;
	}
	return widest < LABEL_MOST ? widest : LABEL_MOST;
}

static void draw_line(struct sheet *sheet, int index, int row)
{
	bool chosen = index == sheet->chosen;
	int labels = label_width(sheet), column = labels + 5;

	if (index == sheet->count) {
		page_row(row, chosen ? "> [ OK ]" : "  [ OK ]");
		terminal_put(row, 3, 6, "[ OK ]",
			chosen ? STYLE_CHOSEN : STYLE_PLAIN);
		return;
	}
	terminal_put(row, 0, 1, "", STYLE_PLAIN);
	terminal_put(row, 1, 2, chosen ? ">" : "", STYLE_PLAIN);
	terminal_put(row, 3, labels + 2, sheet->lines[index].field->label,
		STYLE_PLAIN);
	form_line_draw(&sheet->lines[index], row, column,
		terminal_columns() - 1 - column, chosen);
	terminal_put(row, terminal_columns() - 1, 1, "", STYLE_PLAIN);
}

static void scroll(struct sheet *sheet, int rows)
{
	int i, before = 0;

	for (i = 0; i < sheet->chosen; i++)
		before += sheet_has(sheet, i);
	if (sheet->top > before)
		sheet->top = before;
	if (sheet->top < before - rows + 1)
		sheet->top = before - rows + 1;
}

/* Those that are there, from the one at the top on. Returns how many are below
 * the last row. */
static int draw_lines(struct sheet *sheet, int row, int rows)
{
	int i, at = -sheet->top, below;

	for (i = 0; i <= sheet->count; i++) {
		if (!sheet_has(sheet, i))
			continue;
		if (at >= 0 && at < rows)
			draw_line(sheet, i, row + at);
		at++;
	}
	for (below = at - rows; at < rows; at++)
		page_row(row + at, "");
	return below;
}

void sheet_draw(struct page *page, int row, int rows)
{
	struct sheet *sheet = (struct sheet *)page;
	const char *help = sheet->chosen == sheet->count ?
		"Enter does it: the command is the line with a $." :
		sheet->lines[sheet->chosen].field->help;
	int used, below, lines = rows - HELP_ROWS, at = row + lines;

	scroll(sheet, lines);
	below = draw_lines(sheet, row, lines);
	page_more(at, sheet->top, below);
	for (used = 1; used < HELP_ROWS; used++)
		page_row(at + used, "");
	page_wrap(at + 1, HELP_ROWS - 1, 1, terminal_columns() - 2,
		sheet->why[0] ? sheet->why : help ? help : "");
}
