/* Entries that come with later versions: each says when. */
/* SPDX-License-Identifier: MIT */
#include "entries.h"

#include <stdio.h>

#include "rootfs/vmms/unit.h"
#include "watch.h"

/* The first folder for VMs. */
static void storage(char *text, size_t size)
{
	const json_t *row = json_array_get(json_object_get(watch_host(),
		"storage"), 0);
	const char *path = json_string_value(json_object_get(row, "path"));
	const json_t *left = json_object_get(row, "free");
	char room[UNIT_TEXT];

	if (path && left && unit_print("free", json_integer_value(left), room))
		snprintf(text, size, "%s: %s free", path, room);
	else if (path)
		snprintf(text, size, "%s IS NOT THERE", path);
}

const struct entry entry_storage = { 5, "Storage", .status = storage, .later =
	"Disks are claimed here when the installer has put the system on the "
	"host itself; until then [host] storage names the folders for VMs." };
const struct entry entry_updates = { 8, "Updates", .later =
	"Updates, and the way back from one, come with a later version." };
const struct entry entry_cluster = { 10, "Cluster", .later =
	"Joining a cluster comes with a later version." };
const struct entry entry_backup = { 11, "Back up", .later =
	"Backing up VMs and the host's settings comes with a later version." };
const struct entry entry_reset = { 13, "Factory reset", .later =
	"A reset comes with the installer: the system has nothing of its own "
	"on the host before." };
