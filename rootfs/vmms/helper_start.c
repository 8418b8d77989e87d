/* The privileged process: how it begins. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "helper_host.h"
#include "helper_work.h"
#include "privileges.h"

static int cannot(struct trouble *why, int error, const char *what,
	const char *path)
{
	return trouble(why, error, "%s %.120s: %s", what, path,
		strerror(-error));
}

static int open_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* One that is not there keeps its place, and has no VMs: the host has others,
 * and they shall start. */
static int add_storage(struct store *store, const char *path,
	struct trouble *why)
{
	int folder, error;

	if (mkdir(path, 0700) && errno != EEXIST)
		fprintf(stderr, "vmms: the storage folder %s cannot be made: "
			"%s\n", path, strerror(errno));
	folder = open_folder(path);
	if (folder < 0)
		fprintf(stderr, "vmms: the storage folder %s cannot be opened:"
			" %s\n", path, strerror(-folder));
	error = store_add(store, path, folder < 0 ? -1 : folder, why);
	if (error && folder >= 0)
		close(folder);
	return error;
}

static int open_file(const char *path, struct trouble *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd >= 0 ? fd : cannot(why, -errno, "the program", path);
}

static int open_run(struct helper *helper, const char *path,
	struct trouble *why)
{
	if (mkdir(path, 0711) && errno != EEXIST)
		return cannot(why, -errno, "the folder", path);
	helper->run = open_folder(path);
	helper->root = path;
	return helper->run < 0 ? cannot(why, helper->run, "the folder", path) :
		0;
}

static int open_groups(struct helper *helper, const char *path,
	struct trouble *why)
{
	int error = cgroups_open(&helper->cgroups, path);

	if (!error && !helper->cgroups.limits)
		error = -ENOTSUP;
	if (!error)
		error = crew_gather(&helper->crew, &helper->cgroups);
	return error ? cannot(why, error, "the cgroup", path) : 0;
}

/* The first tap loads the driver; but the node comes with the driver. */
static void make_tun(void)
{
	mkdir("/dev/net", 0755);
	mknod("/dev/net/tun", S_IFCHR | 0600, makedev(10, 200));
}

static int open_all(struct helper *helper, const struct helper_setup *setup,
	struct trouble *why)
{
	int i, error = 0;

	for (i = 0; !error && i < setup->storage_count; i++)
		error = add_storage(&helper->store, setup->storages[i], why);
	if (error)
		return error;
	store_clean(&helper->store);
	helper->program = open_file(setup->program, why);
	helper->disk = open_file(setup->disk, why);
	helper->firmware = open_folder(setup->firmware);
	if (helper->firmware < 0)
		return cannot(why, helper->firmware, "the folder",
			setup->firmware);
	if (helper->program < 0 || helper->disk < 0)
		return -ENOENT;
	make_tun();
	error = open_run(helper, setup->run, why);
	return error ? error : open_groups(helper, setup->cgroup, why);
}

/* It has nothing but the other end. */
static void be_host(int socket)
{
	if (dup2(socket, 3) != 3 || syscall(SYS_close_range, 4, ~0u, 0) ||
	    fcntl(3, F_SETFD, FD_CLOEXEC))
		_exit(1);
	_exit(host_serve(3) ? 1 : 0);
}

static int start_host(struct trouble *why)
{
	int ends[2];
	pid_t process;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return -errno;
	process = fork();
	if (!process)
		be_host(ends[1]);
	close(ends[1]);
	if (process > 0)
		return ends[0];
	close(ends[0]);
	return trouble(why, -errno, "there is no process for the host's "
		"commands: %s", strerror(errno));
}

int helper_serve(const struct helper_setup *setup, int socket,
	struct trouble *why)
{
	static struct helper helper = { .functions = helper_functions };
	int error;

	helper.driver = setup->driver;
	helper.administrators = setup->administrators;
	helper.first_user = setup->first_user;
	helper.users = setup->users;
	jobs_init(&helper.jobs);
	umask(077);
	error = open_all(&helper, setup, why);
	if (error)
		return error;
	helper.host = start_host(why);
	if (helper.host < 0)
		return helper.host;
	error = privileges_drop();
	if (error)
		return trouble(why, error, "the helper cannot give up what it "
			"does not need: %s", strerror(-error));
	error = helper_run(&helper, socket);
	jobs_exit(&helper.jobs);
	return error;
}
