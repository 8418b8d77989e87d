/* The state of this host, as JSON. */
/* SPDX-License-Identifier: MIT */
#include "show.h"

#include <glob.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "keep_paths.h"
#include "keys.h"
#include "paths.h"
#include "show_access.h"
#include "show_boot.h"
#include "show_network.h"
#include "show_sections.h"
#include "trial.h"
#include "volume.h"

#define DEFAULT_STORAGE "/run/socle/storage"

/* The rest of the first line that begins with start, behind it. */
static bool read_after(const char *path, const char *start, char *text,
	size_t size)
{
	FILE *file = fopen(path, "re");
	size_t length = strlen(start);
	bool found = false;
	char line[512];

	while (file && !found && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		found = !strncmp(line, start, length);
		if (found)
			snprintf(text, size, "%s", line + length);
	}
	if (file)
		fclose(file);
	return found;
}

/* Whatever is in it: what is no UTF-8 is left out by json_string(). */
static void put_text(json_t *object, const char *key, const char *path,
	const char *start)
{
	char text[512];

	if (read_after(path, start, text, sizeof(text)))
		json_object_set_new(object, key, json_string(text +
			strspn(text, " \t:")));
}

static void put_memory(json_t *object)
{
	static const char *const fields[][2] = {
		{ "total", "MemTotal:" }, { "available", "MemAvailable:" },
	};
	json_t *memory = json_object();
	char text[64];
	size_t i;

	for (i = 0; i < 2; i++)
		if (read_after("/proc/meminfo", fields[i][1], text,
			sizeof(text)))
			json_object_set_new(memory, fields[i][0],
				json_integer(strtoll(text, NULL, 10) * 1024));
	json_object_set_new(object, "memory", memory);
}

static json_t *storage(const char *path)
{
	json_t *folder = json_object();
	struct statvfs status;
	bool there = !access(path, X_OK) && !statvfs(path, &status);

	json_object_set_new(folder, "path", json_string(path));
	json_object_set_new(folder, "there", json_boolean(there));
	if (!there)
		return folder;
	json_object_set_new(folder, "total", json_integer(
		(json_int_t)(status.f_blocks * status.f_frsize)));
	json_object_set_new(folder, "free", json_integer(
		(json_int_t)(status.f_bavail * status.f_frsize)));
	return folder;
}

static void put_storage(json_t *object, const struct conf *conf)
{
	json_t *list = json_array();
	const char *path;
	int i;

	for (i = 0; (path = conf_value(conf, "host", "storage", i)); i++)
		json_array_append_new(list, storage(path));
	if (!i)
		json_array_append_new(list, storage(DEFAULT_STORAGE));
	json_object_set_new(object, "storage", list);
}

/* Servers of the settings; whether the clock has been set by one. */
static void put_clock(json_t *object, const struct conf *conf)
{
	struct timex clock = { .modes = 0 };

	json_object_set_new(object, "ntp", show_values(conf, "time", "ntp"));
	json_object_set_new(object, "synchronized", json_boolean(
		adjtimex(&clock) >= 0 && !(clock.status & STA_UNSYNC)));
}

static void put_keyboard(json_t *object, const struct conf *conf)
{
	const char *layout = conf_value(conf, "host", "keyboard", 0);

	json_object_set_new(object, "keyboard",
		json_string(layout ? layout : "us"));
}

static void put_time(json_t *object, const struct conf *conf)
{
	const char *zone = conf_value(conf, "host", "timezone", 0);
	time_t now = time(NULL);
	struct sysinfo info;
	char text[32];

	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
	json_object_set_new(object, "time", json_string(text));
	json_object_set_new(object, "timezone",
		json_string(zone ? zone : "UTC"));
	put_clock(object, conf);
	if (sysinfo(&info))
		return;
	json_object_set_new(object, "uptime", json_integer(info.uptime));
	json_object_set_new(object, "load", json_real((double)info.loads[0] /
		(1 << SI_LOAD_SHIFT)));
}

/* Why there is none is what the boot loader's stage said. */
static void put_hypervisor(json_t *object)
{
	static const char start[] = "socle.without=\"";
	json_t *hypervisor = json_object();
	bool runs = !access("/dev/mshv", F_OK);
	char line[4096] = "";
	FILE *file = runs ? NULL : fopen("/proc/cmdline", "re");
	char *at = file && fgets(line, sizeof(line), file) ?
		strstr(line, start) : NULL;

	if (file)
		fclose(file);
	json_object_set_new(hypervisor, "running", json_boolean(runs));
	if (at) {
		at += strlen(start);
		at[strcspn(at, "\"")] = '\0';
		json_object_set_new(hypervisor, "reason", json_string(at));
	}
	json_object_set_new(object, "hypervisor", hypervisor);
}

static void put_machine(json_t *object)
{
	char name[65] = "";

	gethostname(name, sizeof(name) - 1);
	json_object_set_new(object, "name", json_string(name));
	put_text(object, "version", "/etc/socle-version", "");
	put_hypervisor(object);
	json_object_set_new(object, "processors",
		json_integer(sysconf(_SC_NPROCESSORS_ONLN)));
	put_text(object, "processor", "/proc/cpuinfo", "model name");
	put_text(object, "vendor", "/sys/class/dmi/id/sys_vendor", "");
	put_text(object, "machine", "/sys/class/dmi/id/product_name", "");
	put_memory(object);
}

static int count_lines(const char *path)
{
	FILE *file = fopen(path, "re");
	int byte, count = 0;

	while (file && (byte = getc(file)) != EOF)
		count += byte == '\n';
	if (file)
		fclose(file);
	return count;
}

static void put_files(json_t *list, const char *pattern)
{
	glob_t found;
	size_t i;

	if (glob(pattern, 0, NULL, &found))
		return;
	for (i = 0; i < found.gl_pathc; i++)
		json_array_append_new(list, json_string(found.gl_pathv[i]));
	globfree(&found);
}

/* Files that the next start may take its settings from. */
static void put_kept(json_t *object)
{
	json_t *list = json_array();

	put_files(list, PATH_CONFIG PATH_FILE);
	put_files(list, PATH_SECOND PATH_FILE);
	json_object_set_new(object, "kept", list);
}

/* Null: no change is. How the last one ended; null: there was none. */
static void put_trial(json_t *object)
{
	char last[32];
	json_t *sections = json_array();
	struct trial trial;
	int i;

	trial_last(last, sizeof(last));
	json_object_set_new(object, "last-trial", *last ? json_string(last) :
		json_null());
	if (trial_read(&trial)) {
		json_decref(sections);
		json_object_set_new(object, "trial", json_null());
		return;
	}
	for (i = 0; i < trial.count; i++)
		json_array_append_new(sections,
			json_string(trial.sections[i]));
	json_object_set_new(object, "trial", json_pack("{s:i, s:o}", "seconds",
		trial_left(&trial), "sections", sections));
	trial_free(&trial);
}

int show(char **words, int count, struct trouble *why)
{
	struct conf *conf = conf_read(PATH_SETTINGS, host_kinds, NULL, NULL);
	json_t *object = json_object();

	(void)words;
	(void)count;
	(void)why;
	if (!conf)
		conf = conf_new(host_kinds);
	put_machine(object);
	show_boot(object);
	put_time(object, conf);
	put_keyboard(object, conf);
	put_storage(object, conf);
	json_object_set_new(object, "volumes", volume_list_shortly(conf));
	show_access(object, conf);
	json_object_set_new(object, "network", show_network());
	show_sections(object, conf);
	put_trial(object);
	put_text(object, "ssh", "/run/socle/ssh.fingerprint", "");
	put_text(object, "settings", "/run/socle/settings.source", "");
	put_kept(object);
	json_object_set_new(object, "problems",
		json_integer(count_lines("/run/socle/settings.problems")));
	json_dumpf(object, stdout, JSON_INDENT(1) | JSON_ENSURE_ASCII);
	putchar('\n');
	json_decref(object);
	conf_free(conf);
	return 0;
}
