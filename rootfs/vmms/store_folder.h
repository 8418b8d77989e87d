/* What the parts of the store share: the folder that has the VMs' folders. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_STORE_FOLDER_H
#define VMMS_STORE_FOLDER_H

#include <stdbool.h>

#include "store.h"

/* STORAGE/vms, or a folder in a folder, open for reading. No link is followed.
 * A descriptor or -errno. */
int folder_vms(const struct store *store, int storage);
int folder_open(int folder, const char *name);

/*
 * Calls visit() for what is in a folder, "." and ".." left out, until it
 * returns something but 0, which comes back; 0; or -errno. The order is the
 * file system's.
 */
int folder_visit(int folder, int (*visit)(void *context, int folder,
	const char *name), void *context);

/* A name as it can be shown: at most 63 bytes, '?' for what a terminal might
 * obey. */
void folder_show(const char *name, char shown[NAME_SIZE]);

/* 0, or -errno (-EEXIST: nothing is replaced). */
int folder_rename(int folder, const char *from, const char *to);

/*
 * Whether something is called so in any storage folder, in whatever case, but
 * for the one at *but: 0, or -EEXIST (or another) with a sentence.
 */
int folder_free(const struct store *store, const char *name,
	const struct store_entry *but, struct trouble *why);

#endif
