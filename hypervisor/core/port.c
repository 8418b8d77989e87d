/* Ports: where messages and events of other partitions arrive. */
/* SPDX-License-Identifier: MIT */
#include "port.h"

#include "../abi/hypercall.h"
#include "../abi/message.h"
#include "../abi/status.h"
#include "child.h"
#include "connection.h"
#include "hypercall.h"
#include "machine.h"
#include "partition.h"
#include "ring.h"
#include "synic.h"
#include "vp.h"

#define AT_ONCE 16	/* ports that end in one piece */

struct lock port_lock = LOCK_INIT(LOCK_PORTS);

uint16_t port_partition(uint64_t id, struct partition **partition)
{
	*partition = partition_get(id);
	if (*partition == parent)
		return HV_STATUS_SUCCESS;
	partition_put(*partition);
	return partition_get_active(id, partition);
}

struct port *port_find(const struct partition *partition, uint32_t id)
{
	return id & HV_ID_RESERVED ? NULL : idtable_find(&partition->ports,
		id);
}

/* A child's VP may be made later. */
static bool is_target(const struct partition *partition, uint32_t vp_index)
{
	return vp_index == HV_ANY_VP || vp_index < (partition == parent ?
		machine.cpu_count : PARTITION_VPS);
}

static uint16_t check_info(const struct partition *partition,
	const struct hv_create_port_in *in)
{
	bool is_doorbell = in->type == HV_PORT_DOORBELL;
	unsigned int end = in->flag_base + in->flag_count;

	if (in->port_vtl || in->connection_vtl || in->sint >= SYNIC_SINTS)
		return HV_STATUS_INVALID_PARAMETER;
	if (in->type < HV_PORT_MESSAGE || in->type > HV_PORT_DOORBELL ||
			in->type == HV_PORT_MONITOR ||
			is_doorbell != (partition == parent))
		return HV_STATUS_INVALID_PARAMETER;
	if (in->type == HV_PORT_EVENT ? !in->flag_count ||
			end > HV_EVENT_FLAGS : end)
		return HV_STATUS_INVALID_PARAMETER;
	return is_target(partition, in->vp_index) ? HV_STATUS_SUCCESS :
		HV_STATUS_INVALID_VP_INDEX;
}

/* With port_lock. */
static uint16_t make(struct partition *partition,
	const struct hv_create_port_in *in, uint64_t client)
{
	struct port *port;

	if (port_find(partition, in->port_id))
		return HV_STATUS_INVALID_PORT_ID;
	port = idtable_make(&partition->ports, &partition->pool, in->port_id);
	if (!port)
		return HV_STATUS_INSUFFICIENT_MEMORY;
	*port = (struct port){
		.type = (uint8_t)in->type, .sint = (uint8_t)in->sint,
		.flag_base = in->flag_base, .flag_count = in->flag_count,
		.id = in->port_id, .vp_index = in->vp_index,
		.partition = partition, .client = client,
	};
	return HV_STATUS_SUCCESS;
}

static uint16_t create(struct partition *partition,
	const struct hv_create_port_in *in)
{
	struct partition *client;
	uint16_t status;

	/* 0 is an empty place in a ring. */
	if (in->port_id & HV_ID_RESERVED || !in->port_id)
		return HV_STATUS_INVALID_PORT_ID;
	status = check_info(partition, in);
	if (status != HV_STATUS_SUCCESS)
		return status;
	client = partition_get(in->connection_partition_id);
	if (!client)
		return HV_STATUS_INVALID_PARTITION_ID;
	lock_take(&port_lock);
	status = make(partition, in, client->id);
	lock_give(&port_lock);
	partition_put(client);
	return status;
}

uint16_t port_create(struct hypercall *call)
{
	const struct hv_create_port_in *in = call->in;
	struct partition *partition;
	uint16_t status = port_partition(in->port_partition_id, &partition);

	if (status != HV_STATUS_SUCCESS)
		return status;
	status = create(partition, in);
	partition_put(partition);
	return status;
}

/* With port_lock. */
static void end(struct port *port)
{
	struct partition *partition = port->partition;

	connection_lose_port(port);
	ring_forget(port);
	idtable_drop(&partition->ports, &partition->pool, port->id);
}

uint16_t port_delete(struct hypercall *call)
{
	const struct hv_delete_port_in *in = call->in;
	struct partition *partition;
	uint16_t status = port_partition(in->port_partition_id, &partition);
	struct port *port;

	if (status != HV_STATUS_SUCCESS)
		return status;
	lock_take(&port_lock);
	port = port_find(partition, in->port_id);
	if (port)
		end(port);
	lock_give(&port_lock);
	partition_put(partition);
	return port ? HV_STATUS_SUCCESS : HV_STATUS_INVALID_PORT_ID;
}

bool port_end(struct partition *partition)
{
	struct port *port = NULL;
	unsigned int i;

	lock_take(&port_lock);
	for (i = 0; i < AT_ONCE; i++) {
		port = idtable_first(&partition->ports);
		if (!port)
			break;
		end(port);
	}
	lock_give(&port_lock);
	return port;
}

/* Any VP of a child's is its first. */
static uint16_t get_target(const struct port *port, struct vp **vp)
{
	struct partition *partition = port->partition;

	if (__atomic_load_n(&partition->state, __ATOMIC_SEQ_CST) !=
			PARTITION_ACTIVE)
		return HV_STATUS_INVALID_PORT_ID;
	*vp = child_find(partition, port->vp_index == HV_ANY_VP ? 0 :
		port->vp_index);
	return *vp ? HV_STATUS_SUCCESS : HV_STATUS_INVALID_VP_INDEX;
}

uint16_t port_post(const struct port *port, uint32_t type,
	const void *payload, uint32_t size)
{
	struct vp *vp;
	uint16_t status;

	if (port->type != HV_PORT_MESSAGE)
		return HV_STATUS_INVALID_PORT_ID;
	status = get_target(port, &vp);
	if (status != HV_STATUS_SUCCESS)
		return status;
	return synic_child_post(vp, port->sint, type, port->id, payload, size);
}

uint16_t port_signal(const struct port *port, uint16_t flag)
{
	struct vp *vp;
	uint16_t status;
	bool is_new;

	if (port->type != HV_PORT_EVENT)
		return HV_STATUS_INVALID_PORT_ID;
	if (flag >= port->flag_count)
		return HV_STATUS_INVALID_PARAMETER;
	status = get_target(port, &vp);
	if (status != HV_STATUS_SUCCESS)
		return status;
	return synic_child_signal(vp, port->sint, port->flag_base +
		(unsigned int)flag, &is_new);
}
