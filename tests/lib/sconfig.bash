# The text menu, built for this machine with sanitizers, on terminals of tmux; the
# service that it asks is in memory (tests/unit/sconfig_world.c).
# SPDX-License-Identifier: MIT

load lib/machine
load lib/expect

# SOCLE_MENU_PROGRAMS: a folder that keeps what is built for the next time.
menu_programs=${SOCLE_MENU_PROGRAMS:-$BATS_FILE_TMPDIR}

# menu_tmux ARGUMENT...: a server of this file's own, without anybody's settings.
menu_tmux() {
	tmux -S "$BATS_FILE_TMPDIR/tmux" -f /dev/null "$@"
}

# menu_build: the programs; then the service begins.
menu_build() {
	make -s -C "$SOCLE_TOP/tests/unit" -f sconfig.mk BUILD="$menu_programs" programs
	menu_serve
}

# menu_serve: the service begins.
menu_serve() {
	"$menu_programs/sconfig_world" "$BATS_FILE_TMPDIR/service" > /dev/null 2>&1 3>&- &
	echo $! > "$BATS_FILE_TMPDIR/world.pid"
	local end=$((SECONDS + 30))
	until [ -S "$BATS_FILE_TMPDIR/service" ] || [ $SECONDS -gt $end ]; do sleep 0.1; done
}

menu_end() {
	menu_tmux kill-server 2> /dev/null || true
	kill "$(cat "$BATS_FILE_TMPDIR/world.pid")"
}

# menu_vm WORD...: the command.
menu_vm() {
	"$menu_programs/vm" --socket "$BATS_FILE_TMPDIR/service" "$@"
}

# menu_start NAME [COLUMNS ROWS [TERM]]: on a terminal of its own, in $LOCALE, which says what
# the menu left of it at its end.
menu_start() {
	cat > "$BATS_FILE_TMPDIR/$1.sh" <<-END
		export LC_ALL=${LOCALE:-C.UTF-8} TERM=${4:-tmux} PS1='shell: ' SOCLE_SHELL=1
		export ASAN_OPTIONS=handle_segv=0:handle_abort=0:handle_sigbus=0:handle_sigill=0:handle_sigfpe=0
		# As an interactive shell, it does not end by keys.
		trap '' INT QUIT TSTP
		before=\$(stty -g)
		echo \$\$ > '$BATS_FILE_TMPDIR/$1.pid'
		'$menu_programs/sconfig' --socket '$BATS_FILE_TMPDIR/service' 2> '$BATS_FILE_TMPDIR/$1.err'
		echo "status \$?"
		[ "\$(stty -g)" = "\$before" ] && echo 'the terminal is as before'
		exec cat
	END
	menu_tmux new-session -d -s "$1" -x "${2:-80}" -y "${3:-24}" sh "$BATS_FILE_TMPDIR/$1.sh"
	menu_tmux set -g status off
	menu_tmux resize-window -t "$1" -x "${2:-80}" -y "${3:-24}"
	menu_wait "$1" 'Main menu'
}

# menu_serial NAME MACHINE: on the machine's serial port, from its next output on.
menu_serial() {
	local dir
	dir=$(machine_dir "$2") || return
	menu_tmux new-session -d -s "$1" -x 80 -y 24 \
		"stty raw -echo; tail -c 0 -f '$dir/serial.log' & exec cat 1<> '$dir/serial.in'"
	menu_tmux set -g status off
}

# menu_ssh NAME MACHINE ADMINISTRATOR: over SSH, as xterm.
menu_ssh() {
	local login
	machine_login "$2" -p || return
	menu_tmux new-session -d -s "$1" -x 80 -y 24 \
		"TERM=xterm exec ssh -t ${login[*]@Q} $3@127.0.0.1"
	menu_tmux set -g status off
}

# menu_pid NAME: the menu's process.
menu_pid() {
	pgrep -P "$(cat "$BATS_FILE_TMPDIR/$1.pid")" -x sconfig
}

# menu_ticks NAME: the processor's time that the menu has had, in 1/100 s.
menu_ticks() {
	awk '{ print $14 + $15 }' "/proc/$(menu_pid "$1")/stat"
}

menu_screen() {
	menu_tmux capture-pane -p -t "$1"
}

# menu_keys NAME KEY...: by tmux' names, or text.
menu_keys() {
	local name=$1
	shift
	menu_tmux send-keys -t "$name" -- "$@"
}

# menu_wait NAME REGEX [SECONDS]: until a line of the screen is like that.
menu_wait() {
	local end=$((SECONDS + ${3:-20} * ${SOCLE_TEST_PATIENCE:-1}))
	until menu_screen "$1" | grep -qE -e "$2"; do
		[ $SECONDS -le $end ] || {
			printf 'menu %s: "%s" did not come; on its screen:\n' "$1" "$2" >&2
			menu_screen "$1" >&2
			return 1
		}
		sleep 0.1
	done
}

# menu_open NAME NUMBER REGEX: an entry, from the main menu.
menu_open() {
	menu_keys "$1" "$2" Enter
	menu_wait "$1" "$3"
}

# menu_back NAME: to the main menu, from wherever it is.
menu_back() {
	local tries
	for tries in 1 2 3 4 5 6; do
		menu_screen "$1" | grep -q 'Main menu' && return
		menu_keys "$1" Escape
		sleep 0.4
		! menu_screen "$1" | grep -q 'lose what was typed' || menu_keys "$1" y
	done
	menu_wait "$1" 'Main menu'
}

menu_resize() {
	menu_tmux resize-window -t "$1" -x "$2" -y "$3"
}

# menu_ends NAME STATUS: the menu has, and has left the terminal as it was.
menu_ends() {
	menu_wait "$1" "^status $2\$"
	menu_wait "$1" 'the terminal is as before'
	expect_equal "$(menu_tmux display -p -t "$1" '#{alternate_on} #{cursor_flag} #{keypad_cursor_flag}')" '0 1 0'
	menu_tmux kill-session -t "$1"
}

# menu_masked NAME: without what is another one at each time.
menu_masked() {
	menu_screen "$1" | sed -E -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}/YYYY-MM-DD HH:MM/' \
		-e 's/(^|[^:0-9])([0-9]+:[0-9]{2}:[0-9]{2}|[0-9]:[0-9]{2})([^:0-9]|$)/\1UPTIME\3/' -e 's/ +$//'
}

# menu_compare NAME SCREEN: with tests/screens/SCREEN.txt. SOCLE_SCREENS=write
# writes that instead.
menu_compare() {
	local file=$SOCLE_TOP/tests/screens/$2.txt
	sleep 0.5
	if [ "${SOCLE_SCREENS:-}" = write ]; then
		menu_masked "$1" > "$file"
	else
		menu_masked "$1" | diff -u "$file" - >&2
	fi
}
