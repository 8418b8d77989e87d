/* Which disk an installation goes to, by rules. */
/* SPDX-License-Identifier: MIT */
#ifndef INSTALLER_TARGET_H
#define INSTALLER_TARGET_H

#include "conf.h"
#include "disks.h"
#include "trouble.h"

/*
 * The one disk that [install] of conf names: bus, least, most, model, serial. NULL
 * after a sentence: none, several, or one that is not empty while overwrite is not
 * yes.
 */
const struct disk *target_pick(const struct conf *conf,
	const struct disk *disks, int count, struct trouble *why);

/*
 * What is on it, in words; NULL: nothing at all, as far as its first and its last
 * bytes show. An installation that was interrupted is nothing,
 * as long as nobody has made other partitions since.
 */
const char *target_content(const struct disk *disk, char *text, size_t size);

#endif
