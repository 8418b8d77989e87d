# Every fuzz target, for longer.
# SPDX-License-Identifier: MIT

@test "each fuzz target, 5 minutes" {
	local file name
	for file in "$SOCLE_TOP"/tests/fuzz/*.c; do
		name=$(basename "$file" .c)
		[ "$name" = main ] ||
			SOCLE_BUILD=$BATS_TEST_TMPDIR "$SOCLE_TOP/build.sh" fuzz "$name" 300
	done
}
