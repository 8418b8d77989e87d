/* A slot of the loader's partition: one whole system. */
/* SPDX-License-Identifier: MIT */
#include "slot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "places.h"

enum {
	BLOCK = 1 << 20, SECTOR = 512,
	ENTRY_SIZE = 28, /* of a folder's entry: the file's bytes, 4 of them */
	MENU_MAX = 4096,
	KNOWN_MAX = 128,
	SLOT = 'a',
};

struct writing {
	int device;
	uint64_t done, of;
	slot_progress *progress;
	void *context;
	struct trouble *why;
};

/* Where the list of places has a file of the slot. */
struct room {
	unsigned long long at, bytes, entry;
};

static bool find_room(const char *name, struct room *room)
{
	FILE *list = fopen(PLACE_LOADER "/slots", "re");
	char wanted[32], found[32];
	bool is = false;

	snprintf(wanted, sizeof(wanted), "%c/%s", SLOT, name);
	while (list && !is && fscanf(list, "%31s %llu %llu %llu", found,
		&room->at, &room->bytes, &room->entry) == 4)
		is = !strcmp(found, wanted);
	if (list)
		fclose(list);
	return is;
}

static int put(struct writing *writing, const char *bytes, size_t size,
	uint64_t at)
{
	while (size) {
		ssize_t done = pwrite(writing->device, bytes, size, (off_t)at);

		if (done <= 0)
			return trouble(writing->why, done ? -errno : -EIO,
				"the disk cannot be written: %s",
				strerror(done ? errno : EIO));
		bytes += done;
		at += (uint64_t)done;
		size -= (size_t)done;
	}
	return 0;
}

/* Written now and not when memory is full of it: so progress is what it says. */
static int put_block(struct writing *writing, const char *bytes, size_t size,
	uint64_t at)
{
	int result = put(writing, bytes, size, at);

	if (!result && fdatasync(writing->device))
		result = trouble(writing->why, -errno,
			"the disk cannot be written: %s", strerror(errno));
	writing->done += size;
	if (!result)
		writing->progress(writing->context, writing->done,
			writing->of);
	return result;
}

static int put_file(struct writing *writing, const char *path, uint64_t at,
	uint64_t most, uint64_t *bytes)
{
	int file = open(path, O_RDONLY | O_CLOEXEC), result = 0;
	char *block = malloc(BLOCK);
	ssize_t got = 0;

	*bytes = 0;
	while (file >= 0 && block && !result &&
	       (got = read(file, block, BLOCK)) > 0) {
		if (*bytes + (uint64_t)got > most)
			result = trouble(writing->why, -EFBIG,
				"there is no room for %s", path);
		else
			result = put_block(writing, block, (size_t)got,
				at + *bytes);
		*bytes += (uint64_t)got;
	}
	if (!result && (file < 0 || !block || got < 0))
		result = trouble(writing->why, -EIO, "%s cannot be read: %s",
			path, strerror(errno));
	free(block);
	if (file >= 0)
		close(file);
	return result;
}

/* The file's bytes in its folder's entry, in memory. */
static void put_size(char *sector, const struct room *room, uint64_t bytes)
{
	char *at = sector + room->entry % SECTOR + ENTRY_SIZE;
	int i;

	for (i = 0; i < 4; i++)
		at[i] = (char)(bytes >> 8 * i);
}

/* menu.cfg with the slot and the partition's identity put in. False: it cannot be
 * read, or is too long. */
static bool make_menu(const char *identity, char menu[MENU_MAX], size_t *size)
{
	FILE *file = fopen(PLACE_LOADER "/menu.cfg", "re");
	int letter = 0;
	bool whole;

	*size = 0;
	while (file && *size + KNOWN_MAX < MENU_MAX && (letter = getc(file)) != EOF)
		if (letter == '%')
			*size += (size_t)snprintf(menu + *size, KNOWN_MAX,
				"%s", identity);
		else
			menu[(*size)++] = (char)(letter == '@' ? SLOT : letter);
	whole = file && letter == EOF && !ferror(file);
	if (file)
		fclose(file);
	return whole;
}

static int put_menu(struct writing *writing, const char *identity,
	char *sector)
{
	char menu[MENU_MAX];
	size_t size;
	struct room room;

	if (!make_menu(identity, menu, &size) || !find_room("menu.cfg", &room)
		|| size > room.bytes)
		return trouble(writing->why, -EIO, "the loader's menu cannot "
			"be read");
	put_size(sector, &room, size);
	return put_block(writing, menu, size, room.at);
}

static int put_parts(struct writing *writing, const struct medium *medium,
	char *sector)
{
	const struct part *part;
	char path[256];
	struct room room;
	uint64_t bytes;
	int result = 0;

	for (part = parts; part->medium && !result; part++) {
		if (!medium_part(medium, part, path, sizeof(path)))
			continue;
		if (!find_room(part->slot, &room))
			return trouble(writing->why, -EIO, "a slot has no "
				"place for %s", part->slot);
		result = put_file(writing, path, room.at, room.bytes, &bytes);
		put_size(sector, &room, bytes);
	}
	return result;
}

/* The sector with the slot's folder, as the image has it. */
static int read_folder(char *sector, uint64_t *at, struct trouble *why)
{
	int image = open(PLACE_LOADER "/loader.img", O_RDONLY | O_CLOEXEC);
	struct room room;
	ssize_t got = -1;

	if (image >= 0 && find_room("menu.cfg", &room)) {
		*at = room.entry - room.entry % SECTOR;
		got = pread(image, sector, SECTOR, (off_t)*at);
	}
	if (image >= 0)
		close(image);
	return got == SECTOR ? 0 : trouble(why, -EIO,
		"the loader's image cannot be read");
}

static uint64_t file_bytes(const char *path)
{
	struct stat about;

	return stat(path, &about) ? 0 : (uint64_t)about.st_size;
}

static uint64_t all_bytes(const struct medium *medium)
{
	uint64_t bytes = file_bytes(PLACE_LOADER "/loader.img") + MENU_MAX +
		SECTOR;
	const struct part *part;
	char path[256];

	for (part = parts; part->medium; part++)
		if (medium_part(medium, part, path, sizeof(path)))
			bytes += file_bytes(path);
	return bytes;
}

int slot_write(const char *partition, const struct medium *medium,
	const char *identity, slot_progress *progress, void *context,
	struct trouble *why)
{
	struct writing writing = { .progress = progress, .context = context,
		.why = why, .of = all_bytes(medium) };
	char sector[SECTOR];
	uint64_t folder = 0, bytes;
	int result = read_folder(sector, &folder, why);

	if (result)
		return result;
	writing.device = open(partition, O_WRONLY | O_CLOEXEC);
	if (writing.device < 0)
		return trouble(why, -errno, "%s cannot be opened: %s",
			partition, strerror(errno));
	result = put_file(&writing, PLACE_LOADER "/loader.img", 0, UINT64_MAX,
		&bytes);
	if (!result)
		result = put_menu(&writing, identity, sector);
	if (!result)
		result = put_parts(&writing, medium, sector);
	if (!result)
		result = put_block(&writing, sector, SECTOR, folder);
	close(writing.device);
	return result;
}

static int differs(const char *path, struct trouble *why)
{
	return trouble(why, -EIO, "what was written does not come back from "
		"the disk: %s", path);
}

static int compare(const char *one, const char *other, struct trouble *why)
{
	FILE *file[] = { fopen(one, "re"), fopen(other, "re") };
	static char blocks[2][1 << 16];
	size_t got[2] = { 0 };
	bool same = file[0] && file[1];

	do {
		if (!same)
			break;
		got[0] = fread(blocks[0], 1, sizeof(*blocks), file[0]);
		got[1] = fread(blocks[1], 1, sizeof(*blocks), file[1]);
		same = got[0] == got[1] && !ferror(file[0]) &&
			!ferror(file[1]) &&
			!memcmp(blocks[0], blocks[1], got[0]);
	} while (got[0]);
	if (file[0])
		fclose(file[0]);
	if (file[1])
		fclose(file[1]);
	return same ? 0 : differs(other, why);
}

static int compare_menu(const char *folder, const char *identity,
	struct trouble *why)
{
	char menu[MENU_MAX], found[MENU_MAX], path[256];
	size_t size, got;
	FILE *file;
	bool same;

	snprintf(path, sizeof(path), "%s/%c/menu.cfg", folder, SLOT);
	file = fopen(path, "re");
	got = file ? fread(found, 1, sizeof(found), file) : 0;
	if (file)
		fclose(file);
	same = make_menu(identity, menu, &size) && got == size &&
		!memcmp(menu, found, size);
	return same ? 0 : differs(path, why);
}

int slot_compare(const char *folder, const struct medium *medium,
	const char *identity, struct trouble *why)
{
	const struct part *part;
	char from[256], to[256];
	int result = compare_menu(folder, identity, why);

	for (part = parts; part->medium && !result; part++) {
		if (!medium_part(medium, part, from, sizeof(from)))
			continue;
		snprintf(to, sizeof(to), "%s/%c/%s", folder, SLOT, part->slot);
		result = compare(from, to, why);
	}
	return result;
}

int slot_compare_loader(const char *partition, struct trouble *why)
{
	FILE *file[] = { fopen(PLACE_LOADER "/loader.img", "re"),
		fopen(partition, "re") };
	char sector[2][SECTOR];
	struct room room;
	uint64_t at = 0;
	bool same = file[0] && file[1] && find_room("menu.cfg", &room);

	for (; same && fread(sector[0], SECTOR, 1, file[0]) == 1; at += SECTOR)
		same = fread(sector[1], SECTOR, 1, file[1]) == 1 &&
			(at == room.entry - room.entry % SECTOR ||
			 !memcmp(sector[0], sector[1], SECTOR));
	same = same && !ferror(file[0]) && at;
	if (file[0])
		fclose(file[0]);
	if (file[1])
		fclose(file[1]);
	return same ? 0 : trouble(why, -EIO, "the loader does not come back "
		"from the disk");
}
