# The parent partition: stock Linux on the hypervisor.
# SPDX-License-Identifier: MIT

load lib/root

# Machines differ in processors, memory, chip set and APIC mode. Two of them boot
# while the first tests need none and serve many:
#   one    1 processor,  512 MB, pc,  xAPIC
#   two    2 processors, 1 GB,   q35, x2APIC, disks and adapters with MSI
setup_file() {
	requires xorriso unsquashfs mkfs.vfat mcopy python3 ssh ssh-keygen openssl
	iso_unpack
	root_start one 1 512 -M pc -cpu EPYC-v4,-x2apic
	start_devices two 2 1024 EPYC-v4,+x2apic ''
}

# start_devices NAME CPUS MEMORY MODEL APPEND: with a disk and an adapter of
# each kind; each disk holds the same random bytes.
start_devices() {
	local disk options=(-device qemu-xhci) kind
	for kind in ide-hd,bus=ide.3 nvme,serial=n1 virtio-blk-pci usb-storage; do
		disk=$BATS_FILE_TMPDIR/$1.${kind%%[,-]*}
		disk_content > "$disk"
		attach options "$disk" "$kind"
	done
	root_append=$5 root_start "$1" "$2" "$3" -cpu "$4" "${options[@]}" \
		-netdev user,id=n0,hostfwd=tcp:127.0.0.1:0-:22 -device virtio-net-pci,netdev=n0 \
		-netdev user,id=n1,net=10.1.2.0/24 -device e1000e,netdev=n1
}

disk_content() {
	[ -f "$BATS_FILE_TMPDIR/content" ] ||
		head -c 24M /dev/urandom > "$BATS_FILE_TMPDIR/content"
	cat "$BATS_FILE_TMPDIR/content"
}

# load NAME: reads all disks at once while the network answers; every byte
# must be right.
load_devices() {
	local sum
	sum=$(disk_content | sha256sum | cut -d ' ' -f 1)
	MACHINE_SSH_SECONDS=120 machine_ssh "$1" "
		for disk in /dev/sd? /dev/nvme0n1 /dev/vd?; do
			[ \$(blockdev --getsize64 \$disk) = 25165824 ] || continue
			echo \$disk >> /tmp/disks
			(sha256sum < \$disk > /tmp/sum.\${disk##*/}) &
		done
		ping -q -c 40 -i 0.05 10.0.2.2 > /tmp/ping
		wait
		grep -c . /tmp/disks
		cut -d ' ' -f 1 /tmp/sum.* | sort | uniq -c
		grep received /tmp/ping" > "$BATS_TEST_TMPDIR/load"
	cat "$BATS_TEST_TMPDIR/load"
	expect_match "$(cat "$BATS_TEST_TMPDIR/load")" "^ *4 $sum" "four disks with the right content"
	expect_match "$(cat "$BATS_TEST_TMPDIR/load")" ' 0% packet loss' "ping"
}

# interrupts NAME: lines of /proc/interrupts as "count type name".
interrupts() {
	machine_ssh "$1" cat /proc/interrupts | awk -v cpus="$2" '
		{ sum = 0; for (i = 2; i < 2 + cpus; i++) sum += $i }
		$1 ~ /:$/ { print sum, $(2 + cpus), $NF }'
}

### Before any machine is asked

@test "quick: the size of the hypervisor and lines stay in their budget" {
	local elf=$SOCLE_BUILD/own.hypervisor/hypervisor.elf bytes lines limit=204800
	[ -z "${SOCLE_DEBUG:-}" ] || limit=262144	# with the debug build's checks
	bytes=$(size -A "$elf" | awk '/^\.(text|rodata|data) / { sum += $2 } END { print sum }')
	lines=$(find "$SOCLE_TOP/hypervisor" -name '*.[chS]' -exec cat {} + |
		grep -cvE '^[[:space:]]*($|/\*|\*|//)')
	echo "# hypervisor: $bytes bytes, $lines lines" >&3
	expect_at_most "$bytes" "$limit" "text, rodata and data"
	expect_at_most "$lines" 25000 "lines of code"
}

@test "quick: nothing above the waist names a vendor's structures" {
	expect_empty "$(grep -rniE 'svm|vmx|vmcb|vmcs' "$SOCLE_TOP/hypervisor/core")" \
		"vendor words in core"
	expect_empty "$(grep -rnE '^#[[:space:]]*if' "$SOCLE_TOP/hypervisor" --include='*.c')" \
		"conditional compilation in .c files"
}

@test "quick: unit tests of the hypervisor's pure modules, with sanitizers" {
	make -C "$SOCLE_TOP/tests/unit" -f hypervisor.mk BUILD="$BATS_TEST_TMPDIR" ROUNDS=500 check
}

### The interface, asked by a parent of the tests' own

@test "quick: the whole interface, 1 processor, xAPIC" {
	echo "# seed $((seed = RANDOM))" >&3
	parent_start single 1 EPYC-v4,-x2apic "seed=$seed crowd=5000"
	parent_passes single 400
}

@test "quick: a fault of QEMU's own is told, and that run made once more" {
	parent_start faulty 1 EPYC-v4 only=timer:_beyond
	machine_wait faulty "Socle hypervisor" 30
	kill -SEGV "$(machine_pid faulty)"
	run parent_passes faulty 60 3> "$BATS_TEST_TMPDIR/said"
	[ "$status" -eq 0 ]
	expect_match "$(cat "$BATS_TEST_TMPDIR/said")" 'qemu_fault: signal 11'
	expect_match "$(cat "$BATS_TEST_TMPDIR/said")" 'faulty: QEMU has ended .* once more'
	parent_start killed 1 EPYC-v4 only=timer:_beyond
	kill -KILL "$(machine_pid killed)"
	run parent_passes killed 60
	[ "$status" -ne 0 ]
}

@test "20,000 random operations on 4 processors, x2APIC and xAPIC" {
	echo "# seed $((seed = RANDOM))" >&3
	parent_start quad 4 EPYC-v4,+x2apic "only=crowd seed=$seed crowd=20000"
	parent_start pages 4 EPYC-v4,-x2apic "only=crowd seed=$seed crowd=20000" -M pc
	parent_passes quad 300
	parent_passes pages 300
}

@test "children on 4 processors, and 10,000 random calls about them" {
	echo "# seed $((seed = RANDOM))" >&3
	parent_start family 4 EPYC-v4,+x2apic "only=child seed=$seed crowd=10000"
	parent_passes family 400
}

### One processor, 512 MB, pc, xAPIC

@test "quick: 1 processor, 512 MB, pc, xAPIC" {
	machine_ssh_wait one 300
	root_is_parent one
}

@test "the parent reads the hypervisor's log" {
	local log
	log=$(machine_ssh one hvlog)
	expect_match "$log" 'Socle hypervisor 0\.1'
	expect_match "$log" 'The parent starts on 1 processor\.'
	expect_failure machine_ssh one hvlog --nonsense
	expect_match "$output" 'usage: hvlog'
}

@test "power-off by the hypervisor ends the machine" {
	machine_ssh one poweroff
	machine_wait_end one 30
}

### Two processors, x2APIC, MSI and MSI-X

@test "quick: 2 processors, 1 GB, q35, x2APIC" {
	machine_ssh_wait two 300
	root_is_parent two
	expect_equal "$(machine_ssh two nproc)" 2
	expect_match "$(machine_ssh two dmesg)" 'Switched APIC routing to: physical x2apic'
}

@test "AHCI, NVMe, virtio, e1000e and xHCI with MSI and MSI-X under load" {
	load_devices two
	interrupts two 2 > "$BATS_TEST_TMPDIR/interrupts"
	cat "$BATS_TEST_TMPDIR/interrupts"
	for name in 'HV-PCI-MSI.*ahci' 'HV-PCI-MSIX.*nvme' 'HV-PCI-MSIX.*virtio' 'HV-PCI-MSI.*xhci'; do
		expect_match "$(cat "$BATS_TEST_TMPDIR/interrupts")" "^[1-9][0-9]* $name"
	done
}

@test "a processor goes offline and online 20 times, x2APIC" {
	offline_online two 2
}

@test "the parent's clock is synthetic timer 0 and keeps time" {
	local before after start started end ended
	expect_match "$(interrupts two 2)" '^[1-9][0-9]* .*interrupts' "interrupts"
	expect_match "$(machine_ssh two 'grep HVS /proc/interrupts')" 'HVS: +[1-9]'
	start=$(date +%s%N) before=$(machine_ssh two "cut -d ' ' -f 1 /proc/uptime")
	started=$(date +%s%N)
	sleep 10
	end=$(date +%s%N) after=$(machine_ssh two "cut -d ' ' -f 1 /proc/uptime")
	ended=$(date +%s%N)
	# On a busy host it may take a while to ask.
	awk -v a="$before" -v b="$after" -v least=$((end - started)) -v most=$((ended - start)) 'BEGIN {
		least /= 1e9
		most /= 1e9
		printf "%.3f s in the parent, %.3f to %.3f s here\n", b - a, least, most
		exit b - a < least - 0.5 || b - a > most + 0.5
	}'
}

@test "NMIs of the parent reach all its processors" {
	machine_ssh two 'echo 1 > /proc/sys/kernel/sysrq; echo l > /proc/sysrq-trigger; sleep 1'
	expect_match "$(machine_ssh two dmesg)" 'NMI backtrace for cpu 1'
	machine_monitor two nmi
	sleep 1
	expect_match "$(machine_ssh two dmesg)" 'NMI received for unknown reason'
	machine_ssh two true
}

@test "a restart, and what was said before it" {
	local round
	machine_start again -cpu EPYC-v4,+x2apic -action reboot=reset \
		-cdrom "$iso" -boot d -drive "file=$(root_settings),format=raw,if=virtio"
	for round in 1 2; do
		# The login prompt comes again with each address: not a sign of a start.
		machine_wait again 'The parent starts on 2 processors' 60
		machine_wait again 'socle login: ' 120
		machine_ssh_wait again 300
		root_is_parent again
		[ "$round" = 2 ] || machine_ssh again reboot
	done
	expect_match "$(machine_ssh again hvlog --before)" 'The parent starts on 2 processors'
	machine_kill again
}

### Four processors, xAPIC, INTx

@test "4 processors, 2 GB, xAPIC: devices with INTx under load, one offline 20 times" {
	start_devices four 4 2048 EPYC-v4,-x2apic pci=nomsi
	machine_ssh_wait four 300
	root_is_parent four
	expect_equal "$(machine_ssh four nproc)" 4
	load_devices four
	interrupts four 4 > "$BATS_TEST_TMPDIR/interrupts"
	cat "$BATS_TEST_TMPDIR/interrupts"
	expect_match "$(cat "$BATS_TEST_TMPDIR/interrupts")" '^[1-9][0-9]* .*IO-APIC.*'
	expect_no_match "$(cat "$BATS_TEST_TMPDIR/interrupts")" 'HV-PCI-MSI'
	offline_online four 4
}

### IOMMUs and eight processors

@test "with an AMD IOMMU and with an Intel one, both hidden" {
	local kind
	for kind in amd-iommu intel-iommu; do
		root_start "$kind" 2 1024 -device "$kind" -cpu EPYC-v4,+x2apic
		machine_ssh_wait "$kind" 300
		root_is_parent "$kind"
		expect_match "$(machine_ssh "$kind" hvlog)" 'Hidden from the parent: the IOMMU table'
		expect_empty "$(machine_ssh "$kind" 'ls /sys/firmware/acpi/tables' |
			grep -E 'DMAR|IVRS')" "IOMMU tables that the parent sees"
		machine_kill "$kind"
	done
}

@test "8 processors, 16 GB" {
	root_start eight 8 16384 -cpu EPYC-v4,+x2apic
	machine_ssh_wait eight 300
	root_is_parent eight
	expect_equal "$(machine_ssh eight nproc)" 8
	machine_ssh eight 'for i in $(seq 8); do (while :; do :; done & sleep 2; kill $!) & done; wait'
	machine_kill eight
}

### Failures: one sentence on serial port and screen, then without hypervisor

# expect_without NAME SENTENCE [QEMU OPTION...]: starts it, and looks.
expect_without() {
	local name=$1 sentence=$2
	shift 2
	root_start "$name" 1 1024 "$@"
	machine_wait "$name" "Without hypervisor: $sentence" 60
	machine_wait "$name" 'socle login: ' 120
	expect_match "$(machine_log "$name")" 'No virtual machines: this host runs without'
	expect_match "$(machine_log "$name")" "^ *$sentence"
	machine_ssh_wait "$name" 300
	expect_match "$(machine_ssh "$name" cat /run/issue)" "$sentence"
	machine_ssh "$name" '! test -e /dev/mshv && ! grep tsc= /proc/cmdline'
	machine_kill "$name"
}

@test "no AMD-V: a sentence, and the parent without hypervisor" {
	expect_without nosvm 'This processor has no AMD-V' -cpu EPYC-v4,-svm
}

@test "no nested paging: the same" {
	expect_without nonpt 'This processor has no nested paging' -cpu EPYC-v4,-npt
}

@test "AMD-V with known errors: refused" {
	root_start old 1 1024 -cpu EPYC-v4,family=16
	machine_wait old 'Without hypervisor: This processor is too old' 60
	machine_kill old
}

@test "an Intel processor: the same" {
	expect_without intel 'Intel processors are not supported yet' -cpu Skylake-Server-v1
}

@test "an option that does not exist: the same" {
	iso_options='panic=5 colour=blue' \
		expect_without option "The hypervisor has no option 'colour=blue'"
}

@test "too little memory: said; the system image says so, too" {
	root_start little 1 256
	machine_wait little 'Without hypervisor: Too little memory for the hypervisor' 60
	machine_kill little
}

@test "modules that are missing or broken are named" {
	local junk=$BATS_TEST_TMPDIR/junk
	iso_unpack
	head -c 1M /dev/urandom > "$junk"
	machine_start none -kernel "$disc/socle/hypervisor"
	machine_wait none 'No kernel was loaded for the parent' 30
	machine_start junk -kernel "$disc/socle/hypervisor" -initrd "$junk,$disc/socle/initramfs"
	machine_wait junk 'The first module is no Linux kernel' 30
	machine_wait junk 'There is nothing to start' 10
	machine_screen_wait junk 'The first module is no Linux kernel' 10
	head -c 2M "$disc/socle/linux" > "$junk.short"
	machine_start short -kernel "$disc/socle/hypervisor" -initrd "$junk.short,$disc/socle/initramfs"
	machine_wait short 'The kernel module is cut short' 30
	machine_start alone -kernel "$disc/socle/hypervisor" -initrd "$disc/socle/linux"
	machine_wait alone 'No initramfs was loaded' 30
	MACHINE_CPUS=1 machine_start patch -kernel "$disc/socle/hypervisor" \
		-initrd "$disc/socle/linux console=ttyS0 no_timer_check,$disc/socle/initramfs,$junk"
	machine_wait patch 'The third module is no microcode container' 30
	machine_wait patch 'Waiting for the boot medium' 90
}

@test "a fault in the hypervisor: back-trace, restart, and the log is still there" {
	local address port
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	iso_options='panic=20' root_start broken 2 1024 -gdb "tcp:127.0.0.1:$port" \
		-action reboot=reset
	machine_ssh_wait broken 300
	# An undefined instruction where CPUID is served.
	address=$(nm "$SOCLE_BUILD/own.hypervisor/hypervisor.elf" | awk '$3 == "cpuid_exit" { print $1 }')
	python3 "$machine_lib/gdb.py" "$port" "$address" 0f0b
	MACHINE_SSH_SECONDS=3 machine_ssh broken \
		'modprobe cpuid; dd if=/dev/cpu/1/cpuid bs=16 count=1' || true
	machine_wait broken 'rip [0-9a-f]{16}' 30
	machine_wait broken 'Socle hypervisor panic on processor [01]: exception 6' 10
	machine_wait broken "$address cpuid_exit\+0x0" 10
	machine_wait broken 'vp_loop\+0x' 10
	machine_wait broken 'Restart in 20 seconds' 10
	machine_screen_wait broken 'Socle hypervisor panic' 5
	machine_wait broken 'The parent starts on 2 processors' 60
	machine_ssh_wait broken 300
	expect_match "$(machine_ssh broken hvlog --before)" 'Socle hypervisor panic'
	machine_kill broken
}

@test "a machine check in the hypervisor is named" {
	local address port
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	parent_start checked 1 EPYC-v4 "seed=1 storm=1000000" -gdb "tcp:127.0.0.1:$port" -S
	# Where CPUID is served: int $18.
	address=$(nm "$SOCLE_BUILD/own.hypervisor/hypervisor.elf" | awk '$3 == "cpuid_exit" { print $1 }')
	machine_monitor checked cont
	machine_wait checked 'The parent starts' 60
	python3 "$machine_lib/gdb.py" "$port" "$address" cd12
	machine_wait checked 'Machine check: global status' 60
	machine_wait checked 'Socle hypervisor panic on processor 0: a machine check while the hypervisor ran' 10
}

@test "a hypervisor without a stack says so, too" {
	local address port
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	parent_start stackless 1 EPYC-v4 "seed=1 storm=1000000" -gdb "tcp:127.0.0.1:$port" -S
	# Where CPUID is served: xor %esp, %esp; push %rax. The double fault has
	# a stack of its own.
	address=$(nm "$SOCLE_BUILD/own.hypervisor/hypervisor.elf" | awk '$3 == "cpuid_exit" { print $1 }')
	machine_monitor stackless cont
	machine_wait stackless 'The parent starts' 60
	python3 "$machine_lib/gdb.py" "$port" "$address" 31e450
	machine_wait stackless 'Socle hypervisor panic on processor 0: exception 8' 60
	machine_wait stackless 'cpuid_exit\+0x2' 10
}
