# VMs of the management service: many of them.
# SPDX-License-Identifier: MIT

load ../lib/manage

setup_file() {
	requires xorriso unsquashfs mkfs.vfat mcopy python3 ssh ssh-keygen openssl gcc make
	iso_unpack
	qemu_disk
	child_start host 2 6144 -cpu EPYC-v4,+x2apic "${qemu_disk[@]}"
}

@test "64 VMs are made, started, stopped and deleted" {
	manage_ready host
	manage_many host 64
}
