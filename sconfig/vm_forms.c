/* What is asked for a VM that is there. */
/* SPDX-License-Identifier: MIT */
#include "vm.h"

#include "rootfs/vmms/arguments_good.h"
#include "rootfs/vmms/name.h"

static const struct form_field rename_fields[] = {
	{ "New name", FORM_TEXT, "", "Up to 63 letters, digits and . _ -; the "
		"first one is a letter or a digit.", .value = "to",
		.needed = true, .good = name_good, .takes = "a name",
		.sample = "shop" },
	{ .label = NULL },
};

const struct form vm_rename = {
	.title = "Rename VM @", .words = "rename @", .fields = rename_fields,
	.help = "The VM's folder gets the new name, too. The VM is off.",
};

static const struct form_field delete_fields[] = {
	{ "Keep disks", FORM_YES_NO, "--keep-disks", "yes: the files of its "
		"disks stay in its folder. no: they are deleted with it.",
		.first = "no" },
	{ .label = NULL },
};

const struct form vm_delete = {
	.title = "Delete VM @", .words = "delete @", .fields = delete_fields,
	.question = "Delete the VM @",
	.help = "The VM's definition goes and, unless they are kept, the "
		"disks in its folder. Discs, and disks elsewhere, stay.",
};

static const struct form_field settings_fields[] = {
	{ "Memory", FORM_SIZE, "memory=", "As 512M or 4G, in steps of 2M.",
		.most = 12, .good = good_memory, .sample = "2G",
		.takes = "a size as 512M or 4G, in steps of 2M" },
	{ "Processors", FORM_NUMBER, "processors=", "1 to 64. More than the "
		"host has makes it slower.", .least = 1, .most = 64 },
	{ "Boots from", FORM_CHOICE, "boot=", "Where the VM's system is "
		"looked for, in this order.", .choices =
		"disk dvd=disk, then DVD|dvd disk=DVD, then disk|"
		"disk=disk alone|dvd=DVD alone" },
	{ "Notes", FORM_TEXT, "notes=", "One line, for people." },
	{ "Starts with the host", FORM_CHOICE, "start=",
		"if it ran: when the host went down the last time.", .choices =
		"if-running=if it ran|always=always|nothing=never" },
	{ "Start order", FORM_NUMBER, "start-order=", "0 to 999: VMs with "
		"lower numbers start first. Nothing: 500.", .most = 999 },
	{ "Start delay", FORM_NUMBER, "start-delay=", "Seconds after the VM "
		"before it. Nothing: 0.", .most = 3600 },
	{ "Next one waits for", FORM_CHOICE, "start-wait=", "heartbeat: the "
		"next VM starts when the system in this one answers, 5 "
		"minutes later at most.", .choices =
		"no=its start|heartbeat=its heartbeat" },
	{ "When the host stops", FORM_CHOICE, "stop=", "What happens to it "
		"before the host goes down.", .choices =
		"shut-down=it is asked to shut down|turn-off=it is turned "
		"off" },
	{ "Time to shut down", FORM_NUMBER, "stop-limit=", "Seconds for its "
		"guest, 1 to 3600. Nothing: 120.", .least = 1, .most = 3600 },
	{ .label = NULL },
};

const struct form vm_settings = {
	.title = "Settings of @", .words = "set @", .fields = settings_fields,
	.changes = true,
	.help = "A VM that runs has another memory, number of processors and "
		"boot order from its next start on, all else at once. Only "
		"what is changed becomes part of the command.",
};

static const struct form_field share_fields[] = {
	{ "Weight", FORM_NUMBER, "--weight", "1 to 10000: its share of the "
		"host's processors beside other VMs. The usual one is 100.",
		.value = "cpu-weight", .needed = true, .least = 1,
		.most = 10000, .sample = "200" },
	{ "At most, in percent", FORM_NUMBER, "--cap", "1 to 100 percent of "
		"its processors' time. 100: no limit.", .value = "cpu-cap",
		.needed = true, .least = 1, .most = 100, .sample = "50" },
	{ .label = NULL },
};

const struct form vm_share = {
	.title = "Processor share of @", .words = "cpu @",
	.fields = share_fields, .changes = true,
	.help = "How much of the host's processors the VM gets. A VM that "
		"runs has it at once.",
};
