/* Values of several parts, for those who check a key and those who check sections. */
/* SPDX-License-Identifier: MIT */
#ifndef KEYS_VALUES_H
#define KEYS_VALUES_H

#include <stdbool.h>
#include <stdint.h>

enum { MAC_LENGTH = sizeof("52:54:00:12:34:56") - 1 };

bool good_bond_name(const char *value);

/* The next MAC address of a list with blanks between; "": there is none. */
const char *mac_next(const char *macs);
/* Whether a list has the address that mac begins with. */
bool mac_list_has(const char *macs, const char *mac);

/* "first-last", IPv4, in host order. False: it is no range. */
bool range_parse(const char *value, uint32_t range[2]);

#endif
