/* Hostile guests, N27: requests that nobody waits for, with one id, resets and
 * closed channels among them; queues that write one new block together. */
/* SPDX-License-Identifier: MIT */
#include "disk.h"
#include "rows.h"

#define SECTORS		8u
#define BLOCK		(64u << 11)	/* sectors; no image has larger blocks */
#define BLOCKS		64u
#define LIFE		512	/* steps of the channels */

static uint32_t block;

static void begin(void)
{
	disk_begin();
	disk_sub_channels();
}

static void again(void)
{
	disk_end();
	begin();
}

/* As many as there is room for; those with answers that are not read are
 * behind the ones that are. */
static void flood(struct queue *queue)
{
	struct request request;
	uint32_t many = 1 + below(64);

	while (many--) {
		disk_transfer(&request, one_in(2),
			below(4) * BLOCK + below(64), SECTORS);
		if (one_in(2))
			request.descriptor.id = 7;
		if (!disk_send(queue, &request))
			break;
		taken++;
	}
	disk_bell(queue);
}

static void swallow(struct queue *queue)
{
	struct vstor_packet answer;
	uint32_t many = below(200);
	uint64_t id;

	while (many-- && disk_take(queue, &answer, &id))
		;
}

static void reset(void)
{
	static const uint32_t list[] = { VSTOR_RESET_LUN, VSTOR_RESET_BUS,
		VSTOR_RESET_ADAPTER };
	struct {
		struct descriptor descriptor;
		struct vstor_packet packet;
	} all = {
		.descriptor = { TYPE_IN_BAND, 2, sizeof(all) / 8, FLAG_ANSWER,
			0 },
		.packet = { .operation = PICK(list), .flags = 1 },
	};

	if (disk_put(&disk_queues[0], &all, sizeof(all)))
		disk_bell(&disk_queues[0]);
}

static void drain(struct queue *queue)
{
	struct vstor_packet answer;

	while (queue->under_way)
		disk_wait(queue, &answer);
}

/* Each queue has sectors of its own in a block that nobody has written to; what
 * they hold then, and that what is between them is zeros. */
static void write_together(void)
{
	uint64_t first = (4 + block++ % BLOCKS) * (uint64_t)BLOCK;
	struct vstor_packet answer;
	struct request request;
	uint32_t i;

	for (i = 0; i < disk_count; i++)
		drain(&disk_queues[i]);
	for (i = 0; i < disk_count; i++) {
		disk_transfer(&request, true, first + i * 64, SECTORS);
		request.page[0] = quad_of(disk_data[i]) / PAGE;
		*(volatile uint32_t *)disk_data[i] = 0xb10c0000 + i;
		CHECK(disk_send(&disk_queues[i], &request));
	}
	for (i = 0; i < disk_count; i++)
		disk_bell(&disk_queues[i]);
	for (i = 0; i < disk_count; i++) {
		disk_wait(&disk_queues[i], &answer);
		CHECK(!answer.status && answer.srb.srb_status == SRB_SUCCESS);
	}
	for (i = 0; i < disk_count; i++) {
		disk_transfer(&request, false, first + i * 64, 2 * SECTORS);
		disk_do(&request, &answer);
		CHECK(!answer.status && answer.srb.srb_status == SRB_SUCCESS);
		CHECK(*(volatile uint32_t *)disk_data[0] == 0xb10c0000 + i);
		CHECK(!*(volatile uint32_t *)disk_data[1]);
	}
	taken++;
}

static void step(void)
{
	struct queue *queue = &disk_queues[below(disk_count)];

	switch (below(16)) {
	case 0: reset(); break;
	case 1: write_together(); break;
	case 2 ... 6: swallow(queue); break;
	default: flood(queue);
	}
	if (guest_step % LIFE == LIFE - 1)
		again();
}

const struct row row_flood = { "n27", begin, step, disk_end };
