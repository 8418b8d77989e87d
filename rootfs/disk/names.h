/* What a user writes: sizes, and names of formats. */
/* SPDX-License-Identifier: MIT */
#ifndef DISK_NAMES_H
#define DISK_NAMES_H

#include "disk.h"

/* A number with K, M, G or T behind it, or without. */
bool size_of_name(const char *name, uint64_t *size);
/* The other way round, the largest unit that leaves nothing over. */
void size_print(uint64_t size, char *to, size_t room);

bool format_of_name(const char *name, enum disk_format *format);
/* By the end of a file's name. */
bool format_of_file(const char *path, enum disk_format *format);
const char *format_name(enum disk_format format);

#endif
