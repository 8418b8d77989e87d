/* What two VMs have and only one may have. */
/* SPDX-License-Identifier: MIT */
#include "twins.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *one, const void *other)
{
	const struct twin *a = one, *b = other;
	int order = memcmp(a->key, b->key, sizeof(a->key));

	return order ? order : strcmp(a->owner, b->owner);
}

int twins_find(struct twin *twins, size_t count,
	void (*tell)(void *context, const struct twin *twin,
		const struct twin *before), void *context)
{
	size_t i, first = 0;
	int found = 0;

	if (count)
		qsort(twins, count, sizeof(*twins), compare);
	for (i = 1; i < count; i++) {
		if (memcmp(twins[i].key, twins[first].key,
			sizeof(twins[i].key))) {
			first = i;
			continue;
		}
		tell(context, &twins[i], &twins[first]);
		found++;
	}
	return found;
}
