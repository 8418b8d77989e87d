/* Data volumes: machines of files, programs that write down their words. */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include "put_file.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keys.h"
#include "lock.h"
#include "paths.h"
#include "places.h"
#include "storage.h"
#include "volume.h"

#define UUID "0e1f2a3b-4c5d-6e7f-8091-a2b3c4d5e6f7"
#define OTHER "11111111-2222-3333-4444-555555555555"

enum { DISK = 64 << 20 };

static struct trouble why;
char volumes_folder[100];

int lock_settings(void)
{
	int lock = open("settings.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	CHECK(lock >= 0 && !flock(lock, LOCK_EX));
	return lock;
}

/* With the folder of volumes for each @. */
static const char *at(const char *template)
{
	static char texts[4][2048];
	static int turn;
	char *filled = texts[turn++ % 4];
	size_t used = 0;

	for (; *template; template++)
		if (*template == '@')
			used += (size_t)sprintf(filled + used, "%s",
				volumes_folder);
		else
			filled[used++] = *template;
	filled[used] = '\0';
	return filled;
}

static void program(const char *path, const char *lines)
{
	char script[1024];

	snprintf(script, sizeof(script), "#!/bin/sh\necho \"${0#./} $*\" >> "
		"calls\n%s\n", lines);
	text(path, script);
	CHECK(!chmod(path, 0755));
}

static const char *get(const char *path)
{
	static char bytes[16384];
	FILE *file = fopen(path, "r");

	if (!file)
		return "";
	bytes[fread(bytes, 1, sizeof(bytes) - 1, file)] = '\0';
	fclose(file);
	return bytes;
}

/* What was called since the last time. */
static const char *calls(void)
{
	static char bytes[16384];

	strcpy(bytes, get("calls"));
	unlink("calls");
	return bytes;
}

static void path_of(char path[256], const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(path, 256, format, list);
	va_end(list);
}

/* A device of DISK bytes, of which nothing is written. */
static void device(const char *name)
{
	char path[256];

	path_of(path, "class/%s/size", name);
	text(path, "131072\n");
	path_of(path, "dev/%s", name);
	text(path, "");
	CHECK(!truncate(path, DISK));
}

static void disk(const char *name)
{
	char path[256];

	device(name);
	path_of(path, "block/%s/size", name);
	text(path, "131072\n");
}

static void write_at(const char *name, off_t offset, const void *bytes,
	size_t size)
{
	char path[256];
	int fd;

	path_of(path, "dev/%s", name);
	fd = open(path, O_WRONLY);
	CHECK(fd >= 0 && pwrite(fd, bytes, size, offset) == (ssize_t)size &&
		!close(fd));
}

static void uuid_bytes(const char *uuid, unsigned char bytes[16])
{
	int i, at = 0;
	unsigned int byte;

	for (i = 0; i < 16; i++) {
		at += uuid[at] == '-';
		CHECK(sscanf(uuid + at, "%2x", &byte) == 1);
		bytes[i] = (unsigned char)byte;
		at += 2;
	}
}

static void put_ext4(const char *name, const char *uuid, const char *label)
{
	unsigned char bytes[256] = { [0x38] = 0x53, [0x39] = 0xef,
		[0x60] = 0xc2 };

	uuid_bytes(uuid, bytes + 0x68);
	snprintf((char *)bytes + 0x78, 17, "%s", label);
	write_at(name, 1024, bytes, sizeof(bytes));
}

static void put_raid(const char *name, const char *uuid, const char *label)
{
	unsigned char bytes[256] = { 0xfc, 0x4e, 0x2b, 0xa9, 1 };

	uuid_bytes(uuid, bytes + 16);
	snprintf((char *)bytes + 32, 32, "%s", label);
	write_at(name, 4096, bytes, sizeof(bytes));
}

static void begin(void)
{
	CHECK(!system("rm -rf class block dev memory volumes reasons cgroup "
		"config settings calls written "
		"replaced"));
	text("mounts", "proc /proc proc rw 0 0\n");
	text("blkid", "");
	text("cmdline", "");
	text("uuid", UUID "\n");
	text("class/loop0/size", "0\n");
	text("block/loop0/size", "0\n");
	program("apply", "");
	program("mkfs", "");
	program("mdadm", "");
	/* The disk gets its partition. */
	program("sfdisk", "cat >> calls; disk=${6##*/}; "
		"mkdir -p class/${disk}1; echo 129024 > class/${disk}1/size; "
		"truncate -s 63M dev/${disk}1");
	/* What the settings have, and what is mounted. */
	program("script", "[ $1 != mount ] || { echo \"/dev/sda1 "
		"$PWD/volumes/$2 ext4 rw,nosuid 0 0\" >> mounts; "
		"cp settings before 2> /dev/null || : > before; }; [ $1 != unmount ] || sed -i "
		"/volumes/d mounts");
}

static int ask(const char *line)
{
	char words[256], *list[8], *at = words;
	int count = 0, result;

	snprintf(words, sizeof(words), "%s", line);
	while ((list[count] = strsep(&at, " ")))
		count++;
	why.text[0] = '\0';
	CHECK(freopen("said", "w", stdout));
	result = storage(list, count, &why);
	CHECK(!fflush(stdout));
	return result;
}

static void done(const char *line)
{
	if (!ask(line))
		return;
	fprintf(stderr, "%s: %s\n", line, why.text);
	exit(1);
}

static void refused(const char *line, int error, const char *sentence)
{
	int result = ask(line);

	if (result != error)
		fprintf(stderr, "%s: %d %s\n", line, result, why.text);
	CHECK(result == error);
	if (!strstr(why.text, sentence))
		fprintf(stderr, "%s: %s\n", line, why.text);
	CHECK(strstr(why.text, sentence));
}

static json_t *list(void)
{
	json_t *object;

	done("list");
	object = json_load_file("said", 0, NULL);
	CHECK(object);
	return object;
}

/* A text of the index-th of a list. */
static const char *field(const json_t *object, const char *array, size_t index,
	const char *key)
{
	return json_string_value(json_object_get(json_array_get(
		json_object_get(object, array), index), key));
}

static void test_claim(void)
{
	begin();
	disk("sda");
	done("claim sda data");
	CHECK_STRING(at("the volume data is in @/data; in 3 seconds VMs are "
		"stored there\n"), get("said"));
	CHECK_STRING("sfdisk --quiet --wipe always --wipe-partitions always "
		"dev/sda\nlabel: gpt\nname=socle-data, type=linux\n"
		"mkfs -q -F -m 0 -i 65536 -E lazy_itable_init=1,"
		"lazy_journal_init=1 -L data -U " UUID " dev/sda1\n"
		"script mount data " UUID "\napply host\n", calls());
	/* Nothing named it before it was mounted. */
	CHECK_STRING("", get("before"));
	CHECK_STRING(at("[volume data]\nuuid = " UUID "\n\n[host]\n"
		"storage = @/data\n"), get(PATH_SETTINGS));
	refused("claim sda data", -EEXIST, "there is a volume data already");
	CHECK_STRING("", calls());
}

/* The section and the folder for VMs are kept in one write, or none is. */
static void test_kept_once(void)
{
	begin();
	disk("sda");
	text("volumes/other/.socle/x", "");
	done("claim sda data");
	CHECK(strstr(get("volumes/other/.socle/socle.conf"), "[volume data]"));
	CHECK(strstr(get("volumes/other/.socle/socle.conf"), "storage = "));
	CHECK(strstr(get("volumes/other/.socle/socle.conf"), "# kept 1 "));
	done("forget data");
	CHECK(strstr(get("volumes/other/.socle/socle.conf"), "# kept 2 "));
}

/* What is in effect is not what the next start has: no disk is written for it. */
static void test_replaced(void)
{
	begin();
	disk("sda");
	text("replaced", "");
	refused("claim sda data", -EBUSY, "the host is to be restarted first");
	refused("mirror sda sdb data", -EBUSY, "the host is to be restarted");
	CHECK_STRING("", calls());
	refused("adopt " UUID " data", -EBUSY, "the host is to be restarted");
	CHECK_STRING("script release\n", calls());
	text(PATH_SETTINGS, "[volume data]\nuuid = " UUID "\n");
	text("mounts", at("/dev/sda1 @/data ext4 rw 0 0\n"));
	refused("forget data", -EBUSY, "the host is to be restarted first");
	CHECK_STRING("", calls());
	done("list");
}

/* A second one is not where VMs are stored. */
static void test_second(void)
{
	begin();
	disk("sda");
	text(PATH_SETTINGS, "[host]\nstorage = /mnt/vms\n");
	done("claim /dev/sda more");
	CHECK_STRING(at("the volume more is in @/more\n"), get("said"));
	CHECK(strstr(get(PATH_SETTINGS), "[host]\nstorage = /mnt/vms\n"));
	CHECK(!strstr(calls(), "apply"));
}

/* The service would lose those that run. */
static void test_memory(void)
{
	begin();
	disk("sda");
	text("memory/web/vm.conf", "");
	done("claim sda data");
	CHECK_STRING(at("the volume data is in @/data. There are VMs in "
		"memory: delete them, then host set host storage=@/data\n"),
		get("said"));
	CHECK(!strstr(calls(), "apply"));
	CHECK_STRING("[volume data]\nuuid = " UUID "\n", get(PATH_SETTINGS));
}

static void test_refused(void)
{
	begin();
	disk("sda");
	disk("sdb");
	disk("sdc");
	disk("sdd");
	disk("sde");
	text("block/sdb/ro", "1\n");
	text("block/sdc/size", "1000\n");
	text("block/sdd/holders/md127/size", "1\n");
	text("blkid", "/dev/sde: LABEL=\"SOCLE_b9612941c25a\" TYPE=\"iso9660\""
		"\n");
	refused("claim sdx data", -ENOENT, "there is no disk sdx");
	refused("claim ../sda data", -ENOENT, "there is no disk ../sda");
	refused("claim sdb data --erase", -EBUSY, "it is read-only");
	refused("claim sdc data --erase", -EBUSY, "it is too small");
	refused("claim sdd data --erase", -EBUSY, "in use: md127");
	refused("claim sde data --erase", -EBUSY, "a boot medium of Socle");
	text("mounts", "/dev/sda2 /config ext4 rw 0 0\n");
	refused("claim sda data --erase", -EBUSY, "in use: /config");
	refused("claim sda Data", -EINVAL, "is no name for a volume");
	refused("claim sda -data", -EINVAL, "is no name for a volume");
	refused("claim sda ../data", -EINVAL, "is no name for a volume");
	refused("claim sda a23456789012345x", -EINVAL, "is no name");
	refused("claim sda sdb", -EINVAL, "a volume is not called \"sdb\"");
	refused("claim sda xvdab12", -EINVAL, "a volume is not called");
	refused("claim sda nvme0n1", -EINVAL, "a volume is not called");
	refused("claim sda md127", -EINVAL, "a volume is not called");
	refused("claim sda add", -EINVAL, "a volume is not called \"add\"");
	refused("claim sda erase", -EINVAL, "a volume is not called");
	/* A word that is a name, too, erases nothing. */
	refused("claim sda data erase", -EINVAL, "claim DISK NAME");
	refused("claim sda", -EINVAL, "claim DISK NAME");
	refused("claim sda data erased", -EINVAL, "claim DISK NAME");
	refused("explode", -EINVAL, "claim DISK NAME");
	CHECK_STRING("", calls());
}

/* Whatever is on it, also what has no name. */
static void test_erase(void)
{
	begin();
	disk("sda");
	write_at("sda", 512000, "x", 1);
	refused("claim sda data", -EINVAL, "sda is not empty: data of an "
		"unknown kind. With --erase all of it goes");
	begin();
	disk("sda");
	write_at("sda", DISK - 512, "EFI PART", 8);
	refused("claim sda data", -EINVAL, "sda is not empty");
	begin();
	disk("sda");
	text("block/sda/sda2/partition", "2\n");
	text("blkid", "/dev/sda2: LABEL=\"my\x1b[2J\" TYPE=\"ntfs\"\n");
	refused("claim sda data", -EINVAL, "sda is not empty: 1 partition "
		"(ntfs my?[2J)");
	CHECK_STRING("", calls());
	done("claim sda sdata --erase");
}

/* A disk that goes in the middle, and a volume that cannot be mounted. */
static void test_vanishing(void)
{
	begin();
	disk("sda");
	program("sfdisk", "echo 'cannot open /dev/sda: No such device' >&2; "
		"exit 1");
	refused("claim sda data", -EIO, "sda cannot be partitioned: cannot "
		"open /dev/sda: No such device");
	program("sfdisk", "mkdir class/sda1; echo 1 > class/sda1/size; "
		"touch dev/sda1");
	program("mkfs", "printf 'one\\n\\033[1mtwo\\n' >&2; exit 1");
	refused("claim sda data", -EIO, "sda1 cannot be formatted: ?[1mtwo");
	CHECK(!system("rm -r class/sda1"));
	program("mkfs", "kill $$");
	refused("claim sda data", -EIO, "sda1 cannot be formatted: ");
	CHECK(!system("rm -r class/sda1"));
	program("mkfs", "");
	program("script", "echo no disk has it; exit 1");
	refused("claim sda data", -EIO, "the volume data cannot be mounted: "
		"no disk has it");
	CHECK_STRING("", get(PATH_SETTINGS));
}

static void test_mirror(void)
{
	begin();
	disk("sda");
	disk("sdb");
	program("mdadm", "mkdir -p class/sda1/holders/md127");
	refused("mirror sda sda data", -EINVAL, "a mirror has two disks");
	refused("mirror sda sdx data", -ENOENT, "there is no disk sdx");
	CHECK_STRING("", calls());
	done("mirror sda sdb data");
	CHECK(strstr(calls(), "mdadm --create dev/md/data --run --quiet "
		"--level=1 --metadata=1.2 --bitmap=internal --homehost=any "
		"--name=data --raid-devices=2 dev/sda1 dev/sdb1\nmkfs -q -F -m "
		"0 -i 65536 -E lazy_itable_init=1,lazy_journal_init=1 -L data "
		"-U " UUID " dev/md127\n"));
	CHECK(strstr(get(PATH_SETTINGS), "[volume data]\nuuid = " UUID));
}

/* What sfdisk does while it has dev/$1: the name sda is another disk's then. */
static void change_at(const char *when)
{
	char lines[256];

	snprintf(lines, sizeof(lines), "disk=${6##*/}; mkdir -p "
		"class/${disk}1; echo 1 > class/${disk}1/size; touch "
		"dev/${disk}1; [ $disk != %s ] || echo 7 > class/sda/diskseq",
		when);
	program("sfdisk", lines);
	text("class/sda/diskseq", "3\n");
	unlink("calls");
}

/* At each step something is written to. */
static void test_changing(void)
{
	static const char *const changed = "sda is another disk now";

	begin();
	disk("sda");
	disk("sdb");
	text("class/sdb/diskseq", "4\n");
	change_at("sda");
	refused("claim sda data", -ENODEV, changed);
	CHECK(!strstr(calls(), "mkfs"));
	change_at("sda");
	refused("mirror sda sdb data", -ENODEV, changed);
	CHECK(!strstr(calls(), "dev/sdb"));
	change_at("sdb");
	refused("mirror sdb sda data", -ENODEV, changed);
	CHECK(!strstr(calls(), "dev/sda"));
	change_at("sdb");
	refused("mirror sda sdb data", -ENODEV, changed);
	CHECK(!strstr(calls(), "mdadm"));
	CHECK_STRING("", get(PATH_SETTINGS));
}

static void make_array(const char *degraded)
{
	begin();
	device("md127");
	text("class/md127/size", "126000\n");
	device("sda1");
	text("class/md127/md/level", "raid1\n");
	text("class/md127/md/raid_disks", "2\n");
	text("class/md127/md/degraded", degraded);
	text("class/md127/md/array_state", "clean\n");
	text("class/md127/md/sync_action", "idle\n");
	text("class/md127/md/sync_completed", "none\n");
	text("class/md127/md/dev-sda1/state", "in_sync\n");
	text("class/sda1/holders/md127/size", "1\n");
	put_raid("sda1", OTHER, "any:data");
	put_ext4("md127", UUID, "data");
	text(PATH_SETTINGS, "[volume data]\nuuid = " UUID "\n");
	text("mounts", at("/dev/md127 @/data ext4 rw 0 0\n"));
	text("volumes/data/x", "");
}

static void test_add(void)
{
	make_array("1\n");
	disk("sdb");
	text("class/md127/md/dev-sdz1/state", "faulty\n");
	done("mirror add data sdb");
	CHECK_STRING("sdb is in the mirror data, which copies to it now\n",
		get("said"));
	CHECK(strstr(calls(), "mdadm --manage --quiet dev/md127 --remove "
		"failed\nmdadm --manage --quiet dev/md127 --remove detached\n"
		"sfdisk"));
	/* One that comes back keeps what it has. */
	make_array("1\n");
	disk("sdb");
	device("sdb1");
	text("block/sdb/sdb1/partition", "1\n");
	put_raid("sdb1", OTHER, "any:data");
	done("mirror add data sdb");
	CHECK(strstr(calls(), "--re-add dev/sdb1\n"));
	/* What cannot be brought up to date is not empty: behind it, too. */
	device("sdb2");
	text("block/sdb/sdb2/partition", "2\n");
	put_ext4("sdb2", OTHER, "photos");
	program("mdadm", "case $* in *--re-add*) exit 1 ;; esac");
	refused("mirror add data sdb", -EINVAL, "sdb was in the mirror, but "
		"cannot be brought up to date. With");
	CHECK(!strstr(calls(), "sfdisk"));
	done("mirror add data sdb --erase");
	CHECK(strstr(calls(), "--re-add dev/sdb1\nsfdisk"));
	CHECK(!system("rm -r block/sdb/sdb2"));
	/* Another's part does not. */
	put_raid("sdb1", UUID, "any:data");
	refused("mirror add data sdb", -EINVAL, "sdb is not empty");
	text("class/md127/size", "130000\n");
	refused("mirror add data sdb --erase", -EINVAL, "smaller than");
	text("class/md127/md/dev-sdb1/state", "in_sync\n");
	refused("mirror add data sdb --erase", -EINVAL, "has all its disks");
	refused("mirror add other sdb", -ENOENT, "there is no volume other");
	text("mounts", at("/dev/sda1 @/data ext4 rw 0 0\n"));
	refused("mirror add data sdb", -EINVAL, "is no mirror");
}

static void test_list(void)
{
	struct conf *conf;
	json_t *object;

	make_array("1\n");
	text("class/md127/md/sync_action", "recover\n");
	text("class/md127/md/sync_completed", "400 / 1000\n");
	text("class/md127/md/dev-sdz1/state", "faulty,write_error\n");
	disk("sdb");
	text("block/sdb/device/model", "\x1b[31mred\xff\n");
	object = list();
	CHECK_STRING("md127", field(object, "arrays", 0, "name"));
	CHECK_STRING("data", field(object, "arrays", 0, "label"));
	CHECK_STRING("resyncing", field(object, "arrays", 0, "state"));
	CHECK(json_integer_value(json_object_get(json_array_get(
		json_object_get(object, "arrays"), 0), "percent")) == 40);
	CHECK_STRING("sdz1(failed)", json_string_value(json_array_get(
		json_object_get(json_array_get(json_object_get(object,
		"arrays"), 0), "disks"), 1)));
	CHECK_STRING("mounted", field(object, "volumes", 0, "state"));
	CHECK_STRING("", field(object, "volumes", 0, "reason"));
	CHECK_STRING("md127", field(object, "volumes", 0, "device"));
	CHECK_STRING("yes", field(object, "disks", 0, "can"));
	CHECK_STRING("?[31mred?", field(object, "disks", 0, "model"));
	json_decref(object);
	/* Nothing is copied. */
	text("class/md127/md/sync_action", "idle\n");
	conf = conf_read(PATH_SETTINGS, host_kinds, NULL, NULL);
	object = json_pack("{s:o}", "volumes", volume_list_shortly(conf));
	conf_free(conf);
	CHECK_STRING("mounted", field(object, "volumes", 0, "state"));
	CHECK_STRING("its mirror lacks a disk", field(object, "volumes", 0,
		"reason"));
	json_decref(object);
	/* Its disk has gone. */
	CHECK(!system("rm -r class/md127"));
	object = list();
	CHECK_STRING("failed", field(object, "volumes", 0, "state"));
	CHECK_STRING("its disk is gone", field(object, "volumes", 0,
		"reason"));
	json_decref(object);
	text("mounts", "");
	object = list();
	CHECK_STRING("missing", field(object, "volumes", 0, "state"));
	json_decref(object);
	device("sdc1");
	put_ext4("sdc1", UUID, "data");
	text("reasons/data", "sdc1 needs a look\n");
	object = list();
	CHECK_STRING("failed", field(object, "volumes", 0, "state"));
	CHECK_STRING("sdc1 needs a look", field(object, "volumes", 0,
		"reason"));
	json_decref(object);
	device("sdd1");
	put_ext4("sdd1", UUID, "data");
	object = list();
	CHECK_STRING("several", field(object, "volumes", 0, "state"));
	CHECK_STRING("sdc1 sdd1 have the same identity; none of them is used",
		field(object, "volumes", 0, "reason"));
	json_decref(object);
	text("mounts", at("/dev/sdc1 @/data ext4 ro,emergency_ro 0 0\n"));
	object = list();
	CHECK_STRING("failed", field(object, "volumes", 0, "state"));
	json_decref(object);
}

static void test_find(void)
{
	begin();
	device("nvme0n1p1");
	put_ext4("nvme0n1p1", UUID, "x");
	done("find " UUID);
	CHECK_STRING("/dev/nvme0n1p1\n", get("said"));
	done("find " OTHER);
	CHECK_STRING("", get("said"));
	refused("find " UUID "0", -EINVAL, "is no UUID");
	/* The same bytes in an array's part are none, nor is an ext2. */
	put_raid("nvme0n1p1", OTHER, "any:data");
	done("find " UUID);
	CHECK_STRING("", get("said"));
	device("sda");
	put_ext4("sda", UUID, "x");
	write_at("sda", 1024 + 0x60, "\2", 1);
	done("find " UUID);
	CHECK_STRING("", get("said"));
}

/* What a guest has written to the end of its volume makes no array of it. */
static void test_find_end(void)
{
	static const unsigned char old[256] = { 0xfc, 0x4e, 0x2b, 0xa9 },
		new[256] = { 0xfc, 0x4e, 0x2b, 0xa9, 1 };
	/* Blocks of 4 KB: all of the device, and one that ends before. */
	static const unsigned char all[] = { 0, 0x40 }, less[] = { 0xe0, 0x3f },
		size[] = { 2 };

	begin();
	device("sda");
	put_ext4("sda", UUID, "x");
	write_at("sda", 1024 + 0x4, all, sizeof(all));
	write_at("sda", 1024 + 0x18, size, sizeof(size));
	write_at("sda", DISK - (64 << 10), old, sizeof(old));
	done("find " UUID);
	CHECK_STRING("/dev/sda\n", get("said"));
	write_at("sda", DISK - 8192, new, sizeof(new));
	done("find " UUID);
	CHECK_STRING("/dev/sda\n", get("said"));
	write_at("sda", 1024 + 0x4, less, sizeof(less));
	done("find " UUID);
	CHECK_STRING("", get("said"));
	write_at("sda", DISK - 8192, "\0", 1);
	done("find " UUID);
	CHECK_STRING("", get("said"));
}

static void shell(const char *line)
{
	int status = system(line);

	if (status)
		fprintf(stderr, "%s\n", line);
	CHECK(!status);
}

static void copy_is(const char *words)
{
	done("copy sda");
	CHECK_STRING(words, get("said"));
}

/* A superblock of which one half is older than the other, and what is none. */
static void torn(const char *make, const char *words)
{
	begin();
	device("sda");
	shell("truncate -s 200M dev/sda");
	shell(make);
	shell("cp dev/sda old; debugfs -w -R 'ssv mtime 20300101' dev/sda "
		"2> /dev/null");
	copy_is("");
	shell("dd if=old of=dev/sda bs=512 skip=3 seek=3 count=1 conv=notrunc "
		"status=none");
	copy_is(words);
}

static void test_copy(void)
{
	torn("mke2fs -q -F -t ext4 -b 1024 -O metadata_csum dev/sda",
		"-b 8193 -B 1024\n");
	shell("e2fsck -p $(cat said) dev/sda > /dev/null; [ $? = 1 ]");
	copy_is("");
	torn("mke2fs -q -F -t ext4 -b 4096 -O metadata_csum dev/sda",
		"-b 32768 -B 4096\n");
	/* What was formatted before, or by somebody else, is no copy. */
	write_at("sda", 32768 * 4096 + 0x68, "other", 5);
	copy_is("");
	/* A copy lies elsewhere: a file's data may be there. */
	torn("mke2fs -q -F -t ext4 -b 4096 -O metadata_csum,sparse_super2 "
		"dev/sda", "");
	torn("mke2fs -q -F -t ext4 -b 4096 -g 16384 -O metadata_csum dev/sda",
		"");
	/* One without a sum is what it is. */
	torn("mke2fs -q -F -t ext4 -b 4096 -O ^metadata_csum dev/sda", "");
	refused("copy sdx", -ENOENT, "there is no device sdx");
}

static void test_adopt(void)
{
	begin();
	device("sda1");
	put_ext4("sda1", OTHER, "from-afar");
	done("adopt sda1 data");
	CHECK_STRING("script mount data " OTHER "\napply host\n", calls());
	CHECK(strstr(get(PATH_SETTINGS), "uuid = " OTHER));
	refused("adopt sda1 again", -EBUSY, at("in use: @/data"));
	text("mounts", "");
	refused("adopt sda1 again", -EINVAL, "is that of [volume data], too");
	CHECK(strstr(calls(), "script unmount again"));
	begin();
	device("sda1");
	device("sdb");
	put_ext4("sda1", OTHER, "x");
	put_ext4("sdb", OTHER, "x");
	refused("adopt " OTHER " data", -EINVAL, "sda1 sdb have the same");
	refused("adopt " UUID " data", -ENOENT, "no device has the file");
	refused("adopt sdc data", -ENOENT, "there is no device sdc");
	refused("adopt ../../etc data", -ENOENT, "there is no device");
	put_raid("sdb", OTHER, "x");
	refused("adopt sdb data", -EINVAL, "sdb is a part of an array that "
		"cannot be started");
	CHECK(!truncate("dev/sda1", 0));
	refused("adopt sda1 data", -EINVAL, "sda1 has no ext4 file system");
}

/* By a VM called web. */
static void busy_with(const char *file)
{
	char process[32];

	CHECK(open(file, O_RDONLY) >= 0);
	snprintf(process, sizeof(process), "%d\n", (int)getpid());
	text("cgroup/vm-web/cgroup.procs", process);
	text("cgroup/vm-mail/cgroup.procs", "");
}

static void test_forget(void)
{
	make_array("0\n");
	done("forget data");
	CHECK_STRING("script unmount data\nscript release\n", calls());
	CHECK(!strstr(get(PATH_SETTINGS), "volume"));
	refused("forget data", -ENOENT, "there is no volume data");
	/* What has the folder open begins anew, and then lets it go. */
	make_array("0\n");
	text(PATH_SETTINGS, at("[volume data]\nuuid = " UUID "\n[host]\n"
		"name = a\nstorage = /mnt\nstorage = @/data/vms\n"
		"storage = @/data2\n"));
	done("forget data");
	CHECK_STRING("apply host\nscript leave data\nscript release\n",
		calls());
	CHECK_STRING(at("[host]\nname = a\nstorage = /mnt\n"
		"storage = @/data2\n"), get(PATH_SETTINGS));
	/* VMs that run: known by the device of what they have open. */
	make_array("0\n");
	busy_with("volumes/data/x");
	refused("forget data", -EBUSY, "VMs that run have files on data: web");
	refused("format data --erase", -EBUSY, "VMs that run have files on");
	CHECK(strstr(get(PATH_SETTINGS), "volume data"));
	CHECK_STRING("", calls());
}

static void test_format(void)
{
	make_array("0\n");
	refused("format data", -EINVAL, "is not empty. With --erase");
	done("format data --erase");
	CHECK_STRING("script unmount data\nmkfs -q -F -m 0 -i 65536 -E "
		"lazy_itable_init=1,lazy_journal_init=1 -L data -U " UUID
		" dev/md127\nscript mount data " UUID "\n", calls());
	text("mounts", at("/dev/md127 @/data ext4 rw 0 0\n"));
	CHECK(!rename("volumes/data/x", "volumes/data/.x"));
	refused("format data", -EINVAL, "is not empty. With --erase");
	CHECK(!unlink("volumes/data/.x") && !mkdir("volumes/data/lost+found",
		0700) && !mkdir("volumes/data/.socle", 0700));
	text("mounts", at("/dev/md127 @/data ext4 rw 0 0\n"));
	done("format data");
	text(PATH_SETTINGS, at("[volume data]\nuuid = " UUID "\n[host]\n"
		"storage = @/data\n"));
	refused("format data", -EBUSY, at("[host] storage has @/data: take"));
	text("mounts", "");
	CHECK(!unlink("dev/md127"));
	refused("format data", -ENODEV, "is not there: no disk has it");
}

/* What it was on is not written to when it is not it any more. */
static void test_format_elsewhere(void)
{
	make_array("0\n");
	program("script", "mv class/md127 class/md126; mv dev/md127 dev/md126; "
		"echo > mounts");
	done("format data --erase");
	CHECK(strstr(calls(), " dev/md126\n"));
	make_array("0\n");
	program("script", "rm -r class/md127; echo > mounts");
	refused("format data --erase", -ENODEV, "is not there any more");
	CHECK_STRING("script unmount data\n", calls());
	/* A copy of it has come: which one is meant nobody knows. */
	make_array("0\n");
	device("sdz1");
	put_ext4("sdz1", UUID, "data");
	refused("format data --erase", -ENODEV, "the volume data is there more "
		"than once: md127 sdz1");
	CHECK_STRING("", calls());
	make_array("0\n");
	CHECK(!system("rm -r class/md127"));
	refused("format data --erase", -ENODEV, "its disk is gone");
	CHECK_STRING("", calls());
	/* VMs that have files of one that can only be read are named. */
	make_array("0\n");
	text("mounts", at("/dev/md127 @/data ext4 ro 0 0\n"));
	busy_with("volumes/data/x");
	refused("format data --erase", -EBUSY, "VMs that run have files on "
		"data: web");
}

static void test_one_at_a_time(void)
{
	int lock;

	begin();
	disk("sda");
	/* The script has its lock already, and nobody else gets it. */
	program("script", "[ /proc/self/fd/9 -ef volumes.lock ] && echo lent "
		">> calls");
	program("mkfs", "[ -e /proc/self/fd/9 ] || flock -n volumes.lock echo "
		"free >> calls || echo locked >> calls");
	done("claim sda data");
	CHECK(strstr(calls(), " dev/sda1\nlocked\nscript mount data " UUID
		"\nlent\n"));
	shell("flock -n volumes.lock true");
	lock = open(PLACE_LOCK, O_RDWR | O_CREAT, 0600);
	CHECK(lock >= 0 && !flock(lock, LOCK_EX));
	refused("claim sda data", -EBUSY, "another change of the storage is");
	json_decref(list());
	close(lock);
}

static unsigned int patience;

unsigned int __real_alarm(unsigned int seconds);
unsigned int __wrap_alarm(unsigned int seconds);
unsigned int __wrap_alarm(unsigned int seconds)
{
	patience = seconds ? seconds : patience;
	return __real_alarm(seconds != 0);
}

/* A disk that does not answer is not waited for by who only looks. */
static void test_patience(void)
{
	int status, blkid;
	pid_t child;

	begin();
	json_decref(list());
	CHECK(patience == 30 && !__real_alarm(0));
	CHECK(!unlink("blkid") && !mkfifo("blkid", 0600));
	child = fork();
	if (!child) {
		CHECK(freopen("stderr", "w", stderr));
		_exit(ask("list") ? 2 : 0);
	}
	CHECK(waitpid(child, &status, 0) == child && status == 1 << 8);
	CHECK_STRING("host: a disk does not answer\n", get("stderr"));
	/* Who was asked ends. */
	blkid = open("blkid", O_WRONLY | O_NONBLOCK);
	close(blkid);
	CHECK(!unlink("blkid"));
}

static const char *silent;

ssize_t __real_pread(int fd, void *bytes, size_t size, off_t offset);
ssize_t __wrap_pread(int fd, void *bytes, size_t size, off_t offset);
ssize_t __wrap_pread(int fd, void *bytes, size_t size, off_t offset)
{
	char link[32], path[256] = "";

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	CHECK(readlink(link, path, sizeof(path) - 1) > 0);
	while (silent && !strcmp(strrchr(path, '/') + 1, silent))
		pause();
	return __real_pread(fd, bytes, size, offset);
}

/* What others have is found all the same, before and behind it. */
static void test_silent(void)
{
	int status;
	pid_t child;

	begin();
	device("sda1");
	device("sdb1");
	device("sdc1");
	put_ext4("sda1", UUID, "x");
	put_ext4("sdc1", UUID, "x");
	silent = "sdb1";
	child = fork();
	if (!child) {
		CHECK(freopen("stderr", "w", stderr));
		ask("find " UUID);
		_exit(2);
	}
	CHECK(waitpid(child, &status, 0) == child && status == 1 << 8);
	CHECK_STRING("host: a disk does not answer\n", get("stderr"));
	CHECK(strstr(get("said"), "/dev/sda1\n"));
	CHECK(strstr(get("said"), "/dev/sdc1\n"));
	CHECK(strlen(get("said")) == 2 * strlen("/dev/sda1\n"));
	silent = NULL;
}

int main(void)
{
	CHECK(getcwd(volumes_folder, sizeof(volumes_folder) - 10));
	strcat(volumes_folder, "/volumes");
	test_claim();
	test_kept_once();
	test_replaced();
	test_second();
	test_memory();
	test_refused();
	test_erase();
	test_vanishing();
	test_mirror();
	test_changing();
	test_add();
	test_list();
	test_find();
	test_find_end();
	test_copy();
	test_adopt();
	test_forget();
	test_format();
	test_format_elsewhere();
	test_one_at_a_time();
	test_patience();
	test_silent();
	return 0;
}
