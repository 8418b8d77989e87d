# Machines that boot by themselves, for longer: a disc of 37 MB read by firmware.
# SPDX-License-Identifier: MIT

load ../lib/install
load ../lib/hostile

setup_file() {
	requires xorriso unsquashfs mkfs.vfat mcopy python3 ssh ssh-keygen openssl gcc
	iso_unpack
	install_files
	vsp_start host 2 4096
}

@test "Debian boots from its DVD by isolinux, its root on an IDE disk that VMBus has" {
	boot_disc "$BATS_TEST_TMPDIR/boot.iso" 'root=LABEL=debian console=ttyS0 quiet panic=-1'
	vsp_ready host 120
	MACHINE_SSH_SECONDS=180 machine_ssh host 'cat > /run/vsp/boot.iso' < "$BATS_TEST_TMPDIR/boot.iso"
	boot_vm host ide --memory 768M --processors 2 \
		--ide-disk 0:0:vhdx:/run/vsp/debian.vhdx --ide-dvd 1:0:/run/vsp/boot.iso
	vsp_login host ide 400
	expect_match "$(vsp_expect host ide 20 'findmnt -no SOURCE /')" '^/dev/sda$'
	expect_match "$(vsp_expect host ide 20 'readlink -f /sys/block/sda/device')" \
		'00000000-0000-8899-0000-000000000000'
	expect_equal "$(vsp_expect host ide 20 'ls -d /sys/block/sd* | wc -l')" 1 "disks"
	vsp_off host ide
}

@test "Debian without Hyper-V's drivers: IDE, e1000, the text screen and PS/2" {
	local vm_reset= nic
	debian_by_grub 1
	expect_no_match "$(vsp_expect host debian 20 lsmod)" '^(hv|hyperv|hid_hyperv)'
	expect_match "$(vsp_expect host debian 20 'readlink -f /sys/block/sda/device')" '/ata[0-9]+/'
	# By the place on PCI, as systems name it, when its driver has read all it wants.
	vsp_wait_guest host debian 90 'ls -d /sys/class/net/e* && udevadm settle -t 20'
	nic=$(vsp_expect host debian 20 'cd /sys/class/net && ls -d e*')
	expect_equal "$(vsp_expect host debian 20 "basename \$(readlink -f /sys/class/net/$nic/device/driver)")" e1000
	vsp_expect host debian 60 "ip link set $nic up && ip addr add 10.9.0.9/24 dev $nic &&
		sleep 3 && ping -q -c 3 -s 8000 10.9.0.1"
	expect_equal "$(vsp_expect host debian 30 \
		"bash -c 'exec 3<> /dev/tcp/10.9.0.1/22; head -c 4 <&3'")" SSH-
	vsp_expect host debian 120 'dd if=/dev/zero of=/root/zeros bs=1M count=32 conv=fsync &&
		echo 3 > /proc/sys/vm/drop_caches && cmp -n 33554432 /root/zeros /dev/zero && rm /root/zeros'
	debian_keys
	vsp_wait_control host debian screen 'echo Typed: 6[*]7' 20
	vsp_off host debian
}

@test "hostile guests do 1,000,000 operations with each device of a PC" {
	boot_hostile_all host "${HOSTILE_OPERATIONS:-1000000}" 28800
}

@test "Debian is installed from its netboot disc by a private switch, and boots by GRUB" {
	local vm_reset=
	install_system host amd64 1G 7200
	install_booted host amd64 x86_64
}

@test "Debian of 32 bits is installed so, too" {
	local vm_reset=
	install_system host i386 512M 7200
	install_booted host i386 i686
}
