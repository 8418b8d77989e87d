/* The registers of a VGA behind its ports (IBM PS/2 video subsystem). */
/* SPDX-License-Identifier: MIT */
#include "display/vga_registers.h"

#include <string.h>

#include "display/vbe.h"
#include "display/vga_window.h"

#define CRTC_MONO	0x3b4
#define CRTC_COLOUR	0x3d4
#define STATUS_MONO	0x3ba
#define STATUS_COLOUR	0x3da
#define STATUS_BEAM	0x09	/* not displaying, vertical retrace */

static const uint8_t sequencer_mask[8] = {
	0x03, 0x3d, 0x0f, 0x3f, 0x0e, 0, 0, 0xff };
static const uint8_t graphics_mask[16] = {
	0x0f, 0x0f, 0x0f, 0x1f, 0x03, 0x7b, 0x0f, 0x0f, 0xff };
static const uint8_t attribute_mask[32] = {
	0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f,
	0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f,
	0xef, 0xff, 0x3f, 0x0f, 0x0f };

void vga_registers_reset(struct vga_registers *r)
{
	memset(r, 0, sizeof(*r));
	r->misc = MISC_COLOUR;
	r->dac_mask = 0xff;
	r->graphics[GR_BIT_MASK] = 0xff;
	vbe_reset(r);
}

static bool within(
	const uint8_t *value, const uint8_t *mask, unsigned int count)
{
	while (count--)
		if (value[count] & ~mask[count])
			return false;
	return true;
}

bool vga_registers_sane(const struct vga_registers *r)
{
	return r->sequencer_index < 8 && r->graphics_index < 16 &&
		r->crtc_index < 32 && r->attribute_index < 64 &&
		r->dac_part < 3 &&
		within(r->sequencer, sequencer_mask, 8) &&
		within(r->graphics, graphics_mask, 16) &&
		within(r->attribute, attribute_mask, 32) && vbe_sane(r);
}

static void write_attribute(struct vga *vga, uint8_t value)
{
	struct vga_registers *r = &vga->r;
	unsigned int index = r->attribute_index % 32;

	r->attribute_data = !r->attribute_data;
	if (r->attribute_data) {
		vga->whole |= (r->attribute_index ^ value) & AT_DISPLAY;
		r->attribute_index = value & 0x3f;
		return;
	}
	value &= attribute_mask[index];
	vga->whole |= r->attribute[index] != value;
	r->attribute[index] = value;
}

static void write_sequencer(struct vga *vga, uint8_t value)
{
	struct vga_registers *r = &vga->r;
	unsigned int index = r->sequencer_index;

	value &= sequencer_mask[index];
	vga->font += index == SEQ_FONT && r->sequencer[index] != value;
	r->sequencer[index] = value;
	vga_window_update(vga);
}

static void write_graphics(struct vga *vga, uint8_t value)
{
	struct vga_registers *r = &vga->r;
	unsigned int index = r->graphics_index;

	r->graphics[index] = value & graphics_mask[index];
	vga_window_update(vga);
}

/* Of the protected ones, only line compare's bit 8 can be set. */
static void write_crtc(struct vga *vga, uint8_t value)
{
	uint8_t *crtc = vga->r.crtc;
	unsigned int index = vga->r.crtc_index;

	if (index >= CR_COUNT)
		return;
	if (crtc[CR_PROTECT] & CR_PROTECTED && index <= CR_OVERFLOW) {
		if (index == CR_OVERFLOW)
			crtc[index] = (crtc[index] & ~0x10) | (value & 0x10);
		return;
	}
	crtc[index] = value;
}

static uint8_t *dac_entry(struct vga_registers *r)
{
	return r->dac + r->dac_index * 3;
}

static void dac_next(struct vga_registers *r)
{
	if (++r->dac_part < 3)
		return;
	r->dac_part = 0;
	r->dac_index++;
}

static uint8_t read_dac(struct vga_registers *r)
{
	uint8_t value = dac_entry(r)[r->dac_part];

	dac_next(r);
	return value;
}

/* A colour changes when all of it has come. */
static void write_dac(struct vga *vga, uint8_t value)
{
	struct vga_registers *r = &vga->r;

	r->dac_new[r->dac_part] =
		r->vbe[VBE_ENABLE] & VBE_DAC_8 ? value : value & 0x3f;
	if (r->dac_part == 2 && memcmp(dac_entry(r), r->dac_new, 3)) {
		memcpy(dac_entry(r), r->dac_new, 3);
		vga->whole = true;
	}
	dac_next(r);
}

static void select_dac(struct vga_registers *r, uint8_t index, bool reads)
{
	r->dac_index = index;
	r->dac_part = 0;
	r->dac_reads = reads;
}

/* The CRTC and the status are at one of two places. */
static bool is_elsewhere(const struct vga *vga, unsigned int port)
{
	bool colour = vga->r.misc & MISC_COLOUR;

	return (port < 0x3c0 && colour) || (port >= 0x3d0 && !colour);
}

/* Who waits for the beam sees it at its second look. */
static uint8_t read_status(struct vga_registers *r)
{
	r->attribute_data = false;
	r->status ^= STATUS_BEAM;
	return r->status;
}

static uint8_t vga_read(void *context, unsigned int port)
{
	struct vga *vga = context;
	struct vga_registers *r = &vga->r;

	if (is_elsewhere(vga, port))
		return 0xff;
	switch (port) {
	case 0x3c0: return r->attribute_data ? 0 : r->attribute_index;
	case 0x3c1: return r->attribute[r->attribute_index % 32];
	case 0x3c2: return 0;
	case 0x3c4: return r->sequencer_index;
	case 0x3c5: return r->sequencer[r->sequencer_index];
	case 0x3c6: return r->dac_mask;
	case 0x3c7: return r->dac_reads ? 3 : 0;
	case 0x3c8: return r->dac_index;
	case 0x3c9: return read_dac(r);
	case 0x3ca: return r->feature;
	case 0x3cc: return r->misc;
	case 0x3ce: return r->graphics_index;
	case 0x3cf: return r->graphics[r->graphics_index];
	case CRTC_MONO: case CRTC_COLOUR: return r->crtc_index;
	case CRTC_MONO + 1: case CRTC_COLOUR + 1:
		return r->crtc[r->crtc_index];
	case STATUS_MONO: case STATUS_COLOUR: return read_status(r);
	}
	return 0xff;
}

static void vga_write(void *context, unsigned int port, uint8_t value)
{
	struct vga *vga = context;
	struct vga_registers *r = &vga->r;

	if (is_elsewhere(vga, port))
		return;
	switch (port) {
	case 0x3c0: write_attribute(vga, value); break;
	case 0x3c2: r->misc = value; break;
	case 0x3c4: r->sequencer_index = value & 7; break;
	case 0x3c5: write_sequencer(vga, value); break;
	case 0x3c6:
		vga->whole |= r->dac_mask != value;
		r->dac_mask = value;
		break;
	case 0x3c7: select_dac(r, value, true); break;
	case 0x3c8: select_dac(r, value, false); break;
	case 0x3c9: write_dac(vga, value); break;
	case 0x3ce: r->graphics_index = value & 15; break;
	case 0x3cf: write_graphics(vga, value); break;
	case CRTC_MONO: case CRTC_COLOUR: r->crtc_index = value & 31; break;
	case CRTC_MONO + 1: case CRTC_COLOUR + 1: write_crtc(vga, value); break;
	case STATUS_MONO: case STATUS_COLOUR: r->feature = value & 0x10; break;
	}
}

const struct isa_ops vga_ports_ops = { vga_read, vga_write };
