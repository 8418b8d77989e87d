/* A picture as PNG. */
/* SPDX-License-Identifier: MIT */
#include "display/png.h"

#include <errno.h>
#include <fcntl.h>
#include <png.h>
#include <sys/mman.h>
#include <unistd.h>

/* Screens are of few colours: more work makes them little smaller. */
#define LEVEL	1
#define CHUNK	65536u	/* bytes; each is some writes */

static void failed(png_structp png, png_const_charp message)
{
	(void)message;
	png_longjmp(png, 1);
}

static void put(png_structp png, png_bytep bytes, size_t size)
{
	const int *fd = png_get_io_ptr(png);
	ssize_t done;

	while (size) {
		done = write(*fd, bytes, size);
		if (done <= 0)
			png_error(png, "write");
		bytes += done;
		size -= done;
	}
}

static void nothing(png_structp png)
{
	(void)png;
}

/* Bytes of a pixel are blue, green, red, and one that means nothing. */
static void put_rows(png_structp png, const struct picture *picture)
{
	const uint32_t *row = picture->pixel;
	unsigned int y;

	png_set_bgr(png);
	png_set_filler(png, 0, PNG_FILLER_AFTER);
	for (y = 0; y < picture->height; y++, row += picture->width)
		png_write_row(png, (png_const_bytep)row);
}

static bool encode(
	png_structp png, png_infop info, const struct picture *picture, int *fd)
{
	if (setjmp(png_jmpbuf(png)))
		return false;
	png_set_write_fn(png, fd, put, nothing);
	png_set_IHDR(png, info, picture->width, picture->height, 8,
		PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
		PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	png_set_compression_level(png, LEVEL);
	png_set_compression_buffer_size(png, CHUNK);
	png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
	png_write_info(png, info);
	put_rows(png, picture);
	png_write_end(png, NULL);
	return true;
}

static int write_png(const struct picture *picture, int fd)
{
	png_structp png = png_create_write_struct(
		PNG_LIBPNG_VER_STRING, NULL, failed, NULL);
	png_infop info = png ? png_create_info_struct(png) : NULL;
	bool good = info && encode(png, info, picture, &fd);

	png_destroy_write_struct(&png, &info);
	return good ? 0 : -ENOMEM;
}

int picture_to_png(const struct picture *picture, uint64_t *size)
{
	int fd, error;

	if (!picture->width || !picture->height)
		return -EINVAL;
	fd = memfd_create("screenshot", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0)
		return -errno;
	error = write_png(picture, fd);
	if (!error) {
		*size = lseek(fd, 0, SEEK_CUR);
		if (lseek(fd, 0, SEEK_SET) || fcntl(fd, F_ADD_SEALS,
			F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW |
			F_SEAL_WRITE))
			error = -errno;
	}
	if (!error)
		return fd;
	close(fd);
	return error;
}
