/* What the first bytes of a device say of it: ext4, or part of an array. */
/* SPDX-License-Identifier: MIT */
#include "superblock.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "places.h"

enum { BLOCK = 4096, PATH_SIZE = 300 };

/* ext4, Documentation/filesystems/ext4/super.rst. */
enum { EXT4_AT = 1024, EXT4_SIZE = 1024, EXT4_BLOCKS_AT = 0x4,
	EXT4_BLOCK_SIZE_AT = 0x18, EXT4_GROUP_SIZE_AT = 0x20,
	EXT4_MAGIC = 0xef53, EXT4_MAGIC_AT = 0x38, EXT4_GROUP_AT = 0x5a,
	EXT4_COMPAT_AT = 0x5c, EXT4_FEW_COPIES = 0x200,
	EXT4_INCOMPAT_AT = 0x60, EXT4_EXTENTS = 0x40, EXT4_64BIT = 0x80,
	EXT4_RO_COMPAT_AT = 0x64, EXT4_SUMS = 0x400, EXT4_UUID_AT = 0x68,
	EXT4_LABEL_AT = 0x78, EXT4_LABEL = 16, EXT4_BLOCKS_HIGH_AT = 0x150,
	EXT4_SUM_AT = 0x3fc };

/* CRC-32C, reflected. */
#define EXT4_POLYNOMIAL 0x82f63b78u

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

static bool is_old_raid(int fd, off_t at, struct superblock *found)
{
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

/* Versions 1.1 and 1.2 are at the beginning, where no file is. */
static bool is_raid(int fd, struct superblock *found)
{
	return is_raid_at(fd, BLOCK, found) || is_raid_at(fd, 0, found);
}

/* Versions 1.0 and 0.90 are near the end. What a file system that reaches so
 * far has there may be a file's, which a guest has written: used is its end. */
static bool is_raid_by_end(int fd, uint64_t used, struct superblock *found)
{
	off_t size = lseek(fd, 0, SEEK_END);
	off_t new = ((size / 512 - 16) & ~(off_t)7) * 512;
	off_t old = (size & ~(off_t)(OLD_RAID - 1)) - OLD_RAID;

	return (new >= 0 && (uint64_t)new >= used &&
			is_raid_at(fd, new, found)) ||
		(old >= 0 && (uint64_t)old >= used &&
			is_old_raid(fd, old, found));
}

/* Good for what the first sector has, the second may be another state's. */
static bool is_ext4(const unsigned char *bytes)
{
	return little(bytes + EXT4_MAGIC_AT, 2) == EXT4_MAGIC &&
		(little(bytes + EXT4_INCOMPAT_AT, 4) & EXT4_EXTENTS) &&
		little(bytes + EXT4_BLOCK_SIZE_AT, 4) <= 6;
}

static uint32_t block_size(const unsigned char *bytes)
{
	return 1024u << little(bytes + EXT4_BLOCK_SIZE_AT, 4);
}

/* The number of bytes that it has, as far as it can be. */
static uint64_t ext4_bytes(const unsigned char *bytes)
{
	uint64_t blocks = little(bytes + EXT4_BLOCKS_AT, 4);

	if (little(bytes + EXT4_INCOMPAT_AT, 4) & EXT4_64BIT)
		blocks |= (uint64_t)little(bytes + EXT4_BLOCKS_HIGH_AT, 4) <<
			32;
	return blocks > UINT64_MAX / block_size(bytes) ? UINT64_MAX :
		blocks * block_size(bytes);
}

/* With extents: ext2 and ext3 have none. */
static void read_ext4(const unsigned char *bytes, struct superblock *found)
{
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
	unsigned char bytes[EXT4_SIZE];
	int fd = open_device(name);
	bool ext4;

	memset(superblock, 0, sizeof(*superblock));
	if (fd < 0)
		return;
	ext4 = read_at(fd, EXT4_AT, bytes, sizeof(bytes)) && is_ext4(bytes);
	if (!is_raid(fd, superblock) && !is_raid_by_end(fd, ext4 ?
			ext4_bytes(bytes) : 0, superblock) && ext4)
		read_ext4(bytes, superblock);
	close(fd);
}

static bool sum_is_right(const unsigned char *bytes)
{
	uint32_t sum = ~0u;
	int i, bit;

	for (i = 0; i < EXT4_SUM_AT; i++) {
		sum ^= bytes[i];
		for (bit = 0; bit < 8; bit++)
			sum = sum >> 1 ^ (sum & 1 ? EXT4_POLYNOMIAL : 0);
	}
	return sum == little(bytes + EXT4_SUM_AT, 4);
}

/* What it says of itself differs from its sum, and group 1 begins, as is usual,
 * with a copy: no file's data are there, whoever has written them. */
static bool is_torn(const unsigned char *bytes)
{
	uint32_t size = is_ext4(bytes) ? block_size(bytes) : 0;

	return (size == 1024 || size == 4096) &&
		(little(bytes + EXT4_RO_COMPAT_AT, 4) & EXT4_SUMS) &&
		!sum_is_right(bytes) &&
		!(little(bytes + EXT4_COMPAT_AT, 4) & EXT4_FEW_COPIES) &&
		little(bytes + EXT4_GROUP_SIZE_AT, 4) == 8 * size;
}

static bool is_copy(const unsigned char *bytes, const unsigned char *of)
{
	return is_ext4(bytes) && sum_is_right(bytes) &&
		block_size(bytes) == block_size(of) &&
		little(bytes + EXT4_GROUP_AT, 2) == 1 &&
		!memcmp(bytes + EXT4_UUID_AT, of + EXT4_UUID_AT, 16);
}

bool superblock_copy(const char *name, unsigned int *block, unsigned int *size)
{
	unsigned char bytes[EXT4_SIZE], copy[EXT4_SIZE];
	int fd = open_device(name);
	bool found = fd >= 0 && read_at(fd, EXT4_AT, bytes, sizeof(bytes)) &&
		is_torn(bytes);

	if (found) {
		*size = block_size(bytes);
		*block = 8 * *size + (*size == 1024);
		found = read_at(fd, (off_t)*block * *size, copy,
			sizeof(copy)) && is_copy(copy, bytes);
	}
	if (fd >= 0)
		close(fd);
	return found;
}
