# run: the ISO in an emulated machine; bench: figures of its start.
# SPDX-License-Identifier: MIT

run_options() {
	run_console=both run_memory=1024 run_cpus=2 run_disks=
	run_count=0
	while [ $# -gt 0 ]; do
		case $1 in
		--serial) run_console=serial ;;
		--screen) run_console=screen ;;
		--memory) run_memory=$(option_number "$@") ;;
		--cpus) run_cpus=$(option_number "$@") ;;
		--disk) run_disk "$@" ;;
		--) shift; break ;;
		*) usage_error "run: unknown option '$1'" ;;
		esac
		case $1 in --memory | --cpus | --disk) shift ;; esac
		shift
	done
	# What follows -- goes to QEMU as it is; kept quoted for eval.
	run_extra=
	for run_argument; do
		run_extra="$run_extra '$(printf '%s' "$run_argument" | sed "s/'/'\\\\''/g")'"
	done
}

# option_number OPTION VALUE: prints VALUE, or fails.
option_number() {
	case ${2:-} in
	'' | *[!0-9]* | 0*) usage_error "run: $1 needs a number" ;;
	esac
	echo "$2"
}

# run_disk --disk FILE
run_disk() {
	[ -n "${2:-}" ] || usage_error "run: --disk needs a file"
	[ -f "$2" ] || usage_error "run: no disk image $2"
	run_disks="$run_disks -drive file='$(printf '%s' "$2" | sed "s/'/'\\\\''/g; s/,/,,/g")',format=raw,if=none,id=disk$run_count -device virtio-blk-pci,drive=disk$run_count"
	run_count=$((run_count + 1))
}

# free_port: a loopback port that nothing listens on.
free_port() {
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

run_machine() {
	run_port=$(free_port)
	case $run_console in
	serial) run_display="-vga none -display none -serial mon:stdio" ;;
	screen) run_display="-display ${SOCLE_DISPLAY:-gtk} -serial null" ;;
	both) run_display="-display none -serial mon:stdio" ;;
	esac
	[ "$run_console" = screen ] && ! qemu-system-x86_64 -display help | grep -qx gtk &&
		run_display="-display curses -serial null"
	say "SSH: ssh -p $run_port root@127.0.0.1 (once a key is set)"
	case $run_console in
	screen) ;;
	*) say "This terminal is the serial console; Ctrl-A X ends the machine" ;;
	esac
	eval "set -- $run_disks $run_extra"
	# shellcheck disable=SC2086
	qemu-system-x86_64 -accel tcg,thread=multi -cpu EPYC-v4,+x2apic -M q35 \
		-m "$run_memory" -smp "$run_cpus" $run_display \
		-cdrom "$build/socle.iso" -boot d \
		-nic "user,model=virtio-net-pci,hostfwd=tcp:127.0.0.1:$run_port-:22" \
		"$@"
}

# bench: what the hypervisor costs its parent, in instructions and exits.
bench() {
	python3 "$top/tests/lib/bench.py" "$build/socle.iso" \
		"$build/disc/socle/hypervisor" "$hypervisor/hypervisor.elf" \
		"$build/disc/socle/linux" "$build/disc/socle/initramfs" ||
		die "a machine did not do what was measured"
}
