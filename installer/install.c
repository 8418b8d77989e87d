/* An installation: a disk from what it was to one that starts. */
/* SPDX-License-Identifier: MIT */
#include "install.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "places.h"
#include "run.h"
#include "slot.h"
#include "table.h"

enum { UUID = 37, PATH = 80, NAME = 32 };

struct installation {
	struct plan *plan;
	struct medium medium;
	char disk[PATH];
	char loader[UUID], data[UUID]; /* identities */
	char known[UUID + 32];	       /* what the system knows itself by */
	char volume[NAME];             /* the settings' name of that for VMs */
	FILE *log;
	bool terminal;
	int percent;
	struct trouble *why;
};

static void tell(struct installation *installation, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void tell(struct installation *installation, const char *format, ...)
{
	char text[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	printf("%s\n", text);
	fflush(stdout);
	fprintf(installation->log, "%s\n", text);
}

static void device(const struct installation *installation,
	enum table_partition partition, char path[PATH])
{
	table_device(installation->disk, partition, path, PATH);
}

static int new_identity(char uuid[UUID], struct trouble *why)
{
	FILE *file = fopen(PLACE_UUID, "re");
	bool got = file && fscanf(file, "%36s", uuid) == 1;

	if (file)
		fclose(file);
	return got ? 0 : trouble(why, -EIO, PLACE_UUID " cannot be read");
}

/* The settings name the volume for VMs; the first becomes where they go. */
static int name_volume(struct installation *installation)
{
	struct conf *conf = installation->plan->conf;
	const char *uuid = installation->data, *storage;
	char section[NAME + 8], folder[NAME + 16];
	int number = 1, result;

	do {
		snprintf(installation->volume, NAME, number > 1 ? "data%d" :
			"data", number);
		snprintf(section, sizeof(section), "volume %s",
			installation->volume);
		number++;
	} while (conf_line(conf, section, NULL));
	snprintf(folder, sizeof(folder), "/volumes/%s", installation->volume);
	storage = folder;
	result = conf_set(conf, section, "uuid", &uuid, 1, NULL, NULL);
	if (!result && !conf_value(conf, "host", "storage", 0))
		result = conf_set(conf, "host", "storage", &storage, 1, NULL,
			NULL);
	return result ? trouble(installation->why, result,
		"the settings do not take the volume for VMs") : 0;
}

static int prepare(struct installation *installation)
{
	int result = new_identity(installation->loader, installation->why);

	if (!result)
		result = new_identity(installation->data, installation->why);
	if (!result && !installation->plan->stick)
		result = name_volume(installation);
	if (!result && installation->plan->kept.number < 1) {
		installation->plan->kept.number = 1;
		result = kept_new_host(&installation->plan->kept);
	}
	snprintf(installation->known, sizeof(installation->known),
		"%s socle.host=%s", installation->loader,
		installation->plan->kept.host);
	/* What one that was killed may have left. */
	umount(PLACE_TARGET);
	umount(PLACE_SOURCE);
	return result ? result : medium_open(&installation->medium,
		installation->why);
}

/* Names move when disks come and go. */
static int check_disk(const struct installation *installation)
{
	return disk_is_there(&installation->plan->disk) ? 0 :
		trouble(installation->why, -ESTALE, "%s is not the disk any "
			"more that was chosen", installation->disk);
}

/* What this live system has taken its settings from may be the target. */
static int interrupt(struct installation *installation)
{
	if (!strcmp(installation->plan->disk.used, DISK_SETTINGS))
		umount(DISK_SETTINGS);
	return table_interrupt(installation->disk, installation->why);
}

static int partition(struct installation *installation)
{
	return table_make(installation->disk, installation->loader,
		!installation->plan->stick, installation->why);
}

/* Lazily: what is large and empty is written while the host runs. */
static int format(struct installation *installation,
	enum table_partition which, const char *label, const char *uuid,
	bool lazily)
{
	char path[PATH];
	const char *const arguments[] = { "mkfs.ext4", "-q", "-F", "-O",
		"metadata_csum,64bit", "-m", "0", "-i", "65536", "-E", lazily ?
		"lazy_itable_init=1,lazy_journal_init=1" :
		"lazy_itable_init=0,lazy_journal_init=0", "-L", label, "-U",
		uuid, path, NULL };

	device(installation, which, path);
	return run(arguments, NULL, "making a file system", installation->why);
}

static int mount_target(struct installation *installation,
	enum table_partition which, const char *type, unsigned long flags)
{
	char path[PATH];

	device(installation, which, path);
	mkdir("/run/installer", 0700);
	mkdir(PLACE_TARGET, 0700);
	if (mount(path, PLACE_TARGET, type, flags | MS_NOSUID | MS_NODEV |
		MS_NOEXEC, NULL))
		return trouble(installation->why, -errno,
			"%s cannot be mounted: %s", path, strerror(errno));
	return 0;
}

/* Writes what is left in memory, and says whether that went well. */
static int umount_target(struct installation *installation, int result)
{
	int folder = open(PLACE_TARGET, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (folder >= 0 && syncfs(folder) && !result)
		result = trouble(installation->why, -errno,
			"the disk cannot be written: %s", strerror(errno));
	if (folder >= 0)
		close(folder);
	if (umount(PLACE_TARGET) && !result)
		result = trouble(installation->why, -errno, "%s: %s",
			PLACE_TARGET, strerror(errno));
	return result;
}

/* A spare stick's host is known by the same key; it may have none yet. */
static int copy_key(void)
{
	char key[1024];
	FILE *from = fopen(PLACE_HOST_KEY, "re"), *to = NULL;
	size_t size = from ? fread(key, 1, sizeof(key), from) : 0;
	mode_t mask = umask(077);
	bool good = !size;

	if (size)
		to = fopen(PLACE_TARGET "/ssh_host_ed25519_key", "we");
	if (to)
		good = fwrite(key, 1, size, to) == size && !fflush(to) &&
			!fsync(fileno(to));
	umask(mask);
	explicit_bzero(key, sizeof(key));
	if (from)
		fclose(from);
	if (to)
		fclose(to);
	return good ? 0 : -EIO;
}

static int write_settings(struct installation *installation)
{
	int result = format(installation, TABLE_CONFIG, "socle-new", "random",
		false);

	if (!result)
		result = mount_target(installation, TABLE_CONFIG, "ext4", 0);
	if (result)
		return result;
	result = kept_write(installation->plan->conf,
		PLACE_TARGET "/socle.conf", &installation->plan->kept);
	if (!result && installation->plan->spare)
		result = copy_key();
	if (result)
		trouble(installation->why, result,
			"the settings cannot be written: %s",
			strerror(-result));
	return umount_target(installation, result);
}

static int make_volume(struct installation *installation)
{
	return format(installation, TABLE_DATA, installation->volume,
		installation->data, true);
}

/* A number that changes is for a terminal. */
static void progress(void *context, uint64_t done, uint64_t of)
{
	struct installation *installation = context;
	int percent = (int)(done * 100 / of);

	if (!installation->terminal || percent == installation->percent)
		return;
	installation->percent = percent;
	printf("  %d %%\r", percent);
	fflush(stdout);
}

static int write_system(struct installation *installation)
{
	char path[PATH];

	device(installation, TABLE_LOADER, path);
	return slot_write(path, &installation->medium, installation->known,
		progress, installation, installation->why);
}

/* Nothing of it may come from memory. */
static void forget(const char *path)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);

	if (file < 0)
		return;
	fsync(file);
	ioctl(file, BLKFLSBUF, 0);
	close(file);
}

static int verify(struct installation *installation)
{
	char path[PATH];
	int result;

	device(installation, TABLE_LOADER, path);
	forget(path);
	result = slot_compare_loader(path, installation->why);
	if (result)
		return result;
	result = mount_target(installation, TABLE_LOADER, "vfat", MS_RDONLY);
	if (result)
		return result;
	result = slot_compare(PLACE_TARGET, &installation->medium,
		installation->known, installation->why);
	return umount_target(installation, result);
}

/* A live system takes its settings by this name: not from half an installation. */
static int name_settings(struct installation *installation)
{
	char path[PATH];

	device(installation, TABLE_CONFIG, path);
	return run((const char *[]){ "tune2fs", "-L", "socle-config", path,
		NULL }, NULL, "the volume for settings", installation->why);
}

/* The log, and then what firmware starts: the installation is there by that. */
static int finish(struct installation *installation, const char *notes,
	const char *told)
{
	int result = check_disk(installation);
	FILE *file;

	if (!result)
		result = mount_target(installation, TABLE_CONFIG, "ext4", 0);
	if (result)
		return result;
	file = fopen(PLACE_TARGET "/install.log", "we");
	if (!file || fprintf(file, "%s%s", notes, told) < 0 || fflush(file) ||
	    fsync(fileno(file)))
		result = trouble(installation->why, -errno,
			"the log cannot be written: %s", strerror(errno));
	if (file)
		fclose(file);
	result = umount_target(installation, result);
	if (!result)
		result = table_finish(installation->disk, installation->why);
	return result ? result : name_settings(installation);
}

static const struct {
	const char *text;
	int (*run)(struct installation *installation);
} steps[] = {
	{ "Checking the medium", prepare },
	{ "Erasing what was on the disk", interrupt },
	{ "Making partitions", partition },
	{ "Writing the settings", write_settings },
	{ "Making the volume for VMs", make_volume },
	{ "Writing the system", write_system },
	{ "Reading it back", verify },
};

enum { STEPS = sizeof(steps) / sizeof(*steps) };

static void tell_begin(struct installation *installation)
{
	char now[40], version[32] = "";
	time_t seconds = time(NULL);
	FILE *file = fopen(PLACE_VERSION, "re");

	if (file && fscanf(file, "%31s", version) != 1)
		*version = '\0';
	if (file)
		fclose(file);
	strftime(now, sizeof(now), "%Y-%m-%d %H:%M:%S UTC", gmtime(&seconds));
	fprintf(installation->log, "Socle Server %s, %s\n", version, now);
	plan_print(installation->plan, installation->log);
}

static int run_steps(struct installation *installation)
{
	int i, result = 0;

	for (i = 0; i < STEPS && !result; i++) {
		if (steps[i].run == make_volume && installation->plan->stick)
			continue;
		tell(installation, "%s", steps[i].text);
		result = check_disk(installation);
		if (!result)
			result = steps[i].run(installation);
	}
	return result;
}

int install(struct plan *plan, const char *notes, struct trouble *why)
{
	struct installation installation = { .plan = plan, .why = why,
		.terminal = isatty(STDOUT_FILENO), .percent = -1 };
	char *told = NULL;
	size_t size;
	int result;

	snprintf(installation.disk, PATH, PLACE_DEVICES "/%s",
		plan->disk.name);
	installation.log = open_memstream(&told, &size);
	if (!installation.log)
		return trouble(why, -ENOMEM, "there is no memory");
	tell_begin(&installation);
	result = run_steps(&installation);
	if (!result) {
		fprintf(installation.log, "Socle Server is installed on %s.\n",
			plan->disk.name);
		fflush(installation.log);
		result = finish(&installation, notes, told);
	}
	if (*installation.medium.files)
		medium_close();
	if (!result)
		tell(&installation, "Socle Server is installed on %s.",
			plan->disk.name);
	fclose(installation.log);
	free(told);
	return result;
}
