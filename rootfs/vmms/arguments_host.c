/* The arguments of the verbs for switches and the host. */
/* SPDX-License-Identifier: MIT */
#include "arguments.h"

#include "arguments_good.h"

#define NAME	{ "name", VERB_TEXT, \
	VERB_NEEDED | VERB_PLACED | VERB_OBJECT, 0, 10, good_switch, \
	"the name of a switch" }
#define SETTINGS { "set", VERB_PAIRS, VERB_PLACED | VERB_NEEDED, 0, 1000, \
	NULL, "settings; without a value: the default" }
#define END	{ .name = NULL }

/* Bytes of settings in a request of LINE_BYTES: each may be a line's end, which
 * takes two in JSON. With its other words it is one of COMMAND_WORDS_BYTES. */
enum { SETTINGS_MOST = 32000 };

const struct verb_argument arguments_switch_create[] = {
	NAME, SETTINGS, END,
};

const struct verb_argument arguments_switch_list[] = {
	{ "name", VERB_TEXT, VERB_PLACED, 0, 10, good_switch,
		"the name of a switch; without: all" },
	END,
};

const struct verb_argument arguments_switch_delete[] = { NAME, END };

const struct verb_argument arguments_host_set[] = {
	{ "section", VERB_TEXT, VERB_NEEDED | VERB_PLACED | VERB_OBJECT, 0,
		100, NULL, "a section, as host, time, \"nic MAC\"" },
	{ "set", VERB_PAIRS, VERB_PLACED, 0, 1000, NULL,
		"settings; without a value: the default" },
	{ "remove", VERB_FLAG, 0, 0, 0, NULL, "the section goes" },
	END,
};

const struct verb_argument arguments_host_clock[] = {
	{ "time", VERB_TEXT, VERB_NEEDED | VERB_PLACED, 0, 19, NULL,
		"YYYY-MM-DD HH:MM or with :SS" },
	END,
};

const struct verb_argument arguments_host_settings[] = {
	{ "action", VERB_TEXT, VERB_NEEDED | VERB_PLACED, 0, 0,
		good_settings_action, "export, import or reset" },
	{ "file", VERB_FILE, VERB_PLACED, 0, SETTINGS_MOST, NULL,
		"import: a socle.conf; - is standard input" },
	{ "secrets", VERB_FLAG, 0, 0, 0, NULL,
		"export: passwords' hashes, too" },
	{ "erase", VERB_FLAG, 0, 0, 0, NULL,
		"reset: all settings of this host go" },
	END,
};

const struct verb_argument arguments_host_stick[] = {
	{ "disk", VERB_TEXT, VERB_NEEDED | VERB_PLACED, 0, 31, NULL,
		"a disk of vm host storage list" },
	{ "erase", VERB_FLAG, 0, 0, 0, NULL, "what is on it goes" },
	END,
};

const struct verb_argument arguments_host_storage[] = {
	{ "action", VERB_TEXT, VERB_NEEDED | VERB_PLACED, 0, 0,
		good_storage_action, "list, claim, mirror, format, adopt or "
		"forget" },
	{ "what", VERB_LIST, VERB_PLACED, 0, 60, NULL,
		"disks and the volume's name" },
	{ "erase", VERB_FLAG, 0, 0, 0, NULL, "what is on it goes" },
	END,
};

const struct verb_argument arguments_host_network[] = {
	{ "action", VERB_TEXT, VERB_NEEDED | VERB_PLACED, 0, 0,
		good_network_action, "confirm, revert, show or test" },
	END,
};
