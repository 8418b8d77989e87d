/* The library of virtual switches, where it needs no kernel. */
/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <errno.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdint.h>
#include <time.h>

#include "define.h"
#include "dhcpd.h"
#include "guard.h"
#include "keys.h"
#include "mac.h"
#include "nat.h"
#include "netlink.h"
#include "settings.h"
#include "vlans.h"

static unsigned int seed;

static void test_vlan_lists(void)
{
	static const char *const bad[] = { "", "0", "4095", "1,", ",1", "1--2",
		"1-", "-1", "5-4", "01", "1 2", "1-2-3", "a", "99999", "1;2" };
	struct vlans vlans;
	char list[64];
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		CHECK(!vlans_parse(&vlans, bad[i]));
	CHECK(vlans_parse(&vlans, "4094,20-22,1,21,23"));
	CHECK(vlans_has(&vlans, 1) && vlans_has(&vlans, 23));
	CHECK(!vlans_has(&vlans, 2) && !vlans_has(&vlans, 24));
	CHECK(vlans_print(&vlans, list, sizeof(list)));
	CHECK_STRING("1,20-23,4094", list);
	CHECK(vlans_parse(&vlans, "1-4094"));
	CHECK(vlans_print(&vlans, list, sizeof(list)));
	CHECK_STRING("1-4094", list);
	CHECK(!vlans_print(&vlans, list, 6));
	CHECK(!vlans_print(&vlans, list, 0));
}

/* What is printed is read as the same. */
static void test_vlan_round(int rounds)
{
	static char list[16384];
	struct vlans vlans, again;
	int i, count;

	while (rounds--) {
		vlans = (struct vlans){ 0 };
		count = 1 + rand_r(&seed) % 200;
		for (i = 0; i < count; i++)
			vlans_add(&vlans, (uint16_t)(VLAN_FIRST +
				rand_r(&seed) % VLAN_LAST));
		CHECK(vlans_print(&vlans, list, sizeof(list)));
		CHECK(vlans_parse(&again, list));
		CHECK(!memcmp(&vlans, &again, sizeof(vlans)));
	}
}

static void test_macs(void)
{
	uint8_t mac[6], other[6];
	char text[18], owner[32];
	int i, same = 0;

	mac_candidate("seed", "vm", 0, 0, mac);
	CHECK(mac[0] == 0x02 && mac[1] == 0x53 && mac[2] == 0x4f);
	mac_candidate("seed", "vm", 0, 0, other);
	CHECK(!memcmp(mac, other, 6));
	mac_candidate("seed", "vm", 1, 0, other);
	CHECK(memcmp(mac, other, 6));
	mac_candidate("seed", "vm", 0, 1, other);
	CHECK(memcmp(mac, other, 6));
	mac_candidate("other", "vm", 0, 0, other);
	CHECK(memcmp(mac, other, 6));
	for (i = 0; i < 10000; i++) {
		snprintf(owner, sizeof(owner), "vm%d", i);
		mac_candidate("seed", owner, 0, 0, other);
		same += !memcmp(mac, other, 6);
	}
	CHECK(same <= 1);
	define_mac("02:53:4F:0a:b0:ff", mac);
	define_mac_text(mac, text);
	CHECK_STRING("02:53:4f:0a:b0:ff", text);
}

/* The attributes of a message fill it, down to those within others. */
static void check_attributes(const void *bytes, size_t size)
{
	const struct nlattr *at;
	size_t left = size;

	for (at = attribute_first(bytes, size); at;
		at = attribute_next(at, &left)) {
		if (at->nla_type & NLA_F_NESTED)
			check_attributes(attribute_data(at),
				attribute_size(at));
		if ((size_t)NLA_ALIGN(at->nla_len) >= left)
			return;
	}
	CHECK(!size);
}

/* How many messages of a type a batch has; all of it is well-formed. */
static int count_type(const struct message *message, int type)
{
	const struct nlmsghdr *at;
	size_t used;
	int count = 0;

	CHECK(!message->failed);
	for (used = 0; used < message->used;
		used += NLMSG_ALIGN(at->nlmsg_len)) {
		at = (const void *)(message->bytes + used);
		CHECK(message->used - used >= sizeof(*at));
		CHECK(at->nlmsg_len <= message->used - used);
		CHECK(at->nlmsg_len >= NLMSG_LENGTH(sizeof(struct nfgenmsg)));
		check_attributes((const uint8_t *)at +
			NLMSG_SPACE(sizeof(struct nfgenmsg)), at->nlmsg_len -
			NLMSG_SPACE(sizeof(struct nfgenmsg)));
		count += at->nlmsg_type == (NFNL_SUBSYS_NFTABLES << 8 | type);
	}
	return count;
}

static int guard_rules(const struct port *port, int *sets)
{
	struct nft nft;
	int count;

	guard_build(&nft, port, 1);
	count = count_type(&nft.message, NFT_MSG_NEWRULE);
	*sets = count_type(&nft.message, NFT_MSG_NEWSET);
	CHECK(count_type(&nft.message, NFT_MSG_NEWCHAIN) == 2);
	message_free(&nft.message);
	return count;
}

static void test_guards(void)
{
	struct port port = { .name = "port", .mac = { 2, 0, 0, 0, 0, 1 } };
	struct port full = { .name = "abcdefghijklmno", .guards = GUARD_MAC |
		GUARD_DHCP | GUARD_ROUTER, .addresses = 2,
		.address = { "192.0.2.1", "2001:db8::1" } };
	struct nft nft;
	int sets;

	/* The jump, and what no port may. */
	CHECK(guard_rules(&port, &sets) == 1 + 4 && sets == 1);
	port.guards = GUARD_MAC;
	CHECK(guard_rules(&port, &sets) == 1 + 4 + 3 && sets == 1);
	port.guards = GUARD_DHCP;
	CHECK(guard_rules(&port, &sets) == 1 + 4 + 2 && sets == 1);
	port.guards = GUARD_ROUTER;
	CHECK(guard_rules(&port, &sets) == 1 + 4 + 2 && sets == 1);
	CHECK(guard_rules(&full, &sets) == 1 + 4 + 7 + 4 && sets == 3);
	guard_build(&nft, NULL, 0);
	CHECK(count_type(&nft.message, NFT_MSG_NEWCHAIN) == 0);
	CHECK(count_type(&nft.message, NFT_MSG_DELTABLE) == 2);
	message_free(&nft.message);
}

static void test_nat(void)
{
	struct vswitch switches[] = {
		{ .name = "one", .type = SWITCH_INTERNAL, .nat = true,
			.address = "10.1.2.3/20" },
		{ .name = "two", .type = SWITCH_INTERNAL },
		{ .name = "three", .type = SWITCH_EXTERNAL, .host = true },
	};
	uint32_t network, mask;
	struct nft nft;

	nat_network("10.1.18.3/20", &network, &mask);
	CHECK(network == 0x0a011000 && mask == 0xfffff000);
	CHECK(nat_build(&nft, switches, 3) == 1);
	/* Known connections, two drops, one way out; masquerade. */
	CHECK(count_type(&nft.message, NFT_MSG_NEWRULE) == 4 + 1);
	message_free(&nft.message);
	CHECK(!nat_build(&nft, switches + 1, 2));
	CHECK(!count_type(&nft.message, NFT_MSG_NEWCHAIN));
	message_free(&nft.message);
}

static void test_dhcpd(void)
{
	struct vswitch vswitch = { .name = "lab", .address = "10.1.2.3/24",
		.dhcp = "10.1.2.10-10.1.2.20", .mtu = 9000, .nat = true };
	char resolver[] = "search x\nnameserver 2001:db8::1\n"
		"nameserver 192.0.2.53\nnameserver ;rm\n";
	char text[1024] = "";
	FILE *to = fmemopen(text, sizeof(text), "w");
	FILE *from = fmemopen(resolver, strlen(resolver), "r");

	CHECK(to && from);
	dhcpd_settings(to, &vswitch, from);
	fclose(to);
	fclose(from);
	CHECK(strstr(text, "interface lab\nstart 10.1.2.10\n"
		"end 10.1.2.20\n"));
	CHECK(strstr(text, "opt subnet 255.255.255.0\n"));
	CHECK(strstr(text, "opt router 10.1.2.3\n"));
	CHECK(strstr(text, "opt mtu 9000\n"));
	CHECK(strstr(text, "opt dns 192.0.2.53\n"));
	CHECK(!strstr(text, "2001") && !strstr(text, "rm"));
}

/* Words for a section of empty settings: what is said, or NULL. */
static const char *said(const char *section, char **words)
{
	static struct trouble why;
	struct settings settings = { .conf = conf_new(host_kinds), .lock = -1 };
	int count = 0, result;

	why.text[0] = '\0';
	while (words[count])
		count++;
	result = settings_put(&settings, section, words, count, &why);
	if (!result)
		result = settings_check(&settings, section, &why);
	conf_free(settings.conf);
	CHECK(!result == !why.text[0]);
	return result ? why.text : NULL;
}

#define WORDS(...) (char *[]){ __VA_ARGS__, NULL }

static void test_words(void)
{
	CHECK(!said("switch lan", WORDS("type=private")));
	CHECK(!said("switch lan", WORDS("type=external",
		"nic=52:54:00:12:34:56", "mtu=9000", "host=no")));
	CHECK(!said("switch lan", WORDS("type=internal",
		"address=10.0.0.1/24", "dhcp=10.0.0.10-10.0.0.20",
		"nat=yes")));
	CHECK(said("switch lan", WORDS("mtu=1500")));
	CHECK(said("switch lan", WORDS("type=public")));
	CHECK(said("switch lan", WORDS("type")));
	CHECK(said("switch lan", WORDS("=x")));
	CHECK(said("switch lan", WORDS("type=private", "colour=red")));
	CHECK(said("switch lan", WORDS("type=private", "mtu=1279")));
	CHECK(said("switch lan", WORDS("type=private", "mtu=9001")));
	CHECK(said("switch lan", WORDS("type=private", "nat=yes")));
	CHECK(said("switch lan", WORDS("type=private", "type=internal")));
	CHECK(said("switch lan", WORDS("type=external")));
	CHECK(said("switch lan", WORDS("type=external", "nic=bond1")));
	CHECK(said("switch lan", WORDS("type=external", "nic=eth0")));
	CHECK(said("switch lan", WORDS("type=internal", "nat=yes")));
	CHECK(said("switch lan", WORDS("type=internal",
		"address=10.0.0.1/24", "dhcp=10.0.1.10-10.0.1.20")));
	CHECK(said("switch lan", WORDS("type=internal",
		"address=10.0.0.1/24", "dhcp=10.0.0.20-10.0.0.10")));
	CHECK(said("port vm", WORDS("vlan=5")));
	CHECK(said("port vm", WORDS("switch=lan")));
	CHECK(said("port vm", WORDS("switch=lan", "guard=all")));
	CHECK(said("port vm", WORDS("switch=lan", "trunk=5-1")));
	CHECK(said("port vm", WORDS("switch=lan", "address=10.0.0.1/24")));
}

static void test_names(void)
{
	static const char *const bad[] = { "switch lo", "switch all",
		"switch eth0", "switch bond0", "switch 1a", "switch a_b",
		"switch abcdefghijk", "switch a.b", "switch a/b", "switch ..",
		"switch -a", "port abcdefghijklmnop", "port eth7",
		"port default" };
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		CHECK(said(bad[i], bad[i][0] == 's' ? WORDS("type=private") :
			WORDS("switch=lan")));
	CHECK(!said("switch abcdefghij", WORDS("type=private")));
	CHECK(!said("switch a-1", WORDS("type=private")));
}

/* Sections that are good alone and not together. */
static void test_together(void)
{
	struct settings settings = { .conf = conf_new(host_kinds), .lock = -1 };
	struct trouble why = { "" };
	struct vswitch vswitch;
	struct port port;

	CHECK(!settings_put(&settings, "switch lan", WORDS("type=internal",
		"address=10.0.0.1/16"), 2, &why));
	CHECK(!settings_put(&settings, "switch lab", WORDS("type=internal",
		"address=10.0.9.1/24"), 2, &why));
	CHECK(!settings_check(&settings, "switch lan", &why));
	CHECK(settings_check(&settings, "switch lab", &why) == -EINVAL);
	CHECK_STRING("[switch lab] address: overlaps with that of "
		"[switch lan]", why.text);
	CHECK(!settings_put(&settings, "port vm", WORDS("switch=lan",
		"trunk=5,10-11", "native=3", "mac=02:00:00:00:00:01",
		"address=10.0.0.2", "address=2001:db8::2",
		"guard=dhcp router"), 7, &why));
	CHECK(!settings_check(&settings, "port vm", NULL));
	CHECK(define_port(settings.conf, "vm", &port));
	CHECK(port.trunk && port.native == 3 && port.addresses == 2);
	CHECK(vlans_has(&port.tagged, 11) && !vlans_has(&port.tagged, 3));
	CHECK(port.guards == (GUARD_DHCP | GUARD_ROUTER));
	CHECK(port.mac[5] == 1);
	CHECK(!settings_put(&settings, "port wm", WORDS("switch=lan",
		"mac=02:00:00:00:00:01"), 2, NULL));
	CHECK(settings_check(&settings, "port wm", NULL) == -EINVAL);
	CHECK(!settings_put(&settings, "port vm", WORDS("guard=", "trunk=",
		"native="), 3, NULL));
	CHECK(define_port(settings.conf, "vm", &port));
	CHECK(!port.trunk && port.native == 1 && port.guards == GUARD_MAC);
	CHECK(define_switch(settings.conf, "lan", &vswitch));
	CHECK(vswitch.host && !vswitch.nat && vswitch.mtu == 1500);
	CHECK(!define_switch(settings.conf, "none", &vswitch));
	CHECK(!define_switch_at(settings.conf, 2, &vswitch));
	conf_free(settings.conf);
}

/* Answers are not trusted: no walk leaves the bytes. */
static void test_attributes(int rounds)
{
	const struct nlattr *at;
	size_t size, left, i;
	uint8_t *bytes;

	while (rounds--) {
		size = (size_t)rand_r(&seed) % 64;
		/* Of its own size, so that a read past it is seen. */
		bytes = malloc(size ? size : 1);
		CHECK(bytes);
		for (i = 0; i < size; i++)
			bytes[i] = rand_r(&seed) % 4 ? 0 :
				(uint8_t)(rand_r(&seed) % 24);
		left = size;
		for (at = attribute_first(bytes, size); at;
			at = attribute_next(at, &left))
			CHECK(attribute_size(at) <= size);
		attribute_find(bytes, size, 1);
		attribute_u32(bytes, size, 2, 0);
		free(bytes);
	}
}

int main(int count, char **arguments)
{
	int rounds = count > 1 ? atoi(arguments[1]) : 1000;

	seed = count > 2 ? (unsigned int)strtoul(arguments[2], NULL, 10) :
		(unsigned int)time(NULL);
	printf("test_switch: %d rounds, seed %u\n", rounds, seed);
	test_vlan_lists();
	test_vlan_round(rounds / 10);
	test_macs();
	test_guards();
	test_nat();
	test_dhcpd();
	test_words();
	test_names();
	test_together();
	test_attributes(rounds);
	return 0;
}
