/* The partitions of an installed disk, and its first sector. */
/* SPDX-License-Identifier: MIT */
#include "table.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "attribute.h"
#include "places.h"
#include "run.h"

enum {
	SECTOR = 512, CODE = 440, SIGNATURE = 510,
	/* Tables, and what arrays and other systems leave at both ends. */
	WIPED = 1 << 20,
	MIB = 1 << 20,
	/* In sectors; rootfs/build/loader.sh has the first one's, too. */
	LOADER_AT = 2048, LOADER_SECTORS = 1048576,
	CONFIG_AT = LOADER_AT + LOADER_SECTORS, CONFIG_SECTORS = 131072,
	DATA_AT = CONFIG_AT + CONFIG_SECTORS,
	/* For the kernel to take them: times, and microseconds between. */
	TRIES = 20, PAUSE = 100000,
};

static int failed(const char *disk, struct trouble *why)
{
	int error = errno ? errno : EIO;

	return trouble(why, -error, "%s cannot be written: %s", disk,
		strerror(error));
}

static bool read_code(const char *name, unsigned char code[CODE])
{
	char path[128];
	FILE *file;
	size_t got;

	memset(code, 0, CODE);
	snprintf(path, sizeof(path), PLACE_LOADER "/%s", name);
	file = fopen(path, "re");
	got = file ? fread(code, 1, CODE, file) : 0;
	if (file)
		fclose(file);
	return got;
}

/*
 * All of the begin but the first sector, the end, and where the partitions will
 * begin: nothing that an earlier installation has left is found there again.
 */
static bool wipe(int device)
{
	static const off_t begins[] = { 1, 513, 577 }; /* MiB: table_make() */
	off_t end = lseek(device, 0, SEEK_END);
	char *zeros = calloc(1, WIPED);
	bool wiped = zeros && end >= 2 * WIPED &&
		pwrite(device, zeros, WIPED - SECTOR, SECTOR) ==
			WIPED - SECTOR &&
		pwrite(device, zeros, WIPED, end - WIPED) == WIPED;
	size_t i;

	for (i = 0; wiped && i < sizeof(begins) / sizeof(*begins) &&
		begins[i] * MIB + WIPED <= end; i++)
		wiped = pwrite(device, zeros, WIPED, begins[i] * MIB) == WIPED;
	free(zeros);
	return wiped && !fsync(device);
}

/* One sector, which a disk writes whole or not at all; fresh: nothing of what it
 * was stays. */
static bool put_code(int device, const unsigned char code[CODE], bool fresh)
{
	unsigned char sector[SECTOR] = { 0 };

	if (!fresh && pread(device, sector, SECTOR, 0) != SECTOR)
		return false;
	memcpy(sector, code, CODE);
	sector[SIGNATURE] = 0x55;
	sector[SIGNATURE + 1] = 0xaa;
	return pwrite(device, sector, SECTOR, 0) == SECTOR && !fsync(device);
}

static int put_sector(const char *disk, const char *name, bool first,
	struct trouble *why)
{
	unsigned char code[CODE];
	int device, result = 0;

	if (!read_code(name, code))
		return trouble(why, -EIO, PLACE_LOADER "/%s cannot be read",
			name);
	/* Alone: nothing of it is mounted or part of an array. */
	device = open(disk, O_RDWR | O_CLOEXEC | (first ? O_EXCL : 0));
	if (device < 0)
		return failed(disk, why);
	errno = 0;
	/* All that was written before is there before this is. */
	if (fsync(device) || !put_code(device, code, first) ||
	    (first && !wipe(device)))
		result = failed(disk, why);
	if (close(device) && !result)
		result = failed(disk, why);
	return result;
}

int table_interrupt(const char *disk, struct trouble *why)
{
	return put_sector(disk, "interrupted.bin", true, why);
}

int table_finish(const char *disk, struct trouble *why)
{
	return put_sector(disk, "gptmbr.bin", false, why);
}

bool table_interrupted(const char *disk)
{
	unsigned char code[CODE], sector[CODE];
	int device = open(disk, O_RDONLY | O_CLOEXEC);
	bool is = device >= 0 && read_code("interrupted.bin", code) &&
		read(device, sector, CODE) == CODE &&
		!memcmp(code, sector, CODE);

	if (device >= 0)
		close(device);
	return is;
}

void table_device(const char *disk, enum table_partition partition, char *path,
	size_t size)
{
	bool digit = isdigit((unsigned char)disk[strlen(disk) - 1]);

	snprintf(path, size, "%s%s%d", disk, digit ? "p" : "", partition);
}

/* Whether the kernel has the partition, and there; sectors 0: as large as it may be. */
static bool is_at(const char *disk, enum table_partition partition,
	unsigned long long start, unsigned long long sectors)
{
	const char *name = strrchr(disk, '/') + 1;
	char device[64], folder[160];
	unsigned long long size;

	table_device(name, partition, device, sizeof(device));
	snprintf(folder, sizeof(folder), PLACE_BLOCK "/%s/%s", name, device);
	size = attribute_number(folder, "size");
	return attribute_number(folder, "start") == start && size &&
		(!sectors || size == sectors);
}

/* LOADER_AT and CONFIG_AT are multiples of a MiB, so sfdisk moves none. */
static bool kernel_has(const char *disk, bool data)
{
	return is_at(disk, TABLE_LOADER, LOADER_AT, LOADER_SECTORS) &&
		is_at(disk, TABLE_CONFIG, CONFIG_AT, CONFIG_SECTORS) &&
		is_at(disk, TABLE_DATA, DATA_AT, 0) == data;
}

/* sfdisk does not say when the kernel keeps what it knows: who opens a partition for a
 * moment, to look what has come, is in its way. */
static int tell_kernel(const char *disk, bool data, struct trouble *why)
{
	int device, i;

	for (i = 0; i < TRIES && !kernel_has(disk, data); i++) {
		usleep(PAUSE);
		device = open(disk, O_RDONLY | O_CLOEXEC);
		if (device >= 0)
			ioctl(device, BLKRRPART);
		if (device >= 0)
			close(device);
	}
	return kernel_has(disk, data) ? 0 : trouble(why, -EBUSY, "the kernel "
		"does not take the partitions: something has one of %s open",
		disk);
}

int table_make(const char *disk, const char *identity, bool data,
	struct trouble *why)
{
	static const char script[] =
		"label: gpt\n"
		"start=%d, size=%d, type=uefi, uuid=%s, "
		"name=socle-loader, attrs=LegacyBIOSBootable\n"
		"size=%d, type=linux, name=socle-config\n%s";
	char text[512];
	int result;

	snprintf(text, sizeof(text), script, LOADER_AT, LOADER_SECTORS,
		identity, CONFIG_SECTORS, data ?
		"type=linux, name=socle-data\n" : "");
	result = run((const char *[]){ "sfdisk", "-q", "--wipe", "never",
		"--wipe-partitions", "never", disk, NULL }, text,
		"the partitions", why);
	return result ? result : tell_kernel(disk, data, why);
}
