#!/usr/bin/env python3
"""Figures of VMs, run by vmwp in the parent.

usage: bench_vms.py ISO HYPERVISOR ELF KERNEL INITRAMFS GUESTS

GUESTS is a folder: 'tiny', 'tsc', 'ways', '64.cpio', stock kernels, 'debian.cpio', and
the loader's discs. Nothing but RAM
is behind a VM: what it needs is copied first. Idle time is left out: the kernel
that was idle counts it (in units of 10 M).
"""
# SPDX-License-Identifier: MIT
import os
import re
import subprocess
import sys
import tempfile

from bench_boot import show_boot
from bench_disks import show_disks
from measured import COUNTED, Counters, Machine, login, on_hypervisor, settings

KERNELS = "bookworm", "trixie", "backports"
MEMORY = 256
COMMAND = "console=ttyS0 quiet panic=-1 no_timer_check nokaslr reboot=t -- "
STAT = rb"cpu +\d+ \d+ \d+ (\d+) (\d+)"
UNIT = 1024		# of the TSCs that are printed
TICK = 10e6
SECONDS = 20		# over which an idle guest's exits are counted


def bare(kernel, words, *options):
    """What a kernel says that starts on the machine itself."""
    return subprocess.run([
        "qemu-system-x86_64", "-accel", "tcg", "-M", "q35", "-cpu", "EPYC-v4,-x2apic",
        "-m", str(MEMORY), "-smp", "1", "-display", "none", "-net", "none", "-no-reboot",
        "-serial", "stdio", "-kernel", kernel, "-append", words] + list(options) + COUNTED,
                          timeout=300, check=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


def find(pattern, text):
    match = re.search(pattern, text)
    if not match:
        sys.exit("bench: no %r in %r" % (pattern, text))
    return match


def tsc_of(text, what):
    return int(find(rb"figure: %s: (\d+)" % what, text).group(1)) * UNIT


def idle_of(text):
    return sum(int(ticks) for ticks in find(STAT, text).groups()) * TICK


def bare_start(guests, kernel):
    """Instructions from a kernel's first to init, on the machine itself."""
    begin = tsc_of(bare(os.path.join(guests, "tiny"), "start"), b"start")
    text = bare(os.path.join(guests, kernel), COMMAND + "figures off",
                "-initrd", os.path.join(guests, "64.cpio"))
    return tsc_of(text, b"init") - begin - idle_of(text)


class Parent:
    """A parent that has the guests' files in memory."""

    def __init__(self, machine, counters):
        self.machine = machine
        self.serial = machine.serial
        self.counters = counters
        login(self.serial)
        self.serial.run("mkdir -p /tmp/g /tmp/d; mount -t iso9660 -o ro /dev/vdb /tmp/d; "
                        "cp /tmp/d/* /tmp/g/; umount /tmp/d; cd /tmp/g; sync")

    def say(self, text, pattern):
        self.serial.type(text)
        match = self.serial.wait(pattern)
        self.serial.wait(rb"# ")
        return match

    def number(self, text):
        """The last number that the commands print, behind a space."""
        return int(self.say(text + "; echo", rb"\n(?:[^\r\n]* )?(\d+)\r\n").group(1))

    def start(self, kernel, words, more=""):
        initrd = "" if kernel == "tiny" else "--initrd 64.cpio "
        self.serial.run(
            "/usr/lib/vmwp --name v --kernel %s %s--cmdline '%s' --memory %dM --serial - "
            "--no-reset %s < /dev/null > log 2>&1 & true" % (kernel, initrd, words, MEMORY, more))

    def wait(self, pattern):
        self.serial.run("until grep -q '%s' log; do sleep 0.1; done" % pattern)

    def end(self):
        self.serial.run("kill $!; wait")

    def log(self):
        self.serial.type("cat log; echo e'nd' log")
        return self.serial.wait(rb"(?s)\n((?:guest|figure): .*)end log").group(1)

    def timed(self, kernel, words):
        """The TSC that a guest prints, since before its worker; the time that
        this kernel was idle till the guest ended."""
        self.serial.type(
            "sleep 1; grep '^cpu ' /proc/stat; ./tsc; /usr/lib/vmwp --name v --kernel %s %s "
            "--cmdline '%s' --memory %dM --serial - --no-reset < /dev/null > log 2>&1; "
            "grep '^cpu ' /proc/stat; echo do'ne'" % (
                kernel, "" if kernel == "tiny" else "--initrd 64.cpio", words, MEMORY))
        text = self.serial.wait(rb"(?s)\n(cpu .*)done\r\n").group(1)
        idle = [sum(map(int, pair)) * TICK for pair in re.findall(STAT, text)]
        begin = int(find(rb"tsc (\d+)", text).group(1)) * UNIT
        return tsc_of(self.log(), b"start" if kernel == "tiny" else b"init") - begin, \
            idle[1] - idle[0]

    def exits(self):
        exits, _ = self.counters.read_child(self.machine.qmp)
        return {kind: count for kind, (count, _) in exits.items()}


def show_intercepts(parent):
    parent.timed("tiny", "start")
    parent.serial.run("/usr/lib/vmwp --name v --kernel tiny --cmdline figures --memory %dM "
                      "--serial - --no-reset < /dev/null > log 2>&1" % MEMORY)
    print("instructions from a guest to its worker and back (least to most):")
    for line in re.findall(rb"figure: (intercept.*?)\r*\n", parent.log()):
        print("  " + line.decode())


def show_ways(parent):
    """From the worker to its guest: an event flag, an irqfd's interrupt."""
    parent.serial.type("./ways; echo do'ne'")
    text = parent.serial.wait(rb"(?s)\n(.*)done\r\n").group(1)
    print("instructions of a worker that tells its guest of an event (the least):")
    for line in re.findall(rb"figure: (.*?)\r*\n", text):
        print("  " + line.decode())


def show_start(parent, guests, kernel):
    """From the kernel's first instruction to init."""
    begin, waited = parent.timed("tiny", "start")
    with_it, idle = parent.timed(kernel, COMMAND + "figures off")
    with_it -= begin - waited + idle
    without = bare_start(guests, kernel)
    print("%s to init: %.0f M instructions bare, %.0f M in a VM, x %.3f" % (
        kernel, without / 1e6, with_it / 1e6, with_it / without))


def show_idle(parent, kernel):
    parent.start(kernel, COMMAND + "figures")
    parent.wait("nothing left")
    started = parent.exits()
    print("%s: exits till init: %d (%s)" % (kernel, sum(started.values()), ", ".join(
        "%s %d" % pair for pair in started.items() if pair[1])))
    parent.serial.run("sleep 5")
    before = parent.exits()
    parent.serial.run("sleep %d" % SECONDS)
    after = parent.exits()
    print("%s: exits per second of an idle guest: %.1f (%s)" % (
        kernel, (sum(after.values()) - sum(before.values())) / SECONDS, ", ".join(
            "%s %.1f" % (kind, (after[kind] - before[kind]) / SECONDS)
            for kind in after if after[kind] != before[kind])))
    parent.end()


def available(parent):
    """KB, when the parent has settled; free pages in lists of processors count."""
    return parent.number(
        "echo 3 > /proc/sys/vm/drop_caches; sleep 2; "
        "awk '/^MemFree/ { kb += $2 } /^ *count:/ { kb += $2 * 4 } "
        "END { print \"kb\", kb }' /proc/meminfo /proc/zoneinfo")


def show_memory(parent, kernel):
    """What a VM takes: its RAM as far as touched, the worker, deposits, the rest."""
    before = available(parent)
    parent.start(kernel, COMMAND + "figures")
    parent.wait("nothing left")
    taken = before - available(parent)
    _, (total, free) = parent.counters.read_child(parent.machine.qmp)
    maps = "awk '/%s/ { s += $2 } END { print \"kb\", s + 0 }' /proc/$!/%s"
    shared = parent.number(maps % ("^Pss_Shmem", "smaps_rollup"))
    worker = parent.number(maps % ("^Pss:", "smaps_rollup")) - shared
    tables = parent.number(maps % ("^VmPTE", "status"))
    print("KB for a VM of %d MB with %s: %d in all; guest RAM that it has touched %d, "
          "worker %d, deposits %d (%d of them free), the rest %d (page tables of the "
          "worker %d of it)" % (MEMORY, kernel, taken, shared, worker, total * 4, free * 4,
                                taken - shared - worker - total * 4, tables))
    parent.end()


def with_parent(work, iso, hypervisor, elf, kernel, initramfs, guests, icount=True,
                megabytes=2048):
    """work(parent), with the guests' files beside a parent on the hypervisor."""
    with tempfile.TemporaryDirectory() as folder:
        disk = settings(folder)
        files = os.path.join(folder, "guests.iso")
        subprocess.run(["xorriso", "-as", "mkisofs", "-quiet", "-R", "-o", files, guests],
                       check=True, stderr=subprocess.DEVNULL)
        machine = Machine(folder, disk, [
            "-cdrom", iso, "-drive", "file=%s,format=raw,if=virtio,readonly=on" % files,
        ] + on_hypervisor(hypervisor, kernel, initramfs), icount=icount, megabytes=megabytes)
        try:
            work(Parent(machine, Counters(folder, elf)))
        finally:
            machine.end()


def main(iso, hypervisor, elf, kernel, initramfs, guests):
    def work(parent):
        show_intercepts(parent)
        show_ways(parent)
        for name in KERNELS:
            show_start(parent, guests, name)
            show_idle(parent, name)
        show_memory(parent, KERNELS[1])
        show_disks(parent, COMMAND)
        show_boot(parent)
    with_parent(work, iso, hypervisor, elf, kernel, initramfs, guests)


if __name__ == "__main__":
    if len(sys.argv) != 7:
        sys.exit("usage: bench_vms.py ISO HYPERVISOR ELF KERNEL INITRAMFS GUESTS")
    main(*sys.argv[1:])
