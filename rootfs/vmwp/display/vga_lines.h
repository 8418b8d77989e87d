/* A VGA's graphics modes, line by line. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_DISPLAY_VGA_LINES_H
#define VMWP_DISPLAY_VGA_LINES_H

#include "display/vga.h"

/* The lines of whose memory a page is dirty, or all. */
void vga_lines_draw(struct vga *vga, const struct vga_mode *mode,
	const uint32_t *colours, struct picture *picture, bool whole);

#endif
