/* A VGA's memory: where each byte lives, and what a CPU's access does. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_DISPLAY_VGA_MEMORY_H
#define VMWP_DISPLAY_VGA_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "display/vga.h"

/* 0xa0000 to 0xbffff, and BAR 0. The context is the struct vga. */
extern const struct bus_ops vga_legacy_ops;
extern const struct bus_ops vga_lfb_ops;

/* How a CPU's address becomes a unit and a plane. */
enum vga_chain {
	VGA_CHAIN_NONE,		/* the planes that registers say */
	VGA_CHAIN_PAIRS,	/* odd and even: text, CGA */
	VGA_CHAIN_4,		/* linear */
};
enum vga_chain vga_chain_read(const struct vga *vga);
enum vga_chain vga_chain_write(const struct vga *vga);
/* The part of 0xa0000 to 0xbffff that is decoded, from its start. */
void vga_decoded(const struct vga *vga, uint32_t *start, uint32_t *size);

/* The four planes' bytes of a unit, plane 0 lowest; it may be any number. */
uint32_t vga_unit(const struct vga *vga, uint32_t unit);
/* Rows of the linear frame buffer. All within the memory. */
void vga_fetch(const struct vga *vga, void *to, uint32_t from, uint32_t size);

/* Planes 0 and 1 of the first units get another home; no window shows them. */
void vga_to_pairs(struct vga *vga);
void vga_to_units(struct vga *vga);
/* Zeroes from the start on, in whole pages; nothing is shown. */
void vga_clear(struct vga *vga, uint64_t size);

#endif
