# Discs that a VM boots from by its own firmware.
# SPDX-License-Identifier: MIT

boot_lib=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
load "$boot_lib/vsp"

# boot_disc FILE WORDS [KERNEL INITRD]: isolinux with that kernel, else Debian's, WORDS
# on its command line.
boot_disc() {
	local folder=$1.folder share
	for share in "$SOCLE_CACHE"/built/syslinux-*/share/syslinux; do
		[ ! -f "$share/isolinux.bin" ] || break
	done
	mkdir -p "$folder/isolinux" &&
		cp "$share/isolinux.bin" "$share/ldlinux.c32" "$folder/isolinux/" &&
		cp "${3:-$SOCLE_TEST_DEBIAN/kernel}" "$folder/kernel" &&
		cp "${4:-$SOCLE_TEST_DEBIAN/initrd}" "$folder/initrd" &&
		printf '%s\n' 'SERIAL 0 115200' 'DEFAULT debian' 'LABEL debian' \
			'LINUX /kernel' 'INITRD /initrd' "APPEND $2" \
			> "$folder/isolinux/isolinux.cfg" &&
		xorriso -as mkisofs -quiet -R -V boot -b isolinux/isolinux.bin \
			-c isolinux/boot.cat -no-emul-boot -boot-load-size 4 \
			-boot-info-table -o "$1" "$folder" 2> /dev/null &&
		rm -r "$folder"
}

# boot_modes FILE: a disc that sets modes of the screen by keys.
boot_modes() {
	local folder=$BATS_TEST_TMPDIR/modes
	mkdir -p "$folder" &&
		as --32 -o "$folder.o" "$boot_lib/modes.S" &&
		ld -m elf_i386 -Ttext 0x7c00 --oformat binary \
			-o "$folder/modes.bin" "$folder.o" 2> /dev/null &&
		xorriso -as mkisofs -quiet -R -V modes -b modes.bin -no-emul-boot \
			-boot-load-size 4 -o "$1" "$folder" 2> /dev/null
}

# boot_dot NAME VM X Y: the colour of a dot on the VM's screen.
boot_dot() {
	vm_control "$1" "$2" "screenshot /tmp/vm/$2.png" > "$BATS_TEST_TMPDIR/said" &&
		machine_ssh "$1" "cat /tmp/vm/$2.png" | python3 "$boot_lib/dot.py" "$3" "$4"
}

# boot_vm NAME VM OPTION...: a VM without a kernel in the background, as vsp_vm.
boot_vm() {
	local name=$1 vm=$2
	shift 2
	machine_ssh "$name" "cd /tmp/vm && rm -f $vm $vm.* && mkfifo $vm.in || exit 1
		{ exec 8<> $vm.in
		/usr/lib/vmwp --name $vm --control /tmp/vm/$vm.control --serial - \
			$vm_reset $* < $vm.in > $vm 2>&1 &
		echo \$! > $vm.pid; wait \$!; echo \$? > $vm.status; } > /dev/null 2>&1 &"
}

# boot_from VM [OPTION...]: the disc of that name among the tests' media.
boot_from() {
	local vm=$1
	shift
	vsp_ready host 120 &&
		MACHINE_SSH_SECONDS=120 machine_ssh host "cat > /run/vsp/$vm.iso" \
			< "${SOCLE_TEST_MEDIA:?is not set: use ./build.sh test}/$vm.iso" &&
		boot_vm host "$vm" --memory 64M --ide-dvd "/run/vsp/$vm.iso" "$@"
}

# boot_switch NAME: a switch of the parent's own with addresses, and the port boot0.
boot_switch() {
	machine_ssh "$1" '[ -d /sys/class/net/boot0 ] || {
		switch create lab type=internal address=10.9.0.1/24 \
			dhcp=10.9.0.100-10.9.0.199 && switch connect lab boot0; }'
}

### A system on its own disk

# debian_by_grub ENTRY: which of the loader's two; logged in.
debian_by_grub() {
	vsp_ready host 120
	boot_switch host
	boot_vm host debian --memory 768M --processors 2 \
		--ide-disk 0:0:vhdx:/run/vsp/debian.vhdx --nic tap=boot0,model=e1000
	vsp_wait_control host debian screen '[*]Debian +' 240
	[ "$1" = 0 ] || vm_control host debian 'keys down'
	vm_control host debian 'keys enter'
	vsp_login host debian 600
}

# debian_keys: what is typed comes to the console on the screen.
debian_keys() {
	vsp_expect host debian 30 'setsid agetty --autologin root tty1 > /dev/null 2>&1 &'
	sleep 5
	vm_control host debian "type 'echo Typed: 6*7 > /run/typed'"
	vm_control host debian 'keys enter'
	vsp_wait_guest host debian 40 'grep -Fx "Typed: 6*7" /run/typed'
}

### Hostile guests

# Rows of what only a VM with firmware has; those that are looked at by a user meanwhile.
boot_rows=(n28 n29 n30 n31 n33 n33v e1000)
boot_looks=(n30 n33 n33v)
boot_mac=02:53:4f:00:04:01 boot_address=10.11.0.2

# boot_hostile FILE WORDS: a disc that is a hostile guest, with that command line.
boot_hostile() {
	local folder=$BATS_FILE_TMPDIR/hostile image=$BATS_FILE_TMPDIR/hostile/hostile.disc
	[ "${#2}" -lt 64 ] &&
		make -s -C "$SOCLE_TOP/tests/guest/hostile" BUILD="$folder" "$image" &&
		mkdir -p "$folder/files" && cp "$image" "$folder/files/" &&
		printf '%s' "$2" |
		dd of="$folder/files/hostile.disc" bs=1 seek=64 conv=notrunc status=none &&
		xorriso -as mkisofs -quiet -R -V hostile -b hostile.disc -no-emul-boot \
			-boot-load-size full -o "$1" "$folder/files" 2> /dev/null
}

# boot_hostile_put NAME OPERATIONS: discs of all rows, and disks beside them: of two a
# guest may do all, of the third nothing. They are put at once: each login takes time.
boot_hostile_put() {
	local folder=$BATS_TEST_TMPDIR/rows row seed=${HOSTILE_SEED:-$RANDOM}
	mkdir -p "$folder" || return
	for row in "${boot_rows[@]}"; do
		boot_hostile "$folder/$row.iso" "$row $seed $2" || return
	done
	(cd "$folder" && sha256sum -- *.iso > sums && tar -cf - .) |
		MACHINE_SSH_SECONDS=120 machine_ssh "$1" "set -e
		rm -rf /run/vsp/rows && mkdir /run/vsp/rows && cd /run/vsp/rows && tar -xf -
		for row in ${boot_rows[*]}; do
			disk create \$row.vhdx 64M && disk create \$row.other.vhdx 64M
			yes locked | head -c 1048576 > \$row.locked
		done"
}

# boot_hostile_start NAME ROW [OPTION...]
boot_hostile_start() {
	local name=$1 row=$2 files=/run/vsp/rows/$2
	shift 2
	boot_vm "$name" "$row" --memory 64M --boot dvd --ide-disk "0:0:vhdx:$files.vhdx" \
		--ide-disk "0:1:raw:$files.locked,read-only" --ide-dvd "1:0:$files.iso" \
		--ide-disk "1:1:vhdx:$files.other.vhdx" "$@"
}

# boot_hostile_files NAME: nothing is damaged, and nothing else changed.
boot_hostile_files() {
	MACHINE_SSH_SECONDS=120 machine_ssh "$1" "set -e
		cd /run/vsp/rows
		for disk in *.vhdx; do disk check \$disk > /dev/null; done
		sha256sum -c sums > /dev/null
		for disk in *.locked; do yes locked | head -c 1048576 | cmp - \$disk; done
		rm -r /run/vsp/rows" || {
		echo "files of a row are not as they were" >&2
		return 1
	}
}

# boot_wire NAME: a port of a switch for such a VM, to which frames come all the time.
boot_wire() {
	machine_ssh "$1" "set -e
		switch create hostile type=internal address=${boot_address%.*}.1/24
		switch connect hostile hostile0 mac=$boot_mac
		ip neigh replace $boot_address lladdr $boot_mac dev hostile
		ping -i 0.02 -s 1000 $boot_address > /dev/null 2>&1 < /dev/null &
		echo \$! > /tmp/vm/ping.pid" > /dev/null
}

boot_wire_end() {
	machine_ssh "$1" 'kill $(cat /tmp/vm/ping.pid); switch disconnect hostile0 &&
		switch delete hostile' > /dev/null
}

# boot_look NAME VM: until its end its screen is read, and keys are pressed; how often that
# was answered is in /tmp/vm/VM.looks.
boot_look() {
	machine_ssh "$1" "ask() { /run/guests/control /tmp/vm/$2.control \"\$@\"; }
		until [ -s /tmp/vm/$2.status ]; do
			ask screen && ask screenshot /tmp/vm/$2.png && echo >> /tmp/vm/$2.looks
			ask keys a; ask pointer 100 100
			sleep 2
		done > /dev/null 2>&1 < /dev/null &"
}

# boot_hostile_all NAME OPERATIONS SECONDS: all rows side by side, and a good VM.
boot_hostile_all() {
	local row lines options
	child_ready "$1" 120 && vsp_ready "$1" 120 && boot_hostile_put "$1" "$2" &&
		boot_wire "$1" && good_start "$1" || return
	lines=$(hostile_log_lines "$1")
	for row in "${boot_rows[@]}"; do
		options=()
		[ "$row" != e1000 ] || options=(--nic "tap=hostile0,mac=$boot_mac,model=e1000")
		boot_hostile_start "$1" "$row" "${options[@]}" || return
	done
	for row in "${boot_looks[@]}"; do
		boot_look "$1" "$row" || return
	done
	for row in "${boot_rows[@]}"; do
		hostile_ended "$1" "$row" "$2" "$3" || return
	done
	for row in "${boot_looks[@]}"; do
		machine_ssh "$1" "[ -s /tmp/vm/$row.looks ]" || return
	done
	boot_hostile_files "$1" && good_end "$1" && boot_wire_end "$1" || return
	expect_at_most $(($(hostile_log_lines "$1") - lines)) 60 "lines in the logs" || return
	parent_is_well "$1"
}
