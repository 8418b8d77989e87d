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
	return 0;
}
