# Disks that become volumes, and are found again wherever they are plugged in.
# SPDX-License-Identifier: MIT

load lib/machine
load lib/volume
load lib/iso
load lib/expect

# Two starts of one host: the first has each disk on its controller, the second
# has them elsewhere, one twice, and one not.
setup_file() {
	requires xorriso unsquashfs mke2fs python3 ssh ssh-keygen
	local name
	for name in sata nvme virtio late spare; do
		truncate -s 300M "$BATS_FILE_TMPDIR/$name"
	done
	# A table that tells of more than there is.
	volume_partition "$BATS_FILE_TMPDIR/late" 2048 4000000000
	mke2fs -q -F -t ext4 -L $'old\e[2J' "$BATS_FILE_TMPDIR/usb" 100M
	printf '[login]\nkey = %s\n' "$(cat "$(machine_key).pub")" > "$BATS_FILE_TMPDIR/conf"
	cp "$(make_config_disk "$BATS_FILE_TMPDIR/conf")" "$BATS_FILE_TMPDIR/own"
	volumes_first
}

# volumes_options DISK=DEVICE...: fills options.
volumes_options() {
	local word
	options=(-device qemu-xhci,id=xhci)
	for word; do
		attach options "$BATS_FILE_TMPDIR/${word%%=*}" "${word#*=}"
	done
}

# volumes_first: with the hypervisor.
volumes_first() {
	local options
	volumes_options own=virtio-blk-pci,serial=own sata=ide-hd,bus=ide.3,serial=sata \
		nvme=nvme,serial=nvme virtio=virtio-blk-pci,serial=pair2 \
		late=virtio-blk-pci,serial=late usb=usb-storage
	iso_boot_kernel first "" "$iso" "${options[@]}"
}

# volumes_second: without; the mirror's second disk is gone, the volume later is not
# there yet, and old is there twice.
volumes_second() {
	local options
	machine_ssh first 'vm host stop' || return
	machine_wait_end first 120 || return
	cp "$BATS_FILE_TMPDIR/usb" "$BATS_FILE_TMPDIR/twin"
	volumes_options own=ide-hd,bus=ide.3,serial=own sata=nvme,serial=sata nvme=usb-storage \
		spare=virtio-blk-pci,serial=spare usb=ide-hd,bus=ide.4 twin=virtio-blk-pci,serial=twin
	iso_boot_native second "${options[@]}" \
		-drive "file=$iso,format=raw,media=cdrom,readonly=on" \
		-drive "file=$BATS_FILE_TMPDIR/late,format=raw,if=none,id=late"
}

# volumes_host NAME: it answers.
volumes_host() {
	machine_ssh_wait "$1" 240 &&
		machine_ssh "$1" 'for i in $(seq 100); do vm version > /dev/null 2>&1 && exit; sleep 0.3; done; exit 1'
}

# volumes_disk NAME SERIAL: what the disk is called now.
volumes_disk() {
	machine_ssh "$1" 'vm --json host storage list' | python3 -c '
import json, sys
print([d["name"] for d in json.load(sys.stdin)["disks"]
       if sys.argv[1] in (d["serial"], d["bus"])][0])' "$2"
}

# volumes_field NAME VOLUME KEY
volumes_field() {
	machine_ssh "$1" 'vm --json host storage list' | python3 -c '
import json, sys
print([v[sys.argv[2]] for v in json.load(sys.stdin)["volumes"]
       if v["name"] == sys.argv[1]][0])' "$2" "$3"
}

# volumes_state NAME VOLUME STATE SECONDS: until it is so.
volumes_state() {
	local end=$((SECONDS + $4 * machine_patience)) state
	until state=$(volumes_field "$1" "$2" state) && [ "$state" = "$3" ]; do
		[ "$SECONDS" -lt "$end" ] || {
			echo "the volume $2 is $state, not $3" >&2
			return 1
		}
		sleep 0.5
	done
}

@test "quick: volumes' parts, with sanitizers" {
	make -C "$SOCLE_TOP/tests/unit" -f volumes.mk BUILD="$BATS_TEST_TMPDIR" check
}

### The first start

@test "quick: disks of every kind are listed, and no volume is" {
	volumes_host first
	machine_ssh first 'vm --json host storage list' | python3 -c '
import json, sys
list = json.load(sys.stdin)
disks = {d["serial"] or d["bus"]: d for d in list["disks"]}
print(disks)
assert list["volumes"] == [] and list["arrays"] == [], list
assert {s: disks[s]["can"] for s in ("sata", "nvme", "pair2", "late")} == {
    "sata": "yes", "nvme": "yes", "pair2": "yes", "late": "erase"}, disks
assert disks["own"]["can"] == "no" and disks["own"]["used"] == "/config"
usb = [d for d in list["disks"] if d["bus"] == "USB"][0]
assert usb["can"] == "erase" and usb["content"] == "ext4 old?[2J", usb'
	expect_match "$(machine_ssh first 'vm host storage list')" "^$(volumes_disk first sata) +300M"
}

@test "quick: a disk is claimed, and a VM that is stored on it keeps it" {
	local disk
	disk=$(volumes_disk first sata)
	run machine_ssh first "exec 2>&1; vm host storage claim $disk data
		sleep 4; for i in \$(seq 50); do vm version > /dev/null 2>&1 && break; sleep 0.2; done
		vm create web --memory 64M --disk 16M && vm start web && ls /volumes/data/vms/web
		vm host storage forget data || echo status \$?
		vm host storage format data --erase || echo status \$?
		conf get host storage; mount | grep /volumes/data"
	expect_match "$output" 'in /volumes/data; in 3 seconds VMs are stored there'
	expect_match "$output" '^vm.conf$'
	expect_equal "$(grep -c 'VMs that run have files on data: web' <<< "$output")" 2 "refusals: $output"
	expect_match "$output" '^/volumes/data$'
	expect_match "$output" "^/dev/${disk}1 on /volumes/data type ext4 .rw,nosuid,nodev,noatime"
	run machine_ssh first 'exec 2>&1; set -e; vm stop web --hard > /dev/null
		for key in "volume data/uuid" host/storage; do
			kept=$(conf -f /config/socle.conf get "${key%/*}" "${key#*/}")
			[ "${kept:-nothing}" = "$(conf get "${key%/*}" "${key#*/}")" ]
		done'
	expect_equal "$status" 0 "what is kept is what counts: $output"
}

@test "quick: what is not empty, in use, or no volume is refused" {
	local used disk
	used=$(volumes_disk first sata) disk=$(volumes_disk first USB)
	run machine_ssh first "exec 2>&1; vm stop web --hard > /dev/null; vm host storage claim $used other --erase || echo status \$?
		vm host storage claim $disk other || echo status \$?
		vm host storage claim nothing other || echo status \$?
		vm host storage claim $disk Other || echo status \$?
		vm host storage claim $disk sdx || echo status \$?
		vm host storage adopt ${used}1 other || echo status \$?
		vm host storage format data --erase || echo status \$?
		vm host storage explode || echo status \$?
		vm host storage claim $disk other --erase --dry-run
		mkdir /volumes/x || echo status \$?"
	expect_match "$output" "$used cannot be claimed: in use: /volumes/data"
	expect_match "$output" "$disk is not empty: ext4 old\?\[2J"
	expect_match "$output" 'there is no disk nothing'
	expect_match "$output" 'a volume is not called "sdx"'
	expect_match "$output" '"Other" is no name for a volume'
	expect_match "$output" "${used}1 is in use: /volumes/data"
	expect_match "$output" 'storage has /volumes/data: take it out first'
	expect_match "$output" '^status 2$'
	expect_match "$output" "the host would do: host storage claim $disk other --erase"
	expect_match "$output" 'Read-only file system'
	expect_equal "$(grep -c '^status 1' <<< "$output")" 8 "refusals: $output"
}

@test "quick: two disks become a mirror, which is formatted, forgotten and adopted" {
	local one two
	one=$(volumes_disk first nvme) two=$(volumes_disk first pair2)
	run machine_ssh first "exec 2>&1; set -e; vm host storage mirror $one $two pair
		echo kept > /volumes/pair/file
		vm host storage format pair || echo status \$?
		vm host storage forget pair; ls /volumes
		grep -q '^md' /proc/mdstat && exit 1
		vm host storage adopt ${two}1 pair; cat /volumes/pair/file
		vm host storage format pair --erase; ls /volumes/pair
		echo kept > /volumes/pair/file; cat /proc/mdstat"
	expect_equal "$status" 0 "status of the commands: $output"
	expect_match "$output" 'the volume pair is not empty'
	expect_match "$output" 'the volume pair is forgotten; what is on it stays$'
	expect_match "$output" '^kept$'
	expect_match "$output" 'active raid1'
	expect_equal "$(volumes_field first pair state)" mounted
}

@test "quick: a foreign file system is adopted, and a disk is claimed whose table lies" {
	local late usb
	late=$(volumes_disk first late) usb=$(volumes_disk first USB)
	run machine_ssh first "exec 2>&1; set -e; vm host storage adopt /dev/$usb old
		vm host storage claim $late later || echo status \$?
		vm host storage claim $late later --erase; echo late > /volumes/later/file; vm host show"
	expect_equal "$status" 0 "status of the commands: $output"
	expect_match "$output" "$late is not empty: "
	expect_equal "$(volumes_field first old state)" mounted
	expect_match "$output" '^old +mounted'
}

### The second start: one machine dies with the test that has started it

found_elsewhere() {
	expect_equal "$(volumes_field second data device)" nvme0n1p1
	expect_match "$(machine_ssh second 'vm list')" '^web +Off'
}

# Neither is used, and both are named.
twins() {
	expect_equal "$(volumes_field second old state)" several
	expect_match "$(volumes_field second old reason)" '^sd[a-c] vd[ab] have the same identity'
	expect_match "$(machine_log second)" 'socle: Volume old: /dev/sd[a-c] /dev/vd[ab] have the same identity'
	expect_failure machine_ssh second 'ls /volumes/old'
}

mirror_lacks_one() {
	local spare
	expect_equal "$(volumes_field second pair state)" mounted
	expect_match "$(machine_log second)" 'socle: Volume pair: its mirror lacks a disk'
	expect_match "$(machine_ssh second 'vm host show')" '^pair +mounted .*its mirror lacks a disk'
	spare=$(volumes_disk second spare)
	run machine_ssh second "exec 2>&1; cat /volumes/pair/file; vm host storage list | grep raid1
		vm host storage mirror add pair $spare
		for i in \$(seq 100); do grep -q '\[UU\]' /proc/mdstat && break; sleep 0.5; done
		vm host storage list | grep raid1; vm host storage mirror add pair $spare"
	expect_match "$output" '^kept$'
	expect_match "$output" 'raid1 +degraded'
	expect_match "$output" "$spare is in the mirror pair, which copies to it now"
	expect_match "$output" 'raid1 +clean'
	expect_equal "$(volumes_field second pair reason)" ""
	expect_match "$output" 'the mirror pair has all its disks'
}

# A folder on it is not made somewhere else; its disk comes, goes, and comes again.
missing() {
	expect_equal "$(volumes_field second later state)" missing
	expect_match "$(machine_log second)" 'socle: Volume later: no disk has it'
	expect_match "$(machine_ssh second 'vm host show')" '^later +missing .*no disk has it'
	machine_ssh second 'vm host set host storage=/volumes/later; sleep 4
		for i in $(seq 50); do vm version > /dev/null 2>&1 && break; sleep 0.2; done'
	expect_failure machine_ssh second 'vm create lost 2>&1'
	expect_match "$output" 'cannot be made in /volumes/later/vms: the folder is not there, or its volume is not mounted'
	expect_failure machine_ssh second 'ls /volumes/later'
	machine_monitor second 'device_add usb-storage,drive=late,id=late,bus=xhci.0'
	volumes_state second later mounted 60
	expect_equal "$(machine_ssh second 'cat /volumes/later/file')" late
	machine_ssh second 'sleep 4; for i in $(seq 50); do vm create found 2> /dev/null && exit; sleep 0.2; done; exit 1'
	machine_monitor second 'device_del late'
	volumes_state second later failed 60
	machine_monitor second "drive_add 0 file=$BATS_FILE_TMPDIR/late,format=raw,if=none,id=again"
	machine_monitor second 'device_add usb-storage,drive=again,id=again,bus=xhci.0'
	volumes_state second later mounted 60
	expect_equal "$(machine_ssh second 'cat /volumes/later/file')" late
	# The service begins anew, as a folder of its has come.
	machine_ssh second 'sleep 4; for i in $(seq 50); do vm version > /dev/null 2>&1 && break; sleep 0.2; done
		vm host storage forget later'
	expect_failure machine_ssh second 'ls /volumes/later'
}

@test "another start: volumes on other controllers, one twice, a mirror that lacks a disk, one that comes later" {
	volumes_second
	volumes_host second
	found_elsewhere
	twins
	mirror_lacks_one
	missing
}
