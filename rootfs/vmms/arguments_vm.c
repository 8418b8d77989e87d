/* The arguments of the verbs for VMs. */
/* SPDX-License-Identifier: MIT */
#include "arguments.h"

#include "arguments_good.h"

#define NAME	{ "name", VERB_TEXT, \
	VERB_NEEDED | VERB_PLACED | VERB_OBJECT | VERB_VM, 0, 63, name_good, \
	"the name of a VM" }
#define END	{ .name = NULL }

const struct verb_argument arguments_vm[] = { NAME, END };

const struct verb_argument arguments_create[] = {
	{ "name", VERB_TEXT, VERB_NEEDED | VERB_PLACED | VERB_OBJECT, 0, 63,
		name_good, "its name: letters, digits, . _ -" },
	{ "set", VERB_PAIRS, VERB_PLACED, 0, 4000, NULL,
		"settings, as vm set takes them" },
	{ "memory", VERB_TEXT, 0, 0, 0, good_memory,
		"memory, as 512M or 4G; 1024M" },
	{ "processors", VERB_NUMBER, 0, 1, 64, NULL, "its processors" },
	{ "disk", VERB_TEXT, 0, 0, 0, good_size,
		"the size of a new disk, as 20G" },
	{ "iso", VERB_TEXT, 0, 0, 511, good_disc,
		"a disc in its DVD drive" },
	{ "switch", VERB_TEXT, 0, 0, 10, good_switch,
		"the switch of its network adapter" },
	{ "storage", VERB_TEXT, 0, 0, 511, NULL,
		"a storage folder; the first one" },
	END,
};

const struct verb_argument arguments_set[] = {
	NAME,
	{ "set", VERB_PAIRS, VERB_PLACED | VERB_NEEDED, 0, 4000, NULL,
		"settings; without a value: the default" },
	END,
};

const struct verb_argument arguments_delete[] = {
	NAME,
	{ "keep-disks", VERB_FLAG, 0, 0, 0, NULL,
		"its disks stay in its folder" },
	END,
};

const struct verb_argument arguments_rename[] = {
	NAME,
	{ "to", VERB_TEXT, VERB_NEEDED | VERB_PLACED, 0, 63, name_good,
		"its new name: letters, digits, . _ -" },
	END,
};

const struct verb_argument arguments_stop[] = {
	NAME,
	{ "hard", VERB_FLAG, 0, 0, 0, NULL,
		"at once, without asking its guest" },
	{ VERB_DRY_RUN, VERB_FLAG, 0, 0, 0, NULL, "says what would be done" },
	END,
};

const struct verb_argument arguments_screen[] = {
	NAME,
	{ "png", VERB_TEXT, 0, 0, 4000, NULL,
		"a file for the picture, - for the output" },
	{ "keys", VERB_TEXT, 0, 0, 1000, NULL,
		"text to type first; <enter> <ctrl-alt-del>" },
	END,
};

const struct verb_argument arguments_cpu[] = {
	NAME,
	{ "count", VERB_NUMBER, 0, 1, 64, NULL, "processors" },
	{ "weight", VERB_NUMBER, 0, 1, 10000, NULL,
		"its share beside others" },
	{ "cap", VERB_NUMBER, 0, 1, 100, NULL, "percent of them at most" },
	END,
};

const struct verb_argument arguments_memory[] = {
	NAME,
	{ "size", VERB_TEXT, VERB_PLACED, 0, 0, good_memory,
		"memory, as 512M or 4G, in steps of 2M" },
	END,
};

const struct verb_argument arguments_integration[] = {
	NAME,
	{ "service", VERB_TEXT, VERB_PLACED, 0, 0, good_integration,
		"shutdown, time, heartbeat or exchange" },
	{ "state", VERB_TEXT, VERB_PLACED, 0, 0, good_on_off, "on or off" },
	END,
};
