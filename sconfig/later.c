/* Entries that come with later versions: each says when. */
/* SPDX-License-Identifier: MIT */
#include "entries.h"

const struct entry entry_updates = { 8, "Updates", .later =
	"Updates, and the way back from one, come with a later version." };
const struct entry entry_cluster = { 10, "Cluster", .later =
	"Joining a cluster comes with a later version." };
const struct entry entry_backup = { 11, "Back up", .later =
	"Backing up VMs and the host's settings comes with a later version." };
const struct entry entry_reset = { 13, "Factory reset", .later =
	"A reset comes with the installer: the system has nothing of its own "
	"on the host before." };
