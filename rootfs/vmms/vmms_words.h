/* What vmms is started with. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_VMMS_WORDS_H
#define VMMS_VMMS_WORDS_H

#include <stdbool.h>

#include "store.h"

struct vmms_words {
	const char *socket;	/* for clients */
	const char *user;	/* that the control process becomes */
	const char *group;	/* may ask */
	const char *begun;	/* service.h: a file */
	const char *program, *disk, *firmware, *driver;	/* helper.h */
	const char *run, *cgroup;
	const char *storages[STORE_STORAGES];
	int storage_count;
};

/* False: a sentence is on standard error. */
bool vmms_words_read(struct vmms_words *words, int count, char **word);

#endif
