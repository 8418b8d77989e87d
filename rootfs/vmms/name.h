/* Names of VMs, which are names of folders, too. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_NAME_H
#define VMMS_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "trouble.h"

enum { NAME_MAX_LENGTH = 63, NAME_SIZE = NAME_MAX_LENGTH + 1 };

/*
 * 1 to 63 of A-Z a-z 0-9 . _ -, a letter or digit first, no dot at the end
 * (FAT drops it). length bytes of name count, and a NUL among them is one. 0,
 * or -EINVAL and a sentence, which is printable whatever the name is.
 */
int name_check(const char *name, size_t length, struct trouble *why);
bool name_good(const char *name);

/* Names that differ only in case are one: a storage folder may be on FAT. */
bool name_same(const char *one, const char *other);

#endif
