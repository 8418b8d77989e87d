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

static void test(void)
{
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
	report_run(children_tests);
	report_run(childmem_tests);
	report_run(childcept_tests);
	report_run(childint_tests);
	report_run(childstate_tests);
	report_run(childface_tests);
	report_run(childpage_tests);
	report_run(childsmp_tests);
	report_run(childstorm_tests);
	report_run(childsynic_tests);
	report_run(childtimer_tests);
	report_run(bell_tests);
	report_run(event_tests);
	report_run(guestcall_tests);
	report_run(guestsmp_tests);
	report_run(insn_tests);
	report_run(deliver_tests);
	report_run(guard_tests);
	report_run(port_tests);
	report_run(break_tests);
	report_run(storm_tests);
	report_run(crowd_tests);
	report_run(last_tests);
}

/* With the word figures=1, which bench.py gives. */
static void measure(void)
{
	interrupts_on();
	report_run(figures);
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
	if (option_number("figures=", 0))
		measure();
	else
		test();
	report_end();
	power_off();
}
