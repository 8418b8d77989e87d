# The menu in a terminal of its own, for scripts that drive it by tmux.
# menu_begin BUILD [SECONDS of a trial [ROWS of VMs' screens]]; menu_open COLUMNS
# ROWS; menu_end.
# SPDX-License-Identifier: MIT

menu_begin() {
	build=$1
	folder=$(mktemp -d)
	"$build/sconfig_world" "$folder/socket" "${2:-60}" ${3:+"$3"} \
		> "$folder/world" 2>&1 &
	world=$!
	trap 'menu_end' EXIT
	wait_until test -S "$folder/socket"
}

menu_end() {
	trap - EXIT
	menu_tmux kill-server 2> /dev/null
	kill "$world" 2> /dev/null
	wait "$world" 2> /dev/null
	rm -rf "$folder"
}

menu_tmux() {
	tmux -L "socle-menu-$$" -f /dev/null "$@"
}

# Leaks are looked for in tests without a terminal.
menu_open() {
	menu_tmux kill-server 2> /dev/null
	menu_tmux new-session -d -x "$1" -y "$2" "LC_ALL=C.UTF-8 \
		ASAN_OPTIONS=detect_leaks=0 '$build/sconfig' --socket \
		'$folder/socket' 2> '$folder/errors'; echo ended \$?; sleep 600"
	menu_tmux set -g status off
}

screen() {
	menu_tmux capture-pane -p
}

# wait_until COMMAND...: a busy machine takes its time.
wait_until() {
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ $tries -lt "${TRIES:-600}" ] || return 1
		sleep 0.1
	done
}

screen_has() {
	screen | grep -Eq -- "$1"
}

screen_lacks() {
	! screen_has "$1"
}

fail() {
	echo "$0: $1" >&2
	screen >&2
	cat "$folder/errors" "$folder/world" >&2
	exit 1
}

# see PATTERN...: all of them, at the same time or one after the other.
see() {
	for pattern in "$@"; do
		wait_until screen_has "$pattern" || fail "no \"$pattern\" on the screen"
	done
}

gone() {
	wait_until screen_lacks "$1" || fail "still \"$1\" on the screen"
}

# press KEY...: as tmux calls them.
press() {
	for key in "$@"; do
		menu_tmux send-keys "$key"
	done
}

# write TEXT: as it is.
write() {
	menu_tmux send-keys -l -- "$1"
}

# resize COLUMNS ROWS
resize() {
	menu_tmux resize-window -x "$1" -y "$2"
}
