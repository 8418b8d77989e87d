/* The tests, one list in each file. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_H
#define TESTS_H

#include "report.h"

extern const struct test form_tests[], calls_tests[], access_tests[];
extern const struct test msrs_tests[], timers_tests[], ipis_tests[];
extern const struct test storm_tests[];

#endif
