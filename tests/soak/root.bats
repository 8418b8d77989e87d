# The hypervisor and its parent, long.
# SPDX-License-Identifier: MIT

load ../lib/root

setup_file() {
	requires xorriso unsquashfs mkfs.vfat mcopy python3 ssh ssh-keygen openssl
	iso_unpack
}

@test "64 processors" {
	root_start many 64 4096 -cpu EPYC-v4,+x2apic -smp 64,sockets=2,cores=32
	machine_ssh_wait many 500
	root_is_parent many
	expect_equal "$(machine_ssh many nproc)" 64
	# Each is made to run something.
	MACHINE_SSH_SECONDS=200 machine_ssh many "
		for cpu in \$(seq 0 63); do
			taskset -c \$cpu sh -c 'read name rest < /proc/self/stat' & done; wait"
	offline_online many 64 2
	machine_kill many
}

@test "fifty restarts in a row, from the medium" {
	local round
	machine_start again -cpu EPYC-v4,+x2apic -action reboot=reset \
		-cdrom "$iso" -boot d -drive "file=$(root_settings),format=raw,if=virtio"
	for round in $(seq 50); do
		machine_wait again 'The parent starts on 2 processors' 60
		machine_ssh_wait again 120
		root_is_parent again
		[ "$round" = 50 ] || machine_ssh again reboot
	done
}

@test "500 times offline and online, x2APIC and xAPIC" {
	local apic
	for apic in + -; do
		root_start "apic$apic" 4 1024 -cpu "EPYC-v4,${apic}x2apic"
		machine_ssh_wait "apic$apic" 120
		offline_online "apic$apic" 4 500
		machine_kill "apic$apic"
	done
}

@test "unit tests, 200,000 rounds of each random test" {
	make -C "$SOCLE_TOP/tests/unit" -f hypervisor.mk BUILD="$BATS_TEST_TMPDIR" \
		ROUNDS=200000 check
}

@test "the whole interface, 2 and 4 processors, x2APIC and xAPIC" {
	echo "# seed $((seed = RANDOM))" >&3
	parent_start pair 2 EPYC-v4,+x2apic "seed=$seed crowd=5000"
	parent_passes pair 400
	parent_start four_x2 4 EPYC-v4,+x2apic "seed=$seed crowd=5000 storm=3000"
	parent_passes four_x2 600
	parent_start four_x1 4 EPYC-v4,-x2apic "seed=$seed crowd=5000 storm=3000" -M pc
	parent_passes four_x1 600
}

@test "1,000,000 operations of a hostile parent, 4 processors, x2APIC and xAPIC" {
	local apic
	for apic in + -; do
		echo "# seed $((seed = RANDOM))" >&3
		parent_start "crowd$apic" 4 "EPYC-v4,${apic}x2apic" \
			"only=crowd seed=$seed crowd=1000000"
		parent_passes "crowd$apic" 1200
		parent_start "storm$apic" 2 "EPYC-v4,${apic}x2apic" "seed=$seed storm=500000"
		parent_passes "storm$apic" 1200
	done
}
