/* Tables, chains, sets and rules of nf_tables, as netlink messages. */
/* SPDX-License-Identifier: MIT */
#ifndef SWITCH_NFT_H
#define SWITCH_NFT_H

#include <linux/netfilter/nf_tables.h>
#include <stdbool.h>
#include <stdint.h>

#include "netlink.h"

/* One transaction that makes a table anew: all of it, or nothing. */
struct nft {
	struct message message;
	uint8_t family;
	const char *table;
	uint32_t sets;
	size_t list, element, data; /* nests that are open */
};

/* Where a chain begins: linux/netfilter.h, linux/netfilter_bridge.h. */
struct nft_hook {
	const char *type;
	uint32_t number;
	int32_t priority;
	bool drop; /* what passes all rules is dropped */
};

/* Begins; the table that was there goes with the commit. */
void nft_begin(struct nft *nft, uint8_t family, const char *table);
/* Instead of all that follows, the table goes. */
void nft_drop_table(struct nft *nft);
/* Ends, sends, frees. 0 or -errno. */
int nft_commit(struct nft *nft);

/* hook NULL: a chain that others jump to. */
void nft_chain(struct nft *nft, const char *name,
	const struct nft_hook *hook);

/* A set of keys; jumps: each key has a chain that is jumped to. */
void nft_set(struct nft *nft, const char *name, uint32_t key_size,
	bool jumps);
/* chain NULL: of a set without. */
void nft_set_add(struct nft *nft, const char *name, const void *key,
	uint32_t key_size, const char *chain);

/* A rule: what is between is looked at in turn, and ends it when it differs. */
void nft_rule(struct nft *nft, const char *chain);
void nft_rule_end(struct nft *nft);
/* NFT_META_... is this. */
void nft_meta(struct nft *nft, uint32_t key, const void *value,
	uint32_t size);
/* An interface's name is, or is not, this. */
void nft_interface(struct nft *nft, uint32_t key, const char *name, bool is);
/* Bytes of the packet, from NFT_PAYLOAD_..., are or are not these. */
void nft_bytes(struct nft *nft, uint32_t base, uint32_t offset,
	const void *value, uint32_t size, bool are);
/* Bytes of the packet are in no element of the set. */
void nft_bytes_not_in(struct nft *nft, uint32_t base, uint32_t offset,
	uint32_t size, const char *set);
/* The IPv4 source is in a network. */
void nft_source(struct nft *nft, uint32_t network, uint32_t mask);
/* The packet belongs to a connection that is known. */
void nft_established(struct nft *nft);
/* Jumps where the map of interface names says. */
void nft_jump_by_interface(struct nft *nft, const char *map);
/* NF_DROP, NF_ACCEPT: ends the rule's work. */
void nft_verdict(struct nft *nft, uint32_t verdict);
void nft_masquerade(struct nft *nft);

#endif
