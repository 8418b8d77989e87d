/* A guest's hypercalls that the hypervisor leaves to the worker. */
/* SPDX-License-Identifier: MIT */
#include "hypercall.h"

#include "machine.h"
#include "shared.h"
#include "vmbus/protocol.h"
#include "vm.h"

/* TLFS 3.8 and 11.10. */
#define CODE		0xffffu
#define FAST		(1u << 16)
#define POST_MESSAGE	0x5cu
#define SIGNAL_EVENT	0x5du

struct post_message {
	uint32_t connection;
	uint32_t reserved;
	uint32_t type;
	uint32_t size;
	uint8_t bytes[VMBUS_MESSAGE_MAX];
};
static_assert(sizeof(struct post_message) == 256, "post message");

static uint16_t post_message(struct vm *vm, uint64_t input)
{
	struct post_message message;
	uint16_t status;

	if (input % 8 || input % HV_PAGE_SIZE > HV_PAGE_SIZE - sizeof(message))
		return HV_STATUS_INVALID_ALIGNMENT;
	if (!shared_read(&vm->memory.ram, input, &message, sizeof(message)))
		return HV_STATUS_INVALID_PARAMETER;
	if (message.size > sizeof(message.bytes))
		return HV_STATUS_INVALID_PARAMETER;
	pthread_mutex_lock(&vm->lock);
	status = machine_post(vm->machine, message.connection, message.bytes,
		message.size);
	pthread_mutex_unlock(&vm->lock);
	return status;
}

static uint64_t pair(uint64_t high, uint64_t low)
{
	return high << 32 | (uint32_t)low;
}

/* TLFS 3.7: which registers. What has a bell the hypervisor rings itself. */
uint16_t hypercall_serve(
	struct vm *vm, const struct hv_hypercall *call, bool wide)
{
	uint64_t control = wide ? call->rcx : pair(call->rdx, call->rax);
	uint64_t input = wide ? call->rdx : pair(call->rbx, call->rcx);

	switch (control & CODE) {
	case POST_MESSAGE:
		if (control & FAST)
			return HV_STATUS_INVALID_HYPERCALL_INPUT;
		return post_message(vm, input);
	case SIGNAL_EVENT:
		return HV_STATUS_INVALID_CONNECTION_ID;
	default:
		return HV_STATUS_INVALID_HYPERCALL_CODE;
	}
}
