/* Images in memory, for tests of what has disks. */
/* SPDX-License-Identifier: MIT */
#ifndef FAKE_IMAGE_H
#define FAKE_IMAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"
#include "storage/image.h"

/* A file of that many bytes that nobody else sees. */
static inline int fake_file(uint64_t size)
{
	int fd = memfd_create("disk", MFD_CLOEXEC);

	CHECK(fd >= 0 && !ftruncate(fd, size));
	return fd;
}

/* Raw; fd is the image's from then on. */
static inline struct image *fake_image(int fd, bool read_only)
{
	const struct image_source source = { .fd = fd, .format = DISK_RAW,
		.read_only = read_only, .name = "test" };
	struct disk_error error;
	struct image *image;
	int result = image_open(&image, &source, &error);

	if (result)
		fprintf(stderr, "%s\n", error.text);
	CHECK(!result);
	return image;
}

#endif
