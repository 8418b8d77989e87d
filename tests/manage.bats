# VMs as objects: the management service and its command.
# SPDX-License-Identifier: MIT

load lib/manage

# One host for all: 2 processors, 6 GB, of which QEMU takes what is used.
setup_file() {
	requires xorriso unsquashfs mkfs.vfat mcopy python3 ssh ssh-keygen openssl gcc make
	iso_unpack
	qemu_disk
	child_start host 2 6144 -cpu EPYC-v4,+x2apic "${qemu_disk[@]}"
}

### Before the machine is asked

@test "quick: definitions of VMs, damaged ones, power cuts, with sanitizers" {
	make -C "$SOCLE_TOP/tests/unit" -f vmms.mk BUILD="$BATS_TEST_TMPDIR" check
}

@test "quick: lives of VMs, with helpers and workers that fail, and a service that is killed" {
	make -C "$SOCLE_TOP/tests/unit" -f vmms_machine.mk BUILD="$BATS_TEST_TMPDIR" check
}

@test "quick: the management service's protocol, and wrong clients of it, with sanitizers" {
	make -C "$SOCLE_TOP/tests/unit" -f vmms_server.mk BUILD="$BATS_TEST_TMPDIR" check
}

@test "every verb of vm, good and bad, 256 VMs, with sanitizers" {
	make -C "$SOCLE_TOP/tests/unit" -f vmms_verbs.mk BUILD="$BATS_TEST_TMPDIR" check
}

@test "quick: a program in a worker's place can do nothing of what it must not" {
	local root=
	[ "$(id -u)" = 0 ] || root="sudo -n"
	$root make -C "$SOCLE_TOP/tests/unit" -f confine.mk BUILD="$BATS_TEST_TMPDIR" check
}

@test "fuzz targets of definitions, requests and answers, 3 s each" {
	local name
	for name in definition request answer; do
		SOCLE_BUILD=$BATS_TEST_TMPDIR "$SOCLE_TOP/build.sh" fuzz "$name" 3
	done
}

### On a host

@test "quick: a first VM is made, started, seen, paused, turned off and deleted by commands" {
	manage_ready host
	run machine_ssh host 'set -e; exec 2>&1
		vm switch create lan type=private
		vm create web --memory 64M --switch lan
		vm start web
		vm start web || echo "status $?"
		vm list
		ls /sys/class/net | grep ^v
		ls /run/socle/vms/web
		vm pause web; vm list
		vm reset web; vm list
		vm reboot web || echo "status $?"
		vm stop web || echo "status $?"
		vm delete web || echo "status $?"
		vm stop web --hard
		vm list; vm show web; ls /run/socle/vms /sys/fs/cgroup/socle
		[ -z "$(ls /sys/class/net | grep ^v)" ]
		[ -z "$(pidof vmwp)" ]
		vm rename web shop; vm delete shop; vm list
		vm switch delete lan
		man vm | grep "vm start starts a VM"
		for pid in $(pidof vmms); do
			[ "$(stat -c %U /proc/$pid)" != vmms ] || cat /proc/$pid/status
		done'
	expect_equal "$status" 0 "status of the commands: $output"
	expect_match "$output" 'web cannot be started: the VM is running'
	expect_match "$output" '^web +Running +1 +64M'
	expect_match "$output" '^v[0-9a-f]{8}-0'
	expect_match "$output" '^web +Paused'
	expect_match "$output" 'web cannot be rebooted: its guest has no service for that'
	expect_match "$output" 'web cannot be stopped: its guest has no service for that'
	expect_match "$output" 'web is not off: it is Running'
	expect_match "$output" '^web +Off'
	# The control process is held to its calls.
	expect_match "$output" '^Seccomp:.2'
	parent_is_well host
}

@test "a guest is asked to shut down, by a service that is killed meanwhile" {
	manage_ready host
	manage_put host
	MACHINE_SSH_SECONDS=300 run machine_ssh host 'exec 2>&1
		vm create web --memory 256M --iso guest.iso && vm start web || exit 1
		for i in $(seq 250); do
			vm list | grep -q "good$" && break
			sleep 1
		done
		vm list
		vm stop web &
		sleep 0.2
		killall -9 vmms
		wait
		for i in $(seq 100); do
			vm list 2> /dev/null | grep -q "^web  *Off" && break
			sleep 0.3
		done
		vm list
		pidof vmwp'
	expect_match "$output" '^web +Running +1 +256M .*good'
	expect_match "$output" '^web +Off'
	expect_no_match "$output" '^[0-9]+$' "a worker"
}

@test "the service and its helper are killed 20 times: a VM runs on, and is the service's again" {
	manage_ready host
	MACHINE_SSH_SECONDS=200 run machine_ssh host 'exec 2>&1
		vm create web --memory 64M && vm start web || exit 1
		worker=$(pidof vmwp)
		for i in $(seq 20); do
			set -- $(pidof vmms)
			shift $((i % $#))
			kill -9 $1
			for try in $(seq 100); do
				vm list > /tmp/list 2> /dev/null && break
				sleep 0.1
			done
			grep "^web  *Running" /tmp/list || exit 1
		done
		[ "$(pidof vmwp)" = "$worker" ] || exit 1
		vm pause web && vm resume web && vm stop web --hard && vm list'
	expect_equal "$status" 0 "status of the commands: $output"
	expect_equal "$(grep -c '^web *Running' <<< "$output")" 20 "times that it ran"
	# It has run since its start, whoever looked.
	expect_no_match "$(grep Running <<< "$output" | tail -n 1)" ' 0:0[0-9] ' "its time"
}

@test "the service is killed at any moment of starts, stops, changes: nothing is left over" {
	manage_ready host
	MACHINE_SSH_SECONDS=400 run machine_ssh host 'exec 2>&1
		is_there() {
			for try in $(seq 100); do
				vm list > /tmp/list 2> /dev/null && return
				sleep 0.1
			done
			exit 1
		}
		for round in $(seq 1 2 7); do
			for verb in "create x$round --memory 16M" "start x$round" "set x$round notes=n" \
				"stop x$round --hard" "rename x$round y$round" "delete y$round"; do
				vm $verb > /dev/null 2>&1 &
				usleep $((round * 40000))
				killall -9 vmms
				wait $!
				is_there
				# What was not done is done now.
				case $verb in
				start*) vm list | grep -q "^x$round  *Running" || vm start x$round || exit 1 ;;
				stop*) vm list | grep -q "^x$round  *Off" || vm stop x$round --hard || exit 1 ;;
				create*) vm list | grep -q "^x$round " || vm create x$round --memory 16M || exit 1 ;;
				rename*) vm list | grep -q "^y$round " || vm rename x$round y$round || exit 1 ;;
				delete*) ! vm list | grep -q "^y$round " || vm delete y$round || exit 1 ;;
				esac
			done
		done > /tmp/rounds || { cat /tmp/rounds; vm list; exit 1; }
		vm list
		ls -A /run/socle/vms /run/socle/storage/vms
		find /sys/fs/cgroup/socle -mindepth 1 -type d
		! pidof vmwp'
	expect_equal "$status" 0 "status of the commands: $output"
	expect_no_match "$output" '[xy][1-8]' "what is left"
	parent_is_well host
}

@test "with the host: who ran is started again, in order; going down, all are stopped" {
	manage_ready host
	MACHINE_SSH_SECONDS=200 run machine_ssh host 'exec 2>&1
		for vm in late ran off never; do vm create $vm --memory 16M || exit 1; done > /dev/null 2>&1
		vm set late start=always start-order=900 > /dev/null
		vm set never start=nothing > /dev/null
		vm start ran; vm start never
		vm going-down
		vm start off || echo "status $?"
		vm list
		echo --- the next boot
		for mark in /run/socle/storage/vms/*/vm.conf.ran; do echo another > $mark; done
		: > /run/socle/vmms.begun
		killall vmms
		for i in $(seq 100); do
			[ ! -s /run/socle/vmms.begun ] || break
			sleep 0.3
		done
		vm list
		grep "vmms: .* runs" /var/log/messages | tail -n 2
		for vm in late ran; do vm stop $vm --hard; done
		killall vmms; sleep 2; vm list > /tmp/list || sleep 3; vm list'
	expect_match "$output" 'ran: .* it is turned off'
	expect_match "$output" 'ran is off'
	expect_match "$output" 'off cannot be started: the host is going down'
	local after=${output##*--- the next boot}
	expect_match "$after" '^late +Running'
	expect_match "$after" '^ran +Running'
	expect_match "$after" '^off +Off'
	expect_match "$after" '^never +Off'
	expect_match "$(tr '\n' ' ' <<< "$after")" 'ran runs.*late runs'
	# A mere restart of the service starts nothing.
	expect_match "$(tail -n 4 <<< "$after")" '^ran +Off'
}

@test "a full volume refuses changes and loses none; a clock that is set back stops nothing" {
	manage_ready host
	MACHINE_SSH_SECONDS=100 run machine_ssh host 'exec 2>&1
		rm -f /run/socle/storage/iso/*
		mount -o remount,size=512k /run/socle/storage || exit 1
		vm create web --memory 16M > /dev/null 2>&1
		vm set web notes=before
		dd if=/dev/zero of=/run/socle/storage/fill bs=4k 2> /dev/null
		vm set web notes=after || echo "status $?"
		vm create more || echo "status $?"
		vm show web | grep ^notes
		vm start web && vm list
		ls /run/socle/storage/vms
		rm /run/socle/storage/fill
		mount -o remount,size=50% /run/socle/storage
		date -s @$(($(date +%s) - 86400)) > /dev/null
		vm set web notes=after
		vm pause web && vm resume web && vm list
		vm stop web --hard
		date -s @$(($(date +%s) + 86400)) > /dev/null
		vm show web | grep ^notes'
	expect_match "$output" 'web cannot be changed: .*No space left on device'
	expect_match "$output" '^notes +before'
	expect_equal "$(grep -c '^web *Running' <<< "$output")" 2 "times that it ran"
	expect_no_match "$output" '^more' "a VM"
	expect_match "$(tail -n 1 <<< "$output")" '^notes +after'
	parent_is_well host
}

@test "16 VMs are made, started, stopped and deleted" {
	manage_ready host
	manage_many host 16
}
