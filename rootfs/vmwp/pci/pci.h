/* PCI: bus 0, its functions, their configuration space and addresses. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_PCI_PCI_H
#define VMWP_PCI_PCI_H

#include "bus.h"
#include "device.h"
#include "line.h"
#include "ram.h"

#define PCI_CONFIG	256u	/* bytes of a function's configuration space */
#define PCI_BARS	6u
#define PCI_DEVICES	32u
#define PCI_FUNCTIONS	8u

/* Offsets (PCI Local Bus 3.0, 6.1). */
#define PCI_VENDOR	0x00
#define PCI_DEVICE	0x02
#define PCI_COMMAND	0x04
#define PCI_STATUS	0x06
#define PCI_REVISION	0x08
#define PCI_CLASS	0x09	/* 3 bytes */
#define PCI_HEADER	0x0e
#define PCI_BAR0	0x10
#define PCI_SUBSYSTEM	0x2c	/* vendor, then device */
#define PCI_LINE	0x3c
#define PCI_PIN		0x3d

#define PCI_COMMAND_IO		0x001
#define PCI_COMMAND_MEMORY	0x002
#define PCI_COMMAND_MASTER	0x004
#define PCI_COMMAND_NO_INTX	0x400
#define PCI_STATUS_INTX		0x008

struct pci;
struct pci_function;
struct reset;

enum pci_space { PCI_NONE, PCI_PORTS, PCI_MEMORY };

/*
 * One region of a function. ops: it is on the bus while it is decoded and free;
 * or moved(): the device is told where it lies, 0: nowhere. A region that would
 * lie over something else, over RAM or beyond 4 GB is nowhere, and comes when
 * that goes.
 */
struct pci_bar {
	enum pci_space space;
	uint32_t size;			/* a power of two; ports: 4 to 256, memory: 4096 on */
	const struct bus_ops *ops;	/* NULL: moved() instead */
	void (*moved)(void *context, uint64_t address);
	void *context;
	uint64_t at;			/* where it lies now; 0: nowhere */
};

struct pci_identity {
	uint16_t vendor, device, subsystem_vendor, subsystem;
	uint32_t class;		/* 24 bits: class, subclass, interface */
	uint8_t revision;
	uint8_t pin;		/* 1: INTA ... 4; 0: none */
	bool multi;		/* other functions of the device may be */
};

/* In the device's own struct. A device sets after pci_add(), from offset 0x40
 * on, bytes of config (and of first, where a guest may change them) and of
 * writable what a guest may change. */
struct pci_function {
	struct pci *pci;
	unsigned int slot, number;
	uint8_t config[PCI_CONFIG];
	uint8_t writable[PCI_CONFIG];	/* bits */
	uint8_t cleared[PCI_CONFIG];	/* bits that a written 1 clears */
	uint8_t first[PCI_CONFIG];	/* config as after a reset */
	struct pci_bar bar[PCI_BARS];
	bool interrupt;			/* as the device drives it */
	/* NULL, or: the guest has written there; command and BARs are done
	 * already. */
	void (*written)(struct pci_function *function, unsigned int offset,
		unsigned int size);
};

/*
 * The function is on the bus. bar: PCI_BARS of them, copied; NULL: none. 0,
 * -EEXIST: there is one already, -EINVAL. Device lock held, as for all below.
 */
int pci_add(struct pci *pci, struct pci_function *function, unsigned int slot,
	unsigned int number, const struct pci_identity *identity,
	const struct pci_bar *bar);
void pci_remove(struct pci_function *function);

/* For the device's own reset, save and load: configuration and regions. Load
 * gives -EINVAL for a space that the function cannot have. */
void pci_function_reset(struct pci_function *function);
void pci_function_save(const struct pci_function *function, struct stream *to);
int pci_function_load(struct pci_function *function, struct stream *from);

/* The function's INTx pin. */
void pci_interrupt(struct pci_function *function, bool level);
/* Whether it may reach memory by itself. */
bool pci_is_master(const struct pci_function *function);

struct pci {
	struct device device;
	struct bus *ports, *mmio;
	const struct ram *ram;
	struct pci_function *function[PCI_DEVICES][PCI_FUNCTIONS];
	/* Where INTA to INTD lead: those of slot 1 to 0, 1, 2, 3, of slot 2
	 * to 1, 2, 3, 0. */
	struct line link[4];
	unsigned int asserted[4];	/* how many functions drive it */
	uint32_t address;		/* CONFIG_ADDRESS */
	struct reset *reset;	/* has the byte at 0xcf9 */
};

/* Configuration mechanism 1 at 0xcf8 and 0xcfc. The links lead nowhere until
 * somebody sets them. 0 or -errno. */
int pci_init(struct pci *pci, struct bus *ports, struct bus *mmio,
	const struct ram *ram, struct reset *reset);

#endif
