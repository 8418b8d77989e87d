/* host storage: disks become volumes of this host. */
/* SPDX-License-Identifier: MIT */
#ifndef VOLUMES_STORAGE_H
#define VOLUMES_STORAGE_H

#include "trouble.h"

/* words: "list", "claim" "sda" "data", ...; docs/volumes.md. 0 or -errno. */
int storage(char **words, int count, struct trouble *why);

/* For who writes to disks: nobody else does as long as this descriptor, or a
 * copy of it, is open. Or -errno. */
int storage_lock(struct trouble *why);

#endif
