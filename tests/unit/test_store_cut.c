/*
 * Power cuts and full volumes: every operation on VMs' folders is stopped
 * before each of its calls of the system, and each of them fails once. What was
 * not synchronised is lost, or zeros, or there. Linked with --wrap for the calls;
 * all of it once more where names cannot be exchanged.
 */
/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "definition_folder.h"
#include "store.h"

#define ID "[vm]\nid = f81d4fae-7dec-11d0-a765-00a0c91e6bf6\n"

enum loss { LOSS_NONE, LOSS_ALL, LOSS_ZEROS, LOSSES };
enum { CUT = 42, FILES = 16, PIECE = 13 };

/* What the wrapped calls do. */
static struct {
	int left;		/* calls until it happens; 0: never */
	bool cut;		/* the process ends, else: error */
	int error;
	enum loss loss;
	bool simple;		/* renameat2() is not there */
	int files[FILES];	/* new ones, not yet synchronised */
	int count;
} fault;

int __real_openat(int folder, const char *name, int flags, ...);
int __wrap_openat(int folder, const char *name, int flags, ...);
ssize_t __real_write(int fd, const void *bytes, size_t size);
ssize_t __wrap_write(int fd, const void *bytes, size_t size);
int __wrap_fsync(int fd);
int __real_renameat(int from, const char *name, int to, const char *other);
int __wrap_renameat(int from, const char *name, int to, const char *other);
int __real_unlinkat(int folder, const char *name, int flags);
int __wrap_unlinkat(int folder, const char *name, int flags);
int __real_mkdirat(int folder, const char *name, mode_t mode);
int __wrap_mkdirat(int folder, const char *name, mode_t mode);
long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

static void lose(int fd)
{
	static const char zeros[4096];
	struct stat info;

	CHECK(!fstat(fd, &info) && info.st_size <= (off_t)sizeof(zeros));
	if (fault.loss == LOSS_ALL)
		CHECK(!ftruncate(fd, 0));
	if (fault.loss == LOSS_ZEROS)
		CHECK(pwrite(fd, zeros, info.st_size, 0) == info.st_size);
}

/* True: the call fails. */
static bool fails(void)
{
	if (!fault.left || --fault.left)
		return false;
	if (fault.cut) {
		while (fault.count)
			lose(fault.files[--fault.count]);
		_exit(CUT);
	}
	errno = fault.error;
	return true;
}

static void forget(int fd)
{
	int i;

	for (i = 0; i < fault.count; i++)
		if (fault.files[i] == fd)
			fault.files[i] = fault.files[--fault.count];
}

int __wrap_openat(int folder, const char *name, int flags, ...)
{
	int fd;

	if (!(flags & O_CREAT))
		return __real_openat(folder, name, flags);
	if (fails())
		return -1;
	fd = __real_openat(folder, name, flags, 0600);
	if (fd >= 0) {
		CHECK(fault.count < FILES);
		forget(fd);
		fault.files[fault.count++] = fd;
	}
	return fd;
}

/* In pieces, as it may be. */
ssize_t __wrap_write(int fd, const void *bytes, size_t size)
{
	if (fails())
		return -1;
	return __real_write(fd, bytes, size < PIECE ? size : PIECE);
}

/* The medium of this machine need not be troubled. */
int __wrap_fsync(int fd)
{
	if (fails())
		return -1;
	forget(fd);
	return 0;
}

int __wrap_renameat(int from, const char *name, int to, const char *other)
{
	return fails() ? -1 : __real_renameat(from, name, to, other);
}

int __wrap_unlinkat(int folder, const char *name, int flags)
{
	return fails() ? -1 : __real_unlinkat(folder, name, flags);
}

int __wrap_mkdirat(int folder, const char *name, mode_t mode)
{
	return fails() ? -1 : __real_mkdirat(folder, name, mode);
}

/* renameat2(). */
long __wrap_syscall(long number, ...)
{
	const char *name, *other;
	int from, to, flags;
	va_list list;

	va_start(list, number);
	from = va_arg(list, int);
	name = va_arg(list, const char *);
	to = va_arg(list, int);
	other = va_arg(list, const char *);
	flags = va_arg(list, int);
	va_end(list);
	if (fault.simple) {
		errno = EINVAL;
		return -1;
	}
	return fails() ? -1 :
		__real_syscall(number, from, name, to, other, flags);
}

static struct store store;

static int save(int folder, const char *notes)
{
	struct definition_source source;
	struct conf *conf = folder_load(folder, &source, NULL);
	int result;

	CHECK(conf);
	CHECK(!conf_set(conf, "vm", "notes", &notes, 1, NULL, NULL));
	result = folder_save(folder, conf, &source);
	conf_free(conf);
	return result;
}

static int open_web(const char *name)
{
	struct store_entry entry;

	return store_open(&store, name, &entry, NULL);
}

static int save_web(const char *notes)
{
	int folder = open_web("web"), result;

	CHECK(folder >= 0);
	result = save(folder, notes);
	close(folder);
	return result;
}

/* The notes that count. */
static bool notes_are(const char *name, const char *notes)
{
	int folder = open_web(name);
	struct definition_source source;
	struct conf *conf;
	const char *is;
	bool same;

	if (folder < 0)
		return false;
	conf = folder_load(folder, &source, NULL);
	close(folder);
	CHECK(conf);
	is = conf_value(conf, "vm", "notes", 0);
	same = is && !strcmp(is, notes);
	conf_free(conf);
	return same;
}

static bool there(const char *path)
{
	struct stat info;

	return !lstat(path, &info);
}

/* An operation: what is before it, itself, and what may be after it. */

static void before_create(void)
{
}

static int do_create(void)
{
	return store_create(&store, 0, "web", ID "notes = new\n",
		sizeof(ID "notes = new\n") - 1, NULL);
}

static void after_create(bool done, bool cut)
{
	bool made = there("one/vms/web");

	if (made)
		CHECK(notes_are("web", "new"));
	CHECK(!done || made);
	CHECK(done || cut || !made);
	/* A failure leaves nothing even without that. */
	if (cut)
		store_clean(&store);
	CHECK(!there("one/vms/.web.new"));
	if (made)
		return;
	CHECK(!there("one/vms") || !rmdir("one/vms"));
	CHECK(!do_create());
}

static void before_save(void)
{
	CHECK(!do_create() && !save_web("older") && !save_web("old"));
}

static int do_save(void)
{
	return save_web("changed");
}

static void after_save(bool done, bool cut)
{
	bool changed = notes_are("web", "changed");

	CHECK(done ? changed : changed || notes_are("web", "old"));
	CHECK(cut || !there("one/vms/web/vm.conf.new"));
	CHECK(!save_web("next") && notes_are("web", "next"));
	CHECK(!unlink("one/vms/web/vm.conf"));
	CHECK(notes_are("web", changed ? "changed" : "old"));
}

/* The one before counts, and must not be lost. */
static void before_repair(void)
{
	before_save();
	CHECK(!truncate("one/vms/web/vm.conf", 10));
	CHECK(notes_are("web", "older"));
}

static void after_repair(bool done, bool cut)
{
	bool changed = notes_are("web", "changed");

	CHECK(done ? changed : changed || notes_are("web", "older"));
	CHECK(cut || !there("one/vms/web/vm.conf.new"));
	if (done)
		CHECK(there("one/vms/web/vm.conf.bad"));
	CHECK(!save_web("next") && notes_are("web", "next"));
}

static int do_rename(void)
{
	return store_rename(&store, "web", "mail", NULL);
}

static void after_rename(bool done, bool cut)
{
	bool renamed = there("one/vms/mail");

	(void)cut;
	CHECK(!done || renamed);
	CHECK(renamed != there("one/vms/web"));
	CHECK(notes_are(renamed ? "mail" : "web", "old"));
}

static void before_delete(void)
{
	before_save();
	close(creat("one/vms/web/a.vhdx", 0600));
	close(creat("one/vms/web/b.vhdx", 0600));
	close(creat("one/vms/web/vm.conf.bad", 0600));
}

static int do_delete(void)
{
	static const char *const disks[] = { "a.vhdx", "b.vhdx" };

	return store_delete(&store, "web", disks, 2, NULL, NULL, NULL);
}

static void after_delete(bool done, bool cut)
{
	int folder = open_web("web");

	(void)cut;
	CHECK(!done || !there("one/vms/web"));
	if (folder >= 0) {
		close(folder);
		CHECK(!do_delete());
	}
	CHECK(!do_create());
}

static const struct operation {
	const char *name;
	void (*before)(void);
	int (*act)(void);
	void (*after)(bool done, bool cut);
} operations[] = {
	{ "create", before_create, do_create, after_create },
	{ "save", before_save, do_save, after_save },
	{ "repair", before_repair, do_save, after_repair },
	{ "rename", before_save, do_rename, after_rename },
	{ "delete", before_delete, do_delete, after_delete },
};

static int remove_one(const char *path, const struct stat *info, int type,
	struct FTW *place)
{
	(void)info;
	(void)type;
	(void)place;
	return remove(path);
}

static void start(const struct operation *operation)
{
	store_free(&store);
	CHECK(!nftw("one", remove_one, 8, FTW_DEPTH | FTW_PHYS) ||
		errno == ENOENT);
	CHECK(!mkdir("one", 0700));
	CHECK(!store_add(&store, "/one", open("one", O_RDONLY | O_DIRECTORY),
		NULL));
	operation->before();
}

/* False: it ended before its call number `call`. */
static bool cut(const struct operation *operation, int call, enum loss loss)
{
	int status;
	pid_t child;

	start(operation);
	fflush(stdout);
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		fault.left = call;
		fault.cut = true;
		fault.loss = loss;
		fault.count = 0;
		_exit(operation->act() ? 1 : 0);
	}
	CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
	status = WEXITSTATUS(status);
	CHECK(status == 0 || status == CUT);
	operation->after(!status, true);
	return status == CUT;
}

/* False: there is no call number `call`. */
static bool fail(const struct operation *operation, int call, int error)
{
	int result;

	start(operation);
	fault.left = call;
	fault.error = error;
	result = operation->act();
	call = fault.left;
	fault.left = 0;
	operation->after(!result, false);
	return !call;
}

static void try(const struct operation *operation)
{
	static const int errors[] = { ENOSPC, EDQUOT, EIO };
	int call, loss, cuts = 0;
	size_t i;

	for (loss = 0; loss < LOSSES; loss++)
		for (call = 1; cut(operation, call, loss); call++)
			cuts++;
	for (i = 0; i < sizeof(errors) / sizeof(*errors); i++)
		for (call = 1; fail(operation, call, errors[i]); call++)
			;
	CHECK(cuts);
	printf("%s: %d cuts\n", operation->name, cuts);
}

int main(void)
{
	size_t i;

	CHECK(!system("rm -rf cut.folder && mkdir cut.folder"));
	CHECK(!chdir("cut.folder"));
	for (i = 0; i < 2 * sizeof(operations) / sizeof(*operations); i++) {
		fault.simple = i % 2;
		try(&operations[i / 2]);
	}
	store_free(&store);
	return 0;
}
