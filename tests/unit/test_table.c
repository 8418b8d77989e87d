/* The first sector of a disk that is installed on, and its partitions. */
/* SPDX-License-Identifier: MIT */
#include "installer_world.h"
#include "installer_writes.h"

#include "table.h"

enum { SECTOR = 512, CODE = 440, MB = 1 << 20, DISK = 4 * MB };

#define INTERRUPTED "the code that says: interrupted"

static char before[DISK], now[DISK], expected[DISK];

/* A disk with something in each byte, and what is written before the system. */
static void fresh(void)
{
	char code[CODE];

	begin();
	memset(before, 'x', sizeof(before));
	put("dev/sda", before, sizeof(before));
	memset(code, 'i', sizeof(code));
	memcpy(code, INTERRUPTED, strlen(INTERRUPTED));
	put("loader/interrupted.bin", code, sizeof(code));
	text("loader/gptmbr.bin", "the loader");
	writes_begin(-1, 0);
}

static void look(void)
{
	FILE *file = fopen("dev/sda", "r");

	CHECK(file && fread(now, 1, sizeof(now), file) == sizeof(now));
	CHECK(!fclose(file));
}

static void signature(char *sector)
{
	sector[510] = 0x55;
	sector[511] = (char)0xaa;
}

static void test_interrupt(void)
{
	struct trouble why = { "" };

	fresh();
	CHECK(!table_interrupted("dev/sda"));
	CHECK(!table_interrupt("dev/sda", &why));
	look();
	memset(expected, 0, sizeof(expected));
	memset(expected, 'i', CODE);
	memcpy(expected, INTERRUPTED, strlen(INTERRUPTED));
	signature(expected);
	/* And where the first partition begins; the others are beyond it. */
	memset(expected + 2 * MB, 'x', DISK - 3 * MB);
	CHECK(!memcmp(now, expected, DISK));
	CHECK(table_interrupted("dev/sda"));
	/* It comes first, alone and at once, and is there before more is. */
	CHECK(writes.at[0] == SYNC && writes.at[1] == 0);
	CHECK(writes.size[1] == SECTOR && writes.at[2] == SYNC);
	CHECK(writes.at[3] == SECTOR && writes.size[3] == MB - SECTOR);
	CHECK(writes.at[4] == DISK - MB && writes.size[4] == MB);
	CHECK(writes.at[5] == MB && writes.size[5] == MB);
	CHECK(writes.at[6] == SYNC && writes.count == 7);
}

/* What partitions stand in it stays. */
static void test_finish(void)
{
	struct trouble why = { "" };

	fresh();
	CHECK(!table_finish("dev/sda", &why));
	look();
	memcpy(expected, before, sizeof(before));
	memset(expected, 0, CODE);
	memcpy(expected, "the loader", 10);
	signature(expected);
	CHECK(!memcmp(now, expected, DISK));
	CHECK(writes.at[0] == SYNC && writes.at[1] == 0);
	CHECK(writes.size[1] == SECTOR && writes.at[2] == SYNC);
	CHECK(writes.count == 3);
	fresh();
	CHECK(!table_interrupt("dev/sda", &why));
	CHECK(!table_finish("dev/sda", &why));
	CHECK(!table_interrupted("dev/sda"));
}

/* Each write and each wait for the disk fails once: it is told, nothing comes
 * after it, and the disk is either what it was or interrupted. */
static void test_faults(void)
{
	static const char sentence[] = "dev/sda cannot be written: "
		"Input/output error";
	int i;

	for (i = 0; i < 6; i++) {
		struct trouble why = { "" };

		fresh();
		writes_begin(i, EIO);
		CHECK(table_interrupt("dev/sda", &why) == -EIO);
		CHECK_STRING(sentence, why.text);
		CHECK(writes.count == i + 1);
		look();
		CHECK(table_interrupted("dev/sda") == (i > 1));
		if (i <= 1)
			CHECK(!memcmp(now, before, DISK));
	}
	for (i = 0; i < 3; i++) {
		struct trouble why = { "" };

		fresh();
		CHECK(!table_interrupt("dev/sda", &why));
		writes_begin(i, EIO);
		CHECK(table_finish("dev/sda", &why) == -EIO);
		CHECK_STRING(sentence, why.text);
		CHECK(table_interrupted("dev/sda") == (i <= 1));
	}
}

static void test_short_writes(void)
{
	struct trouble why = { "" };

	fresh();
	writes.halves = true;
	CHECK(table_interrupt("dev/sda", &why) == -EIO);
	CHECK_STRING("dev/sda cannot be written: Input/output error", why.text);
}

static int refuses(const char *sentence, bool finish)
{
	struct trouble why = { "" };
	int result = finish ? table_finish("dev/sda", &why) :
		table_interrupt("dev/sda", &why);

	CHECK_STRING(sentence, why.text);
	look();
	CHECK(!memcmp(now, before, DISK));
	return result;
}

static void test_missing(void)
{
	struct trouble why = { "" };

	fresh();
	CHECK(!unlink("loader/interrupted.bin"));
	CHECK(refuses("loader/interrupted.bin cannot be read", false) == -EIO);
	CHECK(!table_interrupted("dev/sda"));
	text("loader/interrupted.bin", "");
	CHECK(refuses("loader/interrupted.bin cannot be read", false) == -EIO);
	CHECK(!unlink("loader/gptmbr.bin"));
	CHECK(refuses("loader/gptmbr.bin cannot be read", true) == -EIO);
	fresh();
	CHECK(table_interrupt("dev/sdb", &why) == -ENOENT);
	CHECK_STRING("dev/sdb cannot be written: No such file or directory",
		why.text);
	CHECK(!table_interrupted("dev/sdb"));
	/* Less than both ends. */
	CHECK(!truncate("dev/sda", 2 * MB - 1));
	why.text[0] = '\0';
	CHECK(table_interrupt("dev/sda", &why) < 0);
	CHECK(!truncate("dev/sda", CODE - 1));
	CHECK(!table_interrupted("dev/sda"));
	why.text[0] = '\0';
	CHECK(table_finish("dev/sda", &why) < 0);
}

/* Nearly what is written is another's. */
static void test_another(void)
{
	struct trouble why = { "" };
	FILE *file;
	int i;

	for (i = 0; i < CODE; i += CODE - 1) {
		fresh();
		CHECK(!table_interrupt("dev/sda", &why));
		file = fopen("dev/sda", "r+");
		CHECK(file && !fseek(file, i, SEEK_SET));
		CHECK(putc('?', file) == '?' && !fclose(file));
		CHECK(!table_interrupted("dev/sda"));
	}
}

static void is_device(const char *disk_path, enum table_partition partition,
	const char *wanted)
{
	char path[80];

	table_device(disk_path, partition, path, sizeof(path));
	CHECK_STRING(wanted, path);
}

static void test_devices(void)
{
	is_device("/dev/sda", TABLE_LOADER, "/dev/sda1");
	is_device("/dev/sdab", TABLE_CONFIG, "/dev/sdab2");
	is_device("/dev/vda", TABLE_DATA, "/dev/vda3");
	is_device("/dev/nvme0n1", TABLE_LOADER, "/dev/nvme0n1p1");
	is_device("/dev/mmcblk0", TABLE_DATA, "/dev/mmcblk0p3");
}

/* What the kernel has of it. */
static void kernel(const char *partition, const char *start, const char *size)
{
	char path[64];

	snprintf(path, sizeof(path), "block/sda/%s/start", partition);
	text(path, start);
	snprintf(path, sizeof(path), "block/sda/%s/size", partition);
	text(path, size);
}

/* What sfdisk gets; that it takes it is seen on machines. */
static char *asked(bool data, int status)
{
	struct trouble why = { "" };
	static char said[1024];
	char script[128];
	size_t got;
	FILE *file;

	snprintf(script, sizeof(script), "#!/bin/sh\n{ echo \"$@\"; cat; } > "
		"asked\necho It is so >&2\nexit %d\n", status);
	text("bin/sfdisk", script);
	CHECK(!chmod("bin/sfdisk", 0755));
	CHECK(!system("rm -rf block/sda"));
	kernel("sda1", "2048\n", "1048576\n");
	kernel("sda2", "1050624\n", "131072\n");
	if (data)
		kernel("sda3", "1181696\n", "7000000\n");
	CHECK(table_make("dev/sda", "6a1d2b3c-0001-4002-8003-9abcdef01234",
		data, &why) == (status ? -EIO : 0));
	CHECK_STRING(status ? "the partitions: It is so" : "", why.text);
	file = fopen("asked", "r");
	got = file ? fread(said, 1, sizeof(said) - 1, file) : 0;
	said[got] = '\0';
	CHECK(file && !fclose(file));
	return said;
}

#define LAYOUT "-q --wipe never --wipe-partitions never dev/sda\nlabel: gpt\n" \
	"start=2048, size=1048576, type=uefi, " \
	"uuid=6a1d2b3c-0001-4002-8003-9abcdef01234, name=socle-loader, " \
	"attrs=LegacyBIOSBootable\nsize=131072, type=linux, name=socle-config\n"

static void test_make(void)
{
	char path[4096];

	snprintf(path, sizeof(path), "bin:%s", getenv("PATH"));
	CHECK(!setenv("PATH", path, 1));
	CHECK_STRING(LAYOUT "type=linux, name=socle-data\n", asked(true, 0));
	CHECK_STRING(LAYOUT, asked(false, 0));
	asked(true, 1);
}

static void kernel_keeps(const char *partition, const char *start,
	const char *size)
{
	struct trouble why = { "" };

	kernel("sda1", "2048\n", "1048576\n");
	kernel("sda2", "1050624\n", "131072\n");
	kernel("sda3", "1181696\n", "7000000\n");
	kernel(partition, start, size);
	CHECK(table_make("dev/sda", "6a1d2b3c-0001-4002-8003-9abcdef01234",
		true, &why) == -EBUSY);
	CHECK_STRING("the kernel does not take the partitions: something has "
		"one of dev/sda open", why.text);
}

/* What was on the disk before, as far as the kernel knows. */
static void test_old_partitions(void)
{
	struct trouble why = { "" };

	text("bin/sfdisk", "#!/bin/sh\nexit 0\n");
	kernel_keeps("sda1", "2049\n", "1048576\n");
	kernel_keeps("sda1", "2048\n", "1048577\n");
	kernel_keeps("sda2", "1050624\n", "131073\n");
	kernel_keeps("sda3", "1181697\n", "7000000\n");
	kernel_keeps("sda3", "1181696\n", "0\n");
	/* The third is not to be there; and it goes while one waits. */
	kernel("sda3", "1181696\n", "7000000\n");
	CHECK(table_make("dev/sda", "6a1d2b3c-0001-4002-8003-9abcdef01234",
		false, &why) == -EBUSY);
	text("bin/sfdisk", "#!/bin/sh\n(sleep 0.5; rm -r block/sda/sda3) &\n");
	CHECK(!table_make("dev/sda", "6a1d2b3c-0001-4002-8003-9abcdef01234",
		false, &why));
}

int main(void)
{
	test_interrupt();
	test_finish();
	test_faults();
	test_short_writes();
	test_missing();
	test_another();
	test_devices();
	test_make();
	test_old_partitions();
	return 0;
}
