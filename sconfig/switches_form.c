/* Forms for a virtual switch: a new one, and one that is there. */
/* SPDX-License-Identifier: MIT */
#include "switches_form.h"

#include "network_rows.h"
#include "rootfs/conf/keys.h"

#define INTERNAL .when = "type=internal"

/* What can be changed later, too. */
#define SWITCH_FIELDS \
	{ "Address", FORM_TEXT, "address=", "The host's IPv4 address on it, " \
		"and the length of the network's part, as 10.9.0.1/24. Empty: " \
		"none.", \
		.most = 18, INTERNAL }, \
	{ "IPv6 address", FORM_TEXT, "address6=", "The host's IPv6 address " \
		"on it, as fd00:9::1/64. Empty: none.", .most = 43, \
		INTERNAL }, \
	{ "DHCP", FORM_TEXT, "dhcp=", "The addresses that VMs get, first and " \
		"last, as 10.9.0.100-10.9.0.199. Empty: the host leases " \
		"none.", \
		.most = 31, INTERNAL }, \
	{ "NAT", FORM_YES_NO, "nat=", "Yes: VMs reach what the host reaches, " \
		"by its address (IPv4).", .first = "no", INTERNAL }, \
	{ "MTU", FORM_NUMBER, "mtu=", "Bytes of a packet: 1280 to 9000. " \
		"Empty: 1500.", .least = 1280, .most = 9000, \
		.sample = "9000" }, \
	{ .label = NULL }

static const struct form_field new_fields[] = {
	{ "Name", FORM_TEXT, "@", "At most 10 lower-case letters, digits and "
		"hyphens, as lan. It is the interface's name, so not eth0 or "
		"the like.", .needed = true, .most = 10,
		.good = good_switch_name, .takes = "a switch's name: a "
			"lower-case letter first, then letters, digits, "
			"hyphens; not eth..., bond..., usb..., wlan...",
		.sample = "lan" },
	{ "Type", FORM_CHOICE, "type=", "External: to the network outside. "
		"Internal: VMs and the host. Private: VMs alone.",
		.choices = "external|internal|private", .sample = "private" },
	{ "Adapter", FORM_PICK, "nic=", "The adapter, or the bond, that leads "
		"outside.", .needed = true, .source = "host show",
		.options = network_uplinks, .when = "type=external" },
	{ "Host on it", FORM_YES_NO, "host=", "Yes: the adapter's addresses "
		"stand on the switch. No: the host does not use the adapter "
		"any more, VMs alone do.", .first = "yes",
		.when = "type=external" },
	SWITCH_FIELDS,
};

/* Type and the like are there to be seen. */
static const struct form_field change_fields[] = {
	{ "Type", FORM_CHOICE, NULL, "It cannot be changed: delete the switch "
		"and make another.", .value = "type" },
	{ "Adapter", FORM_CHOICE, NULL, "It cannot be changed: delete the "
		"switch and make another.", .value = "nic",
		.when = "type=external" },
	SWITCH_FIELDS,
};

const struct form switches_new = {
	.title = "New switch", .words = "switch create @",
	.fields = new_fields, .names = true,
	.help = "An external switch is on trial for 60 s: confirm it (c), or "
		"it is taken back." };

const struct form switches_change = {
	.title = "Switch @", .words = "switch set @", .fields = change_fields,
	.changes = true, .sample = "lan",
	.help = "VMs stay plugged in. What is changed of an external switch is "
		"on trial for 60 s: confirm it (c)." };
