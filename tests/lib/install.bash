# Systems that are installed from a disc and a network, onto an empty disk.
# SPDX-License-Identifier: MIT
#
# On the private switch inst are 10.7.0.1, the VM 'server' with both archives, and
# 10.7.0.2, that which is installed. The host has no part in it.

install_lib=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
load "$install_lib/boot"

# What is preseeded before there is a network.
install_words=(console=ttyS0 TERM=dumb DEBIAN_FRONTEND=text auto=true
	priority=critical locale=en_US.UTF-8 keymap=us hostname=debian domain=
	netcfg/disable_autoconfig=true netcfg/get_ipaddress=10.7.0.2
	netcfg/get_netmask=255.255.255.0 netcfg/get_gateway=none
	netcfg/get_nameservers= netcfg/confirm_static=true)

# install_files: discs of the installers, and one with the archives, for the volume.
install_files() {
	local folder=$BATS_FILE_TMPDIR/archives from name
	mkdir -p "$folder" || return
	for name in amd64 i386; do
		from=SOCLE_TEST_NETBOOT_${name^^}
		from=${!from:?is not set: use ./build.sh soak}
		cp -r "$from/mirror" "$folder/$name" &&
			cp "$install_lib"/install/* "$folder/$name/" &&
			boot_disc "$BATS_FILE_TMPDIR/$name.iso" \
				"${install_words[*]} url=http://10.7.0.1/$name/preseed.cfg" \
				"$from/linux" "$from/initrd.gz" || return
		vsp_files+=("$BATS_FILE_TMPDIR/$name.iso")
	done
	cp "$SOCLE_TEST_NETBOOT_AMD64/busybox" "$folder/" &&
		xorriso -as mkisofs -quiet -R -V archives -o "$BATS_FILE_TMPDIR/archives.iso" \
			"$folder" 2> /dev/null &&
		rm -r "$folder" && vsp_files+=("$BATS_FILE_TMPDIR/archives.iso")
}

# install_server NAME: it runs.
install_server() {
	vsp_ready "$1" 120 || return
	! machine_ssh "$1" '[ -f /tmp/vm/server.ready ] && kill -0 $(cat /tmp/vm/server.pid)' \
		2> /dev/null || return 0
	machine_ssh "$1" '[ -d /sys/class/net/inst ] || { switch create inst type=private &&
		switch connect inst server && switch connect inst client; }' || return
	vsp_vm "$1" server "" --memory 384M --scsi-disk 0:vhdx:/run/vsp/debian.vhdx \
		--dvd 1:/run/vsp/archives.iso --nic tap=server || return
	vsp_login "$1" server 400 &&
		vsp_wait_guest "$1" server 60 'ls -d /sys/class/net/eth0' &&
		vsp_expect "$1" server 60 'mount -o ro /dev/sr0 /mnt && ip link set eth0 up &&
			ip address add 10.7.0.1/24 dev eth0 && /mnt/busybox httpd -h /mnt'
}

# install_system NAME SYSTEM MEMORY SECONDS: by its disc, onto the disk SYSTEM.vhdx.
install_system() {
	install_server "$1" && machine_ssh "$1" "disk create /run/vsp/$2-disk.vhdx 8G" &&
		boot_vm "$1" "$2" --memory "$3" --boot dvd --nic tap=client \
			--ide-disk "0:0:vhdx:/run/vsp/$2-disk.vhdx" \
			--ide-dvd "1:0:/run/vsp/$2.iso" &&
		vm_wait "$1" "$2" '^install: tools' 1200 &&
		vm_wait "$1" "$2" '^install: (done|failed)' "$4" &&
		vm_wait_end "$1" "$2" 0 60 || return
	expect_match "$(vm_log "$1" "$2")" '^install: done'
}

# install_booted NAME SYSTEM MACHINE: by GRUB from its disk, which VMBus has.
install_booted() {
	boot_vm "$1" "$2" --memory 512M --ide-disk "0:0:vhdx:/run/vsp/$2-disk.vhdx" &&
		vsp_login "$1" "$2" 600 || return
	expect_equal "$(vsp_expect "$1" "$2" 20 'uname -m')" "$3" "machine" &&
		expect_match "$(vsp_expect "$1" "$2" 20 'cat /proc/cmdline')" \
			'^BOOT_IMAGE=/boot/vmlinuz' &&
		expect_match "$(vsp_expect "$1" "$2" 20 'findmnt -no SOURCE /')" '^/dev/sda1$' &&
		expect_match "$(vsp_expect "$1" "$2" 20 'readlink -f /sys/block/sda/device')" \
			'00000000-0000-8899-0000-000000000000' &&
		expect_match "$(vsp_expect "$1" "$2" 20 \
			'readlink /sys/bus/vmbus/devices/00000000-0000-8899-*/driver')" \
			'/hv_storvsc$' &&
		vsp_off "$1" "$2" && vsp_check "$1" "/run/vsp/$2-disk.vhdx"
}
