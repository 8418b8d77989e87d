/* A machine with a VGA, and its guest: with windows into video memory, or
 * without. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_VGA_GUEST_H
#define TESTS_VGA_GUEST_H

#include "check.h"
#include "display/vga.h"
#include "display/vbe.h"
#include "reset.h"

#define GUEST_LFB	0xfd000000ull
#define GUEST_PAGES	(VGA_MEMORY / VGA_PAGE)

struct vga_guest {
	struct bus ports, mmio;
	struct ram ram;
	struct reset reset;
	struct pci pci;
	struct screen screen;
	struct vga vga;
	struct window_host host;
	struct vga_window view;		/* that is shown */
	bool written[GUEST_PAGES];	/* pages of it */
	bool refuse, forget;		/* show(), written() do not work */
	unsigned int shows, hides, exits;
};

static inline int guest_show(
	void *context, uint64_t gpa, void *host, uint64_t size)
{
	struct vga_guest *guest = context;

	CHECK(!guest->view.size && gpa % 4096 == 0 && size && size % 4096 == 0);
	CHECK((uintptr_t)host % 4096 == 0);
	if (guest->refuse)
		return -ENOMEM;
	guest->view = (struct vga_window){ gpa, size, host };
	memset(guest->written, 0, sizeof(guest->written));
	guest->shows++;
	return 0;
}

static inline int guest_hide(
	void *context, uint64_t gpa, void *host, uint64_t size)
{
	struct vga_guest *guest = context;

	CHECK(guest->view.gpa == gpa && guest->view.host == host &&
		guest->view.size == size);
	memset(&guest->view, 0, sizeof(guest->view));
	guest->hides++;
	return 0;
}

static inline int guest_written(
	void *context, uint64_t gpa, uint64_t size, uint64_t *bitmap)
{
	struct vga_guest *guest = context;
	uint64_t i, first = (gpa - guest->view.gpa) / 4096;

	CHECK(guest->view.size && gpa >= guest->view.gpa && size &&
		gpa % 4096 == 0 && size % 4096 == 0);
	CHECK(size <= guest->view.size - (gpa - guest->view.gpa));
	if (guest->forget)
		return -EIO;
	memset(bitmap, 0, (size / 4096 + 63) / 64 * 8);
	for (i = 0; i < size / 4096; i++) {
		if (guest->written[first + i])
			bitmap[i / 64] |= 1ull << (i % 64);
		guest->written[first + i] = false;
	}
	return 0;
}

static inline void guest_pull(void *context)
{
	(void)context;
}

static inline void guest_pci(
	struct vga_guest *guest, unsigned int offset, uint32_t value)
{
	bus_write(&guest->ports, 0xcf8, 4,
		0x80000000u | VGA_SLOT << 11 | offset);
	bus_write(&guest->ports, 0xcfc, 4, value);
}

static inline void guest_begin(struct vga_guest *guest, bool windows)
{
	static const struct window_ops ops = {
		guest_show, guest_hide, guest_written };

	memset(guest, 0, sizeof(*guest));
	guest->host.ops = windows ? &ops : NULL;
	guest->host.context = guest;
	guest->ram.size = 16 << 20;
	CHECK(!screen_init(&guest->screen));
	CHECK(!reset_init(&guest->reset, &guest->ports, true, guest_pull,
		NULL));
	CHECK(!pci_init(&guest->pci, &guest->ports, &guest->mmio, &guest->ram,
		&guest->reset));
	CHECK(!vga_init(&guest->vga, &guest->pci, &guest->ports, &guest->mmio,
		&guest->host, &guest->screen));
	guest_pci(guest, 0x10, GUEST_LFB);
	guest_pci(guest, 0x04, PCI_COMMAND_MEMORY | PCI_COMMAND_IO);
}

static inline void guest_end(struct vga_guest *guest)
{
	guest->vga.device.ops->exit(&guest->vga.device);
	CHECK(!guest->view.size && guest->shows == guest->hides);
	guest->pci.device.ops->exit(&guest->pci.device);
	guest->reset.device.ops->exit(&guest->reset.device);
	screen_exit(&guest->screen);
	CHECK(!guest->ports.count && !guest->mmio.count);
	bus_free(&guest->ports);
	bus_free(&guest->mmio);
}

/* Host memory behind an address that is shown; NULL: an exit. */
static inline uint8_t *guest_view(struct vga_guest *guest, uint64_t gpa,
	unsigned int size)
{
	const struct vga_window *view = &guest->view;

	if (gpa < view->gpa || gpa - view->gpa >= view->size ||
	    view->size - (gpa - view->gpa) < size) {
		guest->exits++;
		return NULL;
	}
	return view->host + (gpa - view->gpa);
}

static inline uint64_t guest_read(
	struct vga_guest *guest, uint64_t gpa, unsigned int size)
{
	uint8_t *at = guest_view(guest, gpa, size);
	uint64_t value = 0;

	if (!at)
		return bus_read(&guest->mmio, gpa, size);
	memcpy(&value, at, size);
	return value;
}

static inline void guest_write(struct vga_guest *guest, uint64_t gpa,
	unsigned int size, uint64_t value)
{
	uint8_t *at = guest_view(guest, gpa, size);

	if (!at) {
		bus_write(&guest->mmio, gpa, size, value);
		return;
	}
	memcpy(at, &value, size);
	guest->written[(gpa - guest->view.gpa) / 4096] = true;
	guest->written[(gpa + size - 1 - guest->view.gpa) / 4096] = true;
}

static inline void guest_out(
	struct vga_guest *guest, unsigned int port, uint8_t value)
{
	bus_write(&guest->ports, port, 1, value);
}

static inline uint8_t guest_in(struct vga_guest *guest, unsigned int port)
{
	return bus_read(&guest->ports, port, 1);
}

static inline void guest_out2(struct vga_guest *guest, unsigned int port,
	uint8_t index, uint8_t value)
{
	bus_write(&guest->ports, port, 2, index | value << 8);
}

static inline void guest_vbe(
	struct vga_guest *guest, unsigned int index, uint16_t value)
{
	bus_write(&guest->ports, 0x1ce, 2, index);
	bus_write(&guest->ports, 0x1cf, 2, value);
}

/* A mode as a BIOS sets it (IBM VGA BIOS parameter tables). */
struct vga_setting {
	uint8_t misc, sequencer[4], crtc[25], attribute[20], graphics[9];
};

enum { SET_TEXT, SET_CGA, SET_MONO, SET_PLANAR, SET_BYTES, SETTINGS };
static const struct vga_setting settings[SETTINGS] = {
	[SET_TEXT] = { 0x67, { 0x00, 0x03, 0x00, 0x02 },
		{ 0x5f, 0x4f, 0x50, 0x82, 0x55, 0x81, 0xbf, 0x1f, 0x00, 0x4f,
		0x0d, 0x0e, 0, 0, 0, 0, 0x9c, 0x8e, 0x8f, 0x28, 0x1f, 0x96,
		0xb9, 0xa3, 0xff },
		{ 0, 1, 2, 3, 4, 5, 0x14, 7, 0x38, 0x39, 0x3a, 0x3b, 0x3c,
		0x3d, 0x3e, 0x3f, 0x0c, 0, 0x0f, 8 },
		{ 0, 0, 0, 0, 0, 0x10, 0x0e, 0x0f, 0xff } },
	[SET_CGA] = { 0x63, { 0x09, 0x03, 0x00, 0x02 },
		{ 0x2d, 0x27, 0x28, 0x90, 0x2b, 0x80, 0xbf, 0x1f, 0x00, 0xc1,
		0, 0, 0, 0, 0, 0, 0x9c, 0x8e, 0x8f, 0x14, 0x00, 0x96, 0xb9,
		0xa2, 0xff },
		{ 0, 0x13, 0x15, 0x17, 2, 4, 6, 7, 0x10, 0x11, 0x12, 0x13,
		0x14, 0x15, 0x16, 0x17, 1, 0, 3, 0 },
		{ 0, 0, 0, 0, 0, 0x30, 0x0f, 0x0f, 0xff } },
	[SET_MONO] = { 0x63, { 0x01, 0x01, 0x00, 0x06 },
		{ 0x5f, 0x4f, 0x50, 0x82, 0x54, 0x80, 0xbf, 0x1f, 0x00, 0xc1,
		0, 0, 0, 0, 0, 0, 0x9c, 0x8e, 0x8f, 0x28, 0x00, 0x96, 0xb9,
		0xc2, 0xff },
		{ 0, 0x17, 0x17, 0x17, 0x17, 0x17, 0x17, 0x17, 0x17, 0x17,
		0x17, 0x17, 0x17, 0x17, 0x17, 0x17, 1, 0, 1, 0 },
		{ 0, 0, 0, 0, 0, 0, 0x0d, 0x0f, 0xff } },
	[SET_PLANAR] = { 0x63, { 0x09, 0x0f, 0x00, 0x06 },
		{ 0x2d, 0x27, 0x28, 0x90, 0x2b, 0x80, 0xbf, 0x1f, 0x00, 0xc0,
		0, 0, 0, 0, 0, 0, 0x9c, 0x8e, 0x8f, 0x14, 0x00, 0x96, 0xb9,
		0xe3, 0xff },
		{ 0, 1, 2, 3, 4, 5, 6, 7, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15,
		0x16, 0x17, 1, 0, 0x0f, 0 },
		{ 0, 0, 0, 0, 0, 0, 5, 0x0f, 0xff } },
	[SET_BYTES] = { 0x63, { 0x01, 0x0f, 0x00, 0x0e },
		{ 0x5f, 0x4f, 0x50, 0x82, 0x54, 0x80, 0xbf, 0x1f, 0x00, 0x41,
		0, 0, 0, 0, 0, 0, 0x9c, 0x8e, 0x8f, 0x28, 0x40, 0x96, 0xb9,
		0xa3, 0xff },
		{ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0x41,
		0, 0x0f, 0 },
		{ 0, 0, 0, 0, 0, 0x40, 5, 0x0f, 0xff } },
};

/* Without the memory's and the font's part of it. */
static inline void guest_set(struct vga_guest *guest, unsigned int number)
{
	const struct vga_setting *set = &settings[number];
	unsigned int i;

	guest_vbe(guest, VBE_ENABLE, 0);
	guest_out(guest, 0x3c2, set->misc);
	guest_in(guest, 0x3da);
	for (i = 0; i < 20; i++) {
		guest_out(guest, 0x3c0, i);
		guest_out(guest, 0x3c0, set->attribute[i]);
	}
	guest_out(guest, 0x3c0, 0x14);
	guest_out(guest, 0x3c0, 0);
	for (i = 0; i < 4; i++)
		guest_out2(guest, 0x3c4, i + 1, set->sequencer[i]);
	for (i = 0; i < 9; i++)
		guest_out2(guest, 0x3ce, i, set->graphics[i]);
	guest_out2(guest, 0x3d4, 0x11, 0);
	for (i = 0; i < 25; i++)
		guest_out2(guest, 0x3d4, i, set->crtc[i]);
	for (i = 0; i < 256; i++) {
		guest_out(guest, 0x3c8, i);
		guest_out(guest, 0x3c9, i);
		guest_out(guest, 0x3c9, i >> 1);
		guest_out(guest, 0x3c9, i >> 2);
	}
	guest_in(guest, 0x3da);
	guest_out(guest, 0x3c0, 0x20);
}

/* flags: besides VBE_ENABLED. */
static inline void guest_set_vbe(struct vga_guest *guest, unsigned int width,
	unsigned int height, unsigned int bits, unsigned int flags)
{
	guest_vbe(guest, VBE_ENABLE, 0);
	guest_vbe(guest, VBE_XRES, width);
	guest_vbe(guest, VBE_YRES, height);
	guest_vbe(guest, VBE_BPP, bits);
	guest_vbe(guest, VBE_ENABLE, VBE_ENABLED | flags);
}

#endif
