/* What in a definition keeps its VM from starting. */
/* SPDX-License-Identifier: MIT */
#include "definition_check.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "definition_keys.h"
#include "define.h"
#include "finding.h"
#include "image.h"

static const char *place_of(const char *section)
{
	return strchr(section, ' ') + 1;
}

/* The storage folders, as far as there is room: a sentence's end. */
static const char *list_storages(const struct definition_home *home,
	char text[300])
{
	size_t used = 0;
	int i;

	text[0] = '\0';
	for (i = 0; i < home->count && used < 250; i++)
		used += snprintf(text + used, 300 - used, "%s%.40s",
			i ? ", " : "", home->storages[i]);
	return i ? text : "none is configured";
}

/* A file of the VM's own folder is named alone: it moves with the folder. */
static bool in_own_folder(const struct definition_home *home,
	const char *rest)
{
	size_t length = strlen(home->name);

	return !strncasecmp(rest, "vms/", 4) &&
		!strncasecmp(rest + 4, home->name, length) &&
		rest[4 + length] == '/';
}

static void check_path(struct findings *findings, const char *section,
	const char *file, const struct definition_home *home)
{
	const char *rest;
	char text[300];
	int storage = image_storage(file, home->storages, home->count, &rest);

	if (storage < 0)
		finding(findings, section, "file", "%.100s is in none of the "
			"storage folders: %s", file,
			list_storages(home, text));
	else if (storage == home->own && in_own_folder(home, rest))
		finding(findings, section, "file", "%.100s is in the VM's own "
			"folder: there its name stands alone, without a path",
			file);
}

static bool is_read_only(const struct conf *conf, const char *section)
{
	const char *value = conf_value(conf, section, "read-only", 0);

	return !strncmp(section, "dvd ", 4) ||
		(value && !strcmp(value, "yes"));
}

/* Another drive before this one at its place, or with its file. */
static void check_pair(struct findings *findings, const char *section,
	const char *other)
{
	const struct conf *conf = findings->conf;
	const char *file = conf_value(conf, section, "file", 0);
	const char *same = conf_value(conf, other, "file", 0);

	if (!strcmp(place_of(section), place_of(other)))
		finding(findings, section, NULL, "there is a [%s] too, at one "
			"place", other);
	if (!file || !same || strcasecmp(file, same) ||
	    (is_read_only(conf, section) && is_read_only(conf, other)))
		return;
	finding(findings, section, "file", "[%s] has %.100s too, and not both "
		"only read it", other, file);
}

static void check_drive(struct findings *findings, const char *section,
	const struct definition_home *home)
{
	const char *file = conf_value(findings->conf, section, "file", 0);
	const char *other;
	int i;

	if (!file && !strncmp(section, "disk ", 5))
		finding(findings, section, NULL, "file is missing");
	if (file && home && image_is_path(file))
		check_path(findings, section, file, home);
	for (i = 0; (other = conf_section(findings->conf, NULL, i)) &&
		strcmp(other, section); i++)
		if (definition_is_drive(other))
			check_pair(findings, section, other);
}

static void check_port(struct findings *findings, const char *section)
{
	const struct conf *conf = findings->conf;
	bool trunk = conf_value(conf, section, "trunk", 0);

	if (trunk && conf_value(conf, section, "vlan", 0))
		finding(findings, section, "trunk", "an adapter has vlan or "
			"trunk, not both");
	if (!trunk && conf_value(conf, section, "native", 0))
		finding(findings, section, "native", "is a trunk's, and there "
			"is no trunk");
	if (conf_value(conf, section, "address", PORT_ADDRESSES))
		finding(findings, section, "address", "there are more than %d",
			PORT_ADDRESSES);
}

static void check_nic(struct findings *findings, const char *section)
{
	const struct conf *conf = findings->conf;
	const char *mac = conf_value(conf, section, "mac", 0), *other, *same;
	int i;

	if (!mac)
		finding(findings, section, NULL, "mac is missing");
	for (i = 0; mac && (other = conf_section(conf, "nic", i)) &&
		strcmp(other, section); i++) {
		same = conf_value(conf, other, "mac", 0);
		if (same && !strcasecmp(mac, same))
			finding(findings, section, "mac", "[%s] has %s too",
				other, mac);
	}
	check_port(findings, section);
}

int definition_check(const struct conf *conf,
	const struct definition_home *home, conf_report *report,
	void *context)
{
	struct findings findings = { conf, report, context, 0 };
	const char *section;
	int i;

	findings.count = conf_complaints(conf, true, report, context);
	if (!conf_value(conf, "vm", "id", 0))
		finding(&findings, "vm", NULL, "id is missing");
	for (i = 0; (section = conf_section(conf, NULL, i)); i++)
		if (definition_is_drive(section))
			check_drive(&findings, section, home);
		else if (!strncmp(section, "nic ", 4))
			check_nic(&findings, section);
	return findings.count;
}
