/* OIDs of receive-side scaling: kept, checked, told. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "net/oid.h"

uint32_t rss_describe(const struct nic *nic, uint8_t *to, uint32_t *answer)
{
	const struct ndis_scale_capabilities can = {
		.object = { NDIS_OBJECT_SCALE_CAP, 2, sizeof(can) },
		.flags = NDIS_SCALE_FLAGS,
		.interrupts = nic->used,
		.queues = nic->used,
		.entries = NDIS_SCALE_TABLE,
	};

	memcpy(to, &can, sizeof(can));
	*answer = sizeof(can);
	return NDIS_GOOD;
}

uint32_t rss_show(const struct nic *nic, uint8_t *to, uint32_t *answer)
{
	const struct rss *rss = &nic->rss;
	struct ndis_scale_parameters head = {
		.object = { NDIS_OBJECT_SCALE_PARAM, 2, sizeof(head) },
		.flags = rss->hash ? 0 : NDIS_SCALE_OFF,
		.hash = rss->hash,
		.table_size = rss->entries * 4,
		.table_offset = sizeof(head),
		.key_size = NDIS_SCALE_KEY,
	};
	uint32_t entry, i;

	head.key_offset = head.table_offset + head.table_size;
	memcpy(to, &head, sizeof(head));
	for (i = 0; i < rss->entries; i++) {
		entry = rss->table[i];
		memcpy(to + head.table_offset + i * 4, &entry, 4);
	}
	memcpy(to + head.key_offset, rss->key, NDIS_SCALE_KEY);
	*answer = head.key_offset + NDIS_SCALE_KEY;
	return NDIS_GOOD;
}

static bool is_within(uint32_t offset, uint32_t size, uint32_t length)
{
	return offset <= length && size <= length - offset;
}

/* Entries are channels, and as many as divide all hashes evenly. */
static bool take_table(const struct nic *nic, struct rss *rss,
	const struct ndis_scale_parameters *head, const uint8_t *value,
	uint32_t length)
{
	uint32_t count = head->table_size / 4, entry, i;

	if (!count || head->table_size % 4 || count > NDIS_SCALE_TABLE ||
	    count & (count - 1) ||
	    !is_within(head->table_offset, head->table_size, length))
		return false;
	for (i = 0; i < count; i++) {
		memcpy(&entry, value + head->table_offset + i * 4, 4);
		if (entry >= nic->used)
			return false;
		rss->table[i] = entry;
	}
	rss->entries = count;
	return true;
}

static bool take_key(struct rss *rss,
	const struct ndis_scale_parameters *head, const uint8_t *value,
	uint32_t length)
{
	if (head->key_size != NDIS_SCALE_KEY ||
	    !is_within(head->key_offset, head->key_size, length))
		return false;
	memcpy(rss->key, value + head->key_offset, NDIS_SCALE_KEY);
	return true;
}

uint32_t rss_set(struct nic *nic, const uint8_t *value, uint32_t length)
{
	struct ndis_scale_parameters head;
	struct rss rss = nic->rss;

	if (length < sizeof(head))
		return NDIS_INVALID_LENGTH;
	memcpy(&head, value, sizeof(head));
	if (head.object.type != NDIS_OBJECT_SCALE_PARAM ||
	    !head.object.revision)
		return NDIS_INVALID_DATA;
	if (head.flags & NDIS_SCALE_OFF) {
		memset(&nic->rss, 0, sizeof(nic->rss));
		return NDIS_GOOD;
	}
	if (!(head.flags & NDIS_SCALE_SAME_TABLE) &&
	    !take_table(nic, &rss, &head, value, length))
		return NDIS_INVALID_DATA;
	if (!(head.flags & NDIS_SCALE_SAME_KEY) &&
	    !take_key(&rss, &head, value, length))
		return NDIS_INVALID_DATA;
	if (!(head.flags & NDIS_SCALE_SAME_HASH))
		rss.hash = head.hash;
	nic->rss = rss;
	return NDIS_GOOD;
}
