/* Bochs' extension of the VGA: large modes with a linear frame buffer. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_DISPLAY_VBE_H
#define VMWP_DISPLAY_VBE_H

#include "display/vga.h"

/* Ports 0x1ce (index) and 0x1cf (data), words. The context is the struct
 * vga. */
#define VBE_PORT	0x1ceu
#define VBE_PORTS	3u
extern const struct bus_ops vbe_ports_ops;

bool vbe_enabled(const struct vga *vga);
/* Enabled, and its pixels are bytes in a row. */
bool vbe_linear(const struct vga *vga);
/* Added to an address at 0xa0000. */
uint32_t vbe_bank(const struct vga *vga);
/* Bytes of a row as the frame buffer has it; 4 bits: of all planes. */
uint32_t vbe_row(const struct vga_registers *r);

void vbe_reset(struct vga_registers *r);
bool vbe_sane(const struct vga_registers *r);

#endif
