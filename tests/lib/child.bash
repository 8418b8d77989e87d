# A parent with VMs: their kernels on a disk, vmwp over SSH.
# SPDX-License-Identifier: MIT

child_lib=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
load "$child_lib/root"

child_kernels="bookworm trixie backports i386"

# child_guests: the disk $child_disk with the stock kernels and our own guests.
child_guests() {
	local folder=$BATS_FILE_TMPDIR/guests tool kernel
	child_disk=$BATS_FILE_TMPDIR/guests.iso
	[ ! -f "$child_disk" ] || return 0
	requires xorriso gcc || return
	mkdir -p "$folder"
	for kernel in $child_kernels; do
		cp "${SOCLE_TEST_GUESTS:?is not set: use ./build.sh test}/$kernel" "$folder/" || return
	done
	for tool in "$SOCLE_CACHE"/built/kernel-*/tools/gen_init_cpio; do
		[ ! -x "$tool" ] || break
	done
	make -s -C "$SOCLE_TOP/tests/guest/init" BUILD="$folder" GEN_INIT_CPIO="$tool" \
		MODULES="$SOCLE_TEST_GUESTS/modules" &&
		make -s -C "$SOCLE_TOP/tests/guest/tiny" BUILD="$folder" &&
		make -s -C "$SOCLE_TOP/tests/guest/hostile" BUILD="$folder" &&
		make -s -C "$SOCLE_TOP/tests/guest/control" BUILD="$folder" &&
		xorriso -as mkisofs -quiet -R -V GUESTS -o "$child_disk" "$folder" \
			> "$BATS_FILE_TMPDIR/guests.log" 2>&1
}

# child_start NAME CPUS MEMORY [QEMU OPTION...]: a parent with that disk.
child_start() {
	local name=$1 cpus=$2 memory=$3
	shift 3
	child_guests || return
	root_start "$name" "$cpus" "$memory" \
		-drive "file=$child_disk,format=raw,readonly=on,if=none,id=guests" \
		-device virtio-blk-pci,drive=guests,serial=guests "$@"
}

# child_ready NAME SECONDS: it runs, the disk is at /run/guests.
# VMs that a failed test has left end.
child_ready() {
	machine_ssh_wait "$1" "$2" || return
	machine_ssh "$1" 'set -e
		! left=$(pidof vmwp qemu-system-x86_64) || kill -9 $left
		mkdir -p /run/guests /tmp/vm
		for disk in /sys/block/vd*; do
			[ "$(cat $disk/serial)" != guests ] || disk=/dev/${disk##*/}
			[ ! -b $disk ] || break
		done
		grep -q /run/guests /proc/mounts || mount -t iso9660 -o ro $disk /run/guests'
}

# vm_command VM KERNEL WORDS [OPTION...]: the command line for the parent's
# shell; what it says goes to /tmp/vm/VM, its status to /tmp/vm/VM.status.
# WORDS are for our init, or for a kernel of our own; $vm_reboot is how the kernel
# does it, as its option reboot= has it; $vm_reset what vmwp does then.
vm_reboot=t
vm_reset=--no-reset
# What no guest shall spend its time on: a search for a timer's interrupt, tests of
# ciphers (of 32 bits, they take a processor minutes).
vm_quick="no_timer_check cryptomgr.notests"
vm_command() {
	local vm=$1 kernel=$2 words=$3 initrd modules=''
	shift 3
	case $kernel in
	tiny | hostile) initrd='' ;;
	i386) initrd='--initrd /run/guests/32.cpio' ;;
	*) initrd='--initrd /run/guests/64.cpio' ;;
	esac
	case " $words " in *' hyperv '*)
		modules="cat ${initrd#* } /run/guests/$kernel.modules > /tmp/vm/$vm.cpio"
		initrd="--initrd /tmp/vm/$vm.cpio"
	esac
	[ -z "$initrd" ] ||
		words="console=ttyS0 quiet panic=-1 $vm_quick reboot=$vm_reboot -- $words"
	echo "{ rm -f /tmp/vm/$vm.status
		$modules
		/usr/lib/vmwp --name $vm --kernel /run/guests/$kernel $initrd \
			--cmdline '$words' --serial - $vm_reset $* \
			< /dev/null > /tmp/vm/$vm 2>&1 &
		echo \$! > /tmp/vm/$vm.pid; wait \$!; echo \$? > /tmp/vm/$vm.status; } \
		> /dev/null 2>&1"
}

# qemu_disk: for child_start, the disk with Debian's QEMU.
qemu_disk() {
	qemu_disk=(-drive "file=${SOCLE_TEST_QEMU:?is not set: use ./build.sh test}/root.squashfs,format=raw,readonly=on,if=none,id=qemu"
		-device virtio-blk-pci,drive=qemu,serial=qemu)
}

# qemu_ready NAME: that disk is the root /run/qemu.
qemu_ready() {
	machine_ssh "$1" 'set -e
		! grep -q " /run/qemu " /proc/mounts || exit 0
		for disk in /sys/block/vd*; do
			[ "$(cat $disk/serial)" != qemu ] || disk=/dev/${disk##*/}
			[ ! -b $disk ] || break
		done
		mkdir -p /run/qemu
		mount -t squashfs -o ro $disk /run/qemu
		for place in /dev /proc /tmp /run/guests; do
			mount -o bind $place /run/qemu$place
		done'
}

# qemu_start NAME VM KERNEL WORDS [OPTION...]: a VM of QEMU's in the background,
# with a disk and a network whose server has a file for it. What it says and its
# status are where those of a VM of vmwp are. $qemu_machine is its machine.
# QEMU kicks a processor's thread once, by SIGUSR1. The driver forgets a signal
# that comes before the ioctl, and QEMU then waits for ever while the guest runs
# on: seen at power-off and at the beginning, on a busy host. So it is kicked
# again and again, as vmwp does; not before it has said something, as before it
# has processors the signal ends it.
qemu_machine=q35
qemu_start() {
	local name=$1 vm=$2 kernel=$3 words=$4 init=64
	shift 4
	[ "$kernel" != i386 ] || init=32
	machine_ssh "$name" "(set -e
		mkdir -p /tmp/vm/$vm.tftp
		cd /tmp/vm
		rm -f $vm.status
		cat /run/guests/$init.cpio /run/guests/$kernel.modules > $vm.cpio
		head -c 131072 /dev/urandom > $vm.tftp/file
		head -c 4194304 /dev/urandom > $vm.disk
		truncate -s $((8388608 + 131072)) $vm.disk
		chroot /run/qemu /usr/bin/qemu-system-x86_64 -accel mshv \
			-machine $qemu_machine -m 256 -display none -nodefaults \
			-no-reboot -serial stdio -kernel /run/guests/$kernel \
			-initrd /tmp/vm/$vm.cpio \
			-append 'console=ttyS0 quiet panic=-1 $vm_quick -- $words' \
			-drive file=/tmp/vm/$vm.disk,format=raw,if=none,id=disk \
			-device virtio-blk-pci,drive=disk \
			-netdev user,id=net,tftp=/tmp/vm/$vm.tftp \
			-device virtio-net-pci,netdev=net,romfile= $* \
			< /dev/null > $vm 2>&1 &
		qemu=\$!
		echo \$qemu > $vm.pid
		set +e
		while sleep 1 && kill -0 \$qemu; do
			[ ! -s $vm ] || kill -USR1 \$qemu
		done &
		wait \$qemu
		echo \$? > $vm.status) > /dev/null 2>&1 &"
}

# qemu_passed NAME VM RELEASE: it came up, and used its disk and its network.
qemu_passed() {
	local log
	vm_passed "$1" "$2" "$3" || return
	log=$(vm_log "$1" "$2")
	expect_match "$log" '^guest: ok: virtio disk copied \(KB\): 4096' || return
	expect_match "$log" '^guest: ok: virtio network brought \(KB\): 128' || return
	machine_ssh "$1" "cd /tmp/vm && head -c 4194304 $2.disk | cat - $2.tftp/file > $2.want &&
		tail -c +4194305 $2.disk | cmp - $2.want && rm -r $2.want $2.disk $2.tftp"
}

# qemu_pair NAME KERNEL KERNEL: side by side, to their ends.
qemu_pair() {
	local kernel
	for kernel in "$2" "$3"; do
		qemu_start "$1" "$kernel" "$kernel" "modules check disk net off" || return
	done
	for kernel in "$2" "$3"; do
		vm_wait_end "$1" "$kernel" 0 480 || return
	done
}

# qemu_rounds NAME ROUNDS: the four kernels by twos, that often.
qemu_rounds() {
	local round
	for round in $(seq "$2"); do
		qemu_pair "$1" bookworm trixie && qemu_pair "$1" backports i386 || return
		qemu_passed "$1" bookworm '6\.1\.0-.*-cloud-amd64 x86_64' || return
		qemu_passed "$1" trixie '6\.12\..*-cloud-amd64 x86_64' || return
		qemu_passed "$1" backports '7\.2\..*-cloud-amd64 x86_64' || return
		qemu_passed "$1" i386 '6\.1\.0-.*-686-pae i686' || return
		echo "# round $round: the four kernels have passed" >&3
	done
}

# vm_start NAME VM KERNEL WORDS [OPTION...]: in the background.
vm_start() {
	local name=$1
	shift
	machine_ssh "$name" "($(vm_command "$@")) &"
}

# vm_control NAME VM COMMAND: over its socket, --control /tmp/vm/VM.control.
vm_control() {
	machine_ssh "$1" "/run/guests/control /tmp/vm/$2.control $3"
}

# hyperv_start NAME VM KERNEL [OPTION...]: with Hyper-V's drivers, until it is shut down.
hyperv_start() {
	local name=$1 vm=$2 kernel=$3
	shift 3
	vm_start "$name" "$vm" "$kernel" "hyperv check tell" --memory 256M \
		--control "/tmp/vm/$vm.control" "$@"
}

# hyperv_ready NAME VM: it has told of itself, through data exchange.
hyperv_ready() {
	MACHINE_SSH_SECONDS=160 machine_ssh "$1" "
		for i in \$(seq $((150 * machine_patience))); do
			! /run/guests/control /tmp/vm/$2.control items > /tmp/vm/$2.items 2> /dev/null ||
				exit 0
			sleep 1
		done
		echo 'VM $2 has no items'; cat /tmp/vm/$2; exit 1" >&2
}

# hyperv_found NAME VM RELEASE: what its kernel has made of the interface, and
# what its worker knows of it.
hyperv_found() {
	local log service
	vm_passed "$1" "$2" "$3" || return
	log=$(vm_log "$1" "$2")
	expect_match "$log" '^guest: log: Hypervisor detected: Microsoft Hyper-V' || return
	expect_match "$log" '^guest: clocksource hyperv_clocksource_tsc_page' || return
	expect_match "$log" '^guest: log: hv_vmbus: Vmbus version:5\.3' || return
	for service in heartbeat shutdown 'time synchronisation' 'data exchange'; do
		expect_match "$log" "^guest: ok: $service: .*/hv_utils\$" || return
	done
	expect_match "$log" '^guest: ok: the time of day that the guest was told' || return
	expect_equal "$(machine_ssh "$1" "cat /tmp/vm/$2.items")" "guest: item OSName = init of the tests
guest: item Word = été €
guest: item Left = by a program" || return
	log=$(vm_control "$1" "$2" integration) || return
	expect_match "$log" '^guest: vmbus: 5\.3' || return
	expect_match "$log" '^guest: heartbeat: ready 3\.0' || return
	expect_match "$log" '^guest: shutdown: ready 3\.2' || return
	expect_match "$log" '^guest: time synchronisation: ready 4\.0' || return
	expect_match "$log" '^guest: data exchange: ready 4\.0' || return
	expect_match "$log" '^guest: beat: good, missed 0' || return
	expect_match "$log" '^guest: told the time [1-9]' || return
	expect_match "$log" '^guest: items: 3'
}

# hyperv_off NAME VM: the shutdown service powers it off, in order.
hyperv_off() {
	local log
	vm_control "$1" "$2" shutdown || return
	vm_wait_end "$1" "$2" 0 60 || return
	log=$(vm_log "$1" "$2")
	expect_match "$log" '^guest: asked to power off' || return
	expect_no_match "$log" 'not ok|BUG|Oops|Call Trace|vmwp' "VM $2"
}

# vm_clock_start NAME VM KERNEL WORDS [OPTION...]: as vm_start, and the parent
# notes in /tmp/vm/VM.clock when each line came.
vm_clock_start() {
	machine_ssh "$1" "mkfifo /tmp/vm/$2
		ts '%.s' < /tmp/vm/$2 > /tmp/vm/$2.clock 2> /dev/null &" || return
	vm_start "$@" --control "/tmp/vm/$2.control"
}

# vm_clock NAME VM LINES: microseconds that the parent's clock is ahead of the
# guest's, by that many lines of its word 'clock' from now on: by the one that came
# fastest. ts writes many lines at once, so what comes next may be of before.
vm_clock() {
	MACHINE_SSH_SECONDS=130 machine_ssh "$1" "
		begin=\$(echo | ts '%.s')
		lines() {
			awk -v begin=\"\$begin\" '\$1 > begin + 0' /tmp/vm/$2.clock |
				grep 'guest: clock'
		}
		for i in \$(seq $((120 * machine_patience))); do
			[ \$(lines | wc -l) -le $3 ] || break
			sleep 1
		done
		[ \$(lines | wc -l) -gt $3 ] && lines" | tr -d '\r' | awk '
		{ sub(/\./, "", $1) }
		before && (!best++ || before - $4 < ahead) { ahead = before - $4 }
		{ before = $1 }
		END { if (!best) exit 1; printf "%.0f\n", ahead }'
}

# keeps_time NAME VM SECONDS: its clock goes as the parent's does, 10 ms more or
# less: under load, and when its worker is stopped for a while.
keeps_time() {
	local first now
	vm_wait "$1" "$2.clock" 'guest: clock' 120 || return
	first=$(vm_clock "$1" "$2" 20) || return
	sleep "$3"
	now=$(vm_clock "$1" "$2" 20) || return
	echo "# $2: $((now - first)) us after $3 s" >&3
	expect_at_most "$((now > first ? now - first : first - now))" 10000 "us after $3 s" || return
	machine_ssh "$1" "pid=\$(cat /tmp/vm/$2.pid)
		kill -STOP \$pid; sleep 3; kill -CONT \$pid" || return
	now=$(vm_clock "$1" "$2" 20) || return
	echo "# $2: $((now - first)) us after a stop" >&3
	expect_at_most "$((now > first ? now - first : first - now))" 10000 "us after a stop"
}

# stands_still NAME VM: paused, its clock stands, and nothing else.
stands_still() {
	local first now times
	first=$(vm_clock "$1" "$2" 20) || return
	# Around the pause, and within it, in microseconds.
	times=$(machine_ssh "$1" "
		now() { echo | ts '%.s' | tr -dc 0-9; }
		ask() { /run/guests/control /tmp/vm/$2.control \$1 > /dev/null || exit 1; }
		a=\$(now); ask pause; b=\$(now)
		sleep 3
		c=\$(now); ask resume; d=\$(now)
		echo \$((c - b)) \$((d - a))") || return
	now=$(vm_clock "$1" "$2" 20) || return
	echo "# $2: stood for $((now - first)) us, paused for $times" >&3
	expect_at_most "$((${times% *} - 10000))" "$((now - first))" "us that it stood" || return
	expect_at_most "$((now - first))" "$((${times#* } + 10000))" "us that it stood"
}

# vm_log NAME VM
vm_log() {
	machine_ssh "$1" "tr -d '\r' < /tmp/vm/$2"
}

# vm_until NAME TEST SECONDS: until the parent's shell finds it true. A connection
# on which nothing is said for long would be closed.
vm_until() {
	local left=$(($3 * machine_patience)) piece
	while [ "$left" -gt 0 ]; do
		piece=$((left < 600 ? left : 600)) left=$((left - 600))
		! MACHINE_SSH_SECONDS=$((piece / machine_patience + 10)) machine_ssh "$1" "
			end=\$((\$(date +%s) + $piece))
			while [ \$(date +%s) -le \$end ]; do
				! { $2; } || exit 0
				sleep 0.5
			done
			exit 1" || return 0
	done
	return 1
}

# vm_wait NAME VM REGEX SECONDS: until a line of what it says matches.
vm_wait() {
	vm_until "$1" "grep -qE '$3' /tmp/vm/$2" "$4" || {
		echo "VM $2: no \"$3\" in $4 s"
		machine_ssh "$1" "cat /tmp/vm/$2"
		false
	} >&2
}

# vm_wait_count NAME VM REGEX COUNT SECONDS: until so many lines match.
vm_wait_count() {
	vm_until "$1" "[ \$(grep -cE '$3' /tmp/vm/$2) -ge $4 ]" "$5" || {
		echo "VM $2: not $4 times \"$3\" in $5 s"
		machine_ssh "$1" "cat /tmp/vm/$2"
		false
	} >&2
}

# vm_wait_end NAME VM STATUS SECONDS
vm_wait_end() {
	vm_until "$1" "[ -s /tmp/vm/$2.status ]" "$4" || true
	machine_ssh "$1" "
		[ \"\$(cat /tmp/vm/$2.status)\" = $3 ] && exit 0
		echo \"VM $2: status \$(cat /tmp/vm/$2.status), not $3\"
		cat /tmp/vm/$2; exit 1" >&2
}

# vm_end NAME VM...: by SIGTERM.
vm_end() {
	local name=$1 vm
	shift
	for vm; do
		machine_ssh "$name" "kill \$(cat /tmp/vm/$vm.pid)"
		vm_wait_end "$name" "$vm" 143 10 || return
	done
}

# vm_passed NAME VM RELEASE: it came to user space and all was well.
vm_passed() {
	local log
	log=$(vm_log "$1" "$2")
	grep '^guest: ' <<< "$log" | sed "s/^/# $2: /"
	expect_match "$log" "^guest: user space, $3" || return
	expect_match "$log" '^guest: ok: a sleep' || return
	expect_match "$log" '^guest: ok: (AVX|SSE) registers' || return
	expect_no_match "$log" 'not ok|BUG|Oops|Call Trace|MP-BIOS bug' "VM $2"
}

# smp_passed NAME VM RELEASE PROCESSORS: as vm_passed, and its processors work
# together: timers, wake-ups, flushes, barriers; by the hypervisor's interface, of
# which a kernel for i386 has no calls for interrupts, and is offered no flushes.
smp_passed() {
	local log
	vm_passed "$1" "$2" "$3" || return
	log=$(vm_log "$1" "$2")
	expect_match "$log" "^guest: processors: $4\$" || return
	expect_match "$log" '^guest: ok: sleeps and moves that went wrong' || return
	expect_match "$log" '^guest: ok: the longest wake-up' || return
	expect_match "$log" '^guest: ok: old translations used' || return
	expect_match "$log" '^guest: ok: barriers that ordered nothing' || return
	expect_match "$log" '^guest: clocksource hyperv_clocksource_tsc_page' || return
	expect_match "$log" '^guest: interrupts *HVS:( +[1-9][0-9]*)+ +Hyper-V stimer0' || return
	[ "$2" != i386 ] || return 0
	expect_match "$log" '^guest: log: Hyper-V: Using hypercall for remote TLB flush' || return
	expect_match "$log" '^guest: log: Hyper-V: Using IPI hypercalls'
}

# parent_is_well NAME: no VM is left, nothing was complained about.
parent_is_well() {
	machine_ssh "$1" '! pidof vmwp qemu-system-x86_64' || return
	expect_no_match "$(machine_ssh "$1" dmesg)" \
		'BUG:|WARNING:|Oops|Call Trace|rcu.*stall|hung task|NMI received' "the parent's log"
}

# child_available NAME: KB that the parent could give to VMs, when it has settled.
# Free pages in the processors' lists, often 60 MB, count for it, not for the kernel.
child_available() {
	machine_ssh "$1" 'echo 3 > /proc/sys/vm/drop_caches; sleep 1
		awk "/^MemAvailable/ { kb += \$2 } /^ *count:/ { kb += \$2 * 4 }
			END { print kb }" /proc/meminfo /proc/zoneinfo'
}

# child_kills NAME ROUNDS: SIGKILL at random moments of a VM's life. 8 MB more or
# less are what the parent itself takes and gives back.
child_kills() {
	local before after seed=$RANDOM
	echo "# seed $seed" >&3
	child_ready "$1" 120
	vm_start "$1" warm backports off --memory 256M
	vm_wait_end "$1" warm 0 60
	before=$(child_available "$1")
	MACHINE_SSH_SECONDS=$(($2 * 15)) machine_ssh "$1" "
		RANDOM=$seed
		for round in \$(seq $2); do
			rm -f /tmp/vm/killed.pid
			$(vm_command killed backports "alive" --memory 256M) &
			until [ -s /tmp/vm/killed.pid ]; do usleep 1000; done
			usleep \$((RANDOM % 8000 * 1000))
			kill -KILL \$(cat /tmp/vm/killed.pid)
			wait
			[ \"\$(cat /tmp/vm/killed.status)\" = 137 ] || exit 1
			! pidof vmwp || exit 1
		done"
	after=$(child_available "$1")
	echo "# available: $before KB before, $after KB after $2 kills" >&3
	expect_at_most $((before - after)) 8192 "KB that did not come back"
	vm_start "$1" next backports "check off" --memory 256M
	vm_wait_end "$1" next 0 60
	vm_passed "$1" next 7.2
	parent_is_well "$1"
}
