# Network adapters of VMs, for longer.
# SPDX-License-Identifier: MIT

load ../lib/network
load ../lib/hostile

setup_file() {
	requires xorriso unsquashfs mkfs.vfat mcopy python3 ssh ssh-keygen openssl gcc
	iso_unpack
	network_start host 2 4096
}

@test "200,000 rounds of each random test of network adapters" {
	make -C "$SOCLE_TOP/tests/unit" -f net.mk BUILD="$BATS_TEST_TMPDIR" \
		ROUNDS=200000 SECONDS=14400 check
}

@test "hostile guests do 1,000,000 operations of each row, beside Debian" {
	network_debian host
	network_hostile host "${HOSTILE_OPERATIONS:-1000000}" 14400
	network_do host 40 ping 10.8.0.1 56
	vsp_off host debian
	parent_is_well host
}
