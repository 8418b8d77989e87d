/* One field of a form: what it is in at the moment. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_FORM_LINE_H
#define SCONFIG_FORM_LINE_H

#include "ask.h"
#include "field.h"
#include "form.h"

enum { FORM_OPTIONS = 128 };

struct form_option {
	char *value, *shown;
};

struct form_options {
	struct form_option list[FORM_OPTIONS];
	int count, chosen;
};

struct form_line {
	const struct form_field *field;
	struct field text;		/* of those that are typed */
	struct form_options options;	/* of those that are chosen */
	char *initial;			/* its value at first */
	struct ask ask;			/* PICK: for its options */
	bool waits;			/* they have not come */
};

/* Value: what is in it at first. Most: bytes. Page: for the source's words. */
void form_line_begin(struct form_line *line, const struct form_field *field,
	const char *value, size_t most, const struct page *page);
void form_line_end(struct form_line *line);
/* Another value that it had at first: nothing that was typed is lost by it. */
void form_line_initial(struct form_line *line, const char *value);

bool form_line_is_typed(const struct form_line *line);
/* Valid until the next key; a typed one's is in room. */
const char *form_line_value(const struct form_line *line,
	char room[FIELD_BYTES]);
bool form_line_changed(const struct form_line *line);
/* False: it is not for the field. Why: "", or why it was refused. */
bool form_line_key(struct form_line *line, int key, const char **why);
void form_line_draw(struct form_line *line, int row, int column, int width,
	bool chosen);

/* The key of its value: "memory" of the word "memory=" or "--memory". */
void form_line_name(const struct form_field *field, char *name, size_t size);
/* False: why, of ASK_TEXT bytes, says what is wrong with its value. */
bool form_line_check(const struct form_line *line, char *why);

#endif
