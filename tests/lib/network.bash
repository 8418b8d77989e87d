# A switch in the parent, and what is at the other end of a guest's NIC.
# SPDX-License-Identifier: MIT
#
# The switch nb0 has 10.9.0.1; each NIC has a port of it.

network_lib=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
load "$network_lib/vsp"

network_number=5999

# network_start NAME CPUS MEMORY: a parent, and a guest's disk with our program.
network_start() {
	vsp_tools=("$BATS_FILE_TMPDIR/network")
	gcc -std=gnu11 -D_GNU_SOURCE -O1 -Wall -Wextra -Werror -static -s \
		-o "${vsp_tools[0]}" "$network_lib/network.c" && vsp_start "$@"
}

# network_ready NAME: the switch, and who answers there.
network_ready() {
	vsp_ready "$1" 120 || return
	! machine_ssh "$1" 'kill -0 $(cat /tmp/network.pid)' 2> /dev/null || return 0
	machine_ssh "$1" 'cat > /tmp/network && chmod 755 /tmp/network' \
		< "$BATS_FILE_TMPDIR/network" || return
	machine_ssh "$1" "set -e
		[ -d /sys/class/net/nb0 ] ||
			switch create nb0 type=internal address=10.9.0.1/24 mtu=9000
		/tmp/network serve $network_number > /tmp/network.log 2>&1 < /dev/null &
		echo \$! > /tmp/network.pid"
}

# network_port NAME PORT MAC: a port of the switch, for a NIC with that address.
network_port() {
	machine_ssh "$1" "[ -d /sys/class/net/$2 ] || switch connect nb0 $2 mac=$3"
}

# network_debian NAME [OPTION...]: the VM 'debian' with a NIC on that switch, 10.9.0.2.
network_debian() {
	local name=$1
	shift
	network_ready "$name" || return
	! machine_ssh "$name" 'kill -0 $(cat /tmp/vm/debian.pid) && [ -f /tmp/vm/debian.ready ]' \
		2> /dev/null || return 0
	network_port "$name" nt0 02:53:4f:00:00:01 || return
	vsp_vm "$name" debian "" --memory 768M --processors 2 \
		--scsi-disk "0:vhdx:/run/vsp/debian.vhdx" \
		--nic tap=nt0 "$@" || return
	vsp_login "$name" debian 400 || return
	vsp_wait_guest "$name" debian 60 'ls -d /sys/class/net/eth0' &&
		vsp_expect "$name" debian 30 '/root/network up eth0 10.9.0.2'
}

# network_do NAME SECONDS WORD...: the guest's program.
network_do() {
	local name=$1 seconds=$2
	shift 2
	vsp_expect "$name" debian "$seconds" "/root/network $*"
}

# network_streams NAME BYTES: TCP both ways; every byte is looked at.
network_streams() {
	network_do "$1" 120 push 10.9.0.1 $network_number "$2" &&
		network_do "$1" 120 pull 10.9.0.1 $network_number "$2"
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
	local said end=$((SECONDS + 20))
	until said=$(vm_control "$1" debian "remove-nic $2"); do
		expect_match "$said" 'error 11$' || return
		[ "$SECONDS" -lt "$end" ] || return
		sleep 0.5
	done
}

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
