# test and soak: the Bats files, and one closing line of counts.
# SPDX-License-Identifier: MIT

# Quick tests have names that begin with "quick"; soak tests live apart, and have what
# others need not wait for.
test_folder=$top/tests
test_netboot=
# Seconds: a test that waits for ever is to be named before all of them are cut short.
test_limit=1800

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

# test_run: all areas or one; status 0 only when nothing failed. Most machines of the
# tests keep one processor of the host busy, so two areas run at a time; what they say
# comes as it comes, each piece under the name of its file. Debian in a VM has no time
# left for itself beside machines of many processors: it comes when root is nearly through.
test_run() {
	export SOCLE_TOP="$top" SOCLE_BUILD="$build" SOCLE_CACHE="$cache" \
		SOCLE_TEST_GUESTS="$guests" SOCLE_TEST_QEMU="$qemu" \
		SOCLE_TEST_DEBIAN="$debian" SOCLE_TEST_MEDIA="$media"
	[ -z "$test_netboot" ] || export \
		SOCLE_TEST_NETBOOT_AMD64="$(recipe_output netboot-amd64)" \
		SOCLE_TEST_NETBOOT_I386="$(recipe_output netboot-i386)"
	[ -z "$test_limit" ] || export BATS_TEST_TIMEOUT="$test_limit"
	set -- --tap --timing --print-output-on-failure
	[ -z "$test_quick" ] || set -- "$@" --filter '^quick'
	say "Testing"
	# Emptied first: tail must not show what an earlier run left.
	rm -f "$build"/log/test.*
	for test_file in "$test_folder/"${test_area:-*}.bats; do
		: > "$build/log/test.${test_file##*/}"
	done
	test_lane "distribution manage boot network vsp" "$@" &
	test_other=$!
	test_lane "root child" "$@" &
	test_pid=$!
	sh -c 'while kill -0 "$1" || kill -0 "$2"; do sleep 1; done' \
		sh "$test_other" "$test_pid" 2> /dev/null &
	tail -q -f -n +1 --pid=$! "$build"/log/test.*.bats || true
	wait "$test_other" "$test_pid"
	test_count "$build"/log/test.*.bats
	[ "$test_failed" -eq 0 ] && [ "$test_passed" -gt 0 ]
}

# test_lane FIRST OPTION...: one area after the other that the other lane has not taken,
# FIRST before all others.
test_lane() {
	test_first=$1
	shift
	for test_name in $test_first $(cd "$build/log" && echo test.*.bats); do
		test_name=${test_name#test.}
		test_name=${test_name%.bats}.bats
		test_log=$build/log/test.$test_name
		[ -f "$test_log" ] && mkdir "$work/$test_name" 2> /dev/null || continue
		bats "$@" "$test_folder/$test_name" 2>&1 |
			sed -u -E "/^(not )?ok /s/ [0-9]+ /&${test_name%.bats}: /" > "$test_log" || true
		# A file that could not be run at all has no line that says so.
		[ -s "$test_log" ] && grep -q '^1\.\.' "$test_log" ||
			echo "not ok ${test_name%.bats}: no test has run" >> "$test_log"
	done
}

# test_count FILE...: the closing line.
test_count() {
	test_skipped=$(cat "$@" | grep -c '^ok .* # skip' || true)
	test_passed=$(($(cat "$@" | grep -c '^ok ' || true) - test_skipped))
	test_planned=$(cat "$@" | awk -F '[.]+' '/^1[.][.]/ { n += $2 } END { print n + 0 }')
	test_failed=$(cat "$@" | grep -c '^not ok ' || true)
	# What was planned and said nothing has failed, too.
	[ $((test_passed + test_skipped + test_failed)) -ge "$test_planned" ] ||
		test_failed=$((test_planned - test_passed - test_skipped))
	echo "$test_passed passed, $test_failed failed, $test_skipped skipped"
}
