/* A screen: heading, body, and the last lines, which all pages share. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_PAGE_H
#define SCONFIG_PAGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "action.h"
#include "ask.h"
#include "loop.h"
#include "typed.h"

enum { PAGE_SUBJECT = 1024, PAGE_TITLE = 160 };

/*
 * Row 0 is the heading; the body begins in row 2; the last ones are the news
 * (watch.h), two for what was said or is asked, the last command, which has more
 * where nothing was said, and the keys, which may take up to three.
 *
 * Pages are the first member of widgets (list.h, form.h, text.h), which fill in
 * the second part. Entries make a list or a text, fill in the first part, and
 * call list_run() or text_run(), which return when the page is left. Whatever
 * they call inside (an action's run()) may run another page on top.
 */
struct page {
	/* The owner's. */
	const char *title;		/* with @ and % */
	const char *help;		/* paragraphs for F1; or NULL */
	const struct action *actions;	/* or NULL */
	const char *source;	/* words of what is shown: "list", "show @" */
	unsigned int seconds;	/* until it is asked again; 0: after actions */
	char subject[PAGE_SUBJECT];	/* what @ is; a list's chosen row */
	char of[PAGE_SUBJECT];		/* what % is: whose rows they are */
	void *context;

	/* The widget's. */
	void (*draw)(struct page *page, int row, int rows);	/* the body */
	/* The source's answer; NULL: there is none, page_say() has said why. */
	void (*take)(struct page *page, const json_t *result);
	/* NULL, or what help says besides. */
	void (*explain)(const struct page *page, FILE *stream);
	const json_t *row;	/* what is chosen; NULL: nothing */
	bool types;		/* letters are typed, and are no actions */
	bool whole;		/* there is but the body, and the widget's keys */
	const char *keys;	/* more for the line of keys, or NULL */
	bool over;		/* it is to be left */

	/* page.c's. */
	struct ask look;
	struct loop_timer again;
	bool stale;
	struct page *under;
};

void page_open(struct page *page);
void page_close(struct page *page);
/*
 * Draws, waits, and does what the page's actions, help and Esc are for. Returns
 * a key for the widget; PRESSED_NONE: it was for nobody. Over is set on Esc, and
 * when the program is to end.
 */
int page_key(struct page *page);
/* Draws the page on top, and waits: any key. */
int page_wait(void);
/* F1: the page's help, its actions, and what its widget adds. */
void page_help(const struct page *page);

/* What was said last, below the body: until something else is. */
void page_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Stands before what was said, NULL: no more. */
void page_question(const char *text);
/* It was answered by a letter: an Enter that follows at once belongs to that. */
void page_answered(void);
/* The command in the last line but one. */
void page_command(const struct typed *typed);
void page_line(const char *line);
/* All pages ask for what they show now. */
void page_refresh(void);

/* Text in so many rows, broken at blanks. Returns the rows that it took. */
int page_wrap(int row, int rows, int column, int width, const char *text);
/* A whole row: a text between the margins; "": nothing. */
void page_row(int row, const char *text);
/* A row that says how many do not fit; nothing, if none. */
void page_more(int row, int above, int below);
/* A text with what stands for @ and %. */
void page_fill(const char *text, const char *subject, const char *of,
	char *filled, size_t size);

#endif
