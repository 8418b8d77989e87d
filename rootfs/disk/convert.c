/* One disk's content into another; zeros are left out. */
/* SPDX-License-Identifier: MIT */
#include "convert.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PIECE	(1u << 20)	/* read at once */
#define GRAIN	(64u << 10)	/* zeros of so many are left out */

static bool is_zero(const char *bytes, size_t size)
{
	return !bytes[0] && !memcmp(bytes, bytes + 1, size - 1);
}

static int write_piece(struct disk *to, uint64_t offset, const char *bytes,
	size_t size)
{
	size_t at, part;
	int result = 0;

	for (at = 0; !result && at < size; at += part) {
		part = size - at < GRAIN ? size - at : GRAIN;
		if (!is_zero(bytes + at, part))
			result = disk_write(to, offset + at, bytes + at,
				part);
	}
	return result;
}

/* How much of the extent has no space in the file, from its beginning on: a
 * sparse file is read much faster without that. */
static uint64_t hole(const struct file *file, const struct disk_extent *extent)
{
	off_t data;
	uint64_t size;

	if (file->fd < 0 || file->device)
		return 0;
	data = lseek(file->fd, extent->offset, SEEK_DATA);
	if (data < 0)
		return errno == ENXIO ? extent->length : 0;
	size = data - extent->offset;
	size -= size % DISK_SECTOR;
	return size < extent->length ? size : extent->length;
}

/* One piece of the extent, or a hole. */
static int copy_part(struct disk *from, struct disk *to, uint64_t offset,
	size_t part, char *bytes)
{
	int result = disk_read(from, offset, bytes, part);

	return result ? result : write_piece(to, offset, bytes, part);
}

static int copy(struct disk *from, const struct file *file, struct disk *to,
	uint64_t offset, struct disk_extent extent, char *bytes)
{
	uint64_t part;
	int result = 0;

	for (; !result && extent.length; extent.length -= part) {
		part = hole(file, &extent);
		if (!part) {
			part = extent.length < PIECE ? extent.length : PIECE;
			result = copy_part(from, to, offset, part, bytes);
		}
		extent.offset += part;
		offset += part;
	}
	return result;
}

int convert(struct disk *from, const struct file *file, struct disk *to)
{
	uint64_t offset = 0, size = disk_facts(from)->size;
	struct disk_extent extent;
	char *bytes = malloc(PIECE);
	int result = bytes ? 0 : -ENOMEM;

	for (; !result && offset < size; offset += extent.length) {
		result = disk_map(from, offset, size - offset, &extent, 1);
		if (result < 0)
			break;
		result = extent.there ? copy(from, file, to, offset, extent,
			bytes) : 0;
	}
	free(bytes);
	return result;
}
