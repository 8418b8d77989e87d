/* Microcode: Linux does not load it under a hypervisor, so we do. */
/* SPDX-License-Identifier: MIT */
#ifndef X86_MICROCODE_H
#define X86_MICROCODE_H

#include "loader.h"

/* Looks for this processor's patch in the module. NULL, or a sentence when it
 * is no microcode container. No module, no patch: nothing happens. */
const char *microcode_find(const struct module *module);

/* Loads the patch that was found, on this processor. */
void microcode_load(void);

#endif
