/* The registers of a VGA behind its ports (IBM PS/2 video subsystem). */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_DISPLAY_VGA_REGISTERS_H
#define VMWP_DISPLAY_VGA_REGISTERS_H

#include "display/vga.h"

#define MISC_COLOUR	0x01	/* the CRTC is at 0x3d4, not 0x3b4 */

#define SEQ_CLOCK	1
#define SEQ_DOTS_8	0x01	/* of a character; else 9 */
#define SEQ_HALF_CLOCK	0x08
#define SEQ_OFF		0x20
#define SEQ_PLANES	2
#define SEQ_FONT	3
#define SEQ_MEMORY	4
#define SEQ_SEQUENTIAL	0x04	/* not odd and even */
#define SEQ_CHAIN_4	0x08

#define GR_SET		0
#define GR_ENABLE_SET	1
#define GR_COMPARE	2
#define GR_ROTATE	3
#define GR_READ_PLANE	4
#define GR_MODE		5
#define GR_WRITE_MODE	0x03
#define GR_READ_MODE	0x08
#define GR_ODD_EVEN	0x10
#define GR_MISC		6
#define GR_GRAPHICS	0x01
#define GR_COMPARE_MASK	7
#define GR_BIT_MASK	8

#define CR_COLUMNS	0x01	/* less one */
#define CR_OVERFLOW	0x07
#define CR_SCAN		0x09
#define CR_SCAN_DOUBLE	0x80
#define CR_CURSOR	0x0a
#define CR_CURSOR_OFF	0x20
#define CR_CURSOR_END	0x0b
#define CR_START	0x0c	/* high, then low */
#define CR_CURSOR_AT	0x0e
#define CR_PROTECT	0x11
#define CR_PROTECTED	0x80	/* 0 to 7 */
#define CR_HEIGHT	0x12	/* lines less one */
#define CR_OFFSET	0x13	/* 2 units */
#define CR_MODE		0x17
#define CR_NO_BANK13	0x01
#define CR_NO_BANK14	0x02
#define CR_BYTES	0x40
#define CR_COMPARE	0x18
#define CR_COUNT	0x19

#define AT_MODE		0x10
#define AT_LINE_GRAPHICS 0x04
#define AT_BLINK	0x08
#define AT_PAN_ABOVE	0x20
#define AT_COLOUR_45	0x80
#define AT_PLANES	0x12
#define AT_PAN		0x13
#define AT_COLOUR	0x14
#define AT_DISPLAY	0x20	/* of the index: not blank */

/* As after a reset. */
void vga_registers_reset(struct vga_registers *r);
/* Whether they can have these values. */
bool vga_registers_sane(const struct vga_registers *r);

/* Ports 0x3b0 to 0x3df; the context is the struct vga. */
extern const struct isa_ops vga_ports_ops;

#endif
