/* What is said once for each of a few things, and never again. */
/* SPDX-License-Identifier: MIT */
#include "once.h"

bool once(struct once *table, uint64_t key)
{
	unsigned int i;

	for (i = 0; i < ONCE_KEYS; i++) {
		uint64_t found = 0;

		/* Of two that come at once one finds the other's. */
		if (__atomic_compare_exchange_n(&table->key[i], &found, key,
				false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
			return true;
		if (found == key)
			return false;
	}
	return false;
}
