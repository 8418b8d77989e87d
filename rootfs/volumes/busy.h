/* The VMs that have files of a volume open. */
/* SPDX-License-Identifier: MIT */
#ifndef VOLUMES_BUSY_H
#define VOLUMES_BUSY_H

#include <stdbool.h>

/* Their names, "web, mail", cut off at size. False: there is none. */
bool busy_vms(const char *folder, char *names, int size);

#endif
