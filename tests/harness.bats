# Tests of the test library itself: they need no ISO.
# SPDX-License-Identifier: MIT

load lib/machine
load lib/volume
load lib/expect

setup_file() {
	requires as ld mcopy debugfs xorriso mkfs.vfat mke2fs
	as --32 -o "$BATS_FILE_TMPDIR/sector.o" "$BATS_TEST_DIRNAME/lib/sector.S"
	ld -m elf_i386 -Ttext 0x7c00 --oformat binary \
		-o "$BATS_FILE_TMPDIR/sector" "$BATS_FILE_TMPDIR/sector.o" 2> /dev/null
	truncate -s 1M "$BATS_FILE_TMPDIR/sector"
	export sector="file=$BATS_FILE_TMPDIR/sector,format=raw,read-only=on,if=none,id=sector"
	start_sector shared
	machine_wait shared 'sector ready' 15
}

# start_sector NAME [QEMU OPTION...]
start_sector() {
	local name=$1
	shift
	MACHINE_MEMORY=32 MACHINE_CPUS=1 machine_start "$name" \
		-drive "$sector" -device virtio-blk-pci,drive=sector "$@"
}

# How long a wait takes is what is looked at here.
machine_patience=1

@test "quick: a wait that is not fulfilled ends in time and shows the last lines" {
	SECONDS=0
	run machine_wait shared 'this never comes' 1
	expect_equal "$status" 1 "status"
	expect_at_most "$SECONDS" 4 "seconds"
	expect_match "$output" "machine shared: 'this never comes' did not come in 1 s"
	expect_match "$output" '^sector ready$'
}

@test "quick: the end of a machine is noticed at once, with its last lines" {
	start_sector short
	machine_wait short 'ready' 15
	SECONDS=0
	machine_type short q
	run machine_wait short 'this never comes' 60
	expect_equal "$status" 1 "status"
	expect_at_most "$SECONDS" 5 "seconds"
	expect_match "$output" "ended before 'this never comes' came"
	expect_match "$output" '^sector ready$'
}

@test "quick: a machine that QEMU refuses to start shows why" {
	machine_start refused -device no-such-device
	run machine_wait refused 'anything' 60
	expect_equal "$status" 1 "status"
	expect_match "$output" 'no-such-device.* is not a valid device'
}

@test "quick: each wait goes on after the one before, also inside a line" {
	machine_type shared 'one two one'
	machine_wait shared 'one' 5
	machine_wait shared 't[a-z]+' 5
	expect_equal "$machine_matched" two
	machine_wait shared 'one$' 5
	run machine_wait shared 'one' 0
	expect_equal "$status" 1 "status"
}

@test "quick: the keyboard types every printable character" {
	local text='aZ09 -=[];,./`!@#$%^&*()_+{}:"<>?|~'\''\'
	machine_sendkeys shared "$text"
	machine_wait shared "~'." 5
	expect_match "$(machine_log shared)" 'aZ09 -=\[\];,\./`!@#\$%\^&\*\(\)_\+\{\}:"<>\?\|~'\''\\'
}

@test "quick: the screen is read as text" {
	machine_screen_wait shared '^sector ready$' 5
	expect_equal "$(machine_screen shared | wc -l)" 25 "lines"
}

@test "quick: machines have ports and names of their own" {
	start_sector other
	machine_wait other 'ready' 15
	local one two
	one=$(machine_port shared)
	two=$(machine_port other)
	expect_match "$one" '^[0-9]+$'
	expect_match "$two" '^[0-9]+$'
	[ "$one" != "$two" ]
	run machine_start other
	expect_equal "$status" 1 "status of a second one with the name"
	run machine_wait nobody 'x' 1
	expect_match "$output" "there is no machine 'nobody'"
}

@test "quick: a machine that is switched off has ended, and only that one" {
	start_sector off
	start_sector killed
	local pid
	pid=$(machine_pid off)
	machine_off off
	run machine_pid off
	expect_equal "$status" 1 "status of machine_pid"
	[ ! -e "/proc/$pid" ]
	machine_kill killed
	machine_kill killed
	run machine_pid killed
	expect_equal "$status" 1 "status of machine_pid"
	machine_pid shared
}

@test "quick: a process that only has the same number is left alone" {
	start_sector renamed
	local dir pid birth
	dir=$(machine_dir renamed)
	read -r pid birth < "$dir/pid"
	echo "$pid $((birth - 1))" > "$dir/pid"
	machine_kill renamed
	[ -e "/proc/$pid" ]
	echo "$pid $birth" > "$dir/pid"
}

@test "quick: QEMU dies with the test process that started it" {
	local name=$BATS_TEST_TMPDIR/pid
	(
		start_sector orphan
		machine_pid orphan > "$name"
	)
	local pid i
	pid=$(cat "$name")
	for i in {1..50}; do
		[ -e "/proc/$pid" ] || break
		sleep 0.1
	done
	[ ! -e "/proc/$pid" ]
}

@test "quick: Enter on the keyboard" {
	machine_sendkeys shared 'before\nafter'
	machine_wait shared '^after' 5
}

@test "quick: a missing tool is a failure that names it" {
	run requires sh no-such-tool
	expect_equal "$status" 1 "status"
	expect_match "$output" 'missing on this host: no-such-tool$'
}

@test "quick: comparisons that fail show both sides" {
	run expect_equal left right what
	expect_equal "$status" 1 "status"
	expect_match "$output" 'wanted: right'
	expect_match "$output" 'got: *left'
	run expect_match $'one\ntwo' '^three$'
	expect_equal "$status" 1 "status"
	run expect_no_match $'one\ntwo' '^two$'
	expect_equal "$status" 1 "status"
	run expect_failure true
	expect_equal "$status" 1 "status"
}

@test "quick: volumes hold the file that was asked for" {
	local file=$BATS_TEST_TMPDIR/settings got
	printf '[host]\nname = volume-test\n' > "$file"
	got=$(mcopy -i "$(make_conf_volume vfat SOCLE_CONF "$file")" ::socle.conf -)
	expect_equal "$got" "$(cat "$file")" vfat
	got=$(debugfs -R 'cat socle.conf' "$(make_conf_volume ext4 SOCLE_CONF "$file")" 2> /dev/null)
	expect_equal "$got" "$(cat "$file")" ext4
	xorriso -osirrox on -indev "$(make_conf_volume iso SOCLE_CONF "$file")" \
		-extract /socle.conf "$BATS_TEST_TMPDIR/got" 2> /dev/null
	expect_equal "$(cat "$BATS_TEST_TMPDIR/got")" "$(cat "$file")" iso
	run make_conf_volume ntfs SOCLE_CONF "$file"
	expect_equal "$status" 1 "status of an unknown type"
}

@test "quick: config disks carry their label, whole or in a partition" {
	local disk
	disk=$(make_config_disk)
	expect_match "$(debugfs -R 'stats -h' "$disk" 2> /dev/null)" 'volume name: *socle-config$'
	disk=$(make_config_disk "" partition)
	expect_match "$(debugfs -R 'stats -h' "$disk?offset=1048576" 2> /dev/null)" 'volume name: *socle-config$'
	expect_match "$(file "$disk")" 'partition 1 : ID=0x83.*startsector 2048, 32768 sectors'
}
