/* Hypercalls that give memory to a partition's pool and take it back. */
/* SPDX-License-Identifier: MIT */
#include "../abi/hypercall.h"
#include "../abi/status.h"
#include "hypercall.h"
#include "memory.h"
#include "partition.h"
#include "vp.h"

uint16_t deposit_add(struct hypercall *call)
{
	const struct hv_deposit_in *in = call->in;
	struct partition *partition = partition_find(in->partition_id);

	if (!partition)
		return HV_STATUS_INVALID_PARTITION_ID;
	switch (memory_take(in->page + call->done, call->reps - call->done)) {
	case MEMORY_NOT_OWNED:
		return HV_STATUS_INVALID_PARAMETER;
	case MEMORY_NO_TABLE:
		return HV_STATUS_NO_RESOURCES;
	case MEMORY_TAKEN:
		break;
	}
	for (; call->done < call->reps; call->done++) {
		pool_add(&partition->pool, memory_taken_page(
			in->page[call->done]));
	}
	return HV_STATUS_SUCCESS;
}

uint16_t deposit_withdraw(struct hypercall *call)
{
	const struct hv_withdraw_in *in = call->in;
	struct partition *partition = partition_find(in->partition_id);
	uint64_t *out = call->out;

	if (!partition)
		return HV_STATUS_INVALID_PARTITION_ID;
	for (; call->done < call->reps; call->done++) {
		void *page = pool_remove(&partition->pool);

		if (!page)
			return HV_STATUS_NO_RESOURCES;
		memory_give(page, MAP_READ | MAP_WRITE | MAP_EXECUTE);
		out[call->done] = memory_taken_pfn(page);
	}
	return HV_STATUS_SUCCESS;
}
