/* The tests, one list in each file. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_H
#define TESTS_H

#include "report.h"

extern const struct test form_tests[], call_tests[], deposit_tests[];
extern const struct test device_tests[], caller_tests[], leaf_tests[];
extern const struct test msr_tests[], timer_tests[], message_tests[];
extern const struct test own_tests[], ipi_tests[], start_tests[];
extern const struct test insn_tests[], storm_tests[], crowd_tests[];
extern const struct test guard_tests[], port_tests[], break_tests[];
extern const struct test deliver_tests[];
extern const struct test children_tests[], childmem_tests[];
extern const struct test childcept_tests[], childint_tests[];
extern const struct test childstate_tests[], childsmp_tests[];
extern const struct test childstorm_tests[];
extern const struct test childface_tests[], childpage_tests[];
extern const struct test bell_tests[], event_tests[];
extern const struct test childsynic_tests[], childtimer_tests[];
extern const struct test guestcall_tests[], guestsmp_tests[];
extern const struct test last_tests[];

/* No tests: figures, which are printed. */
extern const struct test figures[];

#endif
