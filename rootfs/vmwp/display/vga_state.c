/* Saved states of a VGA: registers and memory. */
/* SPDX-License-Identifier: MIT */
#include "display/vga_state.h"

#include <errno.h>
#include <string.h>

#include "display/vga_memory.h"
#include "display/vga_registers.h"

#define END	UINT32_MAX	/* in place of a page's number */

static void save_registers(const struct vga_registers *r, struct stream *to)
{
	unsigned int i;

	stream_put(to, r->misc, 1);
	stream_put(to, r->feature, 1);
	stream_put(to, r->status, 1);
	stream_put(to, r->sequencer_index, 1);
	stream_put_bytes(to, r->sequencer, sizeof(r->sequencer));
	stream_put(to, r->graphics_index, 1);
	stream_put_bytes(to, r->graphics, sizeof(r->graphics));
	stream_put(to, r->crtc_index, 1);
	stream_put_bytes(to, r->crtc, sizeof(r->crtc));
	stream_put(to, r->attribute_index, 1);
	stream_put_bytes(to, r->attribute, sizeof(r->attribute));
	stream_put(to, r->attribute_data, 1);
	stream_put(to, r->dac_mask, 1);
	stream_put(to, r->dac_index, 1);
	stream_put(to, r->dac_part, 1);
	stream_put(to, r->dac_reads, 1);
	stream_put_bytes(to, r->dac_new, sizeof(r->dac_new));
	stream_put_bytes(to, r->dac, sizeof(r->dac));
	stream_put(to, r->latch, 4);
	stream_put(to, r->vbe_index, 2);
	for (i = 0; i < VBE_REGISTERS; i++)
		stream_put(to, r->vbe[i], 2);
}

static void load_registers(struct vga_registers *r, struct stream *from)
{
	unsigned int i;

	r->misc = stream_get(from, 1);
	r->feature = stream_get(from, 1);
	r->status = stream_get(from, 1);
	r->sequencer_index = stream_get(from, 1);
	stream_get_bytes(from, r->sequencer, sizeof(r->sequencer));
	r->graphics_index = stream_get(from, 1);
	stream_get_bytes(from, r->graphics, sizeof(r->graphics));
	r->crtc_index = stream_get(from, 1);
	stream_get_bytes(from, r->crtc, sizeof(r->crtc));
	r->attribute_index = stream_get(from, 1);
	stream_get_bytes(from, r->attribute, sizeof(r->attribute));
	r->attribute_data = stream_get(from, 1) & 1;
	r->dac_mask = stream_get(from, 1);
	r->dac_index = stream_get(from, 1);
	r->dac_part = stream_get(from, 1);
	r->dac_reads = stream_get(from, 1) & 1;
	stream_get_bytes(from, r->dac_new, sizeof(r->dac_new));
	stream_get_bytes(from, r->dac, sizeof(r->dac));
	r->latch = stream_get(from, 4);
	r->vbe_index = stream_get(from, 2);
	for (i = 0; i < VBE_REGISTERS; i++)
		r->vbe[i] = stream_get(from, 2);
}

/* Pages that are not all zeroes, by number. */
static void save_memory(const struct vga *vga, struct stream *to)
{
	static const uint8_t zeroes[VGA_PAGE];
	uint32_t page;

	for (page = 0; page < VGA_PAGES; page++) {
		const uint8_t *bytes = vga->memory + page * VGA_PAGE;

		if (!memcmp(bytes, zeroes, VGA_PAGE))
			continue;
		stream_put(to, page, 4);
		stream_put_bytes(to, bytes, VGA_PAGE);
	}
	stream_put(to, END, 4);
}

static int load_memory(struct vga *vga, struct stream *from)
{
	uint32_t page, next = 0;

	for (;;) {
		page = stream_get(from, 4);
		if (from->failed)
			return -EINVAL;
		if (page == END)
			return 0;
		if (page < next || page >= VGA_PAGES)
			return -EINVAL;
		stream_get_bytes(from, vga->memory + page * VGA_PAGE,
			VGA_PAGE);
		next = page + 1;
	}
}

void vga_state_save(const struct vga *vga, struct stream *to)
{
	save_registers(&vga->r, to);
	save_memory(vga, to);
	stream_put(to, vga->in_pairs, 1);
	if (vga->in_pairs)
		stream_put_bytes(to, vga->pairs, VGA_PAIRS);
}

int vga_state_load(struct vga *vga, struct stream *from)
{
	vga_clear(vga, VGA_MEMORY);
	load_registers(&vga->r, from);
	if (load_memory(vga, from))
		return -EINVAL;
	vga->in_pairs = stream_get(from, 1) & 1;
	if (vga->in_pairs)
		stream_get_bytes(from, vga->pairs, VGA_PAIRS);
	if (from->failed || !vga_registers_sane(&vga->r) ||
	    (vga->in_pairs && vga->r.vbe[VBE_ENABLE] & VBE_ENABLED))
		return -EINVAL;
	return 0;
}
