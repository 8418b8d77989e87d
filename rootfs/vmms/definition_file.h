/* A definition's generations, as bytes: which of them counts. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_DEFINITION_FILE_H
#define VMMS_DEFINITION_FILE_H

#include <stdbool.h>

#include "conf.h"
#include "generation.h"
#include "trouble.h"

/* What was found in a VM's folder. */
struct definition_text {
	const char *text;	/* size bytes; NULL: see error */
	size_t size;
	int error;		/* ENOENT: it is missing; else it is no file */
};

/* Where a definition came from. */
struct definition_source {
	bool previous;		/* not the current generation */
	bool damaged;		/* a current one is there and is bad */
	char why[160];		/* previous: in a sentence */
	bool bad;		/* a vm.conf.bad lies there, put aside */
};

/*
 * The current generation. One that is missing, no file (ELOOP: a link, EFBIG:
 * too long), empty, without a good id, or with a zero byte in it does not
 * count, and the previous one does. bad: a vm.conf.bad is there. NULL after a
 * sentence, with errno (ENOENT: there are none). conf_complaints() has what is
 * said of the lines.
 */
struct conf *definition_parse(const struct definition_text *current,
	const struct definition_text *previous, bool bad,
	struct definition_source *source, struct trouble *why);

/* What the current generation becomes when a new one is written: the previous
 * one, or, damaged, the bad one. */
enum generation definition_keeps(const struct definition_source *source);
/* It was written: source describes the new one. */
void definition_written(struct definition_source *source);

#endif
