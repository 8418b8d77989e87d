/* What the service says, as a file. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_SAVEFILE_H
#define SCONFIG_SAVEFILE_H

#include <jansson.h>

/*
 * A new file, of whoever runs the menu and for nobody else, with the lines of a
 * result's "said". 0 or -errno; -EEXIST: something is there already, a link
 * perhaps, and stays.
 */
int savefile_write(const char *path, const json_t *result);

#endif
