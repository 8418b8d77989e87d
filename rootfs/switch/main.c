/* switch: makes, shows and removes virtual switches; see docs/switches.md. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change.h"
#include "define.h"
#include "dhcpd.h"
#include "keep.h"
#include "list.h"
#include "mac.h"
#include "vswitch.h"

enum { EXIT_GOOD, EXIT_UNUSABLE = 2 };

struct command {
	const char *name;
	bool changes;    /* settings that are kept */
	int least, most; /* arguments */
	int (*run)(struct maker *maker, char **arguments, int count);
	const char *help;
};

/* What was asked is done, but the next start does not know of it. */
static int changed(int result, bool kept, const char *name)
{
	if (!result && !kept)
		fprintf(stderr, "switch: %s: the change of %s is lost at the "
			"next start\n", keep_why_nowhere(), name);
	return result;
}

static int run_create(struct maker *maker, char **arguments, int count)
{
	bool kept = false;
	int result = change_create(maker, arguments[0], arguments + 1,
		count - 1, &kept);

	return changed(result, kept, arguments[0]);
}

static int run_set(struct maker *maker, char **arguments, int count)
{
	bool kept = false;
	int result = change_set(maker, arguments[0], arguments + 1, count - 1,
		&kept);

	return changed(result, kept, arguments[0]);
}

static int run_delete(struct maker *maker, char **arguments, int count)
{
	bool kept = false;
	int result = change_delete(maker, arguments[0], &kept);

	(void)count;
	return changed(result, kept, arguments[0]);
}

static int run_connect(struct maker *maker, char **arguments, int count)
{
	bool kept = false;
	int result = change_connect(maker, arguments[0], arguments[1],
		arguments + 2, count - 2, &kept);

	return changed(result, kept, arguments[1]);
}

static int run_disconnect(struct maker *maker, char **arguments, int count)
{
	bool kept = false;
	int result = change_disconnect(maker, arguments[0], &kept);

	(void)count;
	return changed(result, kept, arguments[0]);
}

static int run_list(struct maker *maker, char **arguments, int count)
{
	bool json = count && !strcmp(arguments[0], "--json");

	if (count - json > 1)
		return trouble(&maker->why, -EINVAL, "list takes one name");
	return json ? list_json(maker, count > 1 ? arguments[1] : NULL) :
		list_text(maker, count ? arguments[0] : NULL);
}

static int run_start(struct maker *maker, char **arguments, int count)
{
	int problems = change_start(maker);

	(void)arguments;
	(void)count;
	return problems > 0 ? -EIO : problems;
}

/* An adapter has come. */
static int run_plug(struct maker *maker, char **arguments, int count)
{
	struct vswitch vswitch;
	int i, result = 0;

	(void)arguments;
	(void)count;
	for (i = 0; !result && define_switch_at(maker->settings.conf, i,
		&vswitch); i++)
		result = vswitch_plug(maker, &vswitch);
	return result;
}

/* The host's name servers may be others now. */
static int run_resolver(struct maker *maker, char **arguments, int count)
{
	struct vswitch vswitch;
	int i, result = 0;

	(void)arguments;
	(void)count;
	for (i = 0; !result && define_switch_at(maker->settings.conf, i,
		&vswitch); i++)
		if (vswitch.dhcp[0])
			result = dhcpd_apply(&vswitch);
	return result;
}

static int run_mac(struct maker *maker, char **arguments, int count)
{
	unsigned long nic = count > 1 ? strtoul(arguments[1], NULL, 10) : 0;
	uint8_t mac[6];
	char text[18];
	int result = mac_choose(&maker->settings, &maker->live, maker->socket,
		arguments[0], (unsigned int)nic, mac);

	if (result)
		return result;
	define_mac_text(mac, text);
	puts(text);
	return 0;
}

static const struct command commands[] = {
	{ "create", true, 2, 1 << 10, run_create,
		"create NAME type=external nic=MAC|BOND [host=no] [mtu=N]\n"
		"  create NAME type=internal [address=A/P] [address6=A/P]\n"
		"         [dhcp=FIRST-LAST] [nat=yes] [mtu=N]\n"
		"  create NAME type=private [mtu=N]" },
	{ "set", true, 2, 1 << 10, run_set, "set NAME KEY=VALUE...\t\ta "
		"switch or a port; without a value: the default" },
	{ "delete", true, 1, 1, run_delete, "delete NAME" },
	{ "list", false, 0, 2, run_list, "list [--json] [NAME]" },
	{ "connect", true, 2, 1 << 10, run_connect,
		"connect SWITCH PORT [mac=MAC] [vlan=N | trunk=LIST "
		"[native=N]]\n"
		"         [address=A]... [guard=\"mac dhcp router\"|none]" },
	{ "disconnect", true, 1, 1, run_disconnect, "disconnect PORT" },
	{ "mac", false, 1, 2, run_mac, "mac OWNER [N]\t\t\tan address for its "
		"N-th adapter" },
	{ "start", false, 0, 0, run_start, "start\t\t\t\twhat the settings say" },
	{ "plug", false, 0, 0, run_plug, "plug\t\t\t\tan adapter has come" },
	{ "resolver", false, 0, 0, run_resolver, "resolver\t\t\tthe host's "
		"name servers are others" },
};

enum { COMMANDS = sizeof(commands) / sizeof(*commands) };

static int usage(FILE *stream, int status)
{
	int i;

	fprintf(stream, "usage: switch COMMAND\n");
	for (i = 0; i < COMMANDS; i++)
		fprintf(stream, "  %s\n", commands[i].help);
	return status;
}

static int run(const struct command *command, char **arguments, int count,
	bool trial)
{
	struct maker maker;
	int result = maker_open(&maker);

	if (!result) {
		maker.settings.trial = trial;
		if (command->changes && !trial)
			result = settings_may_keep(&maker.why);
		if (!result)
			result = command->run(&maker, arguments, count);
		maker_close(&maker);
	}
	if (result && (maker.why.text[0] || command->run != run_start))
		fprintf(stderr, "switch: %s\n", maker.why.text[0] ?
			maker.why.text : strerror(-result));
	return trouble_status(result);
}

/* --trial: the host's own volume is left as it is; see docs/settings.md. */
int main(int count, char **arguments)
{
	bool trial = count > 1 && !strcmp(arguments[1], "--trial");
	int i;

	count -= trial;
	arguments += trial;
	if (count == 2 && !strcmp(arguments[1], "--help"))
		return usage(stdout, EXIT_GOOD);
	count -= 2;
	for (i = 0; count >= 0 && i < COMMANDS; i++)
		if (!strcmp(arguments[1], commands[i].name) &&
		    count >= commands[i].least && count <= commands[i].most)
			return run(&commands[i], arguments + 2, count, trial);
	return usage(stderr, EXIT_UNUSABLE);
}
