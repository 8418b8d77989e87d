# The privileged part of the management service, on a host.
# SPDX-License-Identifier: MIT

load lib/child

setup_file() {
	requires xorriso unsquashfs mkfs.vfat mcopy python3 ssh ssh-keygen openssl gcc
	iso_unpack
	child_start host 2 2048 -cpu EPYC-v4,+x2apic \
		-netdev user,id=net0,hostfwd=tcp:127.0.0.1:0-:22 -device virtio-net-pci,netdev=net0
}

# helper_ready: the programs of tests/unit are in /run/test.
helper_ready() {
	local tool
	child_ready host 300
	for tool in machine_test_helper_root machine_helper_vm idle forbidden; do
		make -s -C "$SOCLE_TOP/tests/unit" -f vmms.mk BUILD="$BATS_FILE_TMPDIR" \
			"$BATS_FILE_TMPDIR/$tool" || return
		machine_ssh host "mkdir -p /run/test && cat > /run/test/$tool &&
			chmod 755 /run/test/$tool" < "$BATS_FILE_TMPDIR/$tool" || return
	done
	machine_ssh host 'cp /sbin/disk /run/test/disk; modprobe -a bridge tun nf_tables'
}

@test "the helper: workers, disks, the host's commands, taps in switches, lost privileges" {
	helper_ready
	MACHINE_SSH_SECONDS=400 machine_ssh host \
		'cd /run/test && exec 2>&1 && ./machine_test_helper_root switches || {
			find /tmp /run/test -name worker.log -exec tail -n 12 {} +
			false
		}'
}

@test "the helper: a VM whose helper is killed is found again, and its share of a processor can change" {
	helper_ready
	MACHINE_SSH_SECONDS=400 machine_ssh host 'exec 2>&1; set -e
		mkdir -p /run/helper/iso
		cp /run/guests/tiny /run/helper/iso/tiny
		switch create vmtest type=private
		/run/test/machine_helper_vm
		switch delete vmtest'
}
