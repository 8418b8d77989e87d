/* Switches and ports, for people and for programs. */
/* SPDX-License-Identifier: MIT */
#ifndef SWITCH_LIST_H
#define SWITCH_LIST_H

#include "maker.h"

/* name NULL: all switches. 0, or -ENOENT: there is no such switch. */
int list_text(struct maker *maker, const char *name);
int list_json(struct maker *maker, const char *name);

#endif
