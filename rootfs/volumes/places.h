/* Where data volumes are looked for. Unit tests have their own header. */
/* SPDX-License-Identifier: MIT */
#ifndef VOLUMES_PLACES_H
#define VOLUMES_PLACES_H

#define PLACE_CLASS "/sys/class/block"
#define PLACE_DEV "/dev"
#define PLACE_MOUNTS "/proc/mounts"
#define PLACE_PROC "/proc"
#define PLACE_CGROUP "/sys/fs/cgroup/socle"
#define PLACE_NEW_UUID "/proc/sys/kernel/random/uuid"
/* VMs of a host that has no folder for them. */
#define PLACE_MEMORY "/run/socle/storage/vms"
/* Volumes are mounted here; why one is not is a sentence in a file. */
#define PLACE_VOLUMES "/volumes"
#define PLACE_REASONS "/run/socle/volumes"
#define PLACE_LOCK "/run/socle/storage.lock"
#define PLACE_SCRIPT_LOCK "/run/socle/volumes.lock"
/* Programs. */
#define PLACE_SCRIPT "/lib/socle/volumes"
#define PLACE_STORAGE_APPLY "/lib/socle/apply"
#define PLACE_SFDISK "/sbin/sfdisk"
#define PLACE_MKFS "/sbin/mkfs.ext4"
#define PLACE_MDADM "/sbin/mdadm"

#endif
