/* The command line. */
/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ram.h"
#include "say.h"

#define MEMORY_STEP	(2ull << 20)
#define MEMORY_MAX	(4ull << 40)
#define NAME_MAX_LENGTH	100
#define FIRMWARE	"/usr/share/vmwp"
#define MSHV		"/dev/mshv"

static bool set_kernel(struct options *options, const char *value)
{
	options->kernel = value;
	return true;
}

static bool set_initrd(struct options *options, const char *value)
{
	options->initrd = value;
	return true;
}

static bool set_command_line(struct options *options, const char *value)
{
	options->command_line = value;
	return true;
}

static bool set_firmware(struct options *options, const char *value)
{
	options->firmware = value;
	return true;
}

static bool set_mshv(struct options *options, const char *value)
{
	options->mshv = value;
	return true;
}

static bool set_serial(struct options *options, const char *value)
{
	options->serial = value;
	return true;
}

static bool set_viewers(struct options *options, const char *value)
{
	options->viewers = value;
	return true;
}

static bool set_control(struct options *options, const char *value)
{
	options->control = value;
	return true;
}

/* It stands in log lines: letters that cannot forge one. */
static bool set_name(struct options *options, const char *value)
{
	const char *at;

	for (at = value; *at; at++)
		if (*at < ' ' || *at == 0x7f)
			break;
	if (*at || at == value || at - value > NAME_MAX_LENGTH) {
		say("a name has 1 to %d letters, no control characters",
			NAME_MAX_LENGTH);
		return false;
	}
	options->name = value;
	return true;
}

static bool number(const char *value, uint64_t *result, const char **end)
{
	char *after;

	if (*value < '0' || *value > '9')
		return false;
	errno = 0;
	*result = strtoull(value, &after, 10);
	*end = after;
	return !errno;
}

static bool set_memory(struct options *options, const char *value)
{
	uint64_t amount;
	unsigned int shift = 20;
	const char *end;

	if (!number(value, &amount, &end) ||
	    (*end && (end[1] || !strchr("MG", *end)))) {
		say("--memory takes a number with M or G, not '%s'", value);
		return false;
	}
	if (*end == 'G')
		shift = 30;
	if (amount > MEMORY_MAX >> shift || amount << shift < RAM_MINIMUM) {
		say("--memory takes 2M to 4096G, not '%s'", value);
		return false;
	}
	options->memory = amount << shift;
	if (options->memory % MEMORY_STEP) {
		say("--memory takes a multiple of 2 MB, not '%s'", value);
		return false;
	}
	return true;
}

static bool set_processors(struct options *options, const char *value)
{
	uint64_t count;
	const char *end;

	if (!number(value, &count, &end) || *end || !count ||
	    count > OPTIONS_VPS_MAX) {
		say("--processors takes 1 to %d, not '%s'", OPTIONS_VPS_MAX,
			value);
		return false;
	}
	options->processors = count;
	return true;
}

static bool set_no_reset(struct options *options, const char *value)
{
	(void)value;
	options->no_reset = true;
	return true;
}

static bool set_disk(struct options *options, const char *value)
{
	options->scsi = true;
	return option_disk(&options->drives, value);
}

static bool set_dvd(struct options *options, const char *value)
{
	options->scsi = true;
	return option_dvd(&options->drives, value);
}

static bool set_scsi(struct options *options, const char *value)
{
	(void)value;
	options->scsi = true;
	return true;
}

static bool set_ide_disk(struct options *options, const char *value)
{
	return option_disk(&options->ide, value);
}

static bool set_ide_dvd(struct options *options, const char *value)
{
	return option_dvd(&options->ide, value);
}

static bool set_boot(struct options *options, const char *value)
{
	return bootorder_read(&options->boot, value);
}

static bool set_nic(struct options *options, const char *value)
{
	if (!nicoption_read(&options->nics, value))
		return false;
	options->network |= nicoption_count(&options->nics, false) > 0;
	return true;
}

static bool set_network(struct options *options, const char *value)
{
	(void)value;
	options->network = true;
	return true;
}

static const struct option {
	const char *name, *value, *help;
	bool (*set)(struct options *options, const char *value);
} table[] = {
	{ "--kernel", "FILE", "Linux bzImage, or ELF file with a PVH entry",
		set_kernel },
	{ "--initrd", "FILE", "its initial RAM disk", set_initrd },
	{ "--cmdline", "STRING", "its command line", set_command_line },
	{ "--firmware", "FOLDER", "of a VM without --kernel, default "
		FIRMWARE, set_firmware },
	{ "--mshv", "FILE", "the hypervisor's driver, default " MSHV,
		set_mshv },
	{ "--memory", "NUMBER[M|G]", "guest memory, default 256M",
		set_memory },
	{ "--processors", "NUMBER", "virtual processors, default 1",
		set_processors },
	{ "--serial", "SOCKET",
		"COM1: a listener, or - (this terminal)",
		set_serial },
	{ "--vnc", "SOCKET", "viewers of the screen (RFB)", set_viewers },
	{ "--control", "SOCKET", "commands",
		set_control },
	{ "--scsi-disk", "[LUN:]FORMAT:FILE[,read-only]",
		"a disk: raw, vhdx, vhd", set_disk },
	{ "--dvd", "[LUN:][FILE]", "a DVD drive, and its disc's image",
		set_dvd },
	{ "--scsi", NULL, "a SCSI controller, if only for later", set_scsi },
	{ "--ide-disk", "[CHANNEL:DEVICE:]FORMAT:FILE[,read-only]",
		"the same for the IDE controller, 0:0 to 1:1", set_ide_disk },
	{ "--ide-dvd", "[CHANNEL:DEVICE:][FILE]", "the same", set_ide_dvd },
	{ "--boot", "KIND[,KIND]", "what firmware tries first: disk, dvd",
		set_boot },
	{ "--nic", "tap=NAME|FD+...[,mac=MAC][,mtu=N][,cable=out]"
		"[,model=e1000]",
		"a network adapter, up to 8 times", set_nic },
	{ "--network", NULL, "places for them, if only for later",
		set_network },
	{ "--name", "NAME", "of the VM, in messages", set_name },
	{ "--no-reset", NULL, "a guest's reset ends the process, status 3",
		set_no_reset },
};

static void help(void)
{
	unsigned int i;

	printf("usage: vmwp [OPTION...]\n");
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		printf("  %-12s %-12s %s\n", table[i].name,
			table[i].value ? table[i].value : "", table[i].help);
	printf("a number for a FILE, FOLDER, SOCKET or tap is an inherited "
		"descriptor\n");
	printf("exit status: 0 power-off, 1 failure, 3 reset\n");
}

static bool can_repeat(const struct option *option)
{
	return option->set == set_disk || option->set == set_dvd ||
		option->set == set_ide_disk || option->set == set_ide_dvd ||
		option->set == set_nic;
}

static const struct option *find(const char *name)
{
	unsigned int i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (!strcmp(table[i].name, name))
			return &table[i];
	return NULL;
}

/* What is a kernel's has no meaning without one. */
static enum options_result check_together(const struct options *options)
{
	if (options->kernel && (options->ide.count || options->boot.count ||
	    options->viewers)) {
		say("--ide-disk, --ide-dvd, --boot and --vnc are for a VM "
			"without --kernel");
		return OPTIONS_WRONG;
	}
	if (options->kernel && nicoption_count(&options->nics, true)) {
		say("--nic model=e1000 is for a VM without --kernel");
		return OPTIONS_WRONG;
	}
	if (options->kernel)
		return OPTIONS_GO;
	if (options->initrd || *options->command_line) {
		say("--initrd and --cmdline are a kernel's: --kernel is "
			"missing");
		return OPTIONS_WRONG;
	}
	return OPTIONS_GO;
}

enum options_result options_read(
	struct options *options, int argc, char **argv)
{
	const struct option *option;
	unsigned int given = 0, bit;
	int i;

	*options = (struct options){ .command_line = "",
		.firmware = FIRMWARE, .mshv = MSHV,
		.memory = 256ull << 20, .processors = 1,
		.ide.ide = true };
	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--help")) {
			help();
			return OPTIONS_HELP;
		}
		option = find(argv[i]);
		if (!option) {
			say("unknown option '%s'; --help lists all", argv[i]);
			return OPTIONS_WRONG;
		}
		bit = 1u << (option - table);
		if (given & bit && !can_repeat(option)) {
			say("%s is given twice", argv[i]);
			return OPTIONS_WRONG;
		}
		given |= bit;
		if (option->value && i + 1 == argc) {
			say("%s takes a value", argv[i]);
			return OPTIONS_WRONG;
		}
		if (!option->set(options, option->value ? argv[++i] : NULL))
			return OPTIONS_WRONG;
	}
	return check_together(options);
}
