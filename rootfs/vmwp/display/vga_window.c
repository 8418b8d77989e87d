/* The part of a VGA's memory that the guest reaches without an exit. */
/* SPDX-License-Identifier: MIT */
#include "display/vga_window.h"

#include <string.h>

#include "display/vbe.h"
#include "display/vga_memory.h"
#include "display/vga_registers.h"

/* A CPU's bytes go to memory as they are, and come from it. */
static bool is_plain(const struct vga_registers *r)
{
	return !r->graphics[GR_ENABLE_SET] && !r->graphics[GR_ROTATE] &&
		!(r->graphics[GR_MODE] & (GR_WRITE_MODE | GR_READ_MODE)) &&
		r->graphics[GR_BIT_MASK] == 0xff;
}

static bool is_pairs(const struct vga *vga)
{
	const struct vga_registers *r = &vga->r;

	return vga_chain_read(vga) == VGA_CHAIN_PAIRS &&
		vga_chain_write(vga) == VGA_CHAIN_PAIRS &&
		r->sequencer[SEQ_PLANES] == 0x3 &&
		!(r->graphics[GR_READ_PLANE] & 2);
}

static bool is_chain4(const struct vga *vga)
{
	return vga_chain_read(vga) == VGA_CHAIN_4 &&
		vga->r.sequencer[SEQ_PLANES] == 0xf;
}

static struct vga_window vbe_window(const struct vga *vga)
{
	struct vga_window none = { .size = 0 };

	if (!vbe_linear(vga))
		return none;
	if (!(vga->r.vbe[VBE_ENABLE] & VBE_LFB))
		return (struct vga_window){ VGA_LEGACY, VGA_BANK,
			vga->memory + vbe_bank(vga) };
	if (!vga->lfb)
		return none;
	return (struct vga_window){ vga->lfb, VGA_MEMORY, vga->memory };
}

/* What should be shown now. */
static struct vga_window wanted(const struct vga *vga)
{
	struct vga_window window = { .size = 0 };
	uint32_t start, size;

	if (vbe_enabled(vga))
		return vbe_window(vga);
	if (!is_plain(&vga->r))
		return window;
	vga_decoded(vga, &start, &size);
	if (is_chain4(vga))
		return (struct vga_window){
			VGA_LEGACY + start, size, vga->memory };
	if (is_pairs(vga) && size == VGA_PAIRS)
		return (struct vga_window){
			VGA_LEGACY + start, size, vga->pairs };
	return window;
}

static bool same(const struct vga_window *one, const struct vga_window *other)
{
	return one->gpa == other->gpa && one->size == other->size &&
		one->host == other->host;
}

/* The bytes of memory that a window has: pairs are two of four. */
static void extent(const struct vga *vga, const struct vga_window *window,
	uint32_t *start, uint32_t *size)
{
	bool pairs = window->host == vga->pairs;

	*start = pairs ? 0 : window->host - vga->memory;
	*size = pairs ? window->size * 2 : window->size;
}

static void mark(struct vga *vga, uint32_t start, uint32_t size)
{
	uint32_t page, end = start + size;

	for (page = start / VGA_PAGE; page * VGA_PAGE < end; page++)
		vga->dirty[page / 64] |= 1ull << (page % 64);
}

/* It is not asked what was written: that may be all of it. */
void vga_window_hide(struct vga *vga)
{
	struct vga_window *shown = &vga->shown;
	uint32_t start, size;

	if (!shown->size)
		return;
	vga->host->ops->hide(vga->host->context, shown->gpa, shown->host,
		shown->size);
	extent(vga, shown, &start, &size);
	mark(vga, start, size);
	memset(shown, 0, sizeof(*shown));
}

void vga_window_update(struct vga *vga)
{
	struct vga_window window = wanted(vga);

	vga->refused = false;
	if (!same(&window, &vga->shown))
		vga_window_hide(vga);
}

void vga_window_want(struct vga *vga, uint64_t gpa)
{
	struct vga_window window = wanted(vga);
	uint32_t start, size;

	if (!vga->host->ops || vga->refused || vga->shown.size ||
	    gpa < window.gpa || gpa - window.gpa >= window.size)
		return;
	if (window.host == vga->pairs)
		vga_to_pairs(vga);
	else
		vga_to_units(vga);
	if (vga->host->ops->show(vga->host->context, window.gpa, window.host,
			window.size)) {
		vga->refused = true;
		return;
	}
	vga->shown = window;
	extent(vga, &window, &start, &size);
	mark(vga, start, size);
}

/* Which pages of a window are those of memory: first, and how many. */
static bool part(const struct vga *vga, uint32_t start, uint32_t size,
	uint32_t *first, uint32_t *count)
{
	uint32_t from, have, per = VGA_PAGE, end = start + size;

	extent(vga, &vga->shown, &from, &have);
	if (vga->shown.host == vga->pairs)
		per *= 2;
	if (end <= from || start >= from + have)
		return false;
	*first = start > from ? (start - from) / per : 0;
	end = end < from + have ? end - from : have;
	*count = (end + per - 1) / per - *first;
	return true;
}

void vga_window_collect(struct vga *vga, uint32_t start, uint32_t size)
{
	const struct vga_window *shown = &vga->shown;
	uint64_t bits[VGA_PAGES / 64] = { 0 };
	uint32_t first, count, i, from, have, per;

	if (!shown->size || !part(vga, start, size, &first, &count))
		return;
	extent(vga, shown, &from, &have);
	per = have / (shown->size / VGA_PAGE);
	if (!vga->host->ops->written || vga->host->ops->written(
			vga->host->context,
			shown->gpa + (uint64_t)first * VGA_PAGE,
			(uint64_t)count * VGA_PAGE, bits)) {
		mark(vga, from + first * per, count * per);
		return;
	}
	for (i = 0; i < count; i++)
		if (bits[i / 64] >> (i % 64) & 1)
			mark(vga, from + (first + i) * per, per);
}
