# A VM with stock Debian on a VHDX, and what is done to its disks.
# SPDX-License-Identifier: MIT
#
# In the parent: /run/vsp is the volume with the guest's image, /tmp/vm/VM what the
# guest says on its serial port, whose shell vsp_guest speaks to.

vsp_lib=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
load "$vsp_lib/child"

# vsp_disk ARGUMENT...: the command 'disk' of the system image; it is static, so
# it runs here, too.
vsp_disk() {
	"$BATS_FILE_TMPDIR/image/sbin/disk" "$@"
}

# vsp_put IMAGE FOLDER MODE FILE...: files into a folder of an ext4 image; no root
# rights are needed for that.
vsp_put() {
	local to=$1 folder=$2 mode=$3 file
	shift 3
	for file; do
		printf 'rm %s/%s\nwrite %s %s/%s\nsif %s/%s mode 0100%s\n' \
			"$folder" "${file##*/}" "$file" "$folder" "${file##*/}" \
			"$folder" "${file##*/}" "$mode"
		printf 'sif %s/%s uid 0\nsif %s/%s gid 0\n' \
			"$folder" "${file##*/}" "$folder" "${file##*/}"
	done | debugfs -w -f - "$to" > "$BATS_FILE_TMPDIR/debugfs.log" 2>&1
}

# vsp_keys FOLDER: of the guest's SSH server, and to log in there.
vsp_keys() {
	ssh-keygen -q -t ed25519 -N '' -C guest -f "$1/ssh_host_ed25519_key" &&
		ssh-keygen -q -t ed25519 -N '' -C test -f "$1/id_ed25519" &&
		cp "$1/id_ed25519.pub" "$1/authorized_keys"
}

# vsp_root FILE: the guest's root, with keys, our scripts, and programs.
vsp_tools=()
vsp_root() {
	local keys=$BATS_FILE_TMPDIR/keys
	mkdir -p "$keys" && vsp_keys "$keys" &&
		cp --sparse=always "${SOCLE_TEST_DEBIAN:?is not set: use ./build.sh test}/root.ext4" "$1" &&
		chmod u+w "$1" &&
		vsp_put "$1" /etc/ssh 600 "$keys/ssh_host_ed25519_key" &&
		vsp_put "$1" /root/.ssh 600 "$keys/authorized_keys" "$keys/id_ed25519" &&
		vsp_put "$1" /root 755 "$vsp_lib"/guest/* "${vsp_tools[@]}"
}

# vsp_iso FILE LABEL: a disc with one file.
vsp_iso() {
	local folder=$BATS_FILE_TMPDIR/$2
	mkdir -p "$folder" && echo "this is $2" > "$folder/label" &&
		head -c 3000000 /dev/zero | openssl enc -aes-128-ctr -nosalt -pass "pass:$2" \
			-out "$folder/data" 2> /dev/null &&
		xorriso -as mkisofs -quiet -R -V "$2" -o "$1" "$folder" 2> /dev/null
}

vsp_volume_file() {
	echo "$BATS_FILE_TMPDIR/vsp.ext4"
}

# vsp_volume: the parent's disk, of which the file is vsp_volume_file, with all that the
# guest needs, and $vsp_files.
vsp_files=()
vsp_volume() {
	local folder=$BATS_FILE_TMPDIR/vsp root=$BATS_FILE_TMPDIR/root.raw
	[ ! -f "$(vsp_volume_file)" ] || return 0
	requires debugfs mkfs.ext4 e2fsck qemu-img xorriso ssh-keygen openssl || return
	iso_unpack && mkdir -p "$folder" && vsp_root "$root" &&
		vsp_disk convert "$root" "$folder/debian.vhdx" &&
		cp --sparse=always "$folder/debian.vhdx" "$folder/kills.vhdx" &&
		cp "$SOCLE_TEST_DEBIAN/kernel" "$SOCLE_TEST_DEBIAN/initrd" "${vsp_files[@]}" "$folder/" &&
		vsp_iso "$folder/one.iso" one && vsp_iso "$folder/two.iso" two &&
		mkfs.ext4 -q -m 0 -E lazy_itable_init=1,nodiscard -d "$folder" \
			"$(vsp_volume_file)" 8G &&
		rm -r "$folder" "$root"
}

# vsp_start NAME CPUS MEMORY [QEMU OPTION...]: a parent with that disk.
vsp_start() {
	local name=$1 cpus=$2 memory=$3
	shift 3
	vsp_volume && child_start "$name" "$cpus" "$memory" \
		-drive "file=$(vsp_volume_file),format=raw,if=none,id=vsp,discard=unmap" \
		-device virtio-blk-pci,drive=vsp,serial=vsp "$@"
}

# vsp_ready NAME SECONDS: it runs, the volume is at /run/vsp. VMs run on.
vsp_ready() {
	machine_ssh_wait "$1" "$2" || return
	machine_ssh "$1" 'set -e
		mkdir -p /run/vsp /run/guests /tmp/vm
		mount_serial() {
			! grep -q " $2 " /proc/mounts || return 0
			for disk in /sys/block/vd*; do
				[ "$(cat $disk/serial)" = $1 ] || continue
				mount -o $3 /dev/${disk##*/} $2
			done
			grep -q " $2 " /proc/mounts
		}
		mount_serial guests /run/guests ro
		mount_serial vsp /run/vsp rw
		cat > /tmp/vm/ask' < "$vsp_lib/ask.sh"
}

# vsp_vm NAME VM WORDS [OPTION...]: Debian's kernel in the background, with WORDS
# besides on its command line. Its serial port's input is the pipe /tmp/vm/VM.in.
vsp_vm() {
	local name=$1 vm=$2 words=$3
	shift 3
	machine_ssh "$name" "cd /tmp/vm && rm -f $vm $vm.* && mkfifo $vm.in || exit 1
		{ exec 8<> $vm.in
		/usr/lib/vmwp --name $vm --kernel /run/vsp/kernel --initrd /run/vsp/initrd \
			--cmdline 'root=LABEL=debian rootflags=discard console=ttyS0 quiet $vm_quick panic=-1 $words' \
			--control /tmp/vm/$vm.control --serial - $vm_reset $* \
			< $vm.in > $vm 2>&1 &
		echo \$! > $vm.pid; wait \$!; echo \$? > $vm.status; } > /dev/null 2>&1 &"
}

# vsp_debian NAME: the VM 'debian', unless it runs already: logged in.
vsp_debian() {
	vsp_ready "$1" 120 || return
	! machine_ssh "$1" 'kill -0 $(cat /tmp/vm/debian.pid) && [ -f /tmp/vm/debian.ready ]' \
		2> /dev/null || return 0
	vsp_vm "$1" debian "" --memory 768M --processors 2 \
		--scsi-disk "0:vhdx:/run/vsp/debian.vhdx" --dvd 1: || return
	vsp_login "$1" debian 600
}

# vsp_login NAME VM SECONDS: its root shell, which from then on echoes nothing.
vsp_login() {
	vm_wait "$1" "$2" 'root@debian:~#' "$3" || return
	machine_ssh "$1" "cd /tmp/vm && printf \"stty -echo; PS1= PS2= exec bash --noediting --norc\n\" > $2.in
		sleep 2; : > $2.ready" || return
	expect_equal "$(vsp_guest "$1" "$2" 60 'echo $((6 * 7))')" 42 "the guest's shell"
}

# vsp_guest NAME VM SECONDS COMMANDS: in the guest's shell; what they say and their
# status are this function's.
vsp_guest() {
	MACHINE_SSH_SECONDS=$(($3 + 20)) machine_ssh "$1" "sh /tmp/vm/ask $2 $(($3 * machine_patience))" <<< "$4"
}

# vsp_expect NAME VM SECONDS COMMANDS: as vsp_guest; a failure shows what they said.
# What works is given a minute at least: the machine may have others beside it.
vsp_expect() {
	local said seconds=$(($3 < 60 ? 60 : $3))
	said=$(vsp_guest "$1" "$2" "$seconds" "$4") || {
		printf 'in the guest: %s\n%s\n' "$4" "$said" >&2
		return 1
	}
	echo "$said"
}

# vsp_off NAME VM: powers off.
vsp_off() {
	machine_ssh "$1" "echo 'systemctl poweroff' > /tmp/vm/$2.in" || return
	vm_wait_end "$1" "$2" 0 90
}

# vsp_wait_guest NAME VM SECONDS CONDITION: until it is true in the guest.
vsp_wait_guest() {
	vsp_expect "$1" "$2" "$(($3 + 10))" "for i in \$(seq $(($3 * machine_patience))); do
		! { $4; } > /dev/null 2>&1 || exit 0
		sleep 1
		done
		exit 1"
}

# vsp_bytes NAME FILE: that it takes of its volume.
vsp_bytes() {
	machine_ssh "$1" "echo \$((\$(stat -c %b '$2') * 512))"
}

# vsp_check NAME FILE: nothing is wrong with the image, in the parent.
vsp_check() {
	MACHINE_SSH_SECONDS=120 machine_ssh "$1" "disk check '$2'" || {
		echo "$2 is damaged" >&2
		return 1
	}
}

### Workers that are killed

# vsp_writer NAME: a VM that writes into /run/vsp/kills.vhdx as soon as it can.
vsp_writer() {
	vsp_ready "$1" 120 || return
	vsp_vm "$1" kills "rw init=/root/writer" --memory 512M --processors 2 \
		--scsi-disk "0:vhdx:/run/vsp/kills.vhdx"
}

# vsp_kill NAME ROUND: at a random moment of its writing; $vsp_saved: which files it
# had said were safe, so far.
vsp_kill() {
	local moment=$((RANDOM % 6000))
	vsp_writer "$1" && vm_wait "$1" kills '^saved' 300 || return
	machine_ssh "$1" "usleep ${moment}000; kill -KILL \$(cat /tmp/vm/kills.pid)" &&
		vm_wait_end "$1" kills 137 20 || return
	vsp_saved+=" $(vm_log "$1" kills | sed -n 's/^saved \([0-9]*\)$/\1/p')"
	echo "# round $2: killed after $moment ms, $(wc -w <<< "$vsp_saved") files are safe" >&3
}

# vsp_take NAME FILE TO: a file of the volume, for which the parent lets it go.
vsp_take() {
	machine_ssh "$1" 'umount /run/vsp' &&
		debugfs -R "dump /$2 $3" "$(vsp_volume_file)" 2> /dev/null && [ -s "$3" ] &&
		vsp_ready "$1" 30
}

# vsp_whole NAME: the image and its file system are in order, and all that was said
# to be safe is there.
vsp_whole() {
	local file=$BATS_TEST_TMPDIR/kills.vhdx raw=$BATS_TEST_TMPDIR/kills.raw said status=0
	# Its log is written back; nothing is read before that.
	vsp_take "$1" kills.vhdx "$file" && vsp_disk check --repair "$file" &&
		qemu-img check -q -f vhdx "$file" &&
		vsp_disk convert "$file" "$raw" && rm "$file" || return
	# The journal, files that nobody has a name for, and sums that Linux itself
	# does not believe after that: all else ends it with 4.
	said=$(e2fsck -fp "$raw" 2>&1) || status=$?
	expect_at_most "$status" 1 "status of e2fsck: $said" || return
	e2fsck -fn "$raw" > /dev/null 2>&1 || return
	vsp_compare "$raw"
}

# vsp_compare RAW: the files that are safe.
vsp_compare() {
	local folder=$BATS_TEST_TMPDIR/saved number wrong=
	mkdir -p "$folder" && debugfs -R "rdump /root/saved $folder" "$1" 2> /dev/null || return
	for number in $vsp_saved; do
		yes "$number" | head -c $((number * 7919 % 300000 + 1)) |
			cmp -s - "$folder/saved/$number" || wrong+=" $number"
	done
	rm -r "$folder" "$1"
	expect_empty "$wrong" "files that were safe, and are not as they were"
}

# vsp_kills NAME ROUNDS
vsp_kills() {
	local round
	vsp_saved=
	echo "# seed ${VSP_SEED:=$RANDOM}" >&3
	RANDOM=$VSP_SEED
	# Ends what others have left.
	child_ready "$1" 120 || return
	for round in $(seq "$2"); do
		vsp_kill "$1" "$round" && vsp_whole "$1" || return
	done
	expect_at_most $(($2 * 2)) "$(wc -w <<< "$vsp_saved")" "files"
}

### Hostile guests

# Rows, their processors, and operations for each of theirs: one of N27 is some 20
# requests. Each has a disk of its own, dynamic.
vsp_rows=("n20 1 1 n25 1 1" "n26 1 1 n27 4 10")

# vsp_hostile NAME OPERATIONS SECONDS: all rows.
vsp_hostile() {
	local group row i seed=${HOSTILE_SEED:-$RANDOM} lines
	child_ready "$1" 120 && vsp_ready "$1" 120 || return
	lines=$(hostile_log_lines "$1")
	for group in "${vsp_rows[@]}"; do
		# shellcheck disable=SC2206
		row=($group)
		for ((i = 0; i < ${#row[@]}; i += 3)); do
			machine_ssh "$1" "rm -f /run/vsp/${row[i]}.vhdx &&
				disk create /run/vsp/${row[i]}.vhdx 16G" || return
			vm_start "$1" "${row[i]}" hostile "${row[i]} $seed $(($2 / row[i + 2]))" \
				--memory 64M --processors "${row[i + 1]}" \
				--scsi-disk "0:vhdx:/run/vsp/${row[i]}.vhdx" || return
		done
		for ((i = 0; i < ${#row[@]}; i += 3)); do
			hostile_ended "$1" "${row[i]}" $(($2 / row[i + 2])) "$3" || return
			vsp_check "$1" "/run/vsp/${row[i]}.vhdx" || return
			machine_ssh "$1" "rm /run/vsp/${row[i]}.vhdx" || return
		done
	done
	expect_at_most $(($(hostile_log_lines "$1") - lines)) 60 "lines in the logs"
}

# vsp_wait_control NAME VM COMMAND REGEX SECONDS: until its answer has such a line.
vsp_wait_control() {
	local end=$((SECONDS + $5)) said
	until said=$(vm_control "$1" "$2" "$3") && grep -qE "$4" <<< "$said"; do
		[ "$SECONDS" -le "$end" ] || {
			printf "no '%s' from '%s' in %s s:\n%s\n" "$4" "$3" "$5" "$said" >&2
			return 1
		}
		sleep 0.5
	done
}
