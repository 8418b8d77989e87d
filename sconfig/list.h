/* Rows to choose from, which the service tells. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_LIST_H
#define SCONFIG_LIST_H

#include "page.h"

enum { LIST_CELL = 256 };

struct list_column {
	const char *key;	/* of the row's object; NULL: the end */
	const char *heading;
	int least;		/* columns that it does not go below; 0: any */
	/* Instead of the key's value, which is shown as `vm` does; its text may
	 * lie in room. */
	const char *(*cell)(const json_t *row, char room[LIST_CELL]);
};

/*
 *	static struct list vms = {
 *		.page = { .title = "Virtual machines", .source = "list",
 *			.seconds = 5, .actions = actions, .help = "..." },
 *		.columns = columns, .empty = "There is no VM yet: a adds one.",
 *	};
 *	list_run(&vms);
 *
 * The first column names the row: it is the page's subject, @ in actions. The
 * chosen row stays chosen by that name, and its kind, when rows come and go.
 * page.row is its object: what an action's may() looks at, and a form's values.
 */
struct list {
	struct page page;
	const struct list_column *columns;
	const char *rows;	/* the array's key in the result; NULL: it is it */
	/* Instead of rows: a new array, made of the result; or NULL. */
	json_t *(*make)(const struct page *page, const json_t *result);
	bool (*keep)(const json_t *row);	/* NULL: all */
	const char *empty;	/* a sentence, when there is no row */
	const char *names;	/* the key of the name; NULL: the first column */
	/* A key that tells rows of one name apart, or NULL. */
	const char *kind;

	/* list.c's. */
	json_t *array;		/* NULL: it has not come yet */
	int chosen, top, shown;
	char last[PAGE_SUBJECT];	/* was chosen when it was left */
};

/* Until it is left. What was chosen stays chosen for the next time. */
void list_run(struct list *list);
/* Its parts, for tests. */
void list_open(struct list *list);
void list_close(struct list *list);
void list_key(struct list *list, int key);

#endif
