/* Bochs' extension of the VGA: large modes with a linear frame buffer. */
/* SPDX-License-Identifier: MIT */
#include "display/vbe.h"

#include <string.h>

#include "display/vga_memory.h"
#include "display/vga_window.h"

#define ID_FIRST	0xb0c0
#define ID_LAST		0xb0c5
#define BANKS		(VGA_MEMORY / VGA_BANK)
/* More than a picture has: such a mode is seen in part. */
#define WIDTH_LIMIT	4096u
#define HEIGHT_LIMIT	4096u

bool vbe_enabled(const struct vga *vga)
{
	return vga->r.vbe[VBE_ENABLE] & VBE_ENABLED;
}

bool vbe_linear(const struct vga *vga)
{
	return vbe_enabled(vga) && vga->r.vbe[VBE_BPP] > 4;
}

uint32_t vbe_bank(const struct vga *vga)
{
	return vbe_enabled(vga) ? vga->r.vbe[VBE_BANK] * VGA_BANK : 0;
}

static uint32_t row_of(uint32_t width, unsigned int bits)
{
	if (bits == 15)
		bits = 16;
	return width * bits / 8;
}

uint32_t vbe_row(const struct vga_registers *r)
{
	return row_of(r->vbe[VBE_WIDTH], r->vbe[VBE_BPP]);
}

void vbe_reset(struct vga_registers *r)
{
	r->vbe_index = 0;
	memset(r->vbe, 0, sizeof(r->vbe));
	r->vbe[VBE_ID] = ID_LAST;
	r->vbe[VBE_XRES] = 640;
	r->vbe[VBE_YRES] = 480;
	r->vbe[VBE_BPP] = 8;
	r->vbe[VBE_WIDTH] = 640;
	r->vbe[VBE_HEIGHT] = VGA_MEMORY / 640;
	r->vbe[VBE_MEMORY] = BANKS;
}

static uint16_t between(uint32_t value, uint32_t least, uint32_t most)
{
	if (value < least)
		return least;
	return value < most ? value : most;
}

/* Of what is enabled: rows are multiples of eight pixels, and all that can be
 * seen is memory. */
static void fit(uint16_t *vbe)
{
	unsigned int lines;

	vbe[VBE_XRES] = between(vbe[VBE_XRES] & ~7u, 8, WIDTH_LIMIT);
	vbe[VBE_WIDTH] = between(vbe[VBE_WIDTH] & ~7u, vbe[VBE_XRES],
		2 * WIDTH_LIMIT);
	lines = VGA_MEMORY / row_of(vbe[VBE_WIDTH], vbe[VBE_BPP]);
	vbe[VBE_HEIGHT] = between(lines, 0, UINT16_MAX);
	vbe[VBE_YRES] = between(vbe[VBE_YRES], 1,
		between(lines, 0, HEIGHT_LIMIT));
	vbe[VBE_X] = between(vbe[VBE_X], 0, vbe[VBE_WIDTH] - vbe[VBE_XRES]);
	vbe[VBE_Y] = between(vbe[VBE_Y], 0, vbe[VBE_HEIGHT] - vbe[VBE_YRES]);
}

bool vbe_sane(const struct vga_registers *r)
{
	uint16_t fitted[VBE_REGISTERS];
	unsigned int bits = r->vbe[VBE_BPP];

	if (bits != 4 && bits != 8 && bits != 15 && bits != 16 &&
	    bits != 24 && bits != 32)
		return false;
	memcpy(fitted, r->vbe, sizeof(fitted));
	if (r->vbe[VBE_ENABLE] & VBE_ENABLED)
		fit(fitted);
	return !memcmp(fitted, r->vbe, sizeof(fitted)) &&
		r->vbe[VBE_ID] >= ID_FIRST && r->vbe[VBE_ID] <= ID_LAST &&
		r->vbe[VBE_BANK] < BANKS && r->vbe[VBE_MEMORY] == BANKS;
}

/* Also when it is enabled already: a guest sets a mode by this. */
static void enable(struct vga *vga, uint16_t value)
{
	uint16_t *vbe = vga->r.vbe;
	bool was = vbe[VBE_ENABLE] & VBE_ENABLED;

	if (value & VBE_ENABLED) {
		vga_window_hide(vga);
		vga_to_units(vga);
	}
	if (value & VBE_ENABLED && !was) {
		vbe[VBE_WIDTH] = vbe[VBE_XRES];
		vbe[VBE_X] = vbe[VBE_Y] = vbe[VBE_BANK] = 0;
		fit(vbe);
		if (!(value & VBE_KEEP))
			vga_clear(vga, (uint64_t)vbe_row(&vga->r) *
				vbe[VBE_YRES]);
	}
	vbe[VBE_ENABLE] = value;
}

static bool set(struct vga *vga, unsigned int index, uint16_t value)
{
	uint16_t *vbe = vga->r.vbe;

	switch (index) {
	case VBE_ID:
		if (value < ID_FIRST || value > ID_LAST)
			return false;
		break;
	case VBE_BPP:
		if (!value)
			value = 8;
		if (value != 4 && value != 8 && value != 15 && value != 16 &&
		    value != 24 && value != 32)
			return false;
		break;
	case VBE_BANK:
		if (value >= BANKS)
			return false;
		break;
	case VBE_ENABLE:
		enable(vga, value);
		return true;
	case VBE_HEIGHT: case VBE_MEMORY:
		return false;
	}
	vbe[index] = value;
	if (vbe_enabled(vga))
		fit(vbe);
	return true;
}

/* What cannot be is cut to what can (Bochs' VBE DISPI; the memory's size). */
static void put(struct vga *vga, unsigned int index, uint16_t value)
{
	if (index >= VBE_REGISTERS || !set(vga, index, value))
		return;
	if (index != VBE_BANK)
		vga->whole = true;
	vga_window_update(vga);
}

static uint16_t get(const struct vga *vga, unsigned int index)
{
	if (index >= VBE_REGISTERS)
		return 0;
	if (!(vga->r.vbe[VBE_ENABLE] & VBE_CAPS))
		return vga->r.vbe[index];
	switch (index) {
	case VBE_XRES: return SCREEN_WIDTH_MAX;
	case VBE_YRES: return SCREEN_HEIGHT_MAX;
	case VBE_BPP: return 32;
	default: return vga->r.vbe[index];
	}
}

static uint64_t port_read(void *context, uint64_t offset, unsigned int size)
{
	struct vga *vga = context;

	if (size != 2)
		return UINT64_MAX;
	return offset ? get(vga, vga->r.vbe_index) : vga->r.vbe_index;
}

static void port_write(
	void *context, uint64_t offset, unsigned int size, uint64_t value)
{
	struct vga *vga = context;

	if (size != 2)
		return;
	if (offset)
		put(vga, vga->r.vbe_index, value);
	else
		vga->r.vbe_index = value;
}

const struct bus_ops vbe_ports_ops = { port_read, port_write };
