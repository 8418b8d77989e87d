# Switches in the parent, and what is at the other end of a guest's adapters.
# SPDX-License-Identifier: MIT
#
# The switch nb0 has 10.8.0.1; a guest's first adapter is a port of it, the second
# is of the switch that docs/vmwp.md has. A third switch, ext, has an uplink on a wire of
# its own, at the other end of which is the parent's namespace lan: 192.0.2.1 and
# 2001:db8::1. What goes over that wire can be captured.

network_lib=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
load "$network_lib/vsp"

network_number=5999
network_uplink=52:54:00:12:34:60 network_outside=52:54:00:12:34:61

# The first one's address is QEMU's own choice, and docs/vmwp.md's.
network_nics=(-netdev user,id=net0,hostfwd=tcp:127.0.0.1:0-:22
	-device virtio-net-pci,netdev=net0,mac=52:54:00:12:34:56
	-netdev hubport,hubid=1,id=wire0
	-device "virtio-net-pci,netdev=wire0,mac=$network_uplink"
	-netdev hubport,hubid=1,id=wire1
	-device "virtio-net-pci,netdev=wire1,mac=$network_outside")

# network_start NAME CPUS MEMORY: a parent, and a guest's disk with our programs.
network_start() {
	local tool
	vsp_tools=()
	for tool in network frames; do
		vsp_tools+=("$BATS_FILE_TMPDIR/$tool")
		gcc -std=gnu11 -D_GNU_SOURCE -O1 -Wall -Wextra -Werror -static -s \
			-o "$BATS_FILE_TMPDIR/$tool" "$network_lib/$tool.c" || return
	done
	network_iperf && vsp_start "$@" "${network_nics[@]}"
}

# network_file PATH FILE: of the guest's root.
network_file() {
	local root=$SOCLE_TEST_DEBIAN/root.ext4 path=$1 to
	while to=$(debugfs -R "stat $path" "$root" 2> /dev/null |
		sed -n 's/^Fast link dest: "\(.*\)"/\1/p') && [ -n "$to" ]; do
		path=${path%/*}/$to
	done
	debugfs -R "dump $path $2" "$root" 2> /dev/null && [ -s "$2" ] && chmod 755 "$2"
}

# network_iperf: Debian's iperf3 and its libraries, in the parent /run/guests/iperf3.
network_iperf() {
	local folder=$BATS_FILE_TMPDIR/guests/iperf3 library
	mkdir -p "$folder" && network_file /usr/bin/iperf3 "$folder/iperf3" || return
	for library in ld-linux-x86-64.so.2 libc.so.6 libcrypto.so.3 libiperf.so.0 \
		libm.so.6 libsctp.so.1 libz.so.1 libzstd.so.1; do
		network_file "/usr/lib/x86_64-linux-gnu/$library" "$folder/$library" || return
	done
}

# network_story REGEX: the one line of docs/vmwp.md that begins so.
network_story() {
	local line
	line=$(grep -E "^    $1" "$SOCLE_TOP/docs/vmwp.md") || return
	expect_equal "$(wc -l <<< "$line")" 1 "lines of docs/vmwp.md like $1" || return
	echo "${line#    }"
}

# network_ready NAME: the switches nb0, who answers there, and those of docs/vmwp.md.
network_ready() {
	vsp_ready "$1" 120 || return
	! machine_ssh "$1" 'kill -0 $(cat /tmp/network.pid)' 2> /dev/null || return 0
	machine_ssh "$1" 'cat > /tmp/network && chmod 755 /tmp/network' \
		< "$BATS_FILE_TMPDIR/network" || return
	machine_ssh "$1" "set -e
		[ -d /sys/class/net/nb0 ] ||
			switch create nb0 type=internal address=10.8.0.1/24 mtu=9000
		[ -d /sys/class/net/lan ] || {
			$(network_story 'switch create lan ')
			$(network_story 'switch connect lan debian0')
		}
		/tmp/network serve $network_number > /tmp/network.log 2>&1 < /dev/null &
		echo \$! > /tmp/network.pid"
}

# network_port NAME PORT MAC: a port of the switch, for a NIC with that address.
network_port() {
	machine_ssh "$1" "[ -d /sys/class/net/$2 ] || switch connect nb0 $2 mac=$3"
}

# network_debian NAME [OPTION...]: the VM 'debian' with a NIC on that switch, 10.8.0.2,
# and the one that docs/vmwp.md has.
network_debian() {
	local name=$1 nic
	shift
	network_ready "$name" || return
	! machine_ssh "$name" 'kill -0 $(cat /tmp/vm/debian.pid) && [ -f /tmp/vm/debian.ready ]' \
		2> /dev/null || return 0
	network_port "$name" nt0 02:53:4f:00:00:01 || return
	nic=$(network_story '/usr/lib/vmwp .* --nic ') || return
	vsp_vm "$name" debian "" --memory 768M --processors 2 \
		--scsi-disk "0:vhdx:/run/vsp/debian.vhdx" \
		--nic tap=nt0 --nic "${nic#* --nic }" "$@" || return
	vsp_login "$name" debian 400 || return
	vsp_wait_guest "$name" debian 60 'ls -d /sys/class/net/eth0' &&
		vsp_expect "$name" debian 30 '/root/network up eth0 10.8.0.2'
}

# network_do NAME SECONDS WORD...: the guest's program.
network_do() {
	local name=$1 seconds=$2
	shift 2
	vsp_expect "$name" debian "$seconds" "/root/network $*"
}

# network_streams NAME BYTES: TCP both ways; every byte is looked at.
network_streams() {
	network_do "$1" 120 push 10.8.0.1 $network_number "$2" &&
		network_do "$1" 120 pull 10.8.0.1 $network_number "$2"
}

# network_bad_sums NAME: segments and datagrams whose sum was wrong when they arrived.
network_bad_sums() {
	machine_ssh "$1" "awk '/^(Tcp|Udp):/ { for (i = 2; i <= NF; i++) {
			if (head[\$1]) { if (\$i ~ /^[0-9]+\$/ && name[\$1, i] ~ /InCsumErrors/) n += \$i }
			else name[\$1, i] = \$i }
		head[\$1] = 1 } END { print n + 0 }' /proc/net/snmp"
}

# network_remove NAME PLACE: hot; it takes the guest some seconds to be quiet.
network_remove() {
	local said end=$((SECONDS + 20 * machine_patience))
	until said=$(vm_control "$1" debian "remove-nic $2"); do
		expect_match "$said" 'error 11$' || return
		[ "$SECONDS" -lt "$end" ] || return
		sleep 0.5
	done
}

### The wire, and what is outside

# network_ext NAME: the switch ext, its port wire0 as Debian's adapter 'wire', which has
# 192.0.2.5 and 2001:db8::5; outside are iperf3 and our program.
network_ext() {
	network_debian "$1" || return
	! machine_ssh "$1" 'ip netns list' | grep -q lan || return 0
	machine_ssh "$1" "set -e
		for nic in /sys/class/net/*; do
			[ \$(cat \$nic/address) != $network_outside ] || outside=\${nic##*/}
		done
		ip netns add lan
		ip link set \$outside netns lan
		ip -n lan link set \$outside name e0
		ip -n lan link set lo up
		ip -n lan link set e0 up
		ip -n lan addr add 192.0.2.1/24 dev e0
		ip -n lan addr add 2001:db8::1/64 dev e0 nodad
		inside='ip netns exec lan' folder=/run/guests/iperf3
		# It ends when a client goes at the wrong moment.
		while :; do
			\$inside \$folder/ld-linux-x86-64.so.2 --library-path \$folder \
				\$folder/iperf3 -s || echo it has ended: \$?
			sleep 1
		done > /tmp/iperf3.log 2>&1 < /dev/null &
		\$inside /tmp/network serve $network_number > /dev/null 2>&1 < /dev/null &
		switch create ext type=external nic=$network_uplink host=no mtu=9000
		switch connect ext wire0 mac=02:53:4f:00:02:01" || return
	vm_control "$1" debian "add-nic 5 wire0 02:53:4f:00:02:01 2" &&
		vsp_expect "$1" debian 70 \
			'/root/adapter 02:53:4f:00:02:01 wire 192.0.2.5/24 2001:db8::5/64'
}

# network_capture NAME FILE: from now on what is on the wire goes there. A test that
# failed may have left its own.
network_capture() {
	machine_monitor "$1" "object_del dump" > /dev/null
	expect_equal "$(machine_monitor "$1" \
		"object_add filter-dump,id=dump,netdev=wire0,file=$2")" "" "filter-dump"
}

# network_captured NAME FILE MTU: until now; all of it is as it should be.
network_captured() {
	expect_equal "$(machine_monitor "$1" "object_del dump")" "" "filter-dump" || return
	network_frames=$(python3 "$network_lib/wire.py" "$2" "$3") || {
		echo "$network_frames" >&2
		return 1
	}
	echo "# on the wire: $network_frames" >&3
}

### A second guest

# network_peer NAME: 'peer', and Debian, with an adapter 'dmz' each on the private switch
# dmz: 10.7.0.2 and 10.7.0.1.
network_peer() {
	network_debian "$1" || return
	! machine_ssh "$1" '[ -f /tmp/vm/peer.ready ] && kill -0 $(cat /tmp/vm/peer.pid)' \
		2> /dev/null || return 0
	machine_ssh "$1" 'switch create dmz type=private mtu=9000 &&
		switch connect dmz pd mac=02:53:4f:00:03:01 &&
		switch connect dmz pp mac=02:53:4f:00:03:02' || return
	vsp_vm "$1" peer "rw init=/root/peer" --memory 384M --nic tap=pp \
		--scsi-disk "0:vhdx:/run/vsp/kills.vhdx" || return
	vm_control "$1" debian "add-nic 6 pd 02:53:4f:00:03:01 1" || return
	vsp_expect "$1" debian 70 '/root/adapter 02:53:4f:00:03:01 dmz 10.7.0.1/24' || return
	vsp_login "$1" peer 300 &&
		vsp_expect "$1" peer 70 '/root/adapter 02:53:4f:00:03:02 dmz 10.7.0.2/24'
}

# network_reach VM ADDRESS [OPTION of ping...], network_not_reach VM ADDRESS
network_reach() {
	local vm=$1
	shift
	vsp_expect host "$vm" 60 "/root/reach $*"
}

network_not_reach() {
	vsp_expect host "$1" 60 "/root/reach not $2"
}

# network_sees NIC: what of frames.c's, sent there by Debian, comes to the peer.
network_sees() {
	vsp_expect host peer 30 '/root/frames listen dmz 300 > /root/seen &
		pid=$!
		echo $pid > /root/frames.pid
		until grep -qs " 0003 " /proc/net/packet; do sleep 0.2; done' > /dev/null || return
	# The second time, what the first has brought is through.
	vsp_expect host debian 30 "/root/frames send $1; sleep 2; /root/frames send $1; sleep 2" \
		> /dev/null || return
	vsp_expect host peer 30 'kill $(cat /root/frames.pid)
		until grep -qs end /root/seen; do sleep 0.2; done; cat /root/seen' | grep '[a-z]'
}

### As docs/vmwp.md has it

# network_networkd NAME: Debian's adapters ask for addresses.
network_networkd() {
	local file
	network_debian "$1" || return
	file=$(network_story "printf '\\[Match\\]") || return
	vsp_expect "$1" debian 120 "systemctl -q is-active systemd-networkd || {
		${file//root\//\/} && $(network_story 'chroot root systemctl enable' | sed 's/chroot root//') &&
		systemctl start systemd-networkd; }"
}

# network_networkd_off NAME: as before; the first adapter has the address again.
network_networkd_off() {
	vsp_expect "$1" debian 60 'systemctl disable -q --now systemd-networkd.socket systemd-networkd
		rm /etc/systemd/network/lan.network
		/root/network up eth0 10.8.0.2'
}

# network_ssh PORT COMMAND: in Debian, from outside.
network_ssh() {
	timeout "$((60 * machine_patience))" ssh -T -F none -i "$BATS_FILE_TMPDIR/keys/id_ed25519" -p "$1" \
		-o BatchMode=yes -o IdentitiesOnly=yes -o ConnectTimeout=30 -o LogLevel=ERROR \
		-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null root@127.0.0.1 "$2"
}

### Hostile guests

# Rows, and operations for each of theirs.
network_rows=(n21 n22 n23 n24)

# network_hostile NAME OPERATIONS SECONDS: all rows, each with a port of the switch.
network_hostile() {
	local row lines seed=${HOSTILE_SEED:-$RANDOM}
	network_ready "$1" || return
	lines=$(hostile_log_lines "$1")
	for row in "${network_rows[@]}"; do
		network_port "$1" "t$row" "02:53:4f:00:01:${row#n}" || return
		vm_start "$1" "$row" hostile "$row $seed $2" --memory 64M \
			--nic "tap=t$row" || return
	done
	for row in "${network_rows[@]}"; do
		hostile_ended "$1" "$row" "$2" "$3" || return
		machine_ssh "$1" "switch disconnect t$row" || return
	done
	expect_at_most $(($(hostile_log_lines "$1") - lines)) 80 "lines in the logs"
}
