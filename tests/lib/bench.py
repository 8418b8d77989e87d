#!/usr/bin/env python3
"""Figures of the parent on the hypervisor, beside the same without it.

usage: bench.py ISO HYPERVISOR ELF KERNEL INITRAMFS

With QEMU's -icount shift=0 one instruction is one virtual nanosecond, so the
time in which the only processor neither was idle nor waited for its medium is
the number of instructions (the kernel counts both to the nanosecond, and shows
them in units of 10 M). The loader is left out: it spins while it waits. The
login itself is counted (a sha512crypt hash and two shells, some 20 M).
ELF is the hypervisor with its symbols: exits are read from the counters in its
memory.
"""
# SPDX-License-Identifier: MIT
import sys
import tempfile

from measured import APPEND, Counters, Machine, login, on_hypervisor, settings

# What is measured: title, preparation, work. 2 G instructions and more each.
WORK = [
    ("dd, 2 GB from a RAM disk",
     "modprobe brd rd_nr=1 rd_size=65536; dd if=/dev/urandom of=/dev/ram0 bs=64k count=1024",
     "for i in $(seq 32); do dd if=/dev/ram0 of=/dev/null bs=4k; done"),
    ("TCP over veth, 512 MB",
     "ip netns add far; ip link add v0 type veth peer v1 netns far; "
     "ip addr add 10.9.0.1/24 dev v0; ip link set v0 up; "
     "ip -n far addr add 10.9.0.2/24 dev v1; ip -n far link set v1 up; sleep 3",
     "ip netns exec far nc -l -p 9 -e "
     "dd of=/dev/null bs=64k count=8192 iflag=fullblock & sleep 1; "
     "dd if=/dev/zero bs=64k count=8192 | nc 10.9.0.2 9; wait"),
    ("10,000 fork and exec", "true",
     "i=0; while [ $i -lt 10000 ]; do /bin/busybox true; i=$((i+1)); done"),
]


def figures(machine, counters):
    """By title: instructions in millions, exits with their instructions."""
    nothing = {}

    def now():
        return (machine.serial.busy(),
                counters.read(machine.qmp) if counters else nothing)

    def since(before):
        busy, exits = now()
        return busy - before[0], {
            kind: (count - before[1][kind][0], spent - before[1][kind][1])
            for kind, (count, spent) in exits.items()}

    login(machine.serial)
    found = {"from reset to a shell behind the login": now()}
    for title, prepare, work in WORK:
        machine.serial.run(prepare)
        before = now()
        machine.serial.run(work)
        found[title] = since(before)
    return found


def memory(machine):
    """MB in use at the login."""
    login(machine.serial)
    machine.serial.type("free -m | grep Mem")
    used = machine.serial.wait(rb"Mem: +([0-9]+).* ([0-9]+)\r").groups()
    return int(used[0]) - int(used[1])


def interrupts(serial):
    serial.type("grep virtio /proc/interrupts | awk '{ s += $2 } END { print \"sum\", s }'")
    return int(serial.wait(rb"\nsum (\d+)").group(1))


def exits_by_interrupt(machine, counters):
    """Exits of each kind for each interrupt of a disk, in a read of 4 MB."""
    login(machine.serial)
    read = "echo 1 > /proc/sys/vm/drop_caches; dd if=/dev/vda of=/dev/null bs=4k"
    machine.serial.run("blockdev --setra 0 /dev/vda; " + read)
    count, before = interrupts(machine.serial), counters.read(machine.qmp)
    machine.serial.run(read)
    after = counters.read(machine.qmp)
    count = interrupts(machine.serial) - count
    return count, {kind: (after[kind][0] - before[kind][0]) / count for kind in after}


def show(native, child):
    """Instructions beside each other, then what is in the hypervisor."""
    print("%-40s %8s %8s" % ("millions of instructions", "without", "with"))
    for title, (with_it, _) in child.items():
        without = native[title][0]
        print("%-40s %8.0f %8.0f  x %.3f" % (title, without, with_it, with_it / without))
    print("exits in each, and instructions in the hypervisor for one:")
    for title, (_, exits) in child.items():
        print("%-40s" % title, ", ".join(
            "%d %s of %d" % (count, kind, spent / count)
            for kind, (count, spent) in exits.items() if count))


def main(iso, hypervisor, elf, kernel, initramfs):
    native = ["-cdrom", iso, "-kernel", kernel, "-initrd", initramfs, "-append", APPEND]
    child = ["-cdrom", iso] + on_hypervisor(hypervisor, kernel, initramfs)
    with tempfile.TemporaryDirectory() as folder:
        disk = settings(folder)
        counters = Counters(folder, elf)

        def run(options, work, *arguments, **machine_options):
            machine = Machine(folder, disk, options, **machine_options)
            try:
                return work(machine, *arguments)
            finally:
                machine.end()
        show(run(native, figures, None), run(child, figures, counters))
        print("%d MB of memory in use at the login, besides the hypervisor's" %
              run(child, memory))
        for apic in "-x2apic", "+x2apic":
            count, exits = run(child, exits_by_interrupt, counters, apic=apic, icount=False)
            print("exits for each of %d interrupts of a virtio disk, cpu %s:" % (count, apic),
                  ", ".join("%s %.3f" % (kind, value) for kind, value in exits.items() if value))


if len(sys.argv) != 6:
    sys.exit("usage: bench.py ISO HYPERVISOR ELF KERNEL INITRAMFS")
main(*sys.argv[1:])
