/* A volume that is looked for on all devices at once. */
/* SPDX-License-Identifier: MIT */
#ifndef VOLUMES_SEARCH_H
#define VOLUMES_SEARCH_H

/*
 * Prints the devices with this ext4 file system as /dev/NAME, a line each, as soon as
 * it is known: one that does not answer keeps none of the others. Who looks at it
 * ends after patience seconds; who has called waits as long. 0 or -errno.
 */
int search_print(const char *uuid, unsigned int patience);

#endif
