/* Entries that come with later versions: each says when. */
/* SPDX-License-Identifier: MIT */
#include "entries.h"

const struct entry entry_updates = { 8, "Updates", .later =
	"Updates, and the way back from one, come with a later version." };
const struct entry entry_cluster = { 10, "Cluster", .later =
	"Joining a cluster comes with a later version." };
