/* Lines to read, which the service tells or somebody has. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_TEXT_H
#define SCONFIG_TEXT_H

#include "page.h"

/*
 * With a source: its result as `vm` would print it, or what make() makes of it;
 * it is refreshed in place. With actions, as every page.
 *
 *	struct text show = { .page = { .title = "VM @", .source = "show @",
 *		.seconds = 5, .actions = actions } };
 *	strcpy(show.page.subject, "web");
 *	text_run(&show);
 *
 * page.row is the result, when that is an object.
 */
struct text {
	struct page page;
	/* From malloc(): lines; NULL: as `vm` prints it. */
	char *(*make)(const json_t *result);
	int hang;	/* columns that the rest of a long line begins after */

	/* text.c's. */
	char *lines;
	json_t *result;
	int top, shown, count;
};

void text_run(struct text *text);
/* Lines that are there. Title and lines are used until it is left. */
void text_show(const char *title, const char *lines);

#endif
