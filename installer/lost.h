/* Volumes of the settings that end with what was on a disk. */
/* SPDX-License-Identifier: MIT */
#ifndef INSTALLER_LOST_H
#define INSTALLER_LOST_H

#include <stddef.h>

#include "conf.h"
#include "disks.h"

enum { LOST_NAME = 32 };

/*
 * The names of those volumes of conf that are on this disk and on no other, with
 * commas between. NULL: there is none.
 */
const char *lost_names(const struct conf *conf, const struct disk *disk,
	char *names, size_t size);

/*
 * Makes conf what it says when the disk is erased. uuid is that of the volume for VMs
 * which it gets; NULL: none. The first of the lost becomes this one, under its name;
 * where none is lost it is data, or data2 ... if there is such a volume elsewhere.
 * Others that are lost go, and their folders from where VMs are stored. There the new
 * volume comes first, unless a folder is left that is on a volume which is there, or
 * on none. name gets what the new volume is called. 0 or -errno.
 */
int lost_renew(struct conf *conf, const struct disk *disk, const char *uuid,
	char name[LOST_NAME]);

#endif
