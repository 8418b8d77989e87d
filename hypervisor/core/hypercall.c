/* Hypercalls: everything about their form, and the table of those there are. */
/* SPDX-License-Identifier: MIT */
#include "hypercall.h"

#include "../abi/cpuid.h"
#include "../abi/hypercall.h"
#include "../abi/msr.h"
#include "../abi/status.h"
#include "../lib/string.h"
#include "child.h"
#include "intercept.h"
#include "machine.h"
#include "parameter.h"
#include "partition.h"
#include "stats.h"
#include "vp.h"

#define CR0_PE		(1ull << 0)

#define IS_REP		0x1	/* repeats; count and start index are used */
#define HAS_VARIABLE	0x2	/* the variable part may be there */
#define FOR_PARENT	0x4	/* who may call; a code that both may call */
#define FOR_GUEST	0x8	/* in different ways has two entries */
#define LIST_UNREAD	0x10	/* all repetitions are one, whatever the list says */
/* A guest's: of its own VP it changes nothing but registers, and what
 * child_call() tells. */
#define IS_STEADY	0x20
#define STEADY_GUEST	(FOR_GUEST | IS_STEADY)

/* Bytes of RDX, R8 and XMM0 to XMM5. TLFS 3.7.2 */
#define FAST_BYTES	112
#define ROUND_16(size)	(((size) + 15) & ~15u)

/* Instead of a status, here only: the call is #UD. */
#define ILLEGAL		0xfffe

struct entry {
	uint16_t code;
	uint8_t flags;
	uint8_t in_rep;		/* bytes of one element of the input's list */
	uint8_t out_rep;
	uint16_t in;		/* bytes of the fixed input */
	uint16_t out;		/* bytes of the fixed output */
	uint64_t privilege;	/* of the caller: rights_of() */
	uint16_t (*handler)(struct hypercall *call);
};

/* A bit of SYNTHETIC_FEATURES as a right. */
#define RIGHT(feature)	((uint64_t)(feature) << 32)

/* Sorted by code. The tests' table in docs/hypercalls.md has the same lines. */
static const struct entry table[] = {
	{HVCALL_FLUSH_SPACE, STEADY_GUEST, 0, 0, sizeof(struct hv_flush_in), 0,
		RIGHT(HV_FEATURE_FLUSH), flush_space},
	{HVCALL_FLUSH_LIST, STEADY_GUEST | IS_REP | LIST_UNREAD, 8, 0,
		sizeof(struct hv_flush_in), 0, RIGHT(HV_FEATURE_FLUSH),
		flush_space},
	{HVCALL_GET_LOGICAL_PROCESSOR_RUN_TIME, FOR_PARENT, 0, 0,
		sizeof(struct hv_lp_run_time_in),
		sizeof(struct hv_lp_run_time_out), HV_CPU_MANAGEMENT,
		processor_run_time},
	{HVCALL_SPIN_WAIT, FOR_GUEST, 0, 0, sizeof(struct hv_spin_wait_in), 0,
		RIGHT(HV_FEATURE_LONG_SPIN), guest_spin_wait},
	{HVCALL_SEND_IPI, STEADY_GUEST, 0, 0, sizeof(struct hv_send_ipi_in), 0,
		RIGHT(HV_FEATURE_CLUSTER_IPI), ipi_send},
	{HVCALL_FLUSH_SPACE_EX, STEADY_GUEST | HAS_VARIABLE, 0, 0,
		sizeof(struct hv_flush_ex_in), 0, RIGHT(HV_FEATURE_FLUSH |
		HV_FEATURE_EX_MASKS), flush_space_ex},
	{HVCALL_FLUSH_LIST_EX, STEADY_GUEST | IS_REP | LIST_UNREAD |
		HAS_VARIABLE, 8, 0, sizeof(struct hv_flush_ex_in), 0,
		RIGHT(HV_FEATURE_FLUSH | HV_FEATURE_EX_MASKS),
		flush_space_ex},
	{HVCALL_SEND_IPI_EX, STEADY_GUEST | HAS_VARIABLE, 0, 0,
		sizeof(struct hv_send_ipi_ex_in), 0,
		RIGHT(HV_FEATURE_CLUSTER_IPI | HV_FEATURE_EX_MASKS),
		ipi_send_ex},
	{HVCALL_CREATE_PARTITION, FOR_PARENT, 0, 0,
		sizeof(struct hv_create_partition_in), 8, HV_CREATE_PARTITIONS,
		partition_create},
	{HVCALL_INITIALIZE_PARTITION, FOR_PARENT, 0, 0,
		sizeof(struct hv_partition_in), 0, HV_CREATE_PARTITIONS,
		partition_initialize},
	{HVCALL_FINALIZE_PARTITION, FOR_PARENT, 0, 0,
		sizeof(struct hv_partition_in), 0, HV_CREATE_PARTITIONS,
		partition_finalize},
	{HVCALL_DELETE_PARTITION, FOR_PARENT, 0, 0,
		sizeof(struct hv_partition_in), 0, HV_CREATE_PARTITIONS,
		partition_delete},
	{HVCALL_GET_PARTITION_PROPERTY, FOR_PARENT, 0, 0,
		sizeof(struct hv_get_property_in), 8, HV_CREATE_PARTITIONS,
		property_get_partition},
	{HVCALL_SET_PARTITION_PROPERTY, FOR_PARENT, 0, 0,
		sizeof(struct hv_set_property_in), 0, HV_CREATE_PARTITIONS,
		property_set_partition},
	{HVCALL_GET_PARTITION_ID, FOR_PARENT, 0, 0, 0, 8,
		HV_ACCESS_PARTITION_ID, property_partition_id},
	{HVCALL_DEPOSIT_MEMORY, FOR_PARENT | IS_REP, 8, 0,
		sizeof(struct hv_deposit_in), 0, HV_ACCESS_MEMORY_POOL,
		deposit_add},
	{HVCALL_WITHDRAW_MEMORY, FOR_PARENT | IS_REP, 0, 8,
		sizeof(struct hv_withdraw_in), 0, HV_ACCESS_MEMORY_POOL,
		deposit_withdraw},
	{HVCALL_MAP_GPA_PAGES, FOR_PARENT | IS_REP, 8, 0,
		sizeof(struct hv_map_gpa_in), 0, HV_CREATE_PARTITIONS,
		gpa_map_pages},
	{HVCALL_UNMAP_GPA_PAGES, FOR_PARENT | IS_REP, 0, 0,
		sizeof(struct hv_unmap_gpa_in), 0, HV_CREATE_PARTITIONS,
		gpa_unmap_pages},
	{HVCALL_INSTALL_INTERCEPT, FOR_PARENT, 0, 0,
		sizeof(struct hv_install_intercept_in), 0,
		HV_CREATE_PARTITIONS, intercept_install},
	{HVCALL_CREATE_VP, FOR_PARENT, 0, 0, sizeof(struct hv_create_vp_in), 0,
		HV_CPU_MANAGEMENT, processor_create_vp},
	{HVCALL_DELETE_VP, FOR_PARENT, 0, 0, sizeof(struct hv_delete_vp_in), 0,
		HV_CREATE_PARTITIONS, child_delete},
	{HVCALL_GET_VP_REGISTERS, FOR_PARENT | IS_REP, 4, 16,
		sizeof(struct hv_get_registers_in), 0, HV_CREATE_PARTITIONS,
		register_get},
	{HVCALL_GET_VP_REGISTERS, FOR_GUEST | IS_REP, 4, 16,
		sizeof(struct hv_get_registers_in), 0, HV_ACCESS_VP_REGISTERS,
		guest_get_registers},
	{HVCALL_SET_VP_REGISTERS, FOR_PARENT | IS_REP,
		sizeof(struct hv_register_pair), 0,
		sizeof(struct hv_set_registers_in), 0, HV_CREATE_PARTITIONS,
		register_set},
	{HVCALL_SET_VP_REGISTERS, FOR_GUEST | IS_REP,
		sizeof(struct hv_register_pair), 0,
		sizeof(struct hv_set_registers_in), 0, HV_ACCESS_VP_REGISTERS,
		guest_set_registers},
	{HVCALL_TRANSLATE_VIRTUAL_ADDRESS, FOR_PARENT, 0, 0,
		sizeof(struct hv_translate_in),
		sizeof(struct hv_translate_out), HV_CREATE_PARTITIONS,
		vpstate_translate},
	{HVCALL_CLEAR_VIRTUAL_INTERRUPT, FOR_PARENT, 0, 0,
		sizeof(struct hv_partition_in), 0, HV_CREATE_PARTITIONS,
		vinterrupt_clear},
	{HVCALL_DELETE_PORT, FOR_PARENT, 0, 0,
		sizeof(struct hv_delete_port_in), 0, HV_CREATE_PORT,
		port_delete},
	{HVCALL_DISCONNECT_PORT, FOR_PARENT, 0, 0,
		sizeof(struct hv_disconnect_port_in), 0, HV_CONNECT_PORT,
		connection_disconnect},
	{HVCALL_POST_MESSAGE, FOR_PARENT | FOR_GUEST, 0, 0,
		sizeof(struct hv_post_message_in), 0, HV_POST_MESSAGES,
		event_post},
	{HVCALL_SIGNAL_EVENT, FOR_PARENT | STEADY_GUEST, 0, 0,
		sizeof(struct hv_signal_event_in), 0, HV_SIGNAL_EVENTS,
		event_signal},
	{HVCALL_MAP_STATS_PAGE, FOR_PARENT, 0, 0, sizeof(struct hv_stats_in),
		sizeof(struct hv_stats_out), HV_ACCESS_STATS, stats_map},
	{HVCALL_UNMAP_STATS_PAGE, FOR_PARENT, 0, 0, sizeof(struct hv_stats_in),
		0, HV_ACCESS_STATS, stats_unmap},
	{HVCALL_SET_SYSTEM_PROPERTY, FOR_PARENT, 0, 0,
		sizeof(struct hv_set_system_property_in), 0, HV_CPU_MANAGEMENT,
		property_set_system},
	{HVCALL_ADD_LOGICAL_PROCESSOR, FOR_PARENT, 0, 0,
		sizeof(struct hv_add_lp_in), sizeof(struct hv_add_lp_out),
		HV_CPU_MANAGEMENT, processor_add},
	{HVCALL_GET_SYSTEM_PROPERTY, FOR_PARENT, 0, 0,
		sizeof(struct hv_get_system_property_in),
		sizeof(struct hv_get_system_property_out), 0,
		property_get_system},
	{HVCALL_MAP_DEVICE_INTERRUPT, FOR_PARENT | HAS_VARIABLE, 0, 0,
		offsetof(struct hv_map_interrupt_in, set_banks),
		sizeof(struct hv_map_interrupt_out), HV_CPU_MANAGEMENT,
		interrupt_map},
	{HVCALL_UNMAP_DEVICE_INTERRUPT, FOR_PARENT, 0, 0,
		sizeof(struct hv_unmap_interrupt_in), 0, HV_CPU_MANAGEMENT,
		interrupt_unmap},
	{HVCALL_ENTER_SLEEP_STATE, FOR_PARENT, 0, 0,
		sizeof(struct hv_sleep_in), 0, HV_CPU_MANAGEMENT,
		property_sleep},
	{HVCALL_NOTIFY_PARTITION_EVENT, FOR_PARENT, 0, 0,
		sizeof(struct hv_notify_event_in), 0, HV_CPU_MANAGEMENT,
		processor_notify},
	{HVCALL_NOTIFY_PORT_RING_EMPTY, FOR_PARENT, 0, 0,
		sizeof(struct hv_notify_ring_empty_in), 0, HV_CREATE_PORT,
		ring_notify_empty},
	{HVCALL_REGISTER_INTERCEPT_RESULT, FOR_PARENT, 0, 0,
		sizeof(struct hv_cpuid_result_in), 0, HV_CREATE_PARTITIONS,
		child_cpuid_register},
	{HVCALL_ASSERT_VIRTUAL_INTERRUPT, FOR_PARENT, 0, 0,
		sizeof(struct hv_assert_interrupt_in), 0, HV_CREATE_PARTITIONS,
		vinterrupt_assert},
	{HVCALL_CREATE_PORT, FOR_PARENT, 0, 0,
		sizeof(struct hv_create_port_in), 0, HV_CREATE_PORT,
		port_create},
	{HVCALL_CONNECT_PORT, FOR_PARENT, 0, 0,
		sizeof(struct hv_connect_port_in), 0, HV_CONNECT_PORT,
		connection_connect},
	{HVCALL_START_VP, FOR_GUEST, 0, 0, sizeof(struct hv_start_vp_in), 0,
		HV_START_VP, guest_start_vp},
	{HVCALL_GET_VP_INDEX_FROM_APIC_ID, FOR_GUEST | IS_REP, 8, 8,
		sizeof(struct hv_vp_index_in), 0, 0, guest_vp_index},
	{HVCALL_SIGNAL_EVENT_DIRECT, FOR_PARENT, 0, 0,
		sizeof(struct hv_signal_direct_in),
		sizeof(struct hv_signal_direct_out), HV_SIGNAL_EVENTS,
		event_signal_direct},
	{HVCALL_POST_MESSAGE_DIRECT, FOR_PARENT, 0, 0,
		sizeof(struct hv_post_direct_in), 0, HV_POST_MESSAGES,
		event_post_direct},
	{HVCALL_DISPATCH_VP, FOR_PARENT, 0, 0, sizeof(struct hv_dispatch_in),
		sizeof(struct hv_dispatch_out), HV_CREATE_PARTITIONS,
		dispatch_vp},
	{HVCALL_GET_GPA_PAGES_ACCESS_STATES, FOR_PARENT | IS_REP, 0, 1,
		sizeof(struct hv_access_states_in), 0, HV_CREATE_PARTITIONS,
		gpa_access_states},
	{HVCALL_MAP_VP_STATE_PAGE, FOR_PARENT, 0, 0,
		sizeof(struct hv_state_page_in),
		sizeof(struct hv_state_page_out), HV_CREATE_PARTITIONS,
		vpstate_map_page},
	{HVCALL_UNMAP_VP_STATE_PAGE, FOR_PARENT, 0, 0,
		sizeof(struct hv_state_page_in), 0, HV_CREATE_PARTITIONS,
		vpstate_unmap_page},
	{HVCALL_GET_VP_STATE, FOR_PARENT | HAS_VARIABLE, 0, 0,
		sizeof(struct hv_vp_state_in), 0, HV_CREATE_PARTITIONS,
		vpstate_get},
	{HVCALL_SET_VP_STATE, FOR_PARENT | HAS_VARIABLE, 0, 0,
		sizeof(struct hv_vp_state_in), 0, HV_CREATE_PARTITIONS,
		vpstate_set},
	{HVCALL_GET_VP_CPUID_VALUES, FOR_PARENT | IS_REP, 8, 16,
		sizeof(struct hv_cpuid_values_in), 0, HV_CREATE_PARTITIONS,
		child_cpuid_values},
	{HVCALL_GET_PARTITION_PROPERTY_EX, FOR_PARENT, 0, 0,
		sizeof(struct hv_property_ex_in), 8, 0,
		property_get_partition_ex},
	{HVCALL_QUERY_CAPABILITIES, FOR_GUEST, 0, 0, 0, 8,
		HV_EXTENDED_HYPERCALLS, guest_capabilities},
};

static uint8_t caller_of(const struct vp *vp)
{
	return vp->child ? FOR_GUEST : FOR_PARENT;
}

static const struct entry *search(uint16_t code)
{
	uint32_t low = 0, high = sizeof(table) / sizeof(*table);

	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (table[middle].code == code)
			return &table[middle];
		if (table[middle].code < code)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* The caller's entry; another one's when there is none for it. Mostly it is the
 * last one again. */
static const struct entry *find(struct cpu *cpu, uint16_t code, uint8_t caller)
{
	const struct entry *entry = cpu->call;
	const struct entry *end = table + sizeof(table) / sizeof(*table);

	if (entry && entry->code == code && entry->flags & caller)
		return entry;
	entry = search(code);
	cpu->call = entry;

	if (!entry || entry->flags & caller)
		return entry;
	if (entry > table && entry[-1].code == code)
		return &entry[-1];
	if (entry + 1 < end && entry[1].code == code)
		return &entry[1];
	return entry;
}

/* FEATURES, EBX; above it what the property SYNTHETIC_FEATURES gave. */
static uint64_t rights_of(const struct partition *partition)
{
	return partition->privileges >> 32 | partition->synthetic << 32;
}

static uint32_t in_size(const struct entry *entry, uint64_t control)
{
	return entry->in + HVCALL_VARIABLE_QUADS(control) * 8 +
		entry->in_rep * HVCALL_REPS(control);
}

static uint32_t out_size(const struct entry *entry, uint64_t control)
{
	return entry->out + entry->out_rep * HVCALL_REPS(control);
}

/* Parameters in registers: two of them for the parent, more for guests; what is
 * not offered is #UD. TLFS 3.7.2, 3.8.1 */
static uint16_t check_fast(const struct vp *vp, const struct entry *entry,
	uint64_t control)
{
	uint32_t in = in_size(entry, control), out = out_size(entry, control);

	if (!vp->child)
		return in > 16 || out || entry->flags & (IS_REP |
			HAS_VARIABLE) ? HV_STATUS_INVALID_HYPERCALL_INPUT :
			HV_STATUS_SUCCESS;
	if (in > FAST_BYTES || out > FAST_BYTES - ROUND_16(in))
		return HV_STATUS_INVALID_HYPERCALL_INPUT;
	if (out && (vp_code_bits(vp) != 64 ||
			!(rights_of(vp->partition) & HV_FAST_OUTPUT)))
		return ILLEGAL;
	return HV_STATUS_SUCCESS;
}

/* The control word against the entry. TLFS 3.7 */
static uint16_t check_control(const struct vp *vp, const struct entry *entry,
	uint64_t control)
{
	uint32_t reps = HVCALL_REPS(control), start = HVCALL_START(control);

	if (control & HVCALL_RESERVED)
		return HV_STATUS_INVALID_HYPERCALL_INPUT;
	if (entry->flags & IS_REP ? start >= reps : start || reps)
		return HV_STATUS_INVALID_HYPERCALL_INPUT;
	if (HVCALL_VARIABLE_QUADS(control) && !(entry->flags & HAS_VARIABLE))
		return HV_STATUS_INVALID_HYPERCALL_INPUT;
	return control & HVCALL_FAST ? check_fast(vp, entry, control) :
		HV_STATUS_SUCCESS;
}

/* What a call's registers say: in 64-bit mode RCX, RDX, R8, else EDX:EAX,
 * EBX:ECX, EDI:ESI. TLFS 3.7 */
struct registers {
	uint64_t control, in, out;
	bool is_long;
};

static uint64_t pair(const struct vp *vp, enum gpr high, enum gpr low)
{
	return vp->gpr[high] << 32 | (uint32_t)vp->gpr[low];
}

static void get_registers(const struct vp *vp, struct registers *registers)
{
	if (vp_code_bits(vp) == 64)
		*registers = (struct registers){vp->gpr[GPR_RCX],
			vp->gpr[GPR_RDX], vp->gpr[GPR_R8], true};
	else
		*registers = (struct registers){pair(vp, GPR_RDX, GPR_RAX),
			pair(vp, GPR_RBX, GPR_RCX), pair(vp, GPR_RDI, GPR_RSI),
			false};
}

/* The control word again, or the result. */
static void set_register(struct vp *vp, const struct registers *registers,
	enum gpr name, uint64_t value)
{
	if (registers->is_long) {
		vp->gpr[name] = value;
		return;
	}
	vp->gpr[GPR_RDX] = value >> 32;
	vp->gpr[GPR_RAX] = (uint32_t)value;
}

/* A block of parameters in registers. */
static void get_block(uint8_t *block, const struct registers *registers,
	uint32_t size)
{
	memcpy(block, &registers->in, 8);
	memcpy(block + 8, &registers->out, 8);
	if (size > 16)
		machine_get_xmm(block + 16);
}

/* Output is behind the input, at a register of its own. */
static void answer_fast(struct hypercall *call, const struct entry *entry,
	const struct registers *registers, uint32_t from, uint32_t to)
{
	uint32_t at = ROUND_16(in_size(entry, registers->control));
	uint8_t block[FAST_BYTES];

	get_block(block, registers, FAST_BYTES);
	memcpy(block + at + from, (const char *)call->out + from, to - from);
	memcpy(&call->vp->gpr[GPR_RDX], block, 8);
	memcpy(&call->vp->gpr[GPR_R8], block + 8, 8);
	machine_set_xmm(block + 16);
}

/* Bytes of the output; HV_STATUS. */
static uint16_t answer(struct hypercall *call, const struct entry *entry,
	const struct registers *registers, uint32_t from, uint32_t to)
{
	if (to <= from)
		return HV_STATUS_SUCCESS;
	if (!(registers->control & HVCALL_FAST))
		return parameter_out(call->vp, registers->out + from,
			(const char *)call->out + from, to - from);
	answer_fast(call, entry, registers, from, to);
	return HV_STATUS_SUCCESS;
}

/* Copies the input; the caller may change it meanwhile without effect. */
static uint16_t fetch(struct hypercall *call, const struct entry *entry,
	const struct registers *registers)
{
	uint8_t *copy = call->vp->cpu->input;
	uint32_t size = in_size(entry, registers->control);
	uint16_t status;

	call->in = copy;
	if (registers->control & HVCALL_FAST) {
		get_block(copy, registers, size);
		return HV_STATUS_SUCCESS;
	}
	status = parameter_check(call->vp, registers->in, size, MAP_READ);
	size = entry->in + call->variable * 8;
	if (!(entry->flags & LIST_UNREAD))
		size += entry->in_rep * call->reps;
	if (status != HV_STATUS_SUCCESS || !size)
		return status;
	return parameter_in(call->vp, copy, registers->in, size);
}

/* The output's address is checked before anything is done. */
static uint16_t run(struct hypercall *call, const struct entry *entry,
	const struct registers *registers)
{
	uint32_t from = entry->out + entry->out_rep * call->done;
	uint16_t status = HV_STATUS_SUCCESS, written = HV_STATUS_SUCCESS;

	if (!(registers->control & HVCALL_FAST))
		status = parameter_check(call->vp, registers->out,
			out_size(entry, registers->control), MAP_WRITE);
	if (status == HV_STATUS_SUCCESS)
		status = fetch(call, entry, registers);
	if (status != HV_STATUS_SUCCESS)
		return status;
	call->out = call->vp->cpu->output;
	memset(call->out, 0, entry->out + entry->out_rep * call->reps);
	status = entry->handler(call);
	if (status == HV_STATUS_SUCCESS)
		written = answer(call, entry, registers, 0, entry->out);
	if (written == HV_STATUS_SUCCESS && entry->out_rep)
		written = answer(call, entry, registers, from, entry->out +
			entry->out_rep * call->done);
	return written == HV_STATUS_SUCCESS ? status : written;
}

static uint16_t check(const struct vp *vp, const struct entry *entry,
	uint64_t control)
{
	uint16_t status;

	/* Whatever it says besides. */
	if (!(entry->flags & caller_of(vp)))
		return HV_STATUS_ACCESS_DENIED;
	status = check_control(vp, entry, control);
	if (status != HV_STATUS_SUCCESS)
		return status;
	return entry->privilege & ~rights_of(vp->partition) ?
		HV_STATUS_ACCESS_DENIED : HV_STATUS_SUCCESS;
}

static uint16_t dispatch(struct hypercall *call, const struct entry *entry,
	struct registers *registers)
{
	uint64_t control = registers->control;
	uint16_t status = check(call->vp, entry, control);

	if (status != HV_STATUS_SUCCESS)
		return status;
	call->variable = HVCALL_VARIABLE_QUADS(control);
	call->reps = HVCALL_REPS(control);
	call->done = HVCALL_START(control);
	if (call->reps > call->done + HYPERCALL_REPS_AT_ONCE &&
			!(entry->flags & LIST_UNREAD))
		call->reps = call->done + HYPERCALL_REPS_AT_ONCE;
	status = run(call, entry, registers);
	/* More to do: the caller comes again with this start index. */
	if (status == HV_STATUS_SUCCESS && call->done < HVCALL_REPS(control))
		registers->control = (control & ~HVCALL_START_MASK) |
			(uint64_t)call->done << HVCALL_START_SHIFT;
	return status;
}

/* TLFS 3.3: from 64-bit or protected mode at CPL 0, page enabled. Only 64-bit
 * callers exist in the parent: its other modes end before it can know of us. */
static bool may_call(const struct vp *vp)
{
	return vp_ops->get(vp, VP_CPL) == 0 &&
		vp_ops->get(vp, VP_CR0) & CR0_PE &&
		(vp->child || vp_code_bits(vp) == 64) &&
		vp->partition->hypercall_page & HV_HYPERCALL_ENABLE;
}

/* What we do not know may be known to a child's worker. A guest that has no
 * interface of ours may have one of the worker's. */
static bool is_workers(const struct vp *vp, const struct entry *entry,
	uint64_t control)
{
	return vp->partition->intercepts.hypercall && (!entry ||
		HVCALL_CODE(control) >= HVCALL_EXTENDED);
}

static bool has_interface(const struct vp *vp)
{
	return !vp->partition->intercepts.hypercall ||
		vp->partition->privileges & HV_ACCESS_HYPERCALL_MSRS;
}

void hypercall(struct vp *vp, unsigned int length)
{
	struct hypercall call = {.vp = vp, .length = length};
	uint16_t status = HV_STATUS_INVALID_HYPERCALL_CODE;
	const struct entry *entry;
	struct registers registers;
	uint64_t before;

	if (!has_interface(vp)) {
		intercept_hypercall(vp, length);
		return;
	}
	if (!may_call(vp)) {
		vp_ops->raise(vp, VECTOR_UD, false, 0);
		return;
	}
	get_registers(vp, &registers);
	before = registers.control;
	entry = find(vp->cpu, HVCALL_CODE(before), caller_of(vp));
	if (is_workers(vp, entry, before)) {
		intercept_hypercall(vp, length);
		return;
	}
	if (entry)
		status = dispatch(&call, entry, &registers);
	if (status == ILLEGAL) {
		vp_ops->raise(vp, VECTOR_UD, false, 0);
	} else if (registers.control != before || status == HYPERCALL_AGAIN) {
		set_register(vp, &registers, GPR_RCX, registers.control);
	} else {
		set_register(vp, &registers, GPR_RAX, status |
			(uint64_t)call.done << HVCALL_DONE_SHIFT);
		vp_ops->skipped(vp);
		if (vp->child && (!entry || entry->flags & IS_STEADY))
			vp->child->steady = vp->child->settled;
	}
}
