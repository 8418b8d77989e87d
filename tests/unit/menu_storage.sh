#!/bin/sh
# Entry 5 of the menu, in a terminal, with disks in memory.
# usage: menu_storage.sh BUILD
# SPDX-License-Identifier: MIT

. "$(dirname "$0")/menu.sh"

# row KEYS...: the list's rows: data, old, md127, nvme0n1, sda, mmcblk0, sdb.
row() {
	press Home
	for key in "$@"; do press "$key"; done
}

looks() {
	see 'data +volume +1T +in use +512G free, on md127: its mirror lacks a' \
		'old +volume +- +several +sdd1 sde1 have the same' \
		'md127 +array +- +degraded +RAID 1 of nvme0n1p1' \
		'nvme0n1 +disk +1T +in use +NVMe, Ultra: md127' \
		'sda +disk +2T +empty +SATA, Deskstar .$' \
		'sdb +disk +8G +has data +USB, Stick: 1 partition' \
		'\$ vm host storage list'
	press F1
	see 'Volumes are where VMs and discs lie'
	press Escape
	see 'a adopt'
	row Down Down Down w
	see 'nvme0n1 cannot be claimed: in use: md127'
}

# An empty disk is asked for a name alone.
claims() {
	row Down Down Down Down c
	see 'Volume of sda' '\$ vm host storage claim sda'
	press PageDown Enter
	see 'Volume: it is needed'
	write Data
	press PageDown Enter
	see '"Data" is not a volume'
	press C-u
	write more
	see 'vm host storage claim sda more'
	press PageDown Enter
	see 'done: claim sda more'
}

# What would be lost is asked for twice.
erases() {
	press End c
	see 'sdb is not empty. Erase it\? \(y/N\)'
	press n
	gone 'Erase it'
	press c
	see 'Erase it\? \(y/N\)'
	press y
	see 'Volume of sdb'
	write old2
	press PageDown Enter
	see 'All that is on sdb goes, for ever. Go on\? \(y/N\)'
	press n
	gone 'Go on'
	press PageDown Enter
	see 'Go on\? \(y/N\)'
	press y
	see 'done: claim sdb old2 --erase'
	press Home f
	see 'Empty the volume data\? \(y/N\)'
	press y
	see 'All that is on data goes, for ever. Go on\? \(y/N\)'
	press n
	gone 'Go on'
	press f
	see 'Empty the volume data'
	press y
	see 'for ever'
	press y
	see 'done: format data --erase'
}

mirrors() {
	row Down Down Down Down m
	see 'Mirror of sda and another disk'
	press Right Right
	press Tab
	write pair
	see 'host storage mirror sda sdb pair'
	press PageDown Enter
	see 'Both disks are written anew'
	press y
	see 'sdb is not empty'
	press PageUp Tab Tab y
	see 'mirror sda sdb pair --erase'
	press PageDown Enter
	see 'Both disks are written anew'
	press y
	see 'done: mirror sda sdb pair --erase'
	press Home r
	see 'New disk for the mirror data' 'mirror add data sda'
	press PageDown Enter
	see 'The new disk is written anew'
	press y
	see 'done: mirror add data sda'
}

others() {
	row a
	see 'Volume that is there'
	write sdb1
	press Tab
	write photos
	press PageDown Enter
	see 'done: adopt sdb1 photos'
	press Home Down x
	see 'Forget the volume old; what is on it stays\? \(y/N\)'
	press y
	see 'done: forget old'
}

build=$1
menu_begin "$build" 60
menu_open 100 30
see 'Main menu'
write 5
press Enter
for part in looks claims erases mirrors others; do $part; done
press Escape
see 'Main menu' 'Storage +volume data: its mirror lacks a disk'
menu_end
echo "menu_storage: all is well"
