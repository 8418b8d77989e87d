/* The sections and keys of a host's socle.conf, and what each value may be. */
/* SPDX-License-Identifier: MIT */
#include "keys.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define LOWER_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789"
#define NAME_CHARACTERS LOWER_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define BASE64_CHARACTERS NAME_CHARACTERS "+/="

enum { MAC_LENGTH = sizeof("52:54:00:12:34:56") - 1 };

bool good_number(const char *value, long low, long high)
{
	size_t digits = strspn(value, "0123456789");
	long number;

	if (!digits || value[digits] || digits > 9 ||
		(value[0] == '0' && digits > 1))
		return false;
	number = strtol(value, NULL, 10);
	return number >= low && number <= high;
}

/* RFC 1123: labels of letters, digits and inner hyphens. */
static bool good_label(const char *label, size_t length)
{
	return length >= 1 && length <= 63 && label[0] != '-' &&
		label[length - 1] != '-' &&
		strspn(label, NAME_CHARACTERS "-") >= length;
}

static bool good_domain(const char *value)
{
	if (strlen(value) > 253)
		return false;
	for (;;) {
		size_t length = strcspn(value, ".");

		if (!good_label(value, length))
			return false;
		if (!value[length])
			return true;
		value += length + 1;
	}
}

static bool good_name(const char *value)
{
	/* Linux keeps 64 bytes. */
	return strlen(value) <= 63 && good_domain(value);
}

/* A compiled time zone (RFC 8536 section 3.1). */
static bool is_zone(const char *path)
{
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char magic[4];
	bool zone;

	if (file < 0)
		return false;
	zone = read(file, magic, sizeof(magic)) == sizeof(magic) &&
		!memcmp(magic, "TZif", sizeof(magic));
	close(file);
	return zone;
}

bool good_zone_in(const char *folder, const char *value)
{
	char path[PATH_MAX];

	if (strlen(value) > 64 || !isalpha((unsigned char)value[0]) ||
		value[strspn(value, NAME_CHARACTERS "/_+-")] ||
		strstr(value, "//") || value[strlen(value) - 1] == '/')
		return false;
	if (access(folder, F_OK))
		return true;
	return snprintf(path, sizeof(path), "%s/%s", folder, value) <
		(int)sizeof(path) && is_zone(path);
}

static bool good_zone(const char *value)
{
	return good_zone_in("/usr/share/zoneinfo", value);
}

static bool good_ipv4(const char *value)
{
	struct in_addr address;

	return inet_pton(AF_INET, value, &address) == 1;
}

static bool good_ipv6(const char *value)
{
	struct in6_addr address;

	return inet_pton(AF_INET6, value, &address) == 1;
}

bool good_address(const char *value)
{
	return good_ipv4(value) || good_ipv6(value);
}

static bool good_host(const char *value)
{
	return good_address(value) || good_domain(value);
}

/* address/prefix, checked by good, prefix from 1 to most. */
static bool good_network(
	const char *value, bool (*good)(const char *), long most)
{
	char address[64];
	size_t length = strcspn(value, "/");

	if (!value[length] || length >= sizeof(address))
		return false;
	memcpy(address, value, length);
	address[length] = '\0';
	return good(address) && good_number(value + length + 1, 1, most);
}

static bool good_address4(const char *value)
{
	return !strcmp(value, "dhcp") || !strcmp(value, "none") ||
		good_network(value, good_ipv4, 32);
}

static bool good_address6(const char *value)
{
	return !strcmp(value, "auto") || !strcmp(value, "none") ||
		good_network(value, good_ipv6, 128);
}

bool good_vlan(const char *value)
{
	return good_number(value, 1, 4094);
}

static bool good_mtu(const char *value)
{
	return good_number(value, 576, 9216);
}

/* length bytes of value are a unicast MAC address. */
static bool good_mac_part(const char *value, size_t length)
{
	size_t i;

	if (length != MAC_LENGTH)
		return false;
	for (i = 0; i < length; i++)
		if (i % 3 == 2 ? value[i] != ':' :
			!isxdigit((unsigned char)value[i]))
			return false;
	return !(strtol(value, NULL, 16) & 1) &&
		strncmp(value, "00:00:00:00:00:00", MAC_LENGTH);
}

bool good_mac(const char *value)
{
	return good_mac_part(value, strlen(value));
}

/* The next MAC address of a list. */
static const char *next_mac(const char *macs)
{
	macs += strcspn(macs, " ");
	return macs + strspn(macs, " ");
}

static bool list_has(const char *macs, const char *mac)
{
	for (; *macs; macs = next_mac(macs))
		if (!strncasecmp(macs, mac, MAC_LENGTH))
			return true;
	return false;
}

static bool good_macs(const char *value)
{
	int count = 0;

	for (; *value; value = next_mac(value), count++)
		if (!good_mac_part(value, strcspn(value, " ")) ||
			list_has(next_mac(value), value))
			return false;
	return count >= 2;
}

static bool good_bond_mode(const char *value)
{
	return !strcmp(value, "active-backup") || !strcmp(value, "lacp") ||
		!strcmp(value, "balance-xor");
}

static bool good_bond_name(const char *value)
{
	return !strncmp(value, "bond", 4) && good_number(value + 4, 0, 99);
}

static bool is_one_of(const char *value, const char *const *words)
{
	for (; *words; words++)
		if (!strcmp(value, *words))
			return true;
	return false;
}

/* What an interface of the parent may be called, and the kernel does not. */
static bool good_interface(const char *value, size_t most)
{
	static const char *const taken[] = { "lo", "all", "default", NULL };
	static const char *const kernel[] = { "eth", "bond", "usb", "wlan" };
	size_t i;

	for (i = 0; i < sizeof(kernel) / sizeof(*kernel); i++)
		if (!strncmp(value, kernel[i], strlen(kernel[i])))
			return false;
	return strlen(value) <= most && islower((unsigned char)value[0]) &&
		!value[strspn(value, LOWER_CHARACTERS "-")] &&
		!is_one_of(value, taken);
}

bool good_switch_name(const char *value)
{
	/* Room for ".4094" in an interface's 15. */
	return good_interface(value, 10);
}

static bool good_port_name(const char *value)
{
	return good_interface(value, 15);
}

bool good_volume_name(const char *value)
{
	return *value && strlen(value) <= 15 && *value != '-' &&
		!value[strspn(value, LOWER_CHARACTERS "-")];
}

bool good_uuid(const char *value)
{
	static const char form[] = "00000000-0000-0000-0000-000000000000";
	size_t i;

	if (strlen(value) != sizeof(form) - 1)
		return false;
	for (i = 0; form[i]; i++)
		if (form[i] == '-' ? value[i] != '-' :
			!isxdigit((unsigned char)value[i]))
			return false;
	return true;
}

static bool good_switch_type(const char *value)
{
	static const char *const types[] = { "external", "internal",
		"private", NULL };

	return is_one_of(value, types);
}

bool good_keyboard(const char *value)
{
	size_t size = strlen(value);
	const char *at = KEYBOARDS;

	for (; *at; at += strcspn(at, "|"), at += *at == '|')
		if (strcspn(at, "=") == size && !strncmp(at, value, size))
			return true;
	return false;
}

bool good_yes_no(const char *value)
{
	return !strcmp(value, "yes") || !strcmp(value, "no");
}

static bool good_uplink(const char *value)
{
	return good_mac(value) || good_bond_name(value);
}

static bool good_switch_mtu(const char *value)
{
	return good_number(value, 1280, 9000);
}

static bool good_network4(const char *value)
{
	return good_network(value, good_ipv4, 30);
}

static bool good_network6(const char *value)
{
	return good_network(value, good_ipv6, 128);
}

/* first-last, in host order. */
static bool parse_range(const char *value, uint32_t range[2])
{
	char text[sizeof("255.255.255.255-255.255.255.255")];
	struct in_addr first, last;
	char *hyphen;

	if (strlen(value) >= sizeof(text))
		return false;
	strcpy(text, value);
	hyphen = strchr(text, '-');
	if (!hyphen)
		return false;
	*hyphen = '\0';
	if (inet_pton(AF_INET, text, &first) != 1 ||
	    inet_pton(AF_INET, hyphen + 1, &last) != 1)
		return false;
	range[0] = ntohl(first.s_addr);
	range[1] = ntohl(last.s_addr);
	return range[0] <= range[1];
}

static bool good_range(const char *value)
{
	uint32_t range[2];

	return parse_range(value, range);
}

/* The first and the last address of address/prefix, in host order. */
static void network_of(const char *value, uint32_t range[2])
{
	char text[sizeof("255.255.255.255")] = "";
	size_t length = strcspn(value, "/");
	struct in_addr address = { 0 };
	uint32_t mask;

	snprintf(text, sizeof(text), "%.*s", (int)length, value);
	inet_pton(AF_INET, text, &address);
	mask = ~(uint32_t)0 << (32 - atoi(value + length + 1));
	range[0] = ntohl(address.s_addr) & mask;
	range[1] = range[0] | ~mask;
}

/* Ids and ranges of ids with commas between. */
bool good_vlans(const char *value)
{
	char id[sizeof("4094")];
	long before = 0;
	size_t length;

	for (;; value++) {
		length = strcspn(value, ",-");
		if (length >= sizeof(id))
			return false;
		snprintf(id, sizeof(id), "%.*s", (int)length, value);
		if (!good_vlan(id) || (before && atol(id) < before))
			return false;
		value += length;
		if (!*value)
			return true;
		if (*value == '-' && before)
			return false;
		before = *value == '-' ? atol(id) : 0;
	}
}

bool good_guards(const char *value)
{
	static const char *const guards[] = { "mac", "dhcp", "router", NULL };
	char word[8];
	size_t length;

	if (!strcmp(value, "none"))
		return true;
	for (; *value; value += strspn(value, " ")) {
		length = strcspn(value, " ");
		if (length >= sizeof(word))
			return false;
		snprintf(word, sizeof(word), "%.*s", (int)length, value);
		if (!is_one_of(word, guards))
			return false;
		value += length;
	}
	return true;
}

bool good_hash(const char *value)
{
	size_t length = strlen(value);

	return length >= 20 && length <= 384 &&
		(!strncmp(value, "$y$", 3) || !strncmp(value, "$6$", 3)) &&
		strchr(value + 3, '$') && !strpbrk(value, " \t:;*!\\");
}

static bool good_ssh_key(const char *value)
{
	static const char *const types[] = { "ssh-ed25519 ", "ssh-rsa ",
		"ecdsa-sha2-nistp256 ", "ecdsa-sha2-nistp384 ",
		"ecdsa-sha2-nistp521 " };
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(*types); i++) {
		size_t type = strlen(types[i]);
		size_t body = strncmp(value, types[i], type) ? 0 :
			strspn(value + type, BASE64_CHARACTERS);

		if (body >= 64 && (!value[type + body] ||
			value[type + body] == ' '))
			return !strncmp(value + type, "AAAA", 4);
	}
	return false;
}

/* Not a name of an account that every host has, nor of a group. */
static bool good_admin(const char *value)
{
	static const char *const taken[] = { "root", "nobody", "tty", "vmms",
		"socle", NULL };

	return strlen(value) <= 31 && islower((unsigned char)value[0]) &&
		!value[strspn(value, LOWER_CHARACTERS "-_")] &&
		!is_one_of(value, taken);
}

/* An absolute path that names one folder in one way. */
static bool good_folder(const char *value)
{
	const char *at;

	if (value[0] != '/' || !value[1] || strlen(value) > 200 ||
		strpbrk(value, " \t"))
		return false;
	for (at = value; at; at = strchr(at + 1, '/'))
		if (!at[1] || at[1] == '/' || at[1] == '.')
			return false;
	return true;
}

static const struct conf_key host_keys[] = {
	{ "name", false, "a host name (letters, digits, hyphens; at most 63)",
		good_name },
	{ "timezone", false, "a time zone such as Europe/Berlin or UTC",
		good_zone },
	{ "keyboard", false, "a keyboard layout such as us, gb, de or fr",
		good_keyboard },
	{ "storage", true, "an absolute path without blanks; no part of it "
		"begins with a dot", good_folder },
	{ NULL, false, NULL, NULL },
};

static const struct conf_key time_keys[] = {
	{ "ntp", true, "a host name or address", good_host },
	{ NULL, false, NULL, NULL },
};

static const struct conf_key dns_keys[] = {
	{ "server", true, "an IPv4 or IPv6 address", good_address },
	{ "search", true, "a domain", good_domain },
	{ NULL, false, NULL, NULL },
};

/* Of root, and of an administrator. */
static const struct conf_key login_keys[] = {
	{ "password", false, "a hash that begins with $y$ or $6$", good_hash },
	{ "key", true, "an OpenSSH public key (ed25519, ecdsa or rsa)",
		good_ssh_key },
	{ NULL, false, NULL, NULL },
};

/* What a NIC and a bond have in common. */
#define ADAPTER_KEYS \
	{ "address", false, "dhcp, none or an IPv4 address/prefix", \
		good_address4 }, \
	{ "gateway", false, "an IPv4 address", good_ipv4 }, \
	{ "address6", false, "auto, none or an IPv6 address/prefix", \
		good_address6 }, \
	{ "gateway6", false, "an IPv6 address", good_ipv6 }, \
	{ "vlan", false, "a number from 1 to 4094", good_vlan }, \
	{ "mtu", false, "a number from 576 to 9216", good_mtu }, \
	{ NULL, false, NULL, NULL }

static const struct conf_key nic_keys[] = {
	ADAPTER_KEYS,
};

static const struct conf_key bond_keys[] = {
	{ "nics", false,
		"two or more different MAC addresses with spaces between",
		good_macs },
	{ "mode", false, "active-backup, lacp or balance-xor",
		good_bond_mode },
	ADAPTER_KEYS,
};

static const struct conf_key switch_keys[] = {
	{ "type", false, "external, internal or private", good_switch_type },
	{ "nic", false, "a MAC address or the name of a bond", good_uplink },
	{ "host", false, "yes or no", good_yes_no },
	{ "mtu", false, "a number from 1280 to 9000", good_switch_mtu },
	{ "address", false, "an IPv4 address/prefix, the prefix at most 30",
		good_network4 },
	{ "address6", false, "an IPv6 address/prefix", good_network6 },
	{ "dhcp", false, "two IPv4 addresses with a hyphen between",
		good_range },
	{ "nat", false, "yes or no", good_yes_no },
	{ NULL, false, NULL, NULL },
};

static const struct conf_key port_keys[] = {
	{ "switch", false, "the name of a switch", good_switch_name },
	{ "mac", false, "a MAC address such as 52:54:00:12:34:56", good_mac },
	{ "vlan", false, "a number from 1 to 4094", good_vlan },
	{ "trunk", false, "VLANs such as 10,20-29", good_vlans },
	{ "native", false, "a number from 1 to 4094", good_vlan },
	{ "address", true, "an IPv4 or IPv6 address", good_address },
	{ "guard", false, "none, or of mac, dhcp and router", good_guards },
	{ NULL, false, NULL, NULL },
};

static const struct conf_key volume_keys[] = {
	{ "uuid", false, "the UUID of an ext4 file system", good_uuid },
	{ NULL, false, NULL, NULL },
};

const struct conf_kind host_kinds[] = {
	{ "host", NULL, NULL, host_keys },
	{ "time", NULL, NULL, time_keys },
	{ "dns", NULL, NULL, dns_keys },
	{ "login", NULL, NULL, login_keys },
	{ "admin", "a name of at most 31 lower-case letters, digits, hyphens "
		"and underscores, none of the system's", good_admin,
		login_keys },
	{ "nic", "a MAC address such as 52:54:00:12:34:56", good_mac,
		nic_keys },
	{ "bond", "a name from bond0 to bond99", good_bond_name, bond_keys },
	{ "switch", "a name of at most 10 lower-case letters, digits and "
		"hyphens", good_switch_name, switch_keys },
	{ "port", "a name of at most 15 lower-case letters, digits and "
		"hyphens", good_port_name, port_keys },
	{ "volume", "a name of at most 15 lower-case letters, digits and "
		"hyphens", good_volume_name, volume_keys },
	{ NULL, NULL, NULL, NULL },
};

struct checker {
	const struct conf *conf;
	conf_report *report;
	void *context;
	int problems;
};

/* Reports a problem of a key, or with key NULL of the section itself. */
static void problem(struct checker *checker, const char *section,
	const char *key, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static void problem(struct checker *checker, const char *section,
	const char *key, const char *format, ...)
{
	char sentence[128];
	char text[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(sentence, sizeof(sentence), format, arguments);
	va_end(arguments);
	snprintf(text, sizeof(text), "[%s] %s%s%s", section, key ? key : "",
		key ? ": " : "", sentence);
	checker->report(checker->context,
		conf_line(checker->conf, section, key), text);
	checker->problems++;
}

/* A gateway is of no use without an address of the same family. */
static void check_gateway(struct checker *checker, const char *section,
	const char *gateway, const char *key)
{
	const char *address = conf_value(checker->conf, section, key, 0);

	if (conf_value(checker->conf, section, gateway, 0) &&
		(!address || !strchr(address, '/')))
		problem(checker, section, gateway,
			"has no effect without an %s/prefix", key);
}

/* The adapter serves in no other bond and stands for itself nowhere. */
static void check_member(struct checker *checker, const char *section,
	const char *mac)
{
	char nic[sizeof("nic ") + MAC_LENGTH];
	const char *other;
	const char *macs;
	int i;

	snprintf(nic, sizeof(nic), "nic %.*s", MAC_LENGTH, mac);
	if (conf_line(checker->conf, nic, NULL))
		problem(checker, section, "nics",
			"%.*s has a [nic] section too", MAC_LENGTH, mac);
	for (i = 0; (other = conf_section(checker->conf, "bond", i)); i++) {
		if (!strcmp(other, section))
			return;
		macs = conf_value(checker->conf, other, "nics", 0);
		if (macs && list_has(macs, mac))
			problem(checker, section, "nics",
				"%.*s is in [%s] too", MAC_LENGTH, mac, other);
	}
}

static void check_bond(struct checker *checker, const char *section)
{
	const char *mac = conf_value(checker->conf, section, "nics", 0);

	if (!mac)
		problem(checker, section, NULL, "nics is missing");
	for (; mac && *mac; mac = next_mac(mac))
		check_member(checker, section, mac);
}

/* Keys that have no effect in a switch of this type. */
static void check_type(struct checker *checker, const char *section,
	const char *type)
{
	static const struct { const char *key, *type; } only[] = {
		{ "nic", "external" }, { "host", "external" },
		{ "address", "internal" }, { "address6", "internal" },
		{ "dhcp", "internal" }, { "nat", "internal" },
	};
	size_t i;

	for (i = 0; i < sizeof(only) / sizeof(*only); i++)
		if (strcmp(only[i].type, type) &&
		    conf_value(checker->conf, section, only[i].key, 0))
			problem(checker, section, only[i].key,
				"is for %s switches", only[i].type);
}

/* The uplink is a bond of the settings, or an adapter outside of bonds. */
static void check_uplink(struct checker *checker, const char *section,
	const char *nic)
{
	const char *other, *value;
	char bond[32];
	int i;

	snprintf(bond, sizeof(bond), "bond %s", nic);
	if (good_bond_name(nic) && !conf_line(checker->conf, bond, NULL))
		problem(checker, section, "nic", "there is no [%s]", bond);
	for (i = 0; (other = conf_section(checker->conf, "bond", i)); i++) {
		value = conf_value(checker->conf, other, "nics", 0);
		if (value && good_mac(nic) && list_has(value, nic))
			problem(checker, section, "nic", "%s is in [%s]", nic,
				other);
	}
	for (i = 0; (other = conf_section(checker->conf, "switch", i)) &&
		strcmp(other, section); i++) {
		value = conf_value(checker->conf, other, "nic", 0);
		if (value && !strcasecmp(value, nic))
			problem(checker, section, "nic", "%s is in [%s] too",
				nic, other);
	}
}

/* The networks of internal switches are different ones. */
static void check_networks(struct checker *checker, const char *section,
	const char *address)
{
	const char *dhcp = conf_value(checker->conf, section, "dhcp", 0);
	uint32_t own[2], range[2];
	const char *other, *value;
	int i;

	network_of(address, own);
	if (dhcp && parse_range(dhcp, range) &&
	    (range[0] <= own[0] || range[1] >= own[1]))
		problem(checker, section, "dhcp", "is not within %s",
			address);
	for (i = 0; (other = conf_section(checker->conf, "switch", i)) &&
		strcmp(other, section); i++) {
		value = conf_value(checker->conf, other, "address", 0);
		if (!value)
			continue;
		network_of(value, range);
		if (range[0] <= own[1] && own[0] <= range[1])
			problem(checker, section, "address",
				"overlaps with that of [%s]", other);
	}
}

static void check_switch(struct checker *checker, const char *section)
{
	const struct conf *conf = checker->conf;
	const char *type = conf_value(conf, section, "type", 0);
	const char *nic = conf_value(conf, section, "nic", 0);
	const char *address = conf_value(conf, section, "address", 0);
	const char *nat = conf_value(conf, section, "nat", 0);

	if (!type) {
		problem(checker, section, NULL, "type is missing");
		return;
	}
	check_type(checker, section, type);
	if (!strcmp(type, "external") && !nic)
		problem(checker, section, NULL, "nic is missing");
	if (nic)
		check_uplink(checker, section, nic);
	if (address)
		check_networks(checker, section, address);
	else if (conf_value(conf, section, "dhcp", 0))
		problem(checker, section, "dhcp",
			"has no effect without an address");
	else if (nat && !strcmp(nat, "yes"))
		problem(checker, section, "nat",
			"has no effect without an address");
}

/* No two ports with one MAC address, no port that is called as a switch. */
static void check_port_alone(struct checker *checker, const char *section)
{
	const char *mac = conf_value(checker->conf, section, "mac", 0);
	const char *other, *value;
	char name[32];
	int i;

	snprintf(name, sizeof(name), "switch %s", section + strlen("port "));
	if (conf_line(checker->conf, name, NULL))
		problem(checker, section, NULL, "there is a [%s] too", name);
	for (i = 0; mac && (other = conf_section(checker->conf, "port", i)) &&
		strcmp(other, section); i++) {
		value = conf_value(checker->conf, other, "mac", 0);
		if (value && !strcasecmp(value, mac))
			problem(checker, section, "mac", "%s is in [%s] too",
				mac, other);
	}
}

static void check_port(struct checker *checker, const char *section)
{
	const struct conf *conf = checker->conf;
	const char *of = conf_value(conf, section, "switch", 0);
	char name[32];

	snprintf(name, sizeof(name), "switch %s", of ? of : "");
	if (!of)
		problem(checker, section, NULL, "switch is missing");
	else if (!conf_line(conf, name, NULL))
		problem(checker, section, "switch", "there is no [%s]", name);
	if (conf_value(conf, section, "vlan", 0) &&
	    conf_value(conf, section, "trunk", 0))
		problem(checker, section, "trunk",
			"has no effect beside vlan");
	else if (conf_value(conf, section, "native", 0) &&
		!conf_value(conf, section, "trunk", 0))
		problem(checker, section, "native",
			"has no effect without trunk");
	check_port_alone(checker, section);
}

/* Two names for one would be mounted in two places. */
static void check_volume(struct checker *checker, const char *section)
{
	const char *uuid = conf_value(checker->conf, section, "uuid", 0);
	const char *other, *value;
	int i;

	if (!uuid)
		problem(checker, section, NULL, "uuid is missing");
	for (i = 0; uuid && (other = conf_section(checker->conf, "volume", i))
		&& strcmp(other, section); i++) {
		value = conf_value(checker->conf, other, "uuid", 0);
		if (value && !strcasecmp(value, uuid))
			problem(checker, section, "uuid", "is that of [%s], "
				"too", other);
	}
}

int host_check(const struct conf *conf, conf_report *report, void *context)
{
	struct checker checker = { conf, report, context, 0 };
	const char *section;
	int i;

	for (i = 0; (section = conf_section(conf, NULL, i)); i++) {
		check_gateway(&checker, section, "gateway", "address");
		check_gateway(&checker, section, "gateway6", "address6");
	}
	for (i = 0; (section = conf_section(conf, "bond", i)); i++)
		check_bond(&checker, section);
	for (i = 0; (section = conf_section(conf, "switch", i)); i++)
		check_switch(&checker, section);
	for (i = 0; (section = conf_section(conf, "port", i)); i++)
		check_port(&checker, section);
	for (i = 0; (section = conf_section(conf, "volume", i)); i++)
		check_volume(&checker, section);
	return checker.problems;
}
