# The ISO under test: its parts, booting it, damaged copies of it.
# SPDX-License-Identifier: MIT

: "${SOCLE_TOP:=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)}"
: "${SOCLE_BUILD:=$SOCLE_TOP/build}"
: "${SOCLE_CACHE:=${XDG_CACHE_HOME:-$HOME/.cache}/socle}"
export SOCLE_TOP SOCLE_BUILD SOCLE_CACHE
iso=$SOCLE_BUILD/socle.iso

# iso_unpack: the ISO's files into $disc and its system image's into $image,
# once a file of tests.
iso_unpack() {
	disc=$BATS_FILE_TMPDIR/disc image=$BATS_FILE_TMPDIR/image
	[ ! -d "$image" ] || return 0
	xorriso -osirrox on -indev "$iso" -extract / "$disc" 2> /dev/null &&
		chmod -R u+w "$disc" &&
		unsquashfs -quiet -no-progress -no-xattrs -dest "$image" \
			"$disc/socle/root.squashfs" > /dev/null
}

# iso_identity: the ISO's volume label, which is also what its kernel wants.
iso_identity() {
	xorriso -indev "$iso" -pvd_info 2> /dev/null |
		sed -n "s/^Volume Id *: *'\?\(SOCLE_[0-9a-f]*\)'\?.*/\1/p"
}

# iso_offset PATH: where the content of a file of the ISO begins, in bytes.
iso_offset() {
	xorriso -indev "$iso" -find "$1" -exec report_lba 2> /dev/null |
		awk -F , '/^File data lba/ { print $2 * 2048; exit }'
}

# attach LIST FILE DEVICE: adds a disk to the array LIST of QEMU options, for
# example `attach options "$file" usb-storage,id=stick`.
attach() {
	local -n attach_list=$1
	local id=disk${#attach_list[@]}
	attach_list+=(-drive "file=$2,format=raw,if=none,id=$id"
		-device "$3,drive=$id")
}

# iso_boot_cd NAME [QEMU OPTION...]: as firmware does it, from a CD.
iso_boot_cd() {
	local name=$1
	shift
	machine_start "$name" -boot d \
		-drive "file=$iso,format=raw,media=cdrom,readonly=on,if=none,id=medium" \
		-device ide-cd,drive=medium,id=cd,bus=ide.1 "$@"
}

# iso_boot_kernel NAME APPEND MEDIUM [QEMU OPTION...]: past firmware and menu,
# with the menu's command line and APPEND; MEDIUM is an ISO or empty. The
# hypervisor's own command line is in iso_options. On a busy host QEMU may not
# tick in time for the kernel's look at the timer: without it.
iso_options=
iso_boot_kernel() {
	local name=$1 append medium=()
	iso_unpack || return
	append="$(iso_append) no_timer_check $2"
	[ -z "$3" ] || medium=(-drive "file=$3,format=raw,media=cdrom,readonly=on")
	shift 3
	# A comma ends a module's command line; two are one.
	machine_start "$name" -kernel "$disc/socle/hypervisor" -append "$iso_options" \
		-initrd "$disc/socle/linux ${append//,/,,},$disc/socle/initramfs" \
		"${medium[@]}" "$@"
}

# iso_append: the parent's command line in the menu's first entry.
iso_append() {
	awk -F ' --- ' '/APPEND/ { sub(/[^ ]* /, "", $2); print $2; exit }' \
		"$disc/isolinux/isolinux.cfg"
}

# iso_boot_native NAME: the same without hypervisor, for comparisons.
iso_boot_native() {
	local name=$1
	shift
	iso_unpack || return
	machine_start "$name" -kernel "$disc/socle/linux" -initrd "$disc/socle/initramfs" \
		-append "$(iso_append) no_timer_check" "$@"
}
