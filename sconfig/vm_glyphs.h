/* A line of a VM's screen, as this terminal can show it. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_VM_GLYPHS_H
#define SCONFIG_VM_GLYPHS_H

#include <stddef.h>

/* Its columns from one on; each stays where it is. On a terminal without UTF-8
 * lines and blocks are drawn in ASCII. */
void vm_glyphs(const char *line, int from, char *shown, size_t size);

#endif
