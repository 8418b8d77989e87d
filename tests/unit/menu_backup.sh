#!/bin/sh
# Entries 11 and 13 of the menu, in a terminal: settings as a file and back, a spare
# stick, a factory reset.
# usage: menu_backup.sh BUILD
# SPDX-License-Identifier: MIT

. "$(dirname "$0")/menu.sh"

looks() {
	see '11\) Back up +boot medium sdc, 2M written'
	write 11
	press Enter
	see 'Boot medium +sdc, 2M written since it was plugged in' \
		'Settings kept in +/config/socle.conf' \
		' +/volumes/data/.socle/socle.conf' \
		'Settings from +own config volume' \
		'Virtual machines +backing them up comes with a later version'
}

# file PATH: into the form's first field.
file() {
	press PageUp C-u
	write "$1"
}

saves() {
	press s
	see 'Save the settings' '\$ vm host settings export > /tmp/socle.conf'
	file 'no path'
	press PageDown Enter
	see 'File: "no path" is not a path'
	file "$saved"
	see "vm host settings export > $saved"
	press PageDown Enter
	see "It is in $saved\."
	[ "$(stat -c %a "$saved")" = 600 ] || fail "anybody may read $saved"
	[ "$(cat "$saved")" = "$(printf '# a comment\n[host]\nname = branch-7')" ] ||
		fail "$saved is not what was exported"
	# What is there stays, a link, too.
	press s
	see 'Save the settings'
	file "$saved"
	press Tab y
	see "vm host settings export --secrets > $saved"
	press PageDown Enter
	see 'it is there already'
	ln -s "$folder/nowhere" "$saved.link"
	file "$saved.link"
	press PageDown Enter
	see 'link: it is there already'
	file "$saved.secrets"
	press PageDown Enter
	see "It is in $saved.secrets"
	grep -q '^# secrets$' "$saved.secrets" || fail "$saved.secrets has none"
}

# What is there is replaced: asked for twice.
restores() {
	press r
	see 'Replace all settings of this host by those of a file\? \(y/N\)'
	press n
	gone 'Replace all'
	press r
	see 'Replace all'
	press y
	see 'Restore the settings' '\$ vm host settings import /tmp/socle.conf'
	file "$folder/nowhere"
	press PageDown Enter
	see 'is lost, from its next start on. Go on\? \(y/N\)'
	press n
	gone 'Go on'
	press PageDown Enter
	see 'Go on\? \(y/N\)'
	press y
	see 'nowhere: No such file'
	printf '[x]\n' > "$saved.bad"
	file "$saved.bad"
	press PageDown Enter
	see 'Go on'
	press y
	see 'line 2: "x" is not known'
	# Nobody waits for who may write to a pipe.
	mkfifo "$saved.pipe"
	file "$saved.pipe"
	press PageDown Enter
	see 'Go on'
	press y
	see 'pipe is no file'
	file "$saved"
	press PageDown Enter
	see 'Go on'
	press y
	see 'these settings count from the next start of the host on'
}

# The stick is offered first, a card that is too small is not; what is on it is asked for twice.
sticks() {
	press m
	see 'Spare stick' 'Stick or disk +< sdb  8G, USB Stick' \
		'\$ vm host make-stick sdb'
	press PageDown Enter
	see 'sdb is written anew; what is on it goes, for ever. Go on\? \(y/N\)'
	press n
	gone 'Go on'
	press PageDown Enter
	see 'Go on'
	press y
	see 'sdb is not empty: 1 partition'
	press PageUp Tab y
	see '\$ vm host make-stick sdb --erase'
	press PageDown Enter
	see 'Go on'
	press y
	see 'the system is copied'
	# It goes on without the form, and says its end wherever one is.
	press Escape
	see 'Boot medium'
	press Escape
	see 'Main menu' 'the stick boots this host'
}

resets() {
	write 13
	press Enter
	see 'What goes +all settings of branch-7' 'the administrator ann' \
		'the SSH host key' 'What stays' 'on the volume data; entry 5'
	press r
	see 'Forget all settings of this host, and restart it\? \(y/N\)'
	press n
	gone 'Forget all'
	press r
	see 'Forget all'
	press y
	see '\$ vm host settings reset --erase'
	press PageDown Enter
	see 'Name of this host: it is needed'
	write branch-8
	press PageDown Enter
	see '"branch-8" is not the name of this host'
	press C-u
	write branch-7
	press PageDown Enter
	see 'the settings are forgotten; the host goes down'
}

build=$1
menu_begin "$build" 60
saved=$folder/saved.conf
menu_open 100 30
see 'Main menu'
for part in looks saves restores sticks resets; do $part; done
menu_end
echo "menu_backup: all is well"
