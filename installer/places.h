/* Where the installer looks. Unit tests have their own header. */
/* SPDX-License-Identifier: MIT */
#ifndef INSTALLER_PLACES_H
#define INSTALLER_PLACES_H

#define PLACE_BLOCK "/sys/block"
#define PLACE_PCI "/sys/bus/pci/devices"
#define PLACE_EFI "/sys/firmware/efi"
#define PLACE_MOUNTS "/proc/mounts"
/* Programs: what they print is read. */
#define PLACE_HOST "/lib/socle/host show"
#define PLACE_BLKID "/sbin/blkid"
#define PLACE_LOG "/bin/dmesg"

#endif
