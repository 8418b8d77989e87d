/* The hypercalls that send messages and events. */
/* SPDX-License-Identifier: MIT */
#include "../abi/hypercall.h"
#include "../abi/message.h"
#include "../abi/status.h"
#include "../lib/string.h"
#include "child.h"
#include "connection.h"
#include "hypercall.h"
#include "intercept.h"
#include "partition.h"
#include "synic.h"
#include "vp.h"

static_assert(sizeof(((struct hv_post_direct_in *)0)->message) ==
	sizeof(struct hv_message), "layout");

/* A connection that we do not know may be known to a child's worker. */
static uint16_t unless_unknown(const struct hypercall *call, uint16_t status)
{
	if (status != HV_STATUS_INVALID_CONNECTION_ID || !call->vp->child ||
			!call->vp->partition->intercepts.connection)
		return status;
	intercept_hypercall(call->vp, call->length);
	return HYPERCALL_AGAIN;
}

/* TLFS 11.9.2: the highest bit of types is ours. */
static bool is_type(uint32_t type)
{
	return type && !(type & 1u << 31);
}

uint16_t event_post(struct hypercall *call)
{
	const struct hv_post_message_in *in = call->in;

	if (in->reserved || !is_type(in->type) ||
			in->size > sizeof(in->payload))
		return HV_STATUS_INVALID_PARAMETER;
	return unless_unknown(call, connection_post(call->vp->partition,
		in->connection_id, in->type, in->payload, in->size));
}

uint16_t event_signal(struct hypercall *call)
{
	const struct hv_signal_event_in *in = call->in;

	if (in->reserved)
		return HV_STATUS_INVALID_PARAMETER;
	return unless_unknown(call, connection_signal(
		call->vp->partition, in->connection_id, in->flag));
}

/* A VP of a child, which stays until partition_put(). */
static uint16_t get_vp(uint64_t id, uint32_t index, struct vp **vp)
{
	struct partition *partition;
	uint16_t status = partition_get_active(id, &partition);

	if (status != HV_STATUS_SUCCESS)
		return status;
	*vp = child_find(partition, index);
	if (*vp)
		return HV_STATUS_SUCCESS;
	partition_put(partition);
	return HV_STATUS_INVALID_VP_INDEX;
}

uint16_t event_post_direct(struct hypercall *call)
{
	const struct hv_post_direct_in *in = call->in;
	struct hv_message message;
	struct vp *vp;
	uint16_t status = get_vp(in->partition_id, in->vp_index, &vp);

	if (status != HV_STATUS_SUCCESS)
		return status;
	memcpy(&message, in->message, sizeof(message));
	if (in->vtl || in->sint >= SYNIC_SINTS || !message.type ||
			message.size > sizeof(message.payload))
		status = HV_STATUS_INVALID_PARAMETER;
	else
		status = synic_child_post(vp, in->sint, message.type,
			message.sender, message.payload, message.size);
	partition_put(vp->partition);
	return status;
}

uint16_t event_signal_direct(struct hypercall *call)
{
	const struct hv_signal_direct_in *in = call->in;
	struct hv_signal_direct_out *out = call->out;
	bool is_new = false;
	struct vp *vp;
	uint16_t status = get_vp(in->partition_id, in->vp_index, &vp);

	if (status != HV_STATUS_SUCCESS)
		return status;
	if (in->vtl || in->sint >= SYNIC_SINTS || in->flag >= HV_EVENT_FLAGS)
		status = HV_STATUS_INVALID_PARAMETER;
	else
		status = synic_child_signal(vp, in->sint, in->flag, &is_new);
	out->newly_signaled = is_new;
	partition_put(vp->partition);
	return status;
}
