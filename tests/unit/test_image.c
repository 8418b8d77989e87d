/* The files that a definition may name: found, opened, refused. */
/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "image.h"

static int folder;

static void put(const char *path)
{
	int fd = openat(folder, path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	CHECK(fd >= 0 && write(fd, "x", 1) == 1 && !close(fd));
}

static void test_storage(void)
{
	static const char *const storages[] = { "/data", "/data2", "/mnt/a" };
	const char *rest = NULL;

	CHECK(image_storage("/data/x", storages, 3, &rest) == 0);
	CHECK_STRING("x", rest);
	CHECK(image_storage("/data2/x/y", storages, 3, &rest) == 1);
	CHECK_STRING("x/y", rest);
	CHECK(image_storage("/mnt/a/x", storages, 3, &rest) == 2);
	CHECK(image_storage("/mnt/ab", storages, 3, &rest) == -1);
	CHECK(image_storage("/data", storages, 3, &rest) == -1);
	CHECK(image_storage("/etc/data/x", storages, 3, &rest) == -1);
}

static void make_files(void)
{
	struct sockaddr_un address = { AF_UNIX, "image.folder/socket" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	CHECK(!system("rm -rf image.folder") && !mkdir("image.folder", 0700));
	folder = open("image.folder", O_RDONLY | O_DIRECTORY);
	CHECK(folder >= 0 && !mkdirat(folder, "iso", 0700));
	put("disk");
	put("iso/disc");
	put("vm.conf");
	put("secret");
	CHECK(!symlinkat("disk", folder, "link"));
	CHECK(!symlinkat("iso", folder, "linked"));
	CHECK(!symlinkat("/etc", folder, "etc"));
	CHECK(!linkat(folder, "vm.conf", folder, "alias", 0));
	CHECK(!mkfifoat(folder, "fifo", 0600));
	CHECK(fd >= 0 && !bind(fd, (struct sockaddr *)&address,
		sizeof(address)));
	close(fd);
}

static void refused(const char *name, int error, const char *sentence)
{
	struct trouble why = { "" };

	CHECK(image_open(folder, name, true, &why) == error);
	CHECK_STRING(sentence, why.text);
	CHECK(image_open(folder, name, false, NULL) == error);
}

static void test_open(void)
{
	struct stat info, opened;
	int fd = image_open(folder, "iso/disc", true, NULL);

	CHECK(fd >= 0 && !fstat(fd, &opened));
	CHECK(!fstatat(folder, "iso/disc", &info, 0));
	CHECK(info.st_ino == opened.st_ino);
	CHECK(write(fd, "x", 1) < 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC);
	close(fd);
	fd = image_open(folder, "disk", false, NULL);
	CHECK(fd >= 0 && write(fd, "x", 1) == 1);
	close(fd);
}

#define OPENED "cannot be opened: "
#define NO_FILE OPENED "it is no file, or none that a definition may name"
#define PART OPENED "a part of its path is no folder, or a link, which is " \
	"not followed"

static void test_refused(void)
{
	refused("none", -ENOENT, "the file none " OPENED "there is none");
	refused("link", -ELOOP, "the file link " OPENED "it is a link, and "
		"links are not followed");
	refused("linked/disc", -ENOTDIR, "the file linked/disc " PART);
	refused("etc/passwd", -ENOTDIR, "the file etc/passwd " PART);
	refused("disk/x", -ENOTDIR, "the file disk/x " PART);
	refused("iso", -EINVAL, "the file iso " NO_FILE);
	refused("fifo", -EINVAL, "the file fifo " NO_FILE);
	refused("socket", -EINVAL, "the file socket " NO_FILE);
	refused("vm.conf", -EINVAL, "the file vm.conf " NO_FILE);
	refused("alias", -EPERM, "the file alias " OPENED "it is a definition");
	refused("../image.folder/disk", -EINVAL, "the file "
		"../image.folder/disk " NO_FILE);
	refused("iso/../disk", -EINVAL, "the file iso/../disk " NO_FILE);
	refused("/etc/passwd", -EINVAL, "the file /etc/passwd " NO_FILE);
	refused("", -EINVAL, "the file  " NO_FILE);
	refused("iso/", -EINVAL, "the file iso/ " NO_FILE);
}

/* The lowest descriptor that is free. */
static int next_descriptor(void)
{
	int fd = dup(0);

	CHECK(fd >= 0 && !close(fd));
	return fd;
}

int main(void)
{
	int next;

	test_storage();
	make_files();
	next = next_descriptor();
	test_open();
	test_refused();
	CHECK(next == next_descriptor());
	return 0;
}
