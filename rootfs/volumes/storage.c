/* host storage: disks become volumes of this host. */
/* SPDX-License-Identifier: MIT */
#include "storage.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adopt.h"
#include "array.h"
#include "claim.h"
#include "disk.h"
#include "keys.h"
#include "lockfile.h"
#include "paths.h"
#include "places.h"
#include "search.h"
#include "tool.h"
#include "volume.h"

enum { PATIENCE = 30 }; /* seconds */

static json_t *disks_of(const struct array *array)
{
	json_t *list = json_array();
	char text[DEVICE_NAME + 16];
	int i;

	for (i = 0; i < array->count; i++) {
		snprintf(text, sizeof(text), "%s%s", array->disks[i].name,
			array->disks[i].failed ? "(failed)" : "");
		json_array_append_new(list, json_string(text));
	}
	return list;
}

static json_t *arrays(void)
{
	json_t *list = json_array(), *object;
	struct array array;
	int i;

	for (i = 0; array_next(i, &array); i++) {
		object = json_pack("{s:s, s:s, s:s, s:s, s:i, s:o}", "name",
			array.name, "label", array.label, "level", array.level,
			"state", array.state, "slots", array.slots, "disks",
			disks_of(&array));
		if (object && array.percent >= 0)
			json_object_set_new(object, "percent",
				json_integer(array.percent));
		json_array_append_new(list, object);
	}
	return list;
}

static int list(char **words, bool erase, struct trouble *why)
{
	struct conf *conf = conf_read(PATH_SETTINGS, host_kinds, NULL, NULL);
	json_t *object;

	(void)words;
	(void)erase;
	if (!conf)
		conf = conf_new(host_kinds);
	object = conf ? json_pack("{s:o, s:o, s:o}", "volumes",
		volume_list(conf), "disks", disk_list(), "arrays", arrays()) :
		NULL;
	conf_free(conf);
	if (!object)
		return trouble(why, -ENOMEM, "there is no memory");
	json_dumpf(object, stdout, JSON_INDENT(1) | JSON_ENSURE_ASCII);
	putchar('\n');
	json_decref(object);
	return 0;
}

/* For the scripts: a device a line. */
static int find(char **words, bool erase, struct trouble *why)
{
	int error;

	(void)erase;
	if (!good_uuid(words[0]))
		return trouble(why, -EINVAL, "\"%.60s\" is no UUID", words[0]);
	error = search_print(words[0], PATIENCE);
	return error ? trouble(why, error, "not all disks can be looked at: "
		"%s",
		strerror(-error)) : 0;
}

/* For the scripts: words of e2fsck, or nothing. */
static int copy(char **words, bool erase, struct trouble *why)
{
	unsigned int block, size;
	char name[DEVICE_NAME];

	(void)erase;
	if (!device_named(words[0], name))
		return trouble(why, -ENOENT, "there is no device %.60s",
			words[0]);
	if (superblock_copy(name, &block, &size))
		printf("-b %u -B %u\n", block, size);
	return 0;
}

static const struct action {
	const char *name, *second;
	int words;	/* behind the name, without ERASE */
	bool changes, erases;
	int (*run)(char **words, bool erase, struct trouble *why);
} actions[] = {
	{ "list", NULL, 0, false, false, list },
	{ "find", NULL, 1, false, false, find },
	{ "copy", NULL, 1, false, false, copy },
	{ "claim", NULL, 2, true, true, claim },
	{ "mirror", "add", 3, true, true, adopt_disk },
	{ "mirror", NULL, 3, true, true, claim_mirror },
	{ "format", NULL, 1, true, true, claim_format },
	{ "adopt", NULL, 2, true, false, adopt },
	{ "forget", NULL, 1, true, false, adopt_forget },
};

/* No name is called so. */
#define ERASE "--erase"

/* The words behind the name; ERASE is one more. */
static bool fits(const struct action *action, char **words, int count,
	bool *erase)
{
	*erase = action->erases && count == action->words + 2 &&
		!strcmp(words[count - 1], ERASE);
	return !strcmp(action->name, words[0]) &&
		count == action->words + 1 + *erase &&
		(!action->second || !strcmp(action->second, words[1]));
}

int storage_lock(struct trouble *why)
{
	int lock = lockfile_take(PLACE_LOCK, false);

	if (lock == -EWOULDBLOCK)
		return trouble(why, -EBUSY, "another change of the storage is "
			"at work");
	return lock >= 0 ? lock : trouble(why, lock, "%s cannot be locked: %s",
		PLACE_LOCK, strerror(-lock));
}

/* What the script does by itself, when a disk comes, waits for the whole
 * change: it would mount what is being formatted, or stop what is made. */
static int lock_script(struct trouble *why)
{
	int lock = lockfile_take(PLACE_SCRIPT_LOCK, true);

	if (lock < 0)
		return trouble(why, lock, "%s cannot be locked: %s",
			PLACE_SCRIPT_LOCK, strerror(-lock));
	if (lock != TOOL_LOCK) {
		dup3(lock, TOOL_LOCK, O_CLOEXEC);
		close(lock);
	}
	return 0;
}

static int change(const struct action *action, char **words, bool erase,
	struct trouble *why)
{
	int lock = storage_lock(why), error;

	if (lock < 0)
		return lock;
	error = lock_script(why);
	if (!error) {
		error = action->run(words, erase, why);
		close(TOOL_LOCK);
	}
	close(lock);
	return error;
}

static void no_answer(int number)
{
	static const char sentence[] = "host: a disk does not answer\n";
	ssize_t said = write(STDERR_FILENO, sentence, sizeof(sentence) - 1);

	(void)number;
	(void)said;
	_exit(EXIT_FAILURE);
}

/* Who only looks waits no longer than this for a disk that is about to fail. */
static int look(const struct action *action, char **words, struct trouble *why)
{
	int error;

	signal(SIGALRM, no_answer);
	alarm(PATIENCE);
	error = action->run(words, false, why);
	alarm(0);
	return error;
}

int storage(char **words, int count, struct trouble *why)
{
	size_t i;
	bool erase;

	for (i = 0; i < sizeof(actions) / sizeof(*actions); i++)
		if (fits(&actions[i], words, count, &erase))
			return actions[i].changes ? change(&actions[i], words +
				1, erase, why) : look(&actions[i], words + 1,
				why);
	return trouble(why, -EINVAL, "storage list, claim DISK NAME, mirror "
		"DISK DISK NAME, mirror add NAME DISK, format NAME, adopt "
		"DEVICE NAME, or forget NAME; " ERASE " behind the first four "
		"where data is to go");
}
