/* Names of our functions, for back-traces; the build makes the table. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_SYMBOL_H
#define CORE_SYMBOL_H

#include <stdint.h>

/* The function that holds the address, and how far in; "?" when none. */
const char *symbol_find(uint64_t address, uint64_t *offset);

#endif
