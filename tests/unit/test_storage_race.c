/* What comes between two steps of the controller: an UNMAP on another channel, a
 * packet while the bell is off. */
/* SPDX-License-Identifier: MIT */
#include <unistd.h>

#include "fake_storage.h"

#define MB	(1ull << 20)
#define SIZE	(16 * MB)
#define SECTORS	(MB / 512)

/* Called after the library has given places, and before the guest's bell is on
 * again: the linker puts these in the functions' place. */
static void (*after_prepare)(struct disk *disk);
static void (*before_unmask)(void);
static unsigned int prepared;

int __real_disk_prepare(struct disk *disk, uint64_t offset, uint64_t length);
int __wrap_disk_prepare(struct disk *disk, uint64_t offset, uint64_t length);
void __real_ring_mask(struct ring *ring, bool mask);
void __wrap_ring_mask(struct ring *ring, bool mask);

int __wrap_disk_prepare(struct disk *disk, uint64_t offset, uint64_t length)
{
	int result = __real_disk_prepare(disk, offset, length);

	__atomic_fetch_add(&prepared, 1, __ATOMIC_SEQ_CST);
	if (after_prepare)
		after_prepare(disk);
	return result;
}

void __wrap_ring_mask(struct ring *ring, bool mask)
{
	if (!mask && before_unmask)
		before_unmask();
	__real_ring_mask(ring, mask);
}

static int no_update;

int __real_io_uring_register_files_update(struct io_uring *ring,
	unsigned int at, const int *files, unsigned int count);
int __wrap_io_uring_register_files_update(struct io_uring *ring,
	unsigned int at, const int *files, unsigned int count);

int __wrap_io_uring_register_files_update(struct io_uring *ring,
	unsigned int at, const int *files, unsigned int count)
{
	return no_update ? no_update : __real_io_uring_register_files_update(
		ring, at, files, count);
}

static void expect_enumerate(void)
{
	struct vstor_packet packet;
	uint64_t id;

	pump();
	CHECK(take_answer(0, &id, &packet));
	CHECK(!id && packet.operation == VSTOR_ENUMERATE_BUS);
}

static struct vstor_srb answered(unsigned int index, uint64_t expected)
{
	struct vstor_packet packet;
	uint64_t id;

	pump();
	CHECK(take_answer(index, &id, &packet));
	CHECK(id == expected && packet.operation == VSTOR_COMPLETE_IO);
	return packet.srb;
}

static void add_vhdx(void)
{
	const struct disk_form form = { .format = DISK_VHDX, .size = SIZE,
		.block = MB };
	struct image_source source = { .format = DISK_VHDX, .name = "race" };
	struct disk_error error;
	struct image *image;
	struct file file;

	source.fd = memfd_create("vhdx", MFD_CLOEXEC);
	CHECK(source.fd >= 0 && !file_of(&file, source.fd));
	CHECK(!disk_create(&file, &form, &error));
	CHECK(!image_open(&image, &source, &error));
	CHECK(!lun_add(&storvsp, 0, SCSI_DISK, image));
	expect_enumerate();
}

static void with_vhdx(void)
{
	after_prepare = NULL;
	before_unmask = NULL;
	ready(2, false);
	sub_channels(1);
	add_vhdx();
	prepared = 0;
}

/* Blocks of the disk, by the library. */
static bool is_filled(uint64_t sector, uint8_t byte, uint32_t size)
{
	static uint8_t bytes[MB];
	uint32_t i;

	CHECK(!disk_read(storvsp.drives[0].image->disk, sector * 512, bytes,
		size));
	for (i = 0; i < size && bytes[i] == byte; i++)
		;
	return i == size;
}

static struct fake_srb write_of(uint64_t sector, uint32_t count, uint8_t byte)
{
	struct fake_srb srb = fake_move(0x8a, 0, sector, count, 512);

	memset(DATA, byte, srb.transfer);
	return srb;
}

/* All of one block, on the second channel; the first one's thread is at
 * something else meanwhile. */
static void unmap_block(unsigned int block)
{
	struct fake_srb srb = fake_move(0x93, 0, block * SECTORS, SECTORS, 0);
	struct vstor_packet packet;
	unsigned int turns = 0;
	uint64_t id;

	srb.cdb[1] = 0x09;
	CHECK(send_srb(1, 77, &srb));
	while (!take_answer(1, &id, &packet)) {
		CHECK(turns++ < 100);
		queue_turn(&storvsp.queues[1], false);
	}
	CHECK(id == 77 && packet.srb.srb_status == SRB_SUCCESS);
}

/* Until the channel has something with the kernel, or for it. */
static void turn_until_given(unsigned int index)
{
	unsigned int turns = 0;

	while (!storvsp.queues[index].in_kernel) {
		CHECK(turns++ < 100);
		queue_turn(&storvsp.queues[index], false);
	}
}

static void finish(unsigned int index)
{
	unsigned int turns = 0;

	while (storvsp.queues[index].in_kernel) {
		CHECK(turns++ < 10000);
		/* The kernel's threads want a processor, too. */
		if (turns > 1000)
			usleep(1000);
		queue_turn(&storvsp.queues[index], false);
	}
}

static unsigned int losses;

static void lose(struct disk *disk)
{
	if (!losses)
		return;
	losses--;
	CHECK(!disk_unmap(disk, 3 * MB, MB));
}

/* A block has a place, and before the write looks where another channel takes
 * it away. */
static void test_unmap_after_prepare(void)
{
	struct fake_srb srb;
	struct vstor_srb answer;
	unsigned int i;

	with_vhdx();
	after_prepare = lose;
	for (i = 1; i <= 3; i++) {
		losses = i;
		srb = write_of(3 * SECTORS + 8, 8, 0x41);
		answer = run_srb(0, &srb);
		CHECK(is_good(&answer, 4096) && !losses);
		CHECK(is_filled(3 * SECTORS + 8, 0x41, 4096));
		unmap_block(3);
	}
	/* For ever: no hang, and no trouble with the medium. */
	losses = UINT32_MAX;
	srb = write_of(3 * SECTORS, 8, 0x42);
	prepared = 0;
	answer = run_srb(0, &srb);
	CHECK(sense_is(&answer, SENSE_ABORTED, 0, 0) && prepared < 100);
	CHECK(trouble_none(&storvsp));
	losses = 0;
	answer = run_srb(0, &srb);
	CHECK(is_good(&answer, 4096));
	CHECK(is_filled(3 * SECTORS, 0x42, 4096));
}

/* The first of two blocks is being written; the second one, which has been
 * prepared with it, goes meanwhile. */
static void test_unmap_between_parts(void)
{
	struct fake_srb srb;
	struct vstor_srb answer;

	with_vhdx();
	/* Places that are no neighbours: two writes. */
	srb = write_of(3 * SECTORS, 8, 0x42);
	answer = run_srb(0, &srb);
	CHECK(is_good(&answer, 4096));
	srb = write_of(3 * SECTORS - 64, 128, 0x43);
	CHECK(send_srb(0, 5, &srb));
	turn_until_given(0);
	unmap_block(3);
	answer = answered(0, 5);
	CHECK(is_good(&answer, 65536));
	CHECK(trouble_none(&storvsp));
	CHECK(is_filled(3 * SECTORS - 64, 0x43, 65536));
}

/* The write knows its place, and goes there when it is the block's no more:
 * nobody else may have it by then. */
static void test_unmap_under_write(void)
{
	struct fake_srb srb;
	struct vstor_srb answer;
	unsigned int i;

	with_vhdx();
	srb = write_of(3 * SECTORS, 8, 0x44);
	answer = run_srb(0, &srb);
	CHECK(is_good(&answer, 4096));
	CHECK(send_srb(0, 6, &srb));
	turn_until_given(0);
	unmap_block(3);
	for (i = 4; i < 8; i++) {
		srb = fake_move(0x8a, 0, i * SECTORS, 8, 512);
		srb.page += i;
		memset(DATA + i * FAKE_PAGE, 0x50 + i, 4096);
		CHECK(send_srb(1, i, &srb));
		turn_until_given(1);
	}
	finish(1);
	answer = answered(0, 6);
	CHECK(is_good(&answer, 4096));
	CHECK(is_filled(3 * SECTORS, 0, 4096));
	for (i = 4; i < 8; i++) {
		answer = answered(1, i);
		CHECK(is_good(&answer, 4096));
		CHECK(is_filled(i * SECTORS, 0x50 + i, 4096));
	}
}

/* The guest writes when all it had sent is answered, and the controller has
 * nothing to do but go to sleep: the bell is still off, so it does not ring. */
static void write_late(void)
{
	struct fake_srb srb = { .length = 6 };
	uint8_t bytes[QUEUE_PACKET];
	uint16_t head[4];
	uint32_t size = fake_srb_bytes(&srb, bytes, head);
	const struct queue *queue = &storvsp.queues[0];

	if (!fake_used(&side[0].in) || queue->in_kernel ||
	    queue->fresh.first || queue->done.first)
		return;
	before_unmask = NULL;
	CHECK(fake_load(&side[0].out, FAKE_MASK));
	CHECK(!fake_write(&side[0].out, head, 9, bytes, size));
}

/* Nothing else makes the controller look again. */
static void test_late_packet(void)
{
	struct fake_srb srb = { .length = 6 };
	struct vstor_srb answer;
	unsigned int i;

	with_vhdx();
	for (i = 0; i < 100; i++) {
		before_unmask = write_late;
		CHECK(send_srb(0, 8, &srb));
		answer = answered(0, 8);
		CHECK(is_good(&answer, 0) && !before_unmask);
		answer = answered(0, 9);
		CHECK(is_good(&answer, 0));
		CHECK(!fake_load(&side[0].out, FAKE_MASK));
	}
}

/* More than it takes at a time, of what needs no answer: nothing comes back
 * that would make it look for the rest. */
static void test_unanswered_packets(void)
{
	struct vstor_packet packet = { .operation = VSTOR_RESET_BUS };
	struct fake_srb srb = { .length = 6 };
	struct vstor_srb answer;
	unsigned int i;

	with_vhdx();
	for (i = 0; i < QUEUE_DEPTH + 8; i++)
		post(0, 0, i, &packet, sizeof(packet));
	CHECK(send_srb(0, 10, &srb));
	answer = answered(0, 10);
	CHECK(is_good(&answer, 0));
}

static int sync_without_room(struct file *file)
{
	(void)file;
	return -ENOSPC;
}

static int resize_without_room(struct file *file, uint64_t size)
{
	(void)file;
	(void)size;
	return -ENOSPC;
}

/* A new block without room, by what the file can do; then there is some. Does
 * the next flush say that data may be lost? */
static bool tells_loss(const struct file_ops *ops, uint64_t sector)
{
	struct fake_srb srb = write_of(sector, 8, 0x61);
	struct fake_srb flush = { .length = 10, .cdb = { 0x35 } };
	struct file *file = &storvsp.drives[0].image->file;
	const struct file_ops *whole = file->ops;
	struct disk_error error;
	struct vstor_srb answer;

	file->ops = ops;
	CHECK(send_srb(0, 11, &srb));
	pump();
	CHECK(!trouble_none(&storvsp));
	file->ops = whole;
	CHECK(!trouble_resume(&storvsp, &error));
	answer = answered(0, 11);
	CHECK(is_good(&answer, 4096));
	answer = run_srb(1, &flush);
	if (is_good(&answer, 0))
		return false;
	CHECK(sense_is(&answer, SENSE_MEDIUM, 0x0c, 0));
	answer = run_srb(0, &flush);
	CHECK(is_good(&answer, 0));
	return true;
}

/* The library's syncs are told of data that the guest has written. */
static void test_losses(void)
{
	struct file_ops ops;

	with_vhdx();
	ops = *storvsp.drives[0].image->file.ops;
	ops.resize = resize_without_room;
	CHECK(!tells_loss(&ops, 3 * SECTORS));
	ops = *storvsp.drives[0].image->file.ops;
	ops.sync = sync_without_room;
	CHECK(tells_loss(&ops, 4 * SECTORS));
}

static unsigned int read_prepared(void)
{
	return __atomic_load_n(&prepared, __ATOMIC_SEQ_CST);
}

static void slow(struct disk *disk)
{
	(void)disk;
	usleep(20000);
}

/* Writes that each wait for the medium: who stops the VM waits for one. */
static void test_stop(void)
{
	struct vstor_packet packet;
	unsigned int before, i;
	struct fake_srb srb;
	uint64_t id;

	after_prepare = NULL;
	ready(1, true);
	add_vhdx();
	after_prepare = slow;
	prepared = 0;
	for (i = 0; i < SIZE / MB; i++) {
		srb = write_of(i * SECTORS, 8, i);
		CHECK(send_srb(0, i, &srb));
	}
	/* The first is begun alone, the others in one go. */
	for (i = 0; i < 10000 && read_prepared() < 2; i++)
		usleep(100);
	before = read_prepared();
	storvsp_pause(&storvsp);
	CHECK(before > 1 && read_prepared() <= before + 2 &&
		read_prepared() < SIZE / MB);
	after_prepare = NULL;
	storvsp_go(&storvsp);
	for (i = 0; i < SIZE / MB; i++)
		CHECK(take_answer(0, &id, &packet) &&
			packet.srb.srb_status == SRB_SUCCESS);
}

/* Requests that are kept do not keep the guest from being heard. */
static void test_kept(void)
{
	struct vstor_packet packet = { .operation = VSTOR_RESET_BUS };
	struct fake_srb srb = { .length = 6 };
	struct disk_error error;
	unsigned int i;
	uint64_t id;

	with_vhdx();
	CHECK(trouble_begin(&storvsp, 0, storvsp.drives[0].image, -EIO));
	for (i = 0; i < 20; i++)
		CHECK(send_srb(0, i, &srb));
	pump();
	CHECK(!take_answer(0, &id, &packet));
	packet = (struct vstor_packet){ .operation = VSTOR_RESET_BUS };
	CHECK(ask(0, packet).status == VSTOR_GOOD);
	CHECK(!trouble_resume(&storvsp, &error));
	for (i = 0; i < 20; i++)
		CHECK(answered(0, i).srb_status == SRB_SUCCESS);
}

/* The kernel does not take an image's file: nothing hangs. */
static void test_no_file(void)
{
	struct disk_error error;
	struct trouble critical;
	struct vstor_srb answer;
	struct fake_srb srb;

	with_vhdx();
	srb = write_of(0, 8, 0x45);
	no_update = -ENOMEM;
	CHECK(send_srb(0, 11, &srb));
	pump();
	no_update = 0;
	trouble_show(&storvsp, &critical);
	CHECK(critical.is && critical.error == -ENOMEM);
	CHECK(!trouble_resume(&storvsp, &error));
	answer = answered(0, 11);
	CHECK(is_good(&answer, 4096));
	CHECK(is_filled(0, 0x45, 4096));
}

int main(int count, char **arguments)
{
	start("test_storage_race", count, arguments);
	test_unmap_after_prepare();
	test_unmap_between_parts();
	test_unmap_under_write();
	test_late_packet();
	test_unanswered_packets();
	test_stop();
	test_kept();
	test_no_file();
	test_losses();
	down();
	return 0;
}
