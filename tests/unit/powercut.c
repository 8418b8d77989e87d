/*
 * Power cuts: a workload is recorded, write by write; then the file is made as
 * a cut could leave it, and must be whole: all up to the last sync, of the rest
 * a part, torn at sectors.
 * usage: powercut CUTS [SEED [FOLDER]]   FOLDER: qemu-img looks, too
 */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "disk.h"
#include "recorder.h"

#define MB		(1ull << 20)
#define SECTOR		512u
#define WINDOW		(8 * MB)	/* of the disk, that is written to */
#define SECTORS		(WINDOW / SECTOR)
#define CUTS_EACH	50u		/* of one workload */
#define DEVICE		(256 * MB)

static uint64_t state;
static const char *folder;

/* Where a cut is worth more: changes of metadata, as steps. Each kind has the
 * same share of the cuts, as rare as it may be. */
enum kind { ALLOCATED, UNMAPPED, GROWN, REOPENED, KINDS };

struct event {
	size_t begin, end;
};

static uint64_t any(uint64_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % below;
}

/* What each sector was told to be: a number that is nowhere else, or 0. */
struct told {
	uint32_t mark;
	size_t begin, end;	/* steps before it, and when it was done */
	struct told *next;
};

/* From begin on the disk may have the size, from end on it does. */
struct sized {
	uint64_t size;
	size_t begin, end;
};

/* What was done before this many steps is on the medium after so many. */
struct flushed {
	size_t begin, end;
};

static struct workload {
	struct recorder recorder;
	struct memory_file start;
	struct disk *disk;
	struct told *first[SECTORS], *last[SECTORS];
	struct sized sizes[64];
	unsigned int sizes_count;
	struct flushed flushes[4096];
	unsigned int flushes_count;
	uint32_t marks;
	uint64_t size, block;
	bool fixed;
	struct disk_use use;
	bool used;
	struct event events[KINDS][1024];
	unsigned int events_count[KINDS];
} work;

/* The image's GUIDs, too, come from the seed. */
ssize_t getrandom(void *to, size_t size, unsigned int flags)
{
	uint8_t *bytes = to;
	size_t i;

	(void)flags;
	for (i = 0; i < size; i++)
		bytes[i] = any(256);
	return size;
}

static void is_event(enum kind kind, size_t begin)
{
	unsigned int *count = &work.events_count[kind];

	if (work.recorder.count > begin + 1 && *count < 1024)
		work.events[kind][(*count)++] = (struct event){ begin,
			work.recorder.count };
}

static void fill(uint32_t *sector, uint32_t number, uint32_t mark)
{
	unsigned int i;

	sector[0] = number;
	sector[1] = mark;
	for (i = 2; i < SECTOR / 4; i++)
		sector[i] = mark * 2654435761u + i;
}

static void tell(uint32_t number, uint32_t mark, size_t begin)
{
	struct told *told = malloc(sizeof(*told));

	*told = (struct told){ mark, begin, work.recorder.count, NULL };
	if (work.last[number])
		work.last[number]->next = told;
	else
		work.first[number] = told;
	work.last[number] = told;
}

static void do_write(void)
{
	static uint32_t bytes[64][SECTOR / 4];
	uint32_t limit = work.size < WINDOW ? work.size / SECTOR : SECTORS;
	uint32_t count = 1 + any(any(4) ? 8 : 64), i;
	uint32_t number = any(limit - count);
	size_t begin = work.recorder.count;

	for (i = 0; i < count; i++)
		fill(bytes[i], number + i, work.marks + i + 1);
	CHECK(disk_write(work.disk, (uint64_t)number * SECTOR, bytes,
		count * SECTOR) == 0);
	for (i = 0; i < count; i++)
		tell(number + i, ++work.marks, begin);
	is_event(ALLOCATED, begin);
}

static void do_unmap(uint32_t unit, unsigned int units)
{
	uint32_t limit = work.size < WINDOW ? work.size / SECTOR : SECTORS;
	uint32_t number = any(limit) / unit * unit, i;
	uint32_t count = unit * units;
	size_t begin = work.recorder.count;

	count = count < limit - number ? count : limit - number;
	CHECK(disk_unmap(work.disk, (uint64_t)number * SECTOR,
		(uint64_t)count * SECTOR) == 0);
	for (i = 0; i < count; i++)
		tell(number + i, 0, begin);
	is_event(UNMAPPED, begin);
}

static void is_flushed(size_t begin)
{
	CHECK(work.flushes_count < 4096);
	work.flushes[work.flushes_count++] =
		(struct flushed){ begin, work.recorder.count };
}

static void do_flush(void)
{
	size_t begin = work.recorder.count;

	CHECK(disk_flush(work.disk) == 0);
	is_flushed(begin);
}

/* A block goes, its place is somebody else's. */
static void do_reuse(void)
{
	unsigned int i;

	do_unmap(work.block / SECTOR, 1);
	for (i = 0; i < 3; i++)
		do_write();
}

/* What comes next is in the log, too. */
static void do_resize(void)
{
	size_t begin = work.recorder.count;
	/* With blocks of 1 MB the BAT moves beyond 128 GB. Of a fixed image
	 * all would have to be read. */
	uint64_t size = work.size + (any(3) || work.fixed ?
		any(3000) * SECTOR : any(90) << 30);
	int result;

	if (work.sizes_count == 64)
		return;
	result = disk_resize(work.disk, size);
	if (result == -ENOTSUP && work.recorder.file.device)
		return;
	CHECK(result == 0);
	work.size = size;
	work.sizes[work.sizes_count++] = (struct sized){ work.size, begin,
		work.recorder.count };
	if (any(2))
		do_reuse();
	is_event(GROWN, begin);
}

static void do_open(void)
{
	struct disk_error error;

	if (disk_open(&work.disk, &work.recorder.file, DISK_VHDX, false,
		&error)) {
		fprintf(stderr, "powercut: %s\n", error.text);
		exit(1);
	}
}

static void do_close(void)
{
	size_t begin = work.recorder.count;

	CHECK(disk_close(work.disk) == 0);
	is_flushed(begin);
}

static void do_reopen(void)
{
	size_t begin = work.recorder.count;

	do_close();
	do_open();
	is_event(REOPENED, begin);
}

/* A request that stays for a while: its places are nobody else's so long. */
static void do_use(bool used)
{
	if (used && !work.used)
		disk_begin(work.disk, &work.use);
	if (!used && work.used)
		disk_end(work.disk, &work.use);
	work.used = used;
}

static void do_something(void)
{
	switch (any(32)) {
	default: do_write(); break;
	case 0: case 1: do_unmap(1 + any(3000), 1); break;
	case 2: do_unmap(work.block / SECTOR, 1 + any(4)); break;
	case 3: case 4: case 11: case 12: do_reuse(); break;
	case 5: case 6: case 7: do_flush(); break;
	case 8: do_resize(); break;
	case 9: do_use(true); break;
	case 10:
		do_use(false);
		if (!any(3))
			do_reopen();
		break;
	}
}

/* With something in each megabyte that no sector may ever have. */
static void make_device(struct memory_file *memory)
{
	uint8_t junk[SECTOR];
	uint64_t at;

	memset(junk, 0xaa, sizeof(junk));
	CHECK(memory_resize(&memory->file, DEVICE) == 0);
	for (at = 0; at < DEVICE; at += MB)
		CHECK(memory_write(&memory->file, at, junk, SECTOR) == 0);
	memory->file.device = true;
}

static void record_work(void)
{
	struct disk_form form = { DISK_VHDX, !any(6),
		4 * MB + any(8000) * SECTOR, any(2) ? MB : 2 * MB };
	struct disk_error error;
	unsigned int i, count = 100 + any(200);

	/* Where it grows the BAT has to move. */
	if (!form.fixed && form.block == MB && any(2))
		form.size += 127ull << 30;
	memory_init(&work.start);
	if (!any(4))
		make_device(&work.start);
	CHECK(disk_create(&work.start.file, &form, &error) == 0);
	recorder_init(&work.recorder, &work.start);
	work.size = form.size;
	work.block = form.block;
	work.fixed = form.fixed;
	work.sizes[work.sizes_count++] = (struct sized){ form.size, 0, 0 };
	do_open();
	for (i = 0; i < count; i++)
		do_something();
	do_use(false);
	do_close();
}

static void forget_work(void)
{
	struct told *told, *next;
	uint32_t i;

	for (i = 0; i < SECTORS; i++)
		for (told = work.first[i]; told; told = next) {
			next = told->next;
			free(told);
		}
	recorder_free(&work.recorder);
	memory_free(&work.start);
	memset(&work, 0, sizeof(work));
}

/* Of the last flush that was done before the cut: what it has made sure. */
static size_t sure_at(size_t cut)
{
	size_t sure = 0;
	unsigned int i;

	for (i = 0; i < work.flushes_count; i++)
		if (work.flushes[i].end <= cut)
			sure = work.flushes[i].begin;
	return sure;
}

/* What is sure, or anything that was told after it and before the cut. */
static void check_state(uint32_t number, uint32_t mark, size_t sure,
	size_t cut)
{
	const struct told *told;
	bool good = !mark;	/* at first all is zeros */

	for (told = work.first[number]; told; told = told->next) {
		if (told->begin >= cut)
			break;
		if (told->end <= sure)
			good = told->mark == mark;
		else
			good = good || told->mark == mark;
	}
	if (good)
		return;
	fprintf(stderr, "powercut: sector %u has mark %u; cut %zu, sure %zu\n",
		number, mark, cut, sure);
	for (told = work.first[number]; told; told = told->next)
		fprintf(stderr, "  told %u in steps %zu to %zu\n", told->mark,
			told->begin, told->end);
	exit(1);
}

static uint32_t mark_of(const uint32_t *sector, uint32_t number)
{
	static const uint32_t zeros[SECTOR / 4];
	uint32_t expected[SECTOR / 4];

	if (!memcmp(sector, zeros, SECTOR))
		return 0;
	fill(expected, number, sector[1]);
	if (!sector[1] || memcmp(expected, sector, SECTOR)) {
		fprintf(stderr, "powercut: sector %u has what no sector had: "
			"%u %u\n", number, sector[0], sector[1]);
		exit(1);
	}
	return sector[1];
}

/* Behind the window nothing was ever written. */
static void check_sectors(const uint32_t *bytes, uint64_t offset,
	uint64_t length, size_t sure, size_t cut)
{
	uint64_t number;

	for (; length; offset += SECTOR, length -= SECTOR) {
		number = offset / SECTOR;
		if (number < SECTORS)
			check_state(number, bytes ? mark_of(bytes, number) : 0,
				sure, cut);
		else if (bytes)
			CHECK(mark_of(bytes, number) == 0);
		else
			break;
		if (bytes)
			bytes += SECTOR / 4;
	}
}

static void check_size(uint64_t size, size_t cut)
{
	bool good = false;
	unsigned int i;

	for (i = 0; i < work.sizes_count; i++) {
		if (i && work.sizes[i].begin >= cut)
			break;
		if (work.sizes[i].end <= cut)
			good = work.sizes[i].size == size;
		else
			good = good || work.sizes[i].size == size;
	}
	CHECK(good);
}

static void check_disk(struct disk *disk, size_t cut)
{
	static uint32_t bytes[MB / 4];
	struct disk_extent extent;
	uint64_t offset, size = disk_facts(disk)->size, part, at;
	size_t sure = sure_at(cut);

	check_size(size, cut);
	for (offset = 0; offset < size; offset += extent.length) {
		CHECK(disk_map(disk, offset, size - offset, &extent, 1) == 1);
		if (!extent.there) {
			check_sectors(NULL, offset, extent.length, sure, cut);
			continue;
		}
		for (at = 0; at < extent.length; at += part) {
			part = extent.length - at < MB ? extent.length - at :
				MB;
			CHECK(disk_read(disk, offset + at, bytes, part) == 0);
			check_sectors(bytes, offset + at, part, sure, cut);
		}
	}
}

static void say(void *context, const char *sentence)
{
	(void)context;
	fprintf(stderr, "powercut: %s\n", sentence);
}

static void check_metadata(struct file *file, bool may_be_dirty)
{
	bool dirty;

	CHECK(disk_check(file, DISK_VHDX, say, NULL, &dirty) == 0);
	CHECK(may_be_dirty || !dirty);
}

static void write_out(const struct memory_file *memory, const char *path)
{
	FILE *file = fopen(path, "w");
	uint64_t i;

	CHECK(file);
	for (i = 0; i < memory->room; i++) {
		if (!memory->pages[i])
			continue;
		CHECK(fseek(file, i * MEMORY_PAGE, SEEK_SET) == 0);
		CHECK(fwrite(memory->pages[i], MEMORY_PAGE, 1, file) == 1);
	}
	CHECK(fflush(file) == 0);
	CHECK(ftruncate(fileno(file), memory->size) == 0);
	CHECK(fclose(file) == 0);
}

static void read_back(struct memory_file *memory, const char *path)
{
	static uint8_t page[MEMORY_PAGE], zeros[MEMORY_PAGE];
	FILE *file = fopen(path, "r");
	bool device = memory->file.device;
	uint64_t at = 0;
	size_t size;

	CHECK(file);
	memory_free(memory);
	while ((size = fread(page, 1, sizeof(page), file))) {
		if (memcmp(page, zeros, size))
			memory_write(&memory->file, at, page, size);
		at += size;
	}
	memory_resize(&memory->file, at);
	memory->file.device = device;
	fclose(file);
}

/* repair: QEMU replays the log, if there is one. */
static void ask_qemu(struct memory_file *memory, bool repair)
{
	char *path, *command;

	if (!folder)
		return;
	CHECK(asprintf(&path, "%s/powercut.vhdx", folder) > 0);
	CHECK(asprintf(&command, "output=$(qemu-img check -q -f vhdx %s '%s' "
		"2>&1) || { echo \"$output\" >&2; false; }",
		repair ? "-r all" : "", path) > 0);
	write_out(memory, path);
	CHECK(system(command) == 0);
	if (repair)
		read_back(memory, path);
	unlink(path);
	free(path);
	free(command);
}

static unsigned int percent;

static bool chance(void)
{
	return any(100) < percent;
}

/* Of steps that no sync has made sure, which are there. */
enum part { NONE, ALL, HALF, BUT_ONE, LAST, ONE, PARTS };

static bool is_kept(enum part part, size_t step, size_t one, size_t cut)
{
	switch (part) {
	case NONE: return false;
	case ALL: return true;
	case BUT_ONE: return step != one;
	case LAST: return step + 1 == cut;
	case ONE: return step == one;
	default: return any(2);
	}
}

/* Steps from sync on, up to the cut, in part. */
static void cut_steps(const struct recorder *recorder, size_t from,
	size_t cut, struct memory_file *memory)
{
	enum part part = any(PARTS);
	size_t one = from + (cut > from ? any(cut - from) : 0);
	bool torn = !any(3);

	for (; from < cut; from++) {
		if (!is_kept(part, from, one, cut))
			continue;
		percent = 10 + any(81);
		if (torn && any(2))
			step_tear(&recorder->steps[from], memory, chance);
		else
			step_apply(&recorder->steps[from], memory);
	}
}

static size_t last_sync(const struct recorder *recorder, size_t cut)
{
	while (cut && recorder->steps[cut - 1].kind != STEP_SYNC)
		cut--;
	return cut;
}

static void check_whole(struct file *file, size_t cut)
{
	struct disk_error error;
	struct disk *disk;

	check_metadata(file, true);
	CHECK(disk_open(&disk, file, DISK_VHDX, false, &error) == 0);
	check_disk(disk, cut);
	CHECK(disk_close(disk) == 0);
	check_metadata(file, false);
}

/* Any step, half of the time just before a sync: most is open there. */
static size_t choose_cut(const struct recorder *recorder)
{
	const struct event *event;
	enum kind kind = any(KINDS);
	size_t cut = any(recorder->count + 1);

	if (recorder == &work.recorder && work.events_count[kind] && any(8)) {
		event = &work.events[kind][any(work.events_count[kind])];
		cut = event->begin + any(event->end - event->begin + 1);
	}
	if (any(2))
		while (cut < recorder->count &&
			recorder->steps[cut].kind != STEP_SYNC)
			cut++;
	return cut;
}

/* Opened, and cut while it is; then once more. */
static void check_cut_again(const struct memory_file *memory, size_t cut)
{
	struct recorder again;
	struct memory_file rest;
	size_t second, sync, i;

	recorder_init(&again, memory);
	check_whole(&again.file, cut);
	ask_qemu(&again.now, false);
	second = choose_cut(&again);
	sync = last_sync(&again, second);
	memory_init(&rest);
	memory_clone(&rest, memory);
	for (i = 0; i < sync; i++)
		step_apply(&again.steps[i], &rest);
	cut_steps(&again, sync, second, &rest);
	check_whole(&rest.file, cut);
	memory_free(&rest);
	recorder_free(&again);
}

static int by_value(const void *one, const void *other)
{
	size_t a = *(const size_t *)one, b = *(const size_t *)other;

	return (a > b) - (a < b);
}

static void cut_work(unsigned int count)
{
	struct memory_file synced, after;
	size_t cuts[CUTS_EACH], done = 0, sync;
	unsigned int i;

	memory_init(&synced);
	memory_init(&after);
	memory_clone(&synced, &work.start);
	for (i = 0; i < count; i++)
		cuts[i] = choose_cut(&work.recorder);
	qsort(cuts, count, sizeof(*cuts), by_value);
	for (i = 0; i < count; i++) {
		sync = last_sync(&work.recorder, cuts[i]);
		for (; done < sync; done++)
			step_apply(&work.recorder.steps[done], &synced);
		memory_clone(&after, &synced);
		cut_steps(&work.recorder, sync, cuts[i], &after);
		check_cut_again(&after, cuts[i]);
		ask_qemu(&after, true);
		check_whole(&after.file, cuts[i]);
	}
	memory_free(&synced);
	memory_free(&after);
}

/* A new image is whole, or none. */
static void cut_create(void)
{
	const struct disk_form form = { DISK_VHDX, any(2), 9 * MB, MB };
	struct recorder recorder;
	struct memory_file after;
	struct disk_error error;
	uint64_t signature;
	size_t cut, sync, i;

	recorder_init(&recorder, NULL);
	CHECK(disk_create(&recorder.file, &form, &error) == 0);
	for (cut = 0; cut <= recorder.count; cut++) {
		memory_init(&after);
		sync = last_sync(&recorder, cut);
		for (i = 0; i < sync; i++)
			step_apply(&recorder.steps[i], &after);
		cut_steps(&recorder, sync, cut, &after);
		signature = 0;
		memory_read(&after.file, 0, &signature, sizeof(signature));
		CHECK(signature || cut < recorder.count);
		if (signature)
			check_metadata(&after.file, false);
		memory_free(&after);
	}
	recorder_free(&recorder);
}

/* The log goes round more than once; then a cut that takes nothing. What an
 * entry's place had before must not be taken for what comes after it. */
static void cut_laps(void)
{
	const struct disk_form form = { DISK_VHDX, false, 9 * MB, MB };
	struct memory_file file, after;
	struct disk_error error;
	struct disk *disk;
	uint64_t size = form.size;
	unsigned int count = 150 + any(100), i;

	memory_init(&file);
	memory_init(&after);
	CHECK(disk_create(&file.file, &form, &error) == 0);
	CHECK(disk_open(&disk, &file.file, DISK_VHDX, false, &error) == 0);
	for (i = 0; i < count; i++)
		CHECK(disk_resize(disk, size += SECTOR) == 0);
	memory_clone(&after, &file);
	ask_qemu(&after, true);
	CHECK(disk_close(disk) == 0);
	CHECK(disk_open(&disk, &after.file, DISK_VHDX, false, &error) == 0);
	CHECK(disk_facts(disk)->size == size);
	CHECK(disk_close(disk) == 0);
	memory_free(&file);
	memory_free(&after);
}

int main(int arguments, char **argument)
{
	unsigned int cuts = arguments > 1 ? atoi(argument[1]) : 200, part;

	state = arguments > 2 && argument[2][0] ?
		strtoull(argument[2], NULL, 0) : (uint64_t)time(NULL) * 2 + 1;
	folder = arguments > 3 ? argument[3] : NULL;
	printf("powercut: seed %llu, %u cuts\n", (unsigned long long)state,
		cuts);
	fflush(stdout);
	cut_laps();
	for (; cuts; cuts -= part) {
		part = cuts < CUTS_EACH ? cuts : CUTS_EACH;
		cut_create();
		record_work();
		cut_work(part);
		forget_work();
	}
	return 0;
}
