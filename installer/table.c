/* The partitions of an installed disk, and its first sector. */
/* SPDX-License-Identifier: MIT */
#include "table.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "places.h"
#include "run.h"

enum {
	SECTOR = 512, CODE = 440, SIGNATURE = 510,
	/* Tables, and what arrays and other systems leave at both ends. */
	WIPED = 1 << 20,
	MIB = 1 << 20,
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

int table_make(const char *disk, const char *identity, bool data,
	struct trouble *why)
{
	/* rootfs/build/loader.sh has the first one's place and size, too. */
	static const char script[] =
		"label: gpt\n"
		"start=2048, size=1048576, type=uefi, uuid=%s, "
		"name=socle-loader, attrs=LegacyBIOSBootable\n"
		"size=131072, type=linux, name=socle-config\n%s";
	char text[512];

	snprintf(text, sizeof(text), script, identity, data ?
		"type=linux, name=socle-data\n" : "");
	return run((const char *[]){ "sfdisk", "-q", "--wipe", "never",
		"--wipe-partitions", "never", disk, NULL }, text,
		"the partitions", why);
}
