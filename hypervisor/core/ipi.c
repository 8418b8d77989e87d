/* Fixed interrupts from one VP of a guest to many. TLFS 10.5 */
/* SPDX-License-Identifier: MIT */
#include "../abi/hypercall.h"
#include "../abi/status.h"
#include "child.h"
#include "hypercall.h"
#include "partition.h"
#include "vp.h"
#include "vpset.h"

/* One that is pending there already has woken it. */
static void send(struct partition *partition, const struct vpset *set,
	uint8_t vector)
{
	uint32_t i = 0;
	struct vp *vp;

	while ((vp = vpset_next(set, partition, &i))) {
		if (vlapic_accept(&vp->child->lapic, vector, false))
			child_wake(vp);
	}
}

/* There is one trust level. */
static bool is_valid(uint32_t vector, uint8_t vtl)
{
	return vector >= 16 && vector <= 255 && !HV_INPUT_VTL(vtl);
}

uint16_t ipi_send(struct hypercall *call)
{
	const struct hv_send_ipi_in *in = call->in;
	struct vpset set;

	if (!is_valid(in->vector, in->vtl))
		return HV_STATUS_INVALID_PARAMETER;
	vpset_mask(&set, in->processors);
	send(call->vp->partition, &set, (uint8_t)in->vector);
	return HV_STATUS_SUCCESS;
}

uint16_t ipi_send_ex(struct hypercall *call)
{
	const struct hv_send_ipi_ex_in *in = call->in;
	struct vpset set;
	uint16_t status;

	if (!is_valid(in->vector, in->vtl))
		return HV_STATUS_INVALID_PARAMETER;
	status = vpset_sparse(&set, &in->processors, call->variable);
	if (status == HV_STATUS_SUCCESS)
		send(call->vp->partition, &set, (uint8_t)in->vector);
	return status;
}
