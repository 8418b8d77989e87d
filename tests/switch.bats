# Virtual switches: types, VLANs, guards, address translation, the host's move.
# SPDX-License-Identifier: MIT

load lib/switch

setup_file() {
	requires xorriso unsquashfs mke2fs python3 ssh ssh-keygen openssl gcc
	iso_unpack
	switch_start host
}

### Before the machine is asked

@test "quick: switches: the library, with sanitizers" {
	make -C "$SOCLE_TOP/tests/unit" -f switch.mk BUILD="$BATS_TEST_TMPDIR" check
}

@test "quick: switches: without any, nothing of them is loaded" {
	switch_said host 'lsmod; ls /sys/class/net; ls /run/socle; switch list'
	expect_no_match "$said" '^(bridge|tun|nf_tables) |switch\.|dhcp$'
}

### Types, VLANs, guards

@test "quick: switches: a VLAN is seen in its access ports and trunks, and nowhere else" {
	switch_run host '
		switch create lab type=private mtu=4000
		switch connect lab a10 vlan=10
		switch connect lab b10 vlan=10
		switch connect lab c20 vlan=20
		switch connect lab d1
		switch connect lab trunk trunk=10,20-25
		switch connect lab native trunk=20 native=10
		ends_at a10 10.0.0.1/24
		ends_at b10 10.0.0.2/24
		ends_at c20 10.0.0.3/24
		ends_at d1 10.0.0.4/24
		ends_at trunk
		ends_at native 10.0.0.6/24
		for id in 10 20 30; do
			ip -n trunk link add link e0 name e$id type vlan id $id
			ip -n trunk link set e$id up
		done
		ip -n trunk addr add 10.0.0.5/24 dev e10
		reaches a10 10.0.0.2
		reaches a10 10.0.0.5
		reaches a10 10.0.0.6
		reaches_not a10 10.0.0.3
		reaches_not a10 10.0.0.4
		reaches_not d1 10.0.0.1
		ip -n trunk addr flush dev e10
		ip -n trunk addr add 10.0.0.5/24 dev e20
		reaches c20 10.0.0.5
		reaches_not a10 10.0.0.5
		ip -n trunk addr flush dev e20
		ip -n trunk addr add 10.0.0.5/24 dev e30
		reaches_not c20 10.0.0.5
		# The host is not on it.
		[ -z "$(ip -o addr show dev lab)" ]
		for port in a10 trunk; do [ "$(cat /sys/class/net/$port/mtu)" = 4000 ]; done
		switch set a10 vlan=20
		reaches a10 10.0.0.3
		reaches_not a10 10.0.0.2'
}

@test "quick: switches: in use they are not deleted, and unused they are" {
	switch_said host 'switch delete lab || echo status $?'
	expect_match "$said" 'the switch lab is in use by the port a10'
	expect_match "$said" 'status 1'
	# Who has the tap open is as good as a VM.
	switch_said host 'switch disconnect a10 || echo status $?; reaches a10 10.0.0.3'
	expect_match "$said" 'port a10: a VM that runs has it as its adapter'
	expect_match "$said" 'status 1'
	switch_run host '
		ends_gone a10 b10 c20 d1 trunk native
		switch delete lab
		[ ! -e /sys/class/net/lab ]
		conf list | none grep "^port\|^switch"'
}

@test "quick: switches: spoofed frames are dropped, and with the guards those of servers and routers" {
	switch_said host '
		switch create lab type=private
		switch connect lab to
		switch connect lab mac
		switch connect lab every "guard=mac dhcp router"
		switch connect lab none guard=none
		switch connect lab fixed address=192.0.2.1 address=2001:db8::7
		for port in to mac every none fixed; do ends_at $port; done
		for port in mac every none fixed; do echo $port: $(sees $port to); done'
	expect_match "$said" '^none: plain source arp dhcp router redirect neighbour end'
	expect_match "$said" '^mac: plain dhcp router redirect neighbour end'
	expect_match "$said" '^every: plain neighbour end'
	expect_match "$said" '^fixed: plain router redirect end'
}

@test "quick: switches: a port with fixed addresses works with these and no others" {
	switch_run host '
		ip -n to addr add 192.0.2.2/24 dev e0
		ip -n to addr add 2001:db8::2/64 dev e0 nodad
		ip -n fixed addr add 192.0.2.1/24 dev e0
		ip -n fixed addr add 2001:db8::7/64 dev e0 nodad
		reaches fixed 192.0.2.2
		reaches fixed 2001:db8::2
		ip -n fixed addr del 192.0.2.1/24 dev e0
		ip -n fixed addr add 192.0.2.9/24 dev e0
		ip -n fixed addr del 2001:db8::7/64 dev e0
		ip -n fixed addr add 2001:db8::9/64 dev e0 nodad
		reaches_not fixed 192.0.2.2
		reaches_not fixed 2001:db8::2
		switch set fixed address=
		reaches fixed 192.0.2.2
		reaches fixed 2001:db8::2
		ends_gone to mac every none fixed
		switch delete lab'
}

@test "quick: switches: an internal one leases addresses and translates them" {
	switch_run host '
		switch create lab type=internal address=10.9.0.1/24 dhcp=10.9.0.10-10.9.0.20 nat=yes
		switch create other type=internal address=10.8.0.1/24
		switch connect lab vm
		switch connect other far
		ends_at vm
		ends_at far 10.8.0.2/24
		ip -n far route add default via 10.8.0.1
		printf "%s\n" "#!/bin/sh" "[ \$1 = bound ] || exit 0" \
			"ip addr add \$ip/\$mask dev e0; ip route add default via \$router; echo \$ip \$dns" > /tmp/take
		chmod 755 /tmp/take
		inside vm udhcpc -i e0 -n -q -f -s /tmp/take
		inside vm ip -o -4 addr show dev e0 | grep "10\.9\.0\.1[0-9]/24\|10\.9\.0\.20/24"
		# The machine outside is the emulator, which answers for its user network.
		reaches vm 10.9.0.1
		inside vm nslookup -type=a localhost 10.0.2.3 | grep -q "Address" ||
			inside vm ping -c 3 10.0.2.2
		reaches_not vm 10.8.0.2
		reaches_not far 10.0.2.2
		[ $(cat /proc/sys/net/ipv4/ip_forward) = 1 ]
		# A server that dies comes back.
		before=$(cat /run/socle/dhcp/lab.pid)
		kill -9 $before
		for round in $(seq 60); do
			[ "$(pgrep udhcpd)" = "" ] || [ "$(pgrep udhcpd)" = $before ] || break
			sleep 0.5
		done
		inside vm udhcpc -i e0 -n -q -f -t 10 -s /bin/true
		switch resolver
		[ $(pgrep udhcpd | wc -l) = 1 ]
		switch set lab nat= dhcp=
		[ $(cat /proc/sys/net/ipv4/ip_forward) = 0 ]
		soon_none pgrep udhcpd
		ends_gone vm far
		switch delete lab
		switch delete other'
}

### The uplink, and the host on it

# outside: a veth pair as an adapter up0, at the other end the namespace "lan".
outside='
	ip netns add lan
	ip link add up0 address 02:00:00:00:00:01 type veth peer name e0 netns lan
	ip link set up0 up
	ip -n lan link set e0 up
	ip -n lan addr add 192.0.2.1/24 dev e0
	ip -n lan addr add 2001:db8::1/64 dev e0 nodad
	ip -n lan link add link e0 name e10 type vlan id 10
	ip -n lan link set e10 up
	ip -n lan addr add 198.51.100.1/24 dev e10'

@test "quick: switches: an external one reaches outside, with VLANs and router advertisements" {
	switch_run host "$outside"'
		switch create ext type=external nic=02:00:00:00:00:01 host=no
		switch connect ext vm
		switch connect ext vm10 vlan=10
		ends_at vm 192.0.2.5/24
		ends_at vm10 198.51.100.5/24
		reaches vm 192.0.2.1
		reaches vm10 198.51.100.1
		reaches_not vm10 192.0.2.1
		sees lan vm | grep "router.* end"
		bridge vlan show dev up0 | grep -w 10
		bridge vlan show dev up0 | none grep -w 11
		[ -z "$(ip -o addr show dev ext)$(ip -o addr show dev up0)" ]
		ends_gone vm vm10
		bridge vlan show dev up0 | none grep -w 10
		switch delete ext'
}

@test "quick: switches: fixed addresses, routes and VLANs of the host go there and come back" {
	switch_run host '
		ip addr add 192.0.2.7/24 dev up0
		ip addr add 192.0.2.8/24 dev up0 valid_lft 1000 preferred_lft 900
		ip addr add 2001:db8::7/64 dev up0 nodad
		ip route add 203.0.113.0/24 via 192.0.2.1 dev up0 src 192.0.2.8
		ip -6 route add 2001:db8:1::/64 via 2001:db8::1 dev up0
		ip link add link up0 name up0.10 type vlan id 10
		ip link set up0.10 up
		ip addr add 198.51.100.7/24 dev up0.10
		state() {
			ip -o addr show | sed "s/^[0-9]*: //; s/[0-9]*sec//g; s/ tentative//" | grep "up0\|ext"
			ip route | grep "up0\|ext"
			ip -6 route | grep -v fe80 | grep "up0\|ext"
		}
		state > /tmp/before
		switch create ext type=external nic=02:00:00:00:00:01
		state > /tmp/there
		cat /tmp/there
		none grep up0 /tmp/there
		ping -c 2 -W 3 192.0.2.1
		ping -c 2 -W 3 198.51.100.1
		ping -c 2 -W 3 2001:db8::1
		switch delete ext
		sort /tmp/before > /tmp/a
		state | sort > /tmp/b
		diff /tmp/a /tmp/b
		ping -c 2 -W 3 192.0.2.1
		ping -c 2 -W 3 198.51.100.1'
}

# This one needs what the two before have left.
@test "quick: switches: what fails half-way goes back" {
	switch_said host '
		ip -o addr show | grep up0 | sed "s/[0-9]*sec//g" > /tmp/before
		ip link add ext.10 type dummy
		switch create ext type=external nic=02:00:00:00:00:01 && exit 1
		ip -o addr show | grep up0 | sed "s/[0-9]*sec//g" > /tmp/after
		diff /tmp/before /tmp/after
		[ ! -e /sys/class/net/ext ]
		conf list switch | none grep .
		ip link del ext.10
		ping -c 2 -W 3 192.0.2.1 > /dev/null
		ip route get 203.0.113.1
		ip netns del lan'
	expect_match "$said" 'ext.10 cannot be made: File exists'
	expect_match "$said" '203\.0\.113\.1 via 192\.0\.2\.1 dev up0'
}

@test "switches: the host's own connection moves there and back, no pause over 3 s" {
	local pause
	pause=$(switch_pause host 25 "sleep 5; switch create ext type=external nic=$switch_mac1; sleep 12")
	echo "# there: $pause ms" >&3
	expect_at_most "$pause" 3000
	switch_run host '
		cat /tmp/under
		ip -o addr show dev ext | grep "inet 10\.0\.2\.15"
		ip -o addr show dev ext | grep "inet6 fec0"
		ip -o addr show dev eth0 | none grep "inet"
		pgrep -f "[u]dhcpc -b.* -i ext"
		soon_none pgrep -f "[u]dhcpc -b.* -i eth0"
		ip route | grep "default via 10.0.2.2 dev ext"
		grep . /run/socle/resolv.conf
		switch list | grep "^ext: external, nic 52:54:00:12:34:56 (eth0), host"'
	pause=$(switch_pause host 25 "sleep 5; switch delete ext; sleep 12")
	echo "# back: $pause ms" >&3
	expect_at_most "$pause" 3000
	switch_run host '
		cat /tmp/under
		[ ! -e /sys/class/net/ext ]
		ip -o addr show dev eth0 | grep "inet 10\.0\.2\.15"
		ip route | grep "default via 10.0.2.2 dev eth0"
		pgrep -f "[u]dhcpc -b.* -i eth0"'
}

### The command

@test "quick: switches: wrong input is refused with a sentence, and changes nothing" {
	switch_said host '
		conf list > /tmp/before
		no() { if "$@"; then echo "done: $*"; exit 1; fi; }
		no switch create abcdefghijk type=private
		no switch create eth9 type=private
		no switch create "a/b" type=private
		no switch create lab
		no switch create lab type=public
		no switch create lab type=private mtu=70000
		no switch create lab type=private colour=red
		no switch create lab type=external nic=02:00:00:00:00:77
		no switch create lab type=internal address=10.0.0.1/24 dhcp=10.0.1.5-10.0.1.9
		no switch create lab type=private nat=yes
		no switch connect lab vm
		no switch delete lab
		no switch disconnect vm
		no switch set lab mtu=1500
		switch create lab type=private
		no switch create lab type=private
		no switch connect lab abcdefghijklmnop
		no switch connect lab vm vlan=4095
		no switch connect lab vm vlan=5 trunk=6
		no switch connect lab vm mac=01:00:00:00:00:01
		no switch connect lab vm mac='"$switch_mac1"'
		no switch connect lab lab
		no switch set lab type=internal
		switch delete lab
		conf list > /tmp/after
		diff /tmp/before /tmp/after
		ls /sys/class/net'
	expect_no_match "$said" '^(lab|vm|done:)'
	expect_match "$said" 'there is no adapter 02:00:00:00:00:77'
	expect_match "$said" '"abcdefghijklmnop" is too long'
	expect_match "$said" 'port vm: eth0 has this MAC address'
}

@test "quick: switches: commands at one time wait for each other; each gets a MAC of its own" {
	switch_run host '
		switch create lab type=private
		for n in 1 2 3 4 5 6; do switch connect lab vm$n & done
		wait
		[ $(conf list port | wc -l) = 6 ]
		[ $(for n in 1 2 3 4 5 6; do mac_of vm$n; done | sort -u | grep -c "^02:53:4f:") = 6 ]
		[ "$(switch mac vm 0)" = "$(switch mac vm 0)" ]
		[ "$(switch mac vm 0)" != "$(switch mac vm 1)" ]
		grep -v "^# kept " /config/socle.conf | cmp /run/socle/socle.conf -
		switch list --json | tr -d "\n" | grep "\"name\": \"lab\".*\"name\": \"vm6\""
		for n in 1 2 3 4 5 6; do switch disconnect vm$n; done
		switch delete lab'
}

@test "quick: switches: others who change the settings wait, too" {
	switch_run host '
		flock /run/socle/settings.lock sh -c "sleep 3; conf get time ntp > /tmp/seen; exit 0" &
		sleep 1
		conf set time ntp 192.0.2.77
		wait
		[ ! -s /tmp/seen ]
		[ "$(conf get time ntp)" = 192.0.2.77 ]
		switch create lab type=private
		for n in 1 2 3 4 5 6; do
			switch connect lab vm$n &
			conf set "nic 02:00:00:00:00:0$n" mtu 1400 &
		done
		wait
		[ $(conf list port | wc -l) = 6 ]
		[ $(conf list nic | wc -l) = 6 ]
		for n in 1 2 3 4 5 6; do
			switch disconnect vm$n
			conf unset "nic 02:00:00:00:00:0$n"
		done
		switch delete lab
		conf unset time'
}

@test "quick: switches: what cannot be kept is not done either" {
	switch_said host '
		no() { if "$@"; then echo "done: $*"; exit 1; fi; }
		switch create lab type=internal address=10.9.0.1/24
		switch connect lab vm vlan=5 guard=none
		state() { ip -o -4 addr show dev lab; bridge vlan show; cat /sys/class/net/*/mtu; ls /sys/class/net; conf get "port vm" guard; cat /run/socle/socle.conf; }
		state > /tmp/before
		mount -o remount,ro /config
		no switch create other type=private
		no switch connect lab wm
		no switch set vm vlan=6 guard=dhcp
		no switch set lab address=10.7.0.1/24 mtu=3000
		mount -o remount,rw /config
		state > /tmp/after
		diff /tmp/before /tmp/after
		switch disconnect vm
		switch delete lab'
	expect_match "$said" '/config/socle.conf cannot be written: Read-only file system'
}

### The next start

@test "switches: a restart brings all back; an adapter that comes later becomes its switch's" {
	switch_run host "
		switch create ext type=external nic=$switch_mac1"'
		switch create dmz type=external nic='"$switch_mac2"' || true
		switch create lab type=internal address=10.9.0.1/24 dhcp=10.9.0.10-10.9.0.20 nat=yes
		switch connect lab vm "guard=mac dhcp" vlan=1
		switch connect ext web trunk=10-12
		conf -f /config/socle.conf set "switch dmz" type external
		conf -f /config/socle.conf set "switch dmz" nic '"$switch_mac2"'
		conf -f /config/socle.conf set "switch dmz" host no
		mac_of vm > /config/mac
		sync'
	MACHINE_SSH_SECONDS=20 machine_ssh host poweroff || true
	machine_wait_end host 60
	switch_start again
	expect_match "$(machine_log again)" \
		"Network: switch: there is no adapter $switch_mac2"
	switch_run again '
		switch list
		switch list | none grep "NOT MADE"
		[ "$(mac_of vm)" = "$(cat /config/mac)" ]
		ip -o addr show dev ext | grep "inet 10\.0\.2\.15"
		ip -o addr show dev eth0 | none grep "inet"
		bridge vlan show dev eth0 | grep -w 12
		pgrep udhcpd
		[ -e /sys/class/net/dmz ]
		ends_at vm 10.9.0.50/24
		ip -n vm route add default via 10.9.0.1
		reaches vm 10.9.0.1
		reaches vm 10.0.2.2'
	machine_monitor again "netdev_add user,id=net2" > /dev/null
	machine_monitor again "device_add virtio-net-pci,netdev=net2,mac=$switch_mac2,bus=slot1" > /dev/null
	switch_run again '
		for round in $(seq 20); do
			switch list | grep "^dmz.*(eth" && break
			sleep 1
		done
		switch list dmz | grep "(eth[0-9]*)"
		[ "$(cat /sys/class/net/dmz/address)" = '"$switch_mac2"' ]
		[ -z "$(ip -o addr show dev dmz)" ]'
}

@test "switches: settings written by hand: a bond as uplink, the host on a VLAN of it" {
	switch_settings="
[nic $switch_mac1]
mtu = 1400
[bond bond0]
nics = $switch_mac2 52:54:00:12:34:58
vlan = 7
address = 198.51.100.7/24
address6 = none
[switch ext]
type = external
nic = bond0
mtu = 1450
[switch lan]
type = external
nic = $switch_mac1
[port vm]
switch = ext
vlan = 8
[port lost]
switch = none"
	switch_start bonded -nic user,model=virtio-net-pci,mac=$switch_mac2 \
		-nic user,model=virtio-net-pci,mac=52:54:00:12:34:58
	expect_match "$(machine_log bonded)" 'switch: port lost: there is no switch none'
	switch_run bonded '
		switch list
		ip -o addr show dev ext.7 | grep "inet 198\.51\.100\.7/24"
		[ -z "$(ip -o -4 addr show dev bond0)$(ip -o -4 addr show dev ext)" ]
		bridge vlan show dev ext | grep -w 7
		bridge vlan show dev bond0 | grep -w 7
		bridge vlan show dev bond0 | grep -w 8
		mac_of vm | grep "^02:53:4f:"
		[ "$(cat /sys/class/net/ext/address)" = "$(cat /sys/class/net/bond0/address)" ]
		[ "$(cat /sys/class/net/bond0/mtu)" = 1450 ]
		[ "$(cat /sys/class/net/lan/mtu)" = 1400 ]
		ip -o addr show dev lan | grep "inet 10\.0\.2\.15"
		ip route | grep "default via 10.0.2.2 dev lan"
		switch disconnect vm
		switch delete ext
		ip -o addr show dev bond0.7 | grep "inet 198\.51\.100\.7/24"
		[ ! -e /sys/class/net/ext ]'
}
