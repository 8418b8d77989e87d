/* Changes of a definition, gathered from a request's words. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_SETS_H
#define VMMS_SETS_H

#include <jansson.h>
#include <stdbool.h>

#include "definition_change.h"

enum { SETS_MOST = 64, SETS_VALUES = 32 };

struct sets {
	struct definition_set items[SETS_MOST];
	int count;
	bool failed;		/* too many, or no memory */
	/* The rest is sets.c's. */
	char *texts[SETS_MOST * 3];
	const char **values[SETS_MOST];
	int text_count;
};

/* All zeros at first; sets_free() after that. */
void sets_free(struct sets *sets);
/* A key's value; NULL or "": its default. Copied. */
void sets_add(struct sets *sets, const char *section, const char *key,
	const char *value);
/* The whole section goes. */
void sets_drop(struct sets *sets, const char *section);
/* An object of strings. A key that may stand again and again has the words of
 * its value. */
void sets_add_pairs(struct sets *sets, const char *section,
	const json_t *pairs);
/* Those that take away a key which is not there: they are done. */
void sets_trim(struct sets *sets, struct conf *probe);

#endif
