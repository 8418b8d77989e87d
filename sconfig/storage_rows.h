/* Volumes, disks and arrays as rows of one list. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_STORAGE_ROWS_H
#define SCONFIG_STORAGE_ROWS_H

#include <jansson.h>

/*
 * Of `host storage list`: each what it is there, with "kind" (volume, disk,
 * array), "says" (its state, in a word or two) and "about" (the rest). The
 * caller's.
 */
json_t *storage_rows(const json_t *list);

#endif
