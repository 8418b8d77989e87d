/* A VGA's picture: drawn when somebody looks. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_DISPLAY_VGA_DRAW_H
#define VMWP_DISPLAY_VGA_DRAW_H

#include "display/screen.h"

/* For struct screen_source; the context is the struct vga. */
void vga_draw(void *context, struct picture *picture, bool whole);
bool vga_read_text(void *context, struct screen_text *text);

#endif
