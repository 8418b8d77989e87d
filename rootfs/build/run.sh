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
	gcc -O1 -shared -fPIC -o "$build/qemu_mend.so" "$top/tests/lib/qemu_mend.c" ||
		die "tests/lib/qemu_mend.c does not compile"
	# shellcheck disable=SC2086
	LD_PRELOAD=$build/qemu_mend.so qemu-system-x86_64 \
		-accel tcg,thread=multi -cpu EPYC-v4,+x2apic -M q35 \
		-m "$run_memory" -smp "$run_cpus" $run_display \
		-cdrom "$build/socle.iso" -boot d \
		-nic "user,model=virtio-net-pci,hostfwd=tcp:127.0.0.1:$run_port-:22" \
		"$@"
}

# bench_guests: what runs in VMs, and beside them, into build/bench.
bench_guests() {
	rm -rf "$build/bench"
	mkdir -p "$build/bench"
	bench_kernels=$(recipe_output guests)
	for bench_kernel in bookworm trixie backports; do
		cp "$bench_kernels/$bench_kernel" "$build/bench/"
	done
	make -s -C "$top/tests/guest/parent" BUILD="$build/bench.parent" &&
		make -s -C "$top/tests/guest/tiny" BUILD="$build/bench" &&
		make -s -C "$top/tests/guest/control" BUILD="$build/bench" &&
		make -s -C "$top/tests/guest/loader" BUILD="$build/bench" &&
		make -s -C "$top/tests/guest/ways" BUILD="$build/bench" \
			HEADERS="$(recipe_output linux-headers)/include" &&
		make -s -C "$top/tests/guest/init" BUILD="$build/bench" \
			GEN_INIT_CPIO="$(recipe_output kernel)/tools/gen_init_cpio" \
			MODULES="$bench_kernels/modules" &&
		make -s -C "$top/tests/guest/wire" BUILD="$build/bench" &&
		bench_debian && bench_wire ||
		die "a guest does not compile"
}

# bench_debian: Debian's stock kernel, and our init with its modules.
bench_debian() {
	cp "$(recipe_output debian)/kernel" "$build/bench/debian" &&
		make -s -C "$top/tests/guest/init" BUILD="$build/bench.debian" \
			GEN_INIT_CPIO="$(recipe_output kernel)/tools/gen_init_cpio" \
			MODULES="$(recipe_output debian)/modules" &&
		cat "$build/bench.debian/64.cpio" "$build/bench.debian/debian.modules" \
			> "$build/bench/debian.cpio"
}

# bench_wire: a guest of Debian's kernel for a NIC; a host of it, with KVM.
bench_wire() {
	bench_package=linux-image-$(recipe_field debian kernel)
	fetch binary "$bench_package"
	bench_deb=$(lock_lines binary "$bench_package" | cut -d ' ' -f 5)
	rm -rf "$build/bench.linux"
	dpkg-deb -x "$cache/sources/$bench_deb" "$build/bench.linux" &&
		sh "$top/tests/guest/wire/images.sh" "$build/bench/wire" \
			"$build/bench.linux" "$build/bench/debian" \
			"$(recipe_output kernel)/tools/gen_init_cpio" "$build/bench.wire" &&
		mv "$build/bench.wire/wire.cpio" "$build/bench/"
}

# bench_part NAME ARGUMENT...: the others are measured even if this one is not.
bench_part() {
	bench_name=$1
	shift
	python3 "$top/tests/lib/$bench_name.py" "$@" || {
		say "$bench_name: a machine did not do what was measured"
		bench_failed=yes
	}
}

# bench: what the hypervisor costs its parent and its guests, in instructions and
# exits; what VMs take of memory.
bench() {
	bench_guests
	bench_hypervisor=$build/disc/socle/hypervisor
	set -- "$build/socle.iso" "$bench_hypervisor" "$hypervisor/hypervisor.elf" \
		"$build/disc/socle/linux" "$build/disc/socle/initramfs"
	bench_failed=
	bench_part bench_exits "$bench_hypervisor" "$build/bench.parent/parent"
	bench_part bench_vms "$@" "$build/bench"
	bench_part bench_network "$@" "$build/bench" "$build/bench.wire/host.cpio"
	bench_part bench_management "$@" "$build/bench"
	bench_part bench_menu "$@" "$build/bench"
	bench_part bench "$@"
	[ -z "$bench_failed" ] || die "not all was measured"
}
