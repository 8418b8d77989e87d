/* Where volumes are mounted. */
/* SPDX-License-Identifier: MIT */
#ifndef VOLUMES_MOUNT_H
#define VOLUMES_MOUNT_H

#include <stdbool.h>

#include "device.h"

enum { MOUNT_FOLDER = 128 };

struct mount {
	char device[DEVICE_NAME];	/* "md127" */
	bool failed;	/* nothing can be written any more */
};

/* PLACE_VOLUMES/name */
void mount_folder(const char *name, char folder[MOUNT_FOLDER]);
/* False: it is not mounted. */
bool mount_of(const char *name, struct mount *mount);
/* Where a device is mounted, whatever it is; false: nowhere. */
bool mount_of_device(const char *device, char folder[MOUNT_FOLDER]);

#endif
