/* Volumes as the settings have them: one more, one less. */
/* SPDX-License-Identifier: MIT */
#ifndef VOLUMES_ENTRY_H
#define VOLUMES_ENTRY_H

#include "trouble.h"
#include "volume.h"

/* Whether a new one can be called so, and would be kept: 0, or -EINVAL, -EEXIST,
 * -EBUSY. */
int entry_check_name(const char *name, struct trouble *why);
/* As the settings in effect have it: 0, -ENOENT or another -errno. Conf, which
 * the caller frees, is NULL then. */
int entry_read(const char *name, struct volume *volume, struct conf **conf,
	struct trouble *why);

/*
 * A volume that is good and mounted gets its section, and is the folder for VMs
 * if there was none and no VM is in memory; this is kept, and counts at once.
 * Says so on the standard output. 0 or -errno.
 */
int entry_add(const char *name, const char *uuid, struct trouble *why);
/* Its section goes, and what [host] storage has on it. */
int entry_remove(const struct volume *volume, struct trouble *why);

#endif
