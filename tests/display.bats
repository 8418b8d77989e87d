# A VM's screen, keyboard and pointer, and who looks.
# SPDX-License-Identifier: MIT

load lib/boot

setup_file() {
	requires xorriso unsquashfs mkfs.vfat mcopy python3 ssh ssh-keygen openssl gcc
	iso_unpack
	child_start host 2 2048
}

### Before the machine is asked

@test "quick: screenshots, viewers and what they type, with sanitizers" {
	make -C "$SOCLE_TOP/tests/unit" -f rfb.mk BUILD="$BATS_TEST_TMPDIR" check
}

@test "quick: synthetic video, keyboard and pointer, with sanitizers" {
	make -C "$SOCLE_TOP/tests/unit" -f synth.mk BUILD="$BATS_TEST_TMPDIR" check
}

### A viewer through SSH

# viewer WORD...: viewer.py at the VM's socket, through SSH.
viewer() {
	local login port=$((20000 + RANDOM % 10000)) status=0
	machine_login host -p || return
	ssh -N "${login[@]}" -o ExitOnForwardFailure=yes \
		-L "127.0.0.1:$port:/tmp/vm/pc.vnc" root@127.0.0.1 3>&- &
	sleep 5
	timeout 120 python3 "$SOCLE_TOP/tests/lib/viewer.py" "$port" "$@" || status=$?
	kill $!
	return $status
}

@test "a PC without a disk: its firmware's screen by a screenshot, and by a viewer through SSH" {
	child_ready host 300
	boot_vm host pc --memory 256M --processors 1 --vnc /tmp/vm/pc.vnc
	vm_wait host pc 'Press ESC' 120
	expect_equal "$(machine_ssh host 'stat -c %a /tmp/vm/pc.vnc')" 600 "mode"
	expect_match "$(vm_control host pc 'screenshot /tmp/vm/pc.png')" '720 x 400'
	machine_ssh host 'cat /tmp/vm/pc.png' > "$BATS_TEST_TMPDIR/pc.png"
	expect_match "$(file "$BATS_TEST_TMPDIR/pc.png")" 'PNG image data, 720 x 400, 8-bit/color RGB'
	expect_equal "$(viewer size)" '720 400' "size"
	expect_match "$(viewer pixels)" 'aaaaaa [0-9]+'
	viewer type 'x'
	vm_control host pc stop
}
