# Disk images with settings, made without root rights and without mounting.
# SPDX-License-Identifier: MIT

# volume_file: the path of a new empty file.
volume_file() {
	mktemp "${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}/volume.XXXXXX"
}

# volume_folder FILE: prints a new folder that holds FILE as socle.conf (and
# nothing when FILE is empty).
volume_folder() {
	local folder
	folder=$(mktemp -d "${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}/folder.XXXXXX") || return
	[ -z "$1" ] || cp "$1" "$folder/socle.conf" || return
	chmod 755 "$folder"
	echo "$folder"
}

# make_conf_volume vfat|ext4|iso LABEL FILE: prints the path of a whole-disk
# image with this label that holds FILE as socle.conf; FILE "" means none.
make_conf_volume() {
	local image folder
	image=$(volume_file) && folder=$(volume_folder "$3") || return
	case $1 in
	vfat)
		truncate -s 4M "$image" &&
			mkfs.vfat -n "$2" "$image" > /dev/null || return
		[ -z "$3" ] || mcopy -i "$image" "$3" ::socle.conf || return ;;
	ext4)
		mke2fs -q -F -t ext4 -L "$2" -d "$folder" "$image" 8M || return ;;
	iso)
		xorriso -as mkisofs -quiet -V "$2" -R -o "$image" "$folder" \
			2> /dev/null || return ;;
	*)
		echo "make_conf_volume: no type '$1'" >&2
		return 1 ;;
	esac
	echo "$image"
}

# make_config_disk [FILE] [disk|partition]: a host's own config volume, empty
# or with FILE as socle.conf, as a whole disk or in its first partition.
make_config_disk() {
	local image folder offset=0
	image=$(volume_file) && folder=$(volume_folder "${1:-}") || return
	truncate -s 17M "$image" || return
	[ "${2:-disk}" = disk ] || offset=1048576
	mke2fs -q -F -t ext4 -L socle-config -d "$folder" \
		-E "offset=$offset,root_owner=0:0" "$image" 16384k || return
	[ "$offset" = 0 ] || volume_partition "$image" 2048 32768 || return
	echo "$image"
}

# volume_partition IMAGE START SECTORS: a partition table with one entry.
volume_partition() {
	{
		printf '\0\376\377\377\203\376\377\377'
		volume_number "$2"
		volume_number "$3"
	} | dd of="$1" bs=1 seek=446 conv=notrunc status=none &&
		printf '\125\252' | dd of="$1" bs=1 seek=510 conv=notrunc status=none
}

# volume_number N: four bytes, lowest first.
volume_number() {
	local i
	for i in 0 8 16 24; do
		# shellcheck disable=SC2059
		printf "\\$(printf %03o $(($1 >> i & 255)))"
	done
}
