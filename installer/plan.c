/* What is to be installed, and where. */
/* SPDX-License-Identifier: MIT */
#include "plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "keep.h"
#include "keys.h"
#include "lost.h"
#include "places.h"
#include "target.h"

enum { COLUMNS = 80 };

struct complaints {
	FILE *log;
	const char *path;
	int count;
};

static void complain(void *context, int line, const char *text)
{
	struct complaints *complaints = context;

	if (line)
		fprintf(complaints->log, "%s:%d: %s\n", complaints->path, line,
			text);
	else
		fprintf(complaints->log, "%s: %s\n", complaints->path, text);
	complaints->count++;
}

bool plan_is_stick(const struct disk *disk)
{
	return !strcmp(disk->bus, "USB") || !strcmp(disk->bus, "SD");
}

static int read_conf(struct plan *plan, const char *path, FILE *log,
	struct trouble *why)
{
	struct complaints complaints = { log, path, 0 };

	plan->conf = conf_read(path, host_kinds, complain, &complaints);
	if (!plan->conf)
		return trouble(why, -errno, "%s: %s", path, strerror(errno));
	host_check(plan->conf, complain, &complaints);
	if (complaints.count)
		return trouble(why, -EINVAL, "%s has %d problem%s: nothing is "
			"installed", path, complaints.count,
			complaints.count == 1 ? "" : "s");
	if (!conf_line(plan->conf, "install", NULL))
		return trouble(why, -ENOENT, "%s has no section [install]",
			path);
	return 0;
}

static enum plan_after read_after(const struct conf *conf)
{
	const char *value = conf_value(conf, "install", "after", 0);

	if (value && !strcmp(value, "restart"))
		return PLAN_RESTART;
	return value && !strcmp(value, "stop") ? PLAN_STOP : PLAN_STAY;
}

static int pick(struct plan *plan, struct trouble *why)
{
	const char *system = conf_value(plan->conf, "install", "system", 0);
	const struct disk *target;
	struct disk *disks;
	int count = disks_read(&disks);

	if (count < 0)
		return trouble(why, count, "the disks cannot be read: %s",
			strerror(-count));
	target = target_pick(plan->conf, disks, count, why);
	if (target)
		plan->disk = *target;
	free(disks);
	plan->stick = system ? !strcmp(system, "stick") :
		plan_is_stick(&plan->disk);
	return target ? 0 : -ENODEV;
}

int plan_read(struct plan *plan, const char *path, enum plan_after *after,
	FILE *log, struct trouble *why)
{
	int result;

	memset(plan, 0, sizeof(*plan));
	*after = PLAN_STAY;
	result = read_conf(plan, path, log, why);
	if (result)
		return result;
	*after = read_after(plan->conf);
	result = pick(plan, why);
	if (!result)
		conf_unset(plan->conf, "install", NULL);
	return result;
}

/* Once more the same host: the newest copy counts, whichever stick has it. */
static int spare_settings(struct plan *plan, struct trouble *why)
{
	plan->conf = keep_read(&plan->kept);
	if (!plan->conf)
		plan->conf = conf_read(PLACE_SETTINGS, host_kinds, NULL, NULL);
	if (!plan->conf)
		return trouble(why, -errno, "the settings cannot be read: %s",
			strerror(errno));
	conf_unset(plan->conf, "install", NULL);
	return 0;
}

static int spare_disk(struct plan *plan, const char *name, bool erase,
	struct trouble *why)
{
	const struct disk *found;
	const char *reason;
	struct disk *disks;
	char content[200] = "";
	int count = disks_read(&disks);

	found = disk_named(disks, count, name);
	if (found)
		plan->disk = *found;
	reason = found ? disk_why_not(found) : "there is no such disk";
	if (count >= 0)
		free(disks);
	if (reason && found && !plan->disk.medium)
		disk_use_text(&plan->disk, content, sizeof(content));
	if (reason)
		return trouble(why, -ENODEV, "%.40s: %s%s%s", name, reason,
			*content ? ": " : "", content);
	if (!erase && target_content(&plan->disk, content, sizeof(content)))
		return trouble(why, -EEXIST, "%s is not empty (%s): only with "
			"--erase", name, content);
	return 0;
}

int plan_spare(struct plan *plan, const char *name, bool erase,
	struct trouble *why)
{
	int result;

	memset(plan, 0, sizeof(*plan));
	plan->stick = plan->spare = true;
	result = spare_disk(plan, name, erase, why);
	return result ? result : spare_settings(plan, why);
}

void plan_free(struct plan *plan)
{
	conf_free(plan->conf);
	plan->conf = NULL;
}

/* A sentence on lines of COLUMNS at most, if each character takes a column. */
static void put_lines(char *sentence, FILE *stream)
{
	char *end, *last = NULL;
	size_t columns = 0;

	for (end = sentence; *end; end++) {
		columns += ((unsigned char)*end & 0xc0) != 0x80;
		if (*end == ' ')
			last = end;
		if (columns <= COLUMNS || !last)
			continue;
		*last = '\n';
		end = last;
		last = NULL;
		columns = 0;
	}
	fprintf(stream, "%s\n", sentence);
}

void plan_print(const struct plan *plan, FILE *stream)
{
	const struct disk *disk = &plan->disk;
	char size[16], content[200], sentence[320];

	disk_size_text(disk->bytes, size, sizeof(size));
	snprintf(sentence, sizeof(sentence), "Socle Server goes to %s: %s, "
		"%s%s%s%s%s.", disk->name, size, disk->bus,
		*disk->model ? ", " : "", disk->model,
		*disk->serial ? ", serial " : "", disk->serial);
	put_lines(sentence, stream);
	if (target_content(disk, content, sizeof(content))) {
		snprintf(sentence, sizeof(sentence), "Everything on it is "
			"erased: %s.", content);
		put_lines(sentence, stream);
	}
	if (lost_names(plan->conf, disk, content, sizeof(content))) {
		snprintf(sentence, sizeof(sentence), "That is what these "
			"settings call %s: with all VMs there.", content);
		put_lines(sentence, stream);
	}
	fprintf(stream, plan->stick ? "VMs get no room there: it is a stick.\n"
		: "VMs get the rest of it.\n");
}
