/* The ports of VMs that run: what is in /run/socle/ports. */
/* SPDX-License-Identifier: MIT */
#include "liveports.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "keys.h"
#include "paths.h"

/* "none", and the longest list of VLANs. */
enum { SECTION = 32, VALUE = 16384 };

static bool good_tap(const char *value)
{
	size_t length = strlen(value);

	return length && length < IFNAMSIZ && strspn(value,
		"abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

/* Who writes the file has looked at the name. */
static bool good_vm(const char *value)
{
	return strlen(value) < LIVEPORT_VM;
}

static bool good_adapter(const char *value)
{
	return good_number(value, 0, 65535);
}

static const struct conf_key keys[] = {
	{ "vm", false, "a VM's name", good_vm },
	{ "nic", false, "a number", good_adapter },
	{ "switch", false, "the name of a switch", good_switch_name },
	{ "mac", false, "a MAC address", good_mac },
	{ "vlan", false, "a number from 1 to 4094", good_vlan },
	{ "trunk", false, "VLANs", good_vlans },
	{ "native", false, "a number from 1 to 4094", good_vlan },
	{ "address", true, "an IPv4 or IPv6 address", good_address },
	{ "guard", false, "none, or of mac, dhcp and router", good_guards },
	{ NULL, false, NULL, NULL },
};

static const struct conf_kind kinds[] = {
	{ "port", "the name of a tap", good_tap, keys },
	{ NULL, NULL, NULL, NULL },
};

/* Not by if_nametoindex(): who may look for modules does so, for each name that
 * is not there. */
static bool is_there(const char *tap)
{
	char path[32 + IFNAMSIZ];

	snprintf(path, sizeof(path), "/sys/class/net/%s", tap);
	return !access(path, F_OK);
}

static bool take(const struct conf *conf, const char *section,
	struct liveport *port)
{
	const char *vm = conf_value(conf, section, "vm", 0);
	const char *nic = conf_value(conf, section, "nic", 0);

	memset(port, 0, sizeof(*port));
	if (!vm || !nic)
		return false;
	define_port_keys(conf, section, &port->port);
	snprintf(port->port.name, sizeof(port->port.name), "%s",
		section + strlen("port "));
	snprintf(port->vm, sizeof(port->vm), "%s", vm);
	port->nic = (unsigned int)strtoul(nic, NULL, 10);
	return is_there(port->port.name);
}

/* A section, as text: each is parsed by itself, as there may be many. */
static int take_text(struct liveports *ports, const char *text, size_t size)
{
	struct conf *conf = conf_parse(text, size, kinds, NULL, NULL);
	const char *section = conf ? conf_section(conf, "port", 0) : NULL;
	struct liveport port;
	int result = conf ? 0 : -errno;

	if (section && take(conf, section, &port))
		result = liveports_add(ports, &port);
	conf_free(conf);
	return result;
}

/* Sections begin with a bracket, and no other line that is written here. */
static int take_all(struct liveports *ports, const char *text)
{
	const char *next;
	int result = 0;

	while (!result && *text) {
		next = strstr(text + 1, "\n[");
		next = next ? next + 1 : text + strlen(text);
		result = take_text(ports, text, (size_t)(next - text));
		text = next;
	}
	return result;
}

/* There is no zero in it. */
static int read_all(struct liveports *ports, FILE *file)
{
	char *text = NULL;
	size_t room = 0;
	int result = getdelim(&text, &room, '\0', file) < 0 ?
		(ferror(file) ? -EIO : 0) : take_all(ports, text);

	free(text);
	return result;
}

int liveports_read(struct liveports *ports, struct trouble *why)
{
	FILE *file = fopen(PATH_PORTS, "re");
	int result = file ? 0 : -errno;

	*ports = (struct liveports){ .list = NULL };
	if (result == -ENOENT)
		return 0;
	if (!result) {
		result = read_all(ports, file);
		fclose(file);
	}
	if (!result)
		return 0;
	liveports_free(ports);
	return trouble(why, result, "%s cannot be read: %s", PATH_PORTS,
		strerror(-result));
}

static int put(struct conf *conf, const char *section, const char *key,
	const char *value)
{
	return conf_set(conf, section, key, &value, 1, NULL, NULL);
}

static int put_vlans(struct conf *conf, const char *section,
	const struct port *port)
{
	char list[VALUE], number[8];
	int result = 0;

	snprintf(number, sizeof(number), "%u", port->native);
	if (!port->trunk)
		return port->native == VLAN_FIRST ? 0 :
			put(conf, section, "vlan", number);
	if (!vlans_print(&port->tagged, list, sizeof(list)))
		return -E2BIG;
	result = put(conf, section, "trunk", list);
	return result || !port->native ? result :
		put(conf, section, "native", number);
}

/* The default is not written, of which most ports are. */
static int put_guards(struct conf *conf, const char *section,
	unsigned int guards)
{
	char text[32];

	if (guards == GUARD_MAC)
		return 0;
	snprintf(text, sizeof(text), "%s%s%s", guards & GUARD_MAC ? "mac " :
		"", guards & GUARD_DHCP ? "dhcp " : "",
		guards & GUARD_ROUTER ? "router " : "");
	return put(conf, section, "guard", guards ? text : "none");
}

static int put_addresses(struct conf *conf, const char *section,
	const struct port *port)
{
	const char *values[PORT_ADDRESSES];
	int i;

	for (i = 0; i < port->addresses; i++)
		values[i] = port->address[i];
	return i ? conf_set(conf, section, "address", values, i, NULL, NULL) :
		0;
}

static int put_port(struct conf *conf, const struct liveport *live)
{
	const struct port *port = &live->port;
	char section[SECTION], mac[18], nic[16];
	int result;

	snprintf(section, sizeof(section), "port %s", port->name);
	snprintf(nic, sizeof(nic), "%u", live->nic);
	define_mac_text(port->mac, mac);
	result = put(conf, section, "vm", live->vm);
	if (!result)
		result = put(conf, section, "nic", nic);
	if (!result)
		result = put(conf, section, "mac", mac);
	if (!result && port->of[0])
		result = put(conf, section, "switch", port->of);
	if (!result)
		result = put_vlans(conf, section, port);
	if (!result)
		result = put_guards(conf, section, port->guards);
	return result ? result : put_addresses(conf, section, port);
}

static int write_port(FILE *file, const struct liveport *live)
{
	struct conf *conf = conf_new(kinds);
	int result = conf ? put_port(conf, live) : -ENOMEM;
	size_t size = 0;
	char *text = result ? NULL : conf_text(conf, &size);

	conf_free(conf);
	if (!result && !text)
		result = -errno;
	if (!result && fwrite(text, 1, size, file) != size)
		result = -EIO;
	free(text);
	return result;
}

/* Nothing of it outlives the host: it need not be on a medium. */
static int write_all(const struct liveports *ports)
{
	FILE *file = fopen(PATH_PORTS ".new", "we");
	int i, result = 0;

	if (!file)
		return -errno;
	for (i = 0; !result && i < ports->count; i++)
		result = write_port(file, &ports->list[i]);
	if (fclose(file) && !result)
		result = -errno;
	if (!result && rename(PATH_PORTS ".new", PATH_PORTS))
		result = -errno;
	return result;
}

int liveports_write(const struct liveports *ports, struct trouble *why)
{
	int result = write_all(ports);

	return result ? trouble(why, result, "%s cannot be written: %s",
		PATH_PORTS, strerror(-result)) : 0;
}

void liveports_free(struct liveports *ports)
{
	free(ports->list);
	*ports = (struct liveports){ .list = NULL };
}

struct liveport *liveports_find(const struct liveports *ports, const char *vm,
	unsigned int nic)
{
	int i;

	for (i = 0; i < ports->count; i++)
		if (ports->list[i].nic == nic &&
		    !strcasecmp(ports->list[i].vm, vm))
			return &ports->list[i];
	return NULL;
}

int liveports_add(struct liveports *ports, const struct liveport *port)
{
	struct liveport *list = realloc(ports->list,
		(size_t)(ports->count + 1) * sizeof(*list));

	if (!list)
		return -ENOMEM;
	ports->list = list;
	list[ports->count++] = *port;
	return 0;
}

void liveports_remove(struct liveports *ports, struct liveport *port)
{
	*port = ports->list[--ports->count];
}
