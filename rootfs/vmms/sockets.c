/* The sockets of a VM that others reach it by. */
/* SPDX-License-Identifier: MIT */
#include "sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define WAITING	4	/* who may wait to be taken */

static const struct {
	const char *name;
	int type;
	bool shared;		/* the group's, too */
} sockets[SOCKETS] = {
	[SOCKET_CONTROL] = { "control", SOCK_SEQPACKET, false },
	[SOCKET_SERIAL] = { "serial", SOCK_STREAM, true },
	[SOCKET_SCREEN] = { "screen", SOCK_STREAM, true },
};

static int open_folder(int run, const char *name)
{
	int fd = openat(run, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
		O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* From a folder's descriptor: names of paths are short, those of VMs not. */
static struct sockaddr_un address_of(int folder, const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(address.sun_path, sizeof(address.sun_path),
		"/proc/self/fd/%d/%s", folder, name);
	return address;
}

/* Root's alone from the first moment. */
static bool bind_it(int fd, int folder, int which, gid_t group)
{
	const char *name = sockets[which].name;
	struct sockaddr_un address = address_of(folder, name);

	return !fchmod(fd, 0600) &&
		!bind(fd, (struct sockaddr *)&address, sizeof(address)) &&
		(!sockets[which].shared ||
		 (!fchownat(folder, name, 0, group, AT_SYMLINK_NOFOLLOW) &&
		  !fchmodat(folder, name, 0660, 0))) &&
		!listen(fd, WAITING);
}

static int make_one(int folder, int which, gid_t group)
{
	int fd, error;

	if (unlinkat(folder, sockets[which].name, 0) && errno != ENOENT)
		return -errno;
	fd = socket(AF_UNIX, sockets[which].type | SOCK_CLOEXEC |
		SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (bind_it(fd, folder, which, group))
		return fd;
	error = -errno;
	close(fd);
	return error;
}

static int make_all(int folder, gid_t group, int fds[SOCKETS])
{
	int i, error = 0;

	for (i = 0; i < SOCKETS; i++) {
		fds[i] = make_one(folder, i, group);
		if (fds[i] < 0) {
			error = fds[i];
			break;
		}
	}
	while (error && i--)
		close(fds[i]);
	return error;
}

int sockets_make(int run, const char *name, gid_t group, int fds[SOCKETS])
{
	int folder, error = 0;

	if (mkdirat(run, name, 0700) && errno != EEXIST)
		return -errno;
	folder = open_folder(run, name);
	if (folder < 0)
		return folder;
	if (fchown(folder, 0, group) || fchmod(folder, 0750))
		error = -errno;
	if (!error)
		error = make_all(folder, group, fds);
	close(folder);
	if (error)
		sockets_remove(run, name);
	return error;
}

int sockets_remove(int run, const char *name)
{
	int folder = open_folder(run, name), i;

	if (folder < 0)
		return folder == -ENOENT ? 0 : folder;
	for (i = 0; i < SOCKETS; i++)
		unlinkat(folder, sockets[i].name, 0);
	close(folder);
	return unlinkat(run, name, AT_REMOVEDIR) ? -errno : 0;
}

int sockets_connect(int run, const char *name)
{
	struct sockaddr_un address;
	int folder = open_folder(run, name), fd, error = 0;

	if (folder < 0)
		return folder;
	address = address_of(folder, sockets[SOCKET_CONTROL].name);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address,
		sizeof(address)))
		error = -errno;
	close(folder);
	if (!error)
		return fd;
	if (fd >= 0)
		close(fd);
	return error;
}
