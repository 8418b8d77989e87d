/* Exits: what a guest has asked, and the answer. */
/* SPDX-License-Identifier: MIT */
#include "exit.h"

#include <errno.h>
#include <string.h>

#include "alu.h"
#include "guest.h"
#include "hypercall.h"
#include "machine.h"
#include "mshv.h"
#include "order.h"
#include "registers.h"
#include "say.h"
#include "vm.h"

#define TRIES 10000

static void fail(struct vp *vp, const char *what, int error)
{
	say("processor %u: cannot %s: %s (hypervisor status 0x%x)",
		vp->index, what, strerror(-error), mshv_status());
	vm_want(vp->vm, VM_WANT_FAILED);
}

static void check(struct vp *vp, const char *what, int error)
{
	if (error)
		fail(vp, what, error);
}

/* APM v2 13.1.4: a step is over, in whichever way it was done. */
static void trap(struct vp *vp, uint64_t rflags)
{
	struct fault fault = { .vector = VECTOR_DB };

	if (rflags & FLAG_TF)
		check(vp, "deliver a trap", registers_inject(vp, &fault));
}

static bool long_mode(const struct hv_intercept *intercept)
{
	return intercept->state & HV_STATE_LMA &&
		intercept->cs.attributes & HV_SEGMENT_LONG;
}

/*
 * A page table lies in a page that the parent has taken away. The guest does
 * the instruction again: then its own walk asks for the page.
 */
static void again(struct vp *vp, uint64_t rip)
{
	if (vp->tries++ < TRIES)
		return;
	say("processor %u: the page tables for the instruction at 0x%llx do "
		"not come back", vp->index, (unsigned long long)rip);
	vm_want(vp->vm, VM_WANT_FAILED);
}

/* The whole instruction in software. */
static void emulate_exit(struct vp *vp, const uint8_t *bytes,
	unsigned int count, const struct hv_memory *memory)
{
	struct emulator emulator;
	struct cpu cpu;
	enum emulate_result result;
	int error = registers_load(vp, &cpu);

	if (error) {
		fail(vp, "read the registers", error);
		return;
	}
	emulate_init(&emulator, &cpu, &guest_ops, vp);
	if (memory && memory->info & HV_MEMORY_GVA_VALID &&
	    memory->header.access <= HV_ACCESS_WRITE)
		emulate_hint(&emulator, memory->gva, memory->gpa,
			memory->header.access == HV_ACCESS_WRITE ?
			ACCESS_WRITE : ACCESS_READ);
	result = emulate(&emulator, bytes, count);
	if (result == EMULATE_ERROR && emulator.error == -EAGAIN) {
		again(vp, cpu.rip);
		return;
	}
	vp->tries = 0;
	if (result == EMULATE_ERROR) {
		fail(vp, "translate an address", emulator.error);
		return;
	}
	if (result == EMULATE_UNKNOWN) {
		say("processor %u: at 0x%llx is an instruction that devices "
			"are not used with: %s", vp->index,
			(unsigned long long)cpu.rip, emulator.text);
		vm_want(vp->vm, VM_WANT_FAILED);
		return;
	}
	/* A fault within a REP: what was done before it counts. */
	check(vp, "write the registers", registers_store(vp, &cpu));
	if (result == EMULATE_FAULT)
		check(vp, "deliver an exception",
			registers_inject(vp, &emulator.fault));
	else
		trap(vp, cpu.rflags);
}

/* Where the next instruction begins; 0: it is said why not. */
static uint64_t next_rip(struct vp *vp, const struct hv_intercept *intercept,
	const uint8_t *bytes, unsigned int count)
{
	unsigned int length = intercept->length_cr8 & 0xf;
	struct emulator emulator;
	struct cpu cpu;
	uint64_t rip;

	if (!length) {
		if (registers_load(vp, &cpu))
			return 0;
		emulate_init(&emulator, &cpu, &guest_ops, vp);
		if (emulate_length(&emulator, bytes, count))
			return 0;
		length = emulator.length;
	}
	rip = intercept->rip + length;
	return long_mode(intercept) ? rip : (uint32_t)rip;
}

static void port_done(struct vp *vp, const struct hv_io_port *io, uint64_t rax)
{
	uint64_t rip = next_rip(vp, &io->header, io->bytes, io->byte_count);

	if (!rip) {
		say("processor %u: no instruction at 0x%llx", vp->index,
			(unsigned long long)io->header.rip);
		vm_want(vp->vm, VM_WANT_FAILED);
		return;
	}
	check(vp, "write the registers", registers_finish(vp, rax, rip));
	trap(vp, io->header.rflags);
}

static void port_exit(struct vp *vp)
{
	const struct hv_io_port *io = &vp->message.io;
	unsigned int size = io->info & HV_IO_SIZE;
	uint64_t rax = io->rax, value, mask;

	if (io->info & HV_IO_STRING) {
		emulate_exit(vp, io->bytes, io->byte_count, NULL);
		return;
	}
	if (size != 1 && size != 2 && size != 4) {
		say("processor %u: a port access of %u bytes", vp->index,
			size);
		vm_want(vp->vm, VM_WANT_FAILED);
		return;
	}
	mask = alu_mask(size);
	if (io->header.access == HV_ACCESS_WRITE) {
		guest_out(vp->vm, io->port, size, rax & mask);
	} else {
		value = guest_in(vp->vm, io->port, size) & mask;
		/* Four bytes clear the upper half, fewer keep the rest. */
		rax = size == 4 ? value : (rax & ~mask) | value;
	}
	port_done(vp, io, rax);
}

static void unmapped_exit(struct vp *vp)
{
	const struct hv_memory *memory = &vp->message.memory;

	if (memory->header.access == HV_ACCESS_EXECUTE) {
		say("processor %u executes at 0x%llx, where no memory is",
			vp->index, (unsigned long long)memory->gpa);
		vm_want(vp->vm, VM_WANT_FAILED);
		return;
	}
	emulate_exit(vp, memory->bytes, memory->byte_count, memory);
}

/* Registers RAX, RCX, RDX, RBX as they are numbered, RIP after it. */
static void answer(struct vp *vp, const struct hv_intercept *intercept,
	const uint64_t *values, unsigned int count)
{
	struct cpu cpu;
	const uint8_t none[1] = { 0 };
	uint64_t rip = next_rip(vp, intercept, none, 0);
	int error = registers_load(vp, &cpu);

	if (!error && !rip)
		error = -1;
	if (error) {
		fail(vp, "read the registers", error);
		return;
	}
	if (count)
		memcpy(cpu.gpr, values, count * sizeof(*values));
	cpu.rip = rip;
	check(vp, "write the registers", registers_store(vp, &cpu));
	trap(vp, intercept->rflags);
}

/* What the hypervisor does not know nobody here does: reads give 0. */
static void msr_exit(struct vp *vp)
{
	const struct hv_msr *msr = &vp->message.msr;
	bool write = msr->header.access == HV_ACCESS_WRITE;
	struct cpu cpu;
	uint64_t values[3];

	say_limited("processor %u %s MSR 0x%x, which there is not",
		vp->index, write ? "writes" : "reads", msr->number);
	if (write || registers_load(vp, &cpu)) {
		answer(vp, &msr->header, NULL, 0);
		return;
	}
	values[0] = 0;
	values[1] = cpu.gpr[1];
	values[2] = 0;
	answer(vp, &msr->header, values, 3);
}

static void cpuid_exit(struct vp *vp)
{
	const struct hv_cpuid *cpuid = &vp->message.cpuid;
	uint64_t values[4] = { cpuid->result_rax, cpuid->result_rcx,
		cpuid->result_rdx, cpuid->result_rbx };

	answer(vp, &cpuid->header, values, 4);
}

static void ends(struct vp *vp, const char *what)
{
	const struct hv_intercept *intercept = &vp->message.intercept;

	say("processor %u %s at 0x%llx", vp->index, what,
		(unsigned long long)intercept->rip);
	vm_want(vp->vm, VM_WANT_FAILED);
}

static void exception_exit(struct vp *vp)
{
	say("processor %u: exception %u, which nobody asked for", vp->index,
		vp->message.exception.vector);
	vm_want(vp->vm, VM_WANT_FAILED);
}

static void window_exit(struct vp *vp)
{
	struct vm *vm = vp->vm;

	/* extint_offer() comes before the next entry. */
	pthread_mutex_lock(&vm->lock);
	order_came(vp, HV_DELIVERABILITY_INTERRUPT);
	pthread_mutex_unlock(&vm->lock);
}

/* The guest has taken a message. */
static void sints_exit(struct vp *vp)
{
	struct vm *vm = vp->vm;

	pthread_mutex_lock(&vm->lock);
	order_came(vp, (uint64_t)vp->message.sints.sints <<
		HV_DELIVERABILITY_SINTS);
	machine_room(vm->machine);
	pthread_mutex_unlock(&vm->lock);
}

/* TLFS 3.7: the result is in RAX, or in EDX:EAX. */
static void hypercall_exit(struct vp *vp)
{
	const struct hv_hypercall *call = &vp->message.hypercall;
	bool wide = long_mode(&call->header);
	uint64_t values[3] = { 0, call->rcx, 0 };

	values[0] = hypercall_serve(vp->vm, call, wide);
	answer(vp, &call->header, values, wide ? 1 : 3);
}

/* Of a level interrupt: the IOAPIC sends it again if its wire is still high. */
static void eoi_exit(struct vp *vp)
{
	struct vm *vm = vp->vm;

	pthread_mutex_lock(&vm->lock);
	machine_eoi(vm->machine, vp->message.eoi.vector);
	pthread_mutex_unlock(&vm->lock);
}

void exit_handle(struct vp *vp)
{
	switch (vp->message.header.type) {
	case HVMSG_X64_IO_PORT: port_exit(vp); break;
	case HVMSG_UNMAPPED_GPA:
	case HVMSG_GPA_INTERCEPT: unmapped_exit(vp); break;
	case HVMSG_X64_MSR: msr_exit(vp); break;
	case HVMSG_X64_CPUID: cpuid_exit(vp); break;
	case HVMSG_X64_INTERRUPTION_DELIVERABLE: window_exit(vp); break;
	case HVMSG_X64_APIC_EOI: eoi_exit(vp); break;
	case HVMSG_HYPERCALL: hypercall_exit(vp); break;
	case HVMSG_SYNIC_SINT_DELIVERABLE: sints_exit(vp); break;
	case HVMSG_X64_HALT: break;
	case HVMSG_X64_EXCEPTION: exception_exit(vp); break;
	case HVMSG_UNRECOVERABLE_EXCEPTION:
		ends(vp, "had a triple fault");
		break;
	case HVMSG_UNSUPPORTED_FEATURE:
		ends(vp, "used a feature that the hypervisor has not");
		break;
	case HVMSG_INVALID_VP_REGISTER:
		say("processor %u has an invalid register", vp->index);
		vm_want(vp->vm, VM_WANT_FAILED);
		break;
	default:
		say("processor %u: a message of type 0x%x, which is unknown",
			vp->index, vp->message.header.type);
		vm_want(vp->vm, VM_WANT_FAILED);
		break;
	}
}
