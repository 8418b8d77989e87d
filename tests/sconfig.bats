# The text menu, on a terminal: keys, sizes, signals, screens, bytes.
# SPDX-License-Identifier: MIT

load lib/sconfig
load lib/host
load lib/manage

setup_file() {
	requires gcc make tmux xorriso unsquashfs mke2fs python3 ssh ssh-keygen openssl
	menu_build
	menu_vm create web --disk 20G --switch lan
	menu_vm create mail
}

teardown_file() {
	menu_end
}

@test "quick: the menu's parts, with sanitizers" {
	make -s -C "$SOCLE_TOP/tests/unit" -f sconfig.mk BUILD="$menu_programs" check
}

# A number, what its page shows.
menu_entries='1:Host.name +branch
2:NAME +KEYS
3:eth0
4:no switch yet
5:NAME +WHAT
6:NAME +STATE
7:SSH +on
9:Time.zone +UTC
11:Boot.medium +sdc
12:Machine +ACME
13:What.goes'

@test "quick: the menu: every entry is reached, by number and by arrows" {
	local line
	menu_start all
	menu_wait all 'branch-7'
	while IFS= read -r line; do
		menu_open all "${line%%:*}" "${line#*:}"
		menu_back all
	done <<< "$menu_entries"
	for line in 8 10; do
		menu_open all "$line" 'later version'
	done
	menu_keys all Home Down Enter
	menu_wait all 'NAME +KEYS'
	menu_back all
	menu_keys all 1 5 Enter
	menu_wait all 'Restart this host.*\(y/N\)'
	menu_keys all n 16 Enter
	menu_wait all 'Shut this host down.*\(y/N\)'
	menu_keys all Escape 17 Enter
	menu_wait all 'exit brings the menu back'
	menu_keys all exit Enter
	menu_wait all 'Main menu'
	menu_keys all 15 Enter
	menu_wait all 'y/N'
	menu_keys all y Enter
	menu_wait all 'the host goes down, as soon as'
	menu_keys all 14 Enter
	menu_ends all 0
}

@test "quick: the menu: screens" {
	menu_start screens
	menu_wait screens 'hypervisor runs'
	menu_wait screens 'branch-7  Socle'
	menu_compare screens main
	menu_open screens 2 PASSWORD
	menu_compare screens administrators
	menu_keys screens a
	menu_wait screens 'New administrator'
	menu_keys screens bob Tab 'ssh-ed25519 AAAA'
	menu_compare screens administrator-new
	menu_back screens
	menu_open screens 7 'SSH +on'
	menu_compare screens remote
	menu_keys screens '?'
	menu_wait screens 'fingerprint with what ssh'
	menu_compare screens help
	menu_back screens
	menu_open screens 11 'Boot medium'
	menu_compare screens backup
	menu_keys screens s
	menu_wait screens 'Save the settings'
	menu_compare screens backup-save
	menu_keys screens Escape
	menu_wait screens 'Boot medium'
	menu_keys screens m
	menu_wait screens 'sdb  8G'
	menu_compare screens backup-stick
	menu_back screens
	menu_open screens 13 'What goes'
	menu_compare screens reset
	menu_back screens
	menu_open screens 12 Machine
	menu_compare screens health
	menu_back screens
	menu_keys screens 14 Enter
	menu_ends screens 0
}

@test "quick: the menu: what is typed into a form, good, bad, too long, UTF-8, control characters" {
	local long
	menu_start form
	menu_open form 1 '\[ OK \]'
	# A terminal's bytes that are no keys of ours do nothing.
	menu_keys form C-u $'\x01' C-o C-p $'\x85' $'\xff' M-x F5 F12 IC
	menu_keys form C-u '!'
	menu_keys form Tab Enter
	menu_wait form 'not a host name'
	menu_wait form 'Host name +!'
	menu_keys form Up C-u 'Grüße 日本'
	menu_wait form 'Grüße 日本'
	menu_wait form '\$ vm host set host name="Grüße 日本"'
	menu_keys form C-u
	long=$(printf 'x%.0s' $(seq 1 500))
	menu_keys form "$long"
	menu_wait form 'It takes no more'
	menu_keys form Home
	menu_wait form ' x{40,}'
	menu_keys form C-u branch-7 Escape
	menu_wait form 'Main menu|lose what'
	menu_back form
	menu_keys form 14 Enter
	menu_ends form 0
}

@test "quick: the menu: sizes, and a resize in each widget, loses nothing" {
	local size
	menu_start sizes 200 60
	menu_open sizes 1 '\[ OK \]'
	menu_keys sizes C-u typed
	for size in '80 24' '132 43' '40 10' '200 60' '79 24' '80 23' '20 3' '80 24'; do
		# shellcheck disable=SC2086
		menu_resize sizes $size
		case $size in
		40* | 79* | *23) menu_wait sizes 'The menu needs' ;;
		'20 3') menu_wait sizes 'The menu' ;;
		*) menu_wait sizes 'Host name +typed' ;;
		esac
	done
	menu_keys sizes Escape
	menu_wait sizes 'lose what was typed'
	menu_resize sizes 120 30
	menu_wait sizes 'lose what was typed'
	menu_keys sizes y
	menu_wait sizes 'Main menu'
	for size in 2:PASSWORD 6:STATE 12:Machine; do
		menu_resize sizes 80 24
		menu_open sizes "${size%:*}" "${size#*:}"
		menu_resize sizes 60 20
		menu_wait sizes 'The menu needs'
		menu_resize sizes 160 50
		menu_wait sizes "${size#*:}"
		menu_back sizes
	done
	menu_keys sizes 14 Enter
	menu_ends sizes 0
}

@test "quick: the menu: whatever ends it leaves a terminal that works" {
	local name
	for name in TERM HUP; do
		menu_start "end$name"
		kill -s $name "$(menu_pid "end$name")"
		menu_ends "end$name" 0
	done
	for name in SEGV ABRT BUS ILL FPE; do
		menu_start "end$name"
		menu_open "end$name" 1 '\[ OK \]'
		kill -s $name "$(menu_pid "end$name")"
		menu_ends "end$name" "$((128 + $(kill -l $name)))"
	done
	menu_start stays
	for name in INT QUIT TSTP PIPE; do
		kill -s $name "$(menu_pid stays)"
	done
	menu_keys stays C-c C-z C-\\
	menu_open stays 1 '\[ OK \]'
	menu_back stays
	menu_keys stays 14 Enter
	menu_ends stays 0
}

@test "quick: the menu: a vt100, a plain ASCII terminal, and keys that TERM does not name" {
	menu_start old 80 24 vt100
	menu_open old 2 PASSWORD
	# Home and End of xterm, which vt100 has not; then those that it has.
	menu_keys old End
	menu_wait old '> ann'
	menu_keys old C-a
	menu_wait old '> root'
	menu_keys old C-g
	menu_wait old 'Help'
	menu_back old
	menu_keys old 14 Enter
	menu_ends old 0
	# Where characters are bytes, others are shown as ?, and not typed.
	LOCALE=C menu_start ascii
	menu_open ascii 1 '\[ OK \]'
	menu_keys ascii C-u 'aäb'
	menu_wait ascii 'Host name +ab *$'
	menu_back ascii
	menu_keys ascii 14 Enter
	menu_ends ascii 0
	menu_start dumb 80 24 nonsense
	menu_keys dumb 14 Enter
	menu_ends dumb 0
}

@test "quick: the menu: a second without news costs no byte, a key few" {
	local before
	menu_start bytes
	menu_wait bytes 'hypervisor runs'
	sleep 3
	menu_tmux pipe-pane -t bytes "cat >> '$BATS_TEST_TMPDIR/bytes'"
	sleep 3
	before=$(stat -c %s "$BATS_TEST_TMPDIR/bytes")
	echo "# bytes of 3 seconds without news: $before" >&3
	expect_at_most "$before" 40 'bytes of 3 seconds'
	menu_keys bytes Down
	sleep 1
	before=$(($(stat -c %s "$BATS_TEST_TMPDIR/bytes") - before))
	echo "# bytes of one step in the menu: $before" >&3
	expect_at_most "$before" 250 'bytes of one step'
	# A VM starts, by somebody else.
	menu_open bytes 6 'web +Off'
	sleep 1
	before=$(stat -c %s "$BATS_TEST_TMPDIR/bytes")
	menu_vm start web > /dev/null
	menu_wait bytes 'web +Running'
	sleep 1
	before=$(($(stat -c %s "$BATS_TEST_TMPDIR/bytes") - before))
	menu_vm stop web --hard > /dev/null
	echo "# bytes of a VM's start on the list, and a second of its time: $before" >&3
	expect_at_most "$before" 400 'bytes of a start'
	menu_back bytes
	menu_keys bytes 14 Enter
	menu_ends bytes 0
}

@test "quick: the menu: who thinks costs no processor time" {
	local page before
	menu_start idle
	menu_wait idle 'hypervisor runs'
	for page in '' 1 2 12 15; do
		[ -z "$page" ] || menu_keys idle "$page" Enter
		sleep 1
		before=$(menu_ticks idle)
		sleep 2
		expect_at_most "$(($(menu_ticks idle) - before))" 20 "ticks of 2 s in entry '$page'"
		[ "$page" = 15 ] || menu_back idle
	done
	menu_keys idle n 14 Enter
	menu_ends idle 0
}

@test "quick: the menu: without the service it says so, and goes on when it is back" {
	menu_start alone
	menu_wait alone 'hypervisor runs'
	kill -s STOP "$(cat "$BATS_FILE_TMPDIR/world.pid")"
	menu_open alone 1 'Host name'
	menu_keys alone Escape 2 Enter
	menu_wait alone 'Administrators'
	kill -s CONT "$(cat "$BATS_FILE_TMPDIR/world.pid")"
	menu_wait alone ann
	menu_back alone
	# Its socket goes with it; another one comes.
	kill "$(cat "$BATS_FILE_TMPDIR/world.pid")"
	menu_wait alone 'management service (is not there|has gone)'
	rm -f "$BATS_FILE_TMPDIR/service"
	menu_serve
	menu_wait alone 'hypervisor runs'
	sleep 5
	expect_no_match "$(menu_screen alone)" 'management service'
	menu_keys alone 14 Enter
	menu_ends alone 0
}

@test "quick: the menu: network and switches: screens" {
	menu_start network
	menu_wait network 'eth0 192.0.2.5/24'
	menu_open network 3 'NAME +MAC ADDRESS'
	menu_compare network network
	menu_keys network i
	menu_wait network 'Gateway'
	menu_compare network network-info
	menu_keys network Escape
	menu_wait network 'Enter change'
	menu_keys network t
	menu_wait network '2 of 5 are bad'
	menu_compare network network-test
	menu_keys network Escape
	menu_wait network 'Enter change'
	menu_keys network Enter
	menu_wait network 'Addresses of eth0'
	menu_keys network f Tab 192.0.2.7/24
	menu_wait network 'address=192.0.2.7/24'
	menu_compare network network-address
	menu_back network
	menu_open network 4 'There is no switch yet'
	menu_keys network a
	menu_wait network 'eth0 +52:54'
	menu_compare network switch-new
	menu_back network
	menu_keys network 14 Enter
	menu_ends network 0
}

@test "quick: the menu: network and switches, confirmed and forgotten" {
	sh "$SOCLE_TOP/tests/unit/menu_network.sh" "$menu_programs"
}

@test "quick: the menu: storage: claimed, erased when asked twice, mirrored, forgotten" {
	sh "$SOCLE_TOP/tests/unit/menu_storage.sh" "$menu_programs"
}

@test "quick: the menu: settings saved and restored, a spare stick, a factory reset" {
	sh "$SOCLE_TOP/tests/unit/menu_backup.sh" "$menu_programs"
}

# vms STORY: with VMs of its own.
vms() {
	"$SOCLE_TOP/tests/unit/menu_vms.sh" "$menu_programs" "$1"
}

@test "quick: the menu: a VM is made, started, stopped and deleted; one has problems" {
	vms life
}

@test "quick: the menu: a VM's settings, share, services and name" {
	vms changes
}

@test "quick: the menu: a VM's disks and discs" {
	vms drives
}

@test "quick: the menu: a VM's network adapters, VLANs and guards" {
	vms adapters
}

@test "quick: the menu: a VM's screen and serial port, and back with one key" {
	vms console
}

### In the booted ISO

# story_host NAME: with the hypervisor, a volume of its own, and a disc that root brings.
story_host() {
	local options=()
	manage_disc || return
	attach options "$(host_disk)" virtio-blk-pci
	attach options "$BATS_FILE_TMPDIR/guest.iso" virtio-blk-pci,serial=disc
	MACHINE_CPUS=2 MACHINE_MEMORY=3072 iso_boot_kernel "$1" "" "$iso" "${options[@]}" \
		-netdev user,id=net0,hostfwd=tcp:127.0.0.1:0-:22 \
		-device "virtio-net-pci,netdev=net0,mac=$host_mac" &&
		host_wait "$1" ann 300 && host_log_in "$1" root &&
		host_root "$1" 'mkdir -p /run/socle/storage/iso; for disk in /sys/block/vd*;
			do [ "$(cat $disk/serial)" != disc ] || cat /dev/${disk##*/} >
			/run/socle/storage/iso/guest.iso; done' 120
}

# story_ok NAME: of a form.
story_ok() {
	menu_keys "$1" PageDown
	menu_wait "$1" '> \[ OK \]'
	menu_keys "$1" Enter
}

# On the serial port, a vt100 of 80 x 24: an administrator gives the host an address and
# makes a switch of its adapter; both are confirmed.
story_of_network() {
	menu_keys line exit Enter
	menu_wait line 'Main menu' 30
	menu_keys line 14 Enter
	menu_wait line 'login:' 60
	menu_keys line bob Enter
	menu_wait line 'Password:'
	menu_keys line "$host_password" Enter
	menu_wait line 'Main menu' 30
	menu_open line 3 '> eth0 '
	menu_keys line Enter
	menu_wait line 'IPv4 +< default >'
	menu_keys line f
	menu_wait line '< fixed address >'
	menu_keys line Tab 10.0.2.15/24 Tab 10.0.2.2
	menu_wait line 'address=10.0.2.15/24 gateway=10.0.2.2'
	story_ok line
	menu_wait line 'goes back in [0-9]+ s' 40
	menu_keys line c
	menu_wait line 'is confirmed: it stays' 40
	menu_back line
	menu_open line 4 'no switch yet'
	menu_keys line a
	menu_wait line '> Name'
	menu_keys line lan
	menu_wait line 'switch create lan type=external nic='
	story_ok line
	menu_wait line 'goes back in [0-9]+ s' 40
	menu_wait line 'c confirm'
	menu_keys line c
	menu_wait line 'is confirmed: it stays' 40
	menu_wait line 'lan +external'
	menu_back line
	menu_wait line 'Network .*10\.0\.2\.15/24' 30
}

# Over SSH, which the switch carries now: a VM with disk and disc is made, started, looked
# at, stopped, and deleted.
story_of_vm() {
	menu_open ssh 6 'no VM yet|There is no VM'
	menu_keys ssh a
	menu_wait ssh 'New VM'
	menu_wait ssh 'free\)'
	menu_keys ssh web Tab C-u 256M Tab Tab C-u 2G Tab
	menu_wait ssh '> Disc in its drive'
	menu_keys ssh Right
	menu_wait ssh '< guest.iso'
	menu_keys ssh Tab Right
	menu_wait ssh '/guest.iso --switch lan --disk 2G'
	story_ok ssh
	menu_wait ssh '> web +Off' 40
	menu_keys ssh s
	menu_wait ssh '> web +Running' 40
	menu_keys ssh c
	menu_wait ssh 'SeaBIOS|ISOLINUX' 60
	menu_keys ssh C-]
	menu_wait ssh 'Virtual machines'
	menu_wait ssh '> web +Running .*good' 240
	menu_resize ssh 120 40
	menu_wait ssh '> web +Running .*good'
	menu_resize ssh 80 24
	menu_keys ssh t
	menu_wait ssh 'guest: ok: data exchange' 60
	menu_keys ssh C-]
	menu_wait ssh 'Virtual machines' 40
	menu_keys ssh x
	menu_wait ssh '> web +Off' 120
	menu_keys ssh d
	menu_wait ssh 'Keep disks'
	story_ok ssh
	menu_wait ssh 'Delete the VM web'
	menu_keys ssh y
	menu_wait ssh 'web is deleted|no VM' 40
	menu_back ssh
	menu_keys ssh 14 Enter
}

@test "the story in the booted ISO: an address and a switch on serial, a VM over SSH" {
	story_host host
	menu_serial line host
	story_of_network
	menu_ssh ssh host ann
	menu_wait ssh 'Main menu' 60
	story_of_vm
	run host_as host ann 'vm list; vm switch list; vm host network show'
	expect_no_match "$output" '^web ' "a VM"
	expect_match "$output" '^lan +external'
	expect_match "$output" '^trial +no'
	menu_keys line 14 Enter
	menu_wait line 'login:' 60
}
