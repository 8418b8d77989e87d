/* What a VGA's registers make of its memory: one description for drawing. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_DISPLAY_VGA_MODE_H
#define VMWP_DISPLAY_VGA_MODE_H

#include <stdbool.h>
#include <stdint.h>

struct vga;

enum vga_kind {
	VGA_BLANK,	/* nothing is displayed */
	VGA_TEXT,
	VGA_PLANAR,	/* 16 colours, a bit of each plane */
	VGA_CGA,	/* 4 colours, two bits of plane 0, then of plane 1 */
	VGA_BYTES,	/* 256 colours, a plane after the other */
	VGA_LINEAR,	/* rows of pixels of some bits */
};

/* Sizes in dots as a monitor has them, cut to the largest picture. */
struct vga_mode {
	enum vga_kind kind;
	unsigned int width, height;
	uint32_t start, offset;	/* first row; a row: units; LINEAR: bytes */
	unsigned int bits;	/* LINEAR: of a pixel: 8, 15, 16, 24, 32 */
	unsigned int scans;	/* lines of a row of characters or pixels */
	unsigned int repeat;	/* times that each of them is displayed */
	unsigned int stretch;	/* dots of a dot: 1 or 2 */
	unsigned int pan;	/* dots left of the picture */
	unsigned int compare;	/* after this line comes address 0 */
	bool pan_above;		/* there is no panning below it */
	bool bank13, bank14;	/* lines of a row are banks (CGA, Hercules) */
	bool words;		/* the addresses of these are halved */
	unsigned int columns, rows, cell_width;		/* TEXT */
};

/* All of *mode is set, so that two of them can be compared as bytes. */
void vga_mode_read(const struct vga *vga, struct vga_mode *mode);

/* 256 colours as a picture has them, by the pixel's value; those of 16 are the
 * first. */
void vga_mode_colours(const struct vga *vga, const struct vga_mode *mode,
	uint32_t *colours);

#endif
