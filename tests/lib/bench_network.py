#!/usr/bin/env python3
"""Figures of a VM's NIC, on a switch of the parent: tests/guest/wire at both
ends; beside it the same guest under KVM with QEMU's virtio and vhost-net.

usage: bench_network.py ISO HYPERVISOR ELF KERNEL INITRAMFS GUESTS HOST

GUESTS is a folder with 'debian', 'wire' and 'wire.cpio'; HOST is host.cpio of
tests/guest/wire/images.sh.

Counted is from the first byte to the last answer: guest, hypervisor, parent,
worker, and the host's own end of the connection; idle time is left out.
"""
# SPDX-License-Identifier: MIT
import os
import re
import subprocess
import sys
import tempfile

from bench_vms import COMMAND, with_parent
from measured import COUNTED

TICK = 10000000		# instructions in what the kernel counts idle time by
SEGMENT = 1448		# bytes of a TCP segment on Ethernet
PHASES = {		# name: what it is, its units, KiB in one, frames in one
    "push": ("TCP, guest to host", "KiB", 1024),
    "pull": ("TCP, host to guest", "KiB", 1024),
    "ask": ("TCP, a byte there and back", "question", 1),
    "out": ("UDP, small, guest to host", "packet", 1),
    "in": ("UDP, small, host to guest", "packet", 1),
}


def parse(text):
    """Of each phase that is told: its numbers, by name."""
    found = {}
    for name, count, spent, rest in re.findall(
            r"figure: (\w+): (\d+) of (\d+)((?:, \w+ \d+)*)", text):
        found[name] = {key: int(number) for key, number in
                       re.findall(r"(\w+) (\d+)", rest)}
        found[name].update(count=int(count), spent=int(spent))
    return found


def show_phase(name, numbers, exits):
    """exits: by kind."""
    title, unit, each = PHASES[name]
    units = numbers["count"] * each
    frames = numbers["in"] + numbers["out"]
    total = sum(exits.values())
    wire = units * 1024 / SEGMENT if unit == "KiB" else frames
    print("%-28s %7.0f instructions for a %s; for 1,000 frames of the tap %.0f exits" % (
        title + ":", (numbers["spent"] - numbers["idle"] * TICK) / units, unit,
        total * 1000 / frames) + (
            ", of 1,448 bytes %.1f" % (total * 1000 / wire) if unit == "KiB" else ""))
    print("%-28s   %d frames (%.1f %s each); exits: %s" % (
        "", frames, units / frames, unit, ", ".join(
            "%s %.2f" % (kind, number * 1000 / frames)
            for kind, number in exits.items() if number * 1000 >= frames)))


def start(parent):
    parent.serial.run(
        "switch create nb0 type=internal address=10.9.0.1/24; "
        "switch connect nb0 nt0 mac=02:53:4f:00:00:01; "
        "/usr/lib/vmwp --name v --kernel debian --initrd wire.cpio --cmdline '%s' "
        "--memory 256M --serial - --no-reset --nic tap=nt0 < /dev/null > log 2>&1 & true" %
        (COMMAND + "guest"))
    parent.wait("wire: ready")


def of_threads(parent):
    """Instructions of each of the worker's threads, by number."""
    parent.serial.type("cat /proc/$!/task/*/stat; echo e'nd' stat")
    text = parent.serial.wait(rb"(?s)\n(\d+ \(.*)end stat").group(1).decode()
    fields = [line.split() for line in text.splitlines() if ") " in line]
    return {one[0]: (int(one[13]) + int(one[14])) * TICK for one in fields}


def show_network(parent):
    print("A NIC of Debian's kernel on a switch of the parent:")
    start(parent)
    for name in PHASES:
        before, threads = parent.counters.read_child(parent.machine.qmp)[0], of_threads(parent)
        text = parent.say("./wire %s nt0" % name, rb"(figure: [^\r\n]*)\r\n").group(1)
        after, later = parent.counters.read_child(parent.machine.qmp)[0], of_threads(parent)
        numbers = parse(text.decode())[name]
        show_phase(name, numbers, {
            kind: after[kind][0] - before[kind][0] for kind in after})
        units = numbers["count"] * PHASES[name][2]
        print("%-28s   hypervisor %.0f; threads of the worker, the most first: %s" % (
            "", sum(after[kind][1] - before[kind][1] for kind in after) / units,
            ", ".join("%.0f" % (spent / units) for spent in sorted(
                (later[one] - threads.get(one, 0) for one in later), reverse=True) if spent)))
    parent.end()
    parent.serial.run("switch disconnect nt0; switch delete nb0")


def run_peer(guests, host):
    """What a host with KVM says on its serial port."""
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, "log")
        subprocess.run([
            "qemu-system-x86_64", "-accel", "tcg", "-M", "q35", "-cpu", "EPYC-v4,-x2apic",
            "-m", "2048", "-smp", "1", "-display", "none", "-net", "none", "-no-reboot",
            "-serial", "file:" + log, "-kernel", os.path.join(guests, "debian"),
            "-initrd", host,
            "-append", "console=ttyS0 quiet nokaslr panic=-1 -- host"] + COUNTED,
                       timeout=1500, check=True, stdin=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        with open(log, encoding="ascii", errors="replace") as text:
            return text.read()


def show_peer(guests, host):
    print("The same guest under KVM, with QEMU's virtio and vhost-net:")
    text = run_peer(guests, host)
    found = parse(text)
    for name, numbers in found.items():
        show_phase(name, numbers, {"all": numbers["exits"]})
    if "wire: done" not in text:
        sys.exit("bench: the host with KVM said %r" % text[-500:])


def main(arguments, guests, host):
    try:
        with_parent(show_network, *arguments, guests)
    finally:
        show_peer(guests, host)


if len(sys.argv) != 8:
    sys.exit("usage: bench_network.py ISO HYPERVISOR ELF KERNEL INITRAMFS GUESTS HOST")
main(sys.argv[1:6], *sys.argv[6:])
