# A parent with virtual switches, and ends of their ports in namespaces.
# SPDX-License-Identifier: MIT
#
# An end is a tap e0 in a namespace of the parent, joined to a port as a VM's
# adapter is (tapwire.c).

switch_lib=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
load "$switch_lib/root"

switch_mac1=52:54:00:12:34:56 switch_mac2=52:54:00:12:34:57

# switch_disk: the host's own volume, once a file of tests; it is written to. More
# settings than the key are in switch_settings, and then it is the test's.
switch_settings=
switch_disk() {
	local disk=$BATS_FILE_TMPDIR/config.disk
	[ -z "$switch_settings" ] || disk=$BATS_TEST_TMPDIR/config.disk
	if [ ! -f "$disk" ]; then
		printf '[login]\nkey = %s\npassword = %s\n' "$(cat "$(machine_key).pub")" \
			"$(openssl passwd -6 -salt tests 'correct horse battery')" \
			> "$BATS_FILE_TMPDIR/config"
		echo "$switch_settings" >> "$BATS_FILE_TMPDIR/config"
		cp "$(make_config_disk "$BATS_FILE_TMPDIR/config")" "$disk" || return
	fi
	echo "$disk"
}

# switch_start NAME [QEMU OPTION...]: with one adapter, over which SSH goes, and
# a slot for another.
switch_start() {
	local name=$1 options=()
	shift
	attach options "$(switch_disk)" virtio-blk-pci
	iso_boot_kernel "$name" "" "$iso" "${options[@]}" \
		-netdev user,id=net0,hostfwd=tcp:127.0.0.1:0-:22 \
		-device "virtio-net-pci,netdev=net0,mac=$switch_mac1" \
		-device pcie-root-port,id=slot1,chassis=1 "$@" &&
		machine_ssh_wait "$name" 300 && switch_tools "$name"
}

# switch_tools NAME: the ends' programs, into /tmp.
switch_tools() {
	local tool
	for tool in tapwire frames; do
		[ -f "$BATS_FILE_TMPDIR/$tool" ] || gcc -std=gnu11 -D_GNU_SOURCE -O1 -Wall \
			-Wextra -Werror -static -s -o "$BATS_FILE_TMPDIR/$tool" \
			"$switch_lib/$tool.c" || return
		machine_ssh "$1" "cat > /tmp/$tool && chmod 755 /tmp/$tool" \
			< "$BATS_FILE_TMPDIR/$tool" || return
	done
	machine_ssh "$1" "cat > /tmp/ends" < "$switch_lib/switch_ends.sh"
}

# switch_run NAME SCRIPT: in the parent, with what switch_ends.sh has.
switch_run() {
	MACHINE_SSH_SECONDS=${switch_seconds:-120} machine_ssh "$1" \
		"exec 2>&1; . /tmp/ends; set -e; $2"
}

# switch_said NAME SCRIPT: the same; what it says is in $said, and is shown when
# it fails.
switch_said() {
	said=$(switch_run "$@") || {
		echo "$said" >&2
		return 1
	}
}

# switch_pause NAME SECONDS SCRIPT: runs SCRIPT under an SSH connection that says
# something every 50 ms; prints the longest pause in it, in milliseconds.
switch_pause() {
	local login
	machine_login "$1" -p || return
	python3 "$switch_lib/pauses.py" "$2" ssh -T "${login[@]}" root@127.0.0.1 \
		"($3) > /tmp/under 2>&1 & end=\$((\$(date +%s) + $2)); while [ \$(date +%s) -lt \$end ]; do echo x; usleep 50000; done"
}
