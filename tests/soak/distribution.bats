#!/usr/bin/env bats
# The distribution, long: everything built twice, many boots, much fuzzing.
# SPDX-License-Identifier: MIT

load ../lib/machine.bash

@test "all components are bit-identical when built twice, elsewhere" {
	local name
	env -u CCACHE_DIR SOCLE_SOURCES="$SOCLE_CACHE/sources" \
		SOCLE_CACHE="$BATS_TEST_TMPDIR/another-cache" \
		SOCLE_BUILD="$BATS_TEST_TMPDIR/b" "$SOCLE_TOP/build.sh"
	for name in "$BATS_TEST_TMPDIR"/another-cache/built/*; do
		echo "comparing ${name##*/}"
		diff -r "$name" "$SOCLE_CACHE/built/${name##*/}"
	done
	cmp "$BATS_TEST_TMPDIR/b/socle.iso" "$SOCLE_BUILD/socle.iso"
}

@test "fifty boots end at the login" {
	local i
	for i in $(seq 50); do
		machine_start "boot$i" -cdrom "$SOCLE_BUILD/socle.iso" -boot d
		machine_wait "boot$i" "No password is set" 120
		machine_kill "boot$i"
	done
}

@test "settings: 100,000 rounds of fuzzing" {
	make -C "$SOCLE_TOP/tests/unit" BUILD="$BATS_TEST_TMPDIR" ROUNDS=100000 check
}
