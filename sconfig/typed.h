/* A command of `vm` as it would be typed: what is asked, and what is shown. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_TYPED_H
#define SCONFIG_TYPED_H

#include <stdbool.h>
#include <stddef.h>

#include "rootfs/vmms/words.h"

enum { TYPED_WORDS = 64, TYPED_BYTES = 16384, TYPED_LINE = 2048 };

/* May be copied. */
struct typed {
	int count;
	size_t used;
	bool failed;			/* that was too much */
	unsigned int at[TYPED_WORDS];	/* where each begins */
	char bytes[TYPED_BYTES];
};

void typed_clear(struct typed *typed);
void typed_add(struct typed *typed, const char *word);
/* One word of two parts: KEY= and the value. */
void typed_join(struct typed *typed, const char *start, const char *rest);
/*
 * Words out of a table: with blanks between, quoted with ' where one has
 * blanks. @ is the subject, % what that belongs to; NULL: "". What stands for
 * them stays one word: "disk remove % @", "host set 'admin @' key+=x".
 */
void typed_table(struct typed *typed, const char *words, const char *subject,
	const char *of);
const char *typed_word(const struct typed *typed, int index);

/*
 * As a request, by the table of verbs. False: why, of LINE_SENTENCE bytes, says
 * what is wrong. words_exit() in either case.
 */
bool typed_read(const struct typed *typed, struct words *words, char *why);
/* As one line for a shell, "vm ..."; quoted where it has to be. */
void typed_print(const struct typed *typed, char *line, size_t size);

#endif
