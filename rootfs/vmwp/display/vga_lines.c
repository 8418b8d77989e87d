/* A VGA's graphics modes, line by line. */
/* SPDX-License-Identifier: MIT */
#include "display/vga_lines.h"

#include <string.h>

#include "display/vga_memory.h"
#include "display/vga_window.h"

#define UNIT_DOTS	8u
#define STANDARD_MASK	0xffffu	/* units: 256 KB, what a VGA has */
#define ALL_MASK	(VGA_MEMORY / 4 - 1)

/* What is displayed next: the CRT controller's counters. */
struct beam {
	uint32_t row;		/* where the row begins; LINEAR: bytes */
	unsigned int scan, repeated;
	unsigned int pan;
};

struct brush {
	struct vga *vga;
	const struct vga_mode *mode;
	const uint32_t *colours;
	uint32_t mask;		/* of units */
	uint32_t dots[SCREEN_WIDTH_MAX + 2 * UNIT_DOTS];
};

static void planar_dots(const uint32_t *colours, uint32_t unit, uint32_t *dots)
{
	unsigned int i;

	for (i = 0; i < 8; i++, unit <<= 1)
		dots[i] = colours[(unit >> 7 & 1) | (unit >> 14 & 2) |
			(unit >> 21 & 4) | (unit >> 28 & 8)];
}

static void cga_dots(const uint32_t *colours, uint32_t unit, uint32_t *dots)
{
	unsigned int i, shift;

	for (i = 0; i < 8; i++) {
		shift = (i & 4) * 2 + 6 - (i & 3) * 2;
		dots[i] = colours[(unit >> shift & 3) |
			(unit >> (shift + 16) & 3) << 2];
	}
}

static void byte_dots(const uint32_t *colours, uint32_t unit, uint32_t *dots)
{
	unsigned int i;

	for (i = 0; i < 8; i++)
		dots[i] = colours[unit >> (i / 2 * 8) & 0xff];
}

static void unit_dots(const struct brush *brush, uint32_t unit, uint32_t *dots)
{
	switch (brush->mode->kind) {
	case VGA_PLANAR: planar_dots(brush->colours, unit, dots); break;
	case VGA_CGA: cga_dots(brush->colours, unit, dots); break;
	default: byte_dots(brush->colours, unit, dots); break;
	}
}

/* The first unit of a line: in some modes lines of a row are banks. */
static uint32_t line_unit(const struct brush *brush, const struct beam *beam)
{
	const struct vga_mode *mode = brush->mode;
	uint32_t unit = beam->row;
	uint32_t bit = mode->words ? 1u << 12 : 1u << 13;

	if (mode->bank13)
		unit = (unit & ~bit) | (beam->scan & 1 ? bit : 0);
	if (mode->bank14)
		unit = (unit & ~(bit << 1)) | (beam->scan & 2 ? bit << 1 : 0);
	return unit;
}

static unsigned int line_units(const struct brush *brush)
{
	unsigned int dots = brush->mode->width / brush->mode->stretch;

	return (dots + UNIT_DOTS - 1) / UNIT_DOTS + 1;
}

static void draw_units(struct brush *brush, const struct beam *beam,
	uint32_t *to)
{
	const struct vga_mode *mode = brush->mode;
	uint32_t unit = line_unit(brush, beam);
	unsigned int i, count = line_units(brush);

	for (i = 0; i < count; i++)
		unit_dots(brush, vga_unit(brush->vga, (unit + i) & brush->mask),
			brush->dots + i * UNIT_DOTS);
	for (i = 0; i < mode->width; i++)
		to[i] = brush->dots[beam->pan + i / mode->stretch];
}

/* Five or six bits of a colour to eight. */
static uint32_t rgb16(uint16_t pixel, unsigned int green)
{
	unsigned int r = pixel >> (5 + green) & 31, b = pixel & 31;
	unsigned int g = pixel >> 5 & ((1u << green) - 1);

	g <<= 8 - green;
	return (r << 3 | r >> 2) << 16 | (g | g >> green) << 8 |
		(b << 3 | b >> 2);
}

static void linear_pixels(const struct brush *brush, const uint8_t *from,
	uint32_t *to)
{
	unsigned int i, width = brush->mode->width;
	unsigned int bits = brush->mode->bits;

	for (i = 0; i < width; i++) {
		if (bits == 8)
			to[i] = brush->colours[from[i]];
		else if (bits <= 16)
			to[i] = rgb16(from[i * 2] | from[i * 2 + 1] << 8,
				bits == 15 ? 5 : 6);
		else
			to[i] = from[i * (bits / 8)] |
				from[i * (bits / 8) + 1] << 8 |
				from[i * (bits / 8) + 2] << 16;
	}
}

static uint32_t linear_bytes(const struct vga_mode *mode)
{
	return mode->width * ((mode->bits + 7) / 8);
}

static void draw_linear(const struct brush *brush, const struct beam *beam,
	uint32_t *to)
{
	uint8_t row[SCREEN_WIDTH_MAX * 4];

	vga_fetch(brush->vga, row, beam->row, linear_bytes(brush->mode));
	linear_pixels(brush, row, to);
}

static bool is_dirty(const struct vga *vga, uint32_t start, uint32_t size)
{
	uint32_t page, last = (start + size - 1) / VGA_PAGE;

	for (page = start / VGA_PAGE; page <= last; page++)
		if (vga->dirty[page % VGA_PAGES / 64] >> (page % 64) & 1)
			return true;
	return false;
}

/* Where a line's bytes are; those of a VGA go round. */
static bool line_dirty(const struct brush *brush, const struct beam *beam)
{
	uint32_t unit, count, left;

	if (brush->mode->kind == VGA_LINEAR)
		return is_dirty(brush->vga, beam->row,
			linear_bytes(brush->mode));
	unit = line_unit(brush, beam) & brush->mask;
	count = line_units(brush);
	left = brush->mask + 1 - unit;
	if (count <= left)
		return is_dirty(brush->vga, unit * 4, count * 4);
	return is_dirty(brush->vga, unit * 4, left * 4) ||
		is_dirty(brush->vga, 0, (count - left) * 4);
}

static void next_line(const struct vga_mode *mode, struct beam *beam,
	unsigned int y)
{
	if (y == mode->compare) {
		beam->row = beam->scan = beam->repeated = 0;
		if (mode->pan_above)
			beam->pan = 0;
		return;
	}
	if (++beam->repeated < mode->repeat)
		return;
	beam->repeated = 0;
	if (++beam->scan < mode->scans)
		return;
	beam->scan = 0;
	beam->row += mode->offset;
}

/* Of a VGA's own modes all of its 256 KB: they go round. */
static void collect(struct vga *vga, const struct vga_mode *mode)
{
	if (mode->kind == VGA_LINEAR)
		vga_window_collect(vga, mode->start, mode->offset *
			(mode->height - 1) + linear_bytes(mode));
	else
		vga_window_collect(vga, 0, (STANDARD_MASK + 1) * 4);
}

void vga_lines_draw(struct vga *vga, const struct vga_mode *mode,
	const uint32_t *colours, struct picture *picture, bool whole)
{
	struct beam beam = { mode->start, 0, 0, mode->pan };
	struct brush brush = { vga, mode, colours,
		mode->bits ? ALL_MASK : STANDARD_MASK, { 0 } };
	unsigned int y;
	uint32_t *to = picture->pixel;

	collect(vga, mode);
	for (y = 0; y < mode->height; y++, to += picture->width) {
		if (whole || line_dirty(&brush, &beam)) {
			if (mode->kind == VGA_LINEAR)
				draw_linear(&brush, &beam, to);
			else
				draw_units(&brush, &beam, to);
			picture_changed(picture, 0, y, mode->width, 1);
		}
		next_line(mode, &beam, y);
	}
}
