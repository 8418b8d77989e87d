/* The PVH boot protocol: an ELF kernel into a guest's memory. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_PVH_H
#define VMWP_PVH_H

#include "linux_boot.h"

bool pvh_is(const struct boot_files *files);

/* As linux_boot_load(). */
const char *pvh_load(const struct ram *ram, const struct boot_files *files,
	struct start *start);

#endif
