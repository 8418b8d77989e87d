# Machines that boot by themselves: firmware, IDE.
# SPDX-License-Identifier: MIT

load lib/boot
load lib/hostile

setup_file() {
	requires xorriso unsquashfs mkfs.vfat mcopy python3 ssh ssh-keygen openssl gcc
	iso_unpack
	make -C "$SOCLE_TOP/tests/guest/screen" BUILD="$BATS_FILE_TMPDIR" \
		HEADERS="$(echo "$SOCLE_CACHE"/built/linux-headers-*/include)"
	vsp_tools=("$BATS_FILE_TMPDIR/picture")
	vsp_start host 2 4096
}

### Before the machine is asked

@test "quick: IDE, and wrong guests of it, with sanitizers" {
	make -C "$SOCLE_TOP/tests/unit" -f ide.mk BUILD="$BATS_TEST_TMPDIR" check
}

@test "quick: the e1000, and wrong guests of it, with sanitizers" {
	make -C "$SOCLE_TOP/tests/unit" -f e1000.mk BUILD="$BATS_TEST_TMPDIR" check
}

@test "quick: screen, keyboard and mouse, and wrong guests of them, with sanitizers" {
	make -C "$SOCLE_TOP/tests/unit" -f display.mk BUILD="$BATS_TEST_TMPDIR" check
}

@test "quick: PCI and what firmware is told, and wrong guests of them, with sanitizers" {
	make -C "$SOCLE_TOP/tests/unit" -f pc.mk BUILD="$BATS_TEST_TMPDIR" check
}

@test "fuzz targets of a PC's devices, 3 s each" {
	local name
	for name in ide vga i8042 pci synthvid e1000; do
		SOCLE_BUILD=$BATS_TEST_TMPDIR "$SOCLE_TOP/build.sh" fuzz "$name" 3
	done
}

### Screen and keyboard, as firmware has them

@test "a text screen is read and typed at; it scrolls without exits; graphics are seen" {
	local vm_reset=
	boot_modes "$BATS_TEST_TMPDIR/modes.iso"
	vsp_ready host 120
	machine_ssh host 'cat > /run/vsp/modes.iso' < "$BATS_TEST_TMPDIR/modes.iso"
	boot_vm host modes --memory 64M --processors 1 --ide-dvd 1:0:/run/vsp/modes.iso
	vsp_wait_control host modes screen '^modes ready$' 100
	expect_match "$(vm_control host modes screen)" '^guest: text 80 x 25$'
	# 3.8 million accesses: exits would take an hour.
	vm_control host modes 'keys s'
	vsp_wait_control host modes screen '^scrolled$' 60
	vm_control host modes 'keys p'
	vsp_wait_control host modes screen '^guest: graphics 640 x 480$' 30
	expect_equal "$(boot_dot host modes 639 0)" ffff55 "a dot of 16 colours"
	vm_control host modes 'keys l'
	sleep 2
	expect_equal "$(boot_dot host modes 639 0)" 0000ff "a dot of the linear mode"
	expect_equal "$(boot_dot host modes 0 1)" 000000 "a dot below it"
	vm_control host modes 'keys t'
	vsp_wait_control host modes screen '^modes ready$' 30
	vm_control host modes 'keys ctrl-alt-del'
	vsp_wait_control host modes screen 'SeaBIOS' 60
	vsp_wait_control host modes screen '^modes ready$' 60
	vm_control host modes stop
}

### Discs as they are

@test "iPXE's disc has an address by an e1000" {
	local vm_reset=
	vsp_ready host 120
	boot_switch host
	boot_from ipxe --processors 1 --nic tap=boot0,model=e1000
	vsp_wait_control host ipxe screen 'Configuring .net0 .*ok$' 300
	vsp_wait_control host ipxe screen '^net0: 10.9.0.1[0-9][0-9]/255.255.255.0$' 20
	# There is none that offers it anything.
	vsp_wait_control host ipxe screen 'Nothing to boot' 60
	vm_control host ipxe stop
}

@test "memtest86+ tests a VM's memory, its screen is read" {
	local vm_reset=
	boot_from memtest
	vsp_wait_control host memtest screen 'Status: Testing' 180
	expect_match "$(vm_control host memtest screen)" 'Memory  : +63MB'
	expect_match "$(vm_control host memtest screen)" 'Errors: 0'
	vm_control host memtest stop
}

@test "GRUB's rescue disc shows its menu and takes keys" {
	local vm_reset=
	boot_from grub
	vsp_wait_control host grub screen '[*]GNU/Linux' 180
	vm_control host grub 'keys down'
	vsp_wait_control host grub screen '[*]GNU .aka GNU/Hurd' 60
	vm_control host grub 'keys c'
	vsp_wait_control host grub screen '^grub>' 60
	vm_control host grub 'type ls'
	vm_control host grub 'keys enter'
	vsp_wait_control host grub screen '[(]cd[)]' 60
	vm_control host grub stop
}

### A system on its own disk

@test "Debian boots by GRUB from its IDE disk; disk, screen and keys are those of VMBus" {
	local vm_reset= keys
	debian_by_grub 0
	# Both drivers are there, and one disk: ata_piix leaves it, by the machine's name.
	expect_match "$(vsp_expect host debian 20 'lsmod')" '^ata_piix'
	expect_equal "$(vsp_expect host debian 20 'ls -d /sys/block/sd* | wc -l')" 1 "disks"
	expect_equal "$(vsp_expect host debian 20 'findmnt -no SOURCE /')" /dev/sda
	expect_match "$(vsp_expect host debian 20 'readlink -f /sys/block/sda/device')" \
		'00000000-0000-8899-0000-000000000000'
	# The synthetic keyboard, not the PS/2 one.
	keys=$(vsp_expect host debian 20 "awk '/i8042/ { n += \$2 + \$3 } END { print n }' /proc/interrupts")
	debian_keys
	expect_equal "$(vsp_expect host debian 20 \
		"awk '/i8042/ { n += \$2 + \$3 } END { print n }' /proc/interrupts")" "$keys" "keys by i8042"
	debian_picture 1024 768 ff8000 0040ff
	debian_picture 800 600 00ff00 ff00ff
	debian_pointer
	vsp_off host debian
}

# debian_picture WIDTH HEIGHT LEFT RIGHT: the guest's driver sets that mode.
debian_picture() {
	vsp_expect host debian 40 "mkfifo -m 600 /run/hold 2> /dev/null
		sleep 600 > /run/hold & hold=\$!
		/root/picture $1 $2 $3 $4 < /run/hold > /run/shown 2>&1 &
		echo \$! \$hold > /run/held"
	vsp_wait_guest host debian 40 'grep shown /run/shown'
	expect_equal "$(vsp_expect host debian 10 'head -n 1 /run/shown')" 'driver hyperv_drm'
	expect_match "$(vm_control host debian screen)" "^guest: graphics $1 x $2$"
	expect_equal "$(boot_dot host debian 0 0)" "$3" "a dot of $1 x $2"
	expect_equal "$(boot_dot host debian $(($1 - 1)) $(($2 - 1)))" "$4" "a dot of $1 x $2"
	vsp_expect host debian 20 'kill $(cat /run/held)'
}

# debian_pointer: a place comes as two absolute values and their end.
debian_pointer() {
	local event
	event=$(vsp_expect host debian 20 'for event in /sys/class/input/event*; do
			readlink -f $event | grep -qi "0006:045E" &&
				grep -q "[1-9a-f]" $event/device/capabilities/abs && echo ${event##*/}
		done')
	vsp_expect host debian 20 "{ timeout 60 dd if=/dev/input/$event bs=24 count=3 2> /dev/null |
		od -An -v -w24 -t d2 > /run/moved; } > /dev/null 2>&1 &"
	vm_control host debian 'pointer 100 50'
	vsp_wait_guest host debian 20 "awk '\$9 == 3 && \$10 == 0 { x = 1 } \$9 == 3 && \$10 == 1 { y = 1 }
		END { exit !(x && y) }' /run/moved"
}

### Hostile guests

@test "hostile guests do 100 operations with each device of a PC, and harm nothing" {
	boot_hostile_all host 100 300
}
