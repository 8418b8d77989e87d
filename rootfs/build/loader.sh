# The loader's partition of an installed system, as far as it is the same on
# every disk. docs/installation.md has its layout.
# SPDX-License-Identifier: MIT

loader_bytes=536870912
loader_sector=2048 # where the partition begins

# loader_build: into $build/loader what the installer writes: loader.img (the
# partition up to the first slot's files), slots (where these go), menu.cfg.
loader_build() {
	loader=$build/loader
	rm -rf "$loader"
	mkdir "$loader"
	# FAT keeps local time.
	export TZ=UTC
	loader_from=$(recipe_output syslinux)
	loader_image=$work/loader.img
	rm -f "$loader_image"
	truncate -s $loader_bytes "$loader_image"
	"$(recipe_output dosfstools)/sbin/mkfs.fat" -F 32 -s 8 -h $loader_sector \
		-n SOCLE --invariant "$loader_image"
	mmd -i "$loader_image" ::/syslinux ::/a ::/b
	"$loader_from/tools/syslinux" -d /syslinux -i "$loader_image"
	for loader_file in libcom32 libutil menu mboot; do
		mcopy -i "$loader_image" "$loader_from/share/syslinux/$loader_file.c32" ::/syslinux/
	done
	# One sector, so that one write makes the other slot the one that boots.
	dd if="$top/installer/loader/syslinux.cfg" of="$work/syslinux.cfg" bs=512 conv=sync status=none
	tr '\0' '\n' < "$work/syslinux.cfg" > "$work/one-sector.cfg"
	mcopy -i "$loader_image" "$work/one-sector.cfg" ::/syslinux/syslinux.cfg
	# The loader has changed the first sector: its copy, too.
	dd if="$loader_image" of="$loader_image" bs=512 count=1 seek=6 conv=notrunc status=none
	grep -v '^#' "$top/installer/loader/slots.list" > "$work/slots.list"
	sed 's/^/a /' "$work/slots.list" > "$work/slots.both"
	sed 's/^/b /' "$work/slots.list" >> "$work/slots.both"
	"$own/loader/preallocate" "$loader_image" < "$work/slots.both" > "$loader/slots"
	truncate -s "$(head -n 1 "$loader/slots" | cut -d ' ' -f 2)" "$loader_image"
	mv "$loader_image" "$loader/loader.img"
	cp "$loader_from/share/syslinux/gptmbr.bin" "$own/loader/interrupted.bin" "$loader/"
	iso_menu | loader_menu > "$loader/menu.cfg"
}

# loader_menu: the ISO's menu on standard input as that of a slot. The installer
# puts the slot in the place of @, and the identities of partition and host in that
# of %.
loader_menu() {
	awk '
		/^LABEL / { local = $2 == "local" }
		!local {
			gsub("/socle/hypervisor", "/@/hyper")
			gsub("/socle/linux", "/@/linux")
			gsub("/socle/initramfs", "/@/initrd")
			gsub("/socle/microcode", "/@/ucode")
			sub(/ nosmt/, "& socle.disk=% socle.slot=@")
			print
		}'
}

# loader_fits: whether each file of the ISO has room in a slot.
loader_fits() {
	while read -r fits_name fits_bytes; do
		case $fits_name in
		hyper) fits_file=hypervisor ;;
		linux) fits_file=linux ;;
		initrd) fits_file=initramfs ;;
		ucode) fits_file=microcode ;;
		root.sfs) fits_file=root.squashfs ;;
		*) continue ;;
		esac
		[ ! -f "$disc/socle/$fits_file" ] ||
			[ "$(stat -c %s "$disc/socle/$fits_file")" -le "$fits_bytes" ] || {
			echo "installer/loader/slots.list: $fits_file is larger than its room"
			return 1
		}
	done < "$work/slots.list"
}
