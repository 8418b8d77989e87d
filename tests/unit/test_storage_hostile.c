/* Wrong guests of the SCSI controller, row by row: packets (N20, N25), commands
 * (N26), queues (N27). SOCLE_TEST_OPERATIONS of each. */
/* SPDX-License-Identifier: MIT */
#include "fake_storage.h"

#include <sched.h>

#define MB	(1ull << 20)
#define SIZE	(4 * MB)

static uint32_t odd(void)
{
	static const uint32_t ends[] = { 0, 1, 2, 7, 8, 15, 16, 17, 52, 64,
		255, 256, 511, 512, 4095, 4096, 4097, 0x10000, 0x3ffff, 0x40000,
		0x40001, 0x7fffffff, 0x80000000, 0xfffff000, 0xffffffff };

	switch (any() % 3) {
	case 0: return any();
	case 1: return any() % 8;
	default: return ends[any() % (sizeof(ends) / sizeof(ends[0]))];
	}
}

/* What is there is the word that LUNs have come. */
static unsigned int fake_nothing_else(void)
{
	struct vstor_packet packet;
	unsigned int wrong = 0;
	uint64_t id;

	while (fake_receive(&side[0].in, &id, &packet, sizeof(packet)) >= 0)
		wrong += packet.operation != VSTOR_ENUMERATE_BUS;
	return wrong;
}

static void again(void)
{
	ready(2, false);
	add_disk(0, SIZE);
	CHECK(!lun_add(&storvsp, 1, SCSI_DVD,
		fake_image(fake_file(SIZE), true)));
	pump();
	CHECK(!fake_nothing_else());
}

/* What the guest has besides its rings: only what a request says is written. */
static uint8_t *copy;

static void remember(void)
{
	memcpy(copy, DATA, FAKE_RAM - DATA_PAGE * FAKE_PAGE);
}

static bool is_untouched(void)
{
	return !memcmp(copy, DATA, FAKE_RAM - DATA_PAGE * FAKE_PAGE);
}

static unsigned int answers(unsigned int index, struct vstor_packet *last)
{
	unsigned int count = 0;
	uint64_t id;

	while (take_answer(index, &id, last))
		count += last->operation == VSTOR_COMPLETE_IO;
	return count;
}

/* The controller lives, and works. */
static void check_alive(void)
{
	struct vstor_packet packet;
	uint8_t lun;

	answers(0, &packet);
	if (!channel_is_open(&storvsp.queues[0].channel)) {
		again();
		return;
	}
	for (lun = 0; lun < 2; lun++)
		CHECK(ready_status(lun) != SRB_INVALID_LUN);
}

static void send_raw(const uint16_t head[4], const uint8_t *bytes,
	uint32_t size)
{
	fake_write(&side[0].out, head, 99, bytes, size);
	ring_bell(0);
	pump();
}

static struct vstor_packet *packet_of(uint8_t *bytes, uint32_t size)
{
	return (void *)(bytes + size - sizeof(struct vstor_packet));
}

/* A READ of all of the buffer that is right, and then one thing is wrong: no
 * data comes, and there is an answer that says so. */
static void n20(unsigned int count)
{
	struct fake_srb srb = fake_move(0x88, 0, 0, 512, 512);
	struct vstor_packet packet;
	struct vstor_range *range;
	uint8_t bytes[QUEUE_PACKET + 64];
	uint16_t head[4];
	uint32_t size;

	again();
	for (; count; count--) {
		size = fake_srb_bytes(&srb, bytes, head);
		range = (void *)bytes;
		switch (any() % 6) {
		case 0: range->count = odd() == 1 ? 0 : odd() | 2; break;
		case 1: range->size = SCSI_TRANSFER + 1 + any() % 1000; break;
		case 2: range->size = 0; break;
		case 3:
			/* Pages enough, but none that is the first. */
			size = fake_srb_bytes(&srb, bytes, head);
			packet_of(bytes, size)->srb.transfer = 4096;
			packet_of(bytes, size)->srb.payload[12] = 0;
			packet_of(bytes, size)->srb.payload[13] = 8;
			range->size = 4096;
			range->offset = 4096 + (any() % 8 ? any() % 65536 :
				odd() / 2);
			break;
		case 4: range->pages[any() % 64] =
			(uint64_t)FAKE_PAGES + odd(); break;
		/* Fewer pages than bytes. */
		default: range->size = SCSI_TRANSFER; range->offset = 1; break;
		}
		remember();
		send_raw(head, bytes, size);
		CHECK(answers(0, &packet) == 1);
		CHECK(packet.srb.srb_status == SRB_INVALID_REQUEST);
		CHECK(is_untouched());
		if (count % 512 == 0)
			check_alive();
	}
}

/* Descriptors and heads of any kind; the ring itself may end. */
static void n20_heads(unsigned int count)
{
	struct fake_srb srb = fake_move(0x88, 0, 0, 8, 512);
	struct vstor_packet packet;
	uint8_t bytes[QUEUE_PACKET + 64];
	uint16_t head[4];
	uint32_t size, i;

	again();
	for (; count; count--) {
		size = fake_srb_bytes(&srb, bytes, head);
		for (i = any() % 3; i; i--)
			head[any() % 4] = odd();
		for (i = any() % 4; i; i--)
			bytes[any() % size] = any();
		remember();
		send_raw(head, bytes, size);
		answers(0, &packet);
		if (count % 64 == 0 ||
		    !channel_is_open(&storvsp.queues[0].channel))
			check_alive();
	}
}

/* By the words of the interface alone: such a request cannot be meant. */
static bool srb_wrong(const struct vstor_srb *srb, uint32_t size)
{
	return srb->length != 52 || !srb->cdb_length ||
		srb->cdb_length > 16 || srb->transfer > size;
}

/* A request whose fields are any: an answer, and nothing outside the buffer. */
static void n25(unsigned int count)
{
	struct vstor_packet packet, *sent;
	struct fake_srb srb;
	uint8_t bytes[QUEUE_PACKET];
	uint16_t head[4];
	uint32_t size, i;

	again();
	for (; count; count--) {
		srb = fake_move(any() % 2 ? 0x88 : 0x8a, any() % 3, any() % 4,
			any() % 9, 512);
		size = fake_srb_bytes(&srb, bytes, head);
		sent = packet_of(bytes, size);
		for (i = any() % 3; i; i--)
			switch (any() % 8) {
			case 0: sent->srb.length = odd(); break;
			case 1: sent->srb.cdb_length = odd(); break;
			case 2: sent->srb.data_in ^= 1; break;
			case 3: sent->srb.transfer = odd(); break;
			case 4: sent->srb.lun = odd(); break;
			case 5: sent->srb.target = odd(); break;
			case 6: sent->srb.path = odd(); break;
			default: sent->srb.payload[any() % 16] = odd(); break;
			}
		remember();
		send_raw(head, bytes, size);
		CHECK(answers(0, &packet) == 1);
		if (srb_wrong(&sent->srb, srb.transfer))
			CHECK(packet.srb.srb_status == SRB_INVALID_REQUEST &&
				is_untouched());
		if (sent->srb.path || sent->srb.target || sent->srb.lun > 1)
			CHECK(is_untouched() ||
				sent->srb.payload[0] == 0x12 ||
				sent->srb.payload[0] == 0xa0);
		if (!sent->srb.data_in)
			CHECK(is_untouched());
		CHECK(packet.srb.srb_status != SRB_SUCCESS ||
			packet.srb.transfer <= sent->srb.transfer);
		CHECK(!memcmp(copy + srb.transfer, DATA + srb.transfer,
			FAKE_RAM - DATA_PAGE * FAKE_PAGE - srb.transfer));
		if (count % 512 == 0)
			check_alive();
	}
}

/* Commands of any kind, also while the disk grows. */
static void n26(unsigned int count)
{
	struct vstor_packet packet;
	struct fake_srb srb;
	uint64_t size = SIZE;
	unsigned int i;

	again();
	for (; count; count--) {
		srb = (struct fake_srb){ .lun = any() % 2, .length = 16,
			.data_in = any() % 2, .page = DATA_PAGE,
			.transfer = any() % 4 ? any() % 4096 :
			any() % (SCSI_TRANSFER + 1), .offset = any() % 4096 };
		for (i = 0; i < 16; i++)
			srb.cdb[i] = any() % 3 ? 0 : any();
		srb.cdb[0] = any();
		/* Not too often the same. */
		if (srb.transfer + srb.offset > SCSI_TRANSFER)
			srb.offset = 0;
		for (i = 0; i < 32; i++)
			DATA[any() % 64] = any() % 2 ? 0 : any();
		remember();
		CHECK(send_srb(0, 1, &srb));
		pump();
		CHECK(answers(0, &packet) == 1);
		if (!srb.data_in)
			CHECK(is_untouched());
		if (packet.srb.srb_status == (SRB_ERROR | SRB_SENSE))
			CHECK(packet.srb.scsi_status == 2 &&
				packet.srb.payload[2]);
		if (count % 1024 == 0 && size < 64 * MB) {
			size += 512 * (1 + any() % 64);
			CHECK(!lun_grow(&storvsp, 0, size));
			pump();
			answers(0, &packet);
		}
		if (srb.cdb[0] == 0x1b && !storvsp.drives[1].image)
			CHECK(!lun_insert(&storvsp, 1,
				fake_image(fake_file(SIZE), true)));
	}
	CHECK(!storvsp.critical.is);
}

/* Resets, removals, closed channels, with requests under way; all with threads
 * of their own. Answers may be missing only where a channel was closed. */
static void n27(unsigned int count)
{
	struct vstor_packet packet;
	struct fake_srb srb;
	unsigned int sent = 0, got = 0, i;
	uint64_t id;

	ready(2, true);
	add_disk(0, SIZE);
	add_disk(1, SIZE);
	usleep(10000);
	CHECK(!fake_nothing_else());
	for (; count; count--) {
		for (i = any() % 8; i; i--) {
			srb = fake_move(any() % 2 ? 0x88 : 0x8a, any() % 2,
				any() % 4096, 1 + any() % 64, 512);
			srb.cdb[1] = any() % 8 ? 0 : 0x08;
			if (any() % 32 == 0)
				srb.cdb[0] = 0x91;
			sent += send_srb(0, 7, &srb);
		}
		while (fake_receive(&side[0].in, &id, &packet,
			sizeof(packet)) >= 0)
			got += id == 7;
		switch (any() % 64) {
		case 0:
			packet = (struct vstor_packet){
				.operation = VSTOR_RESET_BUS };
			post(0, PACKET_FLAG_COMPLETION, 1, &packet,
				sizeof(packet));
			break;
		case 1:
			lun_remove(&storvsp, 1);
			break;
		case 2: {
			struct image *image = fake_image(fake_file(SIZE),
				false);

			if (lun_add(&storvsp, 1, SCSI_DISK, image))
				image_put(image);
			break;
		}
		case 3:
			if (any() % 8)
				break;
			close_channel(0);
			negotiated();
			sent = got = 0;
			break;
		case 4:
			storvsp_pause(&storvsp);
			storvsp_go(&storvsp);
			break;
		default:
			break;
		}
	}
	for (i = 0; i < 20000 && got < sent; i++) {
		while (fake_receive(&side[0].in, &id, &packet,
			sizeof(packet)) >= 0)
			got += id == 7;
		if (fake_load(&side[0].in, FAKE_WRITE) ==
		    fake_load(&side[0].in, FAKE_READ))
			usleep(100);
		if (fake_load(&side[0].in, FAKE_PENDING))
			ring_bell(0);
	}
	CHECK(got == sent);
	CHECK(!storvsp.critical.is);
}

int main(int count, char **arguments)
{
	start("test_storage_hostile", count, arguments);
	copy = malloc(FAKE_RAM - DATA_PAGE * FAKE_PAGE);
	n20(fake_operations("N20"));
	n20_heads(fake_operations("N20, heads"));
	n25(fake_operations("N25"));
	n26(fake_operations("N26"));
	n27(fake_operations("N27"));
	down();
	free(copy);
	return 0;
}
