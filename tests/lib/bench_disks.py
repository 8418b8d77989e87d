"""Figures of a VM's disk: a dynamic VHDX in the parent's memory, on storvsc.

4 KiB each, at depths of 1, 8 and 32, within 64 MB that have space already.
Counted is from the guest's first request to its last answer: guest, hypervisor,
parent and worker.
"""
# SPDX-License-Identifier: MIT
import re

WAYS = "random read", "random write", "sequential read", "sequential write"
DEPTHS = 1, 8, 32
UNIT = 1024
TICK = 10000000
SECONDS = 20		# virtual ones; a phase takes less, and the rest is idle


def start(parent, command):
    parent.serial.run(
        "disk create /tmp/v.vhdx 128M; mkfifo in; exec 8<>in; /usr/lib/vmwp --name v "
        "--kernel debian --initrd debian.cpio --cmdline '%s' --memory 256M --serial - "
        "--no-reset --scsi-disk vhdx:/tmp/v.vhdx < in > log 2>&1 & true" % (command + "blocks"))


def threads(parent):
    """Instructions of each of the worker's threads, in units of 10 M."""
    parent.serial.type("cat /proc/$!/task/*/stat; echo e'nd' stat")
    text = parent.serial.wait(rb"(?s)\n(\d+ \(.*)end stat").group(1).decode()
    fields = [line.split(") ")[1].split() for line in text.splitlines() if ") " in line]
    return [(int(one[11]) + int(one[12])) * TICK for one in fields]


def phase(parent, name):
    """Instructions of the phase; its exits, and the instructions in the hypervisor;
    instructions of threads, the most first."""
    def counters():
        return parent.counters.read_child(parent.machine.qmp)[0], threads(parent)
    parent.wait("ready: %s" % name)
    parent.serial.run("sleep 2")
    before, threads_before = counters()
    parent.serial.run("echo > in; sleep %d" % SECONDS)
    after, threads_after = counters()
    found = re.search(rb"figure: %s: (\d+) in (\d+)" % name.encode(), parent.log())
    count, spent = (int(number) for number in found.groups())
    return count, spent * UNIT, {
        kind: (after[kind][0] - before[kind][0], after[kind][1] - before[kind][1])
        for kind in after}, sorted(
            (now - then for now, then in zip(threads_after, threads_before)), reverse=True)


def show_phase(parent, name):
    count, spent, kinds, of_threads = phase(parent, name)
    exits = sum(number for number, _ in kinds.values())
    inside = sum(time for _, time in kinds.values())
    print("%-28s %7.0f instructions, %.2f exits (%s)" % (
        name + ":", spent / count, exits / count, ", ".join(
            "%s %.2f" % (kind, number / count)
            for kind, (number, _) in kinds.items() if number >= count / 100)))
    print("%-28s   hypervisor %.0f; threads of the worker (guest and VP, channel): %s" % (
        "", inside / count, ", ".join(
            "%.0f" % (one / count) for one in of_threads if one)))


def show_disks(parent, command):
    print("4 KiB requests of Debian's kernel to a VHDX in memory, each:")
    start(parent, command)
    for way in WAYS:
        for depth in DEPTHS:
            show_phase(parent, "%s, depth %d" % (way, depth))
    worker = parent.number("awk '/^Pss:/ { all = $2 } /^Pss_Shmem:/ { ram = $2 } "
                           "END { print \"kb\", all - ram }' /proc/$!/smaps_rollup")
    print("KB of the worker with that disk: %d" % worker)
    parent.end()
