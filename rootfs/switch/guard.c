/* What a port may send: its rules in nf_tables' table "bridge socle". */
/* SPDX-License-Identifier: MIT */
#include "guard.h"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <netinet/if_ether.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

/* Where a header has its fields, in bytes. */
enum {
	ETHER_TO = 0, ETHER_FROM = 6, ETHER_TYPE = 12, TAG = 4,
	ARP_LENGTHS = 4, ARP_SENDER_MAC = 8, ARP_SENDER = 14, /* RFC 826 */
	IP4_SOURCE = 12,                                /* RFC 791 3.1 */
	IP6_SOURCE = 8,                                 /* RFC 8200 3 */
	UDP_FROM = 0,                                   /* RFC 768 */
	ICMP6_TYPE = 0, NEIGHBOUR_TARGET = 8,           /* RFC 4861 4.4 */
};

enum {
	DHCP_SERVER = 67, DHCP6_SERVER = 547,           /* RFC 2131, 8415 */
	ROUTER_ADVERTISEMENT = 134, NEIGHBOUR_ADVERTISEMENT = 136,
	REDIRECT = 137,                                 /* RFC 4861 4 */
};

/* linux/netfilter_bridge.h, which has its own idea of netinet/if_ether.h. */
enum { BRIDGE_PRE_ROUTING = 0 };

enum { NAME = 32, CHAIN_PRIORITY = -300 };

static void ether_type(struct nft *nft, uint16_t type)
{
	uint16_t wire = htons(type);

	nft_meta(nft, NFT_META_PROTOCOL, &wire, sizeof(wire));
}

/* Ends a rule that drops what it has looked at. */
static void drop(struct nft *nft)
{
	nft_verdict(nft, NF_DROP);
	nft_rule_end(nft);
}

static void tag_at(struct nft *nft, uint32_t offset, uint16_t type)
{
	uint16_t wire = htons(type);

	nft_bytes(nft, NFT_PAYLOAD_LL_HEADER, offset, &wire, sizeof(wire),
		true);
}

/*
 * A second tag would come out of an access port as the first, in a VLAN that
 * is not the port's. The kernel has taken the first one off, and shows it here
 * as if it were in its place; what protocol it finds behind the second one is
 * not asked, as that differs from kernel to kernel.
 */
static void tags(struct nft *nft, const char *chain)
{
	nft_rule(nft, chain);
	tag_at(nft, ETHER_TYPE, ETH_P_8021AD);
	drop(nft);
	nft_rule(nft, chain);
	tag_at(nft, ETHER_TYPE, ETH_P_8021Q);
	tag_at(nft, ETHER_TYPE + TAG, ETH_P_8021Q);
	drop(nft);
	nft_rule(nft, chain);
	tag_at(nft, ETHER_TYPE, ETH_P_8021Q);
	tag_at(nft, ETHER_TYPE + TAG, ETH_P_8021AD);
	drop(nft);
}

/*
 * For all ports. What bridges keep to themselves (802.1D 7.12.6) would go to
 * those outside.
 */
static void always(struct nft *nft, const char *chain)
{
	static const uint8_t bridges[] = { 0x01, 0x80, 0xc2, 0x00, 0x00 };

	tags(nft, chain);
	nft_rule(nft, chain);
	nft_bytes(nft, NFT_PAYLOAD_LL_HEADER, ETHER_TO, bridges,
		sizeof(bridges), true);
	drop(nft);
}

static void mac_guard(struct nft *nft, const char *chain,
	const struct port *port)
{
	static const uint8_t lengths[] = { 6, 4 };

	nft_rule(nft, chain);
	nft_bytes(nft, NFT_PAYLOAD_LL_HEADER, ETHER_FROM, port->mac, 6,
		false);
	drop(nft);
	nft_rule(nft, chain);
	ether_type(nft, ETH_P_ARP);
	nft_bytes(nft, NFT_PAYLOAD_NETWORK_HEADER, ARP_LENGTHS, lengths,
		sizeof(lengths), false);
	drop(nft);
	nft_rule(nft, chain);
	ether_type(nft, ETH_P_ARP);
	nft_bytes(nft, NFT_PAYLOAD_NETWORK_HEADER, ARP_SENDER_MAC, port->mac,
		6, false);
	drop(nft);
}

static void udp_server(struct nft *nft, const char *chain, uint16_t type,
	uint16_t from)
{
	uint8_t protocol = IPPROTO_UDP;
	uint16_t wire = htons(from);

	nft_rule(nft, chain);
	ether_type(nft, type);
	nft_meta(nft, NFT_META_L4PROTO, &protocol, sizeof(protocol));
	nft_bytes(nft, NFT_PAYLOAD_TRANSPORT_HEADER, UDP_FROM, &wire,
		sizeof(wire), true);
	drop(nft);
}

static void icmp6_type(struct nft *nft, const char *chain, uint8_t type)
{
	uint8_t protocol = IPPROTO_ICMPV6;

	nft_rule(nft, chain);
	ether_type(nft, ETH_P_IPV6);
	nft_meta(nft, NFT_META_L4PROTO, &protocol, sizeof(protocol));
	nft_bytes(nft, NFT_PAYLOAD_TRANSPORT_HEADER, ICMP6_TYPE, &type,
		sizeof(type), true);
}

/* The link-local address that a MAC address makes: RFC 4291 A. */
static void link_local(const uint8_t mac[6], uint8_t address[16])
{
	static const uint8_t none[16] = { 0xfe, 0x80, [11] = 0xff, 0xfe };

	memcpy(address, none, sizeof(none));
	memcpy(address + 8, mac, 3);
	memcpy(address + 13, mac + 3, 3);
	address[8] ^= 2;
}

/* Those of the port of a family, with zero, which is nobody's. Count. */
static int put_addresses(struct nft *nft, const struct port *port,
	int family, const char *set, uint32_t size)
{
	uint8_t address[16] = { 0 };
	int i, count = 0;

	for (i = 0; i < port->addresses; i++)
		count += inet_pton(family, port->address[i], address) == 1;
	if (!count)
		return 0;
	nft_set(nft, set, size, false);
	for (i = 0; i < port->addresses; i++)
		if (inet_pton(family, port->address[i], address) == 1)
			nft_set_add(nft, set, address, size, NULL);
	memset(address, 0, sizeof(address));
	nft_set_add(nft, set, address, size, NULL);
	if (family == AF_INET6) {
		link_local(port->mac, address);
		nft_set_add(nft, set, address, size, NULL);
	}
	return count;
}

static void not_in(struct nft *nft, const char *chain, uint16_t type,
	uint32_t offset, uint32_t size, const char *set)
{
	nft_rule(nft, chain);
	ether_type(nft, type);
	nft_bytes_not_in(nft, NFT_PAYLOAD_NETWORK_HEADER, offset, size, set);
	drop(nft);
}

/* Sender and source are addresses of the port, where some are fixed. */
static void address_guard(struct nft *nft, const char *chain,
	const struct port *port)
{
	char set[NAME];

	snprintf(set, sizeof(set), "ip4-%s", port->name);
	if (put_addresses(nft, port, AF_INET, set, 4)) {
		not_in(nft, chain, ETH_P_ARP, ARP_SENDER, 4, set);
		not_in(nft, chain, ETH_P_IP, IP4_SOURCE, 4, set);
	}
	snprintf(set, sizeof(set), "ip6-%s", port->name);
	if (put_addresses(nft, port, AF_INET6, set, 16)) {
		not_in(nft, chain, ETH_P_IPV6, IP6_SOURCE, 16, set);
		icmp6_type(nft, chain, NEIGHBOUR_ADVERTISEMENT);
		nft_bytes_not_in(nft, NFT_PAYLOAD_TRANSPORT_HEADER,
			NEIGHBOUR_TARGET, 16, set);
		drop(nft);
	}
}

static void build_port(struct nft *nft, const struct port *port)
{
	char chain[NAME], key[IFNAMSIZ] = "";

	snprintf(chain, sizeof(chain), "port-%s", port->name);
	nft_chain(nft, chain, NULL);
	always(nft, chain);
	if (port->guards & GUARD_MAC)
		mac_guard(nft, chain, port);
	if (port->guards & GUARD_DHCP) {
		udp_server(nft, chain, ETH_P_IP, DHCP_SERVER);
		udp_server(nft, chain, ETH_P_IPV6, DHCP6_SERVER);
	}
	if (port->guards & GUARD_ROUTER) {
		icmp6_type(nft, chain, ROUTER_ADVERTISEMENT);
		drop(nft);
		icmp6_type(nft, chain, REDIRECT);
		drop(nft);
	}
	address_guard(nft, chain, port);
	strcpy(key, port->name);
	nft_set_add(nft, "ports", key, sizeof(key), chain);
}

void guard_build(struct nft *nft, const struct port *ports, int count)
{
	/* Before the bridge learns the sender. */
	static const struct nft_hook hook = { .type = "filter",
		.number = BRIDGE_PRE_ROUTING, .priority = CHAIN_PRIORITY };
	int i;

	nft_begin(nft, NFPROTO_BRIDGE, "socle");
	if (!count) {
		nft_drop_table(nft);
		return;
	}
	nft_set(nft, "ports", IFNAMSIZ, true);
	for (i = 0; i < count; i++)
		build_port(nft, &ports[i]);
	nft_chain(nft, "enter", &hook);
	nft_rule(nft, "enter");
	nft_jump_by_interface(nft, "ports");
	nft_rule_end(nft);
}

int guard_apply(const struct port *ports, int count)
{
	struct nft nft;

	guard_build(&nft, ports, count);
	return nft_commit(&nft);
}
