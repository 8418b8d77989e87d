/* What is needed to change the kernel by the settings. */
/* SPDX-License-Identifier: MIT */
#include "maker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "define.h"
#include "guard.h"
#include "nat.h"
#include "program.h"
#include "rtnl.h"

int maker_open(struct maker *maker)
{
	int result;

	*maker = (struct maker){ 0 };
	result = settings_open(&maker->settings, &maker->why);
	if (result)
		return result;
	maker->socket = rtnl_open();
	result = maker->socket < 0 ? trouble(&maker->why, maker->socket,
		"no netlink: %s", strerror(-maker->socket)) :
		liveports_read(&maker->live, &maker->why);
	if (!result)
		return 0;
	if (maker->socket >= 0)
		close(maker->socket);
	settings_close(&maker->settings);
	return result;
}

void maker_close(struct maker *maker)
{
	close(maker->socket);
	liveports_free(&maker->live);
	settings_close(&maker->settings);
}

bool maker_sees(const struct maker *maker, const char *name)
{
	struct link link;

	return !rtnl_link(maker->socket, name, &link);
}

void maker_modules(void)
{
	/* The node comes with the module. */
	program_run((char *[]){ "modprobe", "-a", "-q", "bridge", "tun",
		"nf_tables", NULL });
}

static struct port *add(struct port **ports, int *count)
{
	struct port *more = realloc(*ports,
		(size_t)(*count + 1) * sizeof(*more));

	if (!more)
		return NULL;
	*ports = more;
	return &more[(*count)++];
}

/* Those of the settings, and those of VMs that are in a switch. */
static int all_ports(const struct maker *maker, struct port **ports)
{
	struct port port, *next;
	int i, count = 0;

	*ports = NULL;
	for (i = 0; define_port_at(maker->settings.conf, i, &port); i++) {
		next = add(ports, &count);
		if (!next)
			return -ENOMEM;
		*next = port;
	}
	for (i = 0; i < maker->live.count; i++) {
		if (!maker->live.list[i].port.of[0])
			continue;
		next = add(ports, &count);
		if (!next)
			return -ENOMEM;
		*next = maker->live.list[i].port;
	}
	return count;
}

static int apply_guards(const struct maker *maker)
{
	struct port *ports;
	int count = all_ports(maker, &ports),
	    result = count < 0 ? count : guard_apply(ports, count);

	free(ports);
	return result;
}

static int apply_nat(const struct conf *conf)
{
	struct vswitch *switches = NULL, vswitch;
	int count, result;

	for (count = 0; define_switch_at(conf, count, &vswitch); count++) {
		struct vswitch *more = realloc(switches,
			(size_t)(count + 1) * sizeof(vswitch));

		if (!more) {
			free(switches);
			return -ENOMEM;
		}
		switches = more;
		switches[count] = vswitch;
	}
	result = nat_apply(switches, count);
	free(switches);
	return result;
}

int maker_rules(struct maker *maker)
{
	int result = apply_guards(maker);

	if (result)
		return trouble(&maker->why, result,
			"the guards of the ports cannot be set: %s",
			strerror(-result));
	result = apply_nat(maker->settings.conf);
	if (result)
		trouble(&maker->why, result,
			"address translation cannot be set: %s",
			strerror(-result));
	return result;
}
