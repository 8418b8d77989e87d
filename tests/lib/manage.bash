# A host whose VMs are the management service's.
# SPDX-License-Identifier: MIT

manage_lib=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
load "$manage_lib/boot"

# manage_disc: a disc with a stock kernel and our init, in $BATS_FILE_TMPDIR:
# guest.iso. It has Hyper-V's drivers, and powers off when it is asked to.
manage_disc() {
	local folder=$BATS_FILE_TMPDIR/guests disc=$BATS_FILE_TMPDIR/guest.iso
	[ ! -f "$disc" ] || return 0
	child_guests &&
		cat "$folder/64.cpio" "$folder/trixie.modules" \
			> "$BATS_FILE_TMPDIR/guest.cpio" &&
		boot_disc "$disc" \
			"console=ttyS0 quiet panic=-1 no_timer_check reboot=a -- hyperv check tell" \
			"$SOCLE_TEST_GUESTS/trixie" "$BATS_FILE_TMPDIR/guest.cpio"
}

# manage_ready NAME: the service answers, and there are no VMs.
manage_ready() {
	child_ready "$1" 200 &&
		machine_ssh "$1" 'mkdir -p /run/socle/storage/iso
			for i in $(seq 50); do vm version > /dev/null 2>&1 && break; sleep 0.2; done
			for one in $(vm --json list | sed "s/[][{},]/\n/g" | sed -n "s/^ *\"name\": *\"\(.*\)\"/\1/p"); do
				vm stop $one --hard > /dev/null 2>&1
				vm delete $one > /dev/null
			done; vm list'
}

# manage_put NAME: the disc is among the host's.
manage_put() {
	manage_disc && MACHINE_SSH_SECONDS=120 machine_ssh "$1" \
		'[ -f /run/socle/storage/iso/guest.iso ] ||
			cat > /run/socle/storage/iso/guest.iso' < "$BATS_FILE_TMPDIR/guest.iso"
}

# manage_many NAME COUNT: so many VMs are made, started, stopped and deleted.
manage_many() {
	local numbers
	numbers=$(MACHINE_SSH_SECONDS=$(($2 * 30)) machine_ssh "$1" "exec 2>&1
		for i in \$(seq $2); do vm create t\$i --memory 16M; done > /dev/null 2>&1
		for i in \$(seq $2); do vm start t\$i || exit 1; done
		vm list | grep -c '  Running '
		pidof vmwp | wc -w
		for i in \$(seq $2); do vm stop t\$i --hard & done; wait
		vm list | grep -c '  Off '
		for i in \$(seq $2); do vm delete t\$i || exit 1; done
		vm list; ls -A /run/socle/vms") || {
		echo "$numbers"
		return 1
	}
	expect_equal "$numbers" "$2
$2
$2" "numbers of VMs" && parent_is_well "$1"
}
