# Accounts of administrators, and changes of the host's network on trial.
# SPDX-License-Identifier: MIT

load lib/machine
load lib/host

# One host for all; the tests build on one another.
setup_file() {
	requires xorriso unsquashfs mke2fs debugfs blkid python3 ssh ssh-keygen openssl gcc
	host_start host -netdev user,id=net1,net=10.1.2.0/24 \
		-device "virtio-net-pci,netdev=net1,mac=$host_mac2"
}

### Before the machine is asked

@test "quick: changes on trial and at once, with sanitizers" {
	make -C "$SOCLE_TOP/tests/unit" -f host.mk BUILD="$BATS_TEST_TMPDIR" check
}

### Accounts

# host_locks NAME: wrong passwords at the console.
host_locks() {
	local name
	machine_wait "$1" 'login: $' 60
	# ann has no password, eve is nobody: refused alike, and counted together.
	for name in ann eve bob root; do
		machine_type "$1" $name
		machine_wait "$1" 'Password: ' 20
		machine_type "$1" 'wrong horse battery'
		machine_wait "$1" 'Login incorrect' 20
		machine_wait "$1" 'login: $' 20
	done
	machine_type "$1" eve
	machine_wait "$1" 'Password: ' 20
	machine_type "$1" 'wrong horse battery'
	machine_wait "$1" 'Login incorrect' 20
	machine_type "$1" bob
	machine_wait "$1" 'Password: ' 20
	machine_type "$1" "$host_password"
	machine_wait "$1" 'Locked after 5 failed logins' 20
}

@test "accounts: an administrator comes in by key, in group socle and in no other" {
	expect_match "$(host_as host ann id)" '^uid=1000\(ann\) gid=101\(socle\) groups=101\(socle\)$'
	expect_equal "$(host_as host ann 'pwd; echo "$HOME"; umask')" $'/run/home/ann\n/run/home/ann\n0022'
	expect_equal "$(host_as host ann 'grep -h CapEff: /proc/self/status')" $'CapEff:\t0000000000000000'
	# bob has no key, root's is of no use where an administrator has one.
	expect_failure host_as host bob true
	expect_failure host_as host root true
	expect_failure host_as host vmms true
}

@test "accounts: an administrator can do nothing but ask" {
	local word
	for word in 'cat /run/socle/socle.conf' 'cat /config/socle.conf' 'conf set host name x' \
		'ls /root' 'cat /config/ssh_host_ed25519_key' 'dmesg' 'reboot' 'poweroff -f' \
		'echo x > /etc/passwd' 'echo x > /run/socle/passwd' 'ip link add b type bridge' \
		'echo x >> .ssh/authorized_keys' 'mkdir x' 'mv .ssh old' 'passwd' 'kill 1' \
		'cat /dev/vda' 'cat /dev/ttyS0' 'mount -t tmpfs x /tmp' 'switch create b type=private' \
		'hostname x' 'modprobe bonding' \
		'flock -n /run/socle/network.lock true' 'flock -n /run/socle/accounts.lock true' \
		'flock -n /run/socle/settings.lock true' 'crontab -l'; do
		expect_failure host_as host ann "$word"
	done
	expect_match "$(host_as host ann 'sconfig --state')" '^Settings +own config volume'
}

# As a VM's screen is reached, with the administrator's rights.
@test "accounts: an administrator reaches sockets of group socle through SSH" {
	local login socket=$BATS_TEST_TMPDIR/vmms forward end=$((SECONDS + 60))
	machine_login host -p
	ssh -N "${login[@]}" -o ExitOnForwardFailure=yes -L "$socket:/run/socle/vmms" \
		ann@127.0.0.1 3>&- &
	forward=$!
	until [ -S "$socket" ] || [ "$SECONDS" -gt "$end" ]; do sleep 0.5; done
	run timeout 60 python3 -c '
import socket, sys
vmms = socket.socket(socket.AF_UNIX)
vmms.connect(sys.argv[1])
vmms.send(b"{\"version\":1,\"id\":1,\"verb\":\"version\"}\n")
print(vmms.recv(4096).decode())' "$socket"
	kill "$forward"
	expect_match "$output" '"id":1,"result":'
	expect_equal "$(host_as host ann 'vm list > /dev/null && stat -c "%a %U" /run/socle/vms')" '711 root'
}

@test "accounts: the console takes an administrator's password, and the menu is his" {
	machine_wait host 'login: $' 90
	machine_type host bob
	machine_wait host 'Password: ' 20
	machine_type host "$host_password"
	machine_wait host 'Exit to command line' 30
	machine_type host 15
	machine_wait host 'y/N' 10
	machine_type host ""
	machine_type host 17
	machine_wait host '\$ $' 20
	machine_type host 'id; stat -c "%U %a" $(tty)'
	machine_wait host 'uid=1001\(bob\) gid=101\(socle\)' 10
	machine_wait host 'bob 620' 10
	machine_type host exit
	machine_wait host 'Exit to command line' 20
	machine_type host 14
	machine_wait host 'login: $' 30
}

### Network changes

# The tests below use root's shell at the console.

@test "network changes: one that nobody confirms is taken back, and SSH comes back" {
	local started
	host_log_in host root
	host_root host "H=/lib/socle/host N='nic $host_mac' M='nic $host_mac2'"
	started=$SECONDS
	host_root host '$H network set "$N" address=10.0.2.77/24 gateway=10.0.2.2 address6=none'
	expect_match "$output" 'on trial: without .vm host network confirm. it is taken back in [0-9]+ seconds'
	host_root host 'ip -4 -o addr; conf get "$N" address; $H network show'
	expect_match "$output" 'eth0 +inet 10\.0\.2\.77/24'
	expect_no_match "$output" '10\.0\.2\.15'
	expect_match "$output" '"trial": true, "seconds": [1-9][0-9]*, "sections": \["nic 52:54:00:12:34:56"\]'
	MACHINE_SSH_SECONDS=5 expect_failure host_as host ann true
	# A second change has to wait; its asker is told.
	expect_failure host_root host '$H network set "$M" address=none'
	expect_match "$output" 'host: a change of the network is on trial: confirm or revert it first'
	host_wait host ann 120
	[ $((SECONDS - started)) -ge 55 ]
	expect_match "$(host_as host ann 'vm host network show')" '^trial +no$'
	host_root host 'conf list nic; grep -c nic /config/socle.conf; ls /run/socle'
	expect_no_match "$output" '^nic |^[1-9]|^trial$'
}

@test "network changes: confirmed from a new connection it stays, who asked is long dead" {
	host_root host '($H network set "$N" address=10.0.2.15/24 gateway=10.0.2.2 &) ;
		sleep 2; pkill -KILL -f "^/lib/socle/host"; sleep 1; $H network show'
	# It died in the middle, and so did its watch: the next one takes it back first.
	expect_match "$output" '"trial": true'
	host_root host '$H network set "$N" address=10.0.2.15/24 gateway=10.0.2.2'
	host_wait host ann 60
	expect_match "$(host_as host ann 'vm host network show')" '^trial +yes$'
	expect_failure host_as host ann '/lib/socle/host network confirm'
	host_as host ann 'vm host network confirm'
	host_root host 'conf -f /config/socle.conf get "$N" address; $H network show'
	expect_match "$output" '^10\.0\.2\.15/24$'
	expect_match "$output" '"trial": false'
	expect_failure host_root host '$H network confirm'
	expect_match "$output" 'no change of the network is on trial'
}

@test "network changes: what is refused changes nothing" {
	local word
	host_root host 'cp /run/socle/socle.conf /tmp/before'
	for word in 'set "$N" address=10.0.2' 'set "$N" colour=red' 'set "nic x" address=none' 'set "$N"' \
		'set host name=x' 'set -"nic 52:54:00:00:00:99"' 'set "bond bond0" mode=lacp' \
		'set "bond bond0" nics="52:54:00:12:34:56"' \
		'set "$N" "address=$(head -c 5000 /dev/zero | tr "\0" 1)"' \
		'switch create x' 'switch create x type=external nic=52:54:00:00:00:99' \
		'switch delete nothing' 'switch list x' 'switch create ../x type=private'; do
		expect_failure host_root host "\$H network $word"
		host_root host 'cmp /tmp/before /run/socle/socle.conf && [ ! -e /run/socle/trial ]'
	done
	host_as host ann true
}

@test "network changes: a bond, a VLAN and a switch below VMs, which notice nothing" {
	host_tools host
	host_root host '$H network switch create lan type=external nic=52:54:00:12:34:56 && $H network confirm' 60
	host_as host ann true
	host_root host 'cd /tmp; . ./ends; for p in va vb; do switch connect lan $p; done;
		ends_at va 192.0.2.1/24; ends_at vb 192.0.2.2/24; reaches va 192.0.2.2;
		(ip netns exec va ping -i 0.2 -c 1000 192.0.2.2 > /tmp/pings 2>&1 &)' 60
	# The VLAN cuts the administrator off.
	host_root host '$H network set "$N" vlan=10; ip -o addr show dev lan.10; bridge vlan show' 60
	expect_match "$output" 'lan\.10 +inet 10\.0\.2\.15/24'
	expect_match "$output" '^eth0 +1 PVID Egress Untagged'
	MACHINE_SSH_SECONDS=5 expect_failure host_as host ann true
	host_root host '$H network revert; ls /sys/class/net' 60
	expect_no_match "$output" 'lan\.10'
	host_wait host ann 60
	# The switch itself.
	host_root host '$H network switch set lan mtu=1400; $H network revert; cat /sys/class/net/lan/mtu' 60
	expect_match "$output" '^1500$'
	expect_failure host_root host '$H network switch delete lan' 60
	expect_match "$output" 'in use'
	# No answer is missing between two others: the last request may be
	# under way when ping ends, and counts as a loss in its own summary.
	host_root host 'pkill -INT ping; sleep 1; cat /tmp/pings' 30
	expect_empty "$(sed -n 's/.* seq=\([0-9]*\) .*/\1/p' <<< "$output" | awk '
		$1 != NR - 1 { print "answer", $1, "came as number", NR - 1; exit }
		END { if (NR < 20) print "only", NR, "answers" }')" "lost in the switch"
	host_root host 'ends_gone va vb; $H network switch delete lan; ip -4 -o addr' 60
	expect_match "$output" 'eth0 +inet 10\.0\.2\.15/24'
	host_as host ann true
	host_root host '$H network revert; ip -4 -o addr' 60
	expect_match "$output" 'lan +inet 10\.0\.2\.15/24'
	host_as host ann true
	host_root host '$H network switch delete lan && $H network confirm; grep -c switch /config/socle.conf' 60 ||
		expect_match "$output" '^0$'
	# All adapters become a bond, and not any more.
	host_root host '$H network set "bond bond0" nics="52:54:00:12:34:56 52:54:00:12:34:57"
		address=10.0.2.15/24 gateway=10.0.2.2 "-$N"; cat /proc/net/bonding/bond0; ip -4 -o addr' 60
	expect_match "$output" 'bond0 +inet 10\.0\.2\.15/24'
	host_wait host ann 30
	host_root host '$H network revert; ls /sys/class/net; ip -4 -o addr' 60
	expect_no_match "$output" bond0
	expect_match "$output" 'eth0 +inet 10\.0\.2\.15/24'
	host_wait host ann 30
}

@test "network changes: a volume that is full keeps nothing, and the change goes" {
	host_root host 'dd if=/dev/zero of=/config/fill bs=1k 2>/dev/null; dd if=/dev/zero of=/config/fill2 bs=1 count=1000 2>/dev/null;
		cp /config/socle.conf /tmp/kept; $H network set "$N" mtu=1400 address=10.0.2.15/24 gateway=10.0.2.2' 60
	expect_failure host_root host '$H network confirm'
	expect_match "$output" 'host: /config/socle.conf cannot be written: No space left on device'
	host_root host '$H network show'
	expect_match "$output" '"trial": true'
	host_root host '$H network revert; cmp /tmp/kept /config/socle.conf && rm /config/fill*; cat /sys/class/net/eth0/mtu' 60
	expect_match "$output" '^1500$'
}

@test "network changes: settings that count at once" {
	local key carl
	key=$(cat "$(machine_key).pub")
	host_root host '$H set host name=branch-9 timezone=Europe/Berlin; hostname; date +%Z; cat /etc/issue'
	expect_match "$output" '^branch-9$'
	expect_match "$output" '^CES?T$'
	expect_match "$output" 'on branch-9'
	host_root host "\$H set 'admin carl' 'key=$key' && conf -f /config/socle.conf list admin"
	expect_match "$output" 'admin carl'
	expect_match "$(host_as host carl id)" '^uid=1002\(carl\)'
	(host_as host carl 'sleep 100; echo done' > "$BATS_TEST_TMPDIR/carl" || true) &
	carl=$!
	sleep 5
	host_root host '$H unset "admin carl"; ps | grep -c "[s]leep 100"' || true
	expect_match "$output" '^0$'
	wait $carl
	expect_empty "$(cat "$BATS_TEST_TMPDIR/carl")" "what his session did"
	expect_failure host_as host carl true
	host_root host "\$H set 'admin dora' 'key=$key'"
	expect_match "$(host_as host dora id)" '^uid=1003\(dora\)'
	expect_failure host_root host '$H set "admin eve" password=plain'
	expect_match "$output" 'host: \[admin eve\] password is not a hash'
	expect_failure host_root host '$H set "admin dora" key='
	expect_match "$output" 'needs a key or a password'
	expect_failure host_root host '$H set "nic 52:54:00:12:34:56" address=none'
	expect_match "$output" 'is changed by: host network set'
	host_root host '$H set host name= timezone=; hostname'
	expect_match "$output" '^socle$'
	# The management service begins anew.
	host_as host ann 'vm host set host "storage=/config/vms /config/more"'
	host_root host 'sleep 10; ps | grep "[v]mms --storage"'
	expect_match "$output" 'vmms --storage /config/vms --storage /config/more'
	expect_match "$(host_as host ann 'vm host show')" '^/config/more +yes '
	host_as host ann 'vm host set host storage='
	host_root host 'sleep 10; ps | grep "[v]mms --storage"'
	expect_match "$output" 'vmms --storage /run/socle/storage'
}

@test "network changes: the screen's keyboard has another layout at once" {
	host_as host ann 'vm host set host keyboard=de'
	machine_sendkeys host 'zy-\n'
	machine_screen_wait host 'login: yz' 20
	machine_screen_wait host 'Password:' 20
	machine_sendkeys host '\n'
	machine_screen_wait host 'Login incorrect' 20
	expect_failure host_as host ann 'vm host set host keyboard=xx'
	host_as host ann 'vm host set host keyboard='
	machine_sendkeys host 'zy\n'
	machine_screen_wait host 'login: zy' 20
	machine_sendkeys host '\n'
}

@test "network changes: the clock is set by hand" {
	local said
	host_as host ann 'vm host set host timezone=Europe/Berlin'
	expect_match "$(host_as host ann 'vm host clock "2026-12-31 23:58"')" \
		'^the clock says 2026-12-31 23:58, Europe/Berlin$'
	host_root host 'hwclock -r -u'
	expect_match "$output" 'Dec 31 2[23]:[0-9:]+ 2026' "the machine's own clock"
	said=$(host_as host ann 'exec 2>&1; date -u +%Y-%m-%dT%H
		vm host clock "2026-02-31 10:00"; echo "status $?"')
	expect_match "$said" '^2026-12-31T22$'
	expect_match "$said" 'no clock of Europe/Berlin ever shows 2026-02-31 10:00'
	expect_match "$said" '^status 1$'
	host_as host ann 'vm host set host timezone='
}

@test "network changes: state and report, without secrets" {
	MACHINE_SSH_SECONDS=120 host_as host ann 'vm host report' > "$BATS_TEST_TMPDIR/report"
	expect_failure grep -F '$6$tests' "$BATS_TEST_TMPDIR/report"
	grep -q 'OpenSSH\|ssh-ed25519' "$BATS_TEST_TMPDIR/report"
	grep -q '^=== kernel.s log' "$BATS_TEST_TMPDIR/report"
	host_as host ann 'vm host settings export' > "$BATS_TEST_TMPDIR/settings"
	grep -q '^\[admin bob\]' "$BATS_TEST_TMPDIR/settings"
	expect_failure grep -F '$6$' "$BATS_TEST_TMPDIR/settings"
	host_as host ann 'vm host settings export --secrets' > "$BATS_TEST_TMPDIR/settings"
	grep -q '^password = \$6\$tests' "$BATS_TEST_TMPDIR/settings"
	"$SOCLE_BUILD/own/conf/conf" -f "$BATS_TEST_TMPDIR/settings" list admin | grep -q 'admin ann'
	host_as host ann 'vm --json host show' | python3 -c '
import json, sys
host = json.load(sys.stdin)
assert host["name"] == "socle" and host["processors"] == 2, host
assert host["memory"]["total"] > host["memory"]["available"] > 1 << 28, host
nic = [n for n in host["network"] if n["name"] == "eth0"][0]
assert nic["driver"] == "virtio_net" and nic["link"], nic
assert "10.0.2.15/24" in nic["addresses"], nic
assert [a["name"] for a in host["administrators"]] == ["ann", "bob", "dora"], host
assert host["keys"]["admin ann"][0].startswith("ssh-"), host
assert host["load"] >= 0 and host["trial"] is None and "ttyS0" in host["consoles"], host'
}

@test "network changes: settings come back from a file, checked as a whole" {
	local settings=$BATS_TEST_TMPDIR/settings
	host_as host ann 'vm host settings export --secrets' > "$settings"
	(cat "$settings" && printf '[host]\nname = a b\n') > "$settings.bad"
	expect_failure host_as host ann 'vm host settings import -' < "$settings.bad"
	expect_match "$output" '^vm: line [0-9]+: '
	echo '# a comment on the way' >> "$settings"
	expect_match "$(host_as host ann 'vm host settings import - --dry-run' < "$settings")" \
		'^these settings are good'
	host_root host '! grep on.the.way /config/socle.conf'
	expect_match "$(host_as host ann 'vm host settings import -' < "$settings")" \
		'^these settings count from the next start'
	host_root host 'grep on.the.way /config/socle.conf'
	# What is in effect is not put into it; what is not kept goes on.
	expect_failure host_as host ann 'vm host set host name=mixed'
	expect_match "$output" 'the host is to be restarted first'
	expect_failure host_root host '$H network set "$N" mtu=1400'
	expect_match "$output" 'the host is to be restarted first'
	host_as host ann 'vm switch list'
	expect_match "$(host_as host ann 'vm host settings import -' < "$settings")" \
		'^these settings count from the next start'
	# They are those that are in effect: the tests after this one need no restart.
	host_root host 'rm /run/socle/settings-replaced'
	head -c 40000 /dev/zero | tr '\0' '#' > "$settings.long"
	expect_failure host_as host ann 'vm host settings import -' < "$settings.long"
	expect_match "$output" 'more than 32000 bytes'
	expect_failure host_as host ann 'vm host make-stick nothing'
	expect_match "$output" 'nothing: there is no such disk'
}

# host_volume: a file system with a place for a second copy of the settings.
host_volume() {
	local folder=$BATS_TEST_TMPDIR/folder
	mkdir -p "$folder/.socle"
	mke2fs -q -F -t ext4 -E root_owner=0:0 -d "$folder" "$BATS_TEST_TMPDIR/volume" 64M > /dev/null &&
		cat "$BATS_TEST_TMPDIR/volume"
}

# host_file DISK PATH: what is known of a file of a file system.
host_file() {
	debugfs -R "stat $2" "$1" 2>&1
}

@test "network changes: a restart in the middle of a trial begins with what was" {
	host_root host '$H network set "$N" address=10.0.2.99/24 gateway=10.0.2.2; sync' 60
	machine_type host reboot
	machine_wait_end host 90
	host_start again
	expect_match "$(host_as again ann 'vm host network show')" '^trial +no$'
	expect_match "$(host_as again ann 'ip -4 -o addr; id')" '^uid=1000\(ann\)'
	host_locks again
}

# After the test before this one, with which its machine has ended.
@test "network changes: a factory reset forgets them all" {
	local options=() uuid file
	host_volume > "$BATS_FILE_TMPDIR/data"
	host_start again -drive "file=$BATS_FILE_TMPDIR/data,format=raw,if=virtio"
	expect_failure host_as again ann 'vm host settings reset'
	expect_match "$output" 'reset forgets all settings of this host: --erase'
	uuid=$(blkid -s UUID -o value "$BATS_FILE_TMPDIR/data")
	expect_match "$(host_as again ann "vm host storage adopt $uuid data")" 'the volume data is in'
	# The management service begins anew, with the volume's folder.
	host_as again ann 'sleep 4; for i in $(seq 100); do vm version > /dev/null 2>&1 && exit; sleep 0.3; done; exit 1'
	expect_match "$(host_as again ann 'vm --json host show')" '/volumes/data/.socle/socle.conf'
	expect_match "$(host_as again ann 'vm host settings reset --erase')" '^the settings are forgotten'
	machine_wait_end again 120
	expect_match "$(host_file "$(host_disk)" /ssh_host_ed25519_key)" 'File not found'
	# Settings that say nothing, newer than all copies.
	for file in "$(host_disk)":/socle.conf "$BATS_FILE_TMPDIR/data:/.socle/socle.conf"; do
		expect_match "$(debugfs -R "cat ${file##*:}" "${file%:*}" 2> /dev/null | tr '\n' ' ')" \
			'^# kept [0-9]+ [0-9a-f]{12} [0-9a-f]{8} $'
	done
	expect_match "$(host_file "$BATS_FILE_TMPDIR/data" /.socle)" 'Type: directory'
	attach options "$(host_disk)" virtio-blk-pci
	iso_boot_native forgot "${options[@]}" \
		-drive "file=$iso,format=raw,media=cdrom,readonly=on"
	machine_wait forgot 'No password is set' 300
}
