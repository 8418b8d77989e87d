/* Volumes as the settings have them: one more, one less. */
/* SPDX-License-Identifier: MIT */
#include "entry.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "keep.h"
#include "keys.h"
#include "paths.h"
#include "places.h"
#include "program.h"
#include "settings.h"

/* FOLDER: what the settings take. */
enum { SECTION = VOLUME_NAME + 8, STORAGES = 64, FOLDER = 201 };

static void section_of(const char *name, char section[SECTION])
{
	snprintf(section, SECTION, "volume %.15s", name);
}

/* What a value lacks. */
static void note(void *context, int line, const char *text)
{
	(void)line;
	trouble(context, 0, "%s", text);
}

static struct conf *read_settings(void)
{
	struct conf *conf = conf_read(PATH_SETTINGS, host_kinds, NULL, NULL);

	return conf ? conf : conf_new(host_kinds);
}

static int check_unknown(const struct conf *conf, const char *name,
	struct trouble *why)
{
	char section[SECTION];

	section_of(name, section);
	return conf_line(conf, section, NULL) ? trouble(why, -EEXIST,
		"there is a volume %s already", name) : 0;
}

static int check_free(const struct conf *conf, const char *name,
	struct trouble *why)
{
	struct mount mount;
	int error = check_unknown(conf, name, why);

	if (!error && mount_of(name, &mount))
		return trouble(why, -EEXIST, "%s is mounted where a volume %s "
			"would be", mount.device, name);
	return error;
}

static bool is_disk_of(const char *name, const char *driver)
{
	size_t size = strlen(driver), letters;

	if (strncmp(name, driver, size))
		return false;
	name += size;
	letters = strspn(name, "abcdefghijklmnopqrstuvwxyz");
	return letters && letters <= 2 &&
		!name[letters + strspn(name + letters, "0123456789")];
}

/* As the kernel calls disks and arrays: sda, sda1, nvme0n1, md127. */
static bool is_device_name(const char *name)
{
	static const char *const numbered[] = { "nvme", "mmcblk", "md" };
	size_t i, size;

	for (i = 0; i < sizeof(numbered) / sizeof(*numbered); i++) {
		size = strlen(numbered[i]);
		if (!strncmp(name, numbered[i], size) &&
		    isdigit((unsigned char)name[size]))
			return true;
	}
	return is_disk_of(name, "sd") || is_disk_of(name, "vd") ||
		is_disk_of(name, "xvd");
}

/* Volumes that have them stay: only new ones are not called so. */
static bool is_reserved(const char *name)
{
	return !strcmp(name, "erase") || !strcmp(name, "add") ||
		is_device_name(name);
}

int entry_check_name(const char *name, struct trouble *why)
{
	struct conf *conf;
	int error;

	if (!good_volume_name(name))
		return trouble(why, -EINVAL, "\"%.40s\" is no name for a "
			"volume: at most 15 lower-case letters, digits and "
			"hyphens", name);
	if (is_reserved(name))
		return trouble(why, -EINVAL, "a volume is not called \"%s\": "
			"it would be taken for something else", name);
	error = settings_may_keep(why);
	if (error)
		return error;
	conf = read_settings();
	if (!conf)
		return -ENOMEM;
	error = check_free(conf, name, why);
	conf_free(conf);
	return error;
}

int entry_read(const char *name, struct volume *volume, struct conf **conf,
	struct trouble *why)
{
	*conf = good_volume_name(name) ? read_settings() : NULL;
	if (*conf && volume_read(*conf, name, true, volume))
		return 0;
	conf_free(*conf);
	*conf = NULL;
	return trouble(why, -ENOENT, "there is no volume %.40s", name);
}

/* Storage: [host] has changed, too. A power cut leaves both or none. */
static int save(struct settings *settings, const char *section, bool storage,
	struct trouble *why)
{
	const char *const sections[] = { section, "host" };
	bool kept = false;
	int error = settings_keep(settings, sections, 1 + storage, &kept, why);

	if (!error)
		error = settings_write(settings, why);
	if (!error && !kept)
		fprintf(stderr, "host: %s: the change is lost at the next "
			"start\n", keep_why_nowhere());
	return error;
}

static void apply(void)
{
	program_run((char *[]){ PLACE_STORAGE_APPLY, "host", NULL });
}

/* The management service would not know them any more, and they may run. */
static bool vms_in_memory(void)
{
	DIR *list = opendir(PLACE_MEMORY);
	const struct dirent *entry;
	bool any = false;

	while (list && !any && (entry = readdir(list)))
		any = entry->d_name[0] != '.';
	if (list)
		closedir(list);
	return any;
}

static int add(struct settings *settings, const char *name, const char *uuid,
	bool *storage, struct trouble *why)
{
	char section[SECTION], folder[MOUNT_FOLDER];
	const char *values[] = { uuid };
	int error = check_unknown(settings->conf, name, why);

	section_of(name, section);
	if (!error)
		error = conf_set(settings->conf, section, "uuid", values, 1,
			note, why);
	if (!error)
		error = settings_check(settings, section, why);
	if (error)
		return error;
	*storage = !conf_value(settings->conf, "host", "storage", 0) &&
		!vms_in_memory();
	mount_folder(name, folder);
	values[0] = folder;
	if (*storage)
		error = conf_set(settings->conf, "host", "storage", values, 1,
			note, why);
	return error ? error : save(settings, section, *storage, why);
}

/* Where VMs are stored, which is another matter. */
static void say_storage(bool storage, bool unset, const char *folder)
{
	if (storage)
		printf("; in 3 seconds VMs are stored there\n");
	else if (unset)
		printf(". There are VMs in memory: delete them, then host set "
			"host storage=%s\n", folder);
	else
		printf("\n");
}

int entry_add(const char *name, const char *uuid, struct trouble *why)
{
	struct settings settings;
	char folder[MOUNT_FOLDER];
	bool storage = false, unset;
	int error = settings_open(&settings, why);

	if (error)
		return error;
	error = add(&settings, name, uuid, &storage, why);
	unset = !conf_value(settings.conf, "host", "storage", 0);
	settings_close(&settings);
	if (error)
		return error;
	if (storage)
		apply();
	mount_folder(name, folder);
	printf("the volume %s is in %s", name, folder);
	say_storage(storage, unset, folder);
	return 0;
}

/* Those that are somewhere else: copies, as what is set takes their place. */
static int keep_others(struct conf *conf, const struct volume *volume)
{
	char folders[STORAGES][FOLDER];
	const char *kept[STORAGES], *path;
	size_t size = strlen(volume->folder);
	int i, count = 0;

	for (i = 0; (path = conf_value(conf, "host", "storage", i)); i++)
		if ((strncmp(path, volume->folder, size) ||
			(path[size] && path[size] != '/')) &&
		    count < STORAGES) {
			snprintf(folders[count], FOLDER, "%s", path);
			kept[count] = folders[count];
			count++;
		}
	return count ? conf_set(conf, "host", "storage", kept, count, NULL,
		NULL) : conf_unset(conf, "host", "storage");
}

static int take_out(struct settings *settings, const struct volume *volume,
	bool *storage, struct trouble *why)
{
	char section[SECTION];
	int error = 0;

	section_of(volume->name, section);
	*storage = volume_storage(settings->conf, volume);
	if (*storage)
		error = keep_others(settings->conf, volume);
	if (!error)
		error = conf_unset(settings->conf, section, NULL);
	return error ? error : save(settings, section, *storage, why);
}

int entry_remove(const struct volume *volume, struct trouble *why)
{
	struct settings settings;
	bool storage = false;
	int error = settings_open(&settings, why);

	if (error)
		return error;
	error = take_out(&settings, volume, &storage, why);
	settings_close(&settings);
	if (error)
		return error;
	if (storage)
		apply();
	printf("the volume %s is forgotten; what is on it stays%s\n",
		volume->name, storage ? ". VMs are not stored there any more" :
		"");
	return 0;
}
