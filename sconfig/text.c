/* Lines to read, which the service tells or somebody has. */
/* SPDX-License-Identifier: MIT */
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rootfs/vmms/table.h"
#include "terminal.h"

static char *printed(const json_t *result)
{
	char *lines = NULL;
	size_t size;
	FILE *stream = open_memstream(&lines, &size);

	if (!stream)
		return NULL;
	table_print(stream, result);
	fclose(stream);
	return lines;
}

static void take(struct page *page, const json_t *result)
{
	struct text *text = (struct text *)page;
	char *lines;

	if (!result)
		return;
	lines = text->make ? text->make(result) : printed(result);
	if (!lines)
		return;
	free(text->lines);
	text->lines = lines;
	json_decref(text->result);
	text->result = json_incref((json_t *)result);
	page->row = json_is_object(result) ? result : NULL;
}

/* Where it begins: further right if it is the rest of a longer one. */
static int indent(const struct text *text, const char *at)
{
	return text->lines && at > text->lines && at[-1] != '\n' ?
		text->hang : 0;
}

/* How much of a text is one line of the screen. */
static size_t line_size(const struct text *text, const char *at, int width)
{
	size_t whole = strcspn(at, "\n");
	size_t fitting = (size_t)terminal_fitting(at, width -
		indent(text, at));
	size_t blank;

	if (fitting >= whole)
		return whole;
	for (blank = fitting; blank > fitting / 2; blank--)
		if (at[blank] == ' ')
			return blank;
	return fitting ? fitting : 1;
}

static const char *next(const struct text *text, const char *at, int width)
{
	at += line_size(text, at, width);
	return at + (*at == '\n' || *at == ' ');
}

static int count_lines(const struct text *text, const char *at, int width)
{
	int count = 0;

	for (; at && *at; at = next(text, at, width))
		count++;
	return count;
}

static void scroll(struct text *text, int rows)
{
	text->shown = rows;
	if (text->top > text->count - rows)
		text->top = text->count - rows;
	if (text->top < 0)
		text->top = 0;
}

static void draw_line(const struct text *text, int row, int width,
	const char *at)
{
	char line[2048];

	snprintf(line, sizeof(line), "%*s%.*s", indent(text, at), "",
		(int)line_size(text, at, width), at);
	page_row(row, line);
}

static void draw(struct page *page, int row, int rows)
{
	struct text *text = (struct text *)page;
	const char *at = text->lines ? text->lines : "...";
	int width = terminal_columns() - 2, i;

	text->count = count_lines(text, at, width);
	rows -= text->count > rows;
	scroll(text, rows);
	if (text->count > rows)
		page_more(row + rows, text->top,
			text->count - text->top - rows);
	for (i = 0; i < text->top; i++)
		at = next(text, at, width);
	for (i = 0; i < rows; i++) {
		draw_line(text, row + i, width, at);
		if (*at)
			at = next(text, at, width);
	}
}

static void move(struct text *text, int key)
{
	switch (key) {
	case PRESSED_UP:
		text->top--;
		break;
	case PRESSED_DOWN:
		text->top++;
		break;
	case PRESSED_PAGE_UP:
		text->top -= text->shown - 1;
		break;
	case PRESSED_PAGE_DOWN:
	case ' ':
		text->top += text->shown - 1;
		break;
	case PRESSED_HOME:
		text->top = 0;
		break;
	case PRESSED_END:
		text->top = text->count;
		break;
	}
}

void text_run(struct text *text)
{
	text->page.draw = draw;
	text->page.take = take;
	page_open(&text->page);
	while (!text->page.over)
		move(text, page_key(&text->page));
	page_close(&text->page);
	free(text->lines);
	text->lines = NULL;
	json_decref(text->result);
	text->result = NULL;
	text->page.row = NULL;
	text->top = 0;
}

void text_show(const char *title, const char *lines)
{
	struct text text = { .page = { .title = title },
		.lines = strdup(lines) };

	text_run(&text);
}
