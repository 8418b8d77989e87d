/* Discs: the files in the storage folders' `iso`. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_DISCS_H
#define VMMS_DISCS_H

#include "ask.h"

/* Answers the request with all of them. */
void discs_list(struct request *request);

/*
 * What a disc's name means: a path is one; a name alone is that of a disc in
 * the first storage folder's `iso` that has it, else of a file of the VM's
 * folder. Told once, now or later.
 */
void discs_find(struct machines *machines, const char *file,
	void (*found)(void *context, const char *path), void *context);

#endif
