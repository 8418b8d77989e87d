/* Hostile guests, N6: the parent's calls, with every partition's identity. */
/* SPDX-License-Identifier: MIT */
#include "rows.h"

static const uint16_t parents[] = {
	HVCALL_GET_LOGICAL_PROCESSOR_RUN_TIME, HVCALL_CREATE_PARTITION,
	HVCALL_INITIALIZE_PARTITION, HVCALL_FINALIZE_PARTITION,
	HVCALL_DELETE_PARTITION, HVCALL_GET_PARTITION_PROPERTY,
	HVCALL_SET_PARTITION_PROPERTY, HVCALL_GET_PARTITION_ID,
	HVCALL_DEPOSIT_MEMORY, HVCALL_WITHDRAW_MEMORY, HVCALL_MAP_GPA_PAGES,
	HVCALL_UNMAP_GPA_PAGES, HVCALL_INSTALL_INTERCEPT, HVCALL_CREATE_VP,
	HVCALL_DELETE_VP, HVCALL_TRANSLATE_VIRTUAL_ADDRESS,
	HVCALL_CLEAR_VIRTUAL_INTERRUPT, HVCALL_DELETE_PORT,
	HVCALL_DISCONNECT_PORT, HVCALL_MAP_STATS_PAGE,
	HVCALL_UNMAP_STATS_PAGE, HVCALL_SET_SYSTEM_PROPERTY,
	HVCALL_ADD_LOGICAL_PROCESSOR, HVCALL_GET_SYSTEM_PROPERTY,
	HVCALL_MAP_DEVICE_INTERRUPT, HVCALL_UNMAP_DEVICE_INTERRUPT,
	HVCALL_ENTER_SLEEP_STATE, HVCALL_NOTIFY_PARTITION_EVENT,
	HVCALL_NOTIFY_PORT_RING_EMPTY, HVCALL_REGISTER_INTERCEPT_RESULT,
	HVCALL_ASSERT_VIRTUAL_INTERRUPT, HVCALL_CREATE_PORT,
	HVCALL_CONNECT_PORT, HVCALL_SIGNAL_EVENT_DIRECT,
	HVCALL_POST_MESSAGE_DIRECT, HVCALL_DISPATCH_VP,
	HVCALL_GET_GPA_PAGES_ACCESS_STATES, HVCALL_MAP_VP_STATE_PAGE,
	HVCALL_UNMAP_VP_STATE_PAGE, HVCALL_GET_VP_STATE, HVCALL_SET_VP_STATE,
	HVCALL_GET_VP_CPUID_VALUES, HVCALL_GET_PARTITION_PROPERTY_EX,
};

/* Guests' calls on VPs' registers, for which this one has no privilege. */
static const uint16_t denied[] = { HVCALL_GET_VP_REGISTERS,
	HVCALL_SET_VP_REGISTERS };

#define WORDS 512
static uint64_t in[WORDS] __attribute__((aligned(4096)));
static uint64_t out[WORDS] __attribute__((aligned(4096)));
static uint64_t copy[WORDS];

static void begin(void)
{
}

static uint64_t partition(void)
{
	switch (below(4)) {
	case 0: return HV_PARTITION_ID_SELF;
	case 1: return below(64);
	case 2: return (uint64_t)below(8) << below(40) | below(16);
	default: return odd();
	}
}

static uint64_t place(const void *page)
{
	static const uint64_t bad[] = { 0xa0000, 0xfee00000, 0xfec00000,
		NOWHERE, 0x100000000, ~0ull };

	switch (below(6)) {
	case 0: return PICK(bad);
	case 1: return quad_of(page) + below(PAGE);
	default: return quad_of(page) + below(8) * 8;
	}
}

static void prepare(void)
{
	unsigned int i;

	odd_fill(in, 256);
	in[0] = partition();
	for (i = 0; i < WORDS; i++) {
		copy[i] = in[i];
		out[i] = i;
	}
}

static void nothing_changed(void)
{
	uint64_t page;
	unsigned int i;

	for (i = 0; i < WORDS; i++)
		CHECK(in[i] == copy[i] && out[i] == i);
	CHECK(hv_read(HV_MSR_HYPERCALL, &page) && page & HV_HYPERCALL_ENABLE);
}

/* Whatever the control word says besides. */
static void call_parents(void)
{
	uint64_t control = PICK(parents);

	if (one_in(2))
		control |= (uint64_t)random32() << 16;
	if (one_in(2))
		control |= (uint64_t)random32() << 32;
	CHECK(STATUS(hv_call(control, place(in), place(out))) ==
		HV_STATUS_ACCESS_DENIED);
}

static void call_denied(void)
{
	CHECK(STATUS(hv_call(PICK(denied) | REPS(1 + below(100)), place(in),
		place(out))) == HV_STATUS_ACCESS_DENIED);
}

/* Nobody knows these. */
static void call_unknown(void)
{
	static const uint16_t unknown[] = { 0, 1, 0x41f, 0x7fff, 0x8000,
		0x8003, 0xffff };

	CHECK(STATUS(hv_call(PICK(unknown), place(in), place(out))) ==
		HV_STATUS_INVALID_HYPERCALL_CODE);
}

static void step(void)
{
	prepare();
	switch (below(16)) {
	case 0: call_unknown(); break;
	case 1: case 2: call_denied(); break;
	default: call_parents(); break;
	}
	nothing_changed();
	refused++;
}

const struct row row_calls = { "n6", begin, step, NULL };
