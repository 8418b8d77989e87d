/* What a VGA's registers make of its memory: one description for drawing. */
/* SPDX-License-Identifier: MIT */
#include "display/vga_mode.h"

#include <string.h>

#include "display/vbe.h"
#include "display/vga_registers.h"

#define NO_COMPARE	UINT32_MAX

static unsigned int least(unsigned int one, unsigned int other)
{
	return one < other ? one : other;
}

static enum vga_kind kind_of(const struct vga_registers *r)
{
	if (!(r->attribute_index & AT_DISPLAY) ||
	    r->sequencer[SEQ_CLOCK] & SEQ_OFF)
		return VGA_BLANK;
	if (!(r->graphics[GR_MISC] & GR_GRAPHICS))
		return VGA_TEXT;
	switch (r->graphics[GR_MODE] >> 5 & 3) {
	case 0: return VGA_PLANAR;
	case 1: return VGA_CGA;
	default: return VGA_BYTES;
	}
}

static unsigned int lines(const struct vga_registers *r)
{
	return 1 + (r->crtc[CR_HEIGHT] | (r->crtc[CR_OVERFLOW] & 0x02) << 7 |
		(r->crtc[CR_OVERFLOW] & 0x40) << 3);
}

static unsigned int compare(const struct vga_registers *r)
{
	return r->crtc[CR_COMPARE] | (r->crtc[CR_OVERFLOW] & 0x10) << 4 |
		(r->crtc[CR_SCAN] & 0x40) << 3;
}

static void read_text(const struct vga_registers *r, struct vga_mode *mode)
{
	unsigned int high = mode->scans * mode->repeat;

	mode->cell_width = r->sequencer[SEQ_CLOCK] & SEQ_DOTS_8 ? 8 : 9;
	mode->columns = least(1 + r->crtc[CR_COLUMNS], SCREEN_COLUMNS_MAX);
	mode->rows = least((mode->height + high - 1) / high, SCREEN_ROWS_MAX);
	mode->width = mode->columns * mode->cell_width;
}

/* Nobody has set a mode yet. */
static void read_none(struct vga_mode *mode)
{
	mode->columns = mode->rows = 0;
	mode->width = 720;
	mode->height = 400;
}

/* The modes of a VGA itself (IBM PS/2 video subsystem, CRT controller). */
static void read_standard(const struct vga_registers *r, struct vga_mode *mode)
{
	unsigned int control = r->crtc[CR_MODE];

	mode->kind = kind_of(r);
	mode->start = r->crtc[CR_START] << 8 | r->crtc[CR_START + 1];
	mode->offset = r->crtc[CR_OFFSET] * 2;
	mode->scans = 1 + (r->crtc[CR_SCAN] & 0x1f);
	mode->repeat = r->crtc[CR_SCAN] & CR_SCAN_DOUBLE ? 2 : 1;
	mode->stretch = r->sequencer[SEQ_CLOCK] & SEQ_HALF_CLOCK ? 2 : 1;
	mode->pan = r->attribute[AT_PAN] & 7;
	mode->pan_above = r->attribute[AT_MODE] & AT_PAN_ABOVE;
	mode->compare = compare(r);
	mode->bank13 = !(control & CR_NO_BANK13);
	mode->bank14 = !(control & CR_NO_BANK14);
	mode->words = !(control & CR_BYTES);
	mode->height = lines(r);
	mode->width = (1 + r->crtc[CR_COLUMNS]) * 8;
	if (!(r->graphics[GR_MISC] & GR_GRAPHICS))
		read_text(r, mode);
	mode->width *= mode->stretch;
	if (mode->kind == VGA_BLANK && !r->crtc[CR_COLUMNS])
		read_none(mode);
}

static void read_vbe(const struct vga_registers *r, struct vga_mode *mode)
{
	const uint16_t *vbe = r->vbe;
	uint32_t row = vbe_row(r);

	mode->bits = vbe[VBE_BPP];
	mode->kind = mode->bits == 4 ? VGA_PLANAR : VGA_LINEAR;
	mode->width = vbe[VBE_XRES];
	mode->height = vbe[VBE_YRES];
	mode->scans = mode->repeat = mode->stretch = 1;
	mode->compare = NO_COMPARE;
	mode->offset = row;
	mode->start = vbe[VBE_Y] * row +
		vbe[VBE_X] * ((mode->bits + 7) / 8);
	if (mode->kind == VGA_LINEAR)
		return;
	mode->offset = row / 4;
	mode->start = vbe[VBE_Y] * (row / 4) + vbe[VBE_X] / 8;
	mode->pan = vbe[VBE_X] % 8;
}

void vga_mode_read(const struct vga *vga, struct vga_mode *mode)
{
	memset(mode, 0, sizeof(*mode));
	if (vbe_enabled(vga))
		read_vbe(&vga->r, mode);
	else
		read_standard(&vga->r, mode);
	mode->width = least(mode->width, SCREEN_WIDTH_MAX);
	mode->height = least(mode->height, SCREEN_HEIGHT_MAX);
}

static uint32_t colour(const struct vga_registers *r, uint8_t index)
{
	const uint8_t *dac = r->dac + (index & r->dac_mask) * 3;

	if (r->vbe[VBE_ENABLE] & VBE_DAC_8)
		return dac[0] << 16 | dac[1] << 8 | dac[2];
	return (dac[0] << 2 | dac[0] >> 4) << 16 |
		(dac[1] << 2 | dac[1] >> 4) << 8 | (dac[2] << 2 | dac[2] >> 4);
}

/* The attribute controller's palette, and the bits that it adds. */
static uint8_t attribute(const struct vga_registers *r, unsigned int index)
{
	const uint8_t *at = r->attribute;

	if (at[AT_MODE] & AT_COLOUR_45)
		return (at[index] & 0xf) | (at[AT_COLOUR] & 0xf) << 4;
	return at[index] | (at[AT_COLOUR] & 0xc) << 4;
}

void vga_mode_colours(const struct vga *vga, const struct vga_mode *mode,
	uint32_t *colours)
{
	const struct vga_registers *r = &vga->r;
	bool direct = mode->kind == VGA_BYTES || mode->kind == VGA_LINEAR;
	unsigned int i;

	for (i = 0; i < 256; i++)
		colours[i] = colour(r, direct ? i :
			attribute(r, i & 15 & (mode->kind == VGA_TEXT ? 15 :
				r->attribute[AT_PLANES])));
}
