# fuzz: random input, guided by what it reaches, for the parts that read what a
# guest has written.
# SPDX-License-Identifier: MIT

fuzz_options() {
	fuzz_names=$(cd "$top/tests/fuzz/corpus" && echo *.hex | sed 's/\.hex//g')
	[ $# -ge 1 ] || usage_error "fuzz: a target is missing: one of $fuzz_names"
	[ $# -le 2 ] || usage_error "fuzz: a target and seconds only, not '$3'"
	fuzz_name=$1
	case " $fuzz_names " in
	*" $fuzz_name "*) ;;
	*) usage_error "fuzz: no target '$fuzz_name': one of $fuzz_names" ;;
	esac
	fuzz_seconds=${2:-60}
	case $fuzz_seconds in
	*[!0-9]* | 0*) usage_error "fuzz: '$fuzz_seconds' is no number of seconds" ;;
	esac
}

# What it has learnt stays in build/fuzz for the next time.
fuzz_run() {
	fuzz_log=$build/log/fuzz.$fuzz_name.log
	step "fuzz.$fuzz_name.build" fuzz_make build
	say "Fuzzing $fuzz_name for $fuzz_seconds s"
	if fuzz_make run > "$fuzz_log" 2>&1; then
		say "$(grep -E '^Done [0-9]+ runs|^[0-9]+ runs' "$fuzz_log"): nothing was found"
		return
	fi
	tail -n 20 "$fuzz_log" >&2
	die "fuzz: $fuzz_name found something; see $fuzz_log and $build/fuzz"
}

# fuzz_make GOAL
fuzz_make() {
	make -C "$top/tests/fuzz" "$1" BUILD="$build/fuzz" TARGET="$fuzz_name" \
		SECONDS="$fuzz_seconds"
}
