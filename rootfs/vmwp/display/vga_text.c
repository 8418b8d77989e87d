/* A VGA's text modes: drawn with the font in plane 2, or read. */
/* SPDX-License-Identifier: MIT */
#include "display/vga_text.h"

#include <string.h>

#include "display/cp437.h"
#include "display/vga_memory.h"
#include "display/vga_registers.h"

#define GLYPH		32u	/* bytes of plane 2 for one */
#define FONT_UNITS	0x2000u
#define UNIT_MASK	0xffffu	/* 256 KB: what text modes have */
#define SECOND_FONT	0x08	/* of an attribute, where fonts differ */

struct writer {
	struct vga *vga;
	const struct vga_mode *mode;
	const uint32_t *colours;
	struct picture *picture;
	uint32_t font[2];	/* units; that of attribute bit 3 second */
};

static unsigned int cell_height(const struct vga_mode *mode)
{
	return mode->scans * mode->repeat;
}

/* The unit of a row's first cell: below line compare are those from 0 on. */
static uint32_t row_unit(const struct vga_mode *mode, unsigned int row)
{
	unsigned int high = cell_height(mode);
	unsigned int first = mode->compare / high + 1;

	if (row * high > mode->compare)
		return (row - first) * mode->offset;
	return mode->start + row * mode->offset;
}

static uint16_t cell_at(const struct vga *vga, const struct vga_mode *mode,
	unsigned int row, unsigned int column)
{
	return vga_unit(vga, (row_unit(mode, row) + column) & UNIT_MASK);
}

/* The number of the cell with the cursor; VGA_CELLS: it is not to be seen. */
static unsigned int cursor_cell(const struct vga *vga,
	const struct vga_mode *mode)
{
	const uint8_t *crtc = vga->r.crtc;
	uint32_t at = crtc[CR_CURSOR_AT] << 8 | crtc[CR_CURSOR_AT + 1];
	unsigned int row, left;

	if (crtc[CR_CURSOR] & CR_CURSOR_OFF ||
	    (crtc[CR_CURSOR] & 0x1f) > (crtc[CR_CURSOR_END] & 0x1f))
		return VGA_CELLS;
	for (row = 0; row < mode->rows; row++) {
		left = (at - row_unit(mode, row)) & UNIT_MASK;
		if (left < mode->columns)
			return row * mode->columns + left;
	}
	return VGA_CELLS;
}

/* Font maps A and B (sequencer register 3): 16 KB each, then 8 KB between. */
static uint32_t font_unit(unsigned int number)
{
	return ((number & 3) * 2 + (number >> 2)) * FONT_UNITS;
}

static void choose_fonts(struct writer *writer)
{
	uint8_t maps = writer->vga->r.sequencer[SEQ_FONT];

	writer->font[0] = font_unit((maps & 3) | (maps >> 2 & 4));
	writer->font[1] = font_unit((maps >> 2 & 3) | (maps >> 3 & 4));
}

/* Dots of a line of a glyph, the leftmost in bit 8. */
static unsigned int glyph_line(const struct writer *writer, uint16_t cell,
	unsigned int line)
{
	const struct vga *vga = writer->vga;
	unsigned int letter = cell & 0xff;
	bool second = cell >> 8 & SECOND_FONT;
	uint32_t unit = writer->font[second] + letter * GLYPH + line;
	unsigned int dots = (vga_unit(vga, unit) >> 16 & 0xff) << 1;

	if (letter >= 0xc0 && letter <= 0xdf && dots & 2 &&
	    vga->r.attribute[AT_MODE] & AT_LINE_GRAPHICS)
		dots |= 1;
	return dots;
}

static bool in_cursor(const struct vga *vga, unsigned int line)
{
	return line >= (vga->r.crtc[CR_CURSOR] & 0x1fu) &&
		line <= (vga->r.crtc[CR_CURSOR_END] & 0x1fu);
}

static void draw_line(const struct writer *writer, uint32_t *to,
	unsigned int dots, uint8_t attribute)
{
	const struct vga_mode *mode = writer->mode;
	bool blink = writer->vga->r.attribute[AT_MODE] & AT_BLINK;
	uint32_t front = writer->colours[attribute & 15];
	uint32_t back = writer->colours[attribute >> 4 & (blink ? 7 : 15)];
	unsigned int i, end = mode->cell_width * mode->stretch;

	for (i = 0; i < end; i++)
		to[i] = dots & 0x100 >> i / mode->stretch ? front : back;
}

static void draw_cell(const struct writer *writer, unsigned int row,
	unsigned int column, uint16_t cell, bool cursor)
{
	const struct vga_mode *mode = writer->mode;
	struct picture *picture = writer->picture;
	unsigned int width = mode->cell_width * mode->stretch, high, y;
	unsigned int x = column * width, top = row * cell_height(mode);
	unsigned int dots, line;

	if (x + width > picture->width || top >= picture->height)
		return;
	high = picture->height - top;
	high = high < cell_height(mode) ? high : cell_height(mode);
	for (y = 0; y < high; y++) {
		line = y / mode->repeat;
		dots = cursor && in_cursor(writer->vga, line) ? 0x1ff :
			glyph_line(writer, cell, line);
		draw_line(writer, picture->pixel +
			(size_t)(top + y) * picture->width + x, dots,
			cell >> 8);
	}
	picture_changed(picture, x, top, width, high);
}

/* A cell that shows the cursor, or did, and must not now as it is. */
static bool cursor_changes(const struct vga *vga, unsigned int at,
	unsigned int cursor)
{
	const struct vga_drawn *drawn = &vga->drawn;

	if (at != cursor && at != drawn->cursor)
		return false;
	return cursor != drawn->cursor ||
		drawn->cursor_start != vga->r.crtc[CR_CURSOR] ||
		drawn->cursor_end != vga->r.crtc[CR_CURSOR_END];
}

static void draw_row(const struct writer *writer, unsigned int row,
	unsigned int cursor, bool whole)
{
	struct vga_drawn *drawn = &writer->vga->drawn;
	unsigned int column, at = row * writer->mode->columns;
	uint16_t cell;

	for (column = 0; column < writer->mode->columns; column++, at++) {
		cell = cell_at(writer->vga, writer->mode, row, column);
		if (!whole && drawn->cell[at] == cell &&
		    !cursor_changes(writer->vga, at, cursor))
			continue;
		drawn->cell[at] = cell;
		draw_cell(writer, row, column, cell, at == cursor);
	}
}

void vga_text_draw(struct vga *vga, const struct vga_mode *mode,
	const uint32_t *colours, struct picture *picture, bool whole)
{
	struct writer writer = { vga, mode, colours, picture, { 0 } };
	unsigned int row, cursor = cursor_cell(vga, mode);

	choose_fonts(&writer);
	whole |= vga->drawn.font != vga->font;
	vga->drawn.font = vga->font;
	for (row = 0; row < mode->rows; row++)
		draw_row(&writer, row, cursor, whole);
	vga->drawn.cursor = cursor;
	vga->drawn.cursor_start = vga->r.crtc[CR_CURSOR];
	vga->drawn.cursor_end = vga->r.crtc[CR_CURSOR_END];
}

void vga_text_read(const struct vga *vga, const struct vga_mode *mode,
	struct screen_text *text)
{
	unsigned int row, column, at = 0, cursor = cursor_cell(vga, mode);
	uint16_t cell;

	text->columns = mode->columns;
	text->rows = mode->rows;
	text->cursor = cursor < VGA_CELLS;
	if (text->cursor) {
		text->cursor_column = cursor % mode->columns;
		text->cursor_row = cursor / mode->columns;
	}
	for (row = 0; row < mode->rows; row++) {
		for (column = 0; column < mode->columns; column++, at++) {
			cell = cell_at(vga, mode, row, column);
			text->character[at] = cp437[cell & 0xff];
			text->attribute[at] = cell >> 8;
		}
	}
}
