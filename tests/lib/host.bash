# A host with administrators: how it starts, who asks it what.
# SPDX-License-Identifier: MIT

host_lib=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
load "$host_lib/iso"
load "$host_lib/volume"
load "$host_lib/expect"

host_password='correct horse battery'
host_mac=52:54:00:12:34:56 host_mac2=52:54:00:12:34:57

# host_disk: the host's own volume, once a file of tests; it is written to. ann has a
# key, bob a password.
host_disk() {
	local disk=$BATS_FILE_TMPDIR/host.disk hash
	[ ! -f "$disk" ] || { echo "$disk"; return; }
	hash=$(openssl passwd -6 -salt tests "$host_password")
	cat > "$BATS_FILE_TMPDIR/host.conf" <<-END
	[login]
	key = $(cat "$(machine_key).pub")
	password = $hash

	[admin ann]
	key = $(cat "$(machine_key).pub")

	[admin bob]
	password = $hash
	END
	cp "$(make_config_disk "$BATS_FILE_TMPDIR/host.conf")" "$disk" && echo "$disk"
}

# host_start NAME [QEMU OPTION...]: without the hypervisor. SSH leads to ann.
host_start() {
	local name=$1 options=()
	shift
	attach options "$(host_disk)" virtio-blk-pci
	iso_boot_native "$name" "${options[@]}" \
		-drive "file=$iso,format=raw,media=cdrom,readonly=on" \
		-netdev user,id=net0,hostfwd=tcp:127.0.0.1:0-:22 \
		-device "virtio-net-pci,netdev=net0,mac=$host_mac" "$@" &&
		host_wait "$name" ann 300
}

# host_tools NAME: what an end of a port needs, into /tmp.
host_tools() {
	gcc -std=gnu11 -D_GNU_SOURCE -O1 -Wall -Wextra -Werror -static -s \
		-o "$BATS_FILE_TMPDIR/tapwire" "$host_lib/tapwire.c" || return
	host_as "$1" ann "cat > /tmp/tapwire && chmod 755 /tmp/tapwire" \
		< "$BATS_FILE_TMPDIR/tapwire" &&
		host_as "$1" ann "cat > /tmp/ends" < "$host_lib/switch_ends.sh"
}

# host_as NAME ADMINISTRATOR COMMAND...: over SSH, with the key of the tests.
host_as() {
	local name=$1 who=$2 login
	machine_login "$name" -p || return
	shift 2
	timeout "$((MACHINE_SSH_SECONDS * machine_patience))" ssh -T "${login[@]}" "$who@127.0.0.1" "$@"
}

# host_wait NAME ADMINISTRATOR SECONDS: until he can run a command over SSH.
host_wait() {
	local end=$((SECONDS + $3 * machine_patience)) said
	until said=$(MACHINE_SSH_SECONDS=10 host_as "$1" "$2" true 2>&1); do
		if ! machine_pid "$1" > /dev/null || [ "$SECONDS" -gt "$end" ]; then
			machine_report "$1" "no SSH for $2: $said"
			return 1
		fi
		sleep 0.5
	done
}

# host_log_in NAME ACCOUNT: at the serial console, into a shell.
host_log_in() {
	machine_type "$1" ""
	machine_wait "$1" 'login: $' 60 && machine_type "$1" "$2" &&
		machine_wait "$1" 'Password: ' 20 &&
		machine_type "$1" "$host_password" &&
		machine_wait "$1" 'Exit to command line' 30 &&
		machine_type "$1" 17 && machine_wait "$1" '[$#] $' 20
}

# host_root NAME COMMAND [SECONDS]: at a console where root has a shell; what it prints
# is in $output. Several lines are one: a tab would be for completion.
host_root() {
	local dir from command
	dir=$(machine_dir "$1") || return
	command=$(tr -s '\n\t' '  ' <<< "$2")
	from=$(machine_log "$1" | wc -c)
	machine_type "$1" "$command; echo en''d \$?"
	machine_wait "$1" '^en[d] [0-9]+' "${3:-60}" || return
	output=$(machine_log "$1" | tail -c "+$from" | sed '1d;/^end /,$d')
	[ "$machine_matched" = "end 0" ] || {
		echo "$command: $machine_matched: $output" >&2
		return 1
	}
}
