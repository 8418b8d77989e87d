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
 * Whether it has an installation that was interrupted: it begins like that, and nobody
 * has put anything else on it since, be it partitions or a file system.
 */
bool target_interrupted(const struct disk *disk);

/*
 * What is on it, in words; NULL: nothing at all, as far as its first and its last
 * bytes show. An installation that was interrupted is nothing.
 */
const char *target_content(const struct disk *disk, char *text, size_t size);

#endif
