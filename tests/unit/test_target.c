/* Which disk an installation without a question goes to, on machines made of
 * files. */
/* SPDX-License-Identifier: MIT */
#include "installer_world.h"

#include <fcntl.h>

#include "keys.h"
#include "plan.h"
#include "table.h"
#include "target.h"

enum { MB = 1 << 20, DEVICE = 4 * MB };

#define IDENTITY "6a1d2b3c-0001-4002-8003-9abcdef01234"

/* What the disk has: nothing, 4 MB of it. */
static void device(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "dev/%s", name);
	put(path, "", 0);
	CHECK(!truncate(path, DEVICE));
}

static void device_byte(const char *name, off_t at, char byte)
{
	char path[64];
	int file;

	snprintf(path, sizeof(path), "dev/%s", name);
	file = open(path, O_WRONLY);
	CHECK(file >= 0 && pwrite(file, &byte, 1, at) == 1 && !close(file));
}

/* A SATA disk of 500 GB, an NVMe disk of 2 TB, a stick of 4 GB: all empty. */
static void three(void)
{
	begin();
	disk("sda", "pci0/ata1/host0", "976773168\n");
	text("block/sda/device/model", "Samsung SSD 870\n");
	disk("sdb", "pci0/usb1/1-1/host6", "7864320\n");
	text("block/sdb/device/vendor", "SanDisk\n");
	text("block/sdb/device/model", "Ultra Fit\n");
	disk("nvme0n1", "pci0/nvme/nvme0", "3907029168\n");
	text("block/nvme0n1/serial", "S4EWNX0\n");
	text("loader/interrupted.bin", "interrupted");
	device("sda");
	device("sdb");
	device("nvme0n1");
}

static struct plan plan;
static struct trouble why;
static enum plan_after after;
static char *told; /* problems, a line each */

static int read_plan(const char *settings)
{
	size_t size;
	FILE *log;
	int result;

	free(told);
	log = open_memstream(&told, &size);
	CHECK(log);
	text("conf", settings);
	why.text[0] = '\0';
	result = plan_read(&plan, "conf", &after, log, &why);
	CHECK(!fclose(log));
	CHECK(!result == !why.text[0]);
	return result;
}

static void picks(const char *rules, const char *name)
{
	char settings[512];

	snprintf(settings, sizeof(settings), "[install]\n%s\n", rules);
	read_plan(settings);
	CHECK_STRING("", why.text);
	CHECK_STRING(name, plan.disk.name);
	plan_free(&plan);
}

static void refuses(const char *rules, const char *sentence)
{
	char settings[512];

	snprintf(settings, sizeof(settings), "[install]\n%s\n", rules);
	read_plan(settings);
	CHECK_STRING(sentence, why.text);
	plan_free(&plan);
}

static void test_rules(void)
{
	three();
	picks("bus = SATA", "sda");
	picks("bus = nvme", "nvme0n1");
	picks("bus = usb", "sdb");
	picks("least = 1 TB", "nvme0n1");
	picks("least = 500 GB\nmost = 501 GB", "sda");
	picks("most = 5 GB", "sdb");
	picks("model = Samsung*", "sda");
	picks("model = SanDisk Ultra Fit", "sdb");
	picks("model = *Fit", "sdb");
	/* Some makers put words into columns; what the report shows is copied. */
	text("block/sda/device/model", "Samsung   SSD\t870 \n");
	picks("model = Samsung SSD 870", "sda");
	picks("model = Samsung   SSD 870", "sda");
	text("block/sda/device/model", "Samsung SSD 870\n");
	picks("serial = S4EWNX0", "nvme0n1");
	picks("bus = SATA\nleast = 100 GB\nmost = 1 TB\nmodel = *870", "sda");
	refuses("model = Samsung", "no disk is what [install] says (nvme0n1: "
		"another model, sda: another model, sdb: another model)");
	refuses("serial = s4ewnx0", "no disk is what [install] says (nvme0n1: "
		"another serial number, sda: another serial number, sdb: "
		"another serial number)");
	refuses("serial = S4EWNX", "no disk is what [install] says (nvme0n1: "
		"another serial number, sda: another serial number, sdb: "
		"another serial number)");
	refuses("bus = SATA\nleast = 1 TB", "no disk is what [install] says "
		"(nvme0n1: another bus, sda: smaller than least, sdb: another "
		"bus)");
	refuses("bus = SATA\nmost = 500 GB", "no disk is what [install] says "
		"(nvme0n1: another bus, sda: larger than most, sdb: another "
		"bus)");
	refuses("bus = SAS", "no disk is what [install] says (nvme0n1: another "
		"bus, sda: another bus, sdb: another bus)");
	refuses("", "several disks are what [install] says (nvme0n1, sda, "
		"sdb): say more of the one");
	refuses("least = 100 GB", "several disks are what [install] says "
		"(nvme0n1, sda): say more of the one");
}

static void test_names(void)
{
	struct disk *disks;
	int count;

	three();
	count = disks_read(&disks);
	CHECK(count == 3);
	CHECK(disk_named(disks, count, "sdb") == &disks[2]);
	CHECK(disk_named(disks, count, "/dev/sdb") == &disks[2]);
	CHECK(!disk_named(disks, count, "/dev/"));
	CHECK(!disk_named(disks, count, "dev/sdb"));
	CHECK(!disk_named(disks, count, "sdb1"));
	CHECK(!disk_named(disks, -1, "sdb"));
	free(disks);
}

/* To the byte: sizes are those of the rule and not near it. */
static void test_edges(void)
{
	three();
	text("block/sda/size", "976562500\n"); /* 500 GB */
	picks("bus = SATA\nleast = 500 GB\nmost = 500 GB", "sda");
	text("block/sda/size", "976562501\n");
	refuses("bus = SATA\nmost = 500 GB", "no disk is what [install] says "
		"(nvme0n1: another bus, sda: larger than most, sdb: another "
		"bus)");
	text("block/sda/size", "976562499\n");
	refuses("bus = SATA\nleast = 500 GB", "no disk is what [install] says "
		"(nvme0n1: another bus, sda: smaller than least, sdb: another "
		"bus)");
	text("block/sda/size", "3710938\n"); /* just DISK_LEAST */
	picks("bus = SATA", "sda");
}

/* A machine with none at all, and with so many that no sentence holds them. */
static void test_numbers(void)
{
	char name[8];
	int i;

	begin();
	refuses("", "no disk is what [install] says");
	for (i = 0; i < 26; i++) {
		snprintf(name, sizeof(name), "sd%c", 'a' + i);
		disk(name, "pci0/ata1/host0", "976773168\n");
		device(name);
	}
	CHECK(read_plan("[install]\n"));
	CHECK(strstr(why.text, "several disks are what [install] says (sda, "));
	plan_free(&plan);
	CHECK(read_plan("[install]\nbus = USB\n"));
	CHECK(strstr(why.text, "(sda: another bus, sdb: another bus, "));
	plan_free(&plan);
	CHECK(!system("rm -rf block"));
	refuses("", "the disks cannot be read: No such file or directory");
}

/* All that says of itself that it is none to install on. */
static void test_not_these(void)
{
	three();
	text("block/sda/ro", "1\n");
	refuses("bus = SATA", "no disk is what [install] says (nvme0n1: "
		"another bus, sda: it is read-only, sdb: another bus)");
	three();
	text("block/sda/size", "3710937\n");
	refuses("bus = SATA", "no disk is what [install] says (nvme0n1: "
		"another bus, sda: too small for an installation, sdb: "
		"another bus)");
	text("block/sda/size", "0\n");
	refuses("bus = SATA", "no disk is what [install] says (nvme0n1: "
		"another bus, sda: it cannot be read, sdb: another bus)");
	three();
	text("blkid", "/dev/sda: LABEL=\"SOCLE_b9612941c25a\" "
		"TYPE=\"iso9660\"\n");
	refuses("bus = SATA\noverwrite = yes", "no disk is what [install] says "
		"(nvme0n1: another bus, sda: a boot medium of Socle Server, "
		"sdb: another bus)");
	/* Not quite one. */
	text("blkid", "/dev/sda: LABEL=\"SOCLE_b9612941c25\" "
		"TYPE=\"iso9660\"\n");
	picks("bus = SATA\noverwrite = yes", "sda");
	text("blkid", "/dev/sda: LABEL=\"SOCLE_b9612941c25a\" "
		"TYPE=\"vfat\"\n");
	picks("bus = SATA\noverwrite = yes", "sda");
}

static void used_by(const char *mounts, bool used)
{
	text("mounts", mounts);
	if (used)
		refuses("bus = SATA\noverwrite = yes", "no disk is what "
			"[install] says (nvme0n1: another bus, sda: in use, "
			"sdb: another bus)");
	else
		picks("bus = SATA\noverwrite = yes", "sda");
}

/* What a live system has its settings from may go; nothing else that is used,
 * whatever came first. */
static void test_used(void)
{
	three();
	used_by("/dev/sda1 /mnt ext4 rw 0 0\n", true);
	used_by("/dev/sda /mnt ext4 rw 0 0\n", true);
	used_by("/dev/sda2 /config ext4 rw 0 0\n", false);
	used_by("/dev/sda2 /config/x ext4 rw 0 0\n", true);
	used_by("/dev/sda2 /config ext4 rw 0 0\n"
		"/dev/sda3 /volumes/data ext4 rw 0 0\n", true);
	used_by("/dev/sda3 /volumes/data ext4 rw 0 0\n"
		"/dev/sda2 /config ext4 rw 0 0\n", true);
	used_by("/dev/sdaa1 /mnt ext4 rw 0 0\n/dev/sd /mnt ext4 rw 0 0\n"
		"tmpfs /dev/sda1 tmpfs rw 0 0\n", false);
	text("block/sda/sda1/partition", "1\n");
	text("block/sda/sda1/holders/md0/size", "1\n");
	used_by("", true);
	used_by("/dev/sda2 /config ext4 rw 0 0\n", true);
}

/* One namespace's number begins with another's. */
static void test_similar_names(void)
{
	three();
	disk("nvme0n10", "pci0/nvme/nvme0", "3907029168\n");
	device("nvme0n10");
	text("mounts", "/dev/nvme0n10 /mnt ext4 rw 0 0\n");
	picks("bus = NVMe", "nvme0n1");
	text("mounts", "/dev/nvme0n10p1 /mnt ext4 rw 0 0\n");
	picks("bus = NVMe", "nvme0n1");
	text("mounts", "/dev/nvme0n1p1 /mnt ext4 rw 0 0\n");
	picks("bus = NVMe", "nvme0n10");
	text("mounts", "/dev/nvme0n1p10 /mnt ext4 rw 0 0\n");
	picks("bus = NVMe", "nvme0n10");
}

static void test_running(void)
{
	three();
	text("block/sda/sda1/partition", "1\n");
	text("block/sda/sda1/uevent", "MAJOR=8\nPARTN=1\nPARTUUID=" IDENTITY
		"\n");
	text("block/sda/sda2/partition", "2\n");
	picks("bus = SATA\noverwrite = yes", "sda");
	text("cmdline", "quiet socle.disk=" IDENTITY " socle.slot=a\n");
	refuses("bus = SATA\noverwrite = yes", "no disk is what [install] says "
		"(nvme0n1: another bus, sda: a boot medium of Socle Server, "
		"sdb: another bus)");
	text("cmdline", "socle.disk=6A1D2B3C-0001-4002-8003-9ABCDEF01234");
	refuses("bus = SATA\noverwrite = yes", "no disk is what [install] says "
		"(nvme0n1: another bus, sda: a boot medium of Socle Server, "
		"sdb: another bus)");
	text("cmdline", "socle.disk=6a1d2b3c-0001-4002-8003-9abcdef01235\n");
	picks("bus = SATA\noverwrite = yes", "sda");
	text("cmdline", "socle.disk=\n");
	picks("bus = SATA\noverwrite = yes", "sda");
}

static void test_content(void)
{
	struct trouble none = { "" };

	three();
	text("block/sda/sda1/partition", "1\n");
	text("blkid", "/dev/sda1: LABEL=\"data\" TYPE=\"ext4\"\n");
	refuses("bus = SATA", "sda is not empty (1 partition (ext4 data)): "
		"only with overwrite = yes");
	refuses("bus = SATA\noverwrite = no", "sda is not empty (1 partition "
		"(ext4 data)): only with overwrite = yes");
	picks("bus = SATA\noverwrite = yes", "sda");
	/* What begins like this was never more than an installation, as long as
	 * its partitions are called like that. */
	CHECK(!table_interrupt("dev/sda", &none));
	refuses("bus = SATA", "sda is not empty (1 partition (ext4 data)): "
		"only with overwrite = yes");
	text("block/sda/sda1/uevent", "PARTNAME=socle-loader\n");
	picks("bus = SATA", "sda");
	/* A volume, with VMs on it, that a disk became since. */
	text("block/sda/sda1/uevent", "PARTNAME=socle-data\n");
	refuses("bus = SATA", "sda is not empty (1 partition (ext4 data)): "
		"only with overwrite = yes");
	/* Nor is it one with a file system beside that sector. */
	CHECK(!system("rm -r block/sda/sda1"));
	text("blkid", "");
	picks("bus = SATA", "sda");
	text("blkid", "/dev/sda: TYPE=\"linux_raid_member\"\n");
	refuses("bus = SATA", "sda is not empty (linux_raid_member): only with "
		"overwrite = yes");
	three();
	text("blkid", "/dev/sda: TYPE=\"ext4\"\n");
	refuses("bus = SATA", "sda is not empty (ext4): only with overwrite = "
		"yes");
}

static void unknown(const char *name, off_t at)
{
	three();
	device_byte(name, at, 1);
	refuses("bus = SATA", "sda is not empty (content that is not known): "
		"only with overwrite = yes");
	picks("bus = SATA\noverwrite = yes", "sda");
}

/* A byte that nobody knows, in the first or the last megabyte. */
static void test_unknown_content(void)
{
	unknown("sda", 0);
	unknown("sda", 511);
	unknown("sda", MB - 1);
	unknown("sda", DEVICE - MB);
	unknown("sda", DEVICE - 1);
	three();
	device_byte("sda", MB, 1);
	picks("bus = SATA", "sda");
	/* As flash is when it is erased; not two halves. */
	CHECK(!system("head -c 4194304 /dev/zero | tr '\\0' '\\377' > dev/sda"));
	picks("bus = SATA", "sda");
	device_byte("sda", 5, 0);
	refuses("bus = SATA", "sda is not empty (content that is not known): "
		"only with overwrite = yes");
	CHECK(!system("head -c 4194304 /dev/zero | tr '\\0' x > dev/sda"));
	refuses("bus = SATA", "sda is not empty (content that is not known): "
		"only with overwrite = yes");
	CHECK(!unlink("dev/sda"));
	refuses("bus = SATA", "sda is not empty (content that is not known): "
		"only with overwrite = yes");
}

/* Areas of their own that a flash module has are no partitions of it. */
static void test_flash_module(void)
{
	three();
	disk("mmcblk0", "pci0/mmc_host/mmc0", "62333952\n");
	device("mmcblk0");
	text("block/mmcblk0/mmcblk0boot0/ro", "1\n");
	text("block/mmcblk0/mmcblk0boot1/ro", "1\n");
	picks("bus = SD", "mmcblk0");
	text("block/mmcblk0/mmcblk0p1/partition", "1\n");
	refuses("bus = SD", "mmcblk0 is not empty (1 partition): only with "
		"overwrite = yes");
}

/* Problems of a file: how many, and nothing is planned. */
static void bad(const char *settings, const char *problem, int count)
{
	char sentence[80];

	CHECK(read_plan(settings) < 0);
	snprintf(sentence, sizeof(sentence), "conf has %d problem%s: nothing "
		"is installed", count, count == 1 ? "" : "s");
	CHECK_STRING(sentence, why.text);
	if (!strstr(told, problem))
		CHECK_STRING(problem, told);
	plan_free(&plan);
}

static void test_bad_files(void)
{
	three();
	bad("[install]\nbus = SATA\ncolour = red\n", "conf:3: ", 1);
	bad("[install]\nbus = SATA\n[hots]\n", "conf:3: ", 1);
	bad("[install]\nbus = SATA\nnonsense\n", "conf:3: ", 1);
	bad("[install]\nbus = SATA\nbus = NVMe\n", "conf:3: ", 1);
	bad("[install]\nbus =\n", "conf:2: ", 1);
	bad("[install]\nleast = 100\n", "conf:2: ", 1);
	bad("[install]\nleast = 0 GB\n", "conf:2: ", 1);
	bad("[install]\nmost = 1 gb\n", "conf:2: ", 1);
	bad("[install]\nsystem = both\n", "conf:2: ", 1);
	bad("[install]\noverwrite = YES\n", "conf:2: ", 1);
	bad("[install]\nafter = never\n", "conf:2: ", 1);
	bad("[install x]\nbus = SATA\n[install]\nbus = SATA\n", "conf:1: ", 1);
	bad("[install]\nbus = SATA\n[host]\nname = -\ntimezone = Moon\n",
		"conf:4: ", 2);
	/* What no single line shows. */
	bad("[install]\nbus = SATA\n[bond bond0]\nmode = lacp\n",
		"nics is missing", 1);
	bad("[install]\nbus = SATA\n[nic 52:54:00:12:34:56]\n"
		"gateway = 192.0.2.1\n", "has no effect without", 1);
	CHECK(read_plan("[host]\nname = branch-7\n") < 0);
	CHECK_STRING("conf has no section [install]", why.text);
	plan_free(&plan);
	CHECK(read_plan("") < 0);
	CHECK_STRING("conf has no section [install]", why.text);
	plan_free(&plan);
	CHECK(plan_read(&plan, "absent", &after, stderr, &why) < 0);
	plan_free(&plan);
}

static char *settings_of(const struct plan *of)
{
	size_t size;
	char *all = conf_text(of->conf, &size);

	CHECK(all);
	return all;
}

/* The host gets the file, and neither piece of [install]. */
static void test_settings(void)
{
	char *all;

	three();
	CHECK(!read_plan("# of branch 7\n[install]\nbus = SATA\n"
		"# the host\n[host]\nname = branch-7\n\n[install]\n"
		"after = stop\n[time]\nntp = 192.0.2.1\n"));
	all = settings_of(&plan);
	CHECK_STRING("# of branch 7\n# the host\n[host]\nname = branch-7\n\n"
		"[time]\nntp = 192.0.2.1\n", all);
	CHECK(!conf_line(plan.conf, "install", NULL));
	CHECK(after == PLAN_STOP && !plan.stick);
	free(all);
	plan_free(&plan);
}

static void kind_of(const char *rules, bool stick, enum plan_after then)
{
	char settings[256];

	snprintf(settings, sizeof(settings), "[install]\n%s\n", rules);
	CHECK(!read_plan(settings));
	CHECK(plan.stick == stick && after == then);
	plan_free(&plan);
}

static void test_kinds(void)
{
	three();
	disk("mmcblk0", "pci0/mmc_host/mmc0", "62333952\n");
	device("mmcblk0");
	kind_of("bus = SATA", false, PLAN_STAY);
	kind_of("bus = USB", true, PLAN_STAY);
	kind_of("bus = SD", true, PLAN_STAY);
	kind_of("bus = SATA\nsystem = stick", true, PLAN_STAY);
	kind_of("bus = USB\nsystem = disk", false, PLAN_STAY);
	kind_of("bus = USB\nafter = stay", true, PLAN_STAY);
	kind_of("bus = USB\nafter = restart", true, PLAN_RESTART);
	kind_of("bus = USB\nafter = stop", true, PLAN_STOP);
}

/* What will be done, as a console shows it. */
static void prints(const char *rules, const char *expected)
{
	char settings[256], line[256], *said = NULL;
	size_t size, longest = 0;
	FILE *stream = open_memstream(&said, &size);

	snprintf(settings, sizeof(settings), "[install]\n%s\n", rules);
	CHECK(stream && !read_plan(settings));
	plan_print(&plan, stream);
	CHECK(!fclose(stream));
	CHECK_STRING(expected, said);
	stream = fmemopen(said, size, "r");
	CHECK(stream);
	while (fgets(line, sizeof(line), stream))
		longest = strlen(line) > longest ? strlen(line) : longest;
	CHECK(!fclose(stream) && longest <= 81);
	plan_free(&plan);
	free(said);
}

static void test_print(void)
{
	three();
	prints("bus = NVMe", "Socle Server goes to nvme0n1: 2.0 TB, NVMe, "
		"serial S4EWNX0.\nVMs get the rest of it.\n");
	prints("bus = USB", "Socle Server goes to sdb: 4.0 GB, USB, SanDisk "
		"Ultra Fit.\nVMs get no room there: it is a stick.\n");
	text("block/sda/device/model", "A model of a maker that has very many "
		"words for it\n");
	text("block/sda/serial", "AND\x1b[2J-A-SERIAL-NUMBER-\xff" "MORE\n");
	text("blkid", "/dev/sda1: LABEL=\"a\x1b[2J\" TYPE=\"ext4\"\n"
		"/dev/sda2: TYPE=\"a-file-system-with-a-name\"\n"
		"/dev/sda3: TYPE=\"a-file-system-with-a-name\"\n");
	prints("bus = SATA\noverwrite = yes", "Socle Server goes to sda: 500.1 "
		"GB, SATA, A model of a maker that has very many\nwords for "
		"it, serial AND?[2J-A-SERIAL-NUMBER-?MORE.\n"
		"Everything on it is erased: ext4 a?[2J, "
		"a-file-system-with-a-name,\na-file-system-with-a-name.\n"
		"VMs get the rest of it.\n");
}

static void test_sizes(void)
{
	static const char *const none[] = { "", " ", "GB", " GB", "0 GB",
		"000000 TB", "1", "1GB", "1  GB", " 1 GB", "1 GB ", "1 gb",
		"-1 GB", "+1 GB", "1.5 GB", "0x10 GB", "1 KB", "1 PB",
		"1000000 GB", "9999999999999999999999 TB", "1 GB1" };
	size_t i;

	for (i = 0; i < sizeof(none) / sizeof(*none); i++)
		CHECK(!size_value(none[i]));
	CHECK(size_value("1 MB") == 1000000);
	CHECK(size_value("100 GB") == 100000000000);
	CHECK(size_value("000002 TB") == 2000000000000);
	CHECK(size_value("999999 TB") == 999999000000000000);
}

int main(void)
{
	test_rules();
	test_names();
	test_edges();
	test_numbers();
	test_not_these();
	test_used();
	test_similar_names();
	test_running();
	test_content();
	test_unknown_content();
	test_flash_module();
	test_bad_files();
	test_settings();
	test_kinds();
	test_print();
	test_sizes();
	free(told);
	return 0;
}
