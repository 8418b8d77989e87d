/* What vmms is started with. */
/* SPDX-License-Identifier: MIT */
#include "vmms_words.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "client.h"

static const struct vmms_words usual = {
	.socket = CLIENT_SOCKET,
	.user = "vmms",
	.group = "socle",
	.begun = "/run/socle/vmms.begun",
	.program = "/usr/lib/vmwp",
	.disk = "/sbin/disk",
	.firmware = "/usr/share/vmwp",
	.driver = "/dev/mshv",
	.run = "/run/socle/vms",
	.cgroup = "/sys/fs/cgroup/socle",
};

static const struct option {
	const char *name;
	size_t place;		/* of a const char * in struct vmms_words */
} options[] = {
	{ "--socket", offsetof(struct vmms_words, socket) },
	{ "--user", offsetof(struct vmms_words, user) },
	{ "--group", offsetof(struct vmms_words, group) },
	{ "--begun", offsetof(struct vmms_words, begun) },
	{ "--program", offsetof(struct vmms_words, program) },
	{ "--disk", offsetof(struct vmms_words, disk) },
	{ "--firmware", offsetof(struct vmms_words, firmware) },
	{ "--driver", offsetof(struct vmms_words, driver) },
	{ "--run", offsetof(struct vmms_words, run) },
	{ "--cgroup", offsetof(struct vmms_words, cgroup) },
};

enum { OPTIONS = sizeof(options) / sizeof(options[0]) };

static bool usage(void)
{
	size_t i;

	fprintf(stderr, "usage: vmms --storage FOLDER ...");
	for (i = 0; i < OPTIONS; i++)
		fprintf(stderr, " [%s WORD]", options[i].name);
	fprintf(stderr, "\n");
	return false;
}

static bool take_storage(struct vmms_words *words, const char *path)
{
	if (words->storage_count == STORE_STORAGES) {
		fprintf(stderr, "vmms: more than %d storage folders\n",
			STORE_STORAGES);
		return false;
	}
	words->storages[words->storage_count++] = path;
	return true;
}

bool vmms_words_read(struct vmms_words *words, int count, char **word)
{
	size_t i;
	int at;

	*words = usual;
	for (at = 1; at < count; at += 2) {
		if (at + 1 == count)
			return usage();
		if (!strcmp(word[at], "--storage")) {
			if (!take_storage(words, word[at + 1]))
				return false;
			continue;
		}
		for (i = 0; i < OPTIONS; i++)
			if (!strcmp(word[at], options[i].name))
				break;
		if (i == OPTIONS)
			return usage();
		*(const char **)((char *)words + options[i].place) =
			word[at + 1];
	}
	return words->storage_count || usage();
}
