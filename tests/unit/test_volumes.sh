#!/bin/sh
# The scripts that mount volumes, with a machine of files and programs that write
# down their words.
# usage: test_volumes.sh FOLDER SCRIPTS
# SPDX-License-Identifier: MIT

set -e
rm -rf "$1"
mkdir -p "$1/bin" "$1/lib"
top=$(cd "$1" && pwd)
for script in functions volumes; do
	sed "s|/lib/socle|$top/lib|g; s|/run/socle|$top/run|g; s|/sys/|$top/sys/|g
		s,/proc/\(mounts\|cmdline\),$top/\1,g; s|\([^a-z]\)/config|\1$top/config|g
		s|\([\" =^]\)/volumes|\1$top/volumes|g; s|^patience=.*|patience=0|" \
		"$2/$script" > "$top/lib/$script"
	chmod 755 "$top/lib/$script"
done
PATH=$top/bin:$PATH

fail() {
	echo "test_volumes.sh: $*" >&2
	exit 1
}

# program NAME: standard input is what it does.
program() {
	{
		printf '#!/bin/sh\n[ %s = conf ] || echo "%s $*" >> %s/calls\n' "${1##*/}" "${1##*/}" "$top"
		cat
	} > "$top/$1"
	chmod 755 "$top/$1"
}

# called TEXT: what was called since the last time.
called() {
	[ "$(cat "$top/calls" 2> /dev/null)" = "$1" ] || fail "called: $(cat "$top/calls"), not: $1"
	rm -f "$top/calls"
}

# device NAME [DISK]: a disk, or a partition of it.
device() {
	mkdir -p "$top/sys/devices/${2:+$2/}$1" "$top/sys/class/block"
	number=$((number + 1))
	echo "8:$number" > "$top/sys/devices/${2:+$2/}$1/dev"
	if [ -n "$2" ]; then
		echo 1 > "$top/sys/devices/$2/$1/partition"
		ln -s "../../devices/$2/$1" "$top/sys/class/block/$1"
	else
		ln -s "../../devices/$1" "$top/sys/class/block/$1"
	fi
}

begin() {
	cd "$top"
	rm -rf run sys volumes config mounts calls console
	mkdir -p run/volumes volumes/data config sys/class/tty/console sys/class/block \
		sys/module/md_mod/parameters
	: > console
	: > mounts
	number=0 # of the last device, and of what is mounted: 8:1
	echo "../$top/console" > sys/class/tty/console/active
	echo socle.disk=own > cmdline
	for each in mount umount modprobe mdadm chown sync; do program bin/$each < /dev/null; done
	echo '[ "$1" != -d ] || echo 8:1' | program bin/mountpoint
	program lib/host < /dev/null
	program bin/conf << 'END'
case $1 in
list) echo volume data ;;
get) echo 0e1f ;;
newest) echo "$3" ;;
esac
END
}

# in_script COMMANDS: with the script's functions.
in_script() {
	timeout 10 sh -c "set -- nothing; . $top/lib/volumes; $1"
}

# A copy is for what cannot be opened, and never for what a human is needed for.
test_whole() {
	begin
	program bin/e2fsck << 'END'
case $* in *-b*) exit 1 ;; esac
exit "$(cat status)"
END
	echo 4 > status
	! in_script 'whole /dev/sda1' || fail "status 4 is whole"
	called 'e2fsck -p /dev/sda1'
	echo 8 > status
	! in_script 'whole /dev/sda1' || fail "status 8 is whole"
	called 'e2fsck -p /dev/sda1
host storage copy /dev/sda1'
	echo 'echo -b 8193 -B 1024' | program lib/host
	in_script 'whole /dev/sda1' || fail "a copy does not help"
	called 'e2fsck -p /dev/sda1
host storage copy /dev/sda1
e2fsck -p -b 8193 -B 1024 /dev/sda1'
	echo 1 > status
	in_script 'whole /dev/sda1' || fail "what was mended is not whole"
	called 'e2fsck -p /dev/sda1'
}

# The boot medium is nvme0n1; nvme0n12 is none.
test_second_copy() {
	begin
	device nvme0n1
	device nvme0n1p1 nvme0n1
	device nvme0n12
	device nvme0n12p1 nvme0n12
	echo PARTUUID=own > sys/class/block/nvme0n1p1/uevent
	echo kept > config/socle.conf
	in_script 'second_copy data /dev/nvme0n1p1'
	[ ! -e volumes/data/.socle ] || fail "a copy beside the boot medium's"
	in_script 'second_copy data /dev/nvme0n12p1'
	[ "$(cat volumes/data/.socle/socle.conf)" = kept ] || fail "no copy on nvme0n12"
	# What somebody else has put there is not followed, nor waited for.
	mkdir elsewhere other
	chmod 755 elsewhere
	rm -r volumes/data/.socle
	ln -s "$top/elsewhere" volumes/data/.socle
	in_script 'second_copy data /dev/nvme0n12p1'
	[ -z "$(ls elsewhere)" ] && [ ! -L volumes/data/.socle ] || fail "a link is followed"
	rm volumes/data/.socle/socle.conf
	mkfifo volumes/data/.socle/socle.conf volumes/data/.socle/socle.conf.new
	chmod 777 volumes/data/.socle
	in_script 'second_copy data /dev/nvme0n12p1' || fail "a pipe is waited for"
	[ "$(cat volumes/data/.socle/socle.conf)" = kept ] || fail "no copy in place of a pipe"
	[ "$(stat -c %a volumes/data/.socle)" = 700 ] || fail "all may read the copy"
	rm volumes/data/.socle/socle.conf
	mkdir volumes/data/.socle/socle.conf
	in_script 'second_copy data /dev/nvme0n12p1'
	[ -f volumes/data/.socle/socle.conf ] || fail "no copy in place of a folder"
}

# A disk that does not answer: what others have is used, and nobody says that none has it.
test_silent() {
	begin
	device sda1
	: > sys/devices/sda1/uevent
	printf 'echo /dev/sda1\nexit 1\n' | program lib/host
	echo "echo /dev/sda1 $top/volumes/data ext4 rw 0 0 > $top/mounts" | program bin/mount
	in_script 'mount_one data 0e1f' || fail "it is not mounted"
	grep -q '^mount -t ext4 .* /dev/sda1 ' calls || fail "called: $(cat calls)"
	: > mounts
	echo 'exit 1' | program lib/host
	in_script 'mount_one data 0e1f; [ $? = 2 ]' || fail "it is no missing one"
	in_script tell
	grep -q 'Volume data: a disk does not answer, and no other has it' console ||
		fail "said: $(cat console)"
}

# A card that has come back is another device of the same name.
test_mounted() {
	begin
	device sda1
	: > sys/devices/sda1/uevent
	echo "/dev/sda1 $top/volumes/data ext4 rw 0 0" > mounts
	in_script 'is_mounted data' || fail "it is not mounted"
	! in_script 'is_mounted other' || fail "another is mounted"
	echo 8:17 > sys/class/block/sda1/dev
	! in_script 'is_mounted data' || fail "what is mounted is not there any more"
	rm calls
	echo 'echo /dev/sda1' | program lib/host
	in_script 'mount_one data 0e1f' || fail "it is not mounted anew"
	[ "$(grep -c '^umount -l ' calls)" = 1 ] || fail "called: $(cat calls)"
	rm -r sys/devices/sda1
	! in_script 'is_mounted data' || fail "its disk is gone"
}

# An array that has ended is forgotten: its name may be another's.
test_release() {
	begin
	device md126
	device md127
	mkdir sys/devices/md126/md sys/devices/md127/md
	echo '[ "$3" = /dev/md126 ]' | program bin/mdadm
	printf 'md127\nmd126\nmd125\nmd126\n' > run/volumes/.arrays
	lib/volumes release
	called 'mdadm --stop --quiet /dev/md126
mdadm --stop --quiet /dev/md127'
	[ "$(cat run/volumes/.arrays)" = md127 ] || fail "known: $(cat run/volumes/.arrays)"
	lib/volumes release
	called 'mdadm --stop --quiet /dev/md127'
}

# Labels that a terminal would obey; a mirror that lacks a disk.
test_said() {
	begin
	in_script 'failed data "$(printf "sda1: \033[2J\303\244")"' || true
	in_script tell
	[ "$(tr -d '\r' < console)" = 'socle: Volume data: sda1: ?[2J??' ] || fail "said: $(cat console)"
	: > console
	device md127
	mkdir sys/devices/md127/md
	echo "/dev/md127 $top/volumes/data ext4 rw 0 0" > mounts
	echo 0 > sys/devices/md127/md/degraded
	in_script tell
	[ ! -s console ] || fail "said: $(cat console)"
	echo 1 > sys/devices/md127/md/degraded
	in_script tell
	grep -q 'Volume data: its mirror lacks a disk' console || fail "said: $(cat console)"
}

# What comes while volumes are looked for is not lost.
test_begun() {
	begin
	echo "[ -e $top/run/volumes/.begun ] && echo begun >> $top/calls" | program lib/host
	timeout 10 lib/volumes || fail "the start does not end"
	grep -q begun calls || fail "what comes during the start is lost"
}

alive() {
	count=0
	for process; do ! kill -0 "$process" 2> /dev/null || count=$((count + 1)); done
	echo $count
}

# One looks, one waits; a change that has the lock lends it.
test_locks() {
	begin
	: > run/volumes/.begun
	device sda1
	(umask 077 && : > run/volumes.lock)
	exec 9> run/volumes.lock
	flock 9
	timeout 5 lib/volumes release || fail "a lock that is lent is waited for"
	! timeout 1 lib/volumes release 9>&- || fail "a lock that is not lent is not waited for"
	processes=
	for _ in 1 2 3 4; do
		timeout 20 lib/volumes late 9>&- &
		processes="$processes $!"
		sleep 0.3
	done
	# shellcheck disable=SC2086
	[ "$(alive $processes)" = 2 ] || fail "$(alive $processes) wait"
	[ -z "$(find run -type f -name 'volumes.*' -perm /077)" ] || fail "anybody may lock"
	echo "/dev/sda1 $top/volumes/data ext4 rw 0 0" > mounts
	exec 9>&-
	wait
}

for part in whole second_copy silent mounted release said begun locks; do test_$part; done
