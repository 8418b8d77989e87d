# Power cuts of installations and of settings, as many as it takes.
# SPDX-License-Identifier: MIT

load ../lib/manage
load ../lib/host
load ../lib/installed

setup() {
	requires xorriso unsquashfs mkfs.vfat mcopy python3 ssh ssh-keygen debugfs e2fsck
	iso_unpack
}

@test "2,000 power cuts of an installation, 50 of them booted" {
	installed_cut_installation 2000 50
}

@test "2,000 power cuts while settings change, 50 of them booted" {
	installed_cut_settings 2000 50
}
