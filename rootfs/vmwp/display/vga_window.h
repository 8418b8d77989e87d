/* The part of a VGA's memory that the guest reaches without an exit. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_DISPLAY_VGA_WINDOW_H
#define VMWP_DISPLAY_VGA_WINDOW_H

#include "display/vga.h"

/* Registers have changed: what is shown and should not be is hidden. */
void vga_window_update(struct vga *vga);
/* The guest has touched this address: what should be shown there is shown. */
void vga_window_want(struct vga *vga, uint64_t gpa);
void vga_window_hide(struct vga *vga);

/* What the guest has written by itself in memory's bytes from start on is in
 * vga->dirty. */
void vga_window_collect(struct vga *vga, uint32_t start, uint32_t size);

#endif
