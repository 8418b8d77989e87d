#!/bin/sh
# The initial RAM disks of a guest with Debian's kernel whose init is wire, on
# Hyper-V's and on virtio's NICs, and of a host with the same kernel, KVM and QEMU.
# usage: images.sh WIRE PACKAGE KERNEL GEN_INIT_CPIO FOLDER
#   PACKAGE is what the kernel's package unpacks to; FOLDER gets wire.cpio, host.cpio
# SPDX-License-Identifier: MIT
set -eu
wire=$1 package=$2 kernel=$3 gen=$4 folder=$5

work=$folder.work
mkdir -p "$work" "$folder"
[ -d "$package/lib" ] || ln -s usr/lib "$package/lib"
release=$(ls "$package/lib/modules")

# modules NAME WANTED...: lines of a list for the modules, in the order in which
# they are loaded.
modules() {
	modules_of=$1
	shift
	for module; do
		modprobe -d "$package" -S "$release" -D "$module"
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' > "$work/$modules_of.paths"
	: > "$work/$modules_of.order"
	echo "dir /modules 755 0 0"
	while read -r path; do
		file=$(basename "${path%.xz}")
		[ -f "$work/$file" ] || case $path in
		*.xz) xz -dc "$path" > "$work/$file" ;;
		*) cp "$path" "$work/$file" ;;
		esac
		echo "/modules/$file" >> "$work/$modules_of.order"
		echo "file /modules/$file $work/$file 644 0 0"
	done < "$work/$modules_of.paths"
	echo "file /modules/list $work/$modules_of.order 644 0 0"
}

base() {
	for name in proc sys dev tmp; do echo "dir /$name 755 0 0"; done
	echo "nod /dev/console 600 0 0 c 5 1"
	echo "file /init $wire 755 0 0"
}

# program FILE PATH: with its libraries, where it looks for them.
program() {
	echo "file $2 $1 755 0 0"
	ldd "$1" | awk '{ for (i = 1; i <= NF; i++) if ($i ~ /^\//) { print $i; break } }' |
	while read -r library; do
		echo "file $library $(readlink -f "$library") 755 0 0"
	done
}

# parents: the folders of a list's files before it.
parents() {
	awk '{ n = split($2, part, "/"); path = ""
		for (i = 2; i < n; i++) {
			path = path "/" part[i]
			if (!seen[path]++ && $1 == "file") print "dir " path " 755 0 0"
		} }' "$1"
	cat "$1"
}

make_guest() {
	{ base
	modules guest hv_vmbus hv_netvsc virtio_pci virtio_net; } > "$work/guest.list"
	"$gen" "$work/guest.list" > "$folder/wire.cpio"
}

make_host() {
	program "$(command -v qemu-system-x86_64)" /qemu > "$work/qemu.list"
	for file in bios-256k.bin kvmvapic.bin linuxboot_dma.bin; do
		for where in /usr/share/qemu /usr/share/seabios; do
			[ ! -f "$where/$file" ] || echo "file /bios/$file $where/$file 644 0 0"
		done | head -n 1
	done >> "$work/qemu.list"
	{ base
	modules host kvm_amd tun bridge vhost_net
	parents "$work/qemu.list"
	echo "file /debian $kernel 644 0 0"
	echo "file /guest.cpio $folder/wire.cpio 644 0 0"; } > "$work/host.list"
	"$gen" "$work/host.list" > "$folder/host.cpio"
}

depmod -b "$package" "$release"
make_guest
make_host
