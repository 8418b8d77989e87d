/* NVSP: packets of any bytes, while the cable and the channel come and go. */
/* SPDX-License-Identifier: MIT */
#include "network.h"

/* Bytes below are how many words a packet has. */
enum { PACKET = 64, COMPLETE, TAKE, KEEP, SAVE, PLUG, REOPEN, FRAME, LISTS };

static void packet(struct input *input, uint32_t words)
{
	uint8_t bytes[8 * PACKET];
	uint16_t type = input_byte(input) % 12, data = input_byte(input);

	input_take(input, bytes, words * 8);
	if (data > words)
		data = 0;
	fuzz_post(type, input_byte(input), bytes, words * 8, data * 8);
}

/* One message in its own words, each a byte of the input. */
static void message(struct input *input, uint8_t type)
{
	struct nvsp_message message = { .type = type };
	unsigned int i;

	for (i = 0; i < 4; i++)
		message.words[i] = input_word(input);
	if (message.words[0] % 4 == 1)
		message.words[0] = message.words[0] % 8 == 1 ?
			RECEIVE_LIST : SEND_LIST;
	fuzz_post(PACKET_IN_BAND, 1, &message, sizeof(message), 0);
}

static void reopen(void)
{
	fake.taken = fake.count;
	if (fake_lane(0)->channel.state == CHANNEL_OPEN)
		close_channel(0);
	open_channel(0);
}

static void lists(void)
{
	fake_gpadl(&vmbus, 1, RECEIVE_LIST, RECEIVE_PAGE, RECEIVE_PAGES);
	fake_gpadl(&vmbus, 1, SEND_LIST, SEND_PAGE, SEND_PAGES);
	fake.taken = fake.count;
}

static void step(struct input *input)
{
	uint8_t what = input_byte(input);

	if (what < PACKET) {
		packet(input, what);
		return;
	}
	switch (what) {
	case COMPLETE:
		fuzz_post(PACKET_COMPLETION, input_word(input), "12345678", 8,
			0);
		break;
	case TAKE: fuzz_take(true); break;
	case KEEP: fuzz_take(false); break;
	case SAVE: fuzz_save(); break;
	case PLUG: netvsp_plug(&netvsp, 0, input_byte(input) & 1); break;
	case REOPEN: reopen(); break;
	case FRAME: fuzz_frame(input, 600); break;
	case LISTS: lists(); break;
	default: message(input, what); break;
	}
}

/* Rooms that the guest has are within its buffer, and so are all others. */
static void check_rules(void)
{
	const struct nic *nic = &netvsp.nics[0];
	const struct rooms *rooms = &nic->lanes[0].rooms;

	CHECK(!rooms->count || nic->receive);
	CHECK(!nic->receive || (nic->control.first + nic->control.count) *
		nic->room_size <= nic->receive->size);
	CHECK(rooms->given <= rooms->count);
	CHECK(nic->letter_count <= NIC_LETTERS);
	CHECK(nic->lanes[0].work->reply_count <= LANE_REPLIES);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct input input = { bytes, size };

	fuzz_begin(2);
	netvsp_plug(&netvsp, 0, true);
	while (input.left) {
		step(&input);
		check_rules();
	}
	fuzz_take(true);
	return 0;
}
