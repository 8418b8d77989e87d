/* What each hypercall checks and does: the last column of docs/hypercalls.md.
 * The tests build on one another: processors are added once. */
/* SPDX-License-Identifier: MIT */
#include "call.h"
#include "clock.h"
#include "cpu.h"
#include "tests.h"

static uint64_t own_id(void)
{
	call(HVCALL_GET_PARTITION_ID, NULL, 0);
	return OUT[0];
}

static void partition_id(void)
{
	EXPECT(call(HVCALL_GET_PARTITION_ID, NULL, 0), HV_STATUS_SUCCESS);
	EXPECT(OUT[0] != 0 && OUT[0] != SELF && OUT[0] != NOBODY, true);
	EXPECT(OUT[1], 0xeeeeeeeeeeeeeeee);
	EXPECT(own_id(), own_id());
}

static void system_property(void)
{
	struct hv_get_system_property_in in = {0};

	for (in.property = 0; in.property < 100; in.property++) {
		bool known = in.property == HV_PROPERTY_SCHEDULER_TYPE;

		report_about("property %u", in.property);
		EXPECT(CALL(HVCALL_GET_SYSTEM_PROPERTY, in), known ?
			HV_STATUS_SUCCESS : HV_STATUS_UNKNOWN_PROPERTY);
		EXPECT(OUT[0], known ? HV_SCHEDULER_ROOT : 0xeeeeeeeeeeeeeeee);
	}
}

static void partition_property(void)
{
	struct hv_property_ex_in in = {.partition_id = NOBODY};

	EXPECT(CALL(HVCALL_GET_PARTITION_PROPERTY_EX, in),
		HV_STATUS_INVALID_PARTITION_ID);
	in.partition_id = SELF;
	EXPECT(CALL(HVCALL_GET_PARTITION_PROPERTY_EX, in),
		HV_STATUS_UNKNOWN_PROPERTY);
	in.partition_id = own_id();
	EXPECT(CALL(HVCALL_GET_PARTITION_PROPERTY_EX, in),
		HV_STATUS_UNKNOWN_PROPERTY);
}

static void notify_event(void)
{
	struct hv_notify_event_in in = {0};

	for (in.event = 0; in.event < 10; in.event++) {
		uint32_t want = in.event == HV_EVENT_ALL_LPS_STARTED ?
			HV_STATUS_SUCCESS : HV_STATUS_INVALID_PARAMETER;

		report_about("event %u", in.event);
		EXPECT(CALL(HVCALL_NOTIFY_PARTITION_EVENT, in), want);
		EXPECT(call_raw(HVCALL_NOTIFY_PARTITION_EVENT | HVCALL_FAST,
			in.event, 0), want);
	}
}

static uint32_t set_sleep(uint32_t state, uint8_t a, uint8_t b)
{
	struct hv_set_system_property_in in = {
		.property = HV_PROPERTY_SLEEP_STATE, .sleep_state = state,
		.pm1a_type = a, .pm1b_type = b,
	};

	return CALL(HVCALL_SET_SYSTEM_PROPERTY, in);
}

static void sleep_states(void)
{
	struct hv_set_system_property_in in = {.sleep_state = 1};
	struct hv_sleep_in sleep;

	for (in.property = 0; in.property < 20; in.property++) {
		if (in.property == HV_PROPERTY_SLEEP_STATE)
			continue;
		report_about("property %u", in.property);
		EXPECT(CALL(HVCALL_SET_SYSTEM_PROPERTY, in),
			HV_STATUS_UNKNOWN_PROPERTY);
	}
	for (sleep.sleep_state = 0; sleep.sleep_state < 5; sleep.sleep_state++)
		EXPECT(CALL(HVCALL_ENTER_SLEEP_STATE, sleep),
			HV_STATUS_INVALID_PARAMETER);
	/* Its types are not known yet. */
	EXPECT(CALL(HVCALL_ENTER_SLEEP_STATE, sleep),
		HV_STATUS_OPERATION_DENIED);
	EXPECT(set_sleep(0, 0, 0), HV_STATUS_PROPERTY_VALUE_OUT_OF_RANGE);
	EXPECT(set_sleep(6, 0, 0), HV_STATUS_PROPERTY_VALUE_OUT_OF_RANGE);
	EXPECT(set_sleep(~0u, 0, 0), HV_STATUS_PROPERTY_VALUE_OUT_OF_RANGE);
	EXPECT(set_sleep(5, 8, 0), HV_STATUS_PROPERTY_VALUE_OUT_OF_RANGE);
	EXPECT(set_sleep(5, 0, 8), HV_STATUS_PROPERTY_VALUE_OUT_OF_RANGE);
	EXPECT(set_sleep(5, 255, 255), HV_STATUS_PROPERTY_VALUE_OUT_OF_RANGE);
	EXPECT(CALL(HVCALL_ENTER_SLEEP_STATE, sleep),
		HV_STATUS_OPERATION_DENIED);
	/* Not what the firmware's tables say, which is 0 for QEMU's. */
	EXPECT(set_sleep(5, 1, 0), HV_STATUS_PROPERTY_VALUE_OUT_OF_RANGE);
	EXPECT(CALL(HVCALL_ENTER_SLEEP_STATE, sleep),
		HV_STATUS_OPERATION_DENIED);
	EXPECT(set_sleep(1, 7, 7), HV_STATUS_SUCCESS);
	EXPECT(set_sleep(4, 0, 7), HV_STATUS_SUCCESS);
}

static uint32_t run_time(uint32_t index)
{
	struct hv_lp_run_time_in in = {index};

	return CALL(HVCALL_GET_LOGICAL_PROCESSOR_RUN_TIME, in);
}

static uint32_t add(uint32_t index, uint32_t id)
{
	struct hv_add_lp_in in = {.lp_index = index, .apic_id = id};

	return CALL(HVCALL_ADD_LOGICAL_PROCESSOR, in);
}

static uint32_t create(uint64_t partition, uint32_t index, uint64_t flags)
{
	struct hv_create_vp_in in = {.partition_id = partition,
		.vp_index = index, .flags = flags};

	return CALL(HVCALL_CREATE_VP, in);
}

/* The processor that the parent was started on is there from the start. */
static void add_processors(void)
{
	unsigned int i;

	EXPECT(run_time(0), HV_STATUS_SUCCESS);
	for (i = 1; i <= cpu_count; i++) {
		EXPECT(run_time(i), HV_STATUS_INVALID_LP_INDEX);
		/* No VP on a processor that is not there. */
		if (i < cpu_count)
			EXPECT(create(SELF, i, i),
				HV_STATUS_INVALID_PARAMETER);
	}
	EXPECT(add(cpu_count, 0), HV_STATUS_INVALID_LP_INDEX);
	EXPECT(add(~0u, ~0u), HV_STATUS_INVALID_LP_INDEX);
	EXPECT(add(0, 0x7777), HV_STATUS_INVALID_PARAMETER);
	EXPECT(add(0, ~0u), HV_STATUS_INVALID_PARAMETER);
	for (i = 0; i < cpu_count; i++) {
		report_about("processor %u", i);
		EXPECT(add(i, cpu_at(i)->apic_id), i ? HV_STATUS_SUCCESS :
			HV_STATUS_OPERATION_DENIED);
		EXPECT(add(i, cpu_at(i)->apic_id),
			HV_STATUS_OPERATION_DENIED);
		EXPECT(add(cpu_count - 1, cpu_at(0)->apic_id),
			HV_STATUS_OPERATION_DENIED);
		EXPECT(add(i, 0x7777), HV_STATUS_INVALID_PARAMETER);
	}
}

static void processor_run_time(void)
{
	uint64_t before, now;
	unsigned int i;

	for (i = 0; i < cpu_count; i++) {
		report_about("processor %u", i);
		EXPECT(run_time(i), HV_STATUS_SUCCESS);
		EXPECT_BETWEEN(OUT[0], 1, clock_now());
		EXPECT_BETWEEN(OUT[1] + OUT[3], 0, OUT[0]);
		EXPECT(OUT[2], 0);
	}
	now = clock_now();
	/* What it runs is counted when it leaves: the next call has it. */
	run_time(0);
	run_time(0);
	before = OUT[1];
	clock_wait(5 * MILLISECOND);
	run_time(0);
	run_time(0);
	EXPECT_BETWEEN(OUT[1] - before, 4 * MILLISECOND, clock_now() - now);
	EXPECT(run_time(cpu_count), HV_STATUS_INVALID_LP_INDEX);
	EXPECT(run_time(~0u), HV_STATUS_INVALID_LP_INDEX);
}

static void create_vps(void)
{
	unsigned int i;

	EXPECT(create(NOBODY, 0, 0), HV_STATUS_INVALID_PARTITION_ID);
	EXPECT(create(SELF, cpu_count, cpu_count),
		HV_STATUS_INVALID_VP_INDEX);
	EXPECT(create(SELF, HV_VP_INDEX_SELF, 0), HV_STATUS_INVALID_VP_INDEX);
	EXPECT(create(SELF, 0, 1), HV_STATUS_INVALID_PARAMETER);
	EXPECT(create(SELF, 0, 1ull << 32), HV_STATUS_INVALID_PARAMETER);
	EXPECT(create(SELF, 0, 0), HV_STATUS_INVALID_VP_STATE);
	if (cpu_count == 1)
		return;
	EXPECT(create(SELF, 1, 0), HV_STATUS_INVALID_PARAMETER);
	EXPECT(create(own_id(), 1, 1), HV_STATUS_SUCCESS);
	EXPECT(create(SELF, 1, 1), HV_STATUS_INVALID_VP_STATE);
	for (i = 2; i < cpu_count; i++) {
		report_about("processor %u", i);
		EXPECT(create(SELF, i, i), HV_STATUS_SUCCESS);
	}
}

const struct test call_tests[] = {
	{"call: GET_PARTITION_ID", partition_id},
	{"call: GET_SYSTEM_PROPERTY", system_property},
	{"call: GET_PARTITION_PROPERTY_EX", partition_property},
	{"call: NOTIFY_PARTITION_EVENT", notify_event},
	{"call: SET_SYSTEM_PROPERTY and ENTER_SLEEP_STATE", sleep_states},
	{"call: ADD_LOGICAL_PROCESSOR", add_processors},
	{"call: GET_LOGICAL_PROCESSOR_RUN_TIME", processor_run_time},
	{"call: CREATE_VP", create_vps},
	{0},
};
