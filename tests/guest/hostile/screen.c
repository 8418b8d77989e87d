/* Hostile guests: a small driver of the VGA. */
/* SPDX-License-Identifier: MIT */
#include "screen.h"

#include "random.h"

#define NOT_MEMORY	0xfu
#define ID_FIRST	0xb0c0u
#define ID_LAST		0xb0c5u
#define MISC		0x3c2
#define SEQUENCER	0x3c4
#define GRAPHICS	0x3ce
#define CRTC		0x3d4
#define ATTRIBUTE	0x3c0
#define RETRACE		0x3da
#define PROTECT		0x11	/* of the CRTC: 0 to 7 */
#define TEXT		0xb8000u

/* Mode 3 (IBM PS/2 video subsystem). */
static const uint8_t sequencer[] = { 0x03, 0x00, 0x03, 0x00, 0x02 };
static const uint8_t crtc[] = { 0x5f, 0x4f, 0x50, 0x82, 0x55, 0x81, 0xbf, 0x1f,
	0x00, 0x4f, 0x0d, 0x0e, 0x00, 0x00, 0x00, 0x00, 0x9c, 0x8e, 0x8f, 0x28,
	0x1f, 0x96, 0xb9, 0xa3, 0xff };
static const uint8_t graphics[] = { 0x00, 0x00, 0x00, 0x00, 0x00, 0x10, 0x0e,
	0x00, 0xff };
static const uint8_t attribute[] = { 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x14,
	0x07, 0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f, 0x0c, 0x00, 0x0f,
	0x08, 0x00 };

uint32_t screen_memory;

void screen_begin(void)
{
	screen_memory = pc_config(PC_VGA, PC_BAR(0)) & ~NOT_MEMORY;
	CHECK(screen_memory);
}

void screen_set(uint32_t index, uint16_t value)
{
	outw(SCREEN_INDEX, index);
	outw(SCREEN_DATA, value);
}

uint16_t screen_get(uint32_t index)
{
	outw(SCREEN_INDEX, index);
	return inw(SCREEN_DATA);
}

void screen_enable(bool on)
{
	screen_set(SCREEN_ENABLE, on ? SCREEN_LINEAR : 0);
}

static void put_all(uint16_t port, const uint8_t *values, uint32_t count)
{
	uint32_t i;

	for (i = 0; i < count; i++)
		outw(port, values[i] << 8 | i);
}

static void set_text(void)
{
	uint32_t i;

	screen_enable(false);
	outb(MISC, 0x67);
	put_all(SEQUENCER, sequencer, sizeof(sequencer));
	put_all(GRAPHICS, graphics, sizeof(graphics));
	outw(CRTC, PROTECT);
	put_all(CRTC, crtc, sizeof(crtc));
	inb(RETRACE);
	for (i = 0; i < sizeof(attribute); i++) {
		outb(ATTRIBUTE, i);
		outb(ATTRIBUTE, attribute[i]);
	}
	outb(ATTRIBUTE, 0x20);
}

static void check_memory(uint32_t at)
{
	uint32_t value = random32();

	pc_store(at, 4, value);
	CHECK(pc_load(at, 4) == value);
}

void screen_works(void)
{
	uint32_t id;

	screen_enable(false);
	id = screen_get(SCREEN_ID);
	CHECK(id >= ID_FIRST && id <= ID_LAST);
	screen_set(SCREEN_WIDTH, 640);
	screen_set(SCREEN_HEIGHT, 480);
	screen_set(SCREEN_BITS, 32);
	screen_enable(true);
	CHECK(screen_get(SCREEN_WIDTH) == 640);
	CHECK(screen_get(SCREEN_HEIGHT) == 480);
	check_memory(screen_memory);
	check_memory(screen_memory + SCREEN_MEMORY - 4);
	set_text();
	check_memory(TEXT);
	check_memory(TEXT + 80 * 25 * 2 - 4);
}
