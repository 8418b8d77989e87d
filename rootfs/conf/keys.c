/* The sections and keys of a host's socle.conf, and what each value may be. */
/* SPDX-License-Identifier: MIT */
#include "keys.h"
#include "keys_values.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define LOWER_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789"
#define NAME_CHARACTERS LOWER_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define BASE64_CHARACTERS NAME_CHARACTERS "+/="

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

const char *mac_next(const char *macs)
{
	macs += strcspn(macs, " ");
	return macs + strspn(macs, " ");
}

bool mac_list_has(const char *macs, const char *mac)
{
	for (; *macs; macs = mac_next(macs))
		if (!strncasecmp(macs, mac, MAC_LENGTH))
			return true;
	return false;
}

static bool good_macs(const char *value)
{
	int count = 0;

	for (; *value; value = mac_next(value), count++)
		if (!good_mac_part(value, strcspn(value, " ")) ||
			mac_list_has(mac_next(value), value))
			return false;
	return count >= 2;
}

static bool good_bond_mode(const char *value)
{
	return !strcmp(value, "active-backup") || !strcmp(value, "lacp") ||
		!strcmp(value, "balance-xor");
}

bool good_bond_name(const char *value)
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

bool range_parse(const char *value, uint32_t range[2])
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

	return range_parse(value, range);
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

static bool good_text(const char *value)
{
	return *value;
}

unsigned long long size_value(const char *value)
{
	static const struct { const char *name; unsigned long long bytes; }
		units[] = { { " MB", 1000000 }, { " GB", 1000000000 },
			{ " TB", 1000000000000 } };
	size_t digits = strspn(value, "0123456789"), i;

	for (i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (digits && digits <= 6 &&
		    !strcmp(value + digits, units[i].name))
			return strtoull(value, NULL, 10) * units[i].bytes;
	return 0;
}

static bool good_size(const char *value)
{
	return size_value(value);
}

static bool good_system(const char *value)
{
	return !strcmp(value, "disk") || !strcmp(value, "stick");
}

static bool good_after(const char *value)
{
	return !strcmp(value, "stay") || !strcmp(value, "restart") ||
		!strcmp(value, "stop");
}

static const struct conf_key install_keys[] = {
	{ "bus", false, "a bus such as SATA, NVMe, USB or virtio", good_text },
	{ "least", false, "a size such as 100 GB", good_size },
	{ "most", false, "a size such as 2 TB", good_size },
	{ "model", false, "a model, * for any letters", good_text },
	{ "serial", false, "a serial number", good_text },
	{ "system", false, "disk or stick", good_system },
	{ "overwrite", false, "yes or no", good_yes_no },
	{ "after", false, "stay, restart or stop", good_after },
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
	{ "install", NULL, NULL, install_keys },
	{ NULL, NULL, NULL, NULL },
};
