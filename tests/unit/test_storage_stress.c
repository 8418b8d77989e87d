/* Four guest processors with a channel each on one dynamic VHDX, in the same new
 * blocks: what they wrote is there, at the end also for who opens it anew. In
 * the last blocks each unmaps whole blocks under the others' writes. */
/* SPDX-License-Identifier: MIT */
#include "fake_storage.h"

#include <sched.h>

#define MB		(1ull << 20)
#define SIZE		(32 * MB)
#define CHUNK		4096u		/* what one processor owns at a time */
#define CHUNKS		(SIZE / CHUNK)
#define VPS		4u
#define BATCH		8u
#define DATA_PAGES	64u		/* of each */

/* What each chunk has: 0, or the mark of its last write. */
static uint64_t model[CHUNKS];
static int wrong;

struct guest {
	pthread_t thread;
	unsigned int index, rounds;
	uint64_t seed;
};

static uint64_t next(struct guest *guest)
{
	guest->seed ^= guest->seed << 13;
	guest->seed ^= guest->seed >> 7;
	guest->seed ^= guest->seed << 17;
	return guest->seed;
}

static uint64_t *buffer(const struct guest *guest, unsigned int number)
{
	return (void *)(DATA + (guest->index * DATA_PAGES + number * 2) *
		FAKE_PAGE);
}

static void fill(uint64_t *words, uint64_t mark)
{
	unsigned int i;

	for (i = 0; i < CHUNK / 8; i++)
		words[i] = mark ? mark + i : 0;
}

static bool is_filled(const uint64_t *words, uint64_t mark)
{
	unsigned int i;

	for (i = 0; i < CHUNK / 8; i++)
		if (words[i] != (mark ? mark + i : 0))
			return false;
	return true;
}

/* Each takes turns with the others, chunk by chunk. */
static unsigned int own(struct guest *guest)
{
	unsigned int chunk = next(guest) % (CHUNKS / VPS) * VPS + guest->index;

	/* Half of all is in the last quarter. */
	return next(guest) % 3 ? chunk : CHUNKS / 4 * 3 + chunk / 4 / VPS *
		VPS + guest->index;
}

struct job {
	unsigned int chunk;
	bool reads;
	uint64_t mark;
};

/* There a chunk has what was written to it once, or zeros. */
static bool is_shared(unsigned int chunk)
{
	return chunk >= CHUNKS / 4 * 3;
}

static bool is_good_shared(const uint64_t *words, unsigned int chunk)
{
	uint64_t mark = 0;
	unsigned int i;

	for (i = 0; i < CHUNK / 8; i++) {
		if (!words[i])
			continue;
		if (!mark)
			mark = words[i] - i;
		if (words[i] != mark + i || mark >> 32 != chunk)
			return false;
	}
	return true;
}

static bool is_right(const uint64_t *words, unsigned int chunk, uint64_t mark)
{
	return is_shared(chunk) ? is_good_shared(words, chunk) :
		is_filled(words, mark);
}

static struct fake_srb make(struct guest *guest, unsigned int number,
	struct job *job)
{
	struct fake_srb srb;
	unsigned int kind = next(guest) % 16;
	uint8_t *list = (void *)buffer(guest, number);

	job->reads = kind < 6;
	job->mark = model[job->chunk];
	if (!job->reads)
		job->mark = kind < 14 ? next(guest) << 16 | 1 : 0;
	model[job->chunk] = job->mark;
	if (!job->reads && job->mark && is_shared(job->chunk))
		job->mark = (uint64_t)job->chunk << 32 |
			(next(guest) & 0x7fffffff) | 1;
	srb = fake_move(job->reads ? 0x88 : 0x8a, 0,
		job->chunk * (uint64_t)CHUNK / 512, CHUNK / 512, 512);
	srb.page = DATA_PAGE + guest->index * DATA_PAGES + number * 2;
	if (job->reads || job->mark) {
		fill(buffer(guest, number), job->reads ? 1 : job->mark);
		srb.cdb[1] = !job->reads && kind == 13 ? 0x08 : 0;
		return srb;
	}
	srb.cdb[0] = 0x42;
	memset(srb.cdb + 1, 0, 15);
	srb.cdb[8] = 24;
	srb.length = 10;
	srb.transfer = 24;
	memset(list, 0, 24);
	scsi_put(list, 2, 22);
	scsi_put(list + 2, 2, 16);
	scsi_put(list + 8, 8, job->chunk * (uint64_t)CHUNK / 512);
	scsi_put(list + 16, 4, CHUNK / 512);
	if (is_shared(job->chunk)) {
		scsi_put(list + 8, 8, job->chunk * (uint64_t)CHUNK / MB *
			(MB / 512));
		scsi_put(list + 16, 4, MB / 512);
	}
	return srb;
}

static void fail(const char *what, unsigned int chunk)
{
	fprintf(stderr, "%s, chunk %u\n", what, chunk);
	__atomic_store_n(&wrong, 1, __ATOMIC_SEQ_CST);
}

static void take(struct guest *guest, struct job *jobs)
{
	struct vstor_packet packet;
	uint64_t id;

	if (__atomic_load_n(&wrong, __ATOMIC_SEQ_CST))
		return;
	if (!take_answer(guest->index, &id, &packet)) {
		fail("no answer", 0);
		return;
	}
	if (id < BATCH && is_shared(jobs[id].chunk) &&
	    packet.srb.srb_status == (SRB_ERROR | SRB_SENSE) &&
	    packet.srb.payload[2] == SENSE_ABORTED)
		return;
	if (id >= BATCH || packet.srb.srb_status != SRB_SUCCESS)
		fail("not done", id < BATCH ? jobs[id].chunk : 0);
	else if (jobs[id].reads &&
	    !is_right(buffer(guest, id), jobs[id].chunk, jobs[id].mark))
		fail("other data", jobs[id].chunk);
}

static bool is_among(const struct job *jobs, unsigned int count,
	unsigned int chunk)
{
	while (count--)
		if (jobs[count].chunk == chunk)
			return true;
	return false;
}

static void batch(struct guest *guest)
{
	struct job jobs[BATCH];
	unsigned int count = 1 + next(guest) % BATCH, i;
	struct fake_srb srb, flush = { .length = 10, .cdb = { 0x35 } };
	struct vstor_packet packet;
	uint64_t id;

	for (i = 0; i < count; i++) {
		do
			jobs[i].chunk = own(guest);
		while (is_among(jobs, i, jobs[i].chunk));
		srb = make(guest, i, &jobs[i]);
		if (!send_srb(guest->index, i, &srb))
			fail("no room", i);
	}
	for (i = 0; i < count; i++)
		take(guest, jobs);
	if (next(guest) % 64)
		return;
	if (!send_srb(guest->index, 99, &flush) ||
	    !take_answer(guest->index, &id, &packet) || id != 99 ||
	    packet.srb.srb_status != SRB_SUCCESS)
		fail("no flush", 0);
}

static void *run_guest(void *context)
{
	struct guest *guest = context;

	while (guest->rounds-- && !__atomic_load_n(&wrong, __ATOMIC_SEQ_CST))
		batch(guest);
	return NULL;
}

static int make_image(void)
{
	const struct disk_form form = { .format = DISK_VHDX, .size = SIZE,
		.block = MB };
	struct disk_error error;
	struct file file;
	int fd = memfd_create("vhdx", MFD_CLOEXEC);

	CHECK(fd >= 0 && !file_of(&file, fd));
	CHECK(!disk_create(&file, &form, &error));
	return fd;
}

static struct image *open_it(int fd)
{
	const struct image_source source = { .fd = fd, .format = DISK_VHDX,
		.name = "stress" };
	struct disk_error error;
	struct image *image;

	if (image_open(&image, &source, &error)) {
		fprintf(stderr, "%s\n", error.text);
		exit(1);
	}
	return image;
}

static void say_wrong(void *context, const char *sentence)
{
	(void)context;
	fprintf(stderr, "%s\n", sentence);
}

static void check_image(int fd)
{
	uint64_t words[CHUNK / 8];
	struct disk_error error;
	struct disk *disk;
	struct file file;
	bool dirty = true;
	unsigned int i;

	CHECK(!file_of(&file, fd));
	CHECK(!disk_check(&file, DISK_VHDX, say_wrong, NULL, &dirty));
	CHECK(!dirty);
	CHECK(!disk_open(&disk, &file, DISK_VHDX, true, &error));
	for (i = 0; i < CHUNKS; i++) {
		CHECK(!disk_read(disk, i * (uint64_t)CHUNK, words, CHUNK));
		CHECK(is_right(words, i, model[i]));
	}
	CHECK(!disk_close(disk));
}

int main(int count, char **arguments)
{
	unsigned int rounds = start("test_storage_stress", count, arguments);
	struct guest guests[VPS];
	unsigned int i;
	int fd = make_image(), kept = dup(fd);

	ready(VPS, true);
	sub_channels(VPS - 1);
	CHECK(!lun_add(&storvsp, 0, SCSI_DISK, open_it(fd)));
	usleep(20000);
	{
		struct vstor_packet packet;
		uint64_t id;

		CHECK(take_answer(0, &id, &packet) && !id);
	}
	for (i = 0; i < VPS; i++) {
		guests[i] = (struct guest){ .index = i, .rounds = rounds,
			.seed = any() | 1 };
		CHECK(!pthread_create(&guests[i].thread, NULL, run_guest,
			&guests[i]));
	}
	for (i = 0; i < VPS; i++)
		pthread_join(guests[i].thread, NULL);
	CHECK(!wrong && !storvsp.critical.is);
	down();
	check_image(kept);
	close(kept);
	return 0;
}
