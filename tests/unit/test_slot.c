/* What is written of a system to a disk, from media made of files. */
/* SPDX-License-Identifier: MIT */
#include "installer_world.h"
#include "installer_writes.h"

#include <signal.h>
#include <stdint.h>
#include <sys/resource.h>

#include "parts.h"
#include "slot.h"

#define IDENTITY "6a1d2b3c-0001-4002-8003-9abcdef01234"
#define MEDIUM "/proc/self/cwd/medium"

enum { DISK = 8 << 20, IMAGE = 64 << 10, FOLDER = 8192, NAMES = 7 };

/* Where the loader's partition of these tests has the first slot's files. The
 * other slot's come first, at places where nothing may be written. */
static const struct {
	const char *name, *medium;
	uint64_t at, room, entry;
} places[NAMES] = {
	{ "menu.cfg", NULL, 65536, 4096, FOLDER + 64 },
	{ "sums", "sums", 69632, 4096, FOLDER + 96 },
	{ "hyper", "hypervisor", 73728, 8192, FOLDER + 128 },
	{ "linux", "linux", 1 << 20, 1 << 20, FOLDER + 160 },
	{ "initrd", "initramfs", 2 << 20, 3 << 20, FOLDER + 192 },
	{ "ucode", "microcode", 5 << 20, 4096, FOLDER + 224 },
	{ "root.sfs", "root.squashfs", 6 << 20, 1 << 20, FOLDER + 480 },
};

static const size_t sizes[NAMES] = { 0, 300, 8192, 12345, (2 << 20) + 77, 4096,
	1 << 20 };

static char image[IMAGE], expected[DISK], now[DISK], part_bytes[NAMES][3 << 20];
static struct medium medium;
static struct trouble why;

static void put_places(void)
{
	FILE *file = fopen("loader/slots", "w");
	int i;

	CHECK(file);
	for (i = 0; i < NAMES; i++)
		fprintf(file, "b/%s 0 4096 %d\n", places[i].name, FOLDER);
	for (i = 0; i < NAMES; i++)
		fprintf(file, "a/%s %llu %llu %llu\n", places[i].name,
			(unsigned long long)places[i].at,
			(unsigned long long)places[i].room,
			(unsigned long long)places[i].entry);
	CHECK(!fclose(file));
}

/* The medium's file of the index-th place. */
static const char *file_of(int i, bool slot)
{
	static char path[64];

	snprintf(path, sizeof(path), "medium/%s/%s", slot ? "a" : "socle",
		slot ? places[i].name : places[i].medium);
	return path;
}

static void put_medium(bool slot)
{
	int i;
	size_t at;

	CHECK(!system("rm -rf medium"));
	for (i = 1; i < NAMES; i++) {
		for (at = 0; at < sizes[i]; at++)
			part_bytes[i][at] = (char)(at * 7 + at / 251 +
				(size_t)i * 31);
		put(file_of(i, slot), part_bytes[i], sizes[i]);
	}
	snprintf(medium.files, sizeof(medium.files), "%s/%s", MEDIUM,
		slot ? "a" : "socle");
	medium.slot = slot;
}

static void fresh(bool slot)
{
	size_t i;

	begin();
	for (i = 0; i < sizeof(image); i++)
		image[i] = (char)(i * 3 + i / 509);
	put("loader/loader.img", image, sizeof(image));
	put_places();
	text("loader/menu.cfg", "LABEL @\nLINUX /@/linux\nAPPEND socle.disk=% "
		"socle.slot=@\nMENU 100\n");
	put_medium(slot);
	memset(expected, 'x', sizeof(expected));
	put("dev/sda1", expected, sizeof(expected));
	writes_begin(-1, 0);
	why.text[0] = '\0';
}

static void expect_file(int i, const char *bytes, size_t size)
{
	int byte;

	memcpy(expected + places[i].at, bytes, size);
	for (byte = 0; byte < 4; byte++)
		expected[places[i].entry + 28 + (size_t)byte] =
			(char)(size >> 8 * byte);
}

static const char menu[] = "LABEL a\nLINUX /a/linux\nAPPEND socle.disk="
	IDENTITY " socle.slot=a\nMENU 100\n";

/* All of the partition as it has to be; without: no file of that place. */
static void expect_disk(int without)
{
	int i;

	memcpy(expected, image, IMAGE);
	expect_file(0, menu, strlen(menu));
	for (i = 1; i < NAMES; i++)
		if (i != without)
			expect_file(i, part_bytes[i], sizes[i]);
}

static void look(void)
{
	FILE *file = fopen("dev/sda1", "r");

	CHECK(file && fread(now, 1, sizeof(now), file) == sizeof(now));
	CHECK(!fclose(file));
}

static uint64_t told_last, told_of;

static void tell(void *context, uint64_t done, uint64_t of)
{
	CHECK(context == &medium);
	CHECK(done > told_last && done <= of && (!told_of || of == told_of));
	told_last = done;
	told_of = of;
}

static int write_slot(void)
{
	told_last = told_of = 0;
	return slot_write("dev/sda1", &medium, IDENTITY, tell, &medium, &why);
}

static void is_written(int without)
{
	int i;

	CHECK(!write_slot());
	CHECK_STRING("", why.text);
	expect_disk(without);
	look();
	for (i = 0; i < DISK; i++)
		if (now[i] != expected[i]) {
			fprintf(stderr, "byte %d of the disk is %d, not %d\n",
				i, now[i], expected[i]);
			exit(1);
		}
	CHECK(told_last > told_of - told_of / 100);
}

/* Lengths are the last write, and all else is on the disk before. */
static void test_written(void)
{
	fresh(false);
	is_written(-1);
	CHECK(writes.count > 4);
	CHECK(writes.at[writes.count - 1] == SYNC);
	CHECK(writes.at[writes.count - 2] == FOLDER);
	CHECK(writes.size[writes.count - 2] == 512);
	CHECK(writes.at[writes.count - 3] == SYNC);
	fresh(true);
	is_written(-1);
	fresh(false);
	writes.halves = true;
	is_written(-1);
}

/* Whether the sector with the lengths was written. */
static bool has_lengths(void)
{
	int i;

	for (i = 0; i < writes.count; i++)
		if (writes.at[i] == FOLDER && i != writes.fails)
			return true;
	return false;
}

static void refuses(int error, const char *sentence)
{
	CHECK(write_slot() == error);
	CHECK_STRING(sentence, why.text);
	look();
	CHECK(has_lengths() || now[FOLDER] == 'x' ||
		!memcmp(now + FOLDER, image + FOLDER, 512));
}

static void test_missing_parts(void)
{
	char sentence[128];
	int i;

	for (i = 1; i < NAMES; i++) {
		fresh(false);
		CHECK(!unlink(file_of(i, false)));
		if (!strcmp(places[i].name, "ucode")) {
			is_written(i);
			continue;
		}
		snprintf(sentence, sizeof(sentence), MEDIUM "/socle/%s cannot "
			"be read: No such file or directory",
			places[i].medium);
		refuses(-EIO, sentence);
	}
	fresh(false);
	CHECK(!unlink(file_of(2, false)) && !mkdir(file_of(2, false), 0755));
	refuses(-EIO, MEDIUM "/socle/hypervisor cannot be read: Is a "
		"directory");
}

/* A byte too many; none at all is a file, too. */
static void test_room(void)
{
	static char many[4097];
	size_t i;

	fresh(false);
	put(file_of(5, false), many, sizeof(many));
	refuses(-EFBIG, "there is no room for " MEDIUM "/socle/microcode");
	fresh(false);
	put(file_of(4, false), "", 0);
	CHECK(!truncate(file_of(4, false), (3 << 20) + 1));
	refuses(-EFBIG, "there is no room for " MEDIUM "/socle/initramfs");
	look();
	for (i = 5 << 20; i < 6 << 20; i++)
		CHECK(now[i] == 'x');
	fresh(false);
	put(file_of(1, false), "", 0);
	CHECK(!write_slot());
	look();
	CHECK(!memcmp(now + places[1].entry + 28, "\0\0\0\0", 4));
}

static void test_menu(void)
{
	static char many[8192];

	fresh(false);
	CHECK(!unlink("loader/menu.cfg"));
	refuses(-EIO, "the loader's menu cannot be read");
	CHECK(!mkdir("loader/menu.cfg", 0755));
	why.text[0] = '\0';
	refuses(-EIO, "the loader's menu cannot be read");
	fresh(false);
	memset(many, 'm', sizeof(many));
	put("loader/menu.cfg", many, sizeof(many));
	refuses(-EIO, "the loader's menu cannot be read");
	fresh(false);
	memset(many, '%', sizeof(many));
	put("loader/menu.cfg", many, 200);
	refuses(-EIO, "the loader's menu cannot be read");
	fresh(false);
	put("loader/menu.cfg", many, 100);
	CHECK(!write_slot());
	look();
	CHECK(!memcmp(now + places[0].at, IDENTITY IDENTITY, 72));
	CHECK(!memcmp(now + places[0].entry + 28, "\x10\x0e\0\0", 4));
	CHECK(now[places[0].at + 3600] == 'x');
}

static void test_places(void)
{
	fresh(false);
	CHECK(!unlink("loader/loader.img"));
	refuses(-EIO, "the loader's image cannot be read");
	fresh(false);
	CHECK(!truncate("loader/loader.img", FOLDER + 511));
	refuses(-EIO, "the loader's image cannot be read");
	fresh(false);
	CHECK(!unlink("loader/slots"));
	refuses(-EIO, "the loader's image cannot be read");
	fresh(false);
	CHECK(!system("sed -i '/^a.linux/d' loader/slots"));
	refuses(-EIO, "a slot has no place for linux");
	fresh(false);
	CHECK(!system("sed -i '/^a.menu/d' loader/slots"));
	refuses(-EIO, "the loader's image cannot be read");
	/* Its menu's room, too. */
	fresh(false);
	CHECK(!system("sed -i '/^a.menu/s/ 4096 / 10 /' loader/slots"));
	refuses(-EIO, "the loader's menu cannot be read");
	fresh(false);
	CHECK(slot_write("dev/sdb1", &medium, IDENTITY, tell, &medium, &why) ==
		-ENOENT);
	CHECK_STRING("dev/sdb1 cannot be opened: No such file or directory",
		why.text);
}

/* Each write and each wait for the disk fails once. */
static void test_faults(void)
{
	int i, count;

	fresh(false);
	is_written(-1);
	count = writes.count;
	for (i = 0; i < count; i++) {
		fresh(false);
		writes_begin(i, EIO);
		refuses(-EIO, "the disk cannot be written: Input/output error");
		CHECK(writes.count == i + 1);
		CHECK(has_lengths() == (i == count - 1));
	}
}

/* A disk that is smaller than it says. */
static void test_full(void)
{
	struct rlimit limit = { 3 << 20, RLIM_INFINITY };
	struct rlimit none = { RLIM_INFINITY, RLIM_INFINITY };

	fresh(false);
	signal(SIGXFSZ, SIG_IGN);
	CHECK(!setrlimit(RLIMIT_FSIZE, &limit));
	refuses(-EFBIG, "the disk cannot be written: File too large");
	CHECK(!setrlimit(RLIMIT_FSIZE, &none));
	fresh(false);
	CHECK(slot_write("/dev/full", &medium, IDENTITY, tell, &medium, &why)
		== -ENOSPC);
	CHECK_STRING("the disk cannot be written: No space left on device",
		why.text);
}

/* The slot's files, as the file system has them. */
static void mounted(void)
{
	char path[64];
	int i;

	CHECK(!system("rm -rf mounted"));
	text("mounted/a/menu.cfg", menu);
	for (i = 1; i < NAMES; i++) {
		snprintf(path, sizeof(path), "mounted/a/%s", places[i].name);
		put(path, part_bytes[i], sizes[i]);
	}
	why.text[0] = '\0';
}

static int compare(void)
{
	return slot_compare("mounted", &medium, IDENTITY, &why);
}

static void differs(const char *path)
{
	char sentence[128];

	CHECK(compare() == -EIO);
	snprintf(sentence, sizeof(sentence), "what was written does not come "
		"back from the disk: %s", path);
	CHECK_STRING(sentence, why.text);
	mounted();
}

static void change(const char *path, off_t at)
{
	FILE *file = fopen(path, "r+");

	CHECK(file && !fseek(file, at, SEEK_SET));
	CHECK(putc('!', file) != EOF && !fclose(file));
	differs(path);
}

static void test_compare(void)
{
	char path[64];
	int i;

	fresh(false);
	mounted();
	CHECK(!compare());
	for (i = 0; i < NAMES; i++) {
		snprintf(path, sizeof(path), "mounted/a/%s", places[i].name);
		change(path, 0);
		change(path, i ? (off_t)sizes[i] - 1 : 9);
		/* One byte more. */
		change(path, i ? (off_t)sizes[i] : (off_t)strlen(menu));
		CHECK(!truncate(path, i ? (off_t)sizes[i] - 1 : 9));
		differs(path);
		CHECK(!unlink(path));
		differs(path);
		CHECK(!unlink(path) && !mkdir(path, 0755));
		differs(path);
	}
	change("mounted/a/root.sfs", (1 << 16) - 1);
	change("mounted/a/root.sfs", 1 << 16);
	/* What the medium does not have is not looked for. */
	CHECK(!unlink(file_of(5, false)) && !unlink("mounted/a/ucode"));
	CHECK(!compare());
	fresh(true);
	mounted();
	CHECK(!compare());
	/* Another partition's menu. */
	CHECK(slot_compare("mounted", &medium, "1234", &why) == -EIO);
}

/* A program that mounts, and sha256sum as it is in the system, where it takes
 * other words than here. */
static void put_programs(void)
{
	char path[4096];

	text("mounter", "#!/bin/sh\necho \"$@\" >> mounter.log\n"
		"[ \"$1\" = umount ] || cat mounter.says\n");
	text("bin/sha256sum", "#!/bin/sh\n[ \"$*\" = '-c -s -' ] || exit 9\n"
		"PATH=${PATH#bin:}\nexec sha256sum -c --status -\n");
	CHECK(!chmod("mounter", 0755) && !chmod("bin/sha256sum", 0755));
	snprintf(path, sizeof(path), "bin:%s", getenv("PATH"));
	CHECK(!setenv("PATH", path, 1));
}

static void calls(const char *expected_calls)
{
	char said[256];
	FILE *file = fopen("mounter.log", "r");
	size_t got = file ? fread(said, 1, sizeof(said) - 1, file) : 0;

	said[got] = '\0';
	CHECK(file && !fclose(file));
	CHECK_STRING(expected_calls, said);
}

/* Sums of all files, in a list as the build makes it. */
static void sums(const char *change_them)
{
	char command[512];

	put_medium(false);
	snprintf(command, sizeof(command), "cd medium/socle && rm sums && "
		"sha256sum -- * > ../sums && %s && mv ../sums .", change_them);
	CHECK(!system(command));
	CHECK(!system("rm -f mounter.log"));
	text("mounter.says", MEDIUM "/socle\n");
	memset(&medium, 0, sizeof(medium));
	why.text[0] = '\0';
}

static void opens(bool slot)
{
	medium_open(&medium, &why);
	CHECK_STRING("", why.text);
	CHECK_STRING(slot ? MEDIUM "/a" : MEDIUM "/socle", medium.files);
	CHECK(medium.slot == slot);
	calls("mount " MEDIUM "\n");
	medium_close();
	calls("mount " MEDIUM "\numount " MEDIUM "\n");
}

static void no_medium(const char *sentence)
{
	CHECK(medium_open(&medium, &why) == -EIO);
	CHECK_STRING(sentence, why.text);
	CHECK(!*medium.files);
	calls("mount " MEDIUM "\numount " MEDIUM "\n");
}

#define NO_SUM "0000000000000000000000000000000000000000000000000000000000000000"

static void test_sums(void)
{
	put_programs();
	sums("true");
	opens(false);
	/* Names that begin like another, before it and behind it. */
	sums("sed -i '1i " NO_SUM "  linux.old\\n" NO_SUM "  lin\\n" NO_SUM
		"  not-linux' ../sums && echo '" NO_SUM "  linux2' >> ../sums");
	opens(false);
	sums("sed -i '/linux/s/^[^ ]*/" NO_SUM "/' ../sums");
	no_medium("the boot medium is damaged: linux");
	sums("sed -i '/linux/d' ../sums");
	no_medium("the medium says no sum of linux");
	sums("sed -i 's/  linux/  linux.old/' ../sums");
	no_medium("the medium says no sum of linux");
	sums("sed -i '/linux/s/^.//' ../sums");
	no_medium("the boot medium is damaged: linux");
	sums("sed -i '/linux/s/^/0/' ../sums");
	no_medium("the medium says no sum of linux");
	sums("echo nonsense > ../sums");
	no_medium("the medium says no sum of hypervisor");
	sums("head -c 100000 /dev/zero > ../sums");
	no_medium("the medium says no sum of hypervisor");
	sums(": > ../sums");
	no_medium("the medium says no sum of hypervisor");
	/* Without an end of the last line. */
	sums("printf %s \"$(cat ../sums)\" > ../sums");
	opens(false);
}

static void test_damage(void)
{
	char sentence[80];
	int i;

	for (i = 2; i < NAMES; i++) {
		sums("true");
		CHECK(!truncate(file_of(i, false), (off_t)sizes[i] - 1));
		snprintf(sentence, sizeof(sentence), "the boot medium is "
			"damaged: %s", places[i].medium);
		no_medium(sentence);
		/* Also what is not on every medium, once the list has it. */
		sums("true");
		CHECK(!unlink(file_of(i, false)));
		no_medium(sentence);
	}
	sums("rm microcode && sed -i /microcode/d ../sums");
	opens(false);
	sums("sed -i /microcode/d ../sums");
	no_medium("the medium says no sum of microcode");
}

/* An installed system's own slot. */
static void test_from_slot(void)
{
	int i;

	sums("true");
	for (i = 1; i < NAMES; i++) {
		char from[64];

		snprintf(from, sizeof(from), "%s", file_of(i, false));
		CHECK(!mkdir("medium/a", 0755) || errno == EEXIST);
		CHECK(!rename(from, file_of(i, true)));
	}
	text("mounter.says", MEDIUM "/a\n");
	opens(true);
}

static void test_no_medium(void)
{
	sums("true");
	text("mounter.says", "It is not there: put it back.\nx\n");
	CHECK(medium_open(&medium, &why) == -ENOENT);
	CHECK_STRING("It is not there: put it back.", why.text);
	text("mounter.says", "");
	why.text[0] = '\0';
	CHECK(medium_open(&medium, &why) == -ENOENT);
	CHECK_STRING("the boot medium cannot be read", why.text);
	calls("mount " MEDIUM "\nmount " MEDIUM "\n");
}

static void flip(off_t at)
{
	FILE *file = fopen("dev/sda1", "r+");
	int byte;

	CHECK(file && !fseeko(file, at, SEEK_SET));
	byte = getc(file);
	CHECK(!fseeko(file, at, SEEK_SET) && putc(byte ^ 1, file) != EOF);
	CHECK(!fclose(file));
}

/* The loader's own files come back, too; lengths are not its. */
static void test_loader(void)
{
	static const off_t places_of_it[] = { 0, 511, FOLDER - 1,
		FOLDER + 512, IMAGE - 1 };
	size_t i;

	fresh(false);
	CHECK(!write_slot());
	CHECK(!slot_compare_loader("dev/sda1", &why));
	for (i = 0; i < sizeof(places_of_it) / sizeof(*places_of_it); i++) {
		flip(places_of_it[i]);
		CHECK(slot_compare_loader("dev/sda1", &why) == -EIO);
		CHECK_STRING("the loader does not come back from the disk",
			why.text);
		why.text[0] = '\0';
		flip(places_of_it[i]);
	}
	CHECK(!slot_compare_loader("dev/sda1", &why));
	CHECK(!truncate("dev/sda1", IMAGE - 512));
	CHECK(slot_compare_loader("dev/sda1", &why) == -EIO);
	CHECK(slot_compare_loader("dev/none", &why) == -EIO);
}

int main(void)
{
	test_loader();
	test_written();
	test_missing_parts();
	test_room();
	test_menu();
	test_places();
	test_faults();
	test_full();
	test_compare();
	test_sums();
	test_damage();
	test_from_slot();
	test_no_medium();
	return 0;
}
