#!/bin/sh
# Entry 6 of the menu in a terminal, with VMs in memory.
# usage: menu_vms.sh BUILD [life] [changes] [drives] [adapters] [console]
# SPDX-License-Identifier: MIT

. "$(dirname "$0")/menu.sh"

# begin COLUMNS ROWS: at the list of VMs. For the serial port vm is a script.
begin() {
	menu_begin "$build" 60 25
	printf '#!/bin/sh\necho "PORT of $4"; read -r line\n' > "$folder/vm"
	chmod +x "$folder/vm"
	PATH=$folder:$path menu_open "$1" "$2"
	see 'Main menu'
	press 6 Enter
	see 'Virtual machines' 'broken'
}

# The page of that pattern stays as the terminal changes.
resized() {
	see "$1"
	resize 120 40
	see "$1"
	resize 60 20
	see 'The menu needs'
	resize 80 24
	gone 'The menu needs'
	see "$1"
}

# On a form: OK.
done_by() {
	press PageDown
	see '> \[ OK \]'
	press Enter
}

# To a question. An Enter in the next half second would be part of that.
no() {
	press n
	gone '\(y/N\)'
	sleep 1
}

# create NAME: with a disk, a disc and an adapter; its page is open then.
create() {
	press a
	see 'New VM' '\(512G free\)'
	write "$1"
	press Tab Tab Tab Tab
	see '> Disc in its drive'
	press Right
	see 'debian-13.iso \(650M\)'
	press Tab
	see '> Network'
	press Right
	see '< lan >' '--switch lan'
	done_by
	see "$1 is made" "> $1 "
	press Enter
	see "VM $1" 'Memory'
}

# open_drives_of VM
open_drives_of() {
	press v
	see "Drives of VM $1" 'ide0:0'
}

makes() {
	press a
	see 'New VM' '\(512G free\)' '> Name'
	press F1
	see 'Only a name is needed' 'Processors: 1 to 64'
	press Escape
	press C-x
	see 'It takes no such character'
	write 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'
	see 'It takes no more' 'create x{63}$'
	press C-u
	write 'größe'
	done_by
	see 'Name: "größe" is not a name' '> Name +größe'
	press C-u
	write we/b
	done_by
	see 'Name: "we/b" is not a name' 'vm create we/b --memory 1G'
	resized 'Name +we/b'
	press C-u
	write web
	press Tab C-u
	write 3M
	done_by
	see 'Memory: "3M" is not a size as' '> Memory +3M' 'Name +web'
	press C-u
	write 512M
	press Tab C-u
	write 65
	done_by
	see 'Processors: a number from 1 to 64 is wanted' '> Processors +65'
	press C-u 2
	press Tab C-u 0
	gone '--disk'
	press C-u
	write 1T
	see '--disk 1T'
	done_by
	see 'web is made' '> web +Off +2 +512M'
}

lives() {
	press s
	see 'Done: vm start web' '> web +Running' '192.0.2.7' 'x stop' \
		'\$ vm start web'
	gone 's start'
	press o
	see 'Turn web off, as if its power went.*\(y/N\)'
	no
	see '> web +Running'
	press Enter
	see 'State +Running, up' 'b reboot' 'heartbeat good, web.example'
	press p
	see 'State +Paused' 'u resume'
	gone 'p pause'
	press u
	see 'State +Running'
	press b
	see 'Done: vm reboot web'
	press r
	see 'Reset web at once'
	press y
	see 'Done: vm reset web' 'State +Running'
	press x
	see 'Done: vm stop web' 'State +Off' 's start'
	press s
	see 'State +Running'
	press o
	see 'Turn web off'
	press y
	see 'State +Off'
}

# From its page, which is left with it.
deletes() {
	press d
	see 'Delete VM web' 'Keep disks +< no >'
	resized 'Keep disks'
	press Right
	see 'vm delete web --keep-disks'
	done_by
	see 'Delete the VM web\? \(y/N\)'
	no
	see 'Keep disks +< yes >'
	press Enter
	see 'Delete the VM web'
	press y
	see 'Virtual machines'
	gone '> web '
}

# Somebody else deletes the VM whose pages are open.
loses() {
	create shop
	open_drives_of shop
	"$build/vm" --socket "$folder/socket" delete shop > /dev/null ||
		fail 'the VM cannot be deleted'
	see 'Virtual machines' 'there is no VM shop'
	gone '> shop '
}

changes() {
	resized 'ide1:0 +dvd'
	press F1
	resized 'All that the VM is and has'
	press Escape
	press e
	see 'Settings of web' '> Memory +1G' 'Start order +500'
	done_by
	see 'Nothing is changed'
	press PageUp Tab C-u 2 Tab
	see "Where the VM's system is looked for"
	press Right Tab
	write 'Größe'
	resized 'Notes +Größe'
	see 'processors=2 "?boot="dvd disk"'
	done_by
	see 'the settings of web are changed' 'Memory +1G, 2 processors' \
		'Boots from +dvd disk' 'Notes +Größe'
	press w
	see 'Processor share of web' '> Weight +100'
	press C-u
	write 20000
	done_by
	see 'Weight: a number from 1 to 10000 is wanted' '> Weight +20000'
	press C-u
	write 200
	resized 'vm cpu web --weight 200'
	done_by
	see 'the processors of web are changed' 'Share +weight 200'
	press i
	see 'Services for the guest of web' '> shutdown +on'
	resized 'exchange +on'
	press Down Enter
	see 'time is off for web' '> time +off' 'Enter switch on'
	press Enter
	see '> time +on'
	press Escape
	see 'Share +weight 200'
	press m
	see 'Rename VM web'
	resized '> New name'
	write broken
	done_by
	see 'there is a VM broken already' 'New name +broken'
	press PageUp
	see '> New name'
	press C-u
	write shop
	done_by
	see 'Virtual machines' 'shop +Off'
}

drives() {
	open_drives_of web
	resized 'ide1:0 +dvd +- +/data/iso/debian-13.iso'
	press a
	see 'Add a disk to web'
	resized '< a new disk >'
	press Tab C-u
	write 1T
	see 'vm disk add web --size 1T'
	done_by
	see 'at ide0:1, a new disk' 'ide0:1 +disk'
	press a
	see 'Add a disk to web'
	press Right
	see '< a file that is there >' 'Read-only +< no >'
	press Tab
	write none.vhdx
	done_by
	see 'none.vhdx: No such file' 'File +none.vhdx'
	press Escape
	see 'Leave, and lose what was typed\? \(y/N\)'
	press y
	see 'Drives of VM web'
	press Home
	see '> ide1:0' 'j eject'
	press j
	see '> ide1:0 .*\(empty\)'
	gone 'j eject'
	press i
	see 'Disc for the drive ide1:0 of web' 'debian-13.iso \(650M\)'
	resized 'debian-13.iso'
	press PageUp Left
	see '< another file >' 'File'
	done_by
	see 'File: it is needed'
	press PageUp Right
	see 'iso insert web --place ide1:0 /data/iso/debian-13.iso'
	done_by
	see '> ide1:0 .*/data/iso/debian-13.iso' 'j eject'
	press End
	see '> ide0:1' 'd remove' 'e change'
	press e
	see 'Disk ide0:1 of web'
	resized 'Read-only +< no >'
	press Escape
	see '> ide0:1'
	press d
	see 'Take the drive at ide0:1 out of web; its file stays\? \(y/N\)'
	press y
	see 'no drive at ide0:1 any more'
	press Escape
	see 's start'
	starts
	open_drives_of web
	press End
	see '> ide0:0'
	gone 'd remove'
}

adapters() {
	press n
	see 'Network adapters of VM web' '> 0 +lan +1 '
	resized 'synthetic'
	press x
	see '> 0 +\(no cable\)'
	gone 'x disconnect'
	press c
	see 'Connect adapter 0 of web' 'lan'
	resized '> Switch'
	done_by
	see 'plugged in lan' 'x disconnect'
	press e
	see 'Adapter 0 of web' '< one VLAN >'
	resized 'Guards +< mac >'
	press Right
	see '> VLAN mode +< several, with tags >' 'Native VLAN'
	press Tab
	write 10,20-
	done_by
	see '10,20-.* is not' '> Trunk +10,20-'
	write 29
	done_by
	see 'adapter 0 of web is changed' '> 0 +lan +10,20-29'
	press e
	see '< several, with tags >' 'Trunk +10,20-29'
	press Right
	done_by
	see 'vm nic set web 0 trunk= native=' '> 0 +lan +1 '
	press a
	see 'Add an adapter to web'
	resized '< no cable >'
	press Tab Right
	see 'vm nic add web --model e1000$'
	press Left
	see 'vm nic add web$'
	done_by
	see 'web has an adapter 1' '1 +\(no cable\)'
	press End d
	see 'Take the adapter 1 out of web\? \(y/N\)'
	press y
	see 'adapter 1 of web is removed'
	gone '1 +\(no cable\)'
}

starts() {
	press s
	see 'State +Running'
}

# 25 rows in 23: the cursor's is seen. Each key is pressed and let go.
console() {
	press c
	see '^keys 0' 'Ctrl-\] back' 'row 24 ║'
	gone 'row 2 '
	write 'ab<'
	see '^keys 8'
	press C-c F12
	see '^keys 14'
	write ö
	see 'has no key for that'
	press 'C-\'
	see 'd Ctrl-Alt-Del'
	press PageUp
	see 'row 2 '
	press d
	see '^keys 20'
	resize 120 40
	see 'row 1 '
	resize 60 20
	see 'The menu needs'
	resize 80 24
	see '^keys 20'
	press F1
	see 'Help' 'Ctrl-Alt-Delete'
	press Escape
	see '^keys 20'
	kill -USR1 "$world"
	see 'shows graphics, 1024 x 768' 'vncviewer localhost:1' 'web --png FILE'
	press 'C-]'
	see 'VM web' 'State +Running'
	gone vncviewer
	press t
	see 'PORT of web'
	press Enter
	see 'VM web' 'The serial port is left'
	kill -USR1 "$world"
}

# What is written in a definition moves no cursor.
problems() {
	see 'broken +Off .* problem'
	press Home Enter
	see 'VM broken' 'PROBLEM +.*memory' 'not text in UTF-8'
	press s
	see 'broken.*problem|memory'
	press Escape
	see 'Virtual machines'
	press Escape
	see 'Main menu' 'Virtual machines +[0-9].*with problems'
	press 6 Enter
	see 'Virtual machines' 'broken'
}

life() {
	begin 80 24
	problems
	makes
	lives
	press Enter
	see 'State +Off'
	deletes
	loses
	menu_end
}

# each COLUMNS ROWS STORY...: with a VM's page open.
each() {
	begin "$1" "$2"
	shift 2
	create web
	for story in "$@"; do
		$story
	done
	menu_end
}

build=$1
path=$PATH
shift
[ $# -gt 0 ] || set -- life changes drives adapters console
for part in "$@"; do
	case $part in
	life) life ;;
	console) each 80 24 starts console ;;
	*) each 80 24 "$part" ;;
	esac
done
echo "menu_vms: all is well"
