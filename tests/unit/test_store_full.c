/* VMs' folders on a volume that is full, or read-only: a tmpfs of a mount
 * namespace, which needs root or a user namespace. */
/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "definition_folder.h"
#include "store.h"

#define ID "[vm]\nid = f81d4fae-7dec-11d0-a765-00a0c91e6bf6\n"

static struct store store;
static struct trouble why;

static void make_volume(void)
{
	CHECK(!system("rm -rf full.folder") && !mkdir("full.folder", 0700));
	if (unshare(CLONE_NEWNS))
		CHECK(!unshare(CLONE_NEWUSER | CLONE_NEWNS));
	CHECK(!mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	CHECK(!mount("none", "full.folder", "tmpfs", 0, "size=64k"));
	CHECK(!chdir("full.folder") && !mkdir("one", 0700));
	CHECK(!store_add(&store, "/one", open("one", O_RDONLY | O_DIRECTORY),
		NULL));
}

/* All but so many pages. */
static void fill(int pages)
{
	static const char page[4096];
	int fd = open("rest", O_WRONLY | O_CREAT, 0600);
	off_t size = 0;

	CHECK(fd >= 0);
	while (write(fd, page, sizeof(page)) == sizeof(page))
		size += sizeof(page);
	CHECK(errno == ENOSPC && size >= pages * (off_t)sizeof(page));
	CHECK(!ftruncate(fd, size - pages * (off_t)sizeof(page)));
	close(fd);
}

static int create(const char *name)
{
	return store_create(&store, 0, name, ID, strlen(ID), &why);
}

static int save(const char *notes)
{
	struct definition_source source;
	struct store_entry entry;
	int folder = store_open(&store, "web", &entry, NULL), result;
	struct conf *conf;

	CHECK(folder >= 0);
	conf = folder_load(folder, &source, NULL);
	CHECK(conf && !source.previous);
	CHECK(!conf_set(conf, "vm", "notes", &notes, 1, NULL, NULL));
	result = folder_save(folder, conf, &source);
	conf_free(conf);
	close(folder);
	return result;
}

static void refused(int result, int error, const char *sentence)
{
	CHECK(result == error);
	CHECK_STRING(sentence, why.text);
	why.text[0] = '\0';
}

static void listed(int count)
{
	struct store_entry *entries;

	CHECK(store_list(&store, &entries, NULL, NULL, NULL) == count);
	free(entries);
}

static void test_full(void)
{
	CHECK(!create("web") && !save("first"));
	fill(0);
	refused(create("mail"), -ENOSPC, "the VM \"mail\" cannot be made in "
		"/one/vms: No space left on device");
	CHECK(access("one/vms/.mail.new", F_OK));
	CHECK(save("second") == -ENOSPC);
	CHECK(access("one/vms/web/vm.conf.new", F_OK));
	listed(1);
	/* What needs no space goes on. */
	CHECK(!store_rename(&store, "web", "web2", &why));
	CHECK(!store_rename(&store, "web2", "web", &why));
	CHECK(!unlink("rest") && !save("third"));
}

static void test_read_only(void)
{
	CHECK(!mount("none", ".", NULL, MS_REMOUNT | MS_RDONLY, NULL));
	refused(create("mail"), -EROFS, "the VM \"mail\" cannot be made in "
		"/one/vms: Read-only file system");
	CHECK(save("fourth") == -EROFS);
	CHECK(store_delete(&store, "web", NULL, 0, NULL, NULL, NULL) == -EROFS);
	CHECK(store_rename(&store, "web", "x", NULL) == -EROFS);
	listed(1);
	CHECK(!mount("none", ".", NULL, MS_REMOUNT, NULL));
}

/* Deleting is what makes room. */
static void test_delete(void)
{
	static const char *const disks[] = { "a.vhdx" };

	CHECK(!close(creat("one/vms/web/a.vhdx", 0600)));
	fill(0);
	CHECK(!store_delete(&store, "web", disks, 1, NULL, NULL, &why));
	listed(0);
	CHECK(!create("web"));
}

int main(void)
{
	make_volume();
	test_full();
	test_read_only();
	test_delete();
	store_free(&store);
	return 0;
}
