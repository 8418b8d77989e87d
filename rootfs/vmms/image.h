/* The files that a definition may name as disks and discs. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_IMAGE_H
#define VMMS_IMAGE_H

#include <stdbool.h>

#include "trouble.h"

enum { IMAGE_SIZE = 512 }; /* of a path, with the ending zero */

/*
 * A file of the VM's own folder by its name alone, or a path from the root,
 * with no slash at the end: no part is empty, has a tab, begins with a dot or
 * "vm.conf" as definitions do, or is longer than a name of Linux.
 */
bool image_good(const char *file);

/* Whether it is a path, not a name. */
bool image_is_path(const char *file);

/*
 * The storage folder that a path is below, the longest of them, or -1; *rest is
 * what comes after it. The paths of storage folders have no slash at the end.
 */
int image_storage(const char *path, const char *const *storages, int count,
	const char **rest);

/*
 * The folder that a name's last part is in, as image_open() walks: a descriptor
 * that only names it (O_PATH), which the caller closes, and *name becomes that
 * part; or -errno.
 */
int image_folder(int folder, const char **name);

/*
 * Opens a file from a folder's descriptor: name is what image_good() takes as a
 * name, or the rest that image_storage() gave. No link is followed on the way,
 * and what is there is a regular file and no definition. A descriptor, which
 * the caller closes, or -errno and a sentence.
 */
int image_open(int folder, const char *name, bool read_only,
	struct trouble *why);

#endif
