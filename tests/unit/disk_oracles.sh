#!/bin/sh
# Other programs' view of our images, and ours of theirs: qemu-img, libvhdi.
# usage: disk_oracles.sh PROGRAM FOLDER [SEED]   (PROGRAM: the disk command;
# FOLDER is emptied. Needs qemu-utils, libvhdi-utils, python3-libvhdi.)
# SPDX-License-Identifier: MIT
set -eu

disk=$(realpath "$1")
folder=$2
seed=${3:-$(date +%s)}
here=$(cd "$(dirname "$0")" && pwd -P)

fail() {
	echo "disk_oracles.sh: $*" >&2
	exit 1
}

for tool in qemu-img qemu-io vhdiinfo; do
	command -v "$tool" > /dev/null || fail "$tool is missing"
done
/usr/bin/python3 -c 'import pyvhdi' || fail "python3-libvhdi is missing"

# quiet COMMAND...: with its output when it fails.
quiet() {
	"$@" > output 2>&1 || {
		cat output >&2
		fail "failed: $*"
	}
}

# refused COMMAND...: it must not go well.
refused() {
	! "$@" > output 2>&1 || fail "went well: $*"
}

# says TEXT COMMAND...: it is refused with that.
says() {
	text=$1
	shift
	refused "$@"
	grep -q "$text" output || {
		cat output >&2
		fail "did not say \"$text\": $*"
	}
}

# same RAW IMAGE FORMAT: for qemu-img, for libvhdi, and for our own reading.
same() {
	quiet qemu-img compare -f raw -F "$3" "$1" "$2"
	case $2 in
	*.raw) ;;
	*)
		quiet vhdiinfo "$2"
		quiet /usr/bin/python3 "$here/vhdi_compare.py" "$1" "$2"
		quiet "$disk" check "$2"
		;;
	esac
	rm -f back.raw
	quiet "$disk" convert "$2" back.raw
	quiet cmp "$1" back.raw
}

# good IMAGE: nothing is wrong with a VHDX.
good() {
	quiet qemu-img check -f vhdx "$1"
	quiet "$disk" check "$1"
}

# size_of IMAGE FORMAT
size_of() {
	qemu-img info -f "$2" --output=json "$1" |
		/usr/bin/python3 -c 'import json, sys
print(json.load(sys.stdin)["virtual-size"])'
}

# random FIRST LAST
random() {
	seed=$(((seed * 1103515245 + 12345) % 2147483648))
	echo $((seed / 65536 % ($2 - $1 + 1) + $1))
}

# scatter RAW MEGABYTES: pieces of something at any places.
scatter() {
	rm -f "$1"
	truncate -s "$2M" "$1"
	for piece in 1 2 3 4 5 6 7 8; do
		head -c "$(random 512 300000)" /dev/urandom |
			dd of="$1" bs=512 conv=notrunc status=none \
				seek="$(random 0 $(($2 * 2048 - 600)))"
	done
}

# written IMAGE RAW: the same by qemu-io into both.
written() {
	for piece in 1 2 3 4; do
		at=$(random 0 60)M
		quiet qemu-io -f vhdx -c "write -P $piece $at 1M" "$1"
		quiet qemu-io -f raw -c "write -P $piece $at 1M" "$2"
	done
}

rm -rf "$folder"
mkdir -p "$folder"
cd "$folder"
echo "disk_oracles.sh: seed $seed"
scatter source.raw 70

# Ours, of every kind, to them.
for kind in "" "--block 1M" "--block 256M" "--fixed" "--fixed --block 2M"; do
	rm -f ours.vhdx
	# shellcheck disable=SC2086
	quiet "$disk" convert source.raw ours.vhdx $kind
	good ours.vhdx
	same source.raw ours.vhdx vhdx
	# They write into it, then we look.
	cp source.raw changed.raw
	written ours.vhdx changed.raw
	good ours.vhdx
	same changed.raw ours.vhdx vhdx
done

# Theirs to us: and a sector more than whole blocks.
truncate -s +512 source.raw
for kind in subformat=dynamic subformat=dynamic,block_size=1M \
	subformat=fixed subformat=dynamic,block_size=256M,log_size=4M \
	subformat=fixed,block_size=8M; do
	rm -f theirs.vhdx
	quiet qemu-img convert -f raw -O vhdx -o "$kind" source.raw theirs.vhdx
	good theirs.vhdx
	same source.raw theirs.vhdx vhdx
	quiet "$disk" resize theirs.vhdx 100M
	good theirs.vhdx
	[ "$(size_of theirs.vhdx vhdx)" = 104857600 ] || fail "size: $kind"
	cp source.raw grown.raw
	truncate -s 100M grown.raw
	written theirs.vhdx grown.raw
	good theirs.vhdx
	same grown.raw theirs.vhdx vhdx
done

# A BAT that moves.
rm -f large.vhdx
quiet "$disk" create large.vhdx 100G --block 1M
quiet qemu-io -f vhdx -c "write -P 1 99G 1M" large.vhdx
quiet "$disk" resize large.vhdx 1T
quiet "$disk" resize large.vhdx 64T
good large.vhdx
[ "$(size_of large.vhdx vhdx)" = 70368744177664 ] || fail "size of 64 TB"
quiet qemu-io -f vhdx -c "write -P 2 60T 1M" -c "read -P 1 99G 1M" large.vhdx
good large.vhdx

# VHD, which we read only.
truncate -s 70M source.raw
for kind in dynamic fixed; do
	rm -f theirs.vhd ours.vhdx
	quiet qemu-img convert -f raw -O vpc \
		-o "subformat=$kind,force_size=on" source.raw theirs.vhd
	same source.raw theirs.vhd vpc
	quiet "$disk" convert theirs.vhd ours.vhdx
	good ours.vhdx
	same source.raw ours.vhdx vhdx
	refused "$disk" resize theirs.vhd 100M
done

# Who writes was killed: the log must be written back before anything is read. The
# signal comes when the file gets longer than it may be (60 or 120 MB).
head -c 150M /dev/zero | tr "\\0" x > full.raw
(ulimit -f 122880 && exec "$disk" convert full.raw left.vhdx --block 1M) \
	> output 2>&1 || true
mv left.vhdx.new left.vhdx
cp left.vhdx before.vhdx
cp left.vhdx theirs.vhdx
quiet qemu-img check -r all -f vhdx theirs.vhdx
rm -f left.raw full.raw
quiet qemu-img convert -f vhdx -O raw theirs.vhdx left.raw
says "check --repair" "$disk" info left.vhdx
says "check --repair" "$disk" convert left.vhdx nothing.raw
says "wrong option: --repair" "$disk" info left.vhdx --repair
quiet "$disk" check left.vhdx
grep -q "check --repair" output || fail "check did not say how it is mended"
quiet cmp left.vhdx before.vhdx
exec 9< left.vhdx
flock -s 9
says "is in use" "$disk" check --repair left.vhdx
exec 9<&-
quiet "$disk" check --repair left.vhdx
grep -q "has been written back" output || fail "did not say what it did"
good left.vhdx
same left.raw left.vhdx vhdx
# There is nothing to mend any more, and nothing is written.
cp left.vhdx before.vhdx
quiet "$disk" check left.vhdx --repair
grep -q ": good$" output || fail "it mended again"
quiet cmp left.vhdx before.vhdx
# What is damaged is not mended: the BAT's region is nowhere.
cp left.vhdx damaged.vhdx
dd if=/dev/zero of=damaged.vhdx bs=64K seek=3 count=2 conv=notrunc status=none
cp damaged.vhdx before.vhdx
status=0
"$disk" check --repair damaged.vhdx > output 2>&1 || status=$?
[ "$status" = 1 ] || fail "status $status of a damaged image"
quiet cmp damaged.vhdx before.vhdx

# What is named by something else, is there already, or is a chain.
refused "$disk" create ours.vhdx 1G
refused "$disk" create nothing.vhd 1G
refused "$disk" create nothing.bin 1G
refused "$disk" create nothing.vhdx 1000
refused "$disk" create nothing.vhdx 65T
refused "$disk" info source.raw --format vhdx
refused "$disk" check source.raw --format vhd
refused "$disk" info /dev/null --format raw
says "wrong option: --bogus" "$disk" info ours.vhdx --bogus
says "wrong option: --block" "$disk" create nothing.vhdx 1G --block 0
says "only get larger" "$disk" resize ours.vhdx 1M
says "64 TB" "$disk" resize ours.vhdx 65T
says "64 TB" "$disk" resize ours.vhdx 99999999
good ours.vhdx
mkfifo fifo.raw
refused "$disk" info fifo.raw
[ ! -e nothing.vhdx ] && [ ! -e nothing.vhdx.new ] || fail "something is left"
# A part of a sector is not lost unseen.
cp source.raw odd.raw
truncate -s +100 odd.raw
says "last 100 bytes" "$disk" convert odd.raw nothing.vhdx
says "last 100 bytes" "$disk" check odd.raw
[ ! -e nothing.vhdx ] || fail "something is left"
# All of a fixed image has space, or nothing of it: this file system says so
# before it has given all that it has.
memory=$(mktemp -d /dev/shm/disk_oracles.XXXXXX)
quiet "$disk" create "$memory/fixed.vhdx" 8M --fixed --block 1M
says "No space left" "$disk" resize "$memory/fixed.vhdx" 60T
says "No space left" "$disk" create "$memory/other.vhdx" 60T --fixed
[ "$(size_of "$memory/fixed.vhdx" vhdx)" = 8388608 ] || fail "it has grown"
good "$memory/fixed.vhdx"
quiet "$disk" resize "$memory/fixed.vhdx" 9M
[ "$(($(stat -c "%b" "$memory/fixed.vhdx") * 512))" = \
	"$(stat -c %s "$memory/fixed.vhdx")" ] || fail "it has holes"
[ "$(ls "$memory")" = fixed.vhdx ] || fail "something is left"
rm -r "$memory"
cp ours.vhdx disguise.raw
[ "$("$disk" info disguise.raw | sed -n 's/^bytes: //p')" = \
	"$(stat -c %s disguise.raw)" ] || fail "the format was found out"
cd ..
rm -rf "$folder"
echo "disk_oracles.sh: good"
