# In the parent: commands from standard input for a guest's shell, behind its
# serial port. usage: ask VM SECONDS
# SPDX-License-Identifier: MIT

cd /tmp/vm || exit 1
vm=$1 end=$(($(date +%s) + $2))
number=$(($(cat "$vm.number" 2> /dev/null || echo 0) + 1))
echo $number > "$vm.number"
mark="status-of-$number "
from=$(($(wc -c < "$vm") + 1))

said() {
	tail -c +$from "$vm" | tr -d '\r'
}

{
	echo "("
	cat
	echo ") < /dev/null 2>&1; echo \"status-of-\"$number \$?"
} > "$vm.in"
until said | grep -q "$mark[0-9]"; do
	if [ "$(date +%s)" -gt $end ] || ! kill -0 "$(cat "$vm.pid")" 2> /dev/null; then
		echo "the guest $vm does not answer; it said:"
		said
		exit 99
	fi
	usleep 500000
done
said | sed "s/$mark[0-9]*\$//; /^\$/d"
exit "$(said | sed -n "s/.*$mark\([0-9]*\).*/\1/p")"
