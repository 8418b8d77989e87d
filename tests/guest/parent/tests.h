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
extern const struct test last_tests[];

#endif
