/* Volumes that are made: of a disk, of a mirror, anew. */
/* SPDX-License-Identifier: MIT */
#ifndef VOLUMES_CLAIM_H
#define VOLUMES_CLAIM_H

#include <stdbool.h>

#include "trouble.h"

/* words: DISK NAME */
int claim(char **words, bool erase, struct trouble *why);
/* words: DISK DISK NAME */
int claim_mirror(char **words, bool erase, struct trouble *why);
/* words: NAME */
int claim_format(char **words, bool erase, struct trouble *why);

/* Has the script mount one that is good, or unmount it. 0 or -errno. */
int claim_mount(const char *name, const char *uuid, struct trouble *why);
int claim_unmount(const char *name, bool lazily, struct trouble *why);

#endif
