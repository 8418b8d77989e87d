/* VMs' folders: made, listed, renamed, deleted; definitions with damage.
 * usage: test_store DOCUMENT ROUNDS [SEED] */
/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "definition.h"
#include "definition_folder.h"
#include "generation.h"
#include "random.h"
#include "store.h"

#define ID "[vm]\nid = f81d4fae-7dec-11d0-a765-00a0c91e6bf6\n"

static struct store store;
static struct trouble why;
static char said[8192];

static void say(void *context, const char *sentence)
{
	(void)context;
	strcat(strcat(said, sentence), "\n");
}

static void put(const char *path, const char *text, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	CHECK(fd >= 0 && write(fd, text, size) == (ssize_t)size && !close(fd));
}

static void put_text(const char *path, const char *text)
{
	put(path, text, strlen(text));
}

static void add(const char *path, const char *folder)
{
	CHECK(!store_add(&store, path, open(folder,
		O_RDONLY | O_DIRECTORY | O_CLOEXEC), NULL));
}

/* Two empty storage folders. */
static void start(void)
{
	store_free(&store);
	CHECK(!system("rm -rf one two && mkdir one two"));
	add("/data/one", "one");
	add("/data/two", "two");
	said[0] = '\0';
}

static void create(int storage, const char *name)
{
	CHECK(!store_create(&store, storage, name, ID, strlen(ID), &why));
}

static void refused(int result, int error, const char *sentence)
{
	CHECK(result == error);
	CHECK_STRING(sentence, why.text);
	why.text[0] = '\0';
}

/* "0:a 1:b ", and what is said. */
static void listed(const char *expected, const char *sentences)
{
	struct store_entry *entries;
	char text[4096] = "";
	int i, count;

	said[0] = '\0';
	count = store_list(&store, &entries, say, NULL, &why);
	CHECK(count >= 0);
	for (i = 0; i < count; i++)
		sprintf(text + strlen(text), "%d:%s ", entries[i].storage,
			entries[i].name);
	free(entries);
	CHECK_STRING(expected, text);
	CHECK_STRING(sentences, said);
}

static void test_storages(void)
{
	int i;
	char path[16];

	start();
	refused(store_add(&store, "data", -1, &why), -EINVAL, "\"data\" is no "
		"storage folder's path: it begins with a slash, ends without "
		"one, and has no part that begins with a dot");
	CHECK(store_add(&store, "/data/", -1, NULL) == -EINVAL);
	CHECK(store_add(&store, "/", -1, NULL) == -EINVAL);
	CHECK(store_add(&store, "/a/../b", -1, NULL) == -EINVAL);
	refused(store_add(&store, "/data", -1, &why), -EINVAL, "the storage "
		"folders /data/one and /data are one in the other");
	CHECK(store_add(&store, "/data/one/x", -1, NULL) == -EINVAL);
	CHECK(store_add(&store, "/data/two", -1, NULL) == -EINVAL);
	CHECK(!store_add(&store, "/data/on", -1, NULL));
	for (i = 3; i < STORE_STORAGES; i++) {
		sprintf(path, "/s%d", i);
		CHECK(!store_add(&store, path, -1, NULL));
	}
	refused(store_add(&store, "/more", -1, &why), -ENOSPC,
		"there are 16 storage folders already");
}

static void test_list(void)
{
	start();
	listed("", "");
	create(1, "web");
	create(0, "mail");
	create(0, "Alpha");
	listed("0:Alpha 0:mail 1:web ", "");
	CHECK(!system("cp -r one/vms/mail two/vms/MAIL; mkdir one/vms/empty; "
		"touch one/vms/file one/vms/.hidden; mkdir 'one/vms/a b'; "
		"ln -s ../../two/vms/web one/vms/link"));
	listed("0:Alpha 0:mail 1:web ", said);
	CHECK(strstr(said, "/data/two/vms/MAIL is left out: there is a VM of "
		"this name already\n"));
	CHECK(strstr(said, "/data/one/vms/empty is no VM: there is no "
		"definition in it\n"));
	CHECK(strstr(said, "/data/one/vms/file is no VM: it is no folder\n"));
	CHECK(strstr(said, "/data/one/vms/link is no VM: it is no folder\n"));
	CHECK(strstr(said, "/data/one/vms/a b is no VM: its name is not one "
		"of a VM's\n"));
	CHECK(!strstr(said, "hidden"));
}

static void test_open(void)
{
	struct store_entry entry;
	int folder;

	start();
	create(1, "web");
	CHECK(!system("mkdir one/vms && ln -s ../../two/vms/web one/vms/link"));
	folder = store_open(&store, "web", &entry, &why);
	CHECK(folder >= 0 && entry.storage == 1);
	CHECK_STRING("web", entry.name);
	close(folder);
	refused(store_open(&store, "none", &entry, &why), -ENOENT,
		"there is no VM \"none\"");
	refused(store_open(&store, "../vms/web", &entry, &why), -EINVAL,
		"the name \"../vms/web\" has a '/'; a VM's has A-Z, a-z, 0-9, "
		"'.', '_' and '-'");
	CHECK(store_open(&store, "link", &entry, NULL) == -ENOTDIR);
}

static void test_create(void)
{
	struct stat info;

	start();
	create(0, "web");
	CHECK(!stat("one/vms/web/vm.conf", &info) && info.st_size ==
		(off_t)strlen(ID) && (info.st_mode & 07777) == 0600);
	CHECK(!stat("one/vms/web", &info) && (info.st_mode & 07777) == 0700);
	refused(store_create(&store, 1, "WEB", ID, 1, &why), -EEXIST, "\"web\" "
		"is there already in /data/one/vms; names that differ only in "
		"case are one");
	CHECK(store_create(&store, 0, "..", ID, 1, NULL) == -EINVAL);
	CHECK(store_create(&store, 0, "a/b", ID, 1, NULL) == -EINVAL);
	CHECK(!system("mkdir one/vms/rest one/vms/none && "
		"touch one/vms/rest/x one/vms/file"));
	CHECK(store_create(&store, 0, "rest", ID, 1, NULL) == -EEXIST);
	CHECK(store_create(&store, 1, "file", ID, 1, NULL) == -EEXIST);
	create(0, "none");
	CHECK(!system("rm -rf two/vms && ln -s ../one/vms two/vms"));
	refused(store_create(&store, 1, "new", ID, 1, &why), -ENOTDIR,
		"/data/two/vms cannot be read: Not a directory");
}

static void test_clean(void)
{
	start();
	create(0, "web");
	CHECK(!system("cd one/vms && mkdir .a.new .b.new .c .d.new.new . .new "
		"2> /dev/null; touch .a.new/vm.conf.new .b.new/x .e.new"));
	store_clean(&store);
	CHECK(!system("cd one/vms && test ! -e .a.new -a -e .b.new/x -a "
		"-e .c -a -e .new -a -e .e.new -a -e web/vm.conf"));
	/* A half one of the same name is in nobody's way. */
	CHECK(!system("cd one/vms && mkdir .a.new && touch .a.new/vm.conf"));
	create(0, "a");
	CHECK(!system("test ! -e one/vms/.a.new"));
}

static void test_rename(void)
{
	start();
	create(0, "web");
	create(1, "mail");
	refused(store_rename(&store, "web", "MAIL", &why), -EEXIST, "\"mail\" "
		"is there already in /data/two/vms; names that differ only in "
		"case are one");
	refused(store_rename(&store, "none", "x", &why), -ENOENT,
		"there is no VM \"none\"");
	CHECK(store_rename(&store, "web", "../x", NULL) == -EINVAL);
	CHECK(!store_rename(&store, "web", "WEB", &why));
	listed("1:mail 0:WEB ", "");
	CHECK(!store_rename(&store, "WEB", "web", &why));
	CHECK(!store_rename(&store, "web", "web", &why));
	CHECK(!store_rename(&store, "mail", "post", &why));
	listed("1:post 0:web ", "");
}

static void test_delete(void)
{
	static const char *const disks[] = { "a.vhdx", "gone.vhdx", "link",
		"folder", "../post/vm.conf", "/etc/hostname", "vm.conf" };

	start();
	create(0, "web");
	create(0, "post");
	CHECK(!system("cd one/vms/web && touch a.vhdx b.vhdx vm.conf.old "
		"vm.conf.bad vm.conf.new && mkdir folder && "
		"ln -s b.vhdx link"));
	refused(store_delete(&store, "none", disks, 7, say, NULL, &why),
		-ENOENT, "there is no VM \"none\"");
	CHECK(!store_delete(&store, "web", disks, 7, say, NULL, &why));
	CHECK(strstr(said, "the folder /data/one/vms/web stays: what else is "
		"in it ("));
	CHECK(!system("cd one/vms/web && test \"$(echo *)\" = "
		"'b.vhdx folder link'"));
	listed("0:post ", "/data/one/vms/web is no VM: there is no definition "
		"in it\n");
	CHECK(!system("touch one/vms/post/a.vhdx"));
	said[0] = '\0';
	CHECK(!store_delete(&store, "post", disks, 1, say, NULL, &why));
	CHECK_STRING("", said);
	CHECK(!system("test ! -e one/vms/post"));
}

/* The value of [vm] notes that counts, and whether the previous one does. */
static void loads(int folder, const char *notes, const char *sentence)
{
	struct definition_source source;
	struct conf *conf = folder_load(folder, &source, &why);

	CHECK(conf);
	CHECK_STRING(notes, conf_value(conf, "vm", "notes", 0));
	CHECK_STRING(sentence, source.why);
	CHECK(source.previous == !!*sentence);
	conf_free(conf);
}

static void save(int folder, const char *notes)
{
	struct definition_source source;
	struct conf *conf = folder_load(folder, &source, NULL);

	CHECK(conf);
	CHECK(!conf_set(conf, "vm", "notes", &notes, 1, NULL, NULL));
	CHECK(!folder_save(folder, conf, &source));
	CHECK(!source.previous && !source.damaged);
	conf_free(conf);
}

#define COUNTS "; the definition before it, vm.conf.old, counts"

static int open_web(void)
{
	struct store_entry entry;
	int folder;

	start();
	create(0, "web");
	folder = store_open(&store, "web", &entry, NULL);
	CHECK(folder >= 0 && !chdir("one/vms/web"));
	return folder;
}

static void close_web(int folder)
{
	close(folder);
	CHECK(!chdir("../../.."));
}

static void test_generations(void)
{
	int folder = open_web();

	save(folder, "1");
	loads(folder, "1", "");
	save(folder, "2");
	save(folder, "3");
	loads(folder, "3", "");
	CHECK(!unlink("vm.conf"));
	loads(folder, "2", "vm.conf is missing" COUNTS);
	/* Nothing is lost by writing then. */
	save(folder, "4");
	loads(folder, "4", "");
	CHECK(access("vm.conf.bad", F_OK) && access("vm.conf.new", F_OK));
	CHECK(!unlink("vm.conf"));
	loads(folder, "2", "vm.conf is missing" COUNTS);
	close_web(folder);
}

static void damage(int folder, const char *text, size_t size,
	const char *sentence)
{
	save(folder, "old");
	save(folder, "new");
	put("vm.conf", text, size);
	loads(folder, "old", sentence);
	/* Nothing has changed by looking. */
	loads(folder, "old", sentence);
	save(folder, "next");
	loads(folder, "next", "");
	CHECK(!unlink("vm.conf"));
	loads(folder, "old", "vm.conf is missing" COUNTS);
}

static void test_damage(void)
{
	static char zeros[8192], many[CONF_FILE_MAX + 1];
	int folder = open_web();

	memset(many, '\n', sizeof(many));
	damage(folder, "", 0, "vm.conf is empty" COUNTS);
	damage(folder, zeros, sizeof(zeros), "vm.conf is damaged: there are "
		"zero bytes in it" COUNTS);
	damage(folder, ID "\0\0", strlen(ID) + 2, "vm.conf is damaged: there "
		"are zero bytes in it" COUNTS);
	damage(folder, "[vm]\nid = 1\n", 12, "vm.conf is no definition: it "
		"has no [vm] id" COUNTS);
	damage(folder, many, sizeof(many), "vm.conf is too long" COUNTS);
	damage(folder, many, 5000, "vm.conf is too long" COUNTS);
	CHECK(!access("vm.conf.bad", F_OK));
	CHECK(!unlink("vm.conf") || errno == ENOENT);
	save(folder, "old");
	save(folder, "new");
	CHECK(!unlink("vm.conf") && !symlink("/etc/hostname", "vm.conf"));
	loads(folder, "old", "vm.conf is a link, which is not followed" COUNTS);
	save(folder, "next");
	CHECK(!unlink("vm.conf") && !mkfifo("vm.conf", 0600));
	loads(folder, "old", "vm.conf is no file" COUNTS);
	close_web(folder);
}

static void test_both_bad(void)
{
	struct definition_source source;
	int folder = open_web();

	put_text("vm.conf", "");
	CHECK(!folder_load(folder, &source, &why) && errno == EBADMSG);
	refused(0, 0, "there is no definition: vm.conf is empty, vm.conf.old "
		"is missing");
	put_text("vm.conf.old", "x");
	CHECK(!folder_load(folder, &source, &why));
	refused(0, 0, "there is no definition: vm.conf is empty, vm.conf.old "
		"is no definition: it has no [vm] id");
	CHECK(!unlink("vm.conf") && !unlink("vm.conf.old"));
	CHECK(!folder_load(folder, &source, NULL) && errno == ENOENT);
	close_web(folder);
}

/* Whatever is in the file, one of the two generations counts. */
static void test_random(long rounds)
{
	static const char good[] = ID "notes = new\n[disk ide0:0]\nfile = a\n"
		"[nic 0]\nmac = 02:53:4f:00:00:01\nvlan = 5\n";
	struct definition_source source;
	static char text[2048];
	int folder = open_web();
	struct conf *conf;
	size_t size;

	for (; rounds; rounds--) {
		memcpy(text, good, sizeof(good));
		size = random_change(text, sizeof(good) - 1, sizeof(text));
		if (!random_below(8))
			memset(text, 0, random_below(size + 1));
		if (!random_below(8))
			size = random_below(size + 1);
		put_text("vm.conf.old", ID "notes = old\n");
		put("vm.conf", text, size);
		conf = folder_load(folder, &source, &why);
		CHECK(conf && !source.previous == !source.damaged);
		CHECK(conf_value(conf, "vm", "id", 0));
		if (source.previous)
			CHECK_STRING("old", conf_value(conf, "vm", "notes", 0));
		conf_free(conf);
	}
	close_web(folder);
}

int main(int arguments, char **argument)
{
	CHECK(arguments >= 3);
	random_state = arguments > 3 ? strtoull(argument[3], NULL, 0) :
		(uint64_t)time(NULL) * 2 + 1;
	CHECK(!system("rm -rf store.folder && mkdir store.folder"));
	CHECK(!chdir("store.folder"));
	test_storages();
	test_list();
	test_open();
	test_create();
	test_clean();
	test_rename();
	test_delete();
	test_generations();
	test_damage();
	test_both_bad();
	printf("stores: seed %llu\n", (unsigned long long)random_state);
	test_random(atol(argument[2]));
	store_free(&store);
	return 0;
}
