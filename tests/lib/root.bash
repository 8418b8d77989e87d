# Machines whose parent runs on the hypervisor, reachable over SSH.
# SPDX-License-Identifier: MIT

load lib/machine
load lib/volume
load lib/iso
load lib/expect

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
	expect_match "$log" 'Hypervisor detected: Microsoft Hyper-V' || return
	expect_match "$log" 'Hyper-V: running as root partition' || return
	expect_match "$log" 'mshv: Hypervisor using root scheduler' || return
	expect_no_match "$log" 'BUG:|WARNING:|Oops|Call Trace|rcu.*stall' "the kernel's log" || return
	machine_ssh "$1" test -c /dev/mshv
}
