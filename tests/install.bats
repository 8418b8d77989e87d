# Onto a bare server: what the installer finds there.
# SPDX-License-Identifier: MIT

load lib/machine
load lib/volume
load lib/iso
load lib/expect

setup_file() {
	requires xorriso unsquashfs mkfs.vfat mcopy python3 ssh ssh-keygen
	iso_unpack
	install_machine
}

# install_machine: a server with disks of every kind, a controller that nothing
# drives, and an adapter without a cable.
install_machine() {
	local options=(-device qemu-xhci -device virtio-scsi-pci -device ne2k_pci)
	local name devices=(ide-hd,bus=ide.0,serial=sata1 nvme,serial=nvme1
		virtio-blk-pci,serial=virtio1 scsi-hd,serial=scsi1 usb-storage)
	local index=0
	for name in sata nvme virtio scsi usb; do
		truncate -s $((2000000000 + index * 1000000000)) "$BATS_FILE_TMPDIR/$name"
		[ "$name" != virtio ] || mke2fs -q -t ext4 -L data "$BATS_FILE_TMPDIR/$name"
		attach options "$BATS_FILE_TMPDIR/$name" "${devices[index]}"
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
	machine_ssh_wait server 180
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
	run machine_ssh server 'installer --report sda; echo "status $?"; installer --install'
	expect_match "$output" '^usage: installer '
	expect_match "$output" '^status 2$'
	expect_match "$(machine_ssh server 'installer --help')" 'nothing is written'
}

@test "quick: a disk in use is told" {
	machine_ssh server 'mkdir /tmp/x && mount /dev/vda /tmp/x'
	expect_match "$(machine_ssh server 'installer --report')" '^vda +4\.0 GB, .*; ext4 data; in use: /tmp/x$'
	machine_ssh server 'umount /tmp/x'
}

### Onto disks

# conf_file NAME [LINE...]: a socle.conf with the tests' key, as a file on server.
conf_file() {
	local name=$1
	shift
	{
		printf '[host]\nname = %s\n[login]\nkey = %s\n' "${name//_/-}" "$(cat "$(machine_key).pub")"
		printf '%s\n' '[install]' "$@"
	} | machine_ssh server "cat > /tmp/$name"
}

@test "quick: without a question: what is wrong is refused, and nothing is written" {
	local sums
	sums=$(machine_ssh server 'head -c 1048576 /dev/sda | sha256sum; head -c 1048576 /dev/vda | sha256sum')
	conf_file good 'bus = SATA'
	run machine_ssh server 'installer --file /tmp/good --dry-run'
	expect_equal "$status" 0
	expect_match "$output" '^Socle Server goes to sda: 2\.0 GB, SATA, QEMU HARDDISK, serial sata1\.$'
	expect_match "$output" '^Nothing was written\.$'
	refused 'bus = SATA' 'colour = red' '\[install\]: unknown key colour|colour'
	refused 'bus = Floppy' 'no disk is what \[install\] says .*sda: another bus'
	refused 'least = 1 GB' 'several disks are what \[install\] says \(nvme0n1, sda,'
	refused 'serial = virtio1' 'vda is not empty \(ext4 data\): only with overwrite = yes'
	refused 'most = 100 MB' 'vdb: too small'
	refused 'least = much' 'a size such as'
	expect_equal "$(machine_ssh server 'head -c 1048576 /dev/sda | sha256sum; head -c 1048576 /dev/vda | sha256sum')" "$sums"
}

# refused LINE... REGEX: an installation with these lines of [install].
refused() {
	conf_file bad "${@:1:$#-1}"
	run machine_ssh server 'installer --file /tmp/bad'
	expect_equal "$status" 1 "$* was not refused"
	expect_match "$output" "${!#}"
}

@test "quick: installed without a question, onto SATA, NVMe, virtio and USB" {
	local bus
	MACHINE_SSH_SECONDS=120
	for bus in SATA NVMe virtio USB; do
		conf_file "on_$bus" "bus = $bus" 'overwrite = yes' "$([ $bus = virtio ] && echo serial = virtio1)"
		run machine_ssh server "installer --file /tmp/on_$bus"
		echo "$output"
		expect_equal "$status" 0
		expect_match "$output" '^Socle Server is installed on '
	done
	expect_match "$(machine_ssh server 'installer --report')" '^sda +good .*; 3 partitions$'
	machine_ssh server sync
	for bus in SATA NVMe virtio USB; do
		run python3 "$machine_lib/installed.py" "$BATS_FILE_TMPDIR/${bus,,}" "$image"
		expect_equal "$output" installed "$bus"
	done
}

@test "quick: installed disks start without the ISO, each with its settings and its volume" {
	local bus said devices=([SATA]=1)
	for bus in "${disk_buses[@]}"; do disk_boot "$bus"; done
	for bus in "${disk_buses[@]}"; do
		machine_ssh_wait "on_$bus" 180
		said=$(machine_ssh "on_$bus" 'hostname; cat /run/socle/settings.source /proc/mounts; /lib/socle/host show')
		expect_match "$said" "^on-${bus}\$"
		expect_match "$said" '^own config volume, /dev/'
		expect_match "$said" '"installed": true'
		[ "$bus" = USB ] || expect_match "$said" ' /volumes/data ext4 '
	done
}
