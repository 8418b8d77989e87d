# test and soak: the Bats files, and one closing line of counts.
# SPDX-License-Identifier: MIT

# Quick tests have names that begin with "quick"; soak tests live apart.
test_folder=$top/tests

test_options() {
	test_quick='' test_area=''
	while [ $# -gt 0 ]; do
		case $1 in
		--quick) test_quick=yes ;;
		-*) usage_error "test: unknown option '$1'" ;;
		*)
			[ -z "$test_area" ] || usage_error "test: one area only"
			[ -f "$test_folder/$1.bats" ] ||
				usage_error "test: no area '$1' (no $test_folder/$1.bats)"
			test_area=$1
			;;
		esac
		shift
	done
}

# test_run: all areas or one; status 0 only when nothing failed.
test_run() {
	export SOCLE_TOP="$top" SOCLE_BUILD="$build" SOCLE_CACHE="$cache" \
		SOCLE_TEST_GUESTS="$guests" SOCLE_TEST_QEMU="$qemu" \
		SOCLE_TEST_DEBIAN="$debian"
	set -- --tap --print-output-on-failure
	[ -z "$test_quick" ] || set -- "$@" --filter '^quick'
	set -- "$@" "$test_folder${test_area:+/$test_area.bats}"
	say "Testing"
	test_status=0
	# Emptied first: tail must not show what an earlier run left.
	: > "$build/log/test.tap"
	bats "$@" > "$build/log/test.tap" 2>&1 &
	test_pid=$!
	tail -f -n +1 --pid="$test_pid" "$build/log/test.tap" || true
	wait "$test_pid" || test_status=$?
	test_count "$build/log/test.tap"
	[ "$test_status" -eq 0 ] && [ "$test_failed" -eq 0 ] && [ "$test_passed" -gt 0 ]
}

# test_count FILE: the closing line.
test_count() {
	test_skipped=$(grep -c '^ok .* # skip' "$1" || true)
	test_passed=$(($(grep -c '^ok ' "$1" || true) - test_skipped))
	test_failed=$(grep -c '^not ok ' "$1" || true)
	[ "$test_status" -eq 0 ] || [ "$test_failed" -gt 0 ] || test_failed=1
	echo "$test_passed passed, $test_failed failed, $test_skipped skipped"
}
