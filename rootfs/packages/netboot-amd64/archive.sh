# An archive to install from, and what the installer's initial RAM disk lacks.
# SPDX-License-Identifier: MIT
#
# Of the recipe: $installer, $tools, $system. The installer's own packages (udebs) do
# not all stand in Debian's archive for as long as its images do; so what partitions
# and unpacks is taken from packages that do.

# archive SUITE ARCHITECTURE KERNEL: OUT/linux and OUT/initrd.gz, the installer, whose
# kernel that is; OUT/mirror, with the system's packages, their names,
# its suite's, and tools.tar.gz.
archive() {
	mkdir -p "$OUT/mirror/pool" installer tools
	dpkg-deb -x "$SRC/$installer.deb" installer
	archive_images installer/usr/lib/debian-installer/images/*"/$2/text/debian-installer/$2"
	for package in $system; do
		cp "$SRC/${package%%:*}.deb" "$OUT/mirror/pool/"
		echo "${package%%:*}"
	done > "$OUT/mirror/packages"
	archive_index "$1" "$2"
	archive_tools "$3"
	for package in $binary; do
		mkdir -p "$OUT/licence/${package%%:*}"
		echo "License: $licence" > "$OUT/licence/${package%%:*}/copyright"
	done
}

archive_images() {
	cp "$1/linux" "$1/initrd.gz" "$OUT/"
}

# archive_index SUITE ARCHITECTURE
archive_index() {
	(
		cd "$OUT/mirror"
		index=main/binary-$2/Packages
		mkdir -p "dists/$1/${index%/*}"
		dpkg-scanpackages -m pool > "dists/$1/$index" 2> /dev/null
		echo "$1" > suite
		cd "dists/$1"
		cat > Release <<-RELEASE
		Suite: $1
		Codename: $1
		Architectures: $2
		Components: main
		SHA256:
		 $(sha256sum < "$index" | cut -d ' ' -f 1) $(wc -c < "$index") $index
		RELEASE
	)
}

# archive_tools KERNEL: programs with the libraries that the initial RAM disk has
# not, and drivers for disks.
archive_tools() {
	for package in debootstrap fdisk e2fsprogs libcom-err2 libfdisk1 libsmartcols1 \
		perl-base $(cd "$SRC" && echo libext2fs2*.deb libss2*.deb); do
		dpkg-deb -x "$SRC/${package%.deb}.deb" all
	done
	mkdir -p tools/usr/sbin tools/usr/lib tools/usr/share tools/usr/bin tools/etc
	cp all/etc/mke2fs.conf tools/etc/
	find all -path '*/sbin/*' \( -name sfdisk -o -name mke2fs -o -name debootstrap \) \
		-exec cp {} tools/usr/sbin/ \;
	cp all/usr/bin/perl tools/usr/bin/
	cp -r all/usr/share/debootstrap tools/usr/share/
	find all -name 'lib*.so.*' -exec cp -a {} tools/usr/lib/ \;
	archive_modules "$1"
	tar -C tools --sort=name --owner=0 --group=0 --numeric-owner \
		--mtime="@$SOURCE_DATE_EPOCH" -c . | gzip -n > "$OUT/mirror/tools.tar.gz"
}

# archive_modules KERNEL: with their order as it is loaded.
archive_modules() {
	dpkg-deb -x "$SRC/linux-image-$1.deb" kernel
	[ -e kernel/lib ] || ln -s usr/lib kernel/lib
	depmod -b kernel "$1"
	mkdir -p tools/usr/lib/drivers
	for module in hv_storvsc sd_mod ata_piix crc32c_generic ext4; do
		modprobe -d kernel -S "$1" -D "$module"
	done | sed -n 's|^insmod \([^ ]*\).*|\1|p' | awk '!seen[$0]++' |
		while read -r module; do
			case $module in
			*.xz) xz -dc "$module" > "tools/usr/lib/drivers/$(basename "$module" .xz)" ;;
			*) cp "$module" tools/usr/lib/drivers/ ;;
			esac
			basename "$module" .xz
		done > tools/usr/lib/drivers/order
}
