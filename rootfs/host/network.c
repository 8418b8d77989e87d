/* Changes of the host's network, which are taken back unless confirmed. */
/* SPDX-License-Identifier: MIT */
#include "network.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "back.h"
#include "change.h"
#include "keys.h"
#include "paths.h"
#include "places.h"
#include "program.h"
#include "settings.h"
#include "trial.h"
#include "words.h"

enum { SECONDS = 60 };

/* Where one section's words begin, and how many they are with it. */
static int part(char **words, int count)
{
	int i;

	for (i = 1; i < count && words[i][0] != '-' && strchr(words[i], '=');
		i++)
		;
	return i;
}

/* Sections that carry the host's own connections. */
static int check_section(const char *section, struct trouble *why)
{
	if (!strncmp(section, "nic ", 4) || !strncmp(section, "bond ", 5) ||
	    !strcmp(section, "dns"))
		return 0;
	return trouble(why, -EINVAL, "\"%.60s\" is none of \"nic MAC\", "
		"\"bond NAME\" and dns", section);
}

/* An adapter that is in a bond from now on has nothing of its own. */
static int drop_members(struct settings *settings, struct trial *trial,
	const char *bond, struct trouble *why)
{
	const char *macs = conf_value(settings->conf, bond, "nics", 0);
	char section[TRIAL_SECTION];
	int result = 0;

	for (; !result && macs && *macs; macs += strspn(macs, " ")) {
		snprintf(section, sizeof(section), "nic %.*s",
			(int)strcspn(macs, " "), macs);
		macs += strcspn(macs, " ");
		if (!conf_line(settings->conf, section, NULL))
			continue;
		result = trial_add(trial, settings->conf, section, why);
		conf_unset(settings->conf, section, NULL);
	}
	return result;
}

/* The words of a section, as they are typed. */
static int put(struct settings *settings, struct trial *trial,
	const char *section, char **words, int count, struct trouble *why)
{
	struct words typed;
	int result = words_expand(&typed, settings->conf, section, words,
		count, why);

	if (!result)
		result = settings_put(settings, section, typed.list,
			typed.count, why);
	words_free(&typed);
	return result || strncmp(section, "bond ", 5) ? result :
		drop_members(settings, trial, section, why);
}

/* One section: noted as it was, then changed. */
static int change(struct settings *settings, struct trial *trial,
	char **words, int count, struct trouble *why)
{
	bool remove = words[0][0] == '-';
	const char *section = words[0] + remove;
	int result = check_section(section, why);

	if (!result)
		result = trial_add(trial, settings->conf, section, why);
	if (result)
		return result;
	if (remove && conf_unset(settings->conf, section, NULL) &&
	    !conf_line(trial->before, section, NULL))
		return trouble(why, -ENOENT, "the settings have no [%s]",
			section);
	if (!remove && count == 1)
		return trouble(why, -EINVAL, "[%s]: what is to be set?",
			section);
	return remove ? 0 : put(settings, trial, section, words + 1, count - 1,
		why);
}

static int change_all(struct settings *settings, struct trial *trial,
	char **words, int count, struct trouble *why)
{
	int used, result = 0;

	for (; !result && count; words += used, count -= used) {
		used = part(words, count);
		result = change(settings, trial, words, used, why);
	}
	for (used = 0; !result && used < trial->count; used++)
		result = settings_check(settings, trial->sections[used], why);
	return result;
}

/*
 * A volume without settings gets those of before now: whoever writes to it next
 * would write what is on trial, too.
 */
static void keep_before(const struct settings *settings)
{
	bool kept;

	settings_keep(settings, NULL, 0, &kept, NULL);
}

static int begin(struct settings *settings, struct trial *trial,
	char **words, int count, struct trouble *why)
{
	int result;

	keep_before(settings);
	result = change_all(settings, trial, words, count, why);
	if (!result)
		result = trial_begin(trial, SECONDS, back_in_time, why);
	if (!result) {
		result = settings_write(settings, why);
		if (result)
			trial_end();
	}
	return result;
}

/* One at a time; one that nobody watches any more is taken back first. What could
 * not be confirmed does not begin. */
static int check_none(struct trouble *why)
{
	struct trial trial;
	int result = settings_may_keep(why);

	if (result)
		return result;
	result = trial_read(&trial);
	if (result == -ENOENT)
		return 0;
	if (result) {
		trial_end();
		return 0;
	}
	if (!trial_is_watched()) {
		back(&trial);
		return 0;
	}
	trial_free(&trial);
	return trouble(why, -EBUSY, "a change of the network is on trial: "
		"confirm or revert it first");
}

static void tell(const struct trial *trial)
{
	printf("The change is on trial: without \"vm host network confirm\" it "
		"is taken back in %d seconds.\n", trial_left(trial));
	fflush(stdout);
}

static int set(char **words, int count, struct trouble *why)
{
	struct trial trial = { .count = 0 };
	struct settings settings;
	int result = check_none(why);

	if (!result)
		result = settings_open(&settings, why);
	if (result)
		return result;
	result = begin(&settings, &trial, words, count, why);
	settings_close(&settings);
	if (!result) {
		tell(&trial);
		program_run((char *[]){ PATH_NETWORK, "again", NULL });
	}
	trial_free(&trial);
	return result;
}

/* What it does is its own business; what it changes is noted before. */
static int begin_switch(struct trial *trial, const char *name,
	struct trouble *why)
{
	char section[TRIAL_SECTION];
	struct settings settings;
	int result = settings_open(&settings, why);

	if (result)
		return result;
	keep_before(&settings);
	result = trouble(why, -EINVAL, "\"%.40s\" is no name of a switch",
		name);
	if (good_switch_name(name)) {
		why->text[0] = '\0';
		snprintf(section, sizeof(section), "switch %s", name);
		result = trial_add(trial, settings.conf, section, why);
	}
	settings_close(&settings);
	return result ? result : trial_begin(trial, SECONDS, back_in_time, why);
}

static int run_switch(char **words, int count)
{
	char *arguments[64] = { PLACE_SWITCH, "--trial" };

	if (count > 60)
		return -E2BIG;
	memcpy(arguments + 2, words, (size_t)count * sizeof(*words));
	return program_let_speak(arguments);
}

static int change_switch(char **words, int count, struct trouble *why)
{
	struct trial trial = { .count = 0 };
	int result = check_none(why);

	if (!result)
		result = begin_switch(&trial, words[1], why);
	if (!result) {
		result = run_switch(words, count);
		if (result)
			trial_end();
		else
			tell(&trial);
	}
	trial_free(&trial);
	return result;
}

static int confirm(struct trouble *why)
{
	const char *sections[TRIAL_SECTIONS];
	struct settings settings;
	struct trial trial;
	bool kept = false;
	int i, result = trial_read(&trial);

	if (result)
		return trouble(why, result, "no change of the network is on "
			"trial");
	for (i = 0; i < trial.count; i++)
		sections[i] = trial.sections[i];
	result = settings_open(&settings, why);
	if (!result) {
		result = settings_keep(&settings, sections, trial.count, &kept,
			why);
		settings_close(&settings);
	}
	if (!result) {
		trial_note("confirmed");
		trial_end();
	}
	if (!result && !kept)
		change_warn();
	trial_free(&trial);
	return result;
}

static int revert(struct trouble *why)
{
	struct trial trial;
	int result = trial_read(&trial);

	if (result)
		return trouble(why, result, "no change of the network is on "
			"trial");
	return back(&trial) ? trouble(why, -EIO,
		"not all could be taken back") : 0;
}

/* One after the other. */
static int locked(int result, int lock, struct trouble *why)
{
	if (lock >= 0)
		close(lock);
	return lock >= 0 ? result : trouble(why, lock,
		"%s cannot be locked: %s", PLACE_TRIAL_LOCK, strerror(-lock));
}

int network_set(char **words, int count, struct trouble *why)
{
	int lock = trial_lock();

	return locked(lock < 0 ? lock : set(words, count, why), lock, why);
}

int network_unset(char **words, int count, struct trouble *why)
{
	char word[TRIAL_SECTION + 1];

	(void)count;
	snprintf(word, sizeof(word), "-%s", words[0]);
	return network_set((char *[]){ word, NULL }, 1, why);
}

int network_switch(char **words, int count, struct trouble *why)
{
	int lock = trial_lock();

	return locked(lock < 0 ? lock : change_switch(words, count, why), lock,
		why);
}

int network_confirm(char **words, int count, struct trouble *why)
{
	int lock = trial_lock();

	(void)words;
	(void)count;
	return locked(lock < 0 ? lock : confirm(why), lock, why);
}

int network_revert(char **words, int count, struct trouble *why)
{
	int lock = trial_lock();

	(void)words;
	(void)count;
	return locked(lock < 0 ? lock : revert(why), lock, why);
}

int network_show(char **words, int count, struct trouble *why)
{
	struct trial trial;
	int i, result = trial_read(&trial);
	bool on = !result;

	(void)words;
	(void)count;
	if (result && result != -ENOENT)
		return trouble(why, result, "%s cannot be read: %s",
			PLACE_TRIAL, strerror(-result));
	printf("{\"trial\": %s, \"seconds\": %d, \"sections\": [",
		on ? "true" : "false", on ? trial_left(&trial) : 0);
	for (i = 0; on && i < trial.count; i++)
		printf("%s\"%s\"", i ? ", " : "", trial.sections[i]);
	puts("]}");
	trial_free(&trial);
	return 0;
}
