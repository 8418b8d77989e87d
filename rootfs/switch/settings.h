/* The settings in effect, for who changes switches: one at a time. */
/* SPDX-License-Identifier: MIT */
#ifndef SWITCH_SETTINGS_H
#define SWITCH_SETTINGS_H

#include <stdbool.h>

#include "conf.h"
#include "trouble.h"

struct settings {
	struct conf *conf;
	int lock;
	bool trial; /* what is changed is not kept on the host's volume yet */
};

/* Waits for others, then reads. 0 or -errno; closed by settings_close(). */
int settings_open(struct settings *settings, struct trouble *why);
void settings_close(struct settings *settings);

/* Forgets what was changed in memory. 0 or -errno; the old is kept then. */
int settings_again(struct settings *settings);

/*
 * Puts "key=value" words into a section, in memory. A key that stands several
 * times gets several values; without a value it goes. 0, -EINVAL, -ENOMEM.
 */
int settings_put(struct settings *settings, const char *section, char **words,
	int count, struct trouble *why);

/* What conf check would say of one section: 0 or -EINVAL. */
int settings_check(const struct settings *settings, const char *section,
	struct trouble *why);

/*
 * Whether changes are kept: 0, or -EBUSY after settings were imported or reset, as
 * those that are in effect are not the host's any more. For who does more than to
 * change settings; the functions below ask for it themselves.
 */
int settings_may_keep(struct trouble *why);

/*
 * Writes sections as they are now to the host's own volume, all of them or
 * none. 0 or -errno; *kept: there is such a volume.
 */
int settings_keep(const struct settings *settings,
	const char *const *sections, int count, bool *kept,
	struct trouble *why);

/* Writes all as it is now to the settings in effect. 0 or -errno. */
int settings_write(const struct settings *settings, struct trouble *why);

/*
 * Writes a section that was changed or removed, to the settings in effect and,
 * but for a trial, to the host's own volume. 0 or -errno; *kept: nothing is
 * lost for want of one.
 */
int settings_save(struct settings *settings, const char *section, bool *kept,
	struct trouble *why);

#endif
