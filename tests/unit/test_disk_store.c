/* Image files: what is refused, and what is left of one that is not made. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "check.h"
#include "store.h"

static struct store store;

static bool is_there(const char *path)
{
	struct stat stat;

	return !lstat(path, &stat);
}

static void make(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);

	CHECK(fd >= 0 && write(fd, path, 1) == 1 && close(fd) == 0);
}

static void test_finish(void)
{
	CHECK(store_create(&store, "one.raw") == 0);
	CHECK(is_there("one.raw.new") && !is_there("one.raw"));
	CHECK(store_finish(&store) == 0);
	CHECK(is_there("one.raw") && !is_there("one.raw.new"));
	CHECK(unlink("one.raw") == 0);
	CHECK(store_create(&store, "one.raw") == 0);
	store_drop(&store);
	CHECK(!is_there("one.raw") && !is_there("one.raw.new"));
}

/* Somebody else was faster: his stays, ours goes. */
static void test_late(void)
{
	struct stat stat;

	CHECK(store_create(&store, "one.raw") == 0);
	make("one.raw");
	CHECK(store_finish(&store) == -EEXIST);
	CHECK(!is_there("one.raw.new"));
	CHECK(lstat("one.raw", &stat) == 0 && stat.st_size == 1);
	CHECK(unlink("one.raw") == 0);
}

/* A link to nowhere is there, too. */
static void test_taken(void)
{
	make("one.raw");
	CHECK(symlink("nowhere", "link.raw") == 0);
	CHECK(store_create(&store, "one.raw") == -EEXIST);
	CHECK(store_create(&store, "link.raw") == -EEXIST);
	CHECK(!is_there("one.raw.new") && !is_there("link.raw.new"));
	CHECK(unlink("one.raw") == 0 && unlink("link.raw") == 0);
	make("one.raw.new");
	CHECK(store_create(&store, "one.raw") == -EEXIST);
	CHECK(is_there("one.raw.new") && unlink("one.raw.new") == 0);
}

/* Devices are mostly named by links. This one has no driver. */
static void test_device(void)
{
	if (geteuid()) {
		printf("test_disk_store: only root makes devices\n");
		return;
	}
	CHECK(mknod("device", S_IFBLK | 0600, makedev(60, 0)) == 0);
	CHECK(symlink("device", "link.raw") == 0);
	CHECK(store_create(&store, "device") != -EEXIST);
	CHECK(store_create(&store, "link.raw") != -EEXIST);
	CHECK(is_there("link.raw") && !is_there("link.raw.new"));
	CHECK(unlink("device") == 0 && unlink("link.raw") == 0);
}

static void test_open(void)
{
	struct store other;

	CHECK(store_open(&store, "one.raw", true) == -ENOENT);
	CHECK(mkdir("folder", 0700) == 0 && mkfifo("fifo", 0600) == 0);
	CHECK(store_open(&store, "folder", true) == -EINVAL);
	CHECK(store_open(&store, "folder", false) == -EISDIR);
	CHECK(store_open(&store, "fifo", true) == -EINVAL);
	CHECK(store_open(&store, "fifo", false) == -EINVAL);
	CHECK(store_open(&store, "/dev/null", true) == -EINVAL);
	CHECK(rmdir("folder") == 0 && unlink("fifo") == 0);
	make("one.raw");
	CHECK(store_open(&store, "one.raw", true) == 0);
	CHECK(store_open(&other, "one.raw", true) == 0);
	store_close(&other);
	CHECK(store_open(&other, "one.raw", false) == -EWOULDBLOCK);
	store_close(&store);
	CHECK(store_open(&other, "one.raw", false) == 0);
	CHECK(store_open(&store, "one.raw", true) == -EWOULDBLOCK);
	store_close(&other);
	CHECK(unlink("one.raw") == 0);
}

int main(void)
{
	char folder[] = "/tmp/test_disk_store.XXXXXX";

	CHECK(mkdtemp(folder) && chdir(folder) == 0);
	test_finish();
	test_late();
	test_taken();
	test_device();
	test_open();
	CHECK(rmdir(folder) == 0);
	return 0;
}
