/* The data exchange service (KVP): what the guest tells of itself. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_IC_KVP_H
#define VMWP_IC_KVP_H

#include "ic.h"
#include "utf16.h"

/* The interface's: bytes of UTF-16, with the zero at the end. */
#define KVP_KEY_BYTES	512u
#define KVP_VALUE_BYTES	2048u
/* Ours: a guest can name more, of which nobody hears. */
#define KVP_ITEMS_MAX	64u

struct kvp_item {
	char key[UTF16_ROOM(KVP_KEY_BYTES)];
	char value[UTF16_ROOM(KVP_VALUE_BYTES)];
};

struct kvp_list {
	struct kvp_item *items;	/* owned, KVP_ITEMS_MAX of them, or NULL */
	unsigned int count;
};

struct ic_kvp {
	struct ic ic;
	struct kvp_list known;	/* what can be asked for */
	struct kvp_list coming;	/* what is being read */
	unsigned int pool;	/* of the request, as an index */
	uint32_t index;
};

int ic_kvp_init(
	struct ic_kvp *kvp, struct vmbus *vmbus, struct clock *clock);
void ic_kvp_exit(struct ic_kvp *kvp);

#endif
