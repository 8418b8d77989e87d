/* Where the installer looks. Unit tests have their own header. */
/* SPDX-License-Identifier: MIT */
#ifndef INSTALLER_PLACES_H
#define INSTALLER_PLACES_H

#define PLACE_BLOCK "/sys/block"
#define PLACE_PCI "/sys/bus/pci/devices"
#define PLACE_EFI "/sys/firmware/efi"
#define PLACE_COMMAND_LINE "/proc/cmdline"
#define PLACE_MOUNTS "/proc/mounts"
#define PLACE_DEVICES "/dev"
/* What is written before the system: installer/loader. */
#define PLACE_LOADER "/usr/share/installer"
/* The medium that the system came from, and the target's volumes. */
#define PLACE_SOURCE "/run/installer/medium"
#define PLACE_TARGET "/run/installer/target"
#define PLACE_SETTINGS "/run/socle/socle.conf"
#define PLACE_HOST_KEY "/config/ssh_host_ed25519_key"
#define PLACE_LOCK "/run/socle/installer.lock"
#define PLACE_UUID "/proc/sys/kernel/random/uuid"
#define PLACE_VERSION "/etc/socle-version"
/* Programs: what they print is read. */
#define PLACE_MEDIUM "/lib/socle/medium"
#define PLACE_HOST "/lib/socle/host show"
#define PLACE_BLKID "/sbin/blkid"
#define PLACE_LOG "/bin/dmesg"

#endif
