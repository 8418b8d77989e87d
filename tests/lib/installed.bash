# Machines that start from disks which the installer has written.
# SPDX-License-Identifier: MIT

installed_lib=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)

# installed_device BUS: QEMU's device for a disk on it.
installed_device() {
	case $1 in
	SATA) echo ide-hd,bus=ide.0,serial=sata1 ;;
	NVMe) echo nvme,serial=nvme1 ;;
	virtio) echo virtio-blk-pci,serial=virtio1 ;;
	SCSI) echo scsi-hd,serial=scsi1 ;;
	USB) echo usb-storage,id=stick ;;
	esac
}

# installed_start NAME BUS FILE [OPTION...]: a machine with this disk, no ISO, and
# always the same adapter. Without FILE it is the one that installed_logged has.
installed_start() {
	local name=$1 options=(-device qemu-xhci -device virtio-scsi-pci)
	if [ -n "$3" ]; then
		options+=(-drive "file=$3,format=raw,if=none,id=boot"
			-device "$(installed_device "$2"),bootindex=0,drive=boot")
	else
		options+=(-device "$(installed_device "$2"),bootindex=0,drive=logged")
	fi
	set -- "${options[@]}" "${@:4}"
	case " $* " in
	*" -netdev "*) ;;
	*) set -- "$@" -netdev user,id=n0,hostfwd=tcp:127.0.0.1:0-:22 \
		-device virtio-net-pci,netdev=n0,mac=52:54:00:12:34:60 ;;
	esac
	machine_start "$name" "$@"
}

# installed_conf NAME [LINE...]: prints a socle.conf with the tests' key and these lines
# of [install].
installed_conf() {
	printf '[host]\nname = %s\n[login]\nkey = %s\n[install]\n' "$1" "$(cat "$(machine_key).pub")"
	[ $# -eq 1 ] || printf '%s\n' "${@:2}"
}

# installed_state FILE [SETTINGS...]: installed.py's judgement, into output and status.
installed_state() {
	run python3 "$installed_lib/installed.py" "$1" "$image" "${@:2}"
}

# installed_logged FILE: fills logged with QEMU's options for a disk "logged" whose
# writes are recorded in FILE.log, FILE.before being the disk as it is now.
installed_logged() {
	cp --sparse=always "$1" "$1.before" && truncate -s 600M "$1.log" || return
	logged=(-blockdev "driver=file,filename=$1,node-name=file0"
		-blockdev driver=raw,file=file0,node-name=raw0
		-blockdev "driver=file,filename=$1.log,node-name=file1"
		-blockdev driver=blklogwrites,node-name=logged,file=raw0,log=file1,log-sector-size=512)
}

# installed_cuts FILE COUNT KEEP [SETTINGS...]: power cuts of what was recorded; those
# that are kept lie in FILE.cuts.
installed_cuts() {
	local seed=${CUTS_SEED:-$RANDOM}
	mkdir -p "$1.cuts"
	run python3 "$installed_lib/cuts.py" "$1.log" "$1.before" "$image" "$seed" "$2" "$3" \
		"$1.cuts" "${@:4}"
	echo "# $output" >&3
	return "$status"
}

# installed_boot_cuts FILE: machines with the disks that installed_cuts has kept. Each
# does what its state says.
installed_boot_cuts() {
	local cut state name
	for cut in "$1".cuts/cut*.state; do
		state=$(cat "$cut")
		name=cut$((++installed_count))
		installed_start "$name" SATA "${cut%.state}"
		case $state in
		interrupted)
			machine_wait "$name" 'on this disk was interrupted' 60 ;;
		nothing)
			machine_screen_wait "$name" 'No bootable device|not a bootable disk' 60 ;;
		installed*)
			machine_ssh_wait "$name" 240 &&
				case $state in
				*/*) expect_equal "$(machine_ssh "$name" hostname)" "${state##*/}" ;;
				esac ;;
		esac || return
		machine_kill "$name"
	done
}

# installed_cut_installation COUNT KEEP: power cuts of an installation, by itself at the
# start of a live system, onto $BATS_FILE_TMPDIR/cut; KEEP of them are booted.
installed_cut_installation() {
	local disk=$BATS_FILE_TMPDIR/cut state logged options=()
	truncate -s 2000000000 "$disk"
	mke2fs -q -F -t ext4 -L before "$disk"
	installed_conf cut 'bus = SATA' 'overwrite = yes' 'after = stop' > "$BATS_TEST_TMPDIR/conf"
	installed_logged "$disk" || return
	attach options "$(make_conf_volume vfat SOCLE_CONF "$BATS_TEST_TMPDIR/conf")" virtio-blk-pci
	iso_boot_cd cut "${options[@]}" "${logged[@]}" -device ide-hd,bus=ide.0,drive=logged &&
		machine_wait_end cut 300 &&
		installed_cuts "$disk" "$1" "$2" || return
	for state in nothing interrupted installed; do
		expect_match "$output" "[1-9][0-9]* $state" "states" || return
	done
	installed_boot_cuts "$disk"
}

# installed_cut_settings COUNT KEEP: what the test before has installed gets another
# name, which is cut, as it is when it starts.
installed_cut_settings() {
	local disk=$BATS_FILE_TMPDIR/cut name logged
	rm -rf "$disk".*
	installed_logged "$disk" || return
	installed_start change SATA "" "${logged[@]}"
	machine_ssh_wait change 240 &&
		machine_ssh change 'cat /config/socle.conf' > "$BATS_TEST_TMPDIR/cut" &&
		machine_ssh change '/lib/socle/host set host name=changed' &&
		machine_ssh change 'cat /config/socle.conf' > "$BATS_TEST_TMPDIR/changed" &&
		machine_kill change || return
	installed_cuts "$disk" "$1" "$2" "$BATS_TEST_TMPDIR/cut" "$BATS_TEST_TMPDIR/changed" || return
	for name in cut changed; do
		expect_match "$output" "[1-9][0-9]* $name" "states" || return
	done
	installed_boot_cuts "$disk"
}
