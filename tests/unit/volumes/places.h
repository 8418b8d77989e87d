/* Where disks and volumes are looked for, in the folder where their unit test
 * runs: those of rootfs/volumes and of installer. */
/* SPDX-License-Identifier: MIT */
#ifndef VOLUMES_PLACES_H
#define VOLUMES_PLACES_H

#define PLACE_BLOCK "block"
#define PLACE_BLKID "cat blkid"
#define PLACE_CLASS "class"
#define PLACE_DEV "dev"
#define PLACE_COMMAND_LINE "cmdline"
#define PLACE_DEVICES "dev"
#define PLACE_MOUNTS "mounts"
#define PLACE_PROC "/proc"
#define PLACE_CGROUP "cgroup"
#define PLACE_NEW_UUID "uuid"
#define PLACE_MEMORY "memory"
#define PLACE_REASONS "reasons"
#define PLACE_LOCK "storage.lock"
#define PLACE_SCRIPT_LOCK "volumes.lock"
#define PLACE_SCRIPT "./script"
#define PLACE_STORAGE_APPLY "./apply"
#define PLACE_SFDISK "./sfdisk"
#define PLACE_MKFS "./mkfs"
#define PLACE_MDADM "./mdadm"

/* Settings take an absolute path. */
extern char volumes_folder[];
#define PLACE_VOLUMES volumes_folder

#endif
