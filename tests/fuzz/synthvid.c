/* Synthetic video: messages of any bytes, while the screen is drawn, the state
 * is saved and the channel comes and goes. */
/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#define FAKE_LETTERS	64u
#include "fake_video.h"

/* What is done next; any other byte is a message of that type. */
enum { DRAW = 32, TAKE, SAVE, REOPEN, PACKET, WRITE, FAIL };

static bool fits(uint32_t size)
{
	struct fake_ring ring = ring_of(VIDEO, false);

	return vmbus.channels[VIDEO - 1]->state == CHANNEL_OPEN &&
		ring.size - fake_used(&ring) > size + 64;
}

/* Its length is a byte, and its bytes follow. */
static void message(struct input *input, uint32_t type)
{
	uint8_t bytes[256];
	uint32_t size = input_byte(input);

	input_take(input, bytes, size);
	if (fits(sizeof(bytes)))
		tell_video(type, bytes, size);
}

static void packet(struct input *input)
{
	uint8_t bytes[256];
	uint32_t size = input_byte(input);
	uint16_t type = input_byte(input) % 16;

	input_take(input, bytes, size);
	if (fits(sizeof(bytes)))
		put_packet(VIDEO, type, input_byte(input) & 1, 1, bytes, size);
}

static void take_all(void)
{
	uint8_t nothing[4096];

	while (get_raw(VIDEO, nothing, sizeof(nothing)) >= 0)
		;
	ring_bell(VIDEO);
}

/* The guest writes where its memory is. */
static void write_vram(struct input *input)
{
	uint64_t offset = input_word(input) % VRAM_SIZE;

	if (seen.host)
		seen.host[offset] = input_byte(input);
	else if (mmio.count)
		bus_write(&mmio, mmio.range[0].start + offset, 1,
			input_byte(input));
}

static void step(struct input *input)
{
	uint8_t what = input_byte(input);

	switch (what) {
	case DRAW: screen_draw(&screen); break;
	case TAKE: take_all(); break;
	case SAVE: copy_state(&vmbus.device, &vmbus.device); break;
	case REOPEN:
		close_channel(VIDEO);
		open_channel(VIDEO);
		break;
	case PACKET: packet(input); break;
	case WRITE: write_vram(input); break;
	case FAIL: seen.show_error = input_byte(input) & 1 ? -EIO : 0; break;
	default: message(input, what); break;
	}
}

static void check_rules(void)
{
	CHECK(!!video.vram.at == (seen.host || mmio.count));
	CHECK(!screen.active[SCREEN_SYNTHETIC] ||
		(video.vram.at && video.active && video.version));
	CHECK(!video.active || vram_mode_good(&video.mode));
	CHECK(video.dirty.x + video.dirty.width <= SCREEN_WIDTH_MAX &&
		video.dirty.y + video.dirty.height <= SCREEN_HEIGHT_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct input input = { bytes, size };

	fresh_video(true);
	while (input.left) {
		step(&input);
		check_rules();
	}
	return 0;
}
