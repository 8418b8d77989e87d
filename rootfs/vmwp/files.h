/* Files and sockets that the command line names. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_FILES_H
#define VMWP_FILES_H

#include <stddef.h>
#include <stdint.h>

/* A whole file. what: "kernel", in the sentence that an error gets.
 * 0 or -errno. */
int files_read(const char *path, const char *what, const uint8_t **data,
	size_t *size);

/* What was read is no longer needed. */
void files_drop(const uint8_t **data);

/* A number is an inherited descriptor; anything else a path where a listening
 * socket is made. type: SOCK_STREAM, SOCK_SEQPACKET. *fd is -1 for NULL. */
int files_socket(const char *from, const char *what, int type, int *fd);

#endif
