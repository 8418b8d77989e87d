/* What a page can do: a key, a text, and the command that it is. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_ACTION_H
#define SCONFIG_ACTION_H

#include <stdbool.h>

#include "typed.h"

struct page;
struct form;

/*
 * Tables of these end with a key of 0. Each has words: what it does, or what
 * does the same on the command line; `sconfig --commands` and its test go by
 * them. In words and question @ is the page's subject, the chosen row's name,
 * and % what the page's rows belong to.
 *
 *	{ .key = 's', .text = "start", .help = "Starts the VM.",
 *		.words = "start @", .may = is_off },
 *	{ .key = 'd', .text = "delete", .words = "delete @",
 *		.question = "Delete @ and the disks in its folder" },
 *	{ .key = 'a', .text = "add", .form = &create },
 *	{ .key = PRESSED_ENTER, .text = "open", .words = "show @",
 *		.run = open_vm },
 */
struct action {
	int key;		/* a letter in lower case, or one of pressed */
	const char *text;	/* one word or two, for the line of keys */
	const char *help;	/* a sentence for F1, or NULL */
	const char *words;	/* as typed_table() takes them */
	const char *question;	/* without its mark; default No. NULL: none */
	const struct form *form;	/* asked for first; has the words */
	/* What it does instead of asking the words; then these are for people:
	 * with a ! before them they are no words of vm's ("!exit"). */
	void (*run)(struct page *page);
	/* Whether it can be done with what is chosen; NULL: always, but when
	 * it needs a subject and there is none. */
	bool (*may)(const struct page *page);
	bool leaves;		/* the page is at its end with it */
	/* Actions of the page that run() opens, for --commands; or NULL. */
	const struct action *more;
	const char *sample;	/* a good @, for --commands; NULL: "web" */
};

/* What the page offers now for that key, or NULL. */
const struct action *action_find(const struct page *page, int key);
bool action_offered(const struct action *action, const struct page *page);
/* Shows the command, asks the question, does it. */
void action_run(const struct action *action, struct page *page);
/*
 * A question about the page's subject. False, too, when that is another one
 * after it: rows come anew while it waits, and in the place of one that has
 * gone is its neighbour, which nobody meant.
 */
bool action_confirm(const struct page *page, const char *question);
/* "s", "Enter": at most 7 columns. */
const char *action_key_name(int key, char name[8]);

#endif
