/* Notices that the hypervisor shall give: one register for all kinds. */
/* SPDX-License-Identifier: MIT */
#include "order.h"

#include "mshv.h"
#include "vm.h"
#include "vp.h"

/* The partition's descriptor: the VP's would wait while it runs. What is
 * ordered already and on its way comes twice: nobody minds. */
int order(struct vp *vp, uint64_t bits)
{
	struct hv_register all = {
		.name = HV_REGISTER_DELIVERABILITY,
		.value.reg64 = vp->ordered | bits,
	};
	int error;

	if ((vp->ordered & bits) == bits)
		return 0;
	error = mshv_set_registers(vp->vm->partition, vp->index, &all, 1);
	if (!error)
		vp->ordered |= bits;
	return error;
}

void order_came(struct vp *vp, uint64_t bits)
{
	vp->ordered &= ~bits;
}
