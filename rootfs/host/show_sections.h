/* What the settings say of the network, as JSON. */
/* SPDX-License-Identifier: MIT */
#ifndef HOST_SHOW_SECTIONS_H
#define HOST_SHOW_SECTIONS_H

#include <jansson.h>

#include "conf.h"

/*
 * "nics" and "bonds", an object for each section with all its keys, null where
 * it says nothing; "dns": lists server and search, and in-use, the servers that
 * are asked; "gateways" that are used now.
 */
void show_sections(json_t *object, const struct conf *conf);

/* All that a section has of a key; the caller's. */
json_t *show_values(const struct conf *conf, const char *section,
	const char *key);

#endif
