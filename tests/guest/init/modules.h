/* Modules of the guest's kernel, from /modules. */
/* SPDX-License-Identifier: MIT */
#ifndef INIT_MODULES_H
#define INIT_MODULES_H

/* Loads those of these files that there are; NULL ends the list. The others
 * are built in. */
void modules_load(const char *const *paths);

#endif
