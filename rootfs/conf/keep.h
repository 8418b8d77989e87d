/* The settings that the next start of this host has: on its own volume. */
/* SPDX-License-Identifier: MIT */
#ifndef KEEP_H
#define KEEP_H

#include "conf.h"

/*
 * Makes sections there what they are in conf, by conf_copy() with key: all of
 * them or none. A host without settings of its own gets all of conf, else its
 * next start would fall back to defaults. 0 or -errno; *kept: there is such a
 * volume.
 */
int keep_settings(const struct conf *conf, const char *const *sections,
	int count, const char *key, bool *kept);

#endif
