/* Video on VMBus: a guest as Linux, and one that lies. */
/* SPDX-License-Identifier: MIT */
#include "fake_video.h"

static void up(void)
{
	fresh_video(true);
	CHECK(ask_version(3, 5) == SYNTHVID_ACCEPTED && ask_place(PLACE));
	ask_mode(1024, 768, 32, 4096, 0);
	CHECK(screen.active[SCREEN_SYNTHETIC]);
}

static void check_pixel(unsigned int x, unsigned int y, uint32_t expected)
{
	const struct picture *picture = &screen.picture;

	CHECK(x < picture->width && y < picture->height);
	CHECK(picture->pixel[y * picture->width + x] == expected);
}

static void put_pixel(unsigned int x, unsigned int y, uint32_t pixel)
{
	memcpy(seen.host + y * 4096 + x * 4, &pixel, 4);
}

static void check_changed(unsigned int x, unsigned int y, unsigned int width,
	unsigned int height)
{
	const struct rectangle *changed = &screen.picture.changed;

	CHECK(changed->x == x && changed->y == y && changed->width == width &&
		changed->height == height);
}

static void test_versions(void)
{
	const struct synthvid_vram_location early = { 1, 1, PLACE };

	fresh_video(true);
	tell_video(SYNTHVID_VRAM_LOCATION, &early, sizeof(early));
	no_video();
	CHECK(!ask_version(4, 0) && !ask_version(3, 6) && !ask_version(2, 5));
	CHECK(!ask_version(0x10003 & 0xffff, 0xffff) && !video.version);
	CHECK(ask_version(3, 0) && ask_version(3, 2) && ask_version(3, 5));
}

static void test_picture(void)
{
	up();
	screen_draw(&screen);
	CHECK(screen.picture.width == 1024 && screen.picture.height == 768);
	check_changed(0, 0, 1024, 768);
	put_pixel(3, 5, 0xff112233);
	put_pixel(1023, 767, 0x445566);
	screen_draw(&screen);
	CHECK(!screen.picture.changed.width);
	tell_dirt(2, 4, 10, 6);
	screen_draw(&screen);
	check_changed(2, 4, 8, 2);
	check_pixel(3, 5, 0x112233);
	check_pixel(1023, 767, 0);
	tell_dirt(1000, 700, 1024, 768);
	tell_dirt(0, 0, 1, 1);
	screen_draw(&screen);
	check_changed(0, 0, 1024, 768);
	check_pixel(1023, 767, 0x445566);
	/* Over the edges: what lies within. Nothing: nothing. */
	tell_dirt(-5, INT32_MIN, 7, 3);
	screen_draw(&screen);
	check_changed(0, 0, 7, 3);
	tell_dirt(1020, 760, INT32_MAX, INT32_MAX);
	screen_draw(&screen);
	check_changed(1020, 760, 4, 8);
	tell_dirt(INT32_MAX, 0, INT32_MIN, 10);
	tell_dirt(1024, 0, 2000, 10);
	tell_dirt(5, 5, 5, 9);
	screen_draw(&screen);
	CHECK(!screen.picture.changed.width);
}

static void test_modes(void)
{
	uint16_t narrow = 0xf800;

	up();
	ask_mode(SCREEN_WIDTH_MAX, SCREEN_HEIGHT_MAX, 32,
		SCREEN_WIDTH_MAX * 4, 0);
	screen_draw(&screen);
	CHECK(screen.picture.width == SCREEN_WIDTH_MAX);
	CHECK(screen.picture.height == SCREEN_HEIGHT_MAX);
	ask_mode(640, 480, 16, 1280, 4096);
	memcpy(seen.host + 4096 + 1280 + 2, &narrow, 2);
	screen_draw(&screen);
	check_changed(0, 0, 640, 480);
	check_pixel(1, 1, 0xff0000);
	/* What cannot be changes nothing. */
	ask_mode(0, 480, 32, 4096, 0);
	ask_mode(640, 0, 32, 4096, 0);
	ask_mode(65535, 65535, 32, 262140, 0);
	ask_mode(UINT32_MAX, 1, 32, UINT32_MAX, 0);
	ask_mode(640, 480, 24, 4096, 0);
	ask_mode(640, 480, 0, 4096, 0);
	ask_mode(640, 480, 32, 2559, 0);
	ask_mode(640, 480, 32, UINT32_MAX, 0);
	ask_mode(640, 480, 32, 2560, VRAM_SIZE - 2560 * 480 + 1);
	ask_mode(640, 480, 32, 2560, UINT32_MAX);
	CHECK(video.mode.width == 640 && video.mode.depth == 16);
	ask_mode(640, 480, 32, 2560, VRAM_SIZE - 2560 * 480);
	CHECK(video.mode.depth == 32);
	screen_draw(&screen);
}

static void test_places(void)
{
	const struct synthvid_vram_location none = { 7, 0, PLACE };
	uint64_t context;

	up();
	put_pixel(0, 0, 0x77);
	CHECK(ask_place(PLACE) && seen.shows == 1);
	CHECK(ask_place(LAST) && seen.gpa == LAST && seen.host[0] == 0x77);
	screen_draw(&screen);
	check_pixel(0, 0, 0x77);
	/* RAM, the registers of others, nowhere: refused, and it is gone. */
	CHECK(!ask_place(0) && !seen.host);
	CHECK(!screen.active[SCREEN_SYNTHETIC]);
	CHECK(!ask_place(0x100000) && !ask_place(0xfee00000));
	CHECK(!ask_place(LAST + 4096) && !ask_place(PLACE + 1));
	CHECK(!ask_place(DSDT_VMBUS_MMIO - 4096) && !ask_place(UINT64_MAX));
	CHECK(!ask_place(UINT64_MAX - 4095) && !video.vram.memory);
	CHECK(ask_place(PLACE) && screen.active[SCREEN_SYNTHETIC]);
	CHECK(!seen.host[0]);
	tell_video(SYNTHVID_VRAM_LOCATION, &none, sizeof(none));
	CHECK(get_video(SYNTHVID_VRAM_LOCATION_ACK, &context, 8) == 8);
	CHECK(context == 7 && !seen.host);
	no_video();
	CHECK(!screen.active[SCREEN_SYNTHETIC]);
	CHECK(ask_place(PLACE));
	/* It cannot be taken away: it stays. */
	seen.hide_error = -EIO;
	CHECK(!ask_place(LAST) && seen.gpa == PLACE && seen.host);
	seen.hide_error = 0;
	close_channel(VIDEO);
	CHECK(!seen.host && !video.vram.memory && !video.version);
	CHECK(!screen.active[SCREEN_SYNTHETIC]);
	screen_draw(&screen);
	open_channel(VIDEO);
	CHECK(ask_version(3, 2) && ask_place(PLACE));
}

/* No window: each access comes here. */
static void test_exits(void)
{
	fresh_video(false);
	CHECK(ask_version(3, 2) && ask_place(PLACE) && mmio.count == 1);
	bus_write(&mmio, PLACE + 4096 * 2 + 4, 4, 0xaabbcc);
	CHECK(bus_read(&mmio, PLACE + 4096 * 2 + 5, 2) == 0xaabb);
	bus_write(&mmio, PLACE + VRAM_SIZE - 8, 8, UINT64_MAX);
	CHECK(bus_read(&mmio, PLACE + VRAM_SIZE - 1, 1) == 0xff);
	ask_mode(1024, 768, 32, 4096, 0);
	screen_draw(&screen);
	check_pixel(1, 2, 0xaabbcc);
	CHECK(ask_place(LAST) && bus_has(&mmio, LAST) &&
		!bus_has(&mmio, PLACE));
	fresh_video(true);
	seen.show_error = -ENOSYS;
	CHECK(ask_version(3, 2) && ask_place(PLACE) && mmio.count == 1);
}

static void test_questions(void)
{
	struct synthvid_resolutions list;
	struct synthvid_capability capability;
	struct synthvid_bios_info bios;
	uint8_t count = 64, sum = 0;
	uint32_t size;
	unsigned int i;

	up();
	tell_video(SYNTHVID_RESOLUTION_REQUEST, &count, 1);
	size = get_video(SYNTHVID_RESOLUTION_RESPONSE, &list, sizeof(list));
	CHECK(list.count > 10 && size == 131 + list.count * 4u);
	CHECK(list.list[list.preferred].width == 1024 && !list.is_standard);
	CHECK(list.list[list.count - 1].width == SCREEN_WIDTH_MAX);
	for (i = 0; i < SYNTHVID_EDID; i++)
		sum += list.edid[i];
	CHECK(!sum && list.edid[1] == 0xff);
	count = 2;
	tell_video(SYNTHVID_RESOLUTION_REQUEST, &count, 1);
	CHECK(get_video(SYNTHVID_RESOLUTION_RESPONSE, &list,
		sizeof(list)) == 139 && list.count == 2);
	tell_video(SYNTHVID_BIOS_INFO_REQUEST, "", 0);
	CHECK(get_video(SYNTHVID_BIOS_INFO_RESPONSE, &bios, sizeof(bios)) ==
		sizeof(bios));
	tell_video(SYNTHVID_CAPABILITY_REQUEST, "", 0);
	CHECK(get_video(SYNTHVID_CAPABILITY_RESPONSE, &capability,
		sizeof(capability)) == sizeof(capability));
}

/* Nothing comes of what is too short, or what nobody knows. */
static void test_short(void)
{
	static const uint8_t zeros[9000];
	static const uint8_t many[2 + 16] = { 0, 255 };
	uint32_t type, size;

	up();
	tell_video(SYNTHVID_DIRT, many, sizeof(many));
	for (size = 0; size < 8; size++)
		put_framed(VIDEO, zeros, size);
	for (size = 0; size < 27; size++)
		tell_video(SYNTHVID_SITUATION_UPDATE, zeros, size);
	for (size = 0; size < 17; size++)
		tell_video(SYNTHVID_VRAM_LOCATION, zeros, size);
	for (size = 0; size < 4; size++)
		tell_video(SYNTHVID_VERSION_REQUEST, zeros, size);
	tell_video(SYNTHVID_RESOLUTION_REQUEST, zeros, 0);
	tell_video(SYNTHVID_POINTER_POSITION, zeros, 10);
	/* A pointer of 4096 x 4096, and one without a picture. */
	tell_video(SYNTHVID_POINTER_SHAPE, zeros, 18);
	tell_video(SYNTHVID_POINTER_SHAPE, "\1\1\0\x10\0\0\0\x10", 9);
	for (type = 17; type < 40; type++)
		tell_video(type, zeros, 100);
	tell_video(UINT32_MAX, zeros, 0);
	put_raw(VIDEO, zeros, 9000);
	no_video();
	CHECK(video.active && video.vram.at == PLACE);
}

static void test_saved(unsigned int rounds)
{
	up();
	copy_state(&vmbus.device, &vmbus.device);
	put_pixel(100, 100, 0x123456);
	put_pixel(1023, 767, 0x654321);
	screen_draw(&screen);
	copy_state(&vmbus.device, &vmbus.device);
	CHECK(seen.gpa == PLACE && screen.active[SCREEN_SYNTHETIC]);
	memset(screen.picture.pixel, 0, 1024 * 768 * 4);
	screen_draw(&screen);
	check_changed(0, 0, 1024, 768);
	check_pixel(100, 100, 0x123456);
	check_pixel(1023, 767, 0x654321);
	put_pixel(100, 100, 0);
	put_pixel(1023, 767, 0);
	check_bad_loads(&vmbus.device, rounds / 20);
}

static uint32_t odd(void)
{
	static const uint32_t ends[] = { 0, 1, 2, 16, 32, 640, 1024, 1920,
		1921, 1200, 2560, 4096, 7680, 0xffff, 0x10000, VRAM_SIZE - 1,
		VRAM_SIZE, 0x7fffffff, 0x80000000, 0xffffffff };

	return any() % 4 ? ends[any() % (sizeof(ends) / sizeof(ends[0]))] :
		any();
}

static void any_situation(void)
{
	const struct synthvid_situation situation = {
		.outputs = any() % 4, .active = any() % 4, .offset = odd(),
		.depth = any() % 2 ? 32 : odd(), .width = odd(),
		.height = odd(), .pitch = odd(),
	};

	tell_video(SYNTHVID_SITUATION_UPDATE, &situation, sizeof(situation));
}

static void any_location(void)
{
	const struct synthvid_vram_location location = { any(), any() % 4,
		any() % 2 ? DSDT_VMBUS_MMIO + (odd() & ~0xfffull) : any() };

	tell_video(SYNTHVID_VRAM_LOCATION, &location, sizeof(location));
}

static void any_message(void)
{
	uint32_t words[128], version = (any() % 7) << 16 | 3;
	unsigned int i;

	for (i = 0; i < 128; i++)
		words[i] = odd();
	switch (any() % 8) {
	case 0: any_location(); break;
	case 1:
	case 2: any_situation(); break;
	case 3: tell_dirt(odd(), odd(), odd(), odd()); break;
	case 4:
		if (any() % 8 == 0)
			tell_video(SYNTHVID_VERSION_REQUEST, &version, 4);
		break;
	case 5:
		put_packet(VIDEO, any() % 12, any() % 2, any(), words,
			any() % sizeof(words));
		break;
	default:
		tell_video(any() % 18, words, any() % sizeof(words));
	}
}

/* N33: numbers at which something ends, in any order. */
static void test_hostile(unsigned int rounds)
{
	uint8_t nothing[4096];

	up();
	for (; rounds; rounds--) {
		any_message();
		if (any() % 4 == 0)
			screen_draw(&screen);
		if (any() % 2)
			while (get_raw(VIDEO, nothing, sizeof(nothing)) >= 0)
				;
		if (any() % 16 == 0)
			seen.show_error = any() % 2 ? -EIO : 0;
		CHECK(!!video.vram.at == (seen.host || mmio.count));
		CHECK(!screen.active[SCREEN_SYNTHETIC] || video.vram.at);
		if (any() % 256 == 0)
			up();
	}
	up();
	test_picture();
}

int main(int argc, char **argv)
{
	unsigned int rounds = start("synthvid", argc, argv);

	test_versions();
	test_picture();
	test_modes();
	test_places();
	test_exits();
	test_questions();
	test_short();
	test_saved(rounds);
	test_hostile(rounds);
	synthvid_exit(&video);
	screen_exit(&screen);
	bus_free(&mmio);
	vmbus.device.ops->exit(&vmbus.device);
	return 0;
}
