/* The volumes of the settings, as they are. */
/* SPDX-License-Identifier: MIT */
#ifndef VOLUMES_VOLUME_H
#define VOLUMES_VOLUME_H

#include <jansson.h>

#include "conf.h"
#include "device.h"
#include "mount.h"

enum { VOLUME_NAME = 16, VOLUME_REASON = 200 };

enum volume_state {
	VOLUME_MOUNTED,
	VOLUME_MISSING,		/* no device has it */
	VOLUME_SEVERAL,		/* more than one has: none is used */
	VOLUME_FAILED,		/* it cannot be mounted, or not be written */
};

struct volume {
	char name[VOLUME_NAME];
	char uuid[UUID_SIZE];
	enum volume_state state;
	/* Why it is not mounted, or what it lacks; or empty. */
	char reason[VOLUME_REASON];
	char device[DEVICE_NAME];	/* empty: not one */
	char folder[MOUNT_FOLDER];	/* where it is, or would be */
	unsigned long long bytes, left;	/* of its file system, if mounted */
};

/*
 * By its name. False: the settings have none. With look disks are read to find
 * one that is not mounted; without it is as the script has found it.
 */
bool volume_read(const struct conf *conf, const char *name, bool look,
	struct volume *volume);
/* The name of the index-th of the settings; NULL: no more. */
const char *volume_name(const struct conf *conf, int index);
/* The first of [host] storage that is on it, or NULL. */
const char *volume_storage(const struct conf *conf,
	const struct volume *volume);

/* {name, state, device, bytes, free, folder, storage, default, uuid, reason},
 * each. */
json_t *volume_list(const struct conf *conf);
/* {name, state, bytes, free, reason}, each; no disk is read for it. */
json_t *volume_list_shortly(const struct conf *conf);

#endif
