/* Where the installer looks, in the folder where its unit test runs. */
/* SPDX-License-Identifier: MIT */
#ifndef INSTALLER_PLACES_H
#define INSTALLER_PLACES_H

#define PLACE_BLOCK "block"
#define PLACE_PCI "pci"
#define PLACE_EFI "efi"
#define PLACE_COMMAND_LINE "cmdline"
#define PLACE_MOUNTS "mounts"
#define PLACE_DEVICES "dev"
#define PLACE_LOADER "loader"
/* Absolute, as the program that mounts says it. */
#define PLACE_SOURCE "/proc/self/cwd/medium"
#define PLACE_SETTINGS "settings"
#define PLACE_MEDIUM "./mounter"
#define PLACE_HOST "cat host"
#define PLACE_BLKID "cat blkid"
#define PLACE_LOG "cat log"

#endif
