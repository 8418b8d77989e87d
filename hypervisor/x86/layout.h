/* Where things are in physical memory. docs/hypervisor.md, "Memory map". */
/* SPDX-License-Identifier: MIT */
#ifndef X86_LAYOUT_H
#define X86_LAYOUT_H

/* The log survives a warm reboot when nothing is loaded over it. ISOLINUX uses
 * what is below 11.25 MB and from 16 MB on while it loads. */
#define LOG_BASE	0xe00000
#define IMAGE_BASE	0xe10000
#define IMAGE_END	0x1000000	/* the image is linked to end before */

/* Selectors of our GDT. */
#define SELECTOR_CODE	0x08
#define SELECTOR_DATA	0x10
#define SELECTOR_CODE32	0x18
#define SELECTOR_TASK	0x20

#endif
