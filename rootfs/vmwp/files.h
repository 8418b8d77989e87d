/* Files and sockets that the command line names: a number is an inherited
 * descriptor, anything else a path. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_FILES_H
#define VMWP_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool files_is_descriptor(const char *text);
/* From now on it is closed by exec. Or -EBADF. */
int files_descriptor(const char *text);
/* flags: of open(2). A descriptor or -errno. */
int files_open(const char *path, int flags);

/* A whole file. what: "kernel", in the sentence that an error gets.
 * 0 or -errno. */
int files_read(const char *path, const char *what, const uint8_t **data,
	size_t *size);

/* The same of a file in a folder; no link is followed. */
int files_read_in(int folder, const char *name, const char *what,
	const uint8_t **data, size_t *size);

/* What was read is no longer needed. */
void files_drop(const uint8_t **data);

/* A path is where a listening socket is made. type: SOCK_STREAM,
 * SOCK_SEQPACKET. *fd is -1 for NULL. */
int files_socket(const char *from, const char *what, int type, int *fd);

#endif
