# Ends of a switch's ports in namespaces; sourced in the parent.
# SPDX-License-Identifier: MIT

# mac_of PORT
mac_of() {
	conf get "port $1" mac
}

# ends_at PORT [ADDRESS...]: a namespace of the port's name.
ends_at() {
	end_port=$1
	shift
	ip netns add "$end_port"
	ip -n "$end_port" link set lo up
	/tmp/tapwire "$end_port" "$end_port" e0 "$(mac_of "$end_port")"
	ip -n "$end_port" link set e0 up
	for end_address; do
		case $end_address in
		*:*) ip -n "$end_port" addr add "$end_address" dev e0 nodad ;;
		*) ip -n "$end_port" addr add "$end_address" dev e0 ;;
		esac
	done
}

# inside NAMESPACE COMMAND...
inside() {
	ip netns exec "$@"
}

# none COMMAND...: it finds nothing; what it does find is shown.
none() {
	if "$@"; then return 1; fi
}

# soon_none COMMAND...: the same, in a moment at most.
soon_none() {
	for round in $(seq 20); do
		"$@" > /dev/null || return 0
		sleep 0.5
	done
	none "$@"
}

# reaches NAMESPACE ADDRESS, and reaches_not
reaches() {
	for round in 1 2 3 4 5 6; do
		inside "$1" ping -c 1 -W 2 "$2" > /dev/null 2>&1 && return
	done
	echo "$1 does not reach $2"
	return 1
}

reaches_not() {
	for round in 1 2; do
		if inside "$1" ping -c 1 -W 1 "$2" > /dev/null 2>&1; then
			echo "$1 reaches $2"
			return 1
		fi
	done
}

# sees FROM TO: what of frames.c's comes through, in a line.
sees() {
	inside "$2" /tmp/frames listen e0 6 > /tmp/seen &
	sleep 2
	inside "$1" /tmp/frames send e0
	wait $!
	cat /tmp/seen
}

# ends_gone PORT...: with their ports.
ends_gone() {
	for end_port; do
		pkill -f "^/tmp/tapwire $end_port " || true
		ip netns del "$end_port"
		# A program that ends has no command line any more, but still the tap.
		while [ "$(cat "/sys/class/net/$end_port/carrier" 2> /dev/null)" = 1 ]; do
			usleep 50000
		done
		switch disconnect "$end_port"
	done
}
