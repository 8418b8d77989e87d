/* A form that is open: its fields, and what they look like. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_SHEET_H
#define SCONFIG_SHEET_H

#include "form.h"
#include "form_line.h"
#include "page.h"

/* Of form.c, which fills it in and does what it is for. */
struct sheet {
	struct page page;
	const struct form *form;
	struct form_line lines[FORM_FIELDS];
	int count, chosen, top;	/* count itself is "OK" */
	struct ask values;
	struct deed *deed;	/* it is being done */
	bool done;
	char why[ASK_TEXT];	/* what was wrong with the last key */
};

/* By its value key; NULL: the form has none. */
struct form_line *sheet_find(struct sheet *sheet, const char *name);
/* Whether the field is there with the values that others have now. */
bool sheet_has(struct sheet *sheet, int index);
/* The subject: what a field of the form says, or what it was opened with. */
const char *sheet_subject(struct sheet *sheet, char room[FIELD_BYTES]);
/* As struct page's draw(). */
void sheet_draw(struct page *page, int row, int rows);

#endif
