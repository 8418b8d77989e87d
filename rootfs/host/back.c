/* A change of the network is taken back. */
/* SPDX-License-Identifier: MIT */
#include "back.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "keys.h"
#include "paths.h"
#include "places.h"
#include "program.h"
#include "rtnl.h"
#include "settings.h"

enum { WORD = 4200 };

static bool has(const struct conf *conf, const char *section)
{
	return conf_line(conf, section, NULL);
}

/* The settings in effect; whether they have a section. */
static bool is_there(const char *section)
{
	struct settings settings;
	bool there = false;

	if (settings_open(&settings, NULL))
		return false;
	there = has(settings.conf, section);
	settings_close(&settings);
	return there;
}

/* All sections at once: one alone may not fit to the others. */
static int put_back(const struct trial *trial)
{
	struct settings settings;
	int i, result = settings_open(&settings, NULL);

	if (result)
		return result;
	for (i = 0; result != -ENOMEM && i < trial->count; i++)
		result = conf_copy(trial->before, settings.conf,
			trial->sections[i], NULL);
	if (result != -ENOMEM)
		result = settings_write(&settings, NULL);
	settings_close(&settings);
	return result;
}

/* The bridge stays for the VMs that are on it; the adapter leaves it. */
static void free_uplink(const char *name)
{
	struct link *links = NULL, bridge;
	int i, count = 0, socket = rtnl_open();

	if (socket < 0)
		return;
	if (!rtnl_link(socket, name, &bridge))
		count = rtnl_links(socket, &links);
	for (i = 0; i < count; i++)
		if (links[i].master == bridge.index &&
		    strcmp(links[i].kind, "tun"))
			rtnl_set_master(socket, links[i].index, 0);
	free(links);
	close(socket);
}

/* One that the trial has made. */
static void remove_switch(const char *name)
{
	if (program_run((char *[]){ PLACE_SWITCH, "--trial", "delete",
		(char *)name, NULL }))
		free_uplink(name);
}

/* Only what can be changed of one is; all keys are said, changed or not. */
static void reset_switch(const struct conf *before, const char *section,
	const char *name)
{
	const struct conf_key *key;
	const char *value;
	char word[WORD];

	for (key = conf_kind_in(host_kinds, section)->keys; key->name; key++) {
		value = conf_value(before, section, key->name, 0);
		snprintf(word, sizeof(word), "%s=%s", key->name,
			value ? value : "");
		program_run((char *[]){ PLACE_SWITCH, "--trial", "set",
			(char *)name, word, NULL });
	}
}

/* True when a switch is to be made once the settings have it again. */
static bool switch_back(const struct trial *trial, const char *section)
{
	const char *name = section + strlen("switch ");

	if (!has(trial->before, section)) {
		if (is_there(section))
			remove_switch(name);
		return false;
	}
	if (!is_there(section))
		return true;
	reset_switch(trial->before, section, name);
	return false;
}

int back(struct trial *trial)
{
	bool start = false;
	int i, result;

	for (i = 0; i < trial->count; i++)
		if (!strncmp(trial->sections[i], "switch ", 7))
			start |= switch_back(trial, trial->sections[i]);
	result = put_back(trial);
	if (!result && start)
		result = program_run((char *[]){ PLACE_SWITCH, "start", NULL });
	if (program_run((char *[]){ PATH_NETWORK, "again", NULL }) && !result)
		result = -EIO;
	trial_note("reverted");
	trial_end();
	trial_free(trial);
	return result;
}

void back_in_time(struct trial *trial)
{
	openlog("socle", 0, LOG_DAEMON);
	syslog(LOG_NOTICE, "Network: a change was not confirmed, and is taken "
		"back.");
	if (back(trial))
		syslog(LOG_ERR, "Network: not all could be taken back.");
}
