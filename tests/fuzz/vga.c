/* Any accesses to a VGA's ports and memory, by a guest with windows into it. */
/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include <errno.h>

#include "vga_guest.h"

static struct vga_guest guest;
static struct screen_text text;

static void look(uint8_t how)
{
	const struct picture *picture;

	if (how & 1) {
		screen_read_text(&guest.screen, &text);
		return;
	}
	picture = screen_draw(&guest.screen);
	CHECK(picture && picture->width && picture->height);
	CHECK(picture->changed.x + picture->changed.width <= picture->width);
	CHECK(picture->changed.y + picture->changed.height <= picture->height);
}

static void set(uint8_t how)
{
	static const uint8_t bits[] = { 4, 8, 15, 16, 24, 32 };

	if (how % 16 < SETTINGS)
		guest_set(&guest, how % 16);
	else
		guest_set_vbe(&guest, how * 8, how, bits[how % 6],
			how & 1 ? VBE_LFB : 0);
}

/* What was saved is taken again, changed a little. */
static void reload(struct input *input)
{
	struct device *device = &guest.vga.device;
	struct stream stream;
	uint32_t at = input_word(input);

	memset(&stream, 0, sizeof(stream));
	device->ops->save(device, &stream);
	stream.data[at % stream.size] ^= input_byte(input);
	device->ops->load(device, &stream, device->ops->version);
	stream_free(&stream);
}

static void touch(uint8_t kind, uint32_t where, uint32_t value)
{
	static const uint64_t places[] = {
		0xa0000, 0xb8000, GUEST_LFB, 0xb0000 };
	static const uint32_t sizes[] = {
		VGA_LEGACY_SIZE, VGA_PAIRS, VGA_MEMORY, VGA_PAIRS };
	unsigned int place = kind >> 4 & 3, size = 1u << (kind >> 6 & 3);
	uint64_t at = places[place] + where % sizes[place];

	if (kind & 8)
		guest_read(&guest, at, size);
	else
		guest_write(&guest, at, size, value * 0x100000001ull);
}

static void run(struct input *input)
{
	uint8_t kind = input_byte(input);
	uint16_t port = 0x3b0 + input_byte(input) % 0x30;

	switch (kind & 7) {
	case 0: look(kind >> 3); break;
	case 1: set(kind >> 3); break;
	case 2:
		bus_write(&guest.ports, port, 1 << (kind >> 6 & 1),
			input_word(input));
		break;
	case 3: bus_read(&guest.ports, port, 1 << (kind >> 6 & 3)); break;
	case 4:
		guest_vbe(&guest, kind >> 4, input_word(input));
		break;
	case 5:
		if (kind & 8)
			reload(input);
		else
			guest_pci(&guest, port & 0x3c, input_word(input));
		break;
	default: touch(kind, input_word(input), input_word(input)); break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct input input = { bytes, size };

	guest_begin(&guest, !size || bytes[0] & 1);
	while (input.left)
		run(&input);
	look(0);
	guest_end(&guest);
	return 0;
}
