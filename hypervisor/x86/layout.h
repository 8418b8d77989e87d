/* Where things are in physical memory. docs/hypervisor.md, "Memory map". */
/* SPDX-License-Identifier: MIT */
#ifndef X86_LAYOUT_H
#define X86_LAYOUT_H

/* The log survives a warm reboot, so nothing may load over it: it is below the
 * image, where loaders put nothing. */
#define LOG_BASE	0x200000
#define IMAGE_BASE	0x210000
#define IMAGE_END	0x400000	/* the image is linked to end before */

/* Selectors of our GDT. */
#define SELECTOR_CODE	0x08
#define SELECTOR_DATA	0x10
#define SELECTOR_CODE32	0x18

#endif
