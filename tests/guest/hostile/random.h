/* Hostile guests: random numbers that a seed repeats. */
/* SPDX-License-Identifier: MIT */
#ifndef HOSTILE_RANDOM_H
#define HOSTILE_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

void random_seed(uint32_t seed);
uint32_t random32(void);
/* From 0 to limit - 1. */
uint32_t below(uint32_t limit);
bool one_in(uint32_t count);
#define PICK(list) ((list)[below(sizeof(list) / sizeof((list)[0]))])

/* What programs forget: ends of ranges, signs, powers of two, anything. */
uint64_t odd(void);
void odd_fill(void *to, uint32_t size);

#endif
