/* NVSP: what a guest's packets do. */
/* SPDX-License-Identifier: MIT */
#include "net/nvsp.h"

#include <errno.h>
#include <string.h>

#include "net/netvsp.h"
#include "net/rndis.h"
#include "net/transmit.h"

#define CHAIN	34u	/* pieces of a packet's memory that are welcome */

bool nvsp_version_good(uint32_t version)
{
	switch (version) {
	case NVSP_VERSION_1:
	case NVSP_VERSION_2:
	case NVSP_VERSION_4:
	case NVSP_VERSION_5:
	case NVSP_VERSION_6:
	case NVSP_VERSION_6_1:
		return true;
	default:
		return false;
	}
}

/* Each gets the answer, with the type of its own, and status failure; 0 from
 * it: that is the answer, for those who want none. */
typedef void handler(struct nic *nic, const struct nvsp_message *message,
	struct nvsp_message *answer);

static void init(struct nic *nic, const struct nvsp_message *message,
	struct nvsp_message *answer)
{
	uint32_t version = message->init.highest;

	answer->init_complete.version = UINT32_MAX;
	answer->init_complete.chain = CHAIN;
	answer->init_complete.status = NVSP_FAILURE;
	if (nic->state != NIC_BEGIN || !nvsp_version_good(version) ||
	    message->init.lowest > version)
		return;
	nic->version = version;
	nic->state = NIC_READY;
	if (version == NVSP_VERSION_1)
		answer->init_complete.version = version;
	answer->init_complete.status = NVSP_GOOD;
}

static void ndis_version(struct nic *nic, const struct nvsp_message *message,
	struct nvsp_message *answer)
{
	(void)nic, (void)message;
	answer->status = NVSP_GOOD;
}

static void ndis_config(struct nic *nic, const struct nvsp_message *message,
	struct nvsp_message *answer)
{
	nic->capabilities = message->config.capabilities[0];
	answer->status = NVSP_GOOD;
}

/* A list of the first channel that is whole, and is used by nobody else here. */
static struct gpadl *find_list(const struct nic *nic, uint32_t id)
{
	struct gpadl *gpadl = gpadl_find(&nic->netvsp->vmbus->gpadls,
		nic->lanes[0].channel.relid, id);

	if (!gpadl || gpadl->state != GPADL_READY || gpadl->offset ||
	    gpadl == nic->receive || gpadl == nic->send ||
	    gpadl == nic->lanes[0].channel.gpadl)
		return NULL;
	return gpadl;
}

static void receive_buffer(struct nic *nic, const struct nvsp_message *message,
	struct nvsp_message *answer)
{
	struct gpadl *gpadl = find_list(nic, message->buffer.gpadl);
	uint32_t count;
	int error;

	answer->receive_complete.status = NVSP_FAILURE;
	if (!gpadl || nic->receive)
		return;
	nic_stop(nic, &nic->lanes[0]);
	error = nic_set_receive(nic, gpadl, message->buffer.id);
	nic_go(nic, &nic->lanes[0]);
	if (error)
		return;
	count = nic_room_count(nic, gpadl);
	answer->receive_complete.status = NVSP_GOOD;
	answer->receive_complete.sections = 1;
	answer->receive_complete.size = nic->room_size;
	answer->receive_complete.count = count;
	answer->receive_complete.end = count * nic->room_size;
}

static void revoke_receive(struct nic *nic, const struct nvsp_message *message,
	struct nvsp_message *answer)
{
	answer->status = NVSP_FAILURE;
	if (!nic->receive || message->revoke.id != nic->receive_id)
		return;
	nic_stop(nic, &nic->lanes[0]);
	nic_drop_receive(nic);
	nic_go(nic, &nic->lanes[0]);
	answer->status = NVSP_GOOD;
}

static void send_buffer(struct nic *nic, const struct nvsp_message *message,
	struct nvsp_message *answer)
{
	struct gpadl *gpadl = find_list(nic, message->buffer.gpadl);

	answer->send_complete.status = NVSP_FAILURE;
	if (!gpadl || nic->send || gpadl->size < NIC_SECTION)
		return;
	gpadl_take(gpadl);
	nic->send = gpadl;
	nic->send_id = message->buffer.id;
	answer->send_complete.status = NVSP_GOOD;
	answer->send_complete.section = NIC_SECTION;
}

/* Packets that were taken have pages of it. */
static void revoke_send(struct nic *nic, const struct nvsp_message *message,
	struct nvsp_message *answer)
{
	answer->status = NVSP_FAILURE;
	if (!nic->send || message->revoke.id != nic->send_id)
		return;
	nic_stop(nic, &nic->lanes[0]);
	transmit_run(&nic->lanes[0]);
	nic_drop_send(nic);
	nic_go(nic, &nic->lanes[0]);
	answer->status = NVSP_GOOD;
}

static void data_path(struct nic *nic, const struct nvsp_message *message,
	struct nvsp_message *answer)
{
	(void)nic;
	/* There is no other one. */
	answer->status = message->data_path.path ? NVSP_FAILURE : NVSP_GOOD;
}

static void query_ex(struct nic *nic, const struct nvsp_message *message,
	struct nvsp_message *answer)
{
	(void)nic, (void)message;
	answer->status = NDIS_NOT_SUPPORTED;
}

/* All at once, and once. */
static void sub_channel(struct nic *nic, const struct nvsp_message *message,
	struct nvsp_message *answer)
{
	uint32_t count = message->sub_channel.count, i;

	answer->sub_channel_complete.status = NVSP_FAILURE;
	if (message->sub_channel.operation != NVSP_ALLOCATE || !count ||
	    count >= nic->used || nic->allowed)
		return;
	nic->allowed = count;
	for (i = 1; i <= count; i++)
		vmbus_offer(&nic->lanes[i].channel);
	answer->sub_channel_complete.status = NVSP_GOOD;
	answer->sub_channel_complete.count = count;
}

/* Packet direct: there is none. */
static void pd_api(struct nic *nic, const struct nvsp_message *message,
	struct nvsp_message *answer)
{
	(void)nic;
	answer->pd.operation = message->pd.operation;
	answer->pd.status = NVSP_FAILURE;
}

static const struct {
	uint32_t type, answer, version;
	handler *handle;
} table[] = {
	{ NVSP_INIT, NVSP_INIT_COMPLETE, 0, init },
	{ NVSP_NDIS_VERSION, NVSP_NDIS_VERSION, NVSP_VERSION_1, ndis_version },
	{ NVSP_NDIS_CONFIG, NVSP_NDIS_CONFIG, NVSP_VERSION_2, ndis_config },
	{ NVSP_RECEIVE_BUFFER, NVSP_RECEIVE_BUFFER_COMPLETE, NVSP_VERSION_1,
		receive_buffer },
	{ NVSP_REVOKE_RECEIVE_BUFFER, NVSP_REVOKE_RECEIVE_BUFFER,
		NVSP_VERSION_1, revoke_receive },
	{ NVSP_SEND_BUFFER, NVSP_SEND_BUFFER_COMPLETE, NVSP_VERSION_1,
		send_buffer },
	{ NVSP_REVOKE_SEND_BUFFER, NVSP_REVOKE_SEND_BUFFER, NVSP_VERSION_1,
		revoke_send },
	{ NVSP_SWITCH_DATA_PATH, NVSP_SWITCH_DATA_PATH, NVSP_VERSION_4,
		data_path },
	{ NVSP_OID_QUERY, NVSP_OID_QUERY_COMPLETE, NVSP_VERSION_5, query_ex },
	{ NVSP_SUB_CHANNEL, NVSP_SUB_CHANNEL, NVSP_VERSION_5, sub_channel },
	{ NVSP_PD_API, NVSP_PD_API, NVSP_VERSION_6_1, pd_api },
};

/* Status failure stands at the same place in all but INIT's. */
static void obey(struct lane *lane, const struct nvsp_message *message,
	struct nvsp_message *answer)
{
	struct nic *nic = lane->nic;
	unsigned int i;

	memset(answer, 0, sizeof(*answer));
	answer->type = message->type;
	answer->status = NVSP_FAILURE;
	if (lane->index)
		return;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (table[i].type != message->type ||
		    (table[i].version && (nic->state != NIC_READY ||
			nic->version < table[i].version)))
			continue;
		answer->type = table[i].answer;
		answer->status = 0;
		table[i].handle(nic, message, answer);
		return;
	}
}

static uint32_t take_rndis(struct lane *lane, const struct packet *packet,
	const struct nvsp_message *message)
{
	if (lane->nic->state != NIC_READY || !lane->nic->receive)
		return NVSP_FAILURE;
	if (message->rndis.channel == NVSP_DATA)
		return transmit_take(lane, packet, message) ?
			0 : NVSP_INVALID_RNDIS;
	return lane->index || message->rndis.channel != NVSP_CONTROL ?
		NVSP_FAILURE : rndis_take(lane, packet, message);
}

void nvsp_take(struct lane *lane, const struct packet *packet)
{
	struct nvsp_message message = { 0 }, answer;
	uint32_t size = packet->size - packet->data, status;

	if (size > sizeof(message))
		size = sizeof(message);
	memcpy(&message, lane->work->packet + packet->data, size);
	if (message.type == NVSP_RNDIS) {
		status = take_rndis(lane, packet, &message);
		if (status)
			lane_reply_rndis(lane, packet->transaction, status);
		return;
	}
	obey(lane, &message, &answer);
	if (packet->flags & PACKET_FLAG_COMPLETION &&
	    channel_is_open(&lane->channel))
		lane_reply(lane, packet->transaction, &answer);
}

void nvsp_completed(struct lane *lane, uint64_t transaction)
{
	if (!lane->index && transaction & RNDIS_LETTER)
		rooms_return(&lane->nic->control,
			transaction & ~RNDIS_LETTER);
	else if (rooms_return(&lane->rooms, transaction))
		lane->crowded = false;
}

int nvsp_send_table(struct nic *nic)
{
	struct nvsp_send_table table_message = { .type = NVSP_SEND_TABLE,
		.count = NVSP_TABLE,
		.offset = offsetof(struct nvsp_send_table, entries) };
	struct packet packet = { .type = PACKET_IN_BAND };
	unsigned int open = 1, i;

	while (open <= nic->allowed && nic->lanes[open].open)
		open++;
	for (i = 0; i < NVSP_TABLE; i++)
		table_message.entries[i] = i % open;
	return channel_send(&nic->lanes[0].channel, &packet, &table_message,
		sizeof(table_message));
}
