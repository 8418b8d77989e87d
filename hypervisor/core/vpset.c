/* Sets of a child's VPs, as its calls name them. */
/* SPDX-License-Identifier: MIT */
#include "vpset.h"

#include "../abi/hypercall.h"
#include "../abi/status.h"
#include "child.h"

void vpset_all(struct vpset *set)
{
	unsigned int i;

	for (i = 0; i < VPSET_BANKS; i++)
		set->bank[i] = ~0ull;
}

void vpset_mask(struct vpset *set, uint64_t mask)
{
	*set = (struct vpset){{mask}};
}

static uint32_t count_bits(uint64_t bits)
{
	uint32_t count = 0;

	for (; bits; bits &= bits - 1)
		count++;
	return count;
}

/* Each bit of the mask has its bank, the lowest first. */
uint16_t vpset_sparse(struct vpset *set, const struct hv_vp_set *from,
	uint32_t banks)
{
	uint64_t rest = from->banks;
	uint32_t i;

	if (count_bits(rest) != banks)
		return HV_STATUS_INVALID_HYPERCALL_INPUT;
	if (from->format == HV_VP_SET_ALL) {
		vpset_all(set);
		return HV_STATUS_SUCCESS;
	}
	if (from->format != HV_VP_SET_SPARSE_4K)
		return HV_STATUS_INVALID_PARAMETER;
	*set = (struct vpset){{0}};
	for (i = 0; rest; rest &= rest - 1, i++) {
		uint32_t bank = (uint32_t)__builtin_ctzll(rest);

		if (bank < VPSET_BANKS)
			set->bank[bank] = from->bank[i];
	}
	return HV_STATUS_SUCCESS;
}

struct vp *vpset_next(const struct vpset *set, struct partition *partition,
	uint32_t *index)
{
	uint32_t count = __atomic_load_n(&partition->vp_count,
		__ATOMIC_SEQ_CST);

	while (*index < count) {
		uint64_t rest = set->bank[*index / 64] >> *index % 64;
		struct vp *vp;

		if (!rest) {
			*index = (*index | 63) + 1;
			continue;
		}
		*index += (uint32_t)__builtin_ctzll(rest);
		if (*index >= count)
			break;
		vp = child_find(partition, (*index)++);
		if (vp)
			return vp;
	}
	return NULL;
}
