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
	network_do host 40 ping 10.9.0.1 56
	network_do host 40 ping 10.9.0.1 1400
	network_do host 60 udp 10.9.0.1 $network_number 1400 50
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
		network_do host 60 udp 10.9.0.1 $network_number 1000 10
		network_do host 30 set eth0 on sg tx tso rx gro lro
		network_streams host 1000000
	done
	expect_equal "$(network_bad_sums host)" "$before" "wrong sums"
}

@test "network: frames of 9,014 bytes" {
	network_debian host
	network_do host 60 mtu eth0 9000
	network_do host 30 up eth0 10.9.0.2
	network_do host 60 ping 10.9.0.1 8972
	network_streams host 4000000
	network_do host 60 mtu eth0 1500
	network_do host 30 up eth0 10.9.0.2
	network_do host 60 ping 10.9.0.1 56
}

@test "network: the cable is pulled and plugged" {
	network_debian host
	vm_control host debian "cable 0 out"
	vsp_wait_guest host debian 20 '[ "$(cat /sys/class/net/eth0/carrier)" = 0 ]'
	vm_control host debian "cable 0 in"
	vsp_wait_guest host debian 20 '[ "$(cat /sys/class/net/eth0/carrier)" = 1 ]'
	network_do host 40 ping 10.9.0.1 56
}

@test "network: an adapter comes and goes while there is traffic on another" {
	local round
	network_debian host
	vsp_expect host debian 20 "/root/network push 10.9.0.1 $network_number 10000000 \
		> /root/pushed 2>&1 &"
	for round in 1 2; do
		network_port host nt1 02:53:4f:00:00:11
		vm_control host debian "add-nic any nt1 02:53:4f:00:00:11 2"
		vsp_wait_guest host debian 30 'ls -d /sys/class/net/eth1'
		network_do host 30 up eth1 10.9.1.2
		network_remove host 1
		vsp_wait_guest host debian 30 '! ls -d /sys/class/net/eth1'
	done
	vsp_wait_guest host debian 100 'grep pushed /root/pushed'
}

@test "network: eight adapters, each with its address" {
	local i
	network_debian host
	for i in 1 2 3 4 5 6 7; do
		network_port host "nt$i" "02:53:4f:00:00:1$i"
		vm_control host debian "add-nic any nt$i 02:53:4f:00:00:1$i 1"
	done
	vsp_wait_guest host debian 60 '[ $(ls -d /sys/class/net/eth* | wc -l) = 8 ]'
	for i in 1 2 3 4 5 6 7; do
		expect_match "$(vsp_expect host debian 30 'cat /sys/class/net/*/address')" \
			"02:53:4f:00:00:1$i"
	done
	! vm_control host debian "add-nic any nt1 02:53:4f:00:00:19 1"
	for i in 1 2 3 4 5 6 7; do
		network_remove host "$i"
	done
	network_do host 40 ping 10.9.0.1 56
}

@test "network: hostile guests do 10,000 operations of each row, and harm nothing" {
	network_debian host
	network_hostile host 10000 400
	network_do host 40 ping 10.9.0.1 56
	vsp_off host debian
	parent_is_well host
}
