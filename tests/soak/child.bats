# Child partitions, for longer.
# SPDX-License-Identifier: MIT

load ../lib/child
load ../lib/hostile

setup_file() {
	requires xorriso unsquashfs mkfs.vfat mcopy python3 ssh ssh-keygen openssl gcc
	iso_unpack
	qemu_disk
	child_start host 2 8192 -cpu EPYC-v4,+x2apic "${qemu_disk[@]}"
}

@test "200 workers killed at random moments leave nothing, and a new VM starts" {
	child_kills host 200
}

@test "a guest with 64 processors, 32 times as many as the parent has" {
	child_ready host 120
	vm_start host crowd backports "check smp face off" --memory 1G --processors 64
	vm_wait_end host crowd 0 1200
	smp_passed host crowd 7.2 64
	parent_is_well host
}

@test "the guest's clock goes as the parent's: 5 minutes of load, stopped, and paused" {
	child_ready host 120
	vm_clock_start host clock trixie "load clock" --memory 256M --processors 2
	keeps_time host clock 300
	stands_still host clock
	keeps_time host clock 60
	vm_end host clock
	parent_is_well host
}

@test "Debian's QEMU boots the stock kernels, with disk and network, 20 of 20" {
	child_ready host 120
	qemu_ready host
	qemu_rounds host 20
	parent_is_well host
}

@test "hostile guests do 1,000,000 operations of each row" {
	child_ready host 120
	hostile_all host "${HOSTILE_OPERATIONS:-1000000}" 14400
}

@test "hostile guests make another's timer no later than busy ones do, for longer" {
	child_ready host 120
	good_start host
	hostile_lateness host n10 4 20
	hostile_lateness host n11 2 20
	hostile_lateness host n7 2 20
	good_end host
	parent_is_well host
}
