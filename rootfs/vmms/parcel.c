/* Messages with descriptors, and bytes in files in memory. */
/* SPDX-License-Identifier: MIT */
#include "parcel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "whole.h"

union rights {
	char bytes[CMSG_SPACE(PARCEL_FDS * sizeof(int))];
	struct cmsghdr header;
};

void parcel_empty(struct parcel *parcel)
{
	while (parcel->count) {
		parcel->count--;
		if (parcel->fds[parcel->count] >= 0)
			close(parcel->fds[parcel->count]);
	}
}

int parcel_take(struct parcel *parcel, unsigned int index)
{
	int fd = index < parcel->count ? parcel->fds[index] : -1;

	if (fd >= 0)
		parcel->fds[index] = -1;
	return fd;
}

int parcel_add(struct parcel *parcel, int fd)
{
	if (parcel->count == PARCEL_FDS) {
		close(fd);
		return -EMFILE;
	}
	parcel->fds[parcel->count++] = fd;
	return 0;
}

int parcel_send(int socket, const void *bytes, size_t size,
	struct parcel *parcel)
{
	union rights rights;
	struct iovec part = { (void *)bytes, size };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	size_t length = parcel->count * sizeof(int);
	ssize_t sent;

	memset(&rights, 0, sizeof(rights));
	if (length) {
		rights.header = (struct cmsghdr){
			.cmsg_len = CMSG_LEN(length),
			.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
		memcpy(CMSG_DATA(&rights.header), parcel->fds, length);
		message.msg_control = rights.bytes;
		message.msg_controllen = CMSG_SPACE(length);
	}
	do {
		sent = sendmsg(socket, &message, MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	if (sent < 0)
		sent = -errno;
	parcel_empty(parcel);
	return sent < 0 ? (int)sent : 0;
}

static void unpack(struct parcel *parcel, struct msghdr *message)
{
	struct cmsghdr *header;
	size_t length;

	for (header = CMSG_FIRSTHDR(message); header;
	     header = CMSG_NXTHDR(message, header)) {
		if (header->cmsg_level != SOL_SOCKET ||
		    header->cmsg_type != SCM_RIGHTS)
			continue;
		length = header->cmsg_len - CMSG_LEN(0);
		memcpy(parcel->fds, CMSG_DATA(header), length);
		parcel->count = (unsigned int)(length / sizeof(int));
	}
}

ssize_t parcel_receive(int socket, void *bytes, size_t least, size_t most,
	struct parcel *parcel)
{
	union rights rights;
	struct iovec part = { bytes, most };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1,
		.msg_control = rights.bytes,
		.msg_controllen = sizeof(rights.bytes) };
	ssize_t got;

	parcel->count = 0;
	do {
		got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;
	unpack(parcel, &message);
	if (!got && !parcel->count)
		return 0;
	if ((size_t)got >= least &&
	    !(message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
		return got;
	parcel_empty(parcel);
	return -EPROTO;
}

int parcel_file(const void *bytes, size_t size)
{
	int fd = memfd_create("parcel", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int error;

	if (fd < 0)
		return -errno;
	error = whole_write(fd, bytes, size);
	if (!error && fcntl(fd, F_ADD_SEALS, PARCEL_SEALS))
		error = -errno;
	if (!error)
		return fd;
	close(fd);
	return error;
}

static char *read_all(int fd, size_t size)
{
	char *bytes = malloc(size + 1);
	ssize_t got = bytes ? whole_read(fd, bytes, size) : -ENOMEM;

	if (got == (ssize_t)size) {
		bytes[size] = '\0';
		return bytes;
	}
	free(bytes);
	errno = got < 0 ? (int)-got : EIO;
	return NULL;
}

char *parcel_read(int fd, size_t most, size_t *size)
{
	struct stat info;
	int seals = fcntl(fd, F_GET_SEALS);

	if (seals < 0 || (seals & PARCEL_SEALS) != PARCEL_SEALS) {
		errno = EPERM;
		return NULL;
	}
	if (fstat(fd, &info))
		return NULL;
	if (info.st_size < 0 || (uint64_t)info.st_size > most) {
		errno = EFBIG;
		return NULL;
	}
	*size = (size_t)info.st_size;
	return read_all(fd, *size);
}
