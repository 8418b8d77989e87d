/* A VM's disks and DVD drives. */
/* SPDX-License-Identifier: MIT */
#include "vm.h"

#include <stdio.h>
#include <string.h>

#include "lines.h"
#include "list.h"
#include "rootfs/vmms/arguments_good.h"
#include "rootfs/vmms/cell.h"

static bool is_dvd(const struct page *page)
{
	return !strcmp(lines_text(page->row, "kind"), "dvd");
}

static bool is_disk(const struct page *page)
{
	return !strcmp(lines_text(page->row, "kind"), "disk");
}

static bool is_loaded(const struct page *page)
{
	return is_dvd(page) && *lines_text(page->row, "file");
}

static bool is_no_dvd(const struct page *page)
{
	return !is_dvd(page);
}

/* IDE drives come and go when the VM is off. */
static bool can_go(const struct page *page)
{
	return page->row && (vm_is_off(page) ||
		strncmp(lines_text(page->row, "place"), "ide", 3));
}

static const struct form_field add_fields[] = {
	{ "What", FORM_CHOICE, NULL, "A new disk is a file in the VM's "
		"folder. One that is there lies in that folder, or in a "
		"storage folder.", .value = "what",
		.choices = "new=a new disk|file=a file that is there" },
	{ "Size", FORM_SIZE, "--size", "As 20G: 3M to 64T. The file grows "
		"with what is written.", .first = "20G", .most = 12,
		.needed = true, .when = "what=new", .good = good_size,
		.takes = "a size as 20G, from 3M to 64T" },
	{ "Format", FORM_CHOICE, "--format", "VHDX grows with what is "
		"written; raw is the disk's bytes and nothing else.",
		.when = "what=new", .choices = "=VHDX|raw=raw",
		.value = "new-format" },
	{ "File", FORM_TEXT, "--file", "A file of the VM's folder, as "
		"data.vhdx, or a path, as /data/old.vhd.", .needed = true,
		.when = "what=file" },
	{ "Format", FORM_CHOICE, "--format", "VHD is only read.",
		.when = "what=file", .choices =
		"=by its name|vhdx=VHDX|vhd=VHD|raw=raw" },
	{ "Read-only", FORM_YES_NO, "--read-only", "yes: the VM writes "
		"nothing to it.", .first = "no", .when = "what=file" },
	{ "Place", FORM_TEXT, "", "ide0:0, ide0:1 or scsi0:0 to scsi0:63. "
		"Nothing: the first free one. A VM that runs gets SCSI disks "
		"at once, and IDE ones not at all.", .value = "place",
		.good = good_place,
		.takes = "ide0:0, ide0:1 or scsi0:0 to scsi0:63" },
	{ .label = NULL },
};

static const struct form add = {
	.title = "Add a disk to %", .words = "disk add %",
	.fields = add_fields,
	.help = "Gives the VM a disk: a new one, or a file that is there.",
};

static const struct form_field change_fields[] = {
	{ "File", FORM_TEXT, "file=", "A file of the VM's folder, or a path "
		"in a storage folder.", .needed = true, .sample = "data.vhdx" },
	{ "Format", FORM_CHOICE, "format=", "What is in the file.",
		.choices = "vhdx=VHDX|vhd=VHD|raw=raw" },
	{ "Read-only", FORM_YES_NO, "read-only=", "yes: the VM writes nothing "
		"to it." },
	{ .label = NULL },
};

static const struct form change = {
	.sample = "scsi0:1",
	.title = "Disk @ of %", .words = "disk set % @",
	.fields = change_fields, .changes = true,
	.help = "A VM that runs has it from its next start on.",
};

/* Of the discs to choose from: its path is typed. */
#define OTHER "other"

/* By its path: two folders may have discs of one name. */
static void add_discs(const json_t *result, struct form_options *options)
{
	char shown[CELL_TEXT + 300], size[CELL_TEXT];
	const json_t *row;
	size_t i;

	json_array_foreach((json_t *)result, i, row) {
		snprintf(shown, sizeof(shown), "%.280s (%s)",
			lines_text(row, "name"), cell_text("size",
			json_object_get(row, "size"), size));
		form_option(options, json_string_value(json_object_get(row,
			"path")), shown);
	}
	form_option(options, OTHER, "another file");
}

static bool spell_disc(struct typed *typed,
	const char *(*value)(const char *), char why[])
{
	const char *disc = value("disc");

	(void)why;
	if (*disc && strcmp(disc, OTHER))
		typed_add(typed, disc);
	return true;
}

#define DISC_FIELDS \
	{ "Disc", FORM_PICK, NULL, "From the folder iso of the storage " \
		"folders, or another file.", .value = "disc", \
		.source = "iso list", .options = add_discs, \
		.sample = OTHER }, \
	{ "File", FORM_TEXT, "", "Its path, in a storage folder: as " \
		"/data/tools.iso.", .value = "path", .needed = true, \
		.when = "disc=" OTHER, .sample = "debian.iso" }

static const struct form_field insert_fields[] = {
	DISC_FIELDS,
	{ .label = NULL },
};

static const struct form insert = {
	.sample = "ide1:0",
	.title = "Disc for the drive @ of %",
	.words = "iso insert % --place @", .fields = insert_fields,
	.spell = spell_disc,
	.help = "A VM that runs sees the disc at once.",
};

static const struct form_field drive_fields[] = {
	DISC_FIELDS,
	{ "Place", FORM_TEXT, "--place", "Nothing: its first drive. A place "
		"that is free gets a drive; of a VM that runs a SCSI one.",
		.value = "place", .good = good_place,
		.takes = "ide0:0 to ide1:1 or scsi0:0 to scsi0:63" },
	{ .label = NULL },
};

static const struct form drive = {
	.title = "Disc for %", .words = "iso insert %",
	.fields = drive_fields, .spell = spell_disc,
	.help = "Puts a disc in the VM's DVD drive, which it gets with it.",
};

const struct action vm_drive_actions[] = {
	{ .key = 'a', .text = "add disk", .form = &add,
		.help = "Gives the VM a disk." },
	{ .key = 'i', .text = "insert disc", .form = &insert, .may = is_dvd,
		.help = "Puts a disc in this drive." },
	{ .key = 'i', .text = "insert disc", .form = &drive,
		.may = is_no_dvd, .help = "Puts a disc in the VM's drive, "
			"which it gets with it." },
	{ .key = 'j', .text = "eject", .words = "iso eject % --place @",
		.help = "Takes the disc out.", .may = is_loaded,
		.sample = "ide1:0" },
	{ .key = 'e', .text = "change", .form = &change, .may = is_disk,
		.help = "Another file, its format, read-only." },
	{ .key = 'd', .text = "remove", .words = "disk remove % @",
		.question = "Take the drive at @ out of %; its file stays",
		.help = "Takes the drive out of the VM; its file stays. An "
			"IDE drive goes when the VM is off.", .may = can_go,
		.sample = "scsi0:1" },
	{ .key = 0 },
};

static const char *file_of(const json_t *row, char room[LIST_CELL])
{
	(void)room;
	return *lines_text(row, "file") ? lines_text(row, "file") : "(empty)";
}

static const char *access_of(const json_t *row, char room[LIST_CELL])
{
	(void)room;
	return *lines_text(row, "format") && json_is_true(json_object_get(row,
		"read-only")) ? "read-only" : "";
}

static const struct list_column columns[] = {
	{ "place", "PLACE", 7, NULL }, { "kind", "KIND", 4, NULL },
	{ "format", "FORMAT", 6, NULL }, { "read-only", "", 9, access_of },
	{ "file", "FILE", 0, file_of }, { .key = NULL },
};

static json_t *rows_of(const struct page *page, const json_t *result)
{
	(void)page;
	return vm_rows(result, "drives");
}

static struct list drives = {
	.page = { .title = "Drives of VM %", .source = "show %", .seconds = 5,
		.actions = vm_drive_actions, .help = "The VM's disks and DVD "
			"drives. ide0:0 to ide1:1 are known to every system; "
			"SCSI ones come and go while the VM runs, for "
			"systems with Hyper-V's drivers." },
	.columns = columns, .make = rows_of,
	.empty = "The VM has no drive: a adds a disk, i a DVD drive.",
};

void vm_drives_run(struct page *page)
{
	strcpy(drives.page.of, page->subject);
	drives.chosen = drives.top = 0;
	drives.page.subject[0] = '\0';
	list_run(&drives);
}
