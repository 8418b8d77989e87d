/* A slot of the loader's partition: one whole system. */
/* SPDX-License-Identifier: MIT */
#ifndef INSTALLER_SLOT_H
#define INSTALLER_SLOT_H

#include <stdint.h>

#include "parts.h"
#include "trouble.h"

/* Called with how many bytes of how many are written. */
typedef void slot_progress(void *context, uint64_t done, uint64_t of);

/*
 * Writes the loader's file system to partition, a device, and fills its first
 * slot, 'a': each part at its place, the menu with identity (what it is to
 * know itself by: "UUID socle.host=..."), then the sector with the files' sizes. Synchronised. 0 or -errno after
 * a sentence.
 */
int slot_write(const char *partition, const struct medium *medium,
	const char *identity, slot_progress *progress, void *context,
	struct trouble *why);

/*
 * Compares what the loader and the initramfs would read, through the file system
 * mounted on folder, with medium and the menu. 0 or -errno after a sentence.
 */
int slot_compare(const char *folder, const struct medium *medium,
	const char *identity, struct trouble *why);

/*
 * Compares the loader's own part of partition, a device, with what was written: all
 * that is before the slots but the sector with the files' sizes. The same.
 */
int slot_compare_loader(const char *partition, struct trouble *why);

#endif
