/* What the switch command changes: kernel and settings, both or none. */
/* SPDX-License-Identifier: MIT */
#ifndef SWITCH_CHANGE_H
#define SWITCH_CHANGE_H

#include "maker.h"

/*
 * Each 0 or -errno with a sentence in maker->why. words are "key=value"; kept
 * is false when the host has no volume to keep it on.
 */
int change_create(struct maker *maker, const char *name, char **words,
	int count, bool *kept);
int change_delete(struct maker *maker, const char *name, bool *kept);
int change_connect(struct maker *maker, const char *vswitch,
	const char *name, char **words, int count, bool *kept);
int change_disconnect(struct maker *maker, const char *name, bool *kept);
/* Of a switch or a port. */
int change_set(struct maker *maker, const char *name, char **words, int count,
	bool *kept);

/*
 * All that the settings say and that is not there. Each problem is printed,
 * the rest is done. The number of problems, or -errno.
 */
int change_start(struct maker *maker);

#endif
