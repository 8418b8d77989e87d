# Hostile guests (tests/guest/hostile), beside a good one.
# SPDX-License-Identifier: MIT

# Rows of what must be refused, with their processors; side by side are those
# that leave each other some time.
hostile_groups=("n6 1 n16 1" "n7 2 n14 1" "n8 2 n18 1" "n9 1 n17 1" "n10 4 n15 1"
	"n11 2" "n19 2")

# good_start NAME, good_end NAME: the VM 'good', whose timer of 1 ms counts how
# often it is late.
good_start() {
	vm_start "$1" good hostile good --memory 64M &&
		vm_wait "$1" good 'good: .* us' 60
}

good_end() {
	vm_end "$1" good || return
	vm_log "$1" good | tail -n 1
	expect_no_match "$(vm_log "$1" good)" 'not ok|vmwp'
}

# hostile_ended NAME ROW OPERATIONS SECONDS: it has done all of them, and its
# worker has not said much about that. The last of N11 stops the VM.
hostile_ended() {
	local log status=0
	[ "$2" != n11 ] || status=1
	vm_wait_end "$1" "$2" "$status" "$4" || return
	log=$(vm_log "$1" "$2")
	expect_no_match "$log" 'not ok' "row $2" || return
	expect_match "$log" "^guest: done: $3 operations" "row $2" || return
	grep -E '^guest: (done|row)' <<< "$log" | tr '\n' ' ' | sed 's/^/# /; s/$/\n/' >&3
	expect_at_most "$(grep -c '^vmwp' <<< "$log")" 40 "lines of the worker, row $2" || return
	[ "$2" != n11 ] ||
		expect_match "$log" 'processor 0 executes at 0xfffffff0, where no memory is'
}

# hostile_group NAME OPERATIONS SECONDS SEED ROW PROCESSORS ...
hostile_group() {
	local name=$1 operations=$2 seconds=$3 seed=$4 row
	shift 4
	local rows=("$@")
	for ((row = 0; row < $#; row += 2)); do
		vm_start "$name" "${rows[row]}" hostile "${rows[row]} $seed $operations" \
			--memory 64M --processors "${rows[row + 1]}" || return
	done
	for ((row = 0; row < $#; row += 2)); do
		hostile_ended "$name" "${rows[row]}" "$operations" "$seconds" || return
	done
}

# hostile_log_lines NAME: what the parent and the hypervisor have said.
hostile_log_lines() {
	echo $(($(machine_ssh "$1" dmesg | wc -l) + $(machine_log "$1" | wc -l)))
}

# hostile_all NAME OPERATIONS SECONDS: all rows, with a good VM beside them; what
# is left then is as before.
hostile_all() {
	local before after lines group seed=${HOSTILE_SEED:-$RANDOM}
	good_start "$1" && good_end "$1" || return
	before=$(child_available "$1") lines=$(hostile_log_lines "$1")
	good_start "$1" || return
	for group in "${hostile_groups[@]}"; do
		# shellcheck disable=SC2086
		hostile_group "$1" "$2" "$3" "$seed" $group || return
	done
	good_end "$1" || return
	after=$(child_available "$1")
	expect_at_most $((before - after)) 8192 "KB that did not come back" || return
	expect_at_most $(($(hostile_log_lines "$1") - lines)) 60 "lines in the logs" || return
	parent_is_well "$1"
}

# hostile_ends NAME WORD SENTENCE: what no driver does with a device's memory.
hostile_ends() {
	vm_start "$1" "$2" hostile "$2" --memory 64M || return
	vm_wait_end "$1" "$2" 1 30 || return
	expect_match "$(vm_log "$1" "$2")" \
		"processor 0: at 0x.* is an instruction that devices are not used with: $3"
}

# The parent's shell: windows of the good VM's time, each four of its lines.
# shellcheck disable=SC2016
hostile_windows='
	lines() { grep -c "good: .* us" /tmp/vm/good; }
	line() { grep "good: .* us" /tmp/vm/good | sed -n "$1p" | tr -dc "0-9 "; }
	window() {
		first=$(($(lines) + 2))
		while [ $(lines) -lt $((first + 4)) ]; do usleep 100000; done
		set -- $(line $first) $(line $((first + 4)))
		expirations=$(($4 - $1)) late=$(($5 - $2))
	}'

# hostile_measure VM-PID PROCESSORS ROUNDS: the parent's shell that lets the row and
# loops of that many processors take turns beside the good VM, and says
# expirations and how many were late: beside the row, beside the loops, alone.
hostile_measure() {
	echo "$hostile_windows
		for i in \$(seq $2); do
			sh -c 'while :; do :; done' < /dev/null > /dev/null 2>&1 &
			loops=\"\$loops \$!\"
		done
		kill -STOP \$loops
		for i in \$(seq $3); do
			window
			n=\$((n + expirations)) beside=\$((beside + late))
			kill -STOP $1; kill -CONT \$loops
			window
			m=\$((m + expirations)) base=\$((base + late))
			kill -STOP \$loops
			window
			k=\$((k + expirations)) alone=\$((alone + late))
			kill -CONT $1
		done
		kill -KILL \$loops
		echo \$n \$beside \$m \$base \$k \$alone"
}

# hostile_lateness NAME ROW PROCESSORS ROUNDS: the good VM is late beside the
# row as often as beside loops of that many processors, and once in 1,000 times
# more. They take turns: a host that is busy for a while does not count for one of
# them, and where it is always busy twice as often is no difference. How late it is
# alone is only said: loops, too, need the processors that it waits for. A row that
# makes it late does so each time: a few windows of a busy host get three tries.
hostile_lateness() {
	local found status=1 seed=${HOSTILE_SEED:-$RANDOM}
	vm_start "$1" "$2" hostile "$2 $seed 1000000000" --memory 64M --processors "$3" || return
	vm_wait "$1" "$2" 'guest: row' 60 || return
	for _ in 1 2 3; do
		found=$(MACHINE_SSH_SECONDS=$(($4 * 100)) machine_ssh "$1" \
			"$(hostile_measure "\$(cat /tmp/vm/$2.pid)" "$3" "$4")
			[ ! -s /tmp/vm/$2.status ]") || return
		# shellcheck disable=SC2086
		hostile_in_time "$2" $found && status=0 && break
	done
	vm_end "$1" "$2" || return
	return "$status"
}

# hostile_in_time ROW FIGURES...: as hostile_measure says them.
hostile_in_time() {
	echo "# late beside $1 $3 of $2, beside loops $5 of $4, alone $7 of $6" >&3
	expect_at_most $(($3 * $4)) $((2 * $5 * $2 + $2 * $4 / 1000 + 3 * $4)) \
		"late beside $1, times $4"
}
