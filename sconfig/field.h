/* One line of text that is edited. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_FIELD_H
#define SCONFIG_FIELD_H

#include <stdbool.h>
#include <stddef.h>

enum { FIELD_CHARACTERS = 4096, FIELD_BYTES = 4 * FIELD_CHARACTERS + 1 };

struct field {
	unsigned int text[FIELD_CHARACTERS];	/* Unicode numbers */
	int length, cursor;
	int first;		/* the one at the left edge */
	size_t bytes, most;	/* in UTF-8 */
	const char *only;	/* ASCII characters that it takes; NULL: all */
};

enum field_said {
	FIELD_OTHER,		/* the key is for somebody else */
	FIELD_MOVED,
	FIELD_CHANGED,
	FIELD_FULL,		/* refused: most bytes are there */
	FIELD_REFUSED,		/* refused: not a character for it */
};

/* Most: bytes; more of text is cut off. The cursor is at its end. */
void field_set(struct field *field, const char *text, size_t most);
/* FIELD_BYTES are enough. */
void field_get(const struct field *field, char *text, size_t size);
/* ^U empties it, ^K takes away what is behind the cursor. */
enum field_said field_key(struct field *field, int key);
/* In so many columns; longer text is moved so that the cursor is seen. Chosen:
 * the terminal's cursor is there. */
void field_draw(struct field *field, int row, int column, int width,
	bool chosen);

#endif
