/* Viewers of a screen, good, slow and wrong. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "display/rfb.h"
#include "vmwp.h"

static struct screen screen;
static struct input input;
static struct events events;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct rfb rfb;
static struct sockaddr_un address = { .sun_family = AF_UNIX };

/* What is shown; the lock's, as what came. */
static unsigned int width = 720, height = 400, paint;
static bool dirty;
static unsigned int draws;
static char keys[1024];
static unsigned int at_x, at_y, at_buttons;
static int at_wheel;

static uint32_t pixel_at(unsigned int x, unsigned int y)
{
	return ((x * 3 + y * 5 + paint) * 0x10305) & 0xffffff;
}

#include "rfb_viewer.h"

static void draw(void *context, struct picture *picture, bool whole)
{
	unsigned int x, y;

	(void)context;
	draws++;
	if (!dirty && !whole)
		return;
	dirty = false;
	picture_resize(picture, width, height);
	for (y = 0; y < picture->height; y++)
		for (x = 0; x < picture->width; x++)
			picture->pixel[y * picture->width + x] =
				pixel_at(x, y);
	picture_changed(picture, 8, 16, 64, 32);
	if (whole)
		picture_changed(picture, 0, 0, width, height);
}

static void show(unsigned int w, unsigned int h)
{
	pthread_mutex_lock(&lock);
	width = w;
	height = h;
	dirty = true;
	pthread_mutex_unlock(&lock);
}

static void key(void *context, unsigned int code, bool down)
{
	size_t end = strlen(keys);

	(void)context;
	snprintf(keys + end, sizeof(keys) - end, "%x%c ", code,
		down ? '+' : '-');
}

static void pointer(void *context, unsigned int x, unsigned int y,
	unsigned int buttons, int wheel)
{
	(void)context;
	at_x = x;
	at_y = y;
	at_buttons = buttons;
	at_wheel += wheel;
}

static void pause_ms(unsigned int ms)
{
	usleep(ms * 1000);
}

static void expect_keys(const char *expected)
{
	unsigned int tries = 200;
	bool same = false;

	while (tries-- && !same) {
		pthread_mutex_lock(&lock);
		same = !strcmp(keys, expected);
		pthread_mutex_unlock(&lock);
		pause_ms(10);
	}
	CHECK_STRING(expected, keys);
	keys[0] = 0;
}

/* Nobody waits long for it, whatever a viewer does. */
static void check_lock(void)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec++;
	CHECK(!pthread_mutex_timedlock(&lock, &until));
	pthread_mutex_unlock(&lock);
}

/* The end is seen by the socket's own end: no more than these. */
static void test_picture(void)
{
	int fd = viewer();

	encodings(fd, RAW, RAW);
	get_all(fd);
	ask(fd, true);
	pthread_mutex_lock(&lock);
	dirty = true;
	pthread_mutex_unlock(&lock);
	CHECK(get_picture(fd) == 64 * 32);
	/* Somebody else drew in between: nothing is missed. */
	ask(fd, true);
	pthread_mutex_lock(&lock);
	dirty = true;
	paint += 77;
	screen.whole = true;
	screen_draw(&screen);
	pthread_mutex_unlock(&lock);
	CHECK(get_picture(fd) == width * height);
	leave(fd);
}

static void test_input(void)
{
	int fd = viewer();

	send_key(fd, 'H', true);
	send_key(fd, 'H', false);
	send_key(fd, 0xff0d, true);
	expect_keys("2a+ 23+ 2a- 23- 1c+ ");
	send_pointer(fd, 0, 0, 0);
	send_pointer(fd, 1 | 4, width - 1, height - 1);
	send_pointer(fd, 1 | 4 | 8, width - 1, height - 1);
	send_pointer(fd, 1 | 4, width - 1, height - 1);
	send_pointer(fd, 1 | 4 | 8, 65535, 65535);
	send_key(fd, 'x', true);
	expect_keys("2d+ ");
	pthread_mutex_lock(&lock);
	CHECK(at_x == INPUT_POSITION_MAX && at_y == INPUT_POSITION_MAX);
	CHECK(at_buttons == (INPUT_LEFT | INPUT_RIGHT) && at_wheel == 2);
	pthread_mutex_unlock(&lock);
	/* It goes, and lets all go. */
	close(fd);
	expect_keys("1c- 2d- ");
	CHECK(!at_buttons);
}

static void test_qemu_key(void)
{
	static const uint8_t down[12] = { 255, 0, 0, 1, 0, 0, 0, 0x61,
		0, 0, 0, 0x10 };
	static const uint8_t up[12] = { 255, 0, 0, 0, 0, 0, 0xff, 0x51,
		0, 0, 0, 0xcb };
	static const uint8_t left[12] = { 255, 0, 0, 1, 0, 0, 0xff, 0x51,
		0, 0, 0, 0xcb };
	static const uint8_t wrong[12] = { 255, 0, 0, 1, 0, 0, 0, 0,
		0xff, 0xff, 0xff, 0xff };
	struct box box;
	int fd = viewer();

	encodings(fd, RAW, QEMU);
	CHECK(get_update(fd) == 1);
	box = get_box(fd);
	CHECK(box.encoding == QEMU && !box.width && !box.height);
	put(fd, wrong, sizeof(wrong));
	put(fd, down, sizeof(down));
	put(fd, left, sizeof(left));
	put(fd, up, sizeof(up));
	expect_keys("10+ 14b+ 14b- ");
	close(fd);
	expect_keys("10- ");
	/* One that has not said that it knows it. */
	fd = viewer();
	put(fd, down, sizeof(down));
	gone(fd);
}

static void test_size(int encoding)
{
	int fd = viewer();
	struct box box;

	encodings(fd, RAW, encoding);
	get_all(fd);
	ask(fd, true);
	show(1024, 768);
	CHECK(get_update(fd) == 1);
	box = get_box(fd);
	CHECK(box.encoding == encoding && box.width == 1024 &&
		box.height == 768);
	if (encoding == EXTENDED_SIZE)
		get_screens(fd);
	get_all(fd);
	leave(fd);
	show(SCREEN_WIDTH_MAX, SCREEN_HEIGHT_MAX);
	fd = connect_viewer();
	handshake(fd, SCREEN_WIDTH_MAX, SCREEN_HEIGHT_MAX);
	get_all(fd);
	leave(fd);
	show(720, 400);
}

static void test_clipboard(void)
{
	static const uint8_t text[8] = { 6, 0, 0, 0, 0, 1, 0, 0 };
	static const uint8_t extended[8] = { 6, 0, 0, 0, 0xff, 0xff, 0xff,
		0xf0 };
	static uint8_t bytes[65536];
	int fd = viewer();

	put(fd, text, sizeof(text));
	put(fd, bytes, sizeof(bytes));
	put(fd, extended, sizeof(extended));
	put(fd, bytes, 16);
	get_all(fd);
	leave(fd);
}

/* What the library has and we do not want; and formats that cannot be. */
static void test_unwanted(void)
{
	static const uint8_t types[] = { 1, 7, 8, 10, 11, 15, 20, 21, 252 };
	static const uint8_t format[20] = { 0, 0, 0, 0, 32, 24, 0, 1,
		0, 255, 0, 255, 0, 255, 255, 255, 255 };
	static const uint8_t depth[20] = { 0, 0, 0, 0, 24, 24, 0, 1,
		0, 255, 0, 255, 0, 255, 16, 8, 0 };
	static const uint8_t size[24] = { 251, 0, 0x10, 0, 0x10, 0, 1 };
	uint8_t bytes[64] = { 0 };
	unsigned int i;
	int fd;

	for (i = 0; i < sizeof(types); i++) {
		fd = viewer();
		bytes[0] = types[i];
		put(fd, bytes, sizeof(bytes));
		gone(fd);
	}
	fd = viewer();
	put(fd, format, sizeof(format));
	gone(fd);
	fd = viewer();
	put(fd, depth, sizeof(depth));
	gone(fd);
	fd = viewer();
	put(fd, size, sizeof(size));
	get_all(fd);
	leave(fd);
}

/* This host's library looks for WebSockets in what comes first, and waits for ever
 * for the rest of fewer bytes than these; the image's knows none. */
#define LEAST	4

static void test_garbage(unsigned int rounds)
{
	uint8_t bytes[300];
	unsigned int size, least;
	int fd;

	for (; rounds; rounds--) {
		fd = rounds % 4 ? viewer() : connect_viewer();
		for (size = 0; size < sizeof(bytes); size++)
			bytes[size] = any();
		if (rounds % 3)
			bytes[0] %= 8;
		least = rounds % 4 ? 1 : LEAST;
		size = least + any() % (sizeof(bytes) - least + 1);
		send(fd, bytes, size, MSG_NOSIGNAL);
		close(fd);
	}
	pause_ms(100);
	check_lock();
	pthread_mutex_lock(&lock);
	keys[0] = 0;
	pthread_mutex_unlock(&lock);
}

/* Half a message, half a handshake: the others do not wait. */
static void test_partial(void)
{
	int half = viewer(), early = connect_viewer(), fd;
	char byte;

	put(half, "\4\1", 2);
	put(early, "RFB 003", 7);
	fd = viewer();
	get_all(fd);
	CHECK(recv(half, &byte, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN);
	gone(half);
	gone(early);
	leave(fd);
}

/* One that reads nothing is dropped, and the next is served. */
static void test_slow(void)
{
	int slow = viewer(), fd = viewer();
	unsigned int i;

	ask(slow, false);
	for (i = 0; i < 20; i++) {
		check_lock();
		pause_ms(10);
	}
	get_all(fd);
	gone(slow);
	leave(fd);
}

static void test_many(void)
{
	int fds[RFB_VIEWERS], more;
	char byte;
	unsigned int i;

	for (i = 0; i < RFB_VIEWERS; i++)
		fds[i] = viewer();
	more = connect_viewer();
	CHECK(recv(more, &byte, 1, 0) == 0);
	close(more);
	for (i = 0; i < RFB_VIEWERS; i++)
		get_all(fds[i]);
	leave(fds[2]);
	fds[2] = viewer();
	for (i = 0; i < RFB_VIEWERS; i++)
		leave(fds[i]);
}

/* Nobody looks: nothing is drawn. */
static void test_nobody(void)
{
	unsigned int before;

	pause_ms(200);
	pthread_mutex_lock(&lock);
	before = draws;
	pthread_mutex_unlock(&lock);
	pause_ms(200);
	pthread_mutex_lock(&lock);
	CHECK(draws == before);
	pthread_mutex_unlock(&lock);
}

static void *loop(void *context)
{
	(void)context;
	events_run(&events);
	return NULL;
}

static void begin(void)
{
	static const struct screen_source source = { .draw = draw };
	static const struct input_sink sink = {
		.key = key, .pointer = pointer };
	pthread_t thread;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "rfb.%d",
		getpid());
	CHECK(!bind(fd, (void *)&address, sizeof(address)) && !listen(fd, 8));
	CHECK(!events_init(&events) && !screen_init(&screen));
	CHECK(!pthread_create(&thread, NULL, loop, NULL));
	screen_source(&screen, SCREEN_VGA, &source);
	screen_use(&screen, SCREEN_VGA, true);
	input_keyboard(&input, INPUT_PS2, &sink);
	input_pointer(&input, INPUT_PS2, &sink);
	input_use_keyboard(&input, INPUT_PS2, true);
	input_use_pointer(&input, INPUT_PS2, true);
	CHECK(!rfb_init(&rfb, fd, "test", &screen, &input, &lock, &events));
}

int main(int argc, char **argv)
{
	unsigned int rounds = start("rfb", argc, argv);
	int fd;

	signal(SIGPIPE, SIG_IGN);
	begin();
	test_nobody();
	test_picture();
	test_input();
	test_qemu_key();
	test_size(NEW_SIZE);
	test_size(EXTENDED_SIZE);
	test_clipboard();
	test_unwanted();
	test_many();
	test_garbage(rounds / 10);
	test_partial();
	test_slow();
	test_nobody();
	/* The end comes while somebody looks. */
	fd = viewer();
	get_all(fd);
	rfb_exit(&rfb);
	gone(fd);
	unlink(address.sun_path);
	screen_exit(&screen);
	return 0;
}
