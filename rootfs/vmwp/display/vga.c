/* The video adapter of a PC: VGA with Bochs' extension, on PCI. */
/* SPDX-License-Identifier: MIT */
#include "display/vga.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "display/vbe.h"
#include "display/vga_draw.h"
#include "display/vga_memory.h"
#include "display/vga_registers.h"
#include "display/vga_state.h"
#include "display/vga_window.h"

#define MAPPING		(VGA_MEMORY + VGA_PAIRS)
#define PCI_PREFETCH	0x08	/* of a memory BAR */

/* Hyper-V's: the driver for synthetic video knows this adapter as the one it
 * replaces, and none for Bochs' adapter takes the console beside it. So none
 * asks for Bochs' BAR 2 either, the registers in memory. */
static const struct pci_identity identity = {
	.vendor = 0x1414, .device = 0x5353,
	.class = 0x030000,
};

/* The frame buffer lies elsewhere now. */
static void moved(void *context, uint64_t address)
{
	struct vga *vga = context;

	vga_window_hide(vga);
	if (vga->lfb)
		bus_remove(vga->mmio, vga->lfb);
	vga->lfb = address;
	if (address && bus_add(vga->mmio, address, VGA_MEMORY, &vga_lfb_ops,
			vga))
		vga->lfb = 0;
	vga_window_update(vga);
}

static void vga_reset(struct device *device)
{
	struct vga *vga = (struct vga *)device;

	vga_window_hide(vga);
	pci_function_reset(&vga->function);
	vga_registers_reset(&vga->r);
	vga_clear(vga, VGA_MEMORY);
	vga_window_update(vga);
}

static void vga_save(const struct device *device, struct stream *to)
{
	const struct vga *vga = (const struct vga *)device;

	pci_function_save(&vga->function, to);
	vga_state_save(vga, to);
}

static int vga_load(
	struct device *device, struct stream *from, unsigned int version)
{
	struct vga *vga = (struct vga *)device;

	vga_window_hide(vga);
	if (version != device->ops->version ||
	    pci_function_load(&vga->function, from) ||
	    vga_state_load(vga, from)) {
		vga_reset(device);
		return -EINVAL;
	}
	vga_window_update(vga);
	return 0;
}

static void vga_exit(struct device *device)
{
	struct vga *vga = (struct vga *)device;

	screen_use(vga->screen, SCREEN_VGA, false);
	screen_source(vga->screen, SCREEN_VGA, NULL);
	vga_window_hide(vga);
	pci_remove(&vga->function);
	moved(vga, 0);
	bus_remove(vga->mmio, VGA_LEGACY);
	bus_remove(vga->ports, VBE_PORT);
	isa_remove(vga->ports, vga->isa, 5);
	munmap(vga->memory, MAPPING);
}

static const struct device_ops vga_ops = {
	.name = "vga",
	.version = 1,
	.reset = vga_reset,
	.save = vga_save,
	.load = vga_load,
	.exit = vga_exit,
};

static int add_ports(struct vga *vga)
{
	static const unsigned int ports[5][2] = { { 0x3b4, 2 }, { 0x3ba, 1 },
		{ 0x3c0, 16 }, { 0x3d4, 2 }, { 0x3da, 1 } };
	unsigned int i;
	int error;

	for (i = 0; i < 5; i++)
		vga->isa[i] = (struct isa_ports){
			ports[i][0], ports[i][1], &vga_ports_ops, vga };
	error = isa_add(vga->ports, vga->isa, 5);
	if (error)
		return error;
	error = bus_add(vga->ports, VBE_PORT, VBE_PORTS, &vbe_ports_ops, vga);
	if (error)
		isa_remove(vga->ports, vga->isa, 5);
	return error;
}

static int add_function(struct vga *vga, struct pci *pci)
{
	const struct pci_bar bar[PCI_BARS] = {
		[0] = { .space = PCI_MEMORY, .size = VGA_MEMORY,
			.moved = moved, .context = vga },
	};
	int error = pci_add(
		pci, &vga->function, VGA_SLOT, 0, &identity, bar);

	if (error)
		return error;
	vga->function.config[PCI_BAR0] |= PCI_PREFETCH;
	return 0;
}

static int add(struct vga *vga, struct pci *pci)
{
	int error = add_ports(vga);

	if (error)
		return error;
	error = bus_add(vga->mmio, VGA_LEGACY, VGA_LEGACY_SIZE,
		&vga_legacy_ops, vga);
	if (error)
		goto ports;
	error = add_function(vga, pci);
	if (!error)
		return 0;
	bus_remove(vga->mmio, VGA_LEGACY);
ports:
	bus_remove(vga->ports, VBE_PORT);
	isa_remove(vga->ports, vga->isa, 5);
	return error;
}

int vga_init(struct vga *vga, struct pci *pci, struct bus *ports,
	struct bus *mmio, const struct window_host *host,
	struct screen *screen)
{
	const struct screen_source source = { vga_draw, vga_read_text, vga };
	int error;

	memset(vga, 0, sizeof(*vga));
	vga->device.ops = &vga_ops;
	vga->ports = ports;
	vga->mmio = mmio;
	vga->host = host;
	vga->screen = screen;
	vga->memory = mmap(NULL, MAPPING, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (vga->memory == MAP_FAILED)
		return -errno;
	vga->pairs = vga->memory + VGA_MEMORY;
	vga_registers_reset(&vga->r);
	vga->whole = true;
	error = add(vga, pci);
	if (error) {
		munmap(vga->memory, MAPPING);
		return error;
	}
	screen_source(screen, SCREEN_VGA, &source);
	screen_use(screen, SCREEN_VGA, true);
	return 0;
}
