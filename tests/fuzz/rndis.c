/* RNDIS: control messages and frames of any bytes. */
/* SPDX-License-Identifier: MIT */
#include "network.h"

/* Others are a message's channel. */
enum { TAKE = 200, SAVE, FRAME, FILTER, PAGES };

/* As a guest makes it, but for what the input says. */
static void message(struct input *input, uint32_t channel)
{
	struct nvsp_message message = { .type = NVSP_RNDIS };
	uint32_t size = input_word(input) % NIC_SECTION;

	input_take(input, SEND + 2 * NIC_SECTION, size);
	message.rndis.channel = channel;
	message.rndis.section = 2;
	message.rndis.size = size;
	fuzz_post(PACKET_IN_BAND, 1, &message, sizeof(message), 0);
}

/* In two ranges. */
static void pages(struct input *input)
{
	uint32_t size = input_word(input) % 9000, first = input_word(input);
	struct {
		uint32_t zero, count;
		struct {
			uint32_t size, offset;
			uint64_t pages[4];
		} ranges[2];
		struct nvsp_message message;
	} packet = { .count = 2, .message = { .type = NVSP_RNDIS,
		.rndis = { 0, NVSP_NO_SECTION, 0 } } };
	unsigned int i, k;

	first = size ? first % size : 0;
	input_take(input, DATA, size);
	packet.ranges[0].size = first;
	packet.ranges[1].size = size - first;
	packet.ranges[1].offset = first % FAKE_PAGE;
	for (i = 0; i < 2; i++)
		for (k = 0; k < 4; k++)
			packet.ranges[i].pages[k] = DATA_PAGE + k +
				(i ? first / FAKE_PAGE : 0);
	fuzz_post(PACKET_GPA_DIRECT, 1, &packet, sizeof(packet),
		offsetof(__typeof__(packet), message));
}

static void filter(struct input *input)
{
	const struct {
		struct rndis_request request;
		uint32_t filter;
	} set = { { { RNDIS_SET, sizeof(set) }, 1, OID_PACKET_FILTER, 4, 20,
		0 }, input_byte(input) };
	struct nvsp_message message = { .type = NVSP_RNDIS,
		.rndis = { NVSP_CONTROL, 2, sizeof(set) } };

	memcpy(SEND + 2 * NIC_SECTION, &set, sizeof(set));
	fuzz_post(PACKET_IN_BAND, 1, &message, sizeof(message), 0);
}

static void step(struct input *input)
{
	uint8_t what = input_byte(input);

	switch (what) {
	case TAKE: fuzz_take(input_byte(input) & 1); break;
	case SAVE: fuzz_save(); break;
	case FRAME: fuzz_frame(input, 4000); break;
	case FILTER: filter(input); break;
	case PAGES: pages(input); break;
	default: message(input, what & 1); break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct input input = { bytes, size };

	fuzz_begin(1);
	CHECK(initialize() == NDIS_GOOD);
	while (input.left) {
		step(&input);
		CHECK(channel_is_open(&fake_lane(0)->channel));
		CHECK(netvsp.nics[0].letter_count <= NIC_LETTERS);
	}
	fuzz_take(true);
	return 0;
}
