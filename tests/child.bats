# Child partitions: the worker process and its guests.
# SPDX-License-Identifier: MIT

load lib/child
load lib/hostile

# One parent for all: 2 processors, 8 GB, of which QEMU takes what is used.
setup_file() {
	requires xorriso unsquashfs mkfs.vfat mcopy python3 ssh ssh-keygen openssl gcc
	iso_unpack
	qemu_disk
	child_start host 2 8192 -cpu EPYC-v4,+x2apic "${qemu_disk[@]}"
}

### Before the machine is asked

@test "quick: devices of vmwp, with sanitizers" {
	make -C "$SOCLE_TOP/tests/unit" -f vmwp.mk BUILD="$BATS_TEST_TMPDIR" check
}

@test "quick: emulator, loaders and control socket of vmwp, with sanitizers" {
	make -C "$SOCLE_TOP/tests/unit" -f vmwp_core.mk BUILD="$BATS_TEST_TMPDIR" check
}

@test "quick: VMBus of vmwp against wrong guests, with sanitizers" {
	make -C "$SOCLE_TOP/tests/unit" -f vmbus.mk BUILD="$BATS_TEST_TMPDIR" check
}

@test "fuzz targets of VMBus, 3 s each" {
	local name
	for name in ring gpadl messages; do
		SOCLE_BUILD=$BATS_TEST_TMPDIR "$SOCLE_TOP/build.sh" fuzz "$name" 3
	done
	run "$SOCLE_TOP/build.sh" fuzz nothing
	expect_equal "$status" 2 "status of a fuzz target that is not there"
	expect_match "$output" "no target 'nothing': one of .*gpadl .*messages .*ring"
}

### Stock kernels

# kernels MEMORY LEAST MOST KERNEL KERNEL: side by side; MB that they must have.
kernels() {
	local kernel log memory=$1 least=$2 most=$3
	shift 3
	child_ready host 120
	for kernel; do
		vm_start host "$kernel" "$kernel" "check off" --memory "$memory"
	done
	for kernel; do
		vm_wait_end host "$kernel" 0 120
		log=$(vm_log host "$kernel" | sed -n 's/^guest: memory: \([0-9]*\) MB/\1/p')
		expect_at_most "$least" "$log" "memory of $kernel, MB"
		expect_at_most "$log" "$most" "memory of $kernel, MB"
	done
	parent_is_well host
}

@test "quick: Debian's kernels 6.1, 6.12, 7.2 and 6.1 for i386 reach user space, 512 MB" {
	kernels 512M 420 512 bookworm trixie
	kernels 512M 420 512 backports i386
	vm_passed host bookworm '6\.1\.0-.*-cloud-amd64 x86_64'
	vm_passed host trixie '6\.12\..*-cloud-amd64 x86_64'
	vm_passed host backports '7\.2\..*-cloud-amd64 x86_64'
	vm_passed host i386 '6\.1\.0-.*-686-pae i686'
}

@test "two of them with 128 MB" {
	kernels 128M 70 128 backports i386
	vm_passed host backports '7\.2\..*-cloud-amd64 x86_64'
	vm_passed host i386 '6\.1\.0-.*-686-pae i686'
}

@test "a guest of 6 GB reads and writes its memory above 4 GB" {
	child_ready host 120
	vm_start host large backports "check high off" --memory 6G
	vm_wait_end host large 0 150
	vm_passed host large 7.2
	expect_match "$(vm_log host large)" '^guest: pages above 4 GB, of 16384: 16384'
	expect_match "$(vm_log host large)" '^guest: ok: wrong words in 64 MB: 0'
	parent_is_well host
}

@test "quick: a tiny guest: exceptions, segments, strings, MSRs, APIC, paging ..." {
	child_ready host 120
	vm_start host tiny tiny "" --memory 64M
	vm_wait_end host tiny 0 60
	vm_log host tiny
	expect_match "$(vm_log host tiny)" '^guest: done: [1-9]'
	expect_match "$(vm_log host tiny)" '^guest: these are strings'
	expect_no_match "$(vm_log host tiny)" 'not ok|vmwp'
}

### The Hyper-V interface: clock, VMBus, integration services

# services NAME KERNEL KERNEL: side by side.
services() {
	local name=$1 kernel
	shift
	child_ready "$name" 120
	for kernel; do
		hyperv_start "$name" "$kernel" "$kernel"
	done
	for kernel; do
		hyperv_ready "$name" "$kernel"
	done
}

@test "quick: Debian's 6.1 and 6.12 find Hyper-V, its clock, VMBus and services; shut down" {
	services host bookworm trixie
	hyperv_found host bookworm '6\.1\.0-.*-cloud-amd64 x86_64'
	hyperv_found host trixie '6\.12\..*-cloud-amd64 x86_64'
	hyperv_off host bookworm
	hyperv_off host trixie
	parent_is_well host
}

@test "quick: Debian's 7.2, and 6.1 for i386, find the same; shut down" {
	services host backports i386
	hyperv_found host backports '7\.2\..*-cloud-amd64 x86_64'
	hyperv_found host i386 '6\.1\.0-.*-686-pae i686'
	hyperv_off host backports
	hyperv_off host i386
	parent_is_well host
}

@test "the shutdown service restarts a VM in place, twice, and all is found again" {
	local round
	child_ready host 120
	vm_reset='' vm_reboot=a hyperv_start host again trixie --processors 2
	for round in 1 2 3; do
		vm_wait_count host again '^guest: user space' $round 120
		hyperv_ready host again
		[ $round = 3 ] || vm_control host again restart
	done
	hyperv_found host again 6.12
	hyperv_off host again
	expect_equal "$(vm_log host again | grep -c '^guest: asked to restart')" 2 "restarts"
	expect_equal "$(vm_log host again | grep -c 'Vmbus version:5.3')" 3 "connections"
	parent_is_well host
}

@test "a guest without integration services, and a restart that ends the VM" {
	child_ready host 120
	vm_start host spins tiny spin --memory 64M --control /tmp/vm/spins.control
	vm_wait host spins 'spins with interrupts off' 60
	expect_match "$(vm_control host spins integration)" '^guest: vmbus: 0\.0'
	run vm_control host spins shutdown
	expect_equal "$status" 1 "status of a shutdown that nobody serves"
	vm_end host spins
	vm_reboot=a hyperv_start host ends backports
	hyperv_ready host ends
	vm_control host ends restart
	vm_wait_end host ends 3 60
	expect_match "$(vm_log host ends)" '^guest: asked to restart'
	parent_is_well host
}

### A client that nobody here wrote

@test "Debian's QEMU boots two of the stock kernels, with disk and network" {
	child_ready host 120
	qemu_ready host
	qemu_pair host backports i386
	qemu_passed host backports '7\.2\..*-cloud-amd64 x86_64'
	qemu_passed host i386 '6\.1\.0-.*-686-pae i686'
	parent_is_well host
}

### More than one processor

@test "quick: guests with 2 and 4 processors: timers, wake-ups, flushes, barriers" {
	child_ready host 120
	vm_start host two trixie "check smp face off" --memory 256M --processors 2
	vm_wait_end host two 0 120
	vm_start host four backports "check smp face off" --memory 256M --processors 4
	vm_wait_end host four 0 180
	smp_passed host two 6.12 2
	smp_passed host four 7.2 4
	parent_is_well host
}

@test "8 processors, and 4 for i386, side by side on 2 of the parent" {
	child_ready host 120
	vm_start host eight bookworm "check smp face off" --memory 256M --processors 8
	vm_start host i386 i386 "check smp face off" --memory 256M --processors 4
	vm_wait_end host eight 0 400
	vm_wait_end host i386 0 400
	smp_passed host eight 6.1 8
	smp_passed host i386 6.1 4
	parent_is_well host
}

# vm_wander NAME VM: moves its threads between the parent's 2 processors until
# it ends; says how often.
vm_wander() {
	MACHINE_SSH_SECONDS=400 machine_ssh "$1" "
		pid=\$(cat /tmp/vm/$2.pid)
		while kill -0 \$pid 2> /dev/null; do
			for task in /proc/\$pid/task/*; do
				taskset -p \$((RANDOM % 2 + 1)) \${task##*/} > /dev/null 2>&1 &&
					moves=\$((moves + 1))
			done
			usleep 20000
		done
		echo \$moves"
}

@test "4 processors that the parent moves between its own" {
	local moves
	child_ready host 120
	vm_start host moved trixie "check smp face off" --memory 256M --processors 4
	moves=$(vm_wander host moved)
	echo "# moved $moves times" >&3
	expect_at_most 200 "$moves" "moves of threads"
	vm_wait_end host moved 0 10
	smp_passed host moved 6.12 4
	parent_is_well host
}

### Time

@test "the guest's clock goes as the parent's, loaded, stopped, and paused" {
	child_ready host 120
	vm_clock_start host clock trixie "load clock" --memory 256M --processors 2
	keeps_time host clock 30
	stands_still host clock
	vm_end host clock
	parent_is_well host
}

### Two at once

@test "one VM spins with interrupts off, one dies by triple fault, one goes on" {
	local before after
	child_ready host 120
	vm_start host lives trixie "check alive" --memory 256M
	vm_start host spins tiny spin --memory 64M
	vm_wait host spins 'spins with interrupts off' 60
	vm_wait host lives 'guest: alive 2' 150
	vm_start host dies tiny triple --memory 64M
	vm_wait_end host dies 1 30
	expect_match "$(vm_log host dies)" 'vmwp dies: processor 0 had a triple fault at 0x10'
	vm_start host again bookworm "again" --memory 128M
	vm_wait_end host again 1 120
	expect_match "$(vm_log host again)" 'vmwp again: processor 0 had a triple fault at 0x'
	before=$(vm_log host lives | grep -c 'guest: alive')
	sleep 5
	after=$(vm_log host lives | grep -c 'guest: alive')
	expect_at_most 5 $((after - before)) "lines of the VM that goes on, in 5 s"
	machine_ssh host true
	vm_end host spins lives
	vm_passed host lives 6.12
	parent_is_well host
}

### Hostile guests

@test "hostile guests do 2,000 operations of each row, and harm neither VM nor parent" {
	child_ready host 120
	hostile_all host 2000 120
}

@test "hostile guests make another's timer of 1 ms no later than busy ones do" {
	child_ready host 120
	good_start host
	hostile_lateness host n10 4 1
	hostile_lateness host n11 2 1
	hostile_lateness host n7 2 1
	good_end host
	parent_is_well host
}

@test "a return, a call, and an interrupt by way of no memory end the VM" {
	child_ready host 120
	hostile_ends host iret iretd
	hostile_ends host far call
	hostile_ends host table int3
	parent_is_well host
}

### The end of a worker

@test "8 workers killed at random moments leave nothing, and a new VM starts" {
	child_kills host 8
}

### The terminal

@test "--serial - on a terminal: raw, Ctrl-] ends the VM, and it is as before" {
	local login out=$BATS_TEST_TMPDIR/out
	child_ready host 120
	machine_login host -p
	mkfifo "$BATS_TEST_TMPDIR/in"
	timeout 60 ssh -tt "${login[@]}" root@127.0.0.1 "
		stty -a > /tmp/before
		/usr/lib/vmwp --kernel /run/guests/tiny --cmdline spin --memory 64M --serial -
		echo \"status \$?\"
		stty -a > /tmp/after
		cmp /tmp/before /tmp/after && echo restored" \
		< "$BATS_TEST_TMPDIR/in" > "$out" 2>&1 3>&- &
	exec 9> "$BATS_TEST_TMPDIR/in"
	timeout 40 sh -c "until grep -q 'spins with' '$out'; do sleep 0.2; done"
	printf '\003\004' >&9	# Ctrl-C and Ctrl-D are the guest's
	sleep 1
	machine_ssh host pidof vmwp
	printf '\035' >&9
	wait $!
	exec 9>&-
	cat "$out"
	expect_match "$(cat "$out")" "this terminal is the guest's serial port; Ctrl-\] ends the VM"
	expect_match "$(tr -d '\r' < "$out")" '^status 0'
	expect_match "$(cat "$out")" '^restored'
}

@test "without --serial nothing is printed" {
	child_ready host 120
	expect_equal "$(machine_ssh host '/usr/lib/vmwp --kernel /run/guests/tiny \
		--cmdline exceptions --memory 64M 2>&1; echo "status $?"')" "status 0"
}

### What cannot be started: one sentence, status 1

# refuses NAME SENTENCE ARGUMENTS
refuses() {
	local said
	said=$(machine_ssh "$1" "cd /tmp/wrong && /usr/lib/vmwp $3 < /dev/null 2>&1; echo \"status \$?\"")
	expect_match "$said" "^vmwp: $2" "vmwp $3"
	expect_equal "$(wc -l <<< "$said") $(tail -n 1 <<< "$said")" "2 status 1" "vmwp $3: $said"
}

@test "a kernel that is missing, empty, truncated or absurd, and other wrong input" {
	child_ready host 120
	machine_ssh host 'mkdir -p /tmp/wrong && cd /tmp/wrong && : > empty
		head -c 300 /run/guests/trixie > header
		head -c 3000000 /run/guests/trixie > short
		head -c 5000 /run/guests/tiny > elf
		head -c 2000000 /dev/urandom > random
		(head -c 497 random; printf "\377\377\377\377"; head -c 3000000 /run/guests/trixie |
			tail -c +502) > absurd'
	refuses host "unknown option '--colour'" '--colour blue'
	refuses host '--kernel takes a value' '--kernel'
	refuses host '--initrd and --cmdline are a kernel' '--initrd short'
	refuses host '--ide-disk, .* are for a VM without --kernel' '--kernel short --boot dvd'
	refuses host 'cannot .*nothing' '--firmware nothing'
	refuses host '--kernel is given twice' '--kernel a --kernel b'
	refuses host 'cannot read the kernel nothing: No such file' '--kernel nothing'
	refuses host 'cannot read the kernel empty: No data' '--kernel empty'
	refuses host 'cannot read the kernel /tmp: Is a directory' '--kernel /tmp'
	refuses host 'cannot read the initrd nothing: No such file' \
		'--kernel /run/guests/trixie --initrd nothing'
	local bad
	for bad in header short elf random absurd; do
		refuses host 'the kernel ' "--kernel $bad --serial -"
	done
	refuses host "--memory takes .*, not '1K'" '--kernel short --memory 1K'
	refuses host "--memory takes 2M to 4096G, not '5000G'" '--kernel short --memory 5000G'
	refuses host 'the host has [0-9]* MB of memory' '--kernel /run/guests/trixie --memory 64G'
	refuses host "--processors takes 1 to 255, not '0'" '--kernel short --processors 0'
	refuses host 'the kernel does not fit' '--kernel /run/guests/trixie --memory 4M'
	parent_is_well host
}

@test "without a hypervisor: one sentence" {
	MACHINE_SSH_SECONDS=30
	iso_options='off' child_start bare 1 1024
	child_ready bare 120
	machine_ssh bare 'mkdir -p /tmp/wrong'
	refuses bare 'cannot open /dev/mshv: No such file' \
		'--kernel /run/guests/tiny --serial -'
	machine_kill bare
}

### Memory that the parent moves

@test "a guest's memory stays right while the parent moves and reclaims pages" {
	local moved
	child_ready host 120
	vm_start host sums backports memory --memory 384M
	vm_wait host sums 'guest: round 1 ' 120
	moved=$(machine_ssh host "awk '/^pgmigrate_success/ { print \$2 }' /proc/vmstat")
	MACHINE_SSH_SECONDS=90 machine_ssh host "
		end=\$((\$(date +%s) + 40))
		while [ \$(date +%s) -lt \$end ]; do
			echo 1 > /proc/sys/vm/compact_memory
			echo 3 > /proc/sys/vm/drop_caches
		done"
	moved=$(($(machine_ssh host "awk '/^pgmigrate_success/ { print \$2 }' /proc/vmstat") - moved))
	echo "# $moved pages moved" >&3
	expect_at_most 100 "$moved" "pages that the parent has moved"
	vm_end host sums
	vm_log host sums | tail -n 3
	expect_match "$(vm_log host sums)" 'guest: round [3-9]'
	expect_no_match "$(vm_log host sums)" 'not ok|BUG|Oops'
	parent_is_well host
}
