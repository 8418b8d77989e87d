/* The memory of the synthetic video device, where its guest wants it. */
/* SPDX-License-Identifier: MIT */
#include "display/vram.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "dsdt.h"

#define PAGE	4096u
#define PAGES	(VRAM_SIZE / PAGE)

static uint64_t read_exit(void *context, uint64_t offset, unsigned int size)
{
	const struct vram *vram = context;
	uint64_t value = 0;

	memcpy(&value, vram->memory + offset, size);
	return value;
}

static void write_exit(void *context, uint64_t offset, unsigned int size,
	uint64_t value)
{
	const struct vram *vram = context;

	memcpy(vram->memory + offset, &value, size);
}

static const struct bus_ops exits = { read_exit, write_exit };

void vram_init(struct vram *vram, const struct window_host *host,
	struct bus *mmio)
{
	*vram = (struct vram){ .host = *host, .mmio = mmio };
}

static int hide(struct vram *vram)
{
	int error;

	if (!vram->at)
		return 0;
	if (vram->shown) {
		error = vram->host.ops->hide(vram->host.context, vram->at,
			vram->memory, VRAM_SIZE);
		if (error)
			return error;
	} else {
		bus_remove(vram->mmio, vram->at);
	}
	vram->at = 0;
	return 0;
}

/* Where the window cannot be each access is an exit. */
static int show(struct vram *vram, uint64_t gpa)
{
	int error;

	vram->shown = vram->host.ops && !vram->host.ops->show(
		vram->host.context, gpa, vram->memory, VRAM_SIZE);
	error = vram->shown ? 0 :
		bus_add(vram->mmio, gpa, VRAM_SIZE, &exits, vram);
	if (!error)
		vram->at = gpa;
	return error;
}

/* What cannot be hidden is kept: the guest has it. */
static void drop(struct vram *vram)
{
	if (!vram->memory || vram->at)
		return;
	munmap(vram->memory, VRAM_SIZE);
	vram->memory = NULL;
}

void vram_exit(struct vram *vram)
{
	hide(vram);
	drop(vram);
}

static int take_memory(struct vram *vram)
{
	void *memory;

	if (vram->memory)
		return 0;
	memory = mmap(NULL, VRAM_SIZE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED)
		return -errno;
	vram->memory = memory;
	return 0;
}

static bool place_good(uint64_t gpa)
{
	return gpa % PAGE == 0 && gpa >= DSDT_VMBUS_MMIO &&
		gpa - DSDT_VMBUS_MMIO <= DSDT_VMBUS_MMIO_SIZE - VRAM_SIZE;
}

int vram_move(struct vram *vram, uint64_t gpa)
{
	int error;

	if (vram->at == gpa && gpa)
		return 0;
	error = hide(vram);
	if (!error)
		error = place_good(gpa) ? take_memory(vram) : -EINVAL;
	if (!error)
		error = show(vram, gpa);
	if (error)
		drop(vram);
	return error;
}

bool vram_mode_good(const struct vram_mode *mode)
{
	uint64_t row = (uint64_t)mode->width * (mode->depth / 8);

	if ((mode->depth != 16 && mode->depth != 32) || !mode->width ||
	    !mode->height || mode->width > SCREEN_WIDTH_MAX ||
	    mode->height > SCREEN_HEIGHT_MAX || mode->pitch < row)
		return false;
	return mode->offset + (uint64_t)mode->pitch * (mode->height - 1) +
		row <= VRAM_SIZE;
}

/* 5, 6 and 5 bits; the highest ones fill what is missing. */
static uint32_t wide(uint16_t pixel)
{
	uint32_t red = pixel >> 11, green = pixel >> 5 & 0x3f,
		blue = pixel & 0x1f;

	return (red << 3 | red >> 2) << 16 | (green << 2 | green >> 4) << 8 |
		(blue << 3 | blue >> 2);
}

/* The guest may write meanwhile: whatever is read is a colour. */
static void draw_row(const uint8_t *from, uint32_t depth, uint32_t *to,
	unsigned int count)
{
	uint32_t pixel;
	uint16_t narrow;

	for (; count; count--, to++, from += depth / 8) {
		if (depth == 32) {
			memcpy(&pixel, from, sizeof(pixel));
			*to = pixel & 0xffffff;
		} else {
			memcpy(&narrow, from, sizeof(narrow));
			*to = wide(narrow);
		}
	}
}

void vram_draw(const struct vram *vram, const struct vram_mode *mode,
	struct picture *picture, const struct rectangle *part)
{
	const uint8_t *from = vram->memory + mode->offset +
		part->x * (mode->depth / 8);
	uint32_t *to = picture->pixel + part->x;
	unsigned int y;

	for (y = part->y; y < part->y + part->height; y++)
		draw_row(from + (size_t)y * mode->pitch, mode->depth,
			to + (size_t)y * picture->width, part->width);
}

static bool is_empty(const uint8_t *page)
{
	return !page[0] && !memcmp(page, page + 1, PAGE - 1);
}

/* Pages that are not all zero, each with its number; then no number. */
void vram_save(const struct vram *vram, struct stream *to)
{
	unsigned int i;

	for (i = 0; vram->at && i < PAGES; i++) {
		if (is_empty(vram->memory + i * PAGE))
			continue;
		stream_put(to, i, 2);
		stream_put_bytes(to, vram->memory + i * PAGE, PAGE);
	}
	stream_put(to, PAGES, 2);
}

int vram_load(struct vram *vram, struct stream *from)
{
	uint32_t next, i = 0;

	for (next = stream_get(from, 2); next != PAGES;
	     next = stream_get(from, 2)) {
		if (from->failed || !vram->at || next < i || next > PAGES)
			return -EINVAL;
		stream_get_bytes(from, vram->memory + next * PAGE, PAGE);
		i = next + 1;
	}
	return 0;
}
