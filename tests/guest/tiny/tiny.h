/* A tiny guest: its tests, one feature each. */
/* SPDX-License-Identifier: MIT */
#ifndef TINY_H
#define TINY_H

#include "bare.h"

void test_exceptions(void);
void test_segments(void);
void test_paging(void);
void test_strings(void);
void test_modified_code(void);
void test_msrs(void);
void test_virtualization(void);
void test_pit(void);
void test_apic(void);

/* No tests. */
extern uint64_t tiny_start;	/* the TSC then */
void tell_figures(void);
void tell_start(void);

#endif
