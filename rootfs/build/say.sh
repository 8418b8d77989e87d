# Progress lines, errors and failing in one sentence.
# SPDX-License-Identifier: MIT

started=$(date +%s)

# say TEXT: one progress line with the time since the start.
say() {
	elapsed=$(($(date +%s) - started))
	printf '[%3d:%02d] %s\n' $((elapsed / 60)) $((elapsed % 60)) "$*" >&2
}

# die SENTENCE: ends the program with status 1.
die() {
	printf 'build.sh: %s\n' "$*" >&2
	exit 1
}

# usage_error SENTENCE: the command line is wrong; status 2.
usage_error() {
	printf 'build.sh: %s; see ./build.sh help\n' "$*" >&2
	exit 2
}

# step NAME COMMAND...: runs COMMAND with its output in build/log/NAME.log.
# A failure becomes one sentence; a full disk is recognised as such.
step() {
	step_name=$1
	step_log=$build/log/$step_name.log
	shift
	mkdir -p "$build/log" 2>/dev/null || die "cannot write to $build"
	{ : > "$step_log"; } 2>/dev/null || die "cannot write to $build/log"
	# Not in an `if`: the shell would ignore set -e inside the command.
	set +e
	(set -eu; "$@") > "$step_log" 2>&1 < /dev/null
	step_status=$?
	set -e
	[ "$step_status" -eq 0 ] && return
	# On a full disk the log may be cut off before it says so.
	if grep -q 'No space left on device\|Disk quota exceeded' "$step_log" ||
		disk_full "$build" || disk_full "$cache"; then
		die "$step_name: no space left on the disk of $build or $cache"
	fi
	tail -n 15 "$step_log" | sed 's/^/    /' >&2
	die "$step_name failed; its whole output is in $step_log"
}

# disk_full FOLDER: less than 1 MB is free.
disk_full() {
	[ "$(df -Pk "$1" | awk 'NR == 2 { print $4 }')" -lt 1024 ]
}

# sha256 FILE: its sum alone.
sha256() {
	sha256sum < "$1" | cut -d ' ' -f 1
}
