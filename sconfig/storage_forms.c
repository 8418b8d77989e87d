/* Forms for disks that become volumes. */
/* SPDX-License-Identifier: MIT */
#include "storage_forms.h"

#include <stdio.h>
#include <string.h>

#include "keys.h"
#include "lines.h"
#include "rootfs/vmms/unit.h"

#define NAME { "Volume", FORM_TEXT, "", "At most 15 lower-case letters, " \
	"digits and hyphens. Its folder is /volumes/NAME.", .value = "volume", \
	.needed = true, .most = 15, .good = good_volume_name, .takes = \
	"a volume's name: at most 15 lower-case letters, digits, hyphens", \
	.sample = "data" }

#define ERASE { "Erase them", FORM_YES_NO, "--erase", "Needed when a disk is " \
	"not empty: all that is on it goes.", .first = "no" }

/* Those that can be claimed, whether empty or not. */
static void offer_disks(const json_t *list, struct form_options *options)
{
	char text[256], size[UNIT_TEXT];
	const json_t *disk;
	size_t i;

	json_array_foreach(json_object_get(list, "disks"), i, disk) {
		if (!strcmp(lines_text(disk, "can"), "no"))
			continue;
		*size = '\0';
		unit_print("bytes", json_integer_value(json_object_get(disk,
			"bytes")), size);
		snprintf(text, sizeof(text), "%.31s  %s, %.31s %.60s, %.40s",
			lines_text(disk, "name"), size, lines_text(disk,
				"bus"), lines_text(disk, "model"),
			lines_text(disk, "content"));
		form_option(options, lines_text(disk, "name"), text);
	}
}

#define DISK(what) { what, FORM_PICK, "", "A disk that can be claimed.", \
	.value = "disk", .needed = true, .source = "host storage list", \
	.options = offer_disks, .sample = "sdb" }

static const struct form_field claim_fields[] = {
	NAME, { .label = NULL },
};

const struct form storage_claim = {
	.title = "Volume of @", .words = "host storage claim @",
	.fields = claim_fields, .sample = "sda",
	.help = "The disk becomes a volume of its own. The first volume is "
		"where VMs are stored.",
};

const struct form storage_erase = {
	.title = "Volume of @", .words = "host storage claim --erase @",
	.fields = claim_fields, .sample = "sda",
	.question = "All that is on @ goes, for ever. Go on",
	.help = "What is on the disk goes, and it becomes a volume of its "
		"own. The first volume is where VMs are stored.",
};

static const struct form_field mirror_fields[] = {
	DISK("Other disk"), NAME, ERASE, { .label = NULL },
};

const struct form storage_mirror = {
	.title = "Mirror of @ and another disk",
	.words = "host storage mirror @", .fields = mirror_fields,
	.sample = "sda",
	.question = "Both disks are written anew; what is on them goes. Go on",
	.help = "Two disks become one volume, which has all that is on it "
		"twice: one of them may fail. It has the room of the smaller "
		"one.",
};

static const struct form_field replace_fields[] = {
	DISK("New disk"), ERASE, { .label = NULL },
};

const struct form storage_replace = {
	.title = "New disk for the mirror @",
	.words = "host storage mirror add @", .fields = replace_fields,
	.sample = "data",
	.question = "The new disk is written anew. Go on",
	.help = "A disk in the place of one that has failed, or is gone: what "
		"is on the mirror is copied to it while the volume is in use. "
		"One that was in the mirror before is brought up to date.",
};

static const struct form_field adopt_fields[] = {
	{ "Device", FORM_TEXT, "", "As sdb1, or the UUID of its file system.",
		.value = "device", .needed = true, .most = 60,
		.sample = "sdb1" },
	NAME, { .label = NULL },
};

const struct form storage_adopt = {
	.title = "Volume that is there", .words = "host storage adopt",
	.fields = adopt_fields,
	.help = "An ext4 file system, of another host perhaps, is used as it "
		"is. Of a mirror one of its partitions is enough.",
};
