/* Hypercalls: decoding, checks, dispatch. docs/hypercalls.md. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_HYPERCALL_H
#define CORE_HYPERCALL_H

#include <stdint.h>

struct vp;

/* Repetitions served before the parent gets its processor back: interrupts
 * wait meanwhile (docs/hypervisor.md, "Time in the hypervisor"). */
#define HYPERCALL_REPS_AT_ONCE 64

/* A call that has passed the checks of its form. Handlers read in and write
 * out, both copies of the hypervisor's own; out is zeroed before. */
struct hypercall {
	struct vp *vp;
	unsigned int length;	/* of a guest's instruction */
	const void *in;		/* fixed part, variable part, rep list */
	void *out;
	uint32_t variable;	/* quad words of the variable part */
	uint32_t reps;		/* how many there are in all */
	uint32_t done;		/* from the start index on; handlers raise it */
};

/* Instead of a status: nothing is answered yet, the caller calls again. */
#define HYPERCALL_AGAIN	0xffff

/* Serves a VMMCALL or VMCALL of the VP: sets RAX and skips the instruction,
 * or leaves it there with a later start index, or raises #UD. length: of a
 * guest's instruction, which its worker may serve. */
void hypercall(struct vp *vp, unsigned int length);

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
uint16_t property_get_partition(struct hypercall *call);
uint16_t property_set_partition(struct hypercall *call);
uint16_t partition_create(struct hypercall *call);
uint16_t partition_initialize(struct hypercall *call);
uint16_t partition_finalize(struct hypercall *call);
uint16_t partition_delete(struct hypercall *call);
uint16_t gpa_map_pages(struct hypercall *call);
uint16_t gpa_unmap_pages(struct hypercall *call);
uint16_t gpa_access_states(struct hypercall *call);
uint16_t intercept_install(struct hypercall *call);
uint16_t child_delete(struct hypercall *call);
uint16_t child_cpuid_register(struct hypercall *call);
uint16_t child_cpuid_values(struct hypercall *call);
uint16_t register_get(struct hypercall *call);
uint16_t register_set(struct hypercall *call);
uint16_t vpstate_map_page(struct hypercall *call);
uint16_t vpstate_unmap_page(struct hypercall *call);
uint16_t vpstate_get(struct hypercall *call);
uint16_t vpstate_set(struct hypercall *call);
uint16_t vpstate_translate(struct hypercall *call);
uint16_t vinterrupt_assert(struct hypercall *call);
uint16_t vinterrupt_clear(struct hypercall *call);
uint16_t port_create(struct hypercall *call);
uint16_t port_delete(struct hypercall *call);
uint16_t connection_connect(struct hypercall *call);
uint16_t connection_disconnect(struct hypercall *call);
uint16_t ring_notify_empty(struct hypercall *call);
uint16_t event_post(struct hypercall *call);
uint16_t event_signal(struct hypercall *call);
uint16_t event_post_direct(struct hypercall *call);
uint16_t event_signal_direct(struct hypercall *call);
uint16_t dispatch_vp(struct hypercall *call);
uint16_t flush_space(struct hypercall *call);
uint16_t flush_space_ex(struct hypercall *call);
uint16_t ipi_send(struct hypercall *call);
uint16_t ipi_send_ex(struct hypercall *call);
uint16_t guest_start_vp(struct hypercall *call);
uint16_t guest_vp_index(struct hypercall *call);
uint16_t guest_spin_wait(struct hypercall *call);
uint16_t guest_capabilities(struct hypercall *call);
uint16_t guest_get_registers(struct hypercall *call);
uint16_t guest_set_registers(struct hypercall *call);
uint16_t deposit_add(struct hypercall *call);
uint16_t deposit_withdraw(struct hypercall *call);

#endif
