/* Hypercalls: decoding, checks, dispatch. docs/hypercalls.md. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_HYPERCALL_H
#define CORE_HYPERCALL_H

#include <stdint.h>

struct vp;

/* A call that has passed the checks of its form. Handlers read in and write
 * out, both copies of the hypervisor's own; out is zeroed before. */
struct hypercall {
	struct vp *vp;
	const void *in;		/* fixed part, variable part, rep list */
	void *out;
	uint32_t variable;	/* quad words of the variable part */
	uint32_t reps;		/* how many there are in all */
	uint32_t done;		/* from the start index on; handlers raise it */
};

/* Serves a VMMCALL or VMCALL of the VP: sets RAX and skips the instruction,
 * or leaves it there with a later start index, or raises #UD. */
void hypercall(struct vp *vp);

/* The handlers, by file. */
uint16_t processor_run_time(struct hypercall *call);
uint16_t processor_add(struct hypercall *call);
uint16_t processor_create_vp(struct hypercall *call);
uint16_t processor_notify(struct hypercall *call);
uint16_t interrupt_map(struct hypercall *call);
uint16_t interrupt_unmap(struct hypercall *call);
uint16_t property_get_system(struct hypercall *call);
uint16_t property_set_system(struct hypercall *call);
uint16_t property_get_partition_ex(struct hypercall *call);
uint16_t property_partition_id(struct hypercall *call);
uint16_t property_sleep(struct hypercall *call);
uint16_t deposit_add(struct hypercall *call);
uint16_t deposit_withdraw(struct hypercall *call);

#endif
