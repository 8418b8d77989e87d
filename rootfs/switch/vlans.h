/* Sets of VLAN ids, and how they are written: "5,10-20". */
/* SPDX-License-Identifier: MIT */
#ifndef SWITCH_VLANS_H
#define SWITCH_VLANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { VLAN_FIRST = 1, VLAN_LAST = 4094 };

/* A bit for each id; all zero: none. */
struct vlans {
	uint64_t bits[64];
};

/* Ids or ranges with commas between; false: no such list, or an empty one. */
bool vlans_parse(struct vlans *vlans, const char *list);
/* Ids in order, neighbours as a range. false: size is too small. */
bool vlans_print(const struct vlans *vlans, char *list, size_t size);
void vlans_add(struct vlans *vlans, uint16_t id);
bool vlans_has(const struct vlans *vlans, uint16_t id);
/* The next run of ids from *first on; false: no more. */
bool vlans_run(const struct vlans *vlans, uint16_t *first, uint16_t *last);

#endif
