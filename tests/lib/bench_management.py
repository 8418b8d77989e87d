#!/usr/bin/env python3
"""Figures of the management service: its memory, its verbs, many VMs.

usage: bench_management.py ISO HYPERVISOR ELF KERNEL INITRAMFS GUESTS

GUESTS as for bench_vms.py, with 'first.bin', firmware that prints the TSC.
"""
# SPDX-License-Identifier: MIT
import sys

from bench_vms import TICK, UNIT, available, with_parent

STARTS = 10
LISTS = 10
DEFINITIONS = 256
MANY = 64
SUM = ("awk '/^Pss:/ { all += $2 } /^Pss_Shmem:/ { ram += $2 } "
       "END { print \"kb\", all - ram }' $(for p in $(pidof %s); do echo /proc/$p/smaps_rollup; done)")
IDLE = "awk '/^cpu / { print \"idle\", $5 + $6 }' /proc/stat"


def ready(parent):
    parent.serial.run("until vm version > /dev/null 2>&1; do sleep 0.2; done")


def show_memory(parent, what):
    print("KB of vmms' processes, %s: %d" % (what, parent.number(SUM % "vmms")))


def show_start(parent):
    """From `vm start` to the guest's first instruction, which tells its TSC."""
    parent.serial.run(
        "mkdir /tmp/fw; cp /usr/share/vmwp/* /tmp/fw; cp first.bin /tmp/fw/bios.bin; "
        "mount --bind /tmp/fw /usr/share/vmwp; kill $(pidof vmms)")
    ready(parent)
    parent.serial.run("vm create first --memory 64M")
    taken, idle = [], []
    for _ in range(STARTS):
        before = parent.number("sleep 1; " + IDLE)
        begin = parent.number("./tsc; vm start first")
        idle.append(parent.number(IDLE) - before)
        first = parent.number("vm console first --stdio < /dev/null | head -n 1")
        taken.append((first - begin) * UNIT / 1e6)
        parent.serial.run("vm stop first --hard")
    worker = "vm start first; sleep 1; " + SUM % "vmwp"
    print("from vm start to the guest's first instruction: %.0f M instructions "
          "(%.0f to %.0f; besides, idle for %.0f M)" % (
              sum(taken) / STARTS, min(taken), max(taken), sum(idle) * TICK / STARTS / 1e6))
    print("KB of a worker whose guest stands still: %d" % parent.number(worker))
    parent.serial.run("vm stop first --hard; vm delete first; umount /usr/share/vmwp; "
                      "kill $(pidof vmms)")
    ready(parent)


def show_list(parent):
    parent.serial.run("for i in $(seq %d); do vm create v$i --memory 16M > /dev/null; done"
                      % DEFINITIONS)
    show_memory(parent, "%d VMs that are off" % DEFINITIONS)
    before = parent.serial.busy()
    parent.serial.run("for i in $(seq %d); do vm list > /dev/null; done" % LISTS)
    taken = parent.serial.busy() - before
    print("vm list with %d VMs: %.1f M instructions" % (DEFINITIONS, taken / LISTS))


def show_service(parent):
    ready(parent)
    parent.serial.run("sleep 5")
    show_memory(parent, "no VM")
    show_start(parent)
    show_list(parent)


def show_many(parent):
    """Of so many VMs, whose loaders stand still."""
    ready(parent)
    parent.serial.run("mkdir -p /run/socle/storage/iso; cp menu.iso /run/socle/storage/iso/; "
                      "for i in $(seq %d); do vm create v$i --memory 64M --iso menu.iso "
                      "> /dev/null; done" % MANY)
    before = available(parent)
    # One after the other: firmware of many at a time leaves one processor none.
    for i in range(1, MANY + 1):
        parent.serial.run("vm start v%d; until vm console v%d --stdio < /dev/null | "
                          "grep -q scroll; do sleep 0.5; done" % (i, i))
    taken = before - available(parent)
    running = parent.number("vm list | grep -c ' Running ' | sed 's/^/n /'")
    print("%d VMs of 64 MB that stand still, %d of them run: %d MB of the host's memory, "
          "%d KB each; their workers %d KB, vmms %d KB" % (
              MANY, running, taken / 1024, taken / MANY, parent.number(SUM % "vmwp"),
              parent.number(SUM % "vmms")))


def main(*files):
    with_parent(show_service, *files)
    with_parent(show_many, *files, icount=False, megabytes=8192)


if __name__ == "__main__":
    if len(sys.argv) != 7:
        sys.exit("usage: bench_management.py ISO HYPERVISOR ELF KERNEL INITRAMFS GUESTS")
    main(*sys.argv[1:])
