/* Settings files: sections and values against a table of kinds. */
/* SPDX-License-Identifier: MIT */
#include "conf_lines.h"

#include <stdio.h>
#include <string.h>

static const struct conf_kind *find_kind(
	const struct conf_kind *kinds, const char *name, size_t length)
{
	for (; kinds->name; kinds++)
		if (strlen(kinds->name) == length &&
			!strncmp(kinds->name, name, length))
			return kinds;
	return NULL;
}

const struct conf_kind *conf_kind_in(
	const struct conf_kind *kinds, const char *section)
{
	return find_kind(kinds, section, strcspn(section, " "));
}

const struct conf_kind *conf_kind_of(
	const struct conf *conf, const char *section)
{
	return conf_kind_in(conf->kinds, section);
}

const struct conf_key *conf_key_in(const struct conf_kind *kinds,
	const char *section, const char *name, size_t length)
{
	const struct conf_kind *kind = conf_kind_in(kinds, section);
	const struct conf_key *key = kind ? kind->keys : NULL;

	for (; key && key->name; key++)
		if (strlen(key->name) == length &&
			!strncmp(key->name, name, length))
			return key;
	return NULL;
}

char *conf_normal_section(const struct conf *conf, const char *header,
	const struct reporter *reporter)
{
	size_t length = strcspn(header, " \t");
	const char *argument = header + length + strspn(header + length, " \t");
	const struct conf_kind *kind =
		find_kind(conf->kinds, header, length);
	char *section;
	char *at;

	if (!kind) {
		conf_remark(reporter, "unknown section [%.80s]", header);
		return NULL;
	}
	if (!kind->argument != !*argument ||
		(*argument && !kind->good(argument))) {
		conf_complain(reporter, "section [%.80s]: %s takes %s", header,
			kind->name,
			kind->argument ? kind->argument : "no argument");
		return NULL;
	}
	if (asprintf(&section, "%s%s%s", kind->name, *argument ? " " : "",
		    argument) < 0)
		return NULL;
	for (at = section; *at; at++)
		if (*at >= 'A' && *at <= 'Z')
			*at += 'a' - 'A';
	return section;
}

const struct conf_key *conf_check_value(const struct conf *conf,
	const char *section, const char *name, const char *value,
	const struct reporter *reporter)
{
	const struct conf_key *key =
		conf_key_in(conf->kinds, section, name, strlen(name));

	if (!key) {
		conf_remark(reporter, "[%s] has no key \"%.80s\"", section,
			name);
		return NULL;
	}
	if (conf_is_text(value, strlen(value)) && key->good(value))
		return key;
	/* It goes to consoles and logs, and may be one in plain text. */
	if (!strcmp(name, "password"))
		conf_complain(reporter, "[%s] %s is not %s", section, name,
			key->takes);
	else
		conf_complain(reporter, "[%s] %s: \"%.80s\" is not %s", section,
			name, value, key->takes);
	return NULL;
}
