/* The start, and the list of tests. */
/* SPDX-License-Identifier: MIT */
#include "../../../hypervisor/abi/linux.h"
#include "../../../hypervisor/lib/asm.h"
#include "../../../hypervisor/lib/string.h"
#include "call.h"
#include "clock.h"
#include "cpu.h"
#include "memory.h"
#include "report.h"
#include "storm.h"
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

/* "name=NUMBER" of the command line, else what the value is. */
static void option(const char *line, const char *name, uint64_t *value)
{
	size_t length = strlen(name);

	for (; *line; line++) {
		if (memcmp(line, name, length))
			continue;
		*value = 0;
		for (line += length; *line >= '0' && *line <= '9'; line++)
			*value = *value * 10 + (uint64_t)(*line - '0');
		return;
	}
}

void main(const struct linux_zero_page *zero)
{
	const char *line = (const char *)(uint64_t)zero->setup.cmd_line_ptr;

	option(line, "operations=", &storm_operations);
	option(line, "seed=", &storm_seed);
	report_init();
	/* The old interrupt controllers stay silent. */
	outb(0x21, 0xff);
	outb(0xa1, 0xff);
	memory_init(zero);
	cpu_init(0);
	clock_init();
	call_init();
	cpu_create();
	report_run(form_tests);
	report_run(calls_tests);
	report_run(access_tests);
	report_run(msrs_tests);
	interrupts_on();
	report_run(timers_tests);
	report_run(ipis_tests);
	report_run(storm_tests);
	report_end();
	power_off();
}
