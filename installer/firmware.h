/* Files that devices want and this system does not have. */
/* SPDX-License-Identifier: MIT */
#ifndef INSTALLER_FIRMWARE_H
#define INSTALLER_FIRMWARE_H

#include <jansson.h>

/* A row for each, by what the kernel's log says. */
void firmware_say(json_t *rows);

#endif
