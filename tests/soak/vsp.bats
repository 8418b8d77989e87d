# Disks of VMs, for longer.
# SPDX-License-Identifier: MIT

load ../lib/vsp
load ../lib/hostile

setup_file() {
	requires xorriso unsquashfs mkfs.vfat mcopy python3 ssh ssh-keygen openssl gcc
	iso_unpack
	vsp_start host 2 4096
}

@test "5,000 power cuts, and 200,000 rounds of each random test, of images" {
	make -C "$SOCLE_TOP/tests/unit" -f disk.mk BUILD="$BATS_TEST_TMPDIR" \
		CUTS=5000 ROUNDS=200000 SECONDS=14400 check
}

@test "50 workers killed while they write: the file system is clean, what was safe is there" {
	vsp_kills host 50
	parent_is_well host
}

@test "hostile guests do 1,000,000 operations of each row" {
	vsp_hostile host "${HOSTILE_OPERATIONS:-1000000}" 14400
	parent_is_well host
}
