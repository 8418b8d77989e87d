/* A guest's VMBus messages, and what it writes into its memory meanwhile. */
/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

/* Small: all of it is zero again before each input. */
#define FAKE_RAM	0x140000u
#define FAKE_LETTERS	16u
#include "fake_echo.h"

/* Bytes from here on are no message's size. */
enum { RING = 241, ROOM, FULL, RESCIND, OFFER, WRITE, WRITE_MORE, SAVE };

static void write_memory(struct input *input, uint32_t size)
{
	uint8_t bytes[64];
	uint32_t at = input_word(input) % (FAKE_RAM - sizeof(bytes));

	input_take(input, bytes, size);
	memcpy(fake_memory + at, bytes, size);
}

/* Saved and loaded again, it is the same. */
static void save_load(void)
{
	struct stream before, after;
	uint32_t i;

	save(&vmbus.device, &before);
	CHECK(!vmbus.device.ops->load(&vmbus.device, &before,
		vmbus.device.ops->version));
	for (i = 0; i < CHANNELS; i++)
		echo[i].held = false;
	save(&vmbus.device, &after);
	CHECK(before.size == after.size &&
		!memcmp(before.data, after.data, before.size));
	stream_free(&before);
	stream_free(&after);
}

static void message(struct input *input, uint8_t size)
{
	uint8_t bytes[VMBUS_MESSAGE_MAX];

	input_take(input, bytes, size);
	vmbus_message(&vmbus, VMBUS_CONNECTION_5, bytes, size);
}

static void step(struct input *input)
{
	uint8_t what = input_byte(input);
	struct channel *channel;

	if (what < RING) {
		message(input, what);
		return;
	}
	channel = &echo[input_byte(input) % CHANNELS].channel;
	switch (what) {
	case RING: channel_rang(channel); break;
	case ROOM: fake.slot_full = false; vmbus_room(&vmbus); break;
	case FULL: fake.slot_full = true; break;
	case RESCIND: vmbus_rescind(channel); break;
	case OFFER: vmbus_offer(channel); break;
	case WRITE: write_memory(input, 4); break;
	case WRITE_MORE: write_memory(input, 64); break;
	case SAVE: save_load(); break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct input input = { bytes, size };

	memset(fake_memory, 0, sizeof(fake_memory));
	fresh();
	while (input.left) {
		step(&input);
		check_rules();
	}
	return 0;
}
