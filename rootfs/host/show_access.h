/* Who may come in, and by which way, as JSON. */
/* SPDX-License-Identifier: MIT */
#ifndef HOST_SHOW_ACCESS_H
#define HOST_SHOW_ACCESS_H

#include <jansson.h>

#include "conf.h"

/* Adds "administrators", "root", "keys" (public ones, by section), "consoles". */
void show_access(json_t *object, const struct conf *conf);

#endif
