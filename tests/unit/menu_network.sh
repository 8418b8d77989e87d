#!/bin/sh
# Entries 3 and 4 of the menu, in a terminal, with a network in memory.
# usage: menu_network.sh BUILD [PART]
# SPDX-License-Identifier: MIT

. "$(dirname "$0")/menu.sh"

# entry NUMBER: from the main menu.
entry() {
	see 'Main menu'
	write "$1"
	press Enter
}

# refused SENTENCE: on a form, with OK; what was typed stays.
refused() {
	press PageDown Enter
	see "$1"
}

looks() {
	entry 3
	see 'eth0 +52:54:00:12:34:56 +1000 +e1000e +- +192.0.2.5/24' \
		'eth1 +52:54:00:12:34:57 +none +igb' '\$ vm host show'
	press F1
	see 'LINK is in' 'vm host set "nic 52:54:00:12:34:56" ...'
	press PageDown
	see 'vm host network test'
	press Escape
	see 'Enter change'
	press i
	see 'Gateway +192.0.2.1' 'nic 52:54:00:12:34:56: none, so'
	press Escape
	see 'Enter change'
	press t
	see '5 are bad'
	resize 100 30
	see 'BAD +name server 192.0.2.53: it does not answer' \
		'good +gateway 192.0.2.1: answers a ping' '2 of 5 are bad' \
		'vm host network test'
	press a
	see 'It is tested again|5 are bad'
	resize 80 24
	press Escape
	see 'Enter change'
	press Escape
	entry 4
	see 'There is no switch yet'
	press Escape
	see 'Main menu'
}

# A fixed address: bad, good, confirmed.
address() {
	entry 3
	see 'NAME +MAC'
	press Enter
	see 'Addresses of eth0' 'IPv4 +< default >'
	press PageDown Enter
	see 'Nothing is changed'
	press PageUp f
	see '< fixed address >' 'Gateway'
	refused 'Address: it is needed'
	see 'the length of its network'
	write 192.0.2.300/24
	refused '"192.0.2.300/24" is not an IPv4 address/prefix'
	see 'Address +192.0.2.300/24'
	press C-u
	write '192.0.2.7äé'
	refused '"192.0.2.7äé" is not'
	press C-u
	write 1111111111222222222233333333
	see 'It takes no more' 'Address +111111111122222222$'
	press C-u C-k C-v F7
	write 192.0.2.7
	refused 'is not an IPv4 address/prefix'
	write /24
	see 'vm host set "nic 52:54:00:12:34:56" address=192.0.2.7/24'
	resize 120 40
	see 'Address +192.0.2.7/24'
	resize 60 20
	see 'The menu needs'
	resize 80 24
	see 'Address +192.0.2.7/24'
	press Tab
	write 192.0.2.1
	press Tab Tab
	write 5000
	refused 'VLAN: a number from 1 to 4094'
	press C-u
	write 20
	see 'gateway=192.0.2.1' 'vlan=20'
	press F1
	see 'is taken back after' 'IPv4: DHCP: a server gives it'
	press PageDown
	see 'VLAN: The addresses stand on this VLAN'
	press Escape
	press PageDown Enter
	see 'eth2. Go on\? \(y/N\)'
	resize 120 40
	see 'eth2. Go on\? \(y/N\)'
	resize 40 10
	see 'The menu needs'
	resize 80 24
	see 'eth2. Go on\? \(y/N\)'
	press y
	see 'goes back in [0-9]+ s'
	see '192.0.2.7/24, VLAN 20'
	press Escape
	see 'a change is on trial: [0-9]+ s'
	entry 3
	see 'c confirm'
	press d
	see 'Name servers'
	write 192.0.2.54
	refused 'confirm or revert it first'
	see 'Name servers +192.0.2.54'
	press Escape
	see 'lose what was typed'
	press y
	see 'c confirm'
	press c
	see 'change is confirmed: it stays'
	gone 'c confirm'
	see '192.0.2.7/24, VLAN 20'
	press Escape
}

# From a fixed address to DHCP, whose gateway goes; IPv6.
ways() {
	entry 3
	see 'NAME +MAC'
	press Home Enter
	see 'Address +192.0.2.7/24' 'VLAN +20'
	press PageUp D D
	see '56" address=dhcp gateway=$'
	gone 'Gateway'
	press Tab f
	see 'IPv6 gateway'
	press Tab
	write 2001:db8::7
	refused 'is not an IPv6 address/prefix'
	write /129
	refused 'is not an IPv6 address/prefix'
	press BSpace
	see '2001:db8::7/12$'
	press Tab
	write fe80::x
	refused 'IPv6 gateway: "fe80::x" is not'
	press BSpace
	write 1
	see 'address6=2001:db8::7/12' 'gateway6=fe80::1'
	press PageDown Enter
	see 'goes back in'
	gone '192.0.2.7/24'
	press Home Enter
	see 'IPv6 address +2001:db8::7/12' 'IPv4 +< DHCP >'
	press Escape
	see 'r revert now'
	press r
	see 'was taken back' '192.0.2.7/24, VLAN 20'
	press f
	see 'Forget the settings of \[nic 52:54:00:12:34:56\]\? \(y/N\)'
	press y
	see 'goes back in' '192.0.2.5/24'
	press r
	see '192.0.2.7/24, VLAN 20'
	press Escape
}

servers() {
	entry 3
	see 'NAME +MAC'
	press d
	see 'Name servers'
	write 'ns.example'
	refused 'server.* is not an IPv4 or IPv6 address'
	see 'Name servers +ns.example'
	press C-u
	write '192.0.2.53 192.0.2.54'
	press Tab
	write example.org
	press PageDown Enter
	see 'goes back in'
	press r
	see 'was taken back'
	press d
	see 'Search domains'
	gone '192.0.2.54'
	press Escape
	see 'Enter change'
	press Escape
}

bond() {
	entry 3
	see 'NAME +MAC'
	press b
	see 'New bond' 'Name +bond0'
	press Tab
	write l
	see 'lacp \(802.3ad\)'
	press Tab
	write e
	see 'eth0 +52:54:00:12:34:56 +1000 Mb/s'
	refused 'a bond needs two adapters'
	press PageUp Tab Tab Tab
	write ee
	see 'mode=lacp' 'nics="52:54:00:12:34:56 52:54:00:12:34:57"'
	press PageDown Enter
	see 'eth0, eth2. Go on'
	press y
	see 'goes back in' 'bond0 .*192.0.2.5/24' 'eth1 .* bond0'
	press c
	see 'confirmed: it stays'
	press Home Enter
	see 'addresses are the bond'
	press End Enter
	see 'Bond bond0' 'eth1 +52:54:00:12:34:57'
	press Escape
	see 'x dissolve'
	press x
	see 'Dissolve \[bond bond0\]'
	press y
	see 'goes back in'
	press c
	see 'confirmed: it stays'
	press Escape
}

switches() {
	entry 4
	see 'There is no switch yet'
	press a
	see 'New switch' 'Adapter +< eth0'
	press Escape
	see 'There is no switch yet'
	press a
	see 'New switch'
	write eth7
	refused "is not a switch's name"
	see 'Name +eth7'
	press C-u
	write lan
	see 'switch create lan type=external nic=52:54:00:12:34:56 host=yes'
	press PageDown Enter
	see 'goes back in' 'lan +external +eth0 +192.0.2.5/24'
	press Escape
	entry 3
	see 'eth0 .*switch lan'
	press c
	see 'confirmed: it stays'
	press Home Enter
	see 'Addresses of eth0 \(on switch lan\)'
	press Escape
	see 'Enter change'
	press Escape
	entry 4
	see 'lan +external'
	press a
	write lab
	press Tab
	write i
	gone 'Host on it'
	press Tab
	write 10.9.0.1/24
	press Tab Tab
	write 10.8.0.100-10.8.0.199
	press Tab
	write y
	refused 'dhcp: is not within 10.9.0.1/24'
	see '10.8.0.100-10.8.0.199'
	press C-u
	write 10.9.0.100-10.9.0.199
	resize 120 40
	see '10.9.0.100-10.9.0.199'
	press PageDown Enter
	see 'lab +internal +- +10.9.0.1/24 +yes +1500'
	resize 80 24
	press End Enter
	see 'Switch lab' 'Type +internal'
	press PageDown Up
	write 9000
	refused 'MTU: a number from 1280 to 9000'
	press C-u
	write 9000
	see 'switch set lab mtu=9000'
	press PageDown Enter
	see 'lab .* 9000'
	"$build/vm" --socket "$folder/socket" create web --switch lab ||
		fail 'no VM'
	see 'lab .* web'
	press d
	see 'Delete the switch lab'
	press n
	gone 'Delete the switch'
	press d
	see 'Delete the switch lab'
	press y
	see 'an adapter of web is plugged in lab'
	press Home d
	see 'Delete the switch lan'
	press y
	gone 'lan +external'
	see 'goes back in'
	press Escape
	entry 3
	press c
	see 'confirmed: it stays'
	press Escape
}

# Nobody confirms: it goes back by itself, and it is said.
forgotten() {
	entry 3
	see 'NAME +MAC'
	press Enter
	see 'Addresses of eth0'
	press PageUp n
	see 'no address'
	press PageDown Enter
	see 'Go on'
	press n
	gone 'Go on'
	see '< no address >'
	press PageDown Enter
	see 'Go on'
	press y
	see 'goes back in [0-9] s'
	gone 'goes back in'
	see 'was taken back: all is as it was before' '192.0.2.5/24'
	press Escape
}

# part COLUMNS ROWS SECONDS FUNCTION...: in a world of its own, unless only
# others are asked for.
part() {
	columns=$1 rows=$2 seconds=$3
	shift 3
	case $only in '' | *"$1"*) ;; *) return ;; esac
	menu_begin "$build" "$seconds"
	menu_open "$columns" "$rows"
	for function in "$@"; do "$function"; done
	menu_end
}

build=$1
only=$2
part 80 24 60 looks
part 120 40 60 looks
part 80 24 60 address ways servers
part 120 40 60 bond switches
part 80 24 6 forgotten
echo "menu_network: all is well"
