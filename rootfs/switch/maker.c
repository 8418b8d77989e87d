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
	if (maker->socket >= 0)
		return 0;
	result = maker->socket;
	settings_close(&maker->settings);
	return trouble(&maker->why, result, "no netlink: %s",
		strerror(-result));
}

void maker_close(struct maker *maker)
{
	close(maker->socket);
	settings_close(&maker->settings);
}

void maker_modules(void)
{
	/* The node comes with the module. */
	program_run((char *[]){ "modprobe", "-a", "-q", "bridge", "tun",
		"nf_tables", NULL });
}

static int apply_guards(const struct conf *conf)
{
	struct port *ports = NULL, port;
	int count, result;

	for (count = 0; define_port_at(conf, count, &port); count++) {
		struct port *more = realloc(ports,
			(size_t)(count + 1) * sizeof(port));

		if (!more) {
			free(ports);
			return -ENOMEM;
		}
		ports = more;
		ports[count] = port;
	}
	result = guard_apply(ports, count);
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
	int result = apply_guards(maker->settings.conf);

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
