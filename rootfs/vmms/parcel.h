/* Messages with descriptors, and bytes in files in memory. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_PARCEL_H
#define VMMS_PARCEL_H

#include <stddef.h>
#include <sys/types.h>

#define PARCEL_FDS 253u	/* the kernel's limit */
/* Of a file in memory that can be taken. fcntl(2), <fcntl.h> */
#define PARCEL_SEALS	(F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

/* Descriptors that are to go along, or have come: owned. */
struct parcel {
	unsigned int count;
	int fds[PARCEL_FDS];
};

/* Closes what is in it. */
void parcel_empty(struct parcel *parcel);
/* The index-th is the caller's then; -1: there are not so many. */
int parcel_take(struct parcel *parcel, unsigned int index);
/* Fd, owned by it from then on. -EMFILE: no room, and fd is closed. */
int parcel_add(struct parcel *parcel, int fd);

/* A whole message, the parcel is empty after it. 0 or -errno. */
int parcel_send(int socket, const void *bytes, size_t size,
	struct parcel *parcel);
/* A whole message of at least and at most so many bytes: its size; 0: the other
 * end is closed; -errno; -EPROTO: it had another size, or lost descriptors. */
ssize_t parcel_receive(int socket, void *bytes, size_t least, size_t most,
	struct parcel *parcel);

/* A sealed file in memory with these bytes: a descriptor or -errno. */
int parcel_file(const void *bytes, size_t size);
/* The content of one, which the caller frees, with a zero behind it. It cannot
 * change any more, or is not taken: NULL with errno (EPERM; EFBIG: more than
 * most bytes). */
char *parcel_read(int fd, size_t most, size_t *size);

#endif
