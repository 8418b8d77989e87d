/* Saved states of a VGA: registers and memory. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_DISPLAY_VGA_STATE_H
#define VMWP_DISPLAY_VGA_STATE_H

#include "display/vga.h"

void vga_state_save(const struct vga *vga, struct stream *to);
/* Nothing is shown. 0 or -EINVAL: part of it may be there. */
int vga_state_load(struct vga *vga, struct stream *from);

#endif
