# Emulated machines for the tests: start, watch, type, log in, end.
# SPDX-License-Identifier: MIT
#
# A machine is a QEMU process with a folder of its own: below BATS_FILE_TMPDIR
# when it was started in setup_file (it lives for the whole file), else below
# BATS_TEST_TMPDIR (it ends with the test). QEMU dies with the Bats process
# that started it, so never call machine_start in a subshell or under `run`.

machine_lib=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)

# Defaults; a test may set them, or name the option again after NAME.
: "${MACHINE_MEMORY:=1024}" "${MACHINE_CPUS:=2}" "${MACHINE_SSH_SECONDS:=30}"
# How many times as long as it says a wait may take, for slow hosts.
machine_patience=${SOCLE_TEST_PATIENCE:-1}

# machine_dir NAME: the folder of a machine that exists.
machine_dir() {
	local root
	for root in "${BATS_TEST_TMPDIR:-}" "$BATS_FILE_TMPDIR"; do
		[ -n "$root" ] && [ -d "$root/machines/$1" ] || continue
		echo "$root/machines/$1"
		return 0
	done
	echo "there is no machine '$1'" >&2
	return 1
}

# machine_start NAME [QEMU OPTION...]: returns at once. File names in options
# must be absolute. Without -nic or -netdev among them the machine gets one
# virtio adapter on user networking with a forward to its SSH port.
machine_start() {
	local dir=${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}/machines/$1 net mend
	shift
	requires qemu-system-x86_64 setpriv python3 gcc || return
	machine_mend || return
	mkdir -p "${dir%/*}" && mkdir "$dir" && mkfifo "$dir/serial.in" || return
	: > "$dir/serial.log"
	echo 0 > "$dir/read"
	machine_network "$@"
	(
		cd "$dir" && exec setpriv --pdeathsig KILL \
			env LD_PRELOAD="$mend" qemu-system-x86_64 \
			-accel tcg,thread=multi -cpu EPYC-v4,+x2apic -M q35 \
			-m "$MACHINE_MEMORY" -smp "$MACHINE_CPUS" \
			-display none -no-reboot \
			-chardev file,id=serial0,path=serial.log,input-path=serial.in \
			-serial chardev:serial0 -qmp unix:qmp,server=on,wait=off \
			"${net[@]}" "$@"
	) 3>&- 8<> "$dir/serial.in" > "$dir/qemu.log" 2>&1 < /dev/null &
	machine_remember "$dir" $!
}

# machine_mend: fills mend with what keeps QEMU from losing a processor's state, and
# has it say where it was when it faults.
machine_mend() {
	mend=$BATS_FILE_TMPDIR/qemu_mend.so
	[ -f "$mend" ] || gcc -Wall -Wextra -Werror -O1 -shared -fPIC \
		-o "$mend" "$machine_lib"/qemu_{mend,fault}.c
}

# machine_network OPTION...: fills net. The kernel chooses the port, so no two
# machines and no other program can meet on one.
machine_network() {
	net=(-netdev user,id=net0,hostfwd=tcp:127.0.0.1:0-:22
		-device virtio-net-pci,netdev=net0)
	case " $* " in *" -nic "* | *" -netdev "*) net=() ;; esac
}

# machine_remember DIR PID: a pid can be reused, a pid and its start cannot.
machine_remember() {
	disown "$2"
	echo "$2 $(machine_birth "$2")" > "$1/pid"
}

# machine_birth PID: when the process started; fails when it is gone.
machine_birth() {
	local stat
	{ read -r stat < "/proc/$1/stat"; } 2> /dev/null || return
	# What follows the command's name: state is the first, start the 20th.
	read -ra stat <<< "${stat##*) }"
	[ "${stat[0]}" != Z ] && echo "${stat[19]}"
}

# machine_pid NAME: fails when its QEMU has ended.
machine_pid() {
	local dir pid birth
	dir=$(machine_dir "$1") || return
	read -r pid birth < "$dir/pid" || return
	[ "$(machine_birth "$pid")" = "$birth" ] && echo "$pid"
}

# machine_log NAME: the serial log as plain text.
machine_log() {
	local dir
	dir=$(machine_dir "$1") || return
	tr -d '\r\000' < "$dir/serial.log" | LC_ALL=C sed -E \
		-e 's/\x1b\[[0-9;?]*[@-~]//g' -e 's/\x1b[][()#%].?//g' \
		-e 's/\x1b.?//g' -e 's/[\x0e\x0f]//g'
}

# machine_report NAME SENTENCE: what to show when a machine disappoints.
machine_report() {
	local dir
	dir=$(machine_dir "$1") || return
	{
		echo "machine $1: $2"
		grep -v "TCG doesn't support requested" "$dir/qemu.log" || true
		echo "--- the last 50 lines of its serial port ($dir/serial.log):"
		machine_log "$1" | tail -n 50
		echo
		echo "---"
	} >&2
}

# machine_wait NAME REGEX SECONDS: until REGEX (extended) comes on the serial
# port, in one line or an unfinished one, after what the wait before matched.
# What matched is in $machine_matched. Time-out and end of QEMU are failures.
machine_wait() {
	local dir alive end=$((SECONDS + $3 * machine_patience))
	dir=$(machine_dir "$1") || return
	while :; do
		alive=$(machine_pid "$1" || true)
		machine_match "$dir" "$2" && return 0
		if [ -z "$alive" ]; then
			machine_report "$1" "ended before '$2' came"
			return 1
		elif [ "$SECONDS" -gt "$end" ]; then
			machine_report "$1" "'$2' did not come in $3 s"
			return 1
		fi
		sleep 0.2
	done
}

# machine_match DIR REGEX: takes the next match, if it has come.
machine_match() {
	local LC_ALL=C from hit
	read -r from < "$1/read"
	hit=$(tail -c "+$((from + 1))" "$1/serial.log" | tr '\r' '\n' |
		grep -aobE -m 1 -e "$2" | head -n 1)
	[ -n "$hit" ] || return 1
	machine_matched=${hit#*:}
	echo $((from + ${hit%%:*} + ${#machine_matched})) > "$1/read"
}

# machine_wait_end NAME SECONDS: until QEMU has ended by itself.
machine_wait_end() {
	local end=$((SECONDS + $2 * machine_patience))
	machine_dir "$1" > /dev/null || return
	while machine_pid "$1" > /dev/null; do
		if [ "$SECONDS" -gt "$end" ]; then
			machine_report "$1" "did not end in $2 s"
			return 1
		fi
		sleep 0.2
	done
}

# machine_type NAME TEXT: on the serial port, with Enter.
machine_type() {
	local dir
	dir=$(machine_dir "$1") || return
	# Opened for both, so that a machine that has ended does not block us.
	printf '%s\r' "$2" 1<> "$dir/serial.in"
}

# machine_qmp NAME ARGUMENT...: see qmp.py.
machine_qmp() {
	local dir
	dir=$(machine_dir "$1") || return
	shift
	(cd "$dir" && timeout 20 python3 "$machine_lib/qmp.py" "$@")
}

# machine_monitor NAME COMMAND: prints what QEMU's human monitor answers.
machine_monitor() {
	machine_qmp "$1" monitor "$2"
}

# machine_screen NAME: the text on the VGA screen, 25 lines.
machine_screen() {
	machine_qmp "$1" screen
}

# machine_screen_wait NAME REGEX SECONDS: until a line of the screen matches.
machine_screen_wait() {
	local screen end=$((SECONDS + $3 * machine_patience))
	while :; do
		screen=$(machine_screen "$1") || return
		grep -qE -e "$2" <<< "$screen" && return 0
		if [ "$SECONDS" -gt "$end" ]; then
			printf "machine %s: '%s' did not come on its screen in %s s:\n%s\n" \
				"$1" "$2" "$3" "$screen" >&2
			return 1
		fi
		sleep 0.5
	done
}

# machine_sendkeys NAME TEXT: on the PS/2 keyboard (US layout); \n is Enter.
machine_sendkeys() {
	machine_qmp "$1" keys "$2"
}

# machine_port NAME: the loopback port that leads to its SSH port.
machine_port() {
	local dir
	dir=$(machine_dir "$1") || return
	if [ ! -s "$dir/port" ]; then
		machine_monitor "$1" "info usernet" |
			awk '/HOST_FORWARD/ && $6 == 22 { print $4; exit }' > "$dir/port"
	fi
	grep . "$dir/port" || {
		machine_report "$1" "forwards no port to SSH"
		return 1
	}
}

# machine_key: the path of the file's SSH key; the public one ends in .pub.
machine_key() {
	[ -f "$BATS_FILE_TMPDIR/key" ] ||
		ssh-keygen -q -t ed25519 -N '' -C test -f "$BATS_FILE_TMPDIR/key" ||
		return
	echo "$BATS_FILE_TMPDIR/key"
}

# machine_login NAME PORT_OPTION: fills login with what ssh and sftp need.
# Options in the array machine_ssh_options win.
machine_login() {
	local port key
	port=$(machine_port "$1") && key=$(machine_key) || return
	login=("${machine_ssh_options[@]}" -F none -i "$key" "$2" "$port"
		-o BatchMode=yes -o IdentitiesOnly=yes -o ConnectTimeout=10
		-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null
		-o LogLevel=ERROR)
}

# machine_ssh NAME COMMAND...: as root, at most MACHINE_SSH_SECONDS.
machine_ssh() {
	local login
	machine_login "$1" -p || return
	shift
	timeout "$((MACHINE_SSH_SECONDS * machine_patience))" ssh -T "${login[@]}" root@127.0.0.1 "$@"
}

# machine_sftp NAME: runs the commands on standard input.
machine_sftp() {
	local login
	machine_login "$1" -P || return
	timeout "$((MACHINE_SSH_SECONDS * machine_patience))" sftp -b - "${login[@]}" root@127.0.0.1
}

# machine_ssh_wait NAME SECONDS: until a command can be run over SSH.
machine_ssh_wait() {
	local end=$((SECONDS + $2 * machine_patience)) said
	until said=$(MACHINE_SSH_SECONDS=10 machine_ssh "$1" true 2>&1); do
		if ! machine_pid "$1" > /dev/null; then
			machine_report "$1" "ended before SSH answered"
			return 1
		elif [ "$SECONDS" -gt "$end" ]; then
			machine_report "$1" "SSH did not answer in $2 s: $said"
			return 1
		fi
		sleep 0.5
	done
}

# machine_off NAME: ends QEMU in order (its disk images are whole afterwards;
# what the guest has not written is lost).
machine_off() {
	machine_qmp "$1" quit || return
	machine_wait_end "$1" 10
}

# machine_kill NAME: at once, and only the process that machine_start made.
machine_kill() {
	local pid
	pid=$(machine_pid "$1") || return 0
	kill -KILL "$pid" 2> /dev/null
	machine_wait_end "$1" 10
}

# machines_end FOLDER: all that were started for it.
machines_end() {
	local dir
	for dir in "$1"/machines/*/; do
		[ -d "$dir" ] || continue
		dir=${dir%/}
		machine_kill "${dir##*/}"
	done
}

# requires TOOL...: a missing one is a failure, never a skip.
requires() {
	local tool missing=
	for tool; do
		command -v "$tool" > /dev/null 2>&1 || missing+=" $tool"
	done
	[ -z "$missing" ] || {
		echo "missing on this host:$missing" >&2
		return 1
	}
}

# A test file with a teardown of its own calls machines_end there.
teardown() {
	machines_end "$BATS_TEST_TMPDIR"
}

teardown_file() {
	machines_end "$BATS_FILE_TMPDIR"
}
