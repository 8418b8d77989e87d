/* What the first bytes of a device say of it: ext4, or part of an array. */
/* SPDX-License-Identifier: MIT */
#include "superblock.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "places.h"

enum { BLOCK = 4096, PATH_SIZE = 300, BLANK = 1 << 20, STEP = 1 << 16 };

/* ext4, Documentation/filesystems/ext4/super.rst. */
enum { EXT4_AT = 1024, EXT4_MAGIC = 0xef53, EXT4_MAGIC_AT = 0x38,
	EXT4_INCOMPAT_AT = 0x60, EXT4_EXTENTS = 0x40, EXT4_UUID_AT = 0x68,
	EXT4_LABEL_AT = 0x78, EXT4_LABEL = 16 };

/* md, struct mdp_superblock_1 and mdp_superblock_s of linux/raid/md_p.h. */
#define RAID_MAGIC 0xa92b4efcu
enum { RAID_UUID_AT = 16, RAID_NAME_AT = 32, RAID_NAME = 32,
	OLD_RAID = 64 << 10, OLD_UUID_AT = 20, OLD_UUID_REST_AT = 52 };

static uint32_t little(const unsigned char *at, int bytes)
{
	uint32_t value = 0;

	while (bytes--)
		value = value << 8 | at[bytes];
	return value;
}

static void print_uuid(const unsigned char *at, char text[UUID_SIZE])
{
	int i, used = 0;

	for (i = 0; i < 16; i++)
		used += snprintf(text + used, UUID_SIZE - (size_t)used,
			"%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ?
			"-" : "", at[i]);
}

/* What a terminal would obey is none. */
static void print_label(const unsigned char *at, int size,
	char text[SUPERBLOCK_LABEL])
{
	int i;

	for (i = 0; i < size && at[i]; i++)
		text[i] = at[i] > ' ' && at[i] < 0x7f ? (char)at[i] : '?';
	text[i] = '\0';
}

static bool read_at(int fd, off_t offset, void *bytes, size_t size)
{
	return offset >= 0 && pread(fd, bytes, size, offset) == (ssize_t)size;
}

/* "any:data": behind the name of the host that has made it. */
static void print_array(const unsigned char *at, char text[SUPERBLOCK_LABEL])
{
	const char *colon;

	print_label(at, RAID_NAME, text);
	colon = strchr(text, ':');
	if (colon)
		memmove(text, colon + 1, strlen(colon));
}

/* Versions 1.1 and 1.2 are at the beginning, 1.0 is near the end. */
static bool is_raid_at(int fd, off_t offset, struct superblock *found)
{
	unsigned char bytes[256];

	if (!read_at(fd, offset, bytes, sizeof(bytes)) ||
	    little(bytes, 4) != RAID_MAGIC || little(bytes + 4, 4) != 1)
		return false;
	found->kind = SUPERBLOCK_RAID;
	print_uuid(bytes + RAID_UUID_AT, found->uuid);
	print_array(bytes + RAID_NAME_AT, found->label);
	return true;
}

static bool is_old_raid(int fd, off_t size, struct superblock *found)
{
	off_t at = (size & ~(off_t)(OLD_RAID - 1)) - OLD_RAID;
	unsigned char bytes[256], uuid[16];

	if (!read_at(fd, at, bytes, sizeof(bytes)) ||
	    little(bytes, 4) != RAID_MAGIC || little(bytes + 4, 4))
		return false;
	found->kind = SUPERBLOCK_RAID;
	memcpy(uuid, bytes + OLD_UUID_AT, 4);
	memcpy(uuid + 4, bytes + OLD_UUID_REST_AT, 12);
	print_uuid(uuid, found->uuid);
	return true;
}

static bool is_raid(int fd, struct superblock *found)
{
	off_t size = lseek(fd, 0, SEEK_END);

	return is_raid_at(fd, BLOCK, found) || is_raid_at(fd, 0, found) ||
		is_raid_at(fd, ((size / 512 - 16) & ~(off_t)7) * 512, found) ||
		is_old_raid(fd, size, found);
}

/* With extents: ext2 and ext3 have none. */
static void read_ext4(int fd, struct superblock *found)
{
	unsigned char bytes[256];

	if (!read_at(fd, EXT4_AT, bytes, sizeof(bytes)) ||
	    little(bytes + EXT4_MAGIC_AT, 2) != EXT4_MAGIC ||
	    !(little(bytes + EXT4_INCOMPAT_AT, 4) & EXT4_EXTENTS))
		return;
	found->kind = SUPERBLOCK_EXT4;
	print_uuid(bytes + EXT4_UUID_AT, found->uuid);
	print_label(bytes + EXT4_LABEL_AT, EXT4_LABEL, found->label);
}

/* Not a terminal that somebody has put there, nor one that waits. */
static int open_device(const char *name)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "%s/%s", PLACE_DEV, name);
	return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

void superblock_read(const char *name, struct superblock *superblock)
{
	int fd = open_device(name);

	memset(superblock, 0, sizeof(*superblock));
	if (fd < 0)
		return;
	if (!is_raid(fd, superblock))
		read_ext4(fd, superblock);
	close(fd);
}

/* Zeroes, or what erased flash has. */
static bool is_blank_at(int fd, off_t offset)
{
	static unsigned char bytes[STEP];
	size_t i;

	if (!read_at(fd, offset, bytes, sizeof(bytes)))
		return false;
	for (i = 1; i < sizeof(bytes); i++)
		if (bytes[i] != bytes[0])
			return false;
	return bytes[0] == 0 || bytes[0] == 0xff;
}

bool superblock_is_blank(const char *name)
{
	int fd = open_device(name);
	off_t size = fd < 0 ? 0 : lseek(fd, 0, SEEK_END), at;
	bool blank = size >= 2 * BLANK;

	for (at = 0; blank && at < BLANK; at += STEP)
		blank = is_blank_at(fd, at) &&
			is_blank_at(fd, size - BLANK + at);
	if (fd >= 0)
		close(fd);
	return blank;
}
