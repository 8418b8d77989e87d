/* The disks of this machine. */
/* SPDX-License-Identifier: MIT */
#include "disks.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "attribute.h"
#include "conf.h"
#include "option.h"
#include "places.h"
#include "program.h"

enum {
	SECTOR = 512, FOLDER_MAX = 512, BELOW_MAX = FOLDER_MAX + 300,
	IDENTITY = 12,		/* digits in a medium's label */
	IDENTITY_TEXT = 37,	/* a UUID, with its NUL */
	BLANK = 1 << 20, STEP = 1 << 16,
};

static bool begins(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

/* Nothing that is made of memory, of other disks, or that turns. */
static int is_disk(const struct dirent *entry)
{
	static const char *const others[] = { ".", "loop", "ram", "zram", "dm-",
		"md", "sr", "fd", "nbd", "mtd" };
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (begins(entry->d_name, others[i]))
			return 0;
	return 1;
}

/* Unit serial number, SPC-5 7.8.18: 4 bytes of header, then text. */
static bool read_page80(const char *folder, char *serial, size_t size)
{
	char path[BELOW_MAX];
	unsigned char page[4 + 64];
	size_t got, length = 0, i;
	FILE *file;

	snprintf(path, sizeof(path), "%s/device/vpd_pg80", folder);
	file = fopen(path, "re");
	got = file ? fread(page, 1, sizeof(page), file) : 0;
	if (file)
		fclose(file);
	for (i = 4; i < got && length < size - 1; i++)
		if (isgraph(page[i]) || (page[i] == ' ' && length))
			serial[length++] = (char)page[i];
	while (length && serial[length - 1] == ' ')
		length--;
	serial[length] = '\0';
	return length;
}

static void read_names(struct disk *disk, const char *folder)
{
	char vendor[32], model[64];

	if (!attribute_text(folder, "serial", disk->serial,
		sizeof(disk->serial)) &&
	    !attribute_text(folder, "device/serial", disk->serial,
		sizeof(disk->serial)))
		read_page80(folder, disk->serial, sizeof(disk->serial));
	attribute_text(folder, "device/model", model, sizeof(model));
	/* Of ATA's disks it is "ATA", of virtio's a number. */
	if (!attribute_text(folder, "device/vendor", vendor, sizeof(vendor)) ||
	    !strcmp(vendor, "ATA") || begins(vendor, "0x"))
		*vendor = '\0';
	snprintf(disk->model, sizeof(disk->model), "%s%s%s", vendor,
		*vendor && *model ? " " : "", model);
	/* A terminal shows them, and must not obey them. */
	conf_printable(disk->model);
	conf_printable(disk->serial);
	attribute_squeeze(disk->serial);
}

/* By the way to it through sysfs: what is nearest to the disk comes first. */
static void read_bus(struct disk *disk, const char *folder)
{
	static const struct { const char *part, *bus; } ways[] = {
		{ "/nvme", "NVMe" }, { "/mmc", "SD" }, { "/usb", "USB" },
		{ "/ata", "SATA" }, { "/session", "iSCSI" },
		{ "/rport-", "Fibre Channel" }, { "/end_device-", "SAS" },
		{ "/virtio", "virtio" },
	};
	char way[PATH_MAX];
	size_t i;

	snprintf(disk->bus, sizeof(disk->bus), "SCSI");
	if (!realpath(folder, way))
		return;
	for (i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		if (strstr(way, ways[i].part)) {
			snprintf(disk->bus, sizeof(disk->bus), "%s",
				ways[i].bus);
			return;
		}
}

/* An array of disks or the like that has it as a part. */
static void read_holder(struct disk *disk, const char *folder)
{
	char path[BELOW_MAX];
	const struct dirent *entry;
	DIR *list;

	snprintf(path, sizeof(path), "%s/holders", folder);
	list = opendir(path);
	while (list && (entry = readdir(list)))
		if (entry->d_name[0] != '.')
			snprintf(disk->used, sizeof(disk->used), "%.90s",
				entry->d_name);
	if (list)
		closedir(list);
}

/* What the kernel says of it: names and identities of GPT's. */
static void read_partition(struct disk *disk, const char *folder,
	const char *running)
{
	char path[BELOW_MAX + 8], line[160];
	bool ours = false;
	FILE *file;

	snprintf(path, sizeof(path), "%s/uevent", folder);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		ours = ours || begins(line, "PARTNAME=socle-");
		disk->loader = disk->loader ||
			!strcmp(line, "PARTNAME=socle-loader");
		if (begins(line, "PARTUUID=") && *running &&
		    !strcasecmp(line + 9, running))
			disk->medium = true;
	}
	if (file)
		fclose(file);
	disk->foreign = disk->foreign || !ours;
	disk->partitions++;
}

static void read_partitions(struct disk *disk, const char *folder,
	const char *running)
{
	DIR *list = opendir(folder);
	const struct dirent *entry;
	char path[BELOW_MAX];

	while (list && (entry = readdir(list))) {
		if (!begins(entry->d_name, disk->name))
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		/* Not the areas that a flash module has beside its disk. */
		if (!attribute_number(path, "partition"))
			continue;
		read_holder(disk, path);
		read_partition(disk, path, running);
	}
	if (list)
		closedir(list);
}

/* False: there is nothing to write on, or it is none. */
static bool read_disk(struct disk *disk, const char *name,
	const char *running)
{
	char folder[FOLDER_MAX];

	memset(disk, 0, sizeof(*disk));
	snprintf(disk->name, sizeof(disk->name), "%s", name);
	snprintf(folder, sizeof(folder), "%s/%s", PLACE_BLOCK, name);
	disk->bytes = attribute_number(folder, "size") * SECTOR;
	disk->sequence = attribute_number(folder, "diskseq");
	disk->sector = (unsigned)attribute_number(folder,
		"queue/logical_block_size");
	disk->readonly = attribute_number(folder, "ro");
	read_holder(disk, folder);
	read_partitions(disk, folder, running);
	read_names(disk, folder);
	read_bus(disk, folder);
	/* A hidden one is a way to another. */
	return (disk->bytes || !attribute_number(folder, "removable")) &&
		!attribute_number(folder, "hidden");
}

/* Whether it is the disk or one of its partitions: sda1, nvme0n1p1. */
static bool is_of(const struct disk *disk, const char *device, size_t length)
{
	size_t size = strlen(disk->name), i;

	if (length < size || strncmp(device, disk->name, size))
		return false;
	if (length > size && isdigit((unsigned char)disk->name[size - 1]) &&
	    device[size++] != 'p')
		return false;
	for (i = size; i < length; i++)
		if (!isdigit((unsigned char)device[i]))
			return false;
	return true;
}

/* KEY="VALUE" in a line of blkid's. */
static bool value_of(const char *line, const char *key, char *value,
	size_t size)
{
	char start[16];
	const char *at;

	snprintf(start, sizeof(start), " %s=\"", key);
	at = strstr(line, start);
	*value = '\0';
	if (!at)
		return false;
	at += strlen(start);
	snprintf(value, size, "%.*s", (int)strcspn(at, "\"\n"), at);
	conf_printable(value);
	return true;
}

/* SOCLE_ and the first digits of its image's sum: see initramfs/init. */
static bool is_medium(const char *type, const char *label)
{
	return !strcmp(type, "iso9660") && begins(label, "SOCLE_") &&
		strspn(label + 6, "0123456789abcdef") == IDENTITY &&
		!label[6 + IDENTITY];
}

static void put_content(struct disk *disk, const char *line)
{
	char type[32], label[64];
	size_t used = strlen(disk->content);

	value_of(line, "LABEL", label, sizeof(label));
	if (!value_of(line, "TYPE", type, sizeof(type)))
		snprintf(type, sizeof(type), "unknown");
	disk->medium = disk->medium || is_medium(type, label);
	snprintf(disk->content + used, sizeof(disk->content) - used,
		"%s%s%s%s", used ? ", " : "", type, *label ? " " : "", label);
}

/* "/dev/sda1: LABEL="data" TYPE="ext4"", a line for each that has something. */
static void read_contents(struct disk *disks, int count)
{
	size_t size;
	char *text = program_said(PLACE_BLKID, &size), *line, *next;
	int i;

	for (line = text; line && *line; line = next) {
		const char *name = line + strlen("/dev/");

		next = line + strcspn(line, "\n");
		if (*next)
			*next++ = '\0';
		for (i = 0; begins(line, "/dev/") && i < count; i++)
			if (is_of(&disks[i], name, strcspn(name, ":")))
				put_content(&disks[i], line);
	}
	free(text);
}

/* That of the settings, which an installation may take, says nothing of others. */
static void put_used(struct disk *disk, const char *folder)
{
	if (!*disk->used || !strcmp(disk->used, DISK_SETTINGS))
		snprintf(disk->used, sizeof(disk->used), "%s", folder);
}

unsigned disk_has(const struct disk *disk, const char *uuid)
{
	size_t size;
	char *text = program_said(PLACE_BLKID, &size), found[IDENTITY_TEXT];
	const char *line, *name;
	unsigned where = 0;

	for (line = text ? strtok(text, "\n") : NULL; line;
		line = strtok(NULL, "\n")) {
		name = line + strlen("/dev/");
		if (!begins(line, "/dev/") ||
		    !value_of(line, "UUID", found, sizeof(found)) ||
		    strcasecmp(found, uuid))
			continue;
		where |= is_of(disk, name, strcspn(name, ":")) ? DISK_HERE :
			DISK_ELSEWHERE;
	}
	free(text);
	return where;
}

static void read_mounts(struct disk *disks, int count)
{
	FILE *file = fopen(PLACE_MOUNTS, "re");
	char line[PATH_MAX * 2], device[64], folder[96];
	int i;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "/dev/%63s %95s", device, folder) != 2)
			continue;
		for (i = 0; i < count; i++)
			if (is_of(&disks[i], device, strlen(device)))
				put_used(&disks[i], folder);
	}
	if (file)
		fclose(file);
}

int disks_read(struct disk **disks)
{
	char running[IDENTITY_TEXT];
	struct dirent **names;
	int i, found = 0, count = scandir(PLACE_BLOCK, &names, is_disk,
		versionsort);

	*disks = NULL;
	if (count < 0)
		return -errno;
	/* The loader's partition that this system was started from; or empty. */
	option_read(PLACE_COMMAND_LINE, "socle.disk", running,
		sizeof(running));
	*disks = calloc((size_t)count + 1, sizeof(**disks));
	for (i = 0; i < count; i++) {
		if (*disks && read_disk(&(*disks)[found], names[i]->d_name,
			running))
			found++;
		free(names[i]);
	}
	free(names);
	if (!*disks)
		return -ENOMEM;
	read_contents(*disks, found);
	read_mounts(*disks, found);
	return found;
}

const struct disk *disk_named(const struct disk *disks, int count,
	const char *name)
{
	int i;

	if (begins(name, "/dev/"))
		name += strlen("/dev/");
	for (i = 0; i < count; i++)
		if (!strcmp(disks[i].name, name))
			return &disks[i];
	return NULL;
}

bool disk_is_there(const struct disk *disk)
{
	char folder[FOLDER_MAX];

	snprintf(folder, sizeof(folder), "%s/%s", PLACE_BLOCK, disk->name);
	return attribute_number(folder, "size") * SECTOR == disk->bytes &&
		attribute_number(folder, "diskseq") == disk->sequence;
}

void disk_use_text(const struct disk *disk, char *text, size_t size)
{
	const char *volume = disk->used + strlen("/volumes/");
	bool is_volume = begins(disk->used, "/volumes/");

	snprintf(text, size, "%s%s%s%s", disk->used, is_volume ?
		" (vm host storage forget " : "", is_volume ? volume : "",
		is_volume ? ")" : "");
}

const char *disk_why_not(const struct disk *disk)
{
	if (disk->medium)
		return "a boot medium of Socle Server";
	if (*disk->used && strcmp(disk->used, DISK_SETTINGS))
		return "in use";
	if (!disk->bytes)
		return "it cannot be read";
	if (disk->readonly)
		return "it is read-only";
	if (disk->bytes < DISK_LEAST)
		return "too small for an installation";
	if (disk->sector && disk->sector != SECTOR)
		return "BIOS does not start from its sectors, which are larger "
			"than 512 bytes";
	return NULL;
}

void disk_size_text(uint64_t bytes, char *text, size_t size)
{
	if (bytes >= 1000000000000)
		snprintf(text, size, "%.1f TB", (double)bytes / 1e12);
	else if (bytes >= 1000000000)
		snprintf(text, size, "%.1f GB", (double)bytes / 1e9);
	else
		snprintf(text, size, "%.0f MB", (double)bytes / 1e6);
}

void disk_content_text(const struct disk *disk, char *text, size_t size)
{
	if (!disk->partitions && !*disk->content)
		snprintf(text, size, "empty");
	else if (!disk->partitions)
		snprintf(text, size, "%s", disk->content);
	else
		snprintf(text, size, "%d partition%s%s%s%s", disk->partitions,
			disk->partitions == 1 ? "" : "s",
			*disk->content ? " (" : "", disk->content,
			*disk->content ? ")" : "");
}

/* Zeroes, or what erased flash has. */
static bool is_blank_at(int device, off_t at)
{
	static unsigned char bytes[STEP];
	size_t i;

	if (pread(device, bytes, sizeof(bytes), at) != sizeof(bytes))
		return false;
	for (i = 1; i < sizeof(bytes); i++)
		if (bytes[i] != bytes[0])
			return false;
	return bytes[0] == 0 || bytes[0] == 0xff;
}

bool disk_is_blank(const struct disk *disk)
{
	char path[FOLDER_MAX];
	off_t size, at;
	int device;
	bool blank;

	if (disk->partitions || *disk->content)
		return false;
	snprintf(path, sizeof(path), PLACE_DEVICES "/%s", disk->name);
	/* Not a terminal that somebody has put there, nor one that waits. */
	device = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	size = device < 0 ? 0 : lseek(device, 0, SEEK_END);
	blank = size >= 2 * BLANK;
	for (at = 0; blank && at < BLANK; at += STEP)
		blank = is_blank_at(device, at) &&
			is_blank_at(device, size - BLANK + at);
	if (device >= 0)
		close(device);
	return blank;
}
