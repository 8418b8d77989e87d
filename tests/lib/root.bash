# Machines whose parent runs on the hypervisor, reachable over SSH.
# SPDX-License-Identifier: MIT

root_lib=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
load "$root_lib/machine"
load "$root_lib/volume"
load "$root_lib/iso"
load "$root_lib/expect"

# root_settings: a volume with the tests' SSH key, for -drive.
root_settings() {
	printf '[login]\nkey = %s\npassword = %s\n' "$(cat "$(machine_key).pub")" \
		"$(openssl passwd -6 -salt tests 'correct horse battery')" \
		> "$BATS_FILE_TMPDIR/key.conf"
	make_conf_volume vfat SOCLE_CONF "$BATS_FILE_TMPDIR/key.conf"
}

# root_start NAME CPUS MEMORY [QEMU OPTION...]: past the loader. Kernel options
# are in root_append.
root_append=
root_start() {
	local name=$1 cpus=$2 memory=$3 options=()
	shift 3
	attach options "$(root_settings)" virtio-blk-pci
	MACHINE_CPUS=$cpus MACHINE_MEMORY=$memory \
		iso_boot_kernel "$name" "$root_append" "$iso" "${options[@]}" "$@"
}

# root_is_parent NAME: the hypervisor runs it, as the kernel and /dev tell.
root_is_parent() {
	local log
	log=$(machine_ssh "$1" dmesg) || return
	expect_match "$log" 'Command line: .* tsc=reliable$' || return
	expect_match "$log" 'Hypervisor detected: Microsoft Hyper-V' || return
	expect_match "$log" 'Hyper-V: running as root partition' || return
	expect_match "$log" 'mshv: Hypervisor using root scheduler' || return
	expect_no_match "$log" 'BUG:|WARNING:|Oops|Call Trace|rcu.*stall' "the kernel's log" || return
	machine_ssh "$1" test -c /dev/mshv
}

# offline_online NAME CPUS [ROUNDS]: takes its last processor off and on again.
offline_online() {
	local cpu=$(($2 - 1))
	MACHINE_SSH_SECONDS=$((60 + ${3:-20} * 5)) machine_ssh "$1" "
		set -e
		for round in \$(seq ${3:-20}); do
			echo 0 > /sys/devices/system/cpu/cpu$cpu/online
			[ \$(nproc) = $cpu ]
			echo 1 > /sys/devices/system/cpu/cpu$cpu/online
			[ \$(nproc) = $2 ]
		done
		taskset $(printf %x $((1 << cpu))) sh -c 'exit 0'" || {
		machine_report "$1" "a processor does not go off and on"
		return 1
	}
	expect_no_match "$(machine_ssh "$1" dmesg)" 'Stale IRR|failed to report|BUG|WARNING'
}

# parent_build: the tests' own parent (tests/guest/parent) into $test_parent.
parent_build() {
	test_parent=$BATS_FILE_TMPDIR/parent/parent
	[ -f "$test_parent" ] ||
		make -s -C "$SOCLE_TOP/tests/guest/parent" BUILD="$BATS_FILE_TMPDIR/parent"
}

# parent_start NAME CPUS MODEL WORDS [QEMU OPTION...]: in Linux's place; the words
# of its command line are in tests/guest/parent/option.h. All but NAME is kept in
# parent_again, quoted.
declare -gA parent_again
parent_start() {
	local name=$1 cpus=$2 model=$3 words=$4
	parent_again[$name]=$(printf '%q ' "${@:2}")
	shift 4
	iso_unpack && parent_build || return
	MACHINE_CPUS=$cpus MACHINE_MEMORY=512 machine_start "$name" -cpu "$model" \
		-kernel "$disc/socle/hypervisor" -append panic=1 \
		-initrd "$test_parent $words,$test_parent" "$@"
}

# parent_finish NAME SECONDS: until its last line; fills parent_finished. A fault of
# QEMU's own says nothing about what is tested (docs/hypervisor.md, "QEMU with several
# processors"): then once more, as NAME-again.
parent_finish() {
	local end='^done: |^stopped|panic on processor' said
	parent_finished=$1
	said=$(machine_wait "$1" "$end" "$2" 2>&1) && return
	echo "$said" >&2
	grep -q '^qemu_fault: ' <<< "$said" || return
	grep -A 32 '^qemu_fault: ' <<< "$said" | sed '/^---/,$d; s/^/# /' >&3
	echo "# $1: QEMU has ended by a fault of its own, once more" >&3
	parent_finished=$1-again
	eval "parent_start $1-again ${parent_again[$1]}" &&
		machine_wait "$1-again" "$end" "$2"
}

# parent_passes NAME SECONDS: all that it tests is as it should be.
parent_passes() {
	local parent_finished log
	parent_finish "$1" "$2" || return
	log=$(machine_log "$parent_finished") || return
	grep -E '^not ok|^storm|^crowd|^done' <<< "$log" || true
	expect_no_match "$log" '^not ok|^stopped|panic' || return
	expect_match "$log" '^done: [1-9][0-9]* passed, 0 failed' || return
	machine_wait_end "$parent_finished" 20
}
