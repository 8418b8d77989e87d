/* The DSDT: which devices the VM has. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_DSDT_H
#define VMWP_DSDT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Addresses for what VMBus' devices have in memory. */
#define DSDT_VMBUS_MMIO		0xf8000000u
#define DSDT_VMBUS_MMIO_SIZE	0x04000000u
/* Where the hypervisor looks for the doorbells of a guest's connections, 8
 * bytes each. Neither RAM nor a device is there. */
#define DSDT_BELLS		0xfed80000u
#define DSDT_BELLS_SIZE		0x10000u

/* pc: with PCI, keyboard and mouse. Bytes written after the table's header; 0:
 * more than room. */
size_t dsdt_write(uint8_t *to, size_t room, bool pc);

struct aml;
/* PCI's host bridge: what lies behind it, and where its interrupts lead. */
void dsdt_write_pci(struct aml *aml);

#endif
