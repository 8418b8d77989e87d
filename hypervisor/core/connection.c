/* Connections: a partition's names for ports of others. */
/* SPDX-License-Identifier: MIT */
#include "connection.h"

#include "../abi/hypercall.h"
#include "../abi/status.h"
#include "hypercall.h"
#include "machine.h"
#include "partition.h"
#include "port.h"
#include "ring.h"
#include "vp.h"

#define BUCKETS	(HV_PAGE_SIZE / sizeof(struct connection *))
#define AT_ONCE	16	/* connections that end in one piece */

/* Doorbells of a window are 8 bytes from each other, those of devices 2, 4 or
 * a page. */
static struct connection **bucket_of(const struct partition *partition,
	uint64_t gpa)
{
	return &partition->doorbell_buckets[(gpa >> 3 ^ gpa >> 12 ^ gpa << 6) %
		BUCKETS];
}

static struct idtable *table_of(struct partition *partition, bool is_doorbell)
{
	return is_doorbell ? &partition->doorbells : &partition->connections;
}

/* With the connection's lock. */
static bool insert(struct connection *connection)
{
	struct partition *partition = connection->partition;
	struct connection **bucket;

	if (!partition->doorbell_buckets)
		partition->doorbell_buckets = pool_take(&partition->pool);
	if (!partition->doorbell_buckets)
		return false;
	bucket = bucket_of(partition, connection->gpa);
	connection->next = *bucket;
	*bucket = connection;
	return true;
}

static void remove(const struct connection *connection)
{
	struct partition *partition = connection->partition;
	struct connection **at = bucket_of(partition, connection->gpa);

	while (*at != connection)
		at = &(*at)->next;
	*at = connection->next;
}

static uint16_t check(const struct hv_connect_port_in *in)
{
	if (in->connection_id & HV_ID_RESERVED)
		return HV_STATUS_INVALID_CONNECTION_ID;
	if (in->connection_vtl)
		return HV_STATUS_INVALID_PARAMETER;
	if (in->type != HV_PORT_DOORBELL)
		return HV_STATUS_SUCCESS;
	if (in->flags & ~(HV_DOORBELL_SIZE_MASK | HV_DOORBELL_ANY_VALUE) ||
			(in->flags & HV_DOORBELL_SIZE_MASK) > 4 ||
			in->gpa >= machine.physical_end)
		return HV_STATUS_INVALID_PARAMETER;
	return HV_STATUS_SUCCESS;
}

/* With port_lock and the partition's. */
static uint16_t make(struct partition *partition, struct port *port,
	const struct hv_connect_port_in *in)
{
	bool is_doorbell = in->type == HV_PORT_DOORBELL;
	struct idtable *table = table_of(partition, is_doorbell);
	unsigned int size = (unsigned int)(in->flags & HV_DOORBELL_SIZE_MASK);
	struct connection *connection;

	if (idtable_find(table, in->connection_id))
		return HV_STATUS_INVALID_CONNECTION_ID;
	connection = idtable_make(table, &partition->pool, in->connection_id);
	if (!connection)
		return HV_STATUS_INSUFFICIENT_MEMORY;
	*connection = (struct connection){
		.type = (uint8_t)in->type, .id = in->connection_id,
		.partition = partition, .port = port,
		.size = (uint8_t)(size ? 1u << (size - 1) : 0),
		.any_value = in->flags & HV_DOORBELL_ANY_VALUE,
		.gpa = in->gpa, .value = in->value,
	};
	if (is_doorbell && !insert(connection)) {
		idtable_drop(table, &partition->pool, in->connection_id);
		return HV_STATUS_INSUFFICIENT_MEMORY;
	}
	port->connection = connection;
	return HV_STATUS_SUCCESS;
}

/* With port_lock. */
static uint16_t join(struct partition *partition, struct port *port,
	const struct hv_connect_port_in *in)
{
	uint16_t status;

	if (!port)
		return HV_STATUS_INVALID_PORT_ID;
	if (port->client != partition->id)
		return HV_STATUS_ACCESS_DENIED;
	if (port->type != in->type)
		return HV_STATUS_INVALID_PARAMETER;
	if (port->connection)
		return HV_STATUS_OPERATION_DENIED;
	lock_take(&partition->connection_lock);
	status = make(partition, port, in);
	lock_give(&partition->connection_lock);
	return status;
}

static uint16_t connect(struct partition *partition,
	const struct hv_connect_port_in *in)
{
	struct partition *owner;
	uint16_t status = check(in);

	if (status == HV_STATUS_SUCCESS)
		status = port_partition(in->port_partition_id, &owner);
	if (status != HV_STATUS_SUCCESS)
		return status;
	lock_take(&port_lock);
	status = join(partition, port_find(owner, in->port_id), in);
	lock_give(&port_lock);
	partition_put(owner);
	return status;
}

uint16_t connection_connect(struct hypercall *call)
{
	const struct hv_connect_port_in *in = call->in;
	struct partition *partition;
	uint16_t status = port_partition(in->connection_partition_id,
		&partition);

	if (status != HV_STATUS_SUCCESS)
		return status;
	status = connect(partition, in);
	partition_put(partition);
	return status;
}

/* With port_lock. */
static void end(struct connection *connection)
{
	struct partition *partition = connection->partition;
	bool is_doorbell = connection->type == HV_PORT_DOORBELL;

	lock_take(&partition->connection_lock);
	if (connection->port)
		connection->port->connection = NULL;
	if (is_doorbell)
		remove(connection);
	idtable_drop(table_of(partition, is_doorbell), &partition->pool,
		connection->id);
	lock_give(&partition->connection_lock);
}

static uint16_t disconnect(struct partition *partition,
	const struct hv_disconnect_port_in *in)
{
	struct connection *connection;

	if (in->connection_id & HV_ID_RESERVED)
		return HV_STATUS_INVALID_CONNECTION_ID;
	if (in->flags & ~HV_DISCONNECT_DOORBELL)
		return HV_STATUS_INVALID_PARAMETER;
	lock_take(&port_lock);
	connection = idtable_find(table_of(partition, in->flags),
		in->connection_id);
	if (connection)
		end(connection);
	lock_give(&port_lock);
	return connection ? HV_STATUS_SUCCESS :
		HV_STATUS_INVALID_CONNECTION_ID;
}

uint16_t connection_disconnect(struct hypercall *call)
{
	const struct hv_disconnect_port_in *in = call->in;
	struct partition *partition;
	uint16_t status = port_partition(in->connection_partition_id,
		&partition);

	if (status != HV_STATUS_SUCCESS)
		return status;
	status = disconnect(partition, in);
	partition_put(partition);
	return status;
}

void connection_lose_port(struct port *port)
{
	struct connection *connection = port->connection;

	if (!connection)
		return;
	lock_take(&connection->partition->connection_lock);
	connection->port = NULL;
	lock_give(&connection->partition->connection_lock);
}

bool connection_end(struct partition *partition)
{
	struct connection *connection = NULL;
	unsigned int i;

	lock_take(&port_lock);
	for (i = 0; i < AT_ONCE; i++) {
		connection = idtable_first(&partition->doorbells);
		if (!connection)
			connection = idtable_first(&partition->connections);
		if (!connection)
			break;
		end(connection);
	}
	lock_give(&port_lock);
	if (!connection && partition->doorbell_buckets) {
		pool_give(&partition->pool, partition->doorbell_buckets);
		partition->doorbell_buckets = NULL;
	}
	return connection;
}

/* With the partition's lock: one that has any value and size fits all. */
static struct connection *find_doorbell(const struct partition *partition,
	uint64_t gpa, unsigned int size, uint64_t value)
{
	struct connection *at = *bucket_of(partition, gpa);

	while (at && (at->gpa != gpa || (at->size && size &&
			at->size != size) || (!at->any_value &&
			at->value != value)))
		at = at->next;
	return at;
}

/* False when there has never been one. */
static bool has_doorbells(const struct partition *partition)
{
	return __atomic_load_n(&partition->doorbell_buckets,
		__ATOMIC_RELAXED);
}

bool connection_is_doorbell(struct partition *partition, uint64_t gpa)
{
	struct connection *at;

	if (!has_doorbells(partition))
		return false;
	lock_take(&partition->connection_lock);
	at = *bucket_of(partition, gpa);
	while (at && at->gpa != gpa)
		at = at->next;
	lock_give(&partition->connection_lock);
	return at;
}

bool connection_ring(struct partition *partition, uint64_t gpa,
	unsigned int size, uint64_t value)
{
	struct connection *doorbell;

	if (!has_doorbells(partition))
		return false;
	lock_take(&partition->connection_lock);
	doorbell = find_doorbell(partition, gpa, size, value);
	if (doorbell && doorbell->port)
		ring_port(doorbell->port);
	lock_give(&partition->connection_lock);
	return doorbell;
}

/* With the partition's lock: the port that a connection leads to. */
static uint16_t get_port(const struct partition *partition, uint32_t id,
	struct port **port)
{
	const struct connection *connection = id & HV_ID_RESERVED ? NULL :
		idtable_find(&partition->connections, id);

	if (!connection)
		return HV_STATUS_INVALID_CONNECTION_ID;
	*port = connection->port;
	return *port ? HV_STATUS_SUCCESS : HV_STATUS_INVALID_PORT_ID;
}

uint16_t connection_post(struct partition *partition, uint32_t id,
	uint32_t type, const void *payload, uint32_t size)
{
	struct port *port;
	uint16_t status;

	lock_take(&partition->connection_lock);
	status = get_port(partition, id, &port);
	if (status == HV_STATUS_SUCCESS)
		status = port_post(port, type, payload, size);
	lock_give(&partition->connection_lock);
	return status;
}

uint16_t connection_signal(struct partition *partition, uint32_t id,
	uint16_t flag)
{
	uint64_t window = __atomic_load_n(&partition->doorbell_window,
		__ATOMIC_RELAXED);
	struct port *port;
	uint16_t status;

	if (window && !(id & HV_ID_RESERVED) && connection_ring(partition,
			window + 8ull * id, 0, flag))
		return HV_STATUS_SUCCESS;
	lock_take(&partition->connection_lock);
	status = get_port(partition, id, &port);
	if (status == HV_STATUS_SUCCESS)
		status = port_signal(port, flag);
	lock_give(&partition->connection_lock);
	return status;
}
