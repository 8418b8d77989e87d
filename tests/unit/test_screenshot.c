/* A screenshot: the picture's pixels come back out of the PNG. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <png.h>
#include <unistd.h>

#include "check.h"
#include "display/png.h"
#include "display/screenshotcommand.h"

static unsigned int width, height;

static uint32_t pixel_at(unsigned int x, unsigned int y)
{
	return (x * 7 + y * 131 + x * y) & 0xffffff;
}

static void draw(void *context, struct picture *picture, bool whole)
{
	unsigned int x, y;

	(void)context, (void)whole;
	picture_resize(picture, width, height);
	for (y = 0; y < height; y++)
		for (x = 0; x < width; x++)
			picture->pixel[y * width + x] = pixel_at(x, y);
	picture_changed(picture, 0, 0, width, height);
}

static void check_png(int fd, uint64_t size)
{
	png_image image = { .version = PNG_IMAGE_VERSION };
	uint8_t *bytes = malloc(size), *pixels, *at;
	unsigned int x, y;

	CHECK(read(fd, bytes, size) == (ssize_t)size);
	CHECK(read(fd, bytes, 1) == 0 && write(fd, "x", 1) < 0);
	CHECK(png_image_begin_read_from_memory(&image, bytes, size));
	CHECK(image.width == width && image.height == height);
	image.format = PNG_FORMAT_RGB;
	pixels = malloc(PNG_IMAGE_SIZE(image));
	CHECK(png_image_finish_read(&image, NULL, pixels, 0, NULL));
	for (y = 0, at = pixels; y < height; y++)
		for (x = 0; x < width; x++, at += 3)
			CHECK(pixel_at(x, y) == (uint32_t)(at[0] << 16 |
				at[1] << 8 | at[2]));
	free(pixels);
	free(bytes);
}

static void test_size(unsigned int w, unsigned int h)
{
	static const struct screen_source source = { .draw = draw };
	pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	struct control_screenshot answer = { .size = 0 };
	struct screen screen;
	int fd = -1;

	width = w;
	height = h;
	CHECK(!screen_init(&screen));
	screen_source(&screen, SCREEN_VGA, &source);
	screen_use(&screen, SCREEN_VGA, true);
	CHECK(!screenshotcommand(&screen, &lock, &answer, &fd));
	CHECK(answer.width == w && answer.height == h && fd >= 0);
	check_png(fd, answer.size);
	close(fd);
	CHECK(!pthread_mutex_trylock(&lock));
	screen_exit(&screen);
}

int main(void)
{
	struct control_screenshot answer;
	struct picture empty = { .width = 0 };
	uint64_t size;
	int fd = -1;

	CHECK(screenshotcommand(NULL, NULL, &answer, &fd) == -EOPNOTSUPP);
	CHECK(fd == -1 && picture_to_png(&empty, &size) == -EINVAL);
	test_size(1, 1);
	test_size(720, 400);
	test_size(SCREEN_WIDTH_MAX, SCREEN_HEIGHT_MAX);
	return 0;
}
