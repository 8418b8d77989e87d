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

#include "lost.h"
#include "places.h"
#include "run.h"
#include "slot.h"
#include "table.h"

enum { UUID = 37, PATH = 80, KEY = 1024 };

#define TARGET_SETTINGS PLACE_TARGET "/socle.conf"
#define TARGET_KEY PLACE_TARGET "/ssh_host_ed25519_key"

struct installation {
	struct plan *plan;
	struct medium medium;
	char disk[PATH];
	char loader[UUID], data[UUID]; /* identities */
	char known[UUID + 32];	       /* what the system knows itself by */
	char volume[LOST_NAME];	       /* the settings' name of that for VMs */
	char key[KEY];		       /* what the host is known by over SSH */
	size_t key_size;
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

/* What the settings say of the disk's volumes, and of the new one. */
static int name_volume(struct installation *installation)
{
	const struct plan *plan = installation->plan;
	int result = lost_renew(plan->conf, &plan->disk, plan->stick ? NULL :
		installation->data, installation->volume);

	return result ? trouble(installation->why, result,
		"the settings do not take the volume for VMs") : 0;
}

/* Of this host, if it is there: it may be lost with what is on the target. */
static void read_key(struct installation *installation)
{
	FILE *file = fopen(PLACE_HOST_KEY, "re");

	if (file)
		installation->key_size = fread(installation->key, 1,
			sizeof(installation->key), file);
	if (file)
		fclose(file);
}

static int prepare(struct installation *installation)
{
	int result = new_identity(installation->loader, installation->why);

	if (!result)
		result = new_identity(installation->data, installation->why);
	/* A spare one's settings are a copy, with the number of what is kept. */
	if (!result && !installation->plan->spare)
		result = name_volume(installation);
	/* A spare stick's host is this one; so is it where its settings are. */
	if (installation->plan->spare ||
	    !strcmp(installation->plan->disk.used, DISK_SETTINGS))
		read_key(installation);
	if (!result && installation->plan->kept.number < 1) {
		installation->plan->kept.number = 1;
		result = kept_new_host(&installation->plan->kept);
	}
	snprintf(installation->known, sizeof(installation->known),
		"%s socle.host=%s", installation->loader,
		installation->plan->kept.host);
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

/* What was asked about is what is erased: some time may lie between. */
static int check_content(const struct installation *installation)
{
	const struct disk *chosen = &installation->plan->disk, *now;
	struct disk *disks;
	int count = disks_read(&disks);
	bool same;

	now = disk_named(disks, count, chosen->name);
	same = now && now->sequence == chosen->sequence &&
		now->partitions == chosen->partitions &&
		!strcmp(now->content, chosen->content) &&
		!strcmp(now->used, chosen->used);
	if (count >= 0)
		free(disks);
	return same ? 0 : trouble(installation->why, -ESTALE, "what is on %s "
		"has changed since it was chosen", chosen->name);
}

/* What this live system has taken its settings from may be the target. */
static int interrupt(struct installation *installation)
{
	int result = check_content(installation);

	if (result)
		return result;
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

static int write_key(const struct installation *installation)
{
	size_t size = installation->key_size;
	mode_t mask = umask(077);
	FILE *file = size ? fopen(TARGET_KEY, "we") : NULL;
	bool good = !size || (file && fwrite(installation->key, 1, size,
		file) == size && !fflush(file) && !fsync(fileno(file)));

	umask(mask);
	if (file)
		fclose(file);
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
		TARGET_SETTINGS, &installation->plan->kept);
	if (!result)
		result = write_key(installation);
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

/* By their sum, and the key. */
static int compare_settings(struct installation *installation)
{
	const struct kept *wanted = &installation->plan->kept;
	char key[KEY];
	struct kept kept;
	size_t size = 0;
	FILE *file = fopen(TARGET_KEY, "re");
	bool same;

	kept_read(TARGET_SETTINGS, &kept);
	if (file)
		size = fread(key, 1, sizeof(key), file);
	if (file)
		fclose(file);
	same = kept.number == wanted->number &&
		!strcmp(kept.host, wanted->host) &&
		size == installation->key_size &&
		!memcmp(key, installation->key, size);
	explicit_bzero(key, sizeof(key));
	return same ? 0 : trouble(installation->why, -EIO,
		"what was read back of the settings is not what was written");
}

static int verify_settings(struct installation *installation)
{
	char path[PATH];
	int result;

	device(installation, TABLE_CONFIG, path);
	forget(path);
	result = mount_target(installation, TABLE_CONFIG, "ext4", MS_RDONLY);
	return result ? result : umount_target(installation,
		compare_settings(installation));
}

static int verify(struct installation *installation)
{
	char path[PATH];
	int result = verify_settings(installation);

	if (result)
		return result;
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

/* As one that was killed may have left it. */
void install_clear(void)
{
	umount(PLACE_TARGET);
	umount(PLACE_SOURCE);
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
	explicit_bzero(installation.key, sizeof(installation.key));
	return result;
}
