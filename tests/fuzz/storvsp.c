/* StorVSP: packets and requests of any bytes, while drives come and go. */
/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#define FAKE_LETTERS	64u
#include "fake_storage.h"

#define SIZE	(1u << 20)

/* Bytes from here on are no packet's size in eights. */
enum { REQUEST = 200, PAGE, REMOVE, ADD, EJECT, INSERT, GROW, SAVE, TAKE,
	CLOSE, HALT };

static bool is_begun;

static void begin(void)
{
	ready(2, false);
	is_begun = true;
}

static void add(unsigned int lun)
{
	struct image *image = fake_image(fake_file(SIZE), lun & 2);
	int error;

	if (lun & 4)
		error = lun_insert(&storvsp, lun, image);
	else
		error = lun_add(&storvsp, lun,
			lun & 1 ? SCSI_DVD : SCSI_DISK, image);
	if (error)
		image_put(image);
}

/* What the guest has written over its own indices it must not stumble over. */
static void put(const uint16_t head[4], uint64_t id, const uint8_t *bytes,
	uint32_t size)
{
	const struct fake_ring *ring = &side[0].out;

	if (fake_load(ring, FAKE_WRITE) < ring->size &&
	    fake_load(ring, FAKE_READ) < ring->size)
		fake_write(&side[0].out, head, id, bytes, size);
	ring_bell(0);
	pump();
}

/* As a guest would make it, but for what the input says. */
static void request(struct input *input)
{
	struct fake_srb srb = { .lun = input_byte(input) % 8, .length = 16,
		.data_in = input_byte(input) & 1, .page = DATA_PAGE };
	uint16_t head[4];
	uint8_t bytes[QUEUE_PACKET];
	uint32_t size, at;

	srb.transfer = input_word(input) % (SCSI_TRANSFER - 4095);
	srb.offset = input_word(input) % 4096;
	input_take(input, srb.cdb, sizeof(srb.cdb));
	size = fake_srb_bytes(&srb, bytes, head);
	at = input_word(input);
	if (at % 2)
		bytes[at / 2 % size] ^= input_byte(input);
	put(head, 5, bytes, size);
}

static void packet(struct input *input, uint32_t size)
{
	uint8_t bytes[8 * REQUEST];
	uint16_t head[4] = { 0, 2, 2 + size / 8, 1 };

	head[0] = input_byte(input) % 16;
	head[1] = input_byte(input);
	head[3] = input_byte(input);
	input_take(input, bytes, size);
	put(head, 6, bytes, size);
}

static void page(struct input *input)
{
	uint32_t at = input_word(input) % (FAKE_RAM - 64);

	input_take(input, fake_memory + at, 64);
}

/* Saved and loaded again, it is the same. */
static void save_load(void)
{
	struct stream before, after;

	save(&vmbus.device, &before);
	CHECK(!vmbus.device.ops->load(&vmbus.device, &before,
		vmbus.device.ops->version));
	save(&vmbus.device, &after);
	CHECK(before.size == after.size &&
		!memcmp(before.data, after.data, before.size));
	stream_free(&before);
	stream_free(&after);
}

static void take(void)
{
	uint32_t at = fake_load(&side[0].in, FAKE_WRITE);

	if (at < side[0].in.size && at % 8 == 0)
		fake_store(&side[0].in, FAKE_READ, at);
	ring_bell(0);
	pump();
}

static void reopen(void)
{
	fake.taken = fake.count;
	if (storvsp.queues[0].channel.state == CHANNEL_OPEN)
		close_channel(0);
	negotiated();
}

static void step(struct input *input)
{
	uint8_t what = input_byte(input);
	unsigned int lun = input_byte(input) % 8;

	if (what < REQUEST) {
		packet(input, what * 8u);
		return;
	}
	switch (what) {
	case PAGE: page(input); break;
	case REMOVE: lun_remove(&storvsp, lun); break;
	case ADD: add(lun & 3); break;
	case EJECT: lun_eject(&storvsp, lun); break;
	case INSERT: add(lun | 4); break;
	case GROW: lun_grow(&storvsp, lun, SIZE + lun * 512); break;
	case SAVE: save_load(); break;
	case TAKE: take(); break;
	case CLOSE: reopen(); break;
	case HALT: storvsp_pause(&storvsp); storvsp_go(&storvsp); break;
	default: request(input); break;
	}
}

/* Requests are in one place at a time, and no more than slots. */
static void check_rules(void)
{
	const struct queue *queue = &storvsp.queues[0];
	const struct request *at;
	unsigned int count = queue->in_kernel;

	for (at = queue->free; at; at = at->next)
		count++;
	for (at = queue->fresh.first; at; at = at->next)
		count++;
	for (at = queue->kept.first; at; at = at->next)
		count++;
	for (at = queue->done.first; at; at = at->next)
		count++;
	CHECK(count == queue->used && count <= QUEUE_DEPTH);
	CHECK(atomic_load(&storvsp.working) <= count);
}

static void drop_drives(void)
{
	struct disk_error error;
	unsigned int lun;

	trouble_resume(&storvsp, &error);
	for (lun = 0; lun < 8; lun++)
		lun_remove(&storvsp, lun);
	pump();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct input input = { bytes, size };

	if (!is_begun)
		begin();
	fake_init(&fake);
	memset(fake_memory, 0, sizeof(fake_memory));
	connect_bus();
	negotiated();
	add(0);
	add(1);
	while (input.left) {
		step(&input);
		check_rules();
	}
	drop_drives();
	return 0;
}
