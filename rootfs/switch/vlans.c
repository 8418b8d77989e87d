/* Sets of VLAN ids, and how they are written. */
/* SPDX-License-Identifier: MIT */
#include "vlans.h"

#include <stdio.h>
#include <string.h>

void vlans_add(struct vlans *vlans, uint16_t id)
{
	vlans->bits[id / 64] |= 1ull << id % 64;
}

bool vlans_has(const struct vlans *vlans, uint16_t id)
{
	return vlans->bits[id / 64] >> id % 64 & 1;
}

/* A number at *text, which moves behind it; 0: none that is good. */
static uint16_t take_id(const char **text)
{
	uint32_t id = 0;
	size_t digits = 0;

	if (**text == '0')
		return 0;
	for (; **text >= '0' && **text <= '9' && digits < 5; digits++)
		id = id * 10 + (uint32_t)(*(*text)++ - '0');
	return id <= VLAN_LAST ? id : 0;
}

bool vlans_parse(struct vlans *vlans, const char *list)
{
	uint16_t first, last;

	*vlans = (struct vlans){ 0 };
	for (;; list++) {
		first = last = take_id(&list);
		if (*list == '-') {
			list++;
			last = take_id(&list);
		}
		if (!first || last < first)
			return false;
		for (; first <= last; first++)
			vlans_add(vlans, first);
		if (!*list)
			return true;
		if (*list != ',')
			return false;
	}
}

bool vlans_run(const struct vlans *vlans, uint16_t *first, uint16_t *last)
{
	while (*first <= VLAN_LAST && !vlans_has(vlans, *first))
		++*first;
	if (*first > VLAN_LAST)
		return false;
	for (*last = *first; *last < VLAN_LAST &&
		vlans_has(vlans, *last + 1); )
		++*last;
	return true;
}

bool vlans_print(const struct vlans *vlans, char *list, size_t size)
{
	uint16_t first = VLAN_FIRST, last;
	size_t used = 0;
	int length;

	if (!size)
		return false;
	for (list[0] = '\0'; vlans_run(vlans, &first, &last);
		first = last + 1) {
		length = snprintf(list + used, size - used,
			first == last ? "%s%u" : "%s%u-%u", used ? "," : "",
			first, last);
		if (length < 0 || (size_t)length >= size - used)
			return false;
		used += (size_t)length;
	}
	return true;
}
