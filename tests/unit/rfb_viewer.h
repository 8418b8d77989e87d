/* A small client of RFB (RFC 6143), whose pictures are looked at: every pixel is to be
 * pixel_at(), which the test has, as well as width and height of what is shown, the
 * address to connect to, and rfb, the server. */
/* SPDX-License-Identifier: MIT */
#ifndef RFB_VIEWER_H
#define RFB_VIEWER_H

#include <errno.h>
#include <sanitizer/common_interface_defs.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"
#include "display/rfb.h"

#define RAW		0
#define NEW_SIZE	(-223)
#define EXTENDED_SIZE	(-308)
#define QEMU		(-258)

static int connect_viewer(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct timeval most = { .tv_sec = 20 };

	CHECK(fd >= 0 && !setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &most,
		sizeof(most)));
	CHECK(!connect(fd, (void *)&address, sizeof(address)));
	return fd;
}

/* Who waited for what. */
static void say_where(ssize_t done, size_t size)
{
	unsigned int i;

	fprintf(stderr, "recv: %s, %zu bytes are missing\n",
		done ? strerror(errno) : "the end", size);
	for (i = 0; i < RFB_VIEWERS; i++)
		fprintf(stderr, "viewer %u: %s, fd %d, behind %lu, "
			"partial %lu, now %lu\n", i,
			rfb.viewers[i].client ? "there" : "none",
			rfb.viewers[i].fd, rfb.viewers[i].behind,
			rfb.viewers[i].partial, events_now());
	__sanitizer_print_stack_trace();
}

static void get(int fd, void *to, size_t size)
{
	uint8_t *at = to;
	ssize_t done;

	while (size) {
		done = recv(fd, at, size, 0);
		if (done <= 0)
			say_where(done, size);
		CHECK(done > 0);
		at += done;
		size -= done;
	}
}

static void put(int fd, const void *from, size_t size)
{
	CHECK(send(fd, from, size, MSG_NOSIGNAL) == (ssize_t)size);
}

static unsigned int get16(int fd)
{
	uint8_t bytes[2];

	get(fd, bytes, 2);
	return bytes[0] << 8 | bytes[1];
}

static uint32_t get32(int fd)
{
	uint32_t high = get16(fd);

	return high << 16 | get16(fd);
}

static void handshake(int fd, unsigned int w, unsigned int h)
{
	uint8_t bytes[64];
	uint32_t size;

	get(fd, bytes, 12);
	CHECK(!memcmp(bytes, "RFB 003.008\n", 12));
	put(fd, "RFB 003.008\n", 12);
	get(fd, bytes, 2);
	CHECK(bytes[0] == 1 && bytes[1] == 1);	/* no password */
	put(fd, "\1", 1);
	CHECK(get32(fd) == 0);
	put(fd, "\0", 1);
	CHECK(get16(fd) == w && get16(fd) == h);
	get(fd, bytes, 16);
	CHECK(bytes[0] == 32 && bytes[3] && bytes[10] == 16 &&
		bytes[11] == 8 && bytes[12] == 0);
	size = get32(fd);
	CHECK(size == 4);
	get(fd, bytes, size);
	CHECK(!memcmp(bytes, "test", 4));
}

static int viewer(void)
{
	int fd = connect_viewer();

	handshake(fd, width, height);
	return fd;
}

static void encodings(int fd, int first, int second)
{
	uint8_t bytes[12] = { 2, 0, 0, 2 };
	unsigned int i;

	for (i = 0; i < 4; i++) {
		bytes[4 + i] = (uint32_t)first >> (24 - 8 * i);
		bytes[8 + i] = (uint32_t)second >> (24 - 8 * i);
	}
	put(fd, bytes, sizeof(bytes));
}

static void ask(int fd, bool incremental)
{
	uint8_t bytes[10] = { 3, incremental, 0, 0, 0, 0,
		width >> 8, width, height >> 8, height };

	put(fd, bytes, sizeof(bytes));
}

struct box {
	unsigned int x, y, width, height;
	int encoding;
};

static struct box get_box(int fd)
{
	struct box box = { .x = get16(fd) };

	box.y = get16(fd);
	box.width = get16(fd);
	box.height = get16(fd);
	box.encoding = get32(fd);
	return box;
}

static unsigned int get_update(int fd)
{
	uint8_t head[2];

	get(fd, head, 2);
	CHECK(head[0] == 0);
	return get16(fd);
}

/* Which pixels came since the last get_all() began, and how many. */
static bool seen[SCREEN_WIDTH_MAX * SCREEN_HEIGHT_MAX];
static unsigned int seen_count;

static void see(unsigned int x, unsigned int y)
{
	seen_count += !seen[y * width + x];
	seen[y * width + x] = true;
}

/* The pixels are checked; how many there were. */
static unsigned int get_pixels(int fd, const struct box *box)
{
	static uint32_t pixels[SCREEN_WIDTH_MAX * SCREEN_HEIGHT_MAX];
	unsigned int x, y;

	CHECK(box->encoding == RAW && box->x + box->width <= width &&
		box->y + box->height <= height);
	get(fd, pixels, box->width * box->height * 4ul);
	for (y = 0; y < box->height; y++)
		for (x = 0; x < box->width; x++) {
			CHECK(pixels[y * box->width + x] ==
				pixel_at(box->x + x, box->y + y));
			see(box->x + x, box->y + y);
		}
	return box->width * box->height;
}

/* One screen, as large as all. */
static void get_screens(int fd)
{
	uint8_t bytes[20];

	get(fd, bytes, sizeof(bytes));
	CHECK(bytes[0] == 1);
}

static unsigned int get_picture(int fd)
{
	unsigned int count = get_update(fd), pixels = 0;
	struct box box;

	while (count--) {
		box = get_box(fd);
		if (box.encoding == EXTENDED_SIZE)
			get_screens(fd);
		else
			pixels += get_pixels(fd, &box);
	}
	return pixels;
}

/* A large picture comes in parts; what is drawn meanwhile comes again. */
static void get_all(int fd)
{
	memset(seen, 0, sizeof(seen));
	seen_count = 0;
	for (ask(fd, false); seen_count < width * height;) {
		get_picture(fd);
		if (seen_count < width * height)
			ask(fd, true);
	}
}

static void gone(int fd)
{
	char bytes[4096];
	ssize_t done;

	do
		done = recv(fd, bytes, sizeof(bytes), 0);
	while (done > 0);
	CHECK(done == 0 || errno == ECONNRESET);
	close(fd);
}

static void leave(int fd)
{
	close(fd);
	usleep(100000);
}

static void send_key(int fd, uint32_t symbol, bool down)
{
	uint8_t bytes[8] = { 4, down, 0, 0, symbol >> 24, symbol >> 16,
		symbol >> 8, symbol };

	put(fd, bytes, sizeof(bytes));
}

static void send_pointer(int fd, unsigned int mask, unsigned int x,
	unsigned int y)
{
	uint8_t bytes[6] = { 5, mask, x >> 8, x, y >> 8, y };

	put(fd, bytes, sizeof(bytes));
}

#endif
