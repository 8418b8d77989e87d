/* Tables, chains, sets and rules of nf_tables, as netlink messages. */
/* SPDX-License-Identifier: MIT */
#include "nft.h"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <net/if.h>
#include <string.h>
#include <unistd.h>

#define TYPE(message) (NFNL_SUBSYS_NFTABLES << 8 | (message))

enum { CT_STATE_ESTABLISHED = 2, CT_STATE_RELATED = 4 };

static void begin(struct nft *nft, uint16_t type, uint16_t flags)
{
	struct nfgenmsg header = { .nfgen_family = nft->family,
		.version = NFNETLINK_V0 };

	message_begin(&nft->message, TYPE(type), flags, &header,
		sizeof(header));
}

static void edge(struct nft *nft, uint16_t type)
{
	struct nfgenmsg header = { .version = NFNETLINK_V0,
		.res_id = htons(NFNL_SUBSYS_NFTABLES) };

	message_begin(&nft->message, type, 0, &header, sizeof(header));
}

static void table(struct nft *nft, uint16_t type, uint16_t flags)
{
	begin(nft, type, flags);
	message_put_string(&nft->message, NFTA_TABLE_NAME, nft->table);
}

void nft_begin(struct nft *nft, uint8_t family, const char *name)
{
	*nft = (struct nft){ .family = family, .table = name };
	edge(nft, NFNL_MSG_BATCH_BEGIN);
	/* Made first, so that there is one to delete. */
	table(nft, NFT_MSG_NEWTABLE, NLM_F_CREATE);
	table(nft, NFT_MSG_DELTABLE, 0);
	table(nft, NFT_MSG_NEWTABLE, NLM_F_CREATE);
}

void nft_drop_table(struct nft *nft)
{
	table(nft, NFT_MSG_DELTABLE, 0);
}

int nft_commit(struct nft *nft)
{
	struct nlmsghdr *last = (struct nlmsghdr *)(nft->message.bytes +
		nft->message.start);
	int handle, result;

	/* Errors of those before come before this answer. */
	if (!nft->message.failed)
		last->nlmsg_flags |= NLM_F_ACK;
	edge(nft, NFNL_MSG_BATCH_END);
	handle = netlink_open(NETLINK_NETFILTER);
	if (handle < 0) {
		result = handle;
	} else {
		result = netlink_do(handle, &nft->message);
		close(handle);
	}
	message_free(&nft->message);
	return result;
}

void nft_chain(struct nft *nft, const char *name, const struct nft_hook *hook)
{
	struct message *message = &nft->message;
	size_t nest;

	begin(nft, NFT_MSG_NEWCHAIN, NLM_F_CREATE);
	message_put_string(message, NFTA_CHAIN_TABLE, nft->table);
	message_put_string(message, NFTA_CHAIN_NAME, name);
	if (!hook)
		return;
	nest = message_open(message, NFTA_CHAIN_HOOK);
	message_put_be32(message, NFTA_HOOK_HOOKNUM, hook->number);
	message_put_be32(message, NFTA_HOOK_PRIORITY,
		(uint32_t)hook->priority);
	message_close(message, nest);
	message_put_string(message, NFTA_CHAIN_TYPE, hook->type);
	message_put_be32(message, NFTA_CHAIN_POLICY,
		hook->drop ? NF_DROP : NF_ACCEPT);
}

void nft_set(struct nft *nft, const char *name, uint32_t key_size, bool jumps)
{
	struct message *message = &nft->message;

	begin(nft, NFT_MSG_NEWSET, NLM_F_CREATE);
	message_put_string(message, NFTA_SET_TABLE, nft->table);
	message_put_string(message, NFTA_SET_NAME, name);
	message_put_be32(message, NFTA_SET_FLAGS, jumps ? NFT_SET_MAP : 0);
	message_put_be32(message, NFTA_SET_KEY_TYPE, 0);
	message_put_be32(message, NFTA_SET_KEY_LEN, key_size);
	message_put_be32(message, NFTA_SET_ID, ++nft->sets);
	if (jumps)
		message_put_be32(message, NFTA_SET_DATA_TYPE,
			NFT_DATA_VERDICT);
}

static void put_value(struct message *message, uint16_t type,
	const void *value, uint32_t size)
{
	size_t nest = message_open(message, type);

	message_put(message, NFTA_DATA_VALUE, value, size);
	message_close(message, nest);
}

static void put_verdict(struct message *message, uint16_t type,
	uint32_t verdict, const char *chain)
{
	size_t nest = message_open(message, type);
	size_t inner = message_open(message, NFTA_DATA_VERDICT);

	message_put_be32(message, NFTA_VERDICT_CODE, verdict);
	if (chain)
		message_put_string(message, NFTA_VERDICT_CHAIN, chain);
	message_close(message, inner);
	message_close(message, nest);
}

void nft_set_add(struct nft *nft, const char *name, const void *key,
	uint32_t key_size, const char *chain)
{
	struct message *message = &nft->message;
	size_t list, element;

	begin(nft, NFT_MSG_NEWSETELEM, NLM_F_CREATE);
	message_put_string(message, NFTA_SET_ELEM_LIST_TABLE, nft->table);
	message_put_string(message, NFTA_SET_ELEM_LIST_SET, name);
	list = message_open(message, NFTA_SET_ELEM_LIST_ELEMENTS);
	element = message_open(message, NFTA_LIST_ELEM);
	put_value(message, NFTA_SET_ELEM_KEY, key, key_size);
	if (chain)
		put_verdict(message, NFTA_SET_ELEM_DATA, (uint32_t)NFT_JUMP,
			chain);
	message_close(message, element);
	message_close(message, list);
}

void nft_rule(struct nft *nft, const char *chain)
{
	begin(nft, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);
	message_put_string(&nft->message, NFTA_RULE_TABLE, nft->table);
	message_put_string(&nft->message, NFTA_RULE_CHAIN, chain);
	nft->list = message_open(&nft->message, NFTA_RULE_EXPRESSIONS);
}

void nft_rule_end(struct nft *nft)
{
	message_close(&nft->message, nft->list);
}

static void expression(struct nft *nft, const char *name)
{
	nft->element = message_open(&nft->message, NFTA_LIST_ELEM);
	message_put_string(&nft->message, NFTA_EXPR_NAME, name);
	nft->data = message_open(&nft->message, NFTA_EXPR_DATA);
}

static void expression_end(struct nft *nft)
{
	message_close(&nft->message, nft->data);
	message_close(&nft->message, nft->element);
}

/* The register that all expressions use. */
static void compare(struct nft *nft, bool equal, const void *value,
	uint32_t size)
{
	expression(nft, "cmp");
	message_put_be32(&nft->message, NFTA_CMP_SREG, NFT_REG_1);
	message_put_be32(&nft->message, NFTA_CMP_OP,
		equal ? NFT_CMP_EQ : NFT_CMP_NEQ);
	put_value(&nft->message, NFTA_CMP_DATA, value, size);
	expression_end(nft);
}

static void load_meta(struct nft *nft, uint32_t key)
{
	expression(nft, "meta");
	message_put_be32(&nft->message, NFTA_META_KEY, key);
	message_put_be32(&nft->message, NFTA_META_DREG, NFT_REG_1);
	expression_end(nft);
}

static void load_bytes(struct nft *nft, uint32_t base, uint32_t offset,
	uint32_t size)
{
	expression(nft, "payload");
	message_put_be32(&nft->message, NFTA_PAYLOAD_DREG, NFT_REG_1);
	message_put_be32(&nft->message, NFTA_PAYLOAD_BASE, base);
	message_put_be32(&nft->message, NFTA_PAYLOAD_OFFSET, offset);
	message_put_be32(&nft->message, NFTA_PAYLOAD_LEN, size);
	expression_end(nft);
}

static void mask_register(struct nft *nft, const void *mask, uint32_t size)
{
	static const uint8_t zero[16];

	expression(nft, "bitwise");
	message_put_be32(&nft->message, NFTA_BITWISE_SREG, NFT_REG_1);
	message_put_be32(&nft->message, NFTA_BITWISE_DREG, NFT_REG_1);
	message_put_be32(&nft->message, NFTA_BITWISE_LEN, size);
	put_value(&nft->message, NFTA_BITWISE_MASK, mask, size);
	put_value(&nft->message, NFTA_BITWISE_XOR, zero, size);
	expression_end(nft);
}

void nft_meta(struct nft *nft, uint32_t key, const void *value, uint32_t size)
{
	load_meta(nft, key);
	compare(nft, true, value, size);
}

void nft_interface(struct nft *nft, uint32_t key, const char *name, bool is)
{
	char padded[IFNAMSIZ] = "";

	strncpy(padded, name, sizeof(padded) - 1);
	load_meta(nft, key);
	compare(nft, is, padded, sizeof(padded));
}

void nft_bytes(struct nft *nft, uint32_t base, uint32_t offset,
	const void *value, uint32_t size, bool are)
{
	load_bytes(nft, base, offset, size);
	compare(nft, are, value, size);
}

void nft_bytes_not_in(struct nft *nft, uint32_t base, uint32_t offset,
	uint32_t size, const char *set)
{
	load_bytes(nft, base, offset, size);
	expression(nft, "lookup");
	message_put_string(&nft->message, NFTA_LOOKUP_SET, set);
	message_put_be32(&nft->message, NFTA_LOOKUP_SREG, NFT_REG_1);
	message_put_be32(&nft->message, NFTA_LOOKUP_FLAGS, NFT_LOOKUP_F_INV);
	expression_end(nft);
}

void nft_source(struct nft *nft, uint32_t network, uint32_t mask)
{
	enum { SOURCE = 12 }; /* RFC 791 3.1 */
	uint32_t wire = htonl(network), wire_mask = htonl(mask);

	load_bytes(nft, NFT_PAYLOAD_NETWORK_HEADER, SOURCE, sizeof(wire));
	mask_register(nft, &wire_mask, sizeof(wire_mask));
	compare(nft, true, &wire, sizeof(wire));
}

void nft_established(struct nft *nft)
{
	uint32_t known = CT_STATE_ESTABLISHED | CT_STATE_RELATED, none = 0;

	expression(nft, "ct");
	message_put_be32(&nft->message, NFTA_CT_KEY, NFT_CT_STATE);
	message_put_be32(&nft->message, NFTA_CT_DREG, NFT_REG_1);
	expression_end(nft);
	mask_register(nft, &known, sizeof(known));
	compare(nft, false, &none, sizeof(none));
}

void nft_jump_by_interface(struct nft *nft, const char *map)
{
	load_meta(nft, NFT_META_IIFNAME);
	expression(nft, "lookup");
	message_put_string(&nft->message, NFTA_LOOKUP_SET, map);
	message_put_be32(&nft->message, NFTA_LOOKUP_SREG, NFT_REG_1);
	message_put_be32(&nft->message, NFTA_LOOKUP_DREG, NFT_REG_VERDICT);
	expression_end(nft);
}

void nft_verdict(struct nft *nft, uint32_t verdict)
{
	expression(nft, "immediate");
	message_put_be32(&nft->message, NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
	put_verdict(&nft->message, NFTA_IMMEDIATE_DATA, verdict, NULL);
	expression_end(nft);
}

void nft_masquerade(struct nft *nft)
{
	expression(nft, "masq");
	expression_end(nft);
}
