/* The arguments of the verbs for drives and network adapters of a VM. */
/* SPDX-License-Identifier: MIT */
#include "arguments.h"

#include "arguments_good.h"

#define NAME	{ "name", VERB_TEXT, \
	VERB_NEEDED | VERB_PLACED | VERB_OBJECT | VERB_VM, 0, 63, name_good, \
	"the name of a VM" }
#define PLACE(how) { "place", VERB_TEXT, VERB_PLACED | (how), 0, 0, \
	good_place, "ide0:0 to ide1:1, scsi0:0 to scsi0:63" }
#define NUMBER	{ "number", VERB_NUMBER, VERB_NEEDED | VERB_PLACED, 0, 7, \
	NULL, "the adapter" }
#define END	{ .name = NULL }

const struct verb_argument arguments_disk_add[] = {
	NAME, PLACE(0),
	{ "size", VERB_TEXT, 0, 0, 0, good_size,
		"the size of a new disk, as 20G" },
	{ "file", VERB_TEXT, 0, 0, 511, image_good,
		"a file of the VM's folder, or a path" },
	{ "format", VERB_TEXT, 0, 0, 0, good_format, "vhdx, vhd or raw" },
	{ "read-only", VERB_FLAG, 0, 0, 0, NULL, "nothing is written to it" },
	END,
};

const struct verb_argument arguments_disk_set[] = {
	NAME, PLACE(VERB_NEEDED),
	{ "set", VERB_PAIRS, VERB_PLACED | VERB_NEEDED, 0, 511, NULL,
		"file=, format=, read-only=yes or no" },
	END,
};

const struct verb_argument arguments_disk_remove[] = {
	NAME, PLACE(VERB_NEEDED), END,
};

const struct verb_argument arguments_disk_create[] = {
	NAME,
	{ "file", VERB_TEXT, VERB_NEEDED | VERB_PLACED, 0, 255,
		good_file_name, "the name of a file to make" },
	{ "size", VERB_TEXT, VERB_NEEDED | VERB_PLACED, 0, 0, good_size,
		"its size, as 20G: 3M to 64T" },
	{ "format", VERB_TEXT, 0, 0, 0, good_new_format, "vhdx or raw" },
	END,
};

const struct verb_argument arguments_iso_insert[] = {
	NAME,
	{ "file", VERB_TEXT, VERB_NEEDED | VERB_PLACED, 0, 511, good_disc,
		"a disc that vm iso list has, or a path" },
	{ "place", VERB_TEXT, 0, 0, 0, good_place,
		"the drive; the VM's first one" },
	END,
};

const struct verb_argument arguments_iso_eject[] = {
	NAME,
	{ "place", VERB_TEXT, 0, 0, 0, good_place,
		"the drive; the one with a disc" },
	END,
};

const struct verb_argument arguments_nic_add[] = {
	NAME,
	{ "set", VERB_PAIRS, VERB_PLACED, 0, 0, NULL,
		"settings, as vm nic set takes them" },
	{ "switch", VERB_TEXT, 0, 0, 10, good_switch,
		"a switch; none: no cable" },
	{ "model", VERB_TEXT, 0, 0, 0, good_model, "synthetic or e1000" },
	END,
};

const struct verb_argument arguments_nic_connect[] = {
	NAME, NUMBER,
	{ "switch", VERB_TEXT, VERB_NEEDED | VERB_PLACED, 0, 10,
		good_switch, "the name of a switch" },
	END,
};

const struct verb_argument arguments_nic_place[] = { NAME, NUMBER, END };

const struct verb_argument arguments_nic_set[] = {
	NAME, NUMBER,
	{ "set", VERB_PAIRS, VERB_PLACED | VERB_NEEDED, 0, 0, NULL,
		"settings; without a value: the default" },
	END,
};
