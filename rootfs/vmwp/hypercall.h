/* A guest's hypercalls that the hypervisor leaves to the worker. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_HYPERCALL_H
#define VMWP_HYPERCALL_H

#include <stdbool.h>
#include <stdint.h>

#include "hv.h"

struct vm;

/* Its status; wide: the caller is in 64-bit mode. */
uint16_t hypercall_serve(
	struct vm *vm, const struct hv_hypercall *call, bool wide);

#endif
