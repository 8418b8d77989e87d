/* preallocate: files without content in a FAT32 image, each in one piece. */
/* SPDX-License-Identifier: MIT */
/*
 * A program of the build. Updates write whole files of the slot that does not
 * run, so all room of both slots is given out when the file system is made, and
 * neither its tables nor its folders' lengths change afterwards. Source: Microsoft
 * FAT32 File System Specification 1.03, "Boot Sector and BPB", "FAT Data
 * Structure", "FAT Directory Structure".
 */
#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SECTOR = 512,
	ENTRY = 32, ENTRY_ATTRIBUTES = 11, ENTRY_CASE = 12,
	ENTRY_CLUSTER_HIGH = 20, ENTRY_CLUSTER_LOW = 26,
	ATTRIBUTE_FOLDER = 0x10, ATTRIBUTE_ARCHIVE = 0x20, ATTRIBUTE_LONG = 0x0f,
	CASE_LOWER = 0x18, /* name and extension are shown in lower case */
	NAME = 11,
};

#define LAST_CLUSTER 0x0fffffffu
#define FILE_MOST 0xffffffffu /* bytes */
#define CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789-_" /* of names */

static struct {
	FILE *file;
	uint32_t cluster_bytes, clusters, free; /* free: the first that is */
	uint64_t information, fat[2], data; /* bytes from the image's begin */
	uint32_t root;
} image;

static void die(const char *what)
{
	fprintf(stderr, "preallocate: %s\n", what);
	exit(1);
}

static uint32_t little(const unsigned char *at, int bytes)
{
	uint32_t value = 0;

	while (bytes--)
		value = value << 8 | at[bytes];
	return value;
}

static void put_little(unsigned char *at, int bytes, uint32_t value)
{
	for (; bytes--; value >>= 8)
		*at++ = value & 0xff;
}

static void get(uint64_t offset, void *bytes, size_t size)
{
	if (fseeko(image.file, (off_t)offset, SEEK_SET) ||
	    fread(bytes, size, 1, image.file) != 1)
		die("the image cannot be read");
}

static void put(uint64_t offset, const void *bytes, size_t size)
{
	if (fseeko(image.file, (off_t)offset, SEEK_SET) ||
	    fwrite(bytes, size, 1, image.file) != 1)
		die("the image cannot be written");
}

static uint64_t place(uint32_t cluster)
{
	return image.data + (uint64_t)(cluster - 2) * image.cluster_bytes;
}

static uint32_t next_of(uint32_t cluster)
{
	unsigned char entry[4];

	get(image.fat[0] + cluster * 4ull, entry, sizeof(entry));
	return little(entry, 4) & LAST_CLUSTER;
}

static void chain(uint32_t cluster, uint32_t next)
{
	unsigned char entry[4];

	put_little(entry, 4, next);
	put(image.fat[0] + cluster * 4ull, entry, sizeof(entry));
	put(image.fat[1] + cluster * 4ull, entry, sizeof(entry));
}

static void open_image(const char *path)
{
	unsigned char boot[SECTOR];
	uint64_t fat, fat_bytes;

	image.file = fopen(path, "r+b");
	if (!image.file)
		die(strerror(errno));
	get(0, boot, sizeof(boot));
	if (little(boot + 11, 2) != SECTOR || boot[16] != 2 ||
	    memcmp(boot + 82, "FAT32   ", 8))
		die("this is no FAT32 of sectors of 512 bytes with two tables");
	image.cluster_bytes = boot[13] * SECTOR;
	image.information = little(boot + 48, 2) * SECTOR;
	fat = little(boot + 14, 2) * SECTOR;
	fat_bytes = (uint64_t)little(boot + 36, 4) * SECTOR;
	image.fat[0] = fat;
	image.fat[1] = fat + fat_bytes;
	image.data = fat + 2 * fat_bytes;
	image.root = little(boot + 44, 4);
	image.clusters = (uint32_t)(((uint64_t)little(boot + 32, 4) * SECTOR -
		image.data) / image.cluster_bytes) + 2;
	for (image.free = image.clusters; !next_of(image.free - 1);)
		image.free--;
}

/* "root.sfs" as "ROOT    SFS". */
static void short_name(const char *text, char name[NAME])
{
	const char *dot = strchr(text, '.');
	size_t base = dot ? (size_t)(dot - text) : strlen(text), i;
	const char *end = dot ? dot + 1 : "";

	if (!base || base > 8 || strlen(end) > 3 ||
	    strspn(text, CHARACTERS ".") != strlen(text) || strchr(end, '.'))
		die("a name is not of 8 and 3 letters");
	memset(name, ' ', NAME);
	for (i = 0; i < base; i++)
		name[i] = (char)toupper((unsigned char)text[i]);
	for (i = 0; end[i]; i++)
		name[8 + i] = (char)toupper((unsigned char)end[i]);
}

/* Folders have one cluster here. 0: there is none of this name in the root. */
static uint32_t folder_cluster(const char *text)
{
	unsigned char entry[ENTRY];
	char name[NAME];
	uint32_t at;

	short_name(text, name);
	for (at = 0; at < image.cluster_bytes; at += ENTRY) {
		get(place(image.root) + at, entry, ENTRY);
		if (entry[ENTRY_ATTRIBUTES] != ATTRIBUTE_LONG &&
		    entry[ENTRY_ATTRIBUTES] & ATTRIBUTE_FOLDER &&
		    !memcmp(entry, name, NAME))
			return little(entry + ENTRY_CLUSTER_HIGH, 2) << 16 |
				little(entry + ENTRY_CLUSTER_LOW, 2);
	}
	return 0;
}

/* Where the next entry goes: in the first sector, so that one write has all. */
static uint64_t free_entry(uint32_t folder, const char name[NAME])
{
	char found[NAME];
	uint64_t at = place(folder), end = at + SECTOR;

	for (; at < end; at += ENTRY) {
		get(at, found, NAME);
		if (!found[0])
			return at;
		if (!memcmp(found, name, NAME))
			die("a folder has two files of a name");
	}
	die("a folder has too many files");
	return 0;
}

static void add(const char *folder, const char *text, uint64_t bytes)
{
	unsigned char entry[ENTRY] = { 0 };
	uint32_t parent = folder_cluster(folder), first = image.free, i;
	uint64_t room = (uint64_t)(image.clusters - first) *
		image.cluster_bytes, at;
	uint32_t count = (uint32_t)((bytes + image.cluster_bytes - 1) /
		image.cluster_bytes);

	if (!parent)
		die("there is no such folder");
	if (!bytes || bytes > room || bytes > FILE_MOST)
		die("there is not so much room");
	short_name(text, (char *)entry);
	at = free_entry(parent, (char *)entry);
	entry[ENTRY_ATTRIBUTES] = ATTRIBUTE_ARCHIVE;
	entry[ENTRY_CASE] = CASE_LOWER;
	put_little(entry + ENTRY_CLUSTER_HIGH, 2, first >> 16);
	put_little(entry + ENTRY_CLUSTER_LOW, 2, first & 0xffff);
	put(at, entry, ENTRY);
	for (i = 0; i + 1 < count; i++)
		chain(first + i, first + i + 1);
	chain(first + i, LAST_CLUSTER);
	image.free += count;
	printf("%s/%s %llu %llu %llu\n", folder, text,
		(unsigned long long)place(first),
		(unsigned long long)count * image.cluster_bytes,
		(unsigned long long)at);
}

/* How much is left: the FSInfo sector. */
static void put_information(void)
{
	unsigned char counts[8];
	uint32_t left = 0, cluster;

	/* Also what was deleted before. */
	for (cluster = 2; cluster < image.clusters; cluster++)
		left += !next_of(cluster);
	put_little(counts, 4, left);
	put_little(counts + 4, 4, image.free);
	put(image.information + 488, counts, sizeof(counts));
}

/*
 * preallocate IMAGE: reads lines FOLDER NAME BYTES, folders being in the root; prints
 * for each FOLDER/NAME, where its room begins, its bytes, and where its entry is,
 * as bytes from the image's begin.
 */
int main(int count, char **words)
{
	char folder[16], name[16];
	unsigned long long bytes;
	int got;

	if (count != 2)
		die("usage: preallocate IMAGE < LIST");
	open_image(words[1]);
	while ((got = scanf("%15s %15s %llu", folder, name, &bytes)) == 3)
		add(folder, name, bytes);
	if (got != EOF || ferror(stdin))
		die("a line of the list is not FOLDER NAME BYTES");
	put_information();
	if (fclose(image.file) || fflush(stdout))
		die("the image cannot be written");
	return 0;
}
