/* The start, and the list of tests. */
/* SPDX-License-Identifier: MIT */
#include "../../../hypervisor/abi/linux.h"
#include "../../../hypervisor/lib/string.h"
#include "call.h"
#include "clock.h"
#include "cpu.h"
#include "memory.h"
#include "option.h"
#include "report.h"
#include "tests.h"
#include "trap.h"

void main(const struct linux_zero_page *zero);

/* Off, as ACPI S5 of QEMU's q35 wants it. */
static void power_off(void)
{
	struct hv_set_system_property_in property = {
		.property = HV_PROPERTY_SLEEP_STATE, .sleep_state = 5,
	};
	struct hv_sleep_in sleep = {5};

	call(HVCALL_SET_SYSTEM_PROPERTY, &property, sizeof(property));
	call(HVCALL_ENTER_SLEEP_STATE, &sleep, sizeof(sleep));
	report_stop("the machine is still on");
}

void main(const struct linux_zero_page *zero)
{
	report_init();
	option_init((const char *)(uint64_t)zero->setup.cmd_line_ptr);
	memory_init(zero);
	cpu_init(0);
	cpu_find();
	clock_init();
	call_init();
	report_run(form_tests);
	report_run(call_tests);
	report_run(deposit_tests);
	report_run(device_tests);
	report_run(caller_tests);
	report_run(leaf_tests);
	interrupts_on();
	report_run(msr_tests);
	report_run(timer_tests);
	report_run(message_tests);
	report_run(own_tests);
	report_run(ipi_tests);
	report_run(start_tests);
	report_run(insn_tests);
	report_run(storm_tests);
	report_run(crowd_tests);
	report_run(last_tests);
	report_end();
	power_off();
}
