/* Hypercalls that give memory to a partition's pool and take it back. */
/* SPDX-License-Identifier: MIT */
#include "../abi/hypercall.h"
#include "../abi/status.h"
#include "hypercall.h"
#include "memory.h"
#include "partition.h"
#include "vp.h"

static uint16_t add(struct hypercall *call, struct partition *partition)
{
	const struct hv_deposit_in *in = call->in;

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

uint16_t deposit_add(struct hypercall *call)
{
	const struct hv_deposit_in *in = call->in;
	struct partition *partition = partition_get(in->partition_id);
	uint16_t status;

	if (!partition)
		return HV_STATUS_INVALID_PARTITION_ID;
	status = add(call, partition);
	partition_put(partition);
	return status;
}

static uint16_t withdraw(struct hypercall *call, struct partition *partition)
{
	uint64_t *out = call->out;

	for (; call->done < call->reps; call->done++) {
		void *page = pool_remove(&partition->pool);

		if (!page)
			return HV_STATUS_NO_RESOURCES;
		memory_give(page, MAP_READ | MAP_WRITE | MAP_EXECUTE);
		out[call->done] = memory_taken_pfn(page);
	}
	return HV_STATUS_SUCCESS;
}

uint16_t deposit_withdraw(struct hypercall *call)
{
	const struct hv_withdraw_in *in = call->in;
	struct partition *partition = partition_get(in->partition_id);
	uint16_t status;

	if (!partition)
		return HV_STATUS_INVALID_PARTITION_ID;
	status = withdraw(call, partition);
	partition_put(partition);
	return status;
}
