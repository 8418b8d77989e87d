/* A screen: heading, body, and the last lines, which all pages share. */
/* SPDX-License-Identifier: MIT */
#include "page.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "terminal.h"
#include "text.h"
#include "watch.h"

/* Rows above those of the keys: the command, what was said, the news. */
enum { COMMAND = 1, SAID = 3, NEWS = 4, HEAD = 2 };
enum { KEY_LINES = 3, KEY_LINE = 320 };

/* What the keys are for, in as many lines as that takes. */
struct keys {
	char lines[KEY_LINES][KEY_LINE];
	int count, width;
};

enum { ANSWER_MS = 500 };

static struct page *top;
static char said[ASK_TEXT], command[TYPED_LINE];
static const char *question;
static uint64_t answered;	/* when, until another key */

void page_say(const char *format, ...)
{
	char now[ASK_TEXT];
	va_list list;

	va_start(list, format);
	vsnprintf(now, sizeof(now), format, list);
	va_end(list);
	if (!strcmp(now, said))
		return;
	strcpy(said, now);
	loop_news();
}

void page_question(const char *text)
{
	if (question != text)
		loop_news();
	question = text;
}

void page_answered(void)
{
	answered = loop_now();
}

void page_line(const char *line)
{
	if (!strcmp(command, line))
		return;
	snprintf(command, sizeof(command), "%s", line);
	loop_news();
}

void page_command(const struct typed *typed)
{
	char line[TYPED_LINE];

	typed_print(typed, line, sizeof(line));
	page_line(line);
}

void page_fill(const char *text, const char *subject, const char *of,
	char *filled, size_t size)
{
	char one[2] = "";
	size_t used = 0;

	filled[0] = '\0';
	for (; *text && used < size - 1; text++) {
		one[0] = *text;
		used += snprintf(filled + used, size - used, "%s",
			*text == '@' ? subject : *text == '%' ? of : one);
	}
}

/* Up to the last blank that fits; a longer word is broken. */
static int line_of(const char *text, int width)
{
	int fitting = terminal_fitting(text, width), at = fitting;

	if (memchr(text, '\n', fitting))
		return (char *)memchr(text, '\n', fitting) - text;
	if (!text[fitting] || text[fitting] == ' ' || text[fitting] == '\n')
		return fitting;
	while (at && text[at] != ' ')
		at--;
	return at ? at : fitting ? fitting : 1;
}

int page_wrap(int row, int rows, int column, int width, const char *text)
{
	char line[ASK_TEXT];
	int used = 0, size;

	for (; *text && used < rows; used++) {
		size = used == rows - 1 ? (int)strlen(text) :
			line_of(text, width);
		snprintf(line, sizeof(line), "%.*s", size, text);
		terminal_put(row + used, column, width, line, STYLE_PLAIN);
		text += size;
		text += *text == ' ' || *text == '\n';
	}
	return used;
}

void page_row(int row, const char *text)
{
	int width = terminal_columns();

	terminal_put(row, 0, 1, "", STYLE_PLAIN);
	terminal_put(row, 1, width - 2, text, STYLE_PLAIN);
	terminal_put(row, width - 1, 1, "", STYLE_PLAIN);
}

void page_more(int row, int above, int below)
{
	char text[80] = "";

	if (above > 0 && below > 0)
		snprintf(text, sizeof(text), "  (%d more above, %d below)",
			above, below);
	else if (above > 0 || below > 0)
		snprintf(text, sizeof(text), "  (%d more %s)",
			above > 0 ? above : below,
			above > 0 ? "above" : "below");
	page_row(row, text);
}

/* The rows that it is left with. */
static int put_wrapped(int row, int rows, const char *text)
{
	int used = page_wrap(row, rows, 1, terminal_columns() - 2, text);
	int left = rows - used;

	for (; used < rows; used++)
		terminal_put(row + used, 1, terminal_columns() - 2, "",
			STYLE_PLAIN);
	return left;
}

/* In the last of so many rows: in more than one if it needs them. */
static void put_command(int row, int rows)
{
	char line[TYPED_LINE + 8];
	int width = terminal_columns() - 2, wanted;

	snprintf(line, sizeof(line), "%s%s", command[0] ? "$ " : "", command);
	wanted = 1 + (terminal_width(line) - 1) / width;
	if (wanted < 1)
		wanted = 1;
	if (wanted > rows)
		wanted = rows;
	put_wrapped(row + rows - wanted, wanted, line);
}

static void draw_head(const struct page *page)
{
	int width = terminal_columns(), right;
	char title[PAGE_TITLE], host[PAGE_TITLE];

	page_fill(page->title, page->subject, page->of, title, sizeof(title));
	watch_name(host, sizeof(host));
	right = terminal_width(host);
	if (right > width / 2)
		right = width / 2;
	terminal_put(0, 0, 1, "", STYLE_PLAIN);
	terminal_put(0, 1, width - right - 3, title, STYLE_HEADING);
	terminal_put(0, width - right - 2, 1, "", STYLE_PLAIN);
	terminal_put(0, width - right - 1, right, host, STYLE_PLAIN);
	terminal_put(0, width - 1, 1, "", STYLE_PLAIN);
	page_row(1, "");
}

/* Stays in one line. */
static void add_key(struct keys *keys, const char *name, const char *text)
{
	char *line = keys->lines[keys->count - 1], part[KEY_LINE / 2];
	size_t used = strlen(line);

	snprintf(part, sizeof(part), "%s%s%s", name, *name ? " " : "", text);
	if (used && terminal_width(line) + 2 + terminal_width(part) >
	    keys->width && keys->count < KEY_LINES) {
		line = keys->lines[keys->count++];
		used = 0;
	}
	snprintf(line + used, KEY_LINE - used, "%s%s", used ? "  " : "", part);
}

static void name_keys(const struct page *page, struct keys *keys)
{
	const struct action *action = page->types ? NULL : page->actions;
	char name[8];

	*keys = (struct keys){ .count = 1, .width = terminal_columns() - 2 };
	if (page->keys)
		add_key(keys, "", page->keys);
	if (page->whole)
		return;
	for (; action && action->key; action++)
		if (action_offered(action, page))
			add_key(keys, action_key_name(action->key, name),
				action->text);
	add_key(keys, page->types ? "F1" : "?", "help");
	add_key(keys, "Esc", page->under ? "back" : "log off");
}

static void draw_keys(const struct keys *keys)
{
	int i, row = terminal_rows() - keys->count;

	for (i = 0; i < keys->count; i++)
		page_row(row + i, keys->lines[i]);
}

static void draw_small(void)
{
	char text[160];
	int row;

	snprintf(text, sizeof(text), "The menu needs %d x %d characters; this "
		"terminal has %d x %d.", TERMINAL_COLUMNS, TERMINAL_ROWS,
		terminal_columns(), terminal_rows());
	for (row = 0; row < terminal_rows(); row++)
		page_row(row, "");
	page_wrap(0, terminal_rows(), 0, terminal_columns(), text);
	terminal_cursor(-1, 0);
}

/* Rows above the keys'; the margins may have been another page's. */
static void draw_last(int rows)
{
	int width = terminal_columns() - 2, row, left;

	for (row = rows - NEWS; row < rows; row++) {
		terminal_put(row, 0, 1, "", STYLE_PLAIN);
		terminal_put(row, width + 1, 1, "", STYLE_PLAIN);
	}
	put_wrapped(rows - NEWS, 1, watch_news());
	left = put_wrapped(rows - SAID, 2, question ? question : said);
	put_command(rows - COMMAND - left, left + 1);
}

static void draw(struct page *page)
{
	struct keys keys;
	int rows;

	name_keys(page, &keys);
	rows = terminal_rows() - keys.count;
	terminal_cursor(-1, 0);
	draw_keys(&keys);
	if (page->whole) {
		page->draw(page, 0, rows);
		return;
	}
	draw_head(page);
	draw_last(rows);
	page->draw(page, HEAD, rows - HEAD - NEWS);
}

int page_wait(void)
{
	if (terminal_is_small())
		draw_small();
	else
		draw(top);
	terminal_update();
	return loop_key();
}

static void look(struct page *page)
{
	if (!page->source)
		return;
	page->stale = page->look.runs;
	if (page->stale)
		return;
	loop_stop(&page->again);
	ask_table(&page->look, page->source, page->subject, page->of);
}

static void looked(struct ask *ask)
{
	struct page *page = ask->context;

	if (!ask->result)
		page_say("%s", ask->error);
	/* What it shows has gone, and so does it. */
	if (ask->missing)
		page->over = true;
	page->take(page, ask->result);
	if (page->seconds)
		loop_after(&page->again, page->seconds * 1000);
	if (page->stale)
		look(page);
}

static void look_again(struct loop_timer *timer)
{
	look(timer->context);
}

void page_refresh(void)
{
	struct page *page;

	for (page = top; page; page = page->under)
		look(page);
	watch_again();
}

/* What is shown is a command's answer, too. */
static void show_source(const struct page *page)
{
	struct typed typed;

	if (!page->source)
		return;
	typed_clear(&typed);
	typed_table(&typed, page->source, page->subject, page->of);
	page_command(&typed);
}

void page_open(struct page *page)
{
	page->look = (struct ask){ .done = looked, .context = page };
	page->again = (struct loop_timer){ .due = look_again,
		.context = page };
	page->over = page->stale = false;
	page->under = top;
	top = page;
	said[0] = command[0] = '\0';
	show_source(page);
	look(page);
}

void page_close(struct page *page)
{
	ask_end(&page->look);
	loop_stop(&page->again);
	top = page->under;
}

static int small_key(int key)
{
	return key == PRESSED_OVER ? key : PRESSED_NONE;
}

int page_key(struct page *page)
{
	const struct action *action;
	int key = page_wait();

	if (terminal_is_small())
		key = small_key(key);
	if (key == PRESSED_ENTER && answered &&
	    loop_now() < answered + ANSWER_MS)
		key = PRESSED_OTHER;
	if (key)
		answered = 0;
	if (key == PRESSED_OVER)
		page->over = true;
	if (key == PRESSED_HELP || (key == '?' && !page->types)) {
		page_help(page);
		return PRESSED_NONE;
	}
	action = page->types ? NULL : action_find(page, key);
	if (action) {
		action_run(action, page);
		return PRESSED_NONE;
	}
	if (key == PRESSED_ESCAPE && !page->types)
		page->over = true;
	return key;
}
