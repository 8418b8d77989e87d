/* The settings that the next start of this host has: on its own volumes. */
/* SPDX-License-Identifier: MIT */
#ifndef KEEP_H
#define KEEP_H

#include "conf.h"
#include "kept.h"

/*
 * They are kept on the config volume, and once more on each data volume that is on
 * another disk (/lib/socle/volumes): the newest good copy is what the next start
 * takes (kept.h). A change counts as kept when one place has it.
 */

/*
 * Makes sections there what they are in conf, by conf_copy() with key. A host
 * without settings of its own, be it after a reset, gets all of conf, else its next
 * start would fall back to defaults; so does one whose last change is in a place that
 * is away. 0 or -errno; *kept: there is such a place.
 */
int keep_settings(const struct conf *conf, const char *const *sections,
	int count, const char *key, bool *kept);

/* All of conf in place of what is kept. The same. */
int keep_all(const struct conf *conf, bool *kept);

/*
 * Why there was no such place, as a clause: an installed host's boot medium may be
 * away, a live one may have none.
 */
const char *keep_why_nowhere(void);
/* Whether the config volume was there when it was last looked for. */
bool keep_has_medium(void);

/*
 * Settings that say nothing, in place of what is kept. They are newer than all
 * copies, also those of a data disk that is not there now. The config volume has them
 * first: -ENODEV when it is not there, or another -errno when it does not take them,
 * and nothing is changed then, as without that disk the old ones would count again.
 */
int keep_none(void);

/*
 * Whether one of these two was called since the start: what is kept is not what is
 * in effect, and a section of this is not to be put into that. Nobody calls
 * keep_settings() then.
 */
bool keep_is_replaced(void);

/*
 * What is kept now, of the newest good copy; kept says whose it is and which (what
 * somebody wrote by hand is the next). NULL: nothing is; after a reset with kept.
 * The caller frees it by conf_free().
 */
struct conf *keep_read(struct kept *kept);

#endif
