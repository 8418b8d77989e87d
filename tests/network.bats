# Network adapters of VMs, on a switch of the parent.
# SPDX-License-Identifier: MIT

load lib/network
load lib/hostile

# One parent for all.
setup_file() {
	requires xorriso unsquashfs mkfs.vfat mcopy python3 ssh ssh-keygen openssl gcc
	iso_unpack
	network_start host 2 4096
}

@test "network: a guest's adapter: ping, datagrams, TCP both ways" {
	network_debian host
	network_do host 40 ping 10.8.0.1 56
	network_do host 40 ping 10.8.0.1 1400
	network_do host 60 udp 10.8.0.1 $network_number 1400 50
	network_streams host 4000000
	expect_match "$(vm_control host debian network)" 'NIC 0: cable in, MTU 9000'
	expect_match "$(vm_control host debian network)" 'channels 2, filter [1-9]'
	expect_match "$(vm_control host debian network)" 'NVSP 6\.1'
}

@test "network: every offload on and off, each way" {
	local before words
	network_debian host
	before=$(network_bad_sums host)
	for words in "tso" "tso tx" "rx" "gro rx" "lro" "sg tso tx rx gro lro"; do
		network_do host 30 set eth0 off "$words"
		network_streams host 1000000
		network_do host 60 udp 10.8.0.1 $network_number 1000 10
		network_do host 30 set eth0 on sg tx tso rx gro lro
		network_streams host 1000000
	done
	expect_equal "$(network_bad_sums host)" "$before" "wrong sums"
}

@test "network: frames of 9,014 bytes" {
	network_debian host
	network_do host 60 mtu eth0 9000
	network_do host 30 up eth0 10.8.0.2
	network_do host 60 ping 10.8.0.1 8972
	network_streams host 4000000
	network_do host 60 mtu eth0 1500
	network_do host 30 up eth0 10.8.0.2
	network_do host 60 ping 10.8.0.1 56
}

@test "network: the cable is pulled and plugged" {
	network_debian host
	vm_control host debian "cable 0 out"
	vsp_wait_guest host debian 20 '[ "$(cat /sys/class/net/eth0/carrier)" = 0 ]'
	vm_control host debian "cable 0 in"
	vsp_wait_guest host debian 20 '[ "$(cat /sys/class/net/eth0/carrier)" = 1 ]'
	network_do host 40 ping 10.8.0.1 56
}

@test "network: an adapter comes and goes while there is traffic on another" {
	local round
	network_debian host
	vsp_expect host debian 20 "/root/network push 10.8.0.1 $network_number 10000000 \
		> /root/pushed 2>&1 &"
	for round in 1 2; do
		network_port host nt1 02:53:4f:00:00:11
		vm_control host debian "add-nic any nt1 02:53:4f:00:00:11 2"
		vsp_wait_guest host debian 30 'ls -d /sys/class/net/eth2'
		network_do host 30 up eth2 10.8.1.2
		network_remove host 2
		vsp_wait_guest host debian 30 '! ls -d /sys/class/net/eth2'
	done
	vsp_wait_guest host debian 100 'grep pushed /root/pushed'
}

@test "network: eight adapters, each with its address" {
	local i
	network_debian host
	for i in 2 3 4 5 6 7; do
		network_port host "nt$i" "02:53:4f:00:00:1$i"
		vm_control host debian "add-nic any nt$i 02:53:4f:00:00:1$i 1"
	done
	vsp_wait_guest host debian 60 '[ $(ls -d /sys/class/net/eth* | wc -l) = 8 ]'
	for i in 2 3 4 5 6 7; do
		expect_match "$(vsp_expect host debian 30 'cat /sys/class/net/*/address')" \
			"02:53:4f:00:00:1$i"
	done
	expect_failure vm_control host debian "add-nic any nt2 02:53:4f:00:00:19 1"
	for i in 2 3 4 5 6 7; do
		network_remove host "$i"
	done
	network_do host 40 ping 10.8.0.1 56
}

### Frames on a wire, outside of the machine

@test "quick: network: the program that looks at frames finds wrong ones" {
	python3 "$network_lib/wire.py" test
}

@test "network: iperf3 both ways, every offload on and off: all frames on the wire are right" {
	local said
	network_ext host
	network_reach debian 192.0.2.1
	network_reach debian 2001:db8::1
	network_capture host "$BATS_TEST_TMPDIR/frames"
	said=$(vsp_expect host debian 900 "/root/offloads wire 400K 192.0.2.1 2001:db8::1") || {
		machine_ssh host 'tail -n 30 /tmp/iperf3.log'
		false
	}
	sed 's/^/# /' <<< "$said" >&3
	expect_match "$said" '^done$'
	network_do host 60 udp 192.0.2.1 $network_number 1400 20
	network_do host 60 udp 192.0.2.1 $network_number 4000 10
	network_captured host "$BATS_TEST_TMPDIR/frames" 1500
	expect_match "$network_frames" 'largest: 1514, wrong: 0, .*fragment: [1-9].*tcp: [0-9]{4}.*udp: [1-9]'
	# The guest took large ones, as they come out of the parent's GRO.
	# All of the kernel's log would take the serial port half a minute.
	vsp_expect host debian 20 "! dmesg | grep -E 'Packet too big|hv_netvsc.*(fail|error)'"
}

@test "network: frames of 9,014 bytes go through a switch, to the wire and back" {
	network_ext host
	vsp_expect host debian 30 'ip link set wire mtu 9000'
	machine_ssh host 'ip -n lan link set e0 mtu 9000'
	network_capture host "$BATS_TEST_TMPDIR/frames"
	network_reach debian 192.0.2.1 -M do -s 8972
	network_reach debian 2001:db8::1 -M do -s 8952
	vsp_expect host debian 60 'iperf3 -c 192.0.2.1 -n 2M && sleep 2 && iperf3 -c 192.0.2.1 -n 2M -R'
	network_captured host "$BATS_TEST_TMPDIR/frames" 9000
	expect_match "$network_frames" 'largest: 9014, wrong: 0, '
	vsp_expect host debian 30 'ip link set wire mtu 1500'
	machine_ssh host 'ip -n lan link set e0 mtu 1500'
}

### Two guests

@test "network: two guests on a private switch see each other, and nothing else" {
	network_peer host
	network_reach debian 10.7.0.2
	network_reach peer 10.7.0.1
	vsp_expect host debian 30 'ip link set dmz mtu 9000'
	vsp_expect host peer 30 'ip link set dmz mtu 9000'
	network_reach peer 10.7.0.1 -M do -s 8972
	# The host, its other switches, and what is on them.
	vsp_expect host peer 10 'for net in 10.8.0.0/24 10.0.2.0/24 192.0.2.0/24; do
		ip route add $net dev dmz; done'
	network_not_reach peer 10.8.0.1
	network_not_reach peer 10.0.2.15
	network_not_reach peer 192.0.2.1
	expect_equal "$(network_sees eth0)" end "what came from another switch"
	expect_match "$(network_sees dmz)" '^plain .*end'
}

# As tests/switch.bats has it, with ends that are no guests.
@test "network: what a guest forges is dropped at its port" {
	network_peer host
	machine_ssh host 'switch set pd guard=none'
	expect_equal "$(network_sees dmz)" \
		"plain source arp dhcp router redirect neighbour end"
	machine_ssh host 'switch set pd guard=mac'
	expect_equal "$(network_sees dmz)" "plain dhcp router redirect neighbour end"
	machine_ssh host 'switch set pd "guard=mac dhcp router"'
	expect_equal "$(network_sees dmz)" "plain neighbour end"
	# Another's IPv4 address.
	machine_ssh host 'switch set pd address=10.7.0.1'
	network_reach debian 10.7.0.2
	vsp_expect host debian 20 'ip addr add 10.7.0.9/24 dev dmz'
	vsp_expect host debian 40 '/root/reach not 10.7.0.2 -I 10.7.0.9'
	machine_ssh host 'switch set pd address= guard='
	network_reach debian 10.7.0.2 -I 10.7.0.9
	vsp_expect host debian 20 'ip addr del 10.7.0.9/24 dev dmz'
}

@test "network: guests see each other in one VLAN, and in no other" {
	network_peer host
	machine_ssh host 'switch set pd vlan=10; switch set pp vlan=20'
	network_not_reach debian 10.7.0.2
	network_not_reach peer 10.7.0.1
	expect_equal "$(network_sees dmz)" end "what came from another VLAN"
	machine_ssh host 'switch set pp vlan=10'
	network_reach debian 10.7.0.2
	# A trunk: tags of the guest's own. 30 is not in it.
	machine_ssh host 'switch set pd vlan= trunk=10,20'
	vsp_expect host debian 30 'modprobe 8021q; set -e
		for id in 10 20 30; do
			ip link add link dmz name dmz.$id type vlan id $id
			ip addr add 10.7.$id.1/24 dev dmz.$id
			ip link set dmz.$id up
		done'
	vsp_expect host peer 30 'for id in 10 20 30; do ip addr add 10.7.$id.2/24 dev dmz; done'
	network_reach debian 10.7.10.2
	network_not_reach debian 10.7.20.2
	machine_ssh host 'switch set pp vlan=20'
	network_reach debian 10.7.20.2
	network_reach peer 10.7.20.1
	network_not_reach debian 10.7.10.2
	machine_ssh host 'switch set pp vlan=30'
	network_not_reach debian 10.7.30.2
	vm_end host peer
}

### As docs/vmwp.md has it

@test "network: the external switch of docs/vmwp.md: DHCP, a router's advertisement, SSH from outside" {
	local address port
	network_networkd host
	vsp_wait_guest host debian 90 'ip -4 -o addr show dev eth1 | grep "inet 10\.0\.2\."
		ip -6 -o addr show dev eth1 | grep "inet6 fec0::.* dynamic"'
	network_reach debian 10.0.2.2
	network_reach debian fec0::2
	address=$(vsp_expect host debian 10 'ip -4 -o addr show dev eth1 | tr / " "' |
		awk '{ print $4 }')
	expect_empty "$(machine_monitor host "hostfwd_add net0 tcp:127.0.0.1:0-$address:22")" hostfwd
	port=$(machine_monitor host "info usernet" |
		awk -v address="$address" '/HOST_FORWARD/ && $5 == address { print $4; exit }')
	expect_match "$(network_ssh "$port" 'hostname; ip -4 -o addr')" "$address/24"
}

@test "network: the internal switch of docs/vmwp.md: DHCP, address translation, SSH from the host" {
	local address port
	network_networkd host
	machine_ssh host "$(network_story 'switch create lab ')
		switch connect lab debian1 mac=02:53:4f:00:04:01"
	vm_control host debian "add-nic 7 debian1 02:53:4f:00:04:01 2"
	vsp_wait_guest host debian 90 'ip -4 -o addr | grep "inet 10\.9\.0\.1[0-9][0-9]/24"'
	address=$(vsp_expect host debian 10 'ip -4 -o addr | tr / " "' |
		awk '$4 ~ /^10\.9\.0\./ { print $4 }')
	vsp_expect host debian 10 "echo '$(machine_ssh host 'dropbearkey -t ed25519 \
		-f /tmp/guest.key | grep ^ssh-')' >> /root/.ssh/authorized_keys"
	expect_match "$(machine_ssh host "ssh -y -i /tmp/guest.key root@$address hostname" 2>&1)" \
		'^debian$'
	# Its only way out; there the machine's own SSH port answers.
	vm_control host debian "cable 1 out"
	vsp_wait_guest host debian 40 '! ip route | grep -q "dev eth1"'
	port=$(machine_port host)
	expect_match "$(vsp_expect host debian 60 "for round in 1 2 3; do
		timeout 15 bash -c 'exec 3<> /dev/tcp/10.0.2.2/$port; head -c 4 <&3' && break
		done")" '^SSH-'
	vm_control host debian "cable 1 in"
	expect_failure machine_ssh host 'switch disconnect debian1'
	expect_match "$output" 'switch: port debian1: a VM that runs has it as its adapter'
	network_networkd_off host
	network_remove host 7
	machine_ssh host 'switch disconnect debian1 && switch delete lab'
}

@test "network: hostile guests do 2,000 operations of each row, and harm nothing" {
	network_debian host
	network_hostile host 2000 300
	network_do host 40 ping 10.8.0.1 56
	vsp_off host debian
	parent_is_well host
}
