/* A VGA: what a guest writes by any way is what is seen. usage: test_vga ROUNDS
 * [SEED] */
/* SPDX-License-Identifier: MIT */
#include "vmwp.h"

#include "vga_guest.h"

#define TEXT	0xb8000u
#define GRAPHICS 0xa0000u

static struct vga_guest one, two;	/* windows, none */
static struct screen_text text, other_text;

static void begin(void)
{
	guest_begin(&one, true);
	guest_begin(&two, false);
}

static void end(void)
{
	guest_end(&one);
	guest_end(&two);
}

static uint32_t pixel(struct vga_guest *guest, unsigned int x, unsigned int y)
{
	const struct picture *picture = screen_draw(&guest->screen);

	CHECK(picture && x < picture->width && y < picture->height);
	return picture->pixel[y * picture->width + x];
}

static uint32_t grey(unsigned int index)
{
	unsigned int r = index & 63, g = index >> 1 & 63, b = index >> 2 & 63;

	return (r << 2 | r >> 4) << 16 | (g << 2 | g >> 4) << 8 |
		(b << 2 | b >> 4);
}

static void write_text(struct vga_guest *guest, unsigned int at,
	const char *string)
{
	for (; *string; string++, at++)
		guest_write(guest, TEXT + at * 2, 2, 0x0700 | (uint8_t)*string);
}

/* The first glyphs of font 0: a full one for 'A'. */
static void load_font(struct vga_guest *guest)
{
	unsigned int i;

	guest_out2(guest, 0x3c4, 2, 4);
	guest_out2(guest, 0x3c4, 4, 6);
	guest_out2(guest, 0x3ce, 5, 0);
	guest_out2(guest, 0x3ce, 6, 4);
	for (i = 0; i < 16; i++)
		guest_write(guest, GRAPHICS + 'A' * 32 + i, 1, 0xff);
	guest_out2(guest, 0x3c4, 2, 3);
	guest_out2(guest, 0x3c4, 4, 2);
	guest_out2(guest, 0x3ce, 5, 0x10);
	guest_out2(guest, 0x3ce, 6, 0x0e);
}

static void check_text(struct vga_guest *guest)
{
	const struct picture *picture;

	guest_set(guest, SET_TEXT);
	write_text(guest, 80 * 2 + 3, "Hello");
	guest_write(guest, TEXT, 1, 0xc9);
	guest_out2(guest, 0x3d4, 0x0e, 0);
	guest_out2(guest, 0x3d4, 0x0f, 81);
	CHECK(screen_read_text(&guest->screen, &text));
	CHECK(text.columns == 80 && text.rows == 25 && text.cursor);
	CHECK(text.cursor_column == 1 && text.cursor_row == 1);
	CHECK(text.character[163] == 'H' && text.attribute[163] == 7);
	CHECK(text.character[0] == 0x2554);
	load_font(guest);
	CHECK(guest_read(guest, TEXT + 163 * 2, 2) == 0x0748);
	write_text(guest, 5, "A");
	picture = screen_draw(&guest->screen);
	CHECK(picture->width == 720 && picture->height == 400);
	CHECK(picture->pixel[45] == grey(7) && !picture->pixel[44]);
	CHECK(!picture->pixel[53]);
	screen_draw(&guest->screen);
	CHECK(!picture->changed.width);
	write_text(guest, 79, "A");
	screen_draw(&guest->screen);
	CHECK(picture->changed.x == 711 && picture->changed.width == 9 &&
		picture->changed.y == 0 && picture->changed.height == 16);
}

/* A scroll, and the cursor that goes on, without an exit for the memory. */
static void test_text(void)
{
	unsigned int i, before;

	begin();
	CHECK(!screen_read_text(&one.screen, &text));
	check_text(&one);
	check_text(&two);
	before = one.exits;
	for (i = 0; i < 24 * 80; i++)
		guest_write(&one, TEXT + i * 2, 2,
			guest_read(&one, TEXT + 160 + i * 2, 2));
	CHECK(one.exits == before && one.view.gpa == TEXT);
	CHECK(screen_read_text(&one.screen, &text));
	CHECK(text.character[83] == 'H');
	/* Dark, it is still there. */
	guest_out2(&one, 0x3c4, 1, 0x20);
	CHECK(screen_read_text(&one.screen, &text));
	CHECK(text.character[83] == 'H');
	CHECK(!pixel(&one, 45, 0));
	guest_out2(&one, 0x3c4, 1, 0x00);
	/* The start, and from line 32 on address 0. */
	guest_out2(&one, 0x3d4, 0x0d, 80);
	CHECK(screen_read_text(&one.screen, &text) && text.character[3] == 'H');
	guest_out2(&one, 0x3d4, 0x09, 0x0f);
	guest_out2(&one, 0x3d4, 0x07, 0x0f);
	guest_out2(&one, 0x3d4, 0x18, 31);
	CHECK(screen_read_text(&one.screen, &text));
	CHECK(text.character[3] == 'H' && text.character[80 * 3 + 3] == 'H');
	end();
}

static void check_planar(struct vga_guest *guest)
{
	guest_set(guest, SET_PLANAR);
	/* Write mode 0 with the map mask, a bit each. */
	guest_out2(guest, 0x3c4, 2, 0x5);
	guest_write(guest, GRAPHICS, 1, 0x80);
	CHECK(pixel(guest, 0, 0) == grey(5) && !pixel(guest, 2, 0));
	CHECK(pixel(guest, 1, 1) == grey(5));
	guest_out2(guest, 0x3c4, 2, 0xf);
	/* The latches, by write mode 1. */
	CHECK(guest_read(guest, GRAPHICS, 1) == 0x80);
	guest_out2(guest, 0x3ce, 5, 1);
	guest_write(guest, GRAPHICS + 40, 1, 0);
	CHECK(pixel(guest, 0, 2) == grey(5));
	/* Write mode 2 within the bit mask. */
	guest_out2(guest, 0x3ce, 5, 2);
	guest_out2(guest, 0x3ce, 8, 0x40);
	guest_read(guest, GRAPHICS, 1);
	guest_write(guest, GRAPHICS, 1, 0x0b);
	CHECK(pixel(guest, 2, 0) == grey(0x13));
	CHECK(pixel(guest, 0, 0) == grey(5));
	/* Write mode 3: the data are part of the mask. */
	guest_out2(guest, 0x3ce, 5, 3);
	guest_out2(guest, 0x3ce, 8, 0xff);
	guest_out2(guest, 0x3ce, 0, 0x7);
	guest_read(guest, GRAPHICS, 1);
	guest_write(guest, GRAPHICS, 1, 0x01);
	CHECK(pixel(guest, 14, 0) == grey(7) && pixel(guest, 0, 0) == grey(5));
	/* Exclusive or, with set and reset in plane 3. */
	guest_out2(guest, 0x3ce, 5, 0);
	guest_out2(guest, 0x3ce, 0, 0x8);
	guest_out2(guest, 0x3ce, 1, 0x8);
	guest_out2(guest, 0x3ce, 3, 0x18);
	guest_read(guest, GRAPHICS, 1);
	guest_write(guest, GRAPHICS, 1, 0x80);
	CHECK(pixel(guest, 0, 0) == grey(0x12));
	/* Read mode 1: where is colour 10? */
	guest_out2(guest, 0x3ce, 5, 8);
	guest_out2(guest, 0x3ce, 2, 0xa);
	guest_out2(guest, 0x3ce, 7, 0xf);
	CHECK(guest_read(guest, GRAPHICS, 1) == 0x80);
	CHECK(!guest->view.size);
}

static void check_cga(struct vga_guest *guest)
{
	guest_set(guest, SET_CGA);
	guest_write(guest, TEXT, 1, 0x1b);	/* 0 1 2 3 */
	guest_write(guest, TEXT + 0x2000, 1, 0xc0);
	CHECK(!pixel(guest, 0, 0) && pixel(guest, 2, 0) == grey(0x13));
	CHECK(pixel(guest, 4, 1) == grey(0x15) &&
		pixel(guest, 7, 1) == grey(0x17));
	CHECK(pixel(guest, 0, 2) == grey(0x17) && !pixel(guest, 2, 3));
	guest_set(guest, SET_MONO);
	guest_write(guest, TEXT + 80, 1, 0x40);
	CHECK(pixel(guest, 1, 4) == grey(0x17) && !pixel(guest, 2, 4));
}

static void check_bytes(struct vga_guest *guest)
{
	unsigned int before;

	guest_set(guest, SET_BYTES);
	guest_write(guest, GRAPHICS + 321, 1, 0x2a);
	before = guest->exits;
	guest_write(guest, GRAPHICS + 322, 1, 0x2b);
	CHECK(guest->exits == before || !guest->host.ops);
	CHECK(pixel(guest, 2, 2) == grey(0x2a));
	CHECK(pixel(guest, 5, 3) == grey(0x2b));
	/* Not chained: plane 1 has every fourth pixel. */
	guest_out2(guest, 0x3c4, 4, 6);
	guest_out2(guest, 0x3c4, 2, 2);
	CHECK(!guest->view.size);
	guest_write(guest, GRAPHICS + 80, 1, 0x33);
	CHECK(pixel(guest, 2, 2) == grey(0x33));
	guest_out2(guest, 0x3d4, 0x0d, 80);
	CHECK(pixel(guest, 2, 0) == grey(0x33));
	/* Four dots of the panning are two pixels. */
	guest_in(guest, 0x3da);
	guest_out(guest, 0x3c0, 0x33);
	guest_out(guest, 0x3c0, 0x02);
	CHECK(pixel(guest, 0, 0) == grey(0x33));
}

static void test_graphics(void)
{
	begin();
	check_planar(&one);
	check_planar(&two);
	check_cga(&one);
	check_cga(&two);
	check_bytes(&one);
	check_bytes(&two);
	end();
}

static void check_linear(struct vga_guest *guest)
{
	static const struct { unsigned int bits; uint32_t value, colour; }
	formats[] = { { 8, 0x2a, 0 }, { 15, 0x7c1f, 0xff00ff },
		{ 16, 0x07e0, 0x00ff00 }, { 24, 0x123456, 0x123456 },
		{ 32, 0xff123456, 0x123456 } };
	unsigned int i, size, before;
	uint64_t at;

	for (i = 0; i < 5; i++) {
		size = (formats[i].bits + 7) / 8;
		at = GUEST_LFB + (3 * 640 + 5) * size;
		guest_set_vbe(guest, 640, 480, formats[i].bits, VBE_LFB);
		CHECK(!screen_read_text(&guest->screen, &text));
		CHECK(!pixel(guest, 5, 3));
		before = guest->exits;
		guest_write(guest, at, 4, formats[i].value);
		CHECK(pixel(guest, 5, 3) ==
			(size == 1 ? grey(0x2a) : formats[i].colour));
		guest_write(guest, at + 640 * size, 4, formats[i].value);
		CHECK(guest->exits - before == (guest->host.ops ? 1 : 2));
		screen_draw(&guest->screen);
		CHECK(guest->screen.picture.changed.width == 640);
		CHECK(guest->screen.picture.changed.height < 14);
		screen_draw(&guest->screen);
		CHECK(!guest->screen.picture.changed.width);
	}
}

/* By banks of 64 KB, and further rows of a larger picture. */
static void check_banks(struct vga_guest *guest)
{
	guest_set_vbe(guest, 640, 480, 32, 0);
	guest_vbe(guest, VBE_BANK, 1);
	guest_write(guest, GRAPHICS + 4, 4, 0x00abcdef);
	CHECK(guest_read(guest, GUEST_LFB + 0x10004, 4) == 0x00abcdef);
	CHECK(pixel(guest, 0x4001 % 640, 0x4001 / 640) == 0xabcdef);
	guest_vbe(guest, VBE_BANK, 2);
	CHECK(guest_read(guest, GRAPHICS + 4, 4) == 0);
	guest_vbe(guest, VBE_BANK, 256);
	CHECK(bus_read(&guest->ports, 0x1cf, 2) == 2);
	guest_vbe(guest, VBE_Y, 0x4001 / 640);
	CHECK(pixel(guest, 0x4001 % 640, 0) == 0xabcdef);
	guest_vbe(guest, VBE_Y, 0);
	guest_vbe(guest, VBE_WIDTH, 1280);
	guest_vbe(guest, VBE_X, 640);
	CHECK(pixel(guest, 0x4001 % 1280 - 640, 0x4001 / 1280) == 0xabcdef);
}

static uint16_t vbe_of(struct vga_guest *guest, unsigned int index)
{
	bus_write(&guest->ports, 0x1ce, 2, index);
	return bus_read(&guest->ports, 0x1cf, 2);
}

/* N33: sizes that cannot be. */
static void check_sizes(struct vga_guest *guest)
{
	unsigned int i;
	static const uint16_t sizes[] = { 0, 1, 7, 65535, 4096, 16383, 1920 };

	for (i = 0; i < 49; i++) {
		guest_set_vbe(guest, sizes[i / 7], sizes[i % 7], 32, VBE_LFB);
		guest_vbe(guest, VBE_WIDTH, sizes[i % 7]);
		guest_vbe(guest, VBE_X, 65535);
		guest_vbe(guest, VBE_Y, 65535);
		CHECK(vbe_of(guest, VBE_WIDTH) >= vbe_of(guest, VBE_XRES));
		CHECK((uint64_t)vbe_of(guest, VBE_WIDTH) * 4 *
			vbe_of(guest, VBE_YRES) <= VGA_MEMORY);
		CHECK(screen_draw(&guest->screen));
		CHECK(guest->screen.picture.width <= SCREEN_WIDTH_MAX);
		CHECK(guest->screen.picture.height <= SCREEN_HEIGHT_MAX);
	}
	guest_vbe(guest, VBE_ENABLE, VBE_CAPS);
	CHECK(vbe_of(guest, VBE_XRES) == SCREEN_WIDTH_MAX &&
		vbe_of(guest, VBE_YRES) == SCREEN_HEIGHT_MAX &&
		vbe_of(guest, VBE_BPP) == 32);
	guest_vbe(guest, VBE_ENABLE, 0);
	CHECK(vbe_of(guest, VBE_MEMORY) == VGA_MEMORY / 65536);
	guest_vbe(guest, VBE_ID, 0xb0c0);
	CHECK(vbe_of(guest, VBE_ID) == 0xb0c0);
	guest_vbe(guest, VBE_ID, 0xb0cf);
	CHECK(vbe_of(guest, VBE_ID) == 0xb0c0);
}

/* The frame buffer goes elsewhere while it is shown. */
static void check_moves(struct vga_guest *guest)
{
	guest_set_vbe(guest, 640, 480, 32, VBE_LFB);
	guest_write(guest, GUEST_LFB + 64, 4, 0x010203);
	guest_pci(guest, 0x10, 0xe0000000);
	CHECK(guest_read(guest, 0xe0000040, 4) == 0x010203);
	CHECK(guest_read(guest, GUEST_LFB + 64, 4) == 0xffffffff);
	guest_pci(guest, 0x10, 0x00100000);	/* RAM */
	CHECK(guest_read(guest, 0xe0000040, 4) == 0xffffffff);
	CHECK(!guest->view.size && !guest->vga.lfb);
	guest_pci(guest, 0x10, GUEST_LFB);
	CHECK(guest_read(guest, GUEST_LFB + 64, 4) == 0x010203);
}

static void test_vbe(void)
{
	struct vga_guest *guest = &one;

	begin();
	do {
		guest_set(guest, SET_TEXT);
		check_linear(guest);
		check_banks(guest);
		check_sizes(guest);
		check_moves(guest);
		guest = guest == &one ? &two : NULL;
	} while (guest);
	end();
}

/* Both guests do the same. */
static void both_write(uint64_t gpa, unsigned int size, uint64_t value)
{
	guest_write(&one, gpa, size, value);
	guest_write(&two, gpa, size, value);
}

static void both_read(uint64_t gpa, unsigned int size)
{
	CHECK(guest_read(&one, gpa, size) == guest_read(&two, gpa, size));
}

static void both_port(unsigned int port, unsigned int size, uint64_t value)
{
	if (any() % 4) {
		bus_write(&one.ports, port, size, value);
		bus_write(&two.ports, port, size, value);
		return;
	}
	CHECK(bus_read(&one.ports, port, size) ==
		bus_read(&two.ports, port, size));
}

static void both_set(void)
{
	static const uint8_t bits[] = { 4, 8, 15, 16, 24, 32 };
	unsigned int number = any() % (SETTINGS + 6), height = 16 + any() % 64;
	unsigned int flags = any() % 2 * VBE_LFB | any() % 2 * VBE_KEEP;

	if (number < SETTINGS) {
		guest_set(&one, number);
		guest_set(&two, number);
		return;
	}
	guest_set_vbe(&one, 320, height, bits[number - SETTINGS], flags);
	guest_set_vbe(&two, 320, height, bits[number - SETTINGS], flags);
	number = any() % 2 ? any() % 64 : 0;
	guest_vbe(&one, VBE_Y, number);
	guest_vbe(&two, VBE_Y, number);
}

static uint64_t some_address(void)
{
	switch (any() % 4) {
	case 0: return GRAPHICS + any() % 0x20000;
	case 1: return GRAPHICS + any() % 0x4000;
	case 2: return TEXT + any() % 0x1000;
	default: return GUEST_LFB + any() % (any() % 2 ? 0x8000 : VGA_MEMORY);
	}
}

static void both_touch(void)
{
	uint64_t at = some_address(), value = any();
	unsigned int size = 1u << any() % 4, i;

	/* A read through a window leaves the latches alone. */
	one.vga.r.latch = two.vga.r.latch;
	if (any() % 3 == 0)
		both_read(at, size);
	for (i = any() % 16; i; i--, at += size)
		both_write(at, size, value);
}

static void both_registers(void)
{
	static const uint16_t ports[] = { 0x3c4, 0x3ce, 0x3d4, 0x3c0, 0x3c8,
		0x3c9, 0x1ce, 0x1cf, 0x3da, 0x3c6, 0x3c7, 0x3c5 };

	switch (any() % 8) {
	case 0:
		both_port(0x3b0 + any() % 0x30, 1 << any() % 3, any());
		break;
	case 1:
		both_port(0x1ce + any() % 3, 1 << any() % 3, any() % 16);
		break;
	case 2: case 3:
		both_port(0x3c4, 2, 2 + any() % 3 + (any() % 256 << 8));
		break;
	case 4: case 5:
		both_port(0x3ce, 2, any() % 9 + (any() % 256 << 8));
		break;
	case 6:
		both_port(0x3d4, 2, any() % 25 + (any() % 256 << 8));
		break;
	default:
		both_port(ports[any() % 12], 1 + any() % 2, any());
		break;
	}
}

/* What was drawn bit by bit is what a whole drawing gives. */
static void check_pictures(void)
{
	const struct picture *first = screen_draw(&one.screen);
	const struct picture *second = screen_draw(&two.screen);
	size_t size = (size_t)first->width * first->height * 4;

	CHECK(first->width == second->width && first->height == second->height);
	CHECK(!memcmp(first->pixel, second->pixel, size));
	two.screen.whole = true;
	screen_draw(&two.screen);
	CHECK(!memcmp(first->pixel, second->pixel, size));
	CHECK(screen_read_text(&one.screen, &text) ==
		screen_read_text(&two.screen, &other_text));
	CHECK(!memcmp(&text, &other_text, sizeof(text)));
}

static void check_memory(void)
{
	unsigned int i;
	uint64_t at;

	for (i = 0; i < 64; i++) {
		at = GUEST_LFB + any() % (i % 2 ? 0x40000 : VGA_MEMORY);
		CHECK(bus_read(&one.mmio, at, 1) == bus_read(&two.mmio, at, 1));
	}
}

/* Any accesses: windows make no difference but for exits. */
static void hostile(unsigned int rounds)
{
	unsigned int i;

	begin();
	both_set();
	for (i = 0; i < rounds; i++) {
		if (any() % 16 == 0)
			both_set();
		else if (any() % 3 == 0)
			both_registers();
		else
			both_touch();
		if (any() % 64 == 0) {
			one.refuse = any() % 8 == 0;
			one.forget = any() % 4 == 0;
		}
		if (any() % 8 == 0)
			check_memory();
		if (any() % 8 == 0)
			check_pictures();
	}
	printf("%u windows shown, exits %u with and %u without\n", one.shows,
		one.exits, two.exits);
	CHECK(one.shows > rounds / 200);
	end();
}

static void copy(struct vga_guest *from, struct vga_guest *to)
{
	copy_state(&from->vga.device, &to->vga.device);
}

static void test_state(unsigned int rounds)
{
	struct stream good, bad;
	struct device *device = &one.vga.device;
	unsigned int i;

	begin();
	guest_set(&one, SET_TEXT);
	write_text(&one, 3, "saved");
	load_font(&one);
	copy(&one, &two);
	guest_write(&one, TEXT, 2, 0x0741);
	guest_write(&two, TEXT, 2, 0x0741);
	check_pictures();
	guest_set_vbe(&one, 640, 400, 16, VBE_LFB);
	guest_write(&one, GUEST_LFB + 1000, 4, 0x12345678);
	copy(&one, &two);
	check_pictures();
	CHECK(guest_read(&two, GUEST_LFB + 1000, 4) == 0x12345678);
	save(device, &good);
	for (i = 0; i < rounds / 20; i++) {
		memset(&bad, 0, sizeof(bad));
		stream_put_bytes(&bad, good.data, i % 2 ? good.size :
			any() % good.size);
		if (bad.size && i % 2)
			bad.data[any() % (i % 4 == 1 ? bad.size : 1600)] =
				any();
		if (device->ops->load(device, &bad, device->ops->version))
			check_refused(device);
		else
			CHECK(i % 2 && screen_draw(&one.screen));
		stream_free(&bad);
	}
	CHECK(device->ops->load(device, &good, device->ops->version + 1) ==
		-EINVAL);
	stream_free(&good);
	end();
}

static void test_reset(void)
{
	begin();
	guest_set(&one, SET_TEXT);
	write_text(&one, 0, "x");
	CHECK(one.view.size);
	one.vga.device.ops->reset(&one.vga.device);
	CHECK(!one.view.size && !one.vga.lfb);
	CHECK(!screen_read_text(&one.screen, &text));
	CHECK(!pixel(&one, 0, 0));
	guest_pci(&one, 0x04, PCI_COMMAND_MEMORY);
	guest_set(&one, SET_TEXT);
	CHECK(guest_read(&one, TEXT, 2) == 0);
	end();
}

int main(int count, char **arguments)
{
	unsigned int rounds = start("test_vga", count, arguments);

	test_text();
	test_graphics();
	test_vbe();
	test_reset();
	test_state(rounds);
	hostile(rounds);
	return 0;
}
