/* The video adapter of a PC: VGA with Bochs' extension, on PCI. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_DISPLAY_VGA_H
#define VMWP_DISPLAY_VGA_H

#include "device.h"
#include "display/screen.h"
#include "display/vga_mode.h"
#include "isa.h"
#include "pci/pci.h"
#include "window.h"

#define VGA_MEMORY	(16u << 20)
#define VGA_PAGE	4096u
#define VGA_PAGES	(VGA_MEMORY / VGA_PAGE)
#define VGA_SLOT	2u

/* What CPUs see at 0xa0000, and what of it a text mode shows. */
#define VGA_LEGACY	0xa0000u
#define VGA_LEGACY_SIZE	0x20000u
#define VGA_BANK	0x10000u
#define VGA_PAIRS	0x8000u

#define VGA_CELLS	(SCREEN_COLUMNS_MAX * SCREEN_ROWS_MAX)

enum vbe_index { VBE_ID, VBE_XRES, VBE_YRES, VBE_BPP, VBE_ENABLE, VBE_BANK,
	VBE_WIDTH, VBE_HEIGHT, VBE_X, VBE_Y, VBE_MEMORY, VBE_REGISTERS };
#define VBE_ENABLED	0x01u
#define VBE_CAPS	0x02u	/* the size's registers give their maxima */
#define VBE_DAC_8	0x20u
#define VBE_LFB		0x40u
#define VBE_KEEP	0x80u	/* memory is not emptied */

/* The registers as ports show them. */
struct vga_registers {
	uint8_t misc, feature, status;
	uint8_t sequencer_index, sequencer[8];
	uint8_t graphics_index, graphics[16];
	uint8_t crtc_index, crtc[32];
	uint8_t attribute_index, attribute[32];
	bool attribute_data;	/* port 0x3c0 takes a value next */
	uint8_t dac_mask, dac_index, dac_part;
	bool dac_reads;
	uint8_t dac_new[3];
	uint8_t dac[256 * 3];
	uint32_t latch;		/* a byte of each plane, plane 0 lowest */
	uint16_t vbe_index, vbe[VBE_REGISTERS];
};

/* A part of the memory that the guest reaches by itself; size 0: none. */
struct vga_window {
	uint64_t gpa, size;
	uint8_t *host;
};

/* The text that was drawn last: what differs is drawn. */
struct vga_drawn {
	uint16_t cell[VGA_CELLS];
	unsigned int cursor;	/* cell; VGA_CELLS: none */
	uint8_t cursor_start, cursor_end;
	uint32_t font;		/* vga.font of then */
};

struct vga {
	struct device device;
	struct bus *ports, *mmio;
	struct pci_function function;
	const struct window_host *host;
	struct screen *screen;
	struct isa_ports isa[5];
	struct vga_registers r;
	uint64_t lfb;		/* where BAR 0 lies; 0: nowhere */

	/*
	 * Address 4 x unit + plane, which is the linear frame buffer's, too.
	 * Where in_pairs is true, planes 0 and 1 of the first units have their
	 * home in pairs instead, as a text mode's CPU sees them.
	 */
	uint8_t *memory;	/* VGA_MEMORY bytes, then pairs */
	uint8_t *pairs;
	bool in_pairs;
	struct vga_window shown;
	bool refused;		/* the wanted window cannot be shown */

	/* Of drawing. */
	bool whole;		/* something that everything depends on */
	uint64_t dirty[VGA_PAGES / 64];	/* pages of memory */
	uint32_t font;		/* counts changes of plane 2 */
	struct vga_mode mode;	/* that was drawn last */
	struct vga_drawn drawn;
};

/*
 * The adapter is on PCI, its ports and memory are decoded, and it is the
 * screen's source. pci has the buses' ranges of its BARs; host: what shows
 * memory to the guest, it stays the caller's. 0 or -errno.
 */
int vga_init(struct vga *vga, struct pci *pci, struct bus *ports,
	struct bus *mmio, const struct window_host *host,
	struct screen *screen);

#endif
