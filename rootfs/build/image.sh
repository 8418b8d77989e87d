# From components to the ISO: own programs, initramfs, squashfs, ISO.
# SPDX-License-Identifier: MIT

# build_iso: build/socle.iso, each step only when its input has changed.
build_iso() {
	# shellcheck disable=SC2046
	recipe_need $(recipe_names)
	own_programs
	hypervisor_build
	image_key=$(
		{
			echo "$version"
			for image_name in $(recipe_names); do recipe_key "$image_name"; done
			hash_tree "$own"
			sha256 "$build/hypervisor"
			for image_dir in rootfs/overlay initramfs iso installer/loader rootfs/build; do
				hash_tree "$top/$image_dir"
			done
			sha256 "$top/rootfs/image.list"
			sha256 "$top/LICENSE"
			sha256 "$top/build.sh"
		} | sha256sum | cut -c 1-16
	)
	if [ -f "$build/socle.iso" ] && [ "$(cat "$build/socle.key" 2>/dev/null)" = "$image_key" ]; then
		say "build/socle.iso is up to date"
		return
	fi
	rm -f "$build/socle.key"
	say "Assembling the system image"
	step loader loader_build
	step image image_squashfs
	say "Assembling the initramfs"
	step initramfs initramfs_pack
	say "Writing build/socle.iso"
	step iso iso_write
	mv "$build/.socle.iso" "$build/socle.iso"
	echo "$image_key" > "$build/socle.key"
	say "build/socle.iso: $(du -h --apparent-size "$build/socle.iso" | cut -f 1)"
}

# Our own programs: PROGRAM FOLDER
own_list="conf rootfs/conf
disk rootfs/disk
login rootfs/login
switch rootfs/switch
host rootfs/host
vmwp rootfs/vmwp
vmms rootfs/vmms
sconfig sconfig
loader installer/loader
installer installer"

# own_programs: each by its Makefile, into $own/NAME.
own_programs() {
	own=$build/own
	own_cc=$(recipe_output musl)/bin/socle-cc
	for own_name in libxcrypt liburing ncurses zydis zlib libpng libvncserver \
		jansson; do
		own_flags="${own_flags:-} -I$(recipe_output $own_name)/include"
		own_libs="${own_libs:-} -L$(recipe_output $own_name)/lib"
	done
	own_stamp=$(for own_name in musl libxcrypt ncurses zydis liburing libpng \
		libvncserver jansson; do recipe_key $own_name; done)
	if [ "$(cat "$build/own.stamp" 2>/dev/null)" != "$own_stamp" ]; then
		rm -rf "$own"
		echo "$own_stamp" > "$build/own.stamp"
	fi
	# make takes no blanks in names of targets: it gets a way without.
	ln -s "$own" "$work/own"
	printf '%s\n' "$own_list" > "$work/own.list"
	while read -r own_name own_dir; do
		mkdir -p "$own/$own_name"
		step "own-$own_name" make -C "$top/$own_dir" BUILD="$work/own/$own_name" \
			LIBCONF="$work/own/conf" LIBDISK="$work/own/disk" \
			LIBSWITCH="$work/own/switch" LIBVMMS="$work/own/vmms" \
			CC="$own_cc" AR=ar \
			CFLAGS="-Os -fstack-protector-strong $own_flags" \
			LDFLAGS="$own_libs -s"
	done < "$work/own.list"
	cp "$own/vmms/vm" "$build/.vm"
	mv "$build/.vm" "$build/vm"
}

# hypervisor_build: build/hypervisor, with its size against the build before.
hypervisor_build() {
	hypervisor=$build/own.hypervisor
	hypervisor_mode=${SOCLE_DEBUG:+debug}
	[ "$(cat "$hypervisor/mode" 2>/dev/null)" = "$version $hypervisor_mode" ] || rm -rf "$hypervisor"
	mkdir -p "$hypervisor"
	echo "$version $hypervisor_mode" > "$hypervisor/mode"
	ln -s "$hypervisor" "$work/hypervisor"
	step hypervisor make -C "$top/hypervisor" BUILD="$work/hypervisor" \
		VERSION="$version" DEBUG="$hypervisor_mode"
	cmp -s "$hypervisor/hypervisor" "$build/hypervisor" && return
	cp "$hypervisor/hypervisor" "$build/.hypervisor"
	mv "$build/.hypervisor" "$build/hypervisor"
	hypervisor_sizes
}

# hypervisor_sizes: sections, code lines, and the functions and tables that
# grew or shrank since the last time.
hypervisor_sizes() {
	size_elf=$hypervisor/hypervisor.elf
	size -A "$size_elf" | awk '
		/^\.(text|rodata|data) / { sum += $2; printf "%s %d, ", substr($1, 2), $2 }
		/^\.bss / { bss = $2 }
		END { printf "together %d of 262144 bytes; bss %d\n", sum, bss }'
	nm -S --size-sort "$size_elf" | awk '{ print $4, $2 }' | sort > "$hypervisor/symbols"
	if [ -f "$build/hypervisor.symbols" ]; then
		awk '
			NR == FNR { old[$1] = strtonum("0x" $2); next }
			{ new[$1] = strtonum("0x" $2) }
			END {
				for (n in new) if (new[n] != old[n]) printf "%+7d %s\n", new[n] - old[n], n
				for (n in old) if (!(n in new)) printf "%+7d %s\n", -old[n], n
			}' "$build/hypervisor.symbols" "$hypervisor/symbols" | sort -rn
	fi
	cp "$hypervisor/symbols" "$build/hypervisor.symbols"
}

# image_squashfs: build/image by the list and the overlay, then one file.
image_squashfs() {
	rm -rf "$build/image" "$build/root.squashfs"
	mkdir -p "$build/image"
	cp -R "$top/rootfs/overlay/." "$build/image/"
	# The overlay's modes: what git keeps, and nothing of the umask.
	find "$build/image" -type d -exec chmod 755 {} +
	find "$build/image" -type f -perm /111 -exec chmod 755 {} +
	find "$build/image" -type f ! -perm /111 -exec chmod 644 {} +
	: > "$build/image.pseudo"
	grep -v '^#' "$top/rootfs/image.list" | while read -r path mode owner from; do
		[ -n "$path" ] || continue
		image_entry "$path" "$mode" "$owner" "$from"
	done
	if firmware; then
		image_entry /lib/firmware 0755 0:0 tree:firmware/firmware
	fi
	printf '%s\n' "$version" > "$build/image/etc/socle-version"
	chmod 644 "$build/image/etc/socle-version"
	env -u SOURCE_DATE_EPOCH mksquashfs "$build/image" "$build/root.squashfs" -noappend -all-root \
		-no-xattrs -comp zstd -Xcompression-level 19 -b 256K -no-progress \
		-mkfs-time "$SOURCE_DATE_EPOCH" -all-time "$SOURCE_DATE_EPOCH" \
		-pf "$build/image.pseudo"
}

# image_entry PATH MODE OWNER FROM: one line of the list. FROM is
#   dir | link:TARGET | own:PROGRAM/FILE | loader:FILE |
#   pkg:COMPONENT/FILE (a file) | tree:COMPONENT/FOLDER (all below it)
image_entry() {
	entry=$build/image$1
	mkdir -p "$(dirname "$entry")"
	case $4 in
	dir) mkdir -p "$entry" ;;
	link:*) ln -sf "${4#link:}" "$entry" ;;
	own:*) cp "$own/${4#own:}" "$entry" ;;
	loader:*) cp "$build/loader/${4#loader:}" "$entry" ;;
	pkg:*) cp "$(image_component "${4#pkg:}")" "$entry" ;;
	tree:*) mkdir -p "$entry" && cp -R "$(image_component "${4#tree:}")/." "$entry/" ;;
	*) echo "image.list: $1: unknown source $4"; return 1 ;;
	esac
	case $4 in
	link:* | tree:*) return ;;
	esac
	chmod "$2" "$entry"
	[ "$3" = 0:0 ] || echo "$1 m $2 ${3%:*} ${3#*:}" >> "$build/image.pseudo"
}

# image_component COMPONENT/PATH: the file in the cache.
image_component() {
	echo "$(recipe_output "${1%%/*}")/${1#*/}"
}

# initramfs_pack: build/initramfs.zst. Its identity is the image's hash.
initramfs_pack() {
	initramfs=$build/initramfs
	rm -rf "$initramfs"
	mkdir -p "$initramfs/bin" "$initramfs/lib/modules" "$initramfs/lib/socle"
	initramfs_modules
	sha256 "$build/root.squashfs" > "$initramfs/image.sha256"
	cp "$(recipe_output busybox)/root/bin/busybox" "$initramfs/bin/busybox"
	cp "$top/initramfs/init" "$initramfs/init"
	cp "$top/rootfs/overlay/lib/socle/functions" "$initramfs/lib/socle/functions"
	chmod 755 "$initramfs/init" "$initramfs/bin/busybox"
	chmod 644 "$initramfs/lib/socle/functions"
	(
		cd "$initramfs"
		{
			cat "$top/initramfs/files.list"
			find lib -mindepth 1 -type d -printf 'dir /%p 755 0 0\n' | LC_ALL=C sort
			find . -type f -perm /100 -printf 'file /%P %P 755 0 0\n' | LC_ALL=C sort
			find . -type f ! -perm /100 -printf 'file /%P %P 644 0 0\n' | LC_ALL=C sort
		} > ../initramfs.list
		"$(recipe_output kernel)/tools/gen_init_cpio" -t "$SOURCE_DATE_EPOCH" \
			../initramfs.list > ../initramfs.cpio
	)
	zstd -q -19 -T1 -f "$build/initramfs.cpio" -o "$build/initramfs.zst"
	if firmware; then
		cat "$(recipe_output firmware)/microcode.cpio" "$build/initramfs.zst" \
			> "$build/initramfs.both"
		mv "$build/initramfs.both" "$build/initramfs.zst"
	fi
}

# firmware: whether this build takes the firmware recipe.
firmware() {
	recipe_names | grep -qx firmware
}

# initramfs_modules: those that may carry the medium, and what they need.
initramfs_modules() {
	modules=$(recipe_output kernel)/modules
	release=$(ls "$modules")
	into=$initramfs/lib/modules/$release
	mkdir -p "$into"
	grep -v '^#' "$top/initramfs/modules.list" | while read -r module; do
		[ -n "$module" ] || continue
		initramfs_with_needs "$module"
	done
	cp "$modules/$release/modules.builtin" "$modules/$release/modules.order" "$into/"
	depmod -b "$initramfs" "$release"
	# BusyBox reads the text forms only.
	rm -f "$into"/*.bin "$into/modules.devname" "$into/modules.softdep" \
		"$into/modules.order" "$into/modules.symbols" \
		"$into/modules.builtin.alias.bin" "$into/modules.weakdep"
}

# initramfs_with_needs NAME: copies the module and its dependencies.
initramfs_with_needs() {
	line=$(grep "/$1\.ko:" "$modules/$release/modules.dep") || {
		echo "initramfs/modules.list: no module $1"
		return 1
	}
	for file in $(echo "$line" | tr -d :); do
		mkdir -p "$into/$(dirname "$file")"
		cp "$modules/$release/$file" "$into/$file"
	done
}

# iso_write: the hybrid ISO. Its volume label carries the identity by which
# the initramfs knows its own medium.
iso_write() {
	identity=$(cut -c 1-12 "$build/initramfs/image.sha256")
	loader=$(recipe_output syslinux)/share/syslinux
	disc=$build/disc
	rm -rf "$disc"
	mkdir -p "$disc/isolinux" "$disc/socle" "$disc/licences"
	for file in isolinux.bin ldlinux.c32 libcom32.c32 libutil.c32 menu.c32 \
		mboot.c32; do
		cp "$loader/$file" "$disc/isolinux/"
	done
	iso_menu > "$disc/isolinux/isolinux.cfg"
	cp "$build/hypervisor" "$disc/socle/hypervisor"
	cp "$(recipe_output kernel)/bzImage" "$disc/socle/linux"
	cp "$build/initramfs.zst" "$disc/socle/initramfs"
	cp "$build/root.squashfs" "$disc/socle/root.squashfs"
	! firmware || cp "$(recipe_output firmware)/microcode.cpio" "$disc/socle/microcode"
	loader_fits
	(cd "$disc/socle" && sha256sum -- *) > "$work/sums"
	mv "$work/sums" "$disc/socle/sums"
	cp "$top/LICENSE" "$disc/licences/socle"
	for name in $(recipe_names); do
		cp -R "$(recipe_output "$name")/licence/." "$disc/licences/"
	done
	licence_list > "$disc/licences/list.txt"
	chmod -R u+rwX,go+rX,go-w "$disc"
	find "$disc" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
	TZ=UTC xorriso -as mkisofs -quiet -o "$build/.socle.iso" -V "SOCLE_$identity" \
		-volset "" -publisher "Socle Server" -rational-rock -input-charset utf-8 \
		-b isolinux/isolinux.bin -c isolinux/boot.cat -no-emul-boot \
		-boot-load-size 4 -boot-info-table \
		-isohybrid-mbr "$loader/isohdpfx.bin" \
		--modification-date="$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y%m%d%H%M%S00)" \
		"$disc"
}

# iso_menu: the boot menu; with firmware the hypervisor gets microcode, too.
iso_menu() {
	if firmware; then
		sed '/mboot.c32/,/^$/s|--- /socle/initramfs|& --- /socle/microcode|' "$top/iso/isolinux.cfg"
	else
		cat "$top/iso/isolinux.cfg"
	fi
}

# sizes: bytes of what a user downloads and of what it is made.
sizes() {
	for size_file in socle.iso root.squashfs initramfs.zst; do
		printf '%10d  %s\n' "$(stat -c %s "$build/$size_file")" "$size_file"
	done
	printf '%10d  kernel\n' "$(stat -c %s "$(recipe_output kernel)/bzImage")"
	hypervisor_sizes
	echo "Uncompressed, in the system image:"
	(cd "$build/image" && du -b -s lib/modules usr/share -- */ | sort -rn)
	echo "Programs:"
	(cd "$build/image" && find . -type f -perm /111 -size +20k -printf '%10s  %P\n' | sort -rn | head -n 40)
}
