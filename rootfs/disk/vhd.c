/* VHD images, fixed and dynamic, read-only (VHD Image Format Specification). */
/* SPDX-License-Identifier: MIT */
#include "image.h"

#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SECTOR		512u
#define UNUSED		UINT32_MAX	/* in the table: there is no block */
#define SIZE_MAX_VHD	(2ull << 40)
#define BLOCK_MIN	(512u << 10)
#define BLOCK_MAX	(256u << 20)
#define FILE_MAX_VHD	(4ull << 40)	/* of it, 2 TB can be reached */

enum { FIXED = 2, DYNAMIC = 3, DIFFERENCING = 4 };

/* Big-endian, all of it. */
struct vhd_footer {
	char cookie[8];		/* conectix */
	uint32_t features;
	uint32_t version;
	uint64_t header_at;
	uint32_t time;
	char creator[4];
	uint32_t creator_version;
	char creator_system[4];
	uint64_t original_size;
	uint64_t size;
	uint32_t geometry;
	uint32_t type;
	uint32_t checksum;
	uint8_t id[16];
	uint8_t saved_state;
	uint8_t reserved[427];
};

struct vhd_header {
	char cookie[8];		/* cxsparse */
	uint64_t next;
	uint64_t table_at;
	uint32_t version;
	uint32_t entries;
	uint32_t block;
	uint32_t checksum;
	uint8_t parent[984];
};

static_assert(sizeof(struct vhd_footer) == 512, "the footer's size");
static_assert(offsetof(struct vhd_footer, size) == 48, "the footer");
static_assert(offsetof(struct vhd_footer, checksum) == 64, "the footer");
static_assert(sizeof(struct vhd_header) == 1024, "the header's size");
static_assert(offsetof(struct vhd_header, checksum) == 36, "the header");

struct vhd {
	uint64_t size, file_size;
	uint32_t block;		/* 0: fixed */
	uint32_t bitmap;	/* bytes before a block's data */
	uint32_t entries;
	uint32_t *table;	/* first sectors, bitmaps included */
};

static int wrong(struct problems *problems, const char *sentence)
{
	return problem(problems, -EINVAL, "%s", sentence);
}

/* The bytes' sum without the checksum's own, inverted. */
static bool sum_is_good(const void *from, size_t size, uint32_t checksum)
{
	const uint8_t *bytes = from;
	const uint8_t *own = (const uint8_t *)&checksum;
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i < size; i++)
		sum += bytes[i];
	for (i = 0; i < sizeof(checksum); i++)
		sum -= own[i];
	return ~sum == be32toh(checksum);
}

static bool is_footer(const struct vhd_footer *footer)
{
	return !memcmp(footer->cookie, "conectix", 8) &&
		sum_is_good(footer, sizeof(*footer), footer->checksum);
}

/* At the end; dynamic images have a copy at the beginning. */
static int read_footer(struct file *file, struct vhd *vhd,
	struct vhd_footer *footer, struct problems *problems)
{
	int result = file->ops->size(file, &vhd->file_size);

	if (result)
		return result;
	if (vhd->file_size < sizeof(*footer))
		return wrong(problems,
			"The file is too short for a VHD image.");
	if (vhd->file_size > FILE_MAX_VHD)
		return wrong(problems, "The file is too long for a VHD image.");
	result = file->ops->read(file, vhd->file_size - sizeof(*footer),
		footer, sizeof(*footer));
	if (result || is_footer(footer))
		return result;
	result = file->ops->read(file, 0, footer, sizeof(*footer));
	if (result)
		return result;
	if (!is_footer(footer) || be32toh(footer->type) == FIXED)
		return wrong(problems, "The file is no VHD image.");
	if (problems->say)
		problem(problems, 0, "The footer at the end is damaged.");
	return 0;
}

static int check_footer(struct vhd *vhd, const struct vhd_footer *footer,
	struct problems *problems)
{
	vhd->size = be64toh(footer->size);
	if (be32toh(footer->version) >> 16 != 1)
		return problem(problems, -ENOTSUP,
			"The image has an unknown version of VHD.");
	if (be32toh(footer->type) == DIFFERENCING)
		return problem(problems, -ENOTSUP,
			"The image has a parent: that is not supported.");
	if (be32toh(footer->type) != FIXED && be32toh(footer->type) != DYNAMIC)
		return wrong(problems, "The image has an unknown type.");
	if (!vhd->size || vhd->size % SECTOR || vhd->size > SIZE_MAX_VHD)
		return problem(problems, -EINVAL,
			"A disk of %llu bytes cannot be.",
			(unsigned long long)vhd->size);
	if (be32toh(footer->type) == FIXED &&
	    vhd->size > vhd->file_size - sizeof(*footer))
		return wrong(problems, "The file has lost its end.");
	return 0;
}

static bool is_in_file(const struct vhd *vhd, uint64_t offset, uint64_t length)
{
	return offset <= vhd->file_size && length <= vhd->file_size - offset;
}

static int read_header(struct file *file, struct vhd *vhd, uint64_t at,
	struct vhd_header *header, struct problems *problems)
{
	uint64_t blocks;
	int result;

	if (!is_in_file(vhd, at, sizeof(*header)))
		return wrong(problems, "The header is not in the file.");
	result = file->ops->read(file, at, header, sizeof(*header));
	if (result)
		return result;
	if (memcmp(header->cookie, "cxsparse", 8) ||
	    !sum_is_good(header, sizeof(*header), header->checksum))
		return wrong(problems, "The header is damaged.");
	vhd->block = be32toh(header->block);
	if (vhd->block < BLOCK_MIN || vhd->block > BLOCK_MAX ||
	    vhd->block & (vhd->block - 1))
		return problem(problems, -ENOTSUP,
			"Blocks of %u bytes are not supported.", vhd->block);
	blocks = (vhd->size + vhd->block - 1) / vhd->block;
	if (blocks > be32toh(header->entries))
		return wrong(problems, "The table is too small for the disk.");
	vhd->entries = blocks;
	vhd->bitmap = (vhd->block / SECTOR / 8 + SECTOR - 1) / SECTOR * SECTOR;
	return 0;
}

static int by_value(const void *one, const void *other)
{
	uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)other;

	return (a > b) - (a < b);
}

/* Sorted, each block ends before the next begins. */
static int check_overlap(const struct vhd *vhd, struct problems *problems)
{
	uint32_t *sorted = malloc((size_t)vhd->entries * sizeof(*sorted));
	uint32_t i, sectors = (vhd->bitmap + vhd->block) / SECTOR;
	int result = 0;

	if (!sorted)
		return -ENOMEM;
	memcpy(sorted, vhd->table, (size_t)vhd->entries * sizeof(*sorted));
	qsort(sorted, vhd->entries, sizeof(*sorted), by_value);
	for (i = 1; i < vhd->entries && sorted[i] != UNUSED; i++)
		if (sorted[i] - sorted[i - 1] < sectors)
			result = wrong(problems,
				"Two blocks lie over each other.");
	free(sorted);
	return result;
}

static int check_table(struct vhd *vhd, struct problems *problems)
{
	uint64_t needed;
	uint32_t i;

	for (i = 0; i < vhd->entries; i++) {
		vhd->table[i] = be32toh(vhd->table[i]);
		if (vhd->table[i] == UNUSED)
			continue;
		needed = vhd->size - (uint64_t)i * vhd->block;
		needed = needed < vhd->block ? needed : vhd->block;
		if (!vhd->table[i] || !is_in_file(vhd, (uint64_t)vhd->table[i] *
			SECTOR, vhd->bitmap + needed))
			return problem(problems, -EINVAL,
				"Block %u is not in the file.", i);
	}
	return check_overlap(vhd, problems);
}

static int read_table(struct file *file, struct vhd *vhd,
	const struct vhd_header *header, struct problems *problems)
{
	size_t size = (size_t)vhd->entries * sizeof(*vhd->table);
	uint64_t at = be64toh(header->table_at);
	int result;

	if (!is_in_file(vhd, at, size))
		return wrong(problems, "The table is not in the file.");
	vhd->table = malloc(size);
	if (!vhd->table)
		return -ENOMEM;
	result = file->ops->read(file, at, vhd->table, size);
	return result ? result : check_table(vhd, problems);
}

static int load(struct file *file, struct vhd *vhd, struct vhd_footer *footer,
	struct problems *problems)
{
	struct vhd_header header;
	int result = read_footer(file, vhd, footer, problems);

	if (!result)
		result = check_footer(vhd, footer, problems);
	if (result || be32toh(footer->type) == FIXED)
		return result;
	result = read_header(file, vhd, be64toh(footer->header_at), &header,
		problems);
	return result ? result : read_table(file, vhd, &header, problems);
}

static int vhd_open(struct disk *disk, struct problems *problems)
{
	struct vhd *vhd = calloc(1, sizeof(*vhd));
	struct vhd_footer footer;
	int result;

	if (!vhd)
		return -ENOMEM;
	disk->image = vhd;
	if (!disk->facts.read_only)
		return problem(problems, -EROFS, "VHD images are only read: "
			"\"disk convert\" makes a VHDX of one.");
	result = load(disk->file, vhd, &footer, problems);
	if (result)
		return result;
	disk->facts.fixed = !vhd->block;
	disk->facts.size = vhd->size;
	disk->facts.block = vhd->block;
	memcpy(disk->facts.id, footer.id, sizeof(footer.id));
	return 0;
}

static void vhd_release(struct disk *disk)
{
	struct vhd *vhd = disk->image;

	if (vhd)
		free(vhd->table);
	free(vhd);
}

static int vhd_map(struct disk *disk, uint64_t offset, uint64_t length,
	struct disk_extent *extents, unsigned int max)
{
	const struct vhd *vhd = disk->image;
	unsigned int i = 0;
	uint64_t within;
	uint32_t first;

	if (max && !vhd->block) {
		*extents = (struct disk_extent){ length, offset, true };
		return 1;
	}
	for (; length && i < max; i++) {
		within = offset % vhd->block;
		first = vhd->table[offset / vhd->block];
		extents[i].length = length < vhd->block - within ? length :
			vhd->block - within;
		extents[i].there = first != UNUSED;
		extents[i].offset = (uint64_t)first * SECTOR + vhd->bitmap +
			within;
		offset += extents[i].length;
		length -= extents[i].length;
	}
	return i;
}

static int vhd_check(struct file *file, struct problems *problems, bool *dirty)
{
	struct vhd vhd = { 0 };
	struct vhd_footer footer;
	int result = load(file, &vhd, &footer, problems);

	(void)dirty;
	free(vhd.table);
	return result;
}

const struct disk_ops vhd_ops = {
	.name = "VHD",
	.open = vhd_open,
	.release = vhd_release,
	.map = vhd_map,
	.check = vhd_check,
};
