/* Changes of a definition: all that are asked for together, or none. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_DEFINITION_CHANGE_H
#define VMMS_DEFINITION_CHANGE_H

#include "definition_check.h"
#include "trouble.h"

struct definition_set {
	const char *section;	/* "vm", "disk ide0:0", "nic 2" */
	const char *key;	/* NULL: the whole section goes */
	const char *const *values;
	int count;		/* 0: the key goes, and has its default */
};

/*
 * In memory: conf keeps its comments and what it does not know. Refused is
 * what brings a problem that was not there before, so that one mistake in a
 * file does not keep all else from being changed; and another id or generation.
 * 0, or -errno with a sentence (-ENOENT: what is to go is not there), and conf
 * has then to be read again.
 */
int definition_change(struct conf *conf, const struct definition_home *home,
	const struct definition_set *sets, int count, struct trouble *why);

#endif
