/* Intercept messages, and the hypercall that asks for them. */
/* SPDX-License-Identifier: MIT */
#include "intercept.h"

#include "../abi/hypercall.h"
#include "../abi/status.h"
#include "../lib/string.h"
#include "child.h"
#include "hypercall.h"
#include "machine.h"
#include "partition.h"
#include "vp.h"

#define CR0_PE		(1ull << 0)
#define CR0_AM		(1ull << 18)
#define EFER_LMA	(1ull << 10)
#define DR7_ENABLED	0xffull

static void get_segment(const struct vp *vp, enum vp_segment which,
	struct hv_segment *to)
{
	struct segment segment;

	vp_ops->segment(vp, which, &segment);
	*to = (struct hv_segment){segment.base, segment.limit,
		segment.selector, segment.attributes};
}

static uint16_t state_of(const struct vp *vp)
{
	uint64_t cr0 = vp_ops->get(vp, VP_CR0);

	return (uint16_t)(vp_ops->get(vp, VP_CPL) |
		(cr0 & CR0_PE ? HV_STATE_CR0_PE : 0) |
		(cr0 & CR0_AM ? HV_STATE_CR0_AM : 0) |
		(vp_ops->get(vp, VP_EFER) & EFER_LMA ? HV_STATE_EFER_LMA : 0) |
		(vp_ops->get(vp, VP_DR7) & DR7_ENABLED ? HV_STATE_DEBUG : 0) |
		(vp->child->event.pending ? HV_STATE_PENDING : 0) |
		(vp_ops->get(vp, VP_SHADOW) ? HV_STATE_SHADOW : 0));
}

static void header(struct vp *vp, struct hv_intercept *to, uint8_t access,
	unsigned int length)
{
	to->vp_index = vp->index;
	to->length = (uint8_t)(length & 15) |
		(uint8_t)(vlapic_tpr(&vp->child->lapic) & 0xf0);
	to->access = access;
	to->state = state_of(vp);
	get_segment(vp, VP_CS, &to->cs);
	to->rip = vp->rip;
	to->rflags = vp_ops->get(vp, VP_RFLAGS);
}

/* Into the page, and the run ends. */
static void post(struct vp *vp, uint32_t type, const void *payload,
	uint32_t size)
{
	struct hv_message *message = vp->child->message;

	memset(message, 0, sizeof(*message));
	message->size = (uint8_t)size;
	message->sender = vp->partition->id;
	memcpy(message->payload, payload, size);
	message->type = type;
	vp->child->intercepted = true;
}

/* The instruction's bytes, as far as they can be read without a fault. */
static uint8_t bytes_of(struct vp *vp, uint8_t bytes[16])
{
	return (uint8_t)machine_fetch(vp, bytes, 15);
}

void intercept_io(struct vp *vp, uint16_t port, uint8_t info, bool is_write,
	unsigned int length)
{
	struct hv_io_intercept io = {.port = port, .info = info};

	header(vp, &io.header, is_write ? HV_ACCESS_WRITE : HV_ACCESS_READ,
		length);
	io.rax = vp->gpr[GPR_RAX];
	io.rcx = vp->gpr[GPR_RCX];
	io.rsi = vp->gpr[GPR_RSI];
	io.rdi = vp->gpr[GPR_RDI];
	if (info & HV_IO_STRING) {
		io.byte_count = bytes_of(vp, io.bytes);
		get_segment(vp, VP_DS, &io.ds);
		get_segment(vp, VP_ES, &io.es);
	}
	post(vp, HV_MESSAGE_IO_PORT, &io, sizeof(io));
}

void intercept_memory(struct vp *vp, uint64_t gpa, unsigned int access,
	bool known)
{
	struct hv_memory_intercept memory = {.gpa = gpa};

	header(vp, &memory.header, (uint8_t)access, 0);
	memory.tpr = vlapic_tpr(&vp->child->lapic) >> 4;
	/* The driver only wants to know where; a worker emulates it. */
	if (!known)
		memory.byte_count = bytes_of(vp, memory.bytes);
	if (!known && vp->child->operand && machine_operand(vp, memory.bytes,
			memory.byte_count, gpa, &memory.gva))
		memory.info = HV_MEMORY_GVA_VALID;
	post(vp, known ? HV_MESSAGE_GPA_INTERCEPT : HV_MESSAGE_UNMAPPED_GPA,
		&memory, sizeof(memory));
}

void intercept_msr(struct vp *vp, uint32_t msr, bool is_write,
	unsigned int length)
{
	struct hv_msr_intercept message = {.msr = msr};

	header(vp, &message.header, is_write ? HV_ACCESS_WRITE :
		HV_ACCESS_READ, length);
	message.rdx = vp->gpr[GPR_RDX];
	message.rax = vp->gpr[GPR_RAX];
	post(vp, HV_MESSAGE_MSR, &message, sizeof(message));
}

void intercept_cpuid(struct vp *vp, const uint32_t result[4],
	unsigned int length)
{
	struct hv_cpuid_intercept message = {
		.rax = vp->gpr[GPR_RAX], .rcx = vp->gpr[GPR_RCX],
		.rdx = vp->gpr[GPR_RDX], .rbx = vp->gpr[GPR_RBX],
		.default_rax = result[0], .default_rbx = result[1],
		.default_rcx = result[2], .default_rdx = result[3],
	};

	header(vp, &message.header, HV_ACCESS_EXECUTE, length);
	post(vp, HV_MESSAGE_CPUID, &message, sizeof(message));
}

void intercept_exception(struct vp *vp, uint8_t vector, bool has_code,
	uint32_t code, uint64_t parameter)
{
	struct hv_exception_intercept message = {.vector = vector,
		.info = has_code ? HV_EXCEPTION_HAS_CODE : 0, .code = code,
		.parameter = parameter};

	header(vp, &message.header, HV_ACCESS_EXECUTE, 0);
	message.byte_count = bytes_of(vp, message.bytes);
	get_segment(vp, VP_DS, &message.ds);
	get_segment(vp, VP_SS, &message.ss);
	memcpy(message.gpr, vp->gpr, sizeof(message.gpr));
	message.gpr[GPR_RSP] = vp_ops->get(vp, VP_RSP);
	post(vp, HV_MESSAGE_EXCEPTION, &message, sizeof(message));
}

void intercept_hypercall(struct vp *vp, unsigned int length)
{
	struct hv_hypercall_intercept message = {
		.rax = vp->gpr[GPR_RAX], .rbx = vp->gpr[GPR_RBX],
		.rcx = vp->gpr[GPR_RCX], .rdx = vp->gpr[GPR_RDX],
		.r8 = vp->gpr[GPR_R8], .rsi = vp->gpr[GPR_RSI],
		.rdi = vp->gpr[GPR_RDI],
	};

	machine_get_xmm(message.xmm);
	header(vp, &message.header, HV_ACCESS_EXECUTE, length);
	post(vp, HV_MESSAGE_HYPERCALL, &message, sizeof(message));
}

void intercept_eoi(struct vp *vp, uint8_t vector)
{
	struct hv_apic_eoi message = {vp->index, vector};

	post(vp, HV_MESSAGE_APIC_EOI, &message, sizeof(message));
}

void intercept_deliverable(struct vp *vp)
{
	struct hv_deliverable message = {.type = 0};

	vp->child->deliverable = false;
	header(vp, &message.header, HV_ACCESS_EXECUTE, 0);
	post(vp, HV_MESSAGE_DELIVERABLE, &message, sizeof(message));
}

void intercept_sints(struct vp *vp, uint16_t sints)
{
	struct hv_sint_deliverable message = {.sints = sints};

	header(vp, &message.header, HV_ACCESS_EXECUTE, 0);
	post(vp, HV_MESSAGE_SINT_DELIVERABLE, &message, sizeof(message));
}

void intercept_dead(struct vp *vp, uint32_t type)
{
	struct hv_intercept message = {0};

	vp->child->dead = true;
	header(vp, &message, HV_ACCESS_EXECUTE, 0);
	post(vp, type, &message, sizeof(message));
}

#define ON_ALL (HV_INTERCEPT_ON_READ | HV_INTERCEPT_ON_WRITE | \
	HV_INTERCEPT_ON_EXECUTE)

/* The kinds that can be asked for. Ports are always intercepted; exceptions
 * take effect when a VP is entered next. */
static uint16_t install(struct intercepts *intercepts,
	const struct hv_install_intercept_in *in)
{
	uint32_t exceptions = intercepts->exceptions;

	switch (in->type) {
	case HV_INTERCEPT_IO_PORT:
		intercepts->io = in->access;
		break;
	case HV_INTERCEPT_MSR:
		intercepts->msr = in->access;
		break;
	case HV_INTERCEPT_CPUID:
		intercepts->cpuid = in->access;
		break;
	case HV_INTERCEPT_EXCEPTION:
		if (in->parameter > 31 || in->parameter == VECTOR_NMI)
			return HV_STATUS_INVALID_PARAMETER;
		exceptions &= ~(1u << in->parameter);
		if (in->access)
			exceptions |= 1u << in->parameter;
		__atomic_store_n(&intercepts->exceptions, exceptions,
			__ATOMIC_RELAXED);
		break;
	case HV_INTERCEPT_HYPERCALL:
		intercepts->hypercall = in->access;
		break;
	case HV_INTERCEPT_UNKNOWN_CONNECTION:
		intercepts->connection = in->access;
		break;
	case HV_INTERCEPT_RETARGET:
		intercepts->retarget = in->access;
		break;
	default:
		return HV_STATUS_INVALID_PARAMETER;
	}
	return HV_STATUS_SUCCESS;
}

uint16_t intercept_install(struct hypercall *call)
{
	const struct hv_install_intercept_in *in = call->in;
	struct partition *partition;
	uint16_t status = partition_get_active(in->partition_id, &partition);

	if (status != HV_STATUS_SUCCESS)
		return status;
	if (in->access & ~ON_ALL) {
		status = HV_STATUS_INVALID_PARAMETER;
	} else {
		lock_take(&partition->lock);
		status = install(&partition->intercepts, in);
		lock_give(&partition->lock);
	}
	partition_put(partition);
	return status;
}
