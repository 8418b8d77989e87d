#!/bin/sh
# The SSH server's script: which host key it takes, with a server and a maker of
# keys that write down what they were told.
# usage: test_ssh.sh FOLDER SCRIPTS
# SPDX-License-Identifier: MIT

set -e
rm -rf "$1"
mkdir -p "$1/bin" "$1/lib"
top=$(cd "$1" && pwd)
for script in functions ssh; do
	sed "s|/lib/socle|$top/lib|g; s|/run/socle|$top/run|g; s|/sys/|$top/sys/|g
		s|\([ =]\)/config|\1$top/config|g" "$2/$script" > "$top/lib/$script"
	chmod 755 "$top/lib/$script"
done
PATH=$top/bin:$PATH
kept=$top/config/ssh_host_ed25519_key
own=$top/run/ssh_host_ed25519_key

fail() {
	echo "test_ssh.sh: $*" >&2
	exit 1
}

# program NAME: standard input is what it does.
program() {
	(echo '#!/bin/sh' && cat) > "$top/$1"
	chmod 755 "$top/$1"
}

begin() {
	cd "$top"
	rm -rf run sys config console served
	mkdir -p run config sys/class/tty/console
	: > console
	echo "../$top/console" > sys/class/tty/console/active
	program bin/sync < /dev/null
	program bin/mountpoint < /dev/null
	program lib/issue < /dev/null
	# A key is "good" and a number.
	program bin/dropbearkey << 'END'
case $1 in
-y) grep -q '^good' "$3" && echo "Fingerprint: $(cat "$3")" ;;
-t) [ ! -e "$4" ] && : > "$4" && echo "good $$" > "$4" && echo public > "$4.pub" ;;
esac
END
	program bin/dropbear << END
echo "\$9" > $top/served
END
}

# serves KEY: the server has it, and it is a good one, which only root reads.
serves() {
	lib/ssh || fail "status $?"
	[ "$(cat served)" = "$1" ] || fail "served: $(cat served), not $1"
	[ "$(cat run/ssh.fingerprint)" = "$(cat "$1")" ] || fail "fingerprint: $(cat run/ssh.fingerprint)"
	[ "$(stat -c %a "$1")" = 600 ] || fail "mode $(stat -c %a "$1")"
}

says() {
	tr -d '\r' < console | grep -q "$1" || fail "said: $(cat console)"
	: > console
}

says_nothing() {
	[ ! -s console ] || fail "said: $(cat console)"
}

test_first() {
	begin
	serves "$kept"
	first=$(cat "$kept")
	serves "$kept"
	[ "$(cat "$kept")" = "$first" ] || fail "another key at the second start"
	[ ! -e "$own" ] || fail "a key in memory"
	says_nothing
}

# Once: the next start has the new one.
test_damaged() {
	for damage in '' 'bad'; do
		begin
		printf %s "$damage" > "$kept"
		: > "$kept.new"
		serves "$kept"
		says 'SSH: the host key is damaged'
		second=$(cat "$kept")
		serves "$kept"
		[ "$(cat "$kept")" = "$second" ] || fail "another key at the next start"
		says_nothing
		[ -z "$(find config -name '*.new*')" ] || fail "left: $(ls config)"
	done
}

# A volume that takes no writes, or none at all.
test_memory() {
	begin
	echo bad > "$kept"
	program bin/mv << 'END'
case $2 in */config/*) exit 1 ;; esac
exec /bin/mv "$@"
END
	serves "$own"
	says 'SSH: the host key is damaged'
	[ "$(cat "$kept")" = bad ] || fail "the key is replaced"
	rm bin/mv
	begin
	echo 'exit 1' | program bin/mountpoint
	: > "$own"
	serves "$own"
	says_nothing
}

for part in first damaged memory; do test_$part; done
