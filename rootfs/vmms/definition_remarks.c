/* What in a definition has no effect, or is probably not meant. */
/* SPDX-License-Identifier: MIT */
#include "definition_check.h"

#include <string.h>

#include "definition.h"
#include "disk/names.h"
#include "finding.h"

/* Firmware has no driver of the SCSI controller. */
static void remark_boot(struct findings *findings,
	const struct definition *definition)
{
	const struct drive *drive;
	unsigned int i, j;

	for (i = 0; i < definition->drive_count; i++) {
		drive = &definition->drives[i];
		for (j = 0; j < definition->boots; j++)
			if (drive->ide && drive->file && drive->dvd ==
				(definition->boot[j] == BOOT_DVD))
				return;
	}
	finding(findings, "vm", "boot", "there is nothing to start from: no "
		"such disk or disc at ide0:0 to ide1:1");
}

static void remark_services(struct findings *findings,
	const struct definition *definition)
{
	unsigned int off = definition->services_off;

	if (definition->start_wait && off & 1u << SERVICE_HEARTBEAT)
		finding(findings, "vm", "start-wait", "the heartbeat is "
			"switched off: what starts next waits for nothing");
	if (definition->stop == STOP_SHUT_DOWN && off & 1u << SERVICE_SHUTDOWN)
		finding(findings, "vm", "stop", "the shutdown service is "
			"switched off: the VM is turned off when stop-limit is "
			"over");
}

static void remark_disk(struct findings *findings, const char *section)
{
	const struct conf *conf = findings->conf;
	const char *file = conf_value(conf, section, "file", 0);
	const char *said = conf_value(conf, section, "format", 0);
	const char *read_only = conf_value(conf, section, "read-only", 0);
	enum disk_format format = DISK_VHDX, ending;

	if (said)
		format_of_name(said, &format);
	if (file && format_of_file(file, &ending) && ending != format)
		finding(findings, section, "format", "is %s, and %.100s is "
			"called as if it were %s", format_name(format), file,
			format_name(ending));
	if (format == DISK_VHD && (!read_only || strcmp(read_only, "yes")))
		finding(findings, section, "read-only", "a VHD is only read; "
			"the guest cannot write to it");
}

static void remark_nic(struct findings *findings, const char *section)
{
	static const char *const keys[] = { "vlan", "trunk", "native",
		"address", "guard" };
	size_t i;

	if (conf_value(findings->conf, section, "switch", 0))
		return;
	for (i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (conf_value(findings->conf, section, keys[i], 0))
			finding(findings, section, keys[i], "has no effect "
				"without a switch");
}

int definition_remarks(const struct conf *conf, conf_report *report,
	void *context)
{
	struct findings findings = { conf, report, context, 0 };
	struct definition definition;
	const char *section;
	int i;

	findings.count = conf_complaints(conf, false, report, context);
	if (definition_take(&definition, conf))
		return findings.count;
	remark_boot(&findings, &definition);
	remark_services(&findings, &definition);
	definition_free(&definition);
	for (i = 0; (section = conf_section(conf, "disk", i)); i++)
		remark_disk(&findings, section);
	for (i = 0; (section = conf_section(conf, "nic", i)); i++)
		remark_nic(&findings, section);
	return findings.count;
}
