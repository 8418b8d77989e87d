/* A hypercall's input and output in its caller's memory. */
/* SPDX-License-Identifier: MIT */
#include "parameter.h"

#include "../abi/hypercall.h"
#include "../abi/status.h"
#include "gpa.h"
#include "hypercall.h"
#include "intercept.h"
#include "memory.h"
#include "partition.h"
#include "vp.h"

/* A guest's page lacks a right. Where the parent has taken it away it comes
 * back with the intercept, and the call with it; a page that is nowhere, or one
 * that is only to be read, is the guest's mistake. */
static uint16_t missing(struct vp *vp, uint64_t gpa, unsigned int right)
{
	unsigned int rights = gpa_rights(vp->partition, gpa);

	/* It has come back meanwhile. */
	if (rights & right)
		return HYPERCALL_AGAIN;
	if (!(rights & MAP_KNOWN) || rights & MAP_READ)
		return HV_STATUS_INVALID_HYPERCALL_INPUT;
	intercept_memory(vp, gpa, right == MAP_WRITE ? HV_ACCESS_WRITE :
		HV_ACCESS_READ, true);
	return HYPERCALL_AGAIN;
}

uint16_t parameter_check(struct vp *vp, uint64_t gpa, uint32_t size,
	unsigned int right)
{
	if (!size)
		return HV_STATUS_SUCCESS;
	if (gpa & 7 || (gpa & (HV_PAGE_SIZE - 1)) + size > HV_PAGE_SIZE)
		return HV_STATUS_INVALID_ALIGNMENT;
	/* What is read is checked when it is copied. */
	if (!vp->child)
		return right == MAP_READ || memory_parent_owns(gpa, size) ?
			HV_STATUS_SUCCESS : HV_STATUS_INVALID_HYPERCALL_INPUT;
	return gpa_rights(vp->partition, gpa) & right ? HV_STATUS_SUCCESS :
		missing(vp, gpa, right);
}

uint16_t parameter_in(struct vp *vp, void *to, uint64_t gpa, uint32_t size)
{
	if (!vp->child)
		return memory_copy_in(to, gpa, size) ? HV_STATUS_SUCCESS :
			HV_STATUS_INVALID_HYPERCALL_INPUT;
	return gpa_read(vp->partition, gpa, to, size) ? HV_STATUS_SUCCESS :
		missing(vp, gpa, MAP_READ);
}

uint16_t parameter_out(struct vp *vp, uint64_t gpa, const void *from,
	uint32_t size)
{
	/* Who gives the page away meanwhile does not get the answer. */
	if (!vp->child) {
		memory_copy_out(gpa, from, size);
		return HV_STATUS_SUCCESS;
	}
	return gpa_write(vp->partition, gpa, from, size) ? HV_STATUS_SUCCESS :
		missing(vp, gpa, MAP_WRITE);
}
