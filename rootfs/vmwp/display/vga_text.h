/* A VGA's text modes: drawn with the font in plane 2, or read. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_DISPLAY_VGA_TEXT_H
#define VMWP_DISPLAY_VGA_TEXT_H

#include "display/vga.h"

/* The cells that differ from what was drawn, or all. */
void vga_text_draw(struct vga *vga, const struct vga_mode *mode,
	const uint32_t *colours, struct picture *picture, bool whole);
void vga_text_read(const struct vga *vga, const struct vga_mode *mode,
	struct screen_text *text);

#endif
