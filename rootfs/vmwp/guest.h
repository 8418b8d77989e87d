/* What the emulator reaches of a VM: memory, devices, ports, translation. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_GUEST_H
#define VMWP_GUEST_H

#include "emulate.h"
#include "vm.h"

/* Its context is the struct vp. The device lock is taken for each access of a
 * device. */
extern const struct emulate_ops guest_ops;

uint32_t guest_in(struct vm *vm, uint16_t port, unsigned int size);
void guest_out(
	struct vm *vm, uint16_t port, unsigned int size, uint32_t value);

#endif
