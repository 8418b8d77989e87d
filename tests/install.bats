# Onto a bare server: what the installer finds there, what it writes, and what
# starts from it.
# SPDX-License-Identifier: MIT

load lib/manage
load lib/host
load lib/installed

setup_file() {
	requires xorriso unsquashfs mkfs.vfat mcopy python3 ssh ssh-keygen debugfs e2fsck
	iso_unpack
	install_machine
	machine_ssh_wait server 240
}

setup() { iso_unpack; }

# install_machine: a server with disks of every kind, a controller that nothing
# drives, and an adapter without a cable.
install_machine() {
	local options=(-device qemu-xhci -device virtio-scsi-pci -device ne2k_pci)
	local bus index=0
	for bus in SATA NVMe virtio SCSI USB; do
		truncate -s $((2000000000 + index * 1000000000)) "$BATS_FILE_TMPDIR/$bus"
		[ $bus != virtio ] || mke2fs -q -t ext4 -L data "$BATS_FILE_TMPDIR/$bus"
		attach options "$BATS_FILE_TMPDIR/$bus" "$(installed_device $bus)"
		index=$((index + 1))
	done
	printf '[login]\nkey = %s\n' "$(cat "$(machine_key).pub")" > "$BATS_FILE_TMPDIR/conf"
	attach options "$(make_conf_volume vfat SOCLE_CONF "$BATS_FILE_TMPDIR/conf")" virtio-blk-pci
	iso_boot_cd server "${options[@]}" \
		-netdev user,id=n0,hostfwd=tcp:127.0.0.1:0-:22 -device virtio-net-pci,netdev=n0,mac=52:54:00:12:34:60 \
		-device e1000e,mac=52:54:00:12:34:61
}

@test "quick: the installer's parts, with sanitizers" {
	make -C "$SOCLE_TOP/tests/unit" -f installer.mk BUILD="$BATS_TEST_TMPDIR" check
}

### The report

@test "quick: the report names machine, adapters, disks, and what nothing drives" {
	local said
	said=$(machine_ssh server 'installer --report')
	echo "$said"
	expect_match "$said" '^machine +QEMU Standard PC .*started by BIOS$'
	expect_match "$said" '^processors +2, '
	expect_match "$said" '^virtualization +good '
	expect_match "$said" '^eth[01] +good +52:54:00:12:34:60, virtio_net, a link'
	expect_match "$said" '^eth[01] +.*52:54:00:12:34:61, e1000e, '
	expect_match "$said" '^sda +good +2\.0 GB, SATA, QEMU HARDDISK, serial sata1; empty$'
	expect_match "$said" '^nvme0n1 +good +3\.0 GB, NVMe, QEMU NVMe Ctrl, serial nvme1; empty$'
	expect_match "$said" '^vda +good +4\.0 GB, virtio, serial virtio1; ext4 data$'
	expect_match "$said" '^sd[bc] +good +5\.0 GB, virtio, QEMU .*serial scsi1; empty$'
	expect_match "$said" '^sd[bc] +good +6\.0 GB, USB, QEMU QEMU HARDDISK'
	expect_match "$said" '^vdb +.* vfat SOCLE_CONF; too small for an$'
	expect_match "$said" '^without a driver bad +network adapter 10ec:8029 at 0000:'
	expect_match "$said" '^memory +good '
	expect_no_match "$said" '^nvme0c'
	expect_empty "$(awk 'length > 80' <<< "$said")" "lines that are too long"
}

@test "quick: the report as JSON, and what is typed wrongly" {
	machine_ssh server 'installer --report --json' | python3 -c '
import json, sys
rows = json.load(sys.stdin)
assert all(set(r) == {"what", "result", "detail"} for r in rows), rows
assert {"machine", "memory", "eth0", "sda"} <= {r["what"] for r in rows}, rows
assert {r["result"] for r in rows} == {"good", "bad", "none"}, rows'
	run machine_ssh server 'exec 2>&1
		installer --report sda; echo "status $?"; installer --install'
	expect_match "$output" '^usage: installer '
	expect_match "$output" '^status 2$'
	expect_match "$(machine_ssh server 'installer --help')" 'nothing is written'
}

@test "quick: a disk in use is told" {
	machine_ssh server 'mkdir /tmp/x && mount /dev/vda /tmp/x'
	expect_match "$(machine_ssh server 'installer --report')" '^vda +4\.0 GB, .*; ext4 data; in use: /tmp/x$'
	machine_ssh server 'umount /tmp/x'
}

### Without a question

# refused LINE... REGEX: an installation with these lines of [install].
refused() {
	installed_conf bad "${@:1:$#-1}" | machine_ssh server 'cat > /tmp/bad'
	run machine_ssh server 'installer --file /tmp/bad'
	expect_equal "$status" 1 "$* was not refused"
	expect_match "$output" "${!#}"
}

# begins: sums of what disks begin with.
begins() {
	machine_ssh server 'for disk in sda nvme0n1 sdb sdc vda; do head -c 1048576 /dev/$disk | sha256sum; done'
}

@test "quick: what is wrong is refused, and nothing is written" {
	local sums
	sums=$(begins)
	installed_conf good 'bus = SATA' | machine_ssh server 'cat > /tmp/good'
	run machine_ssh server 'installer --file /tmp/good --dry-run'
	expect_equal "$status" 0
	expect_match "$output" '^Socle Server goes to sda: 2\.0 GB, SATA, QEMU HARDDISK, serial sata1\.$'
	expect_match "$output" '^Nothing was written\.$'
	refused 'bus = SATA' 'colour = red' 'bad:[0-9]+: \[install\] has no key "colour"'
	refused 'bus = Floppy' 'no disk is what \[install\] says .*sda: another bus'
	refused 'least = 1 GB' 'several disks are what \[install\] says \(nvme0n1, sda,'
	refused 'serial = virtio1' 'vda is not empty \(ext4 data\): only with overwrite = yes'
	refused 'most = 100 MB' 'vdb: too small'
	refused 'least = much' 'a size such as'
	run machine_ssh server 'installer --file /tmp/none; installer --spare sr0; installer --spare vda'
	expect_match "$output" '/tmp/none: No such file'
	expect_match "$output" 'sr0: there is no such disk'
	expect_match "$output" 'vda is not empty \(ext4 data\): only with --erase'
	expect_equal "$(begins)" "$sums"
}

@test "quick: installed onto SATA, NVMe, virtio and USB" {
	local bus
	MACHINE_SSH_SECONDS=120
	for bus in SATA NVMe virtio USB; do
		installed_conf "on-$bus" "bus = $bus" 'overwrite = yes' \
			"$([ $bus != virtio ] || echo serial = virtio1)" | machine_ssh server 'cat > /tmp/conf'
		run machine_ssh server 'installer --file /tmp/conf'
		echo "$output"
		expect_equal "$status" 0
		expect_match "$output" '^Socle Server is installed on '
	done
	expect_match "$(machine_ssh server 'installer --report')" '^sda +good .*; 3 partitions$'
	# Once more, with settings that name what is there now.
	bus=$(machine_ssh server 'blkid /dev/sda3' | sed -n 's/.* UUID="\([^"]*\)".*/\1/p')
	(installed_conf on-SATA 'bus = SATA' 'overwrite = yes' &&
		printf '[host]\nstorage = /volumes/data\n[volume data]\nuuid = %s\n' "$bus") |
		machine_ssh server 'cat > /tmp/conf'
	run machine_ssh server 'installer --file /tmp/conf'
	echo "$output"
	expect_match "$output" '^That is what these settings call data: with all VMs there\.$'
	expect_match "$output" '^Socle Server is installed on sda\.$'
	machine_ssh server sync
	for bus in SATA NVMe virtio USB; do
		installed_state "$BATS_FILE_TMPDIR/$bus"
		expect_equal "$output" installed "$bus"
	done
}

### By questions, on the serial port

# answer QUESTION ANSWER
answer() {
	machine_wait server "$1" 30
	machine_type server "$2"
}

@test "installed by questions on a serial port" {
	local password='correct horse battery'
	machine_type server ''
	answer 'New password:' "$password"
	answer '[Oo]nce more:|[Aa]gain:|[Rr]epeat' "$password"
	answer 'Exit to command line' 18
	answer 'Disk for Socle Server:' '?'
	answer 'Disk for Socle Server:' sdz
	machine_wait server 'There is no disk "sdz" in the list' 20
	answer 'Disk for Socle Server:' sda
	answer 'Type sda to erase it, or no \[no\]:' ''
	answer 'Disk for Socle Server:' "$(machine_ssh server 'grep -l scsi1 /sys/block/sd?/device/vpd_pg80 | cut -d / -f 4')"
	answer 'Use the rest of it for VMs \[yes\]:' ''
	answer 'Host name \[socle\]:' 'bad name'
	answer 'Host name \[socle\]:' questions
	answer "Administrator's name \[admin\]:" ann
	answer 'SSH public key \[-\]:' nonsense
	answer 'SSH public key \[-\]:' "$(cat "$(machine_key).pub")"
	answer 'Password, empty for none:' short
	machine_wait server 'It is too short' 20
	answer 'Password, empty for none:' "$password"
	answer 'The same once more:' "$password"
	answer 'Adapters for the host itself' 7
	answer 'Adapters for the host itself' "$(machine_ssh server 'grep -l 52:54:00:12:34:60 /sys/class/net/eth?/address | cut -c 19')1"
	answer 'Adapters for the host itself' all
	answer 'Time zone \[UTC\]:' Europe/Berlin
	answer 'Time servers, blanks between \[pool.ntp.org\]:' '192.0.2.1 192.0.2.2'
	answer "Keyboard's layout \[us\]:" de
	machine_wait server '3  Host name +questions' 20
	machine_wait server '6  Time zone +Europe/Berlin' 20
	answer 'A number to change it, "install", or "!" to leave:' 6
	answer 'Time zone \[Europe/Berlin\]:' UTC
	answer 'A number to change it, "install", or "!" to leave:' install
	machine_wait server 'Socle Server is installed on sd[bc]' 100
	machine_ssh server sync
	installed_state "$BATS_FILE_TMPDIR/SCSI"
	expect_equal "$output" installed
}

### What starts from them

# disks_free: the machine that has them is gone.
disks_free() {
	! machine_pid server > /dev/null || machine_kill server
}

@test "disks of every kind start without the ISO, each with its settings and its volume" {
	local bus said
	disks_free
	for bus in SATA NVMe virtio USB; do installed_start "on$bus" $bus "$BATS_FILE_TMPDIR/$bus"; done
	for bus in SATA NVMe virtio USB; do
		machine_ssh_wait "on$bus" 240
		said=$(machine_ssh "on$bus" 'hostname; cat /run/socle/settings.source /proc/mounts; vm host show')
		expect_match "$said" "^on-$bus\$"
		expect_match "$said" '^own config volume, /dev/'
		[ $bus = USB ] || expect_match "$said" ' /volumes/data ext4 '
		# Its first start makes and keeps the SSH host key.
		[ $bus != USB ] || expect_at_most "$(machine_ssh "on$bus" '/lib/socle/host show' |
			sed -n 's/.*"written": \([0-9]*\).*/\1/p')" 262144 "bytes written to the stick"
		machine_ssh "on$bus" 'vm host stop' || true
	done
	for bus in SATA NVMe virtio USB; do machine_wait_end "on$bus" 120; done
}

# on NAME COMMAND...: as ann, the administrator of that host.
on() { host_as "$1" ann "${@:2}"; }

@test "a host that was installed by questions runs a VM from its volume, and keeps what is set" {
	disks_free
	installed_start host SCSI "$BATS_FILE_TMPDIR/SCSI" -m 2048
	manage_disc
	host_wait host ann 240
	on host 'vm host set host name=kept && mkdir -p /tmp/iso'
	MACHINE_SSH_SECONDS=100 on host 'cat > /tmp/guest.iso' < "$BATS_FILE_TMPDIR/guest.iso"
	run on host 'exec 2>&1; vm host storage list; vm create web --memory 256M --disk 20M && vm start web && vm list; vm disk list web'
	echo "$output"
	expect_match "$output" '^data +mounted'
	expect_match "$output" '^web +Running'
	on host 'vm host restart'
	machine_wait_end host 200
	installed_start again USB "$BATS_FILE_TMPDIR/SCSI"
	host_wait again ann 240
	run on again 'hostname; vm list; cat /etc/localtime | tail -n 1; cat /proc/mounts'
	expect_match "$output" '^kept$'
	expect_match "$output" '^web +Running'
	expect_match "$output" '/dev/sd.3 /volumes/data ext4 '
}

### Sticks

@test "a stick that is pulled while settings change and comes back; a spare one; a factory reset" {
	local stick=$BATS_FILE_TMPDIR/USB data=$BATS_TEST_TMPDIR/data spare=$BATS_TEST_TMPDIR/spare
	local options=() text kept
	disks_free
	truncate -s 3000000000 "$data"
	truncate -s 2000000000 "$spare"
	attach options "$data" virtio-blk-pci,serial=data
	attach options "$spare" virtio-blk-pci,serial=spare
	# Another host's disk, which is none of this one's.
	attach options "$BATS_FILE_TMPDIR/NVMe" virtio-blk-pci,serial=other
	installed_start stick USB "$stick" "${options[@]}"
	machine_ssh_wait stick 240
	MACHINE_SSH_SECONDS=60 run machine_ssh stick 'exec 2>&1; /lib/socle/host storage claim vda data'
	echo "$output"
	kept=$(machine_ssh stick "sed -n 's/^# kept \([0-9]*\) .*/\1/p' /volumes/data/.socle/socle.conf")
	expect_equal "$(machine_ssh stick 'cmp /config/socle.conf /volumes/data/.socle/socle.conf && echo same')" same
	# Nothing is written while nothing changes.
	text=$(machine_ssh stick '/lib/socle/host show' | grep '"written"')
	machine_ssh stick 'sleep 15'
	expect_equal "$(machine_ssh stick '/lib/socle/host show' | grep '"written"')" "$text"
	machine_monitor stick 'device_del stick'
	machine_ssh stick 'while [ -e /dev/sda ]; do sleep 0.2; done; /lib/socle/host set host name=while-away'
	expect_match "$(machine_ssh stick '/lib/socle/host show')" '"disk": null'
	expect_match "$(machine_ssh stick 'cat /volumes/data/.socle/socle.conf')" "^# kept $((kept + 1)) "
	expect_equal "$(machine_ssh stick 'grep -c /config /proc/mounts')" 0
	# A spare is made of the medium: it has to be there.
	run machine_ssh stick 'installer --spare vdb'
	expect_match "$output" 'medium .* is not there: put it back'
	machine_monitor stick "drive_add 0 if=none,id=back,format=raw,file=$stick"
	machine_monitor stick 'device_add usb-storage,drive=back,id=again'
	machine_ssh stick 'for i in $(seq 100); do [ -e /dev/sdb2 ] || [ -e /dev/sda2 ] && break; sleep 0.2; done'
	MACHINE_SSH_SECONDS=120 run machine_ssh stick 'installer --spare vdb'
	echo "$output"
	expect_equal "$status" 0
	installed_state "$spare"
	expect_equal "$output" installed
	text=$(machine_ssh stick 'cat /run/socle/ssh.fingerprint')
	# The stick that was away takes what the data disk has.
	machine_ssh stick 'vm host restart' || true
	machine_wait_end stick 120
	options=()
	attach options "$data" virtio-blk-pci,serial=data
	installed_start stick2 USB "$stick" "${options[@]}"
	# On another machine, without the data disk.
	installed_start spare SATA "$spare"
	machine_ssh_wait stick2 240
	expect_equal "$(machine_ssh stick2 hostname)" while-away
	expect_match "$(machine_ssh stick2 'cat /config/socle.conf')" "^# kept $((kept + 1)) "
	machine_ssh_wait spare 240
	expect_equal "$(machine_ssh spare 'hostname; cat /run/socle/ssh.fingerprint')" "while-away
$text"
	# It is cut off, and takes no writes any more: what it has counts.
	machine_kill spare
	installed_start worn USB "$spare,readonly=on"
	# All that is kept goes, the data does not.
	machine_ssh stick2 'echo mine > /volumes/data/file; echo secret > /volumes/data/.socle/socle.conf.XyZ012; sync; /lib/socle/host settings reset' || true
	machine_wait_end stick2 120
	installed_start stick3 USB "$stick" "${options[@]}"
	machine_wait stick3 'Choose one for root' 240
	expect_no_match "$(machine_log stick3)" 'copy on a data volume'
	dd if="$data" of="$BATS_TEST_TMPDIR/volume" bs=1M skip=1 conv=sparse status=none
	expect_equal "$(debugfs -R 'cat /file' "$BATS_TEST_TMPDIR/volume" 2> /dev/null)" mine
	expect_match "$(debugfs -R 'stat /.socle/socle.conf.XyZ012' "$BATS_TEST_TMPDIR/volume" 2>&1)" 'File not found'
	text=$(debugfs -R 'cat /.socle/socle.conf' "$BATS_TEST_TMPDIR/volume" 2> /dev/null)
	expect_match "$text" '^# kept [0-9]+ '
	expect_equal "$(wc -l <<< "$text")" 1
	machine_wait worn 'Settings: /dev/sda2 can only be read' 240
	machine_ssh_wait worn 240
	run machine_ssh worn 'exec 2>&1; /lib/socle/host set host name=lost; hostname'
	expect_equal "$output" "host: /config/socle.conf cannot be written: Read-only file system
while-away"
}

### Bad disks, bad times

@test "by itself at the start, onto 3 TB, in 1970; the medium says what came of it, and the disk keeps a log" {
	local options=() disk=$BATS_FILE_TMPDIR/large
	truncate -s 3T "$disk"
	installed_conf alone 'bus = SATA' 'after = stop' > "$BATS_TEST_TMPDIR/conf"
	attach options "$disk" ide-hd,bus=ide.0,serial=large
	attach options "$(make_conf_volume vfat SOCLE_CONF "$BATS_TEST_TMPDIR/conf")" virtio-blk-pci
	iso_boot_cd alone "${options[@]}" -rtc base=1970-01-01T00:00:10
	machine_wait alone 'socle: Installation: Reading it back' 200
	machine_wait alone 'socle: Installation: Socle Server is installed on sda' 60
	machine_wait_end alone 60
	installed_start large SATA "$disk" -rtc base=1970-01-01T00:00:10
	machine_ssh_wait large 240
	run machine_ssh large 'cat /config/install.log; df -k /volumes/data; conf list; conf check'
	expect_equal "$status" 0
	expect_match "$output" '^Socle Server is installed on sda\.$'
	expect_match "$output" '^sda +good +3\.3 TB, SATA'
	expect_match "$output" ' 3[0-9]{9} .*/volumes/data$'
	expect_match "$output" '^volume data$'
	expect_no_match "$output" '^install$'
}

@test "a disk with errors is told, and says itself that its installation was interrupted" {
	local disk=$BATS_TEST_TMPDIR/bad
	truncate -s 2000000000 "$disk"
	installed_conf bad 'bus = SATA' 'after = stop' > "$BATS_TEST_TMPDIR/conf"
	printf '[inject-error]\nevent = "none"\niotype = "write"\nsector = "160000"\nerrno = "5"\nonce = "off"\n' > "$BATS_TEST_TMPDIR/debug"
	local options=()
	attach options "$(make_conf_volume vfat SOCLE_CONF "$BATS_TEST_TMPDIR/conf")" virtio-blk-pci
	iso_boot_cd bad "${options[@]}" \
		-blockdev "driver=blkdebug,node-name=bad,config=$BATS_TEST_TMPDIR/debug,image.driver=file,image.filename=$disk" \
		-device ide-hd,bus=ide.0,drive=bad,werror=report,rerror=report
	machine_wait bad 'socle: Installation: installer: .*cannot be written' 240
	machine_kill bad
	installed_state "$disk"
	expect_equal "$output" interrupted
	installed_start interrupted SATA "$disk"
	machine_wait interrupted 'The installation of Socle Server on this disk was interrupted' 60
	machine_screen_wait interrupted 'Start from the medium and install again' 20
}

@test "two disks with the same identity: neither is used" {
	local options=()
	disks_free
	cp --sparse=always "$BATS_FILE_TMPDIR/SATA" "$BATS_TEST_TMPDIR/copy"
	attach options "$BATS_TEST_TMPDIR/copy" virtio-blk-pci
	installed_start twice SATA "$BATS_FILE_TMPDIR/SATA" "${options[@]}"
	machine_wait twice 'Several media carry the same identity [0-9a-f-]{36}: /dev/sda, /dev/vda' 200
	machine_wait twice 'rescue#' 20
}

### Power cuts

@test "100 power cuts of an installation: what there was, interrupted, or installed" {
	installed_cut_installation 100 3
}

@test "100 power cuts while settings change: the old ones or the new ones" {
	installed_cut_settings 100 3
}
