/* Files read and written to the last byte. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_WHOLE_H
#define VMMS_WHOLE_H

#include <stddef.h>
#include <sys/types.h>

/* From the file's beginning, up to room bytes: how many, or -errno. */
ssize_t whole_read(int fd, void *bytes, size_t room);
/* 0 or -errno. */
int whole_write(int fd, const void *bytes, size_t size);

#endif
