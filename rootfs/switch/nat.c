/* Address translation for internal switches: the table "ip socle". */
/* SPDX-License-Identifier: MIT */
#include "nat.h"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sysctl.h"

void nat_network(const char *address, uint32_t *network, uint32_t *mask)
{
	size_t length = strcspn(address, "/");
	struct in_addr bytes = { 0 };
	char text[INET_ADDRSTRLEN];
	int prefix = address[length] ? atoi(address + length + 1) : 32;

	snprintf(text, sizeof(text), "%.*s", (int)length, address);
	inet_pton(AF_INET, text, &bytes);
	*mask = prefix > 0 ? ~(uint32_t)0 << (32 - prefix) : 0;
	*network = ntohl(bytes.s_addr) & *mask;
}

/* What comes from the switch's network and leaves by another interface. */
static void outward(struct nft *nft, const char *chain,
	const struct vswitch *vswitch)
{
	uint32_t network, mask;

	nat_network(vswitch->address, &network, &mask);
	nft_rule(nft, chain);
	nft_source(nft, network, mask);
	nft_interface(nft, NFT_META_OIFNAME, vswitch->name, false);
}

/* Nothing is forwarded that did not begin in a switch with nat. */
static void build_forward(struct nft *nft, const struct vswitch *switches,
	int count)
{
	static const struct nft_hook hook = { .type = "filter",
		.number = NF_INET_FORWARD, .drop = true };
	int i;

	nft_chain(nft, "forward", &hook);
	nft_rule(nft, "forward");
	nft_established(nft);
	nft_verdict(nft, NF_ACCEPT);
	nft_rule_end(nft);
	/* Not from one internal switch into another. */
	for (i = 0; i < count; i++) {
		if (switches[i].type != SWITCH_INTERNAL)
			continue;
		nft_rule(nft, "forward");
		nft_interface(nft, NFT_META_OIFNAME, switches[i].name, true);
		nft_verdict(nft, NF_DROP);
		nft_rule_end(nft);
	}
	for (i = 0; i < count; i++) {
		if (!switches[i].nat)
			continue;
		outward(nft, "forward", &switches[i]);
		nft_interface(nft, NFT_META_IIFNAME, switches[i].name, true);
		nft_verdict(nft, NF_ACCEPT);
		nft_rule_end(nft);
	}
}

int nat_build(struct nft *nft, const struct vswitch *switches, int count)
{
	static const struct nft_hook hook = { .type = "nat",
		.number = NF_INET_POST_ROUTING, .priority = NF_IP_PRI_NAT_SRC };
	int i, used = 0;

	for (i = 0; i < count; i++)
		used += switches[i].nat;
	nft_begin(nft, NFPROTO_IPV4, "socle");
	if (!used) {
		nft_drop_table(nft);
		return 0;
	}
	build_forward(nft, switches, count);
	nft_chain(nft, "leave", &hook);
	for (i = 0; i < count; i++) {
		if (!switches[i].nat)
			continue;
		outward(nft, "leave", &switches[i]);
		nft_masquerade(nft);
		nft_rule_end(nft);
	}
	return used;
}

int nat_apply(const struct vswitch *switches, int count)
{
	struct nft nft;
	int used = nat_build(&nft, switches, count);
	int result = nft_commit(&nft);

	/* The rules first: without them it would be a router for all. */
	if (result)
		return result;
	return sysctl_write("net/ipv4/ip_forward", used ? "1" : "0");
}
