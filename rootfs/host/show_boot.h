/* What this system was started from, as JSON. */
/* SPDX-License-Identifier: MIT */
#ifndef HOST_SHOW_BOOT_H
#define HOST_SHOW_BOOT_H

#include <jansson.h>

/*
 * Adds "boot": "installed", false of a live system; of an installed one also "slot",
 * "disk", null while its medium is not there, and "written", bytes that this disk
 * was given since it is there.
 */
void show_boot(json_t *object);

#endif
