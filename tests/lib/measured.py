"""A parent whose instructions are counted: QEMU with -icount shift=0, where one
instruction is one virtual nanosecond, and the TSC's tick.

Bit-identical repeats: one processor, a clock and a seed that are given, and
nokaslr. xAPIC, because QEMU 10 aborts with x2APIC under -icount.
"""
# SPDX-License-Identifier: MIT
import os
import re
import socket
import subprocess
import sys
import time

import qmp

HERE = os.path.dirname(os.path.abspath(__file__))
DEADLINE = 600
PASSWORD = "correct horse battery"
APPEND = "console=ttyS0,115200 quiet nosmt nokaslr"
COUNTED = ["-icount", "shift=0,sleep=off", "-rtc", "base=2026-01-01,clock=vm", "-seed", "1"]


def on_hypervisor(hypervisor, kernel, initramfs, append=APPEND):
    """QEMU's options for a parent on the hypervisor."""
    return ["-kernel", hypervisor, "-initrd", "%s %s,%s" % (
        kernel, append.replace(",", ",,"), initramfs)]


def settings(folder):
    """A volume that sets the password."""
    conf = os.path.join(folder, "socle.conf")
    image = os.path.join(folder, "conf.img")
    crypt = subprocess.run(["openssl", "passwd", "-6", PASSWORD], check=True,
                           capture_output=True, text=True).stdout
    with open(conf, "w") as out:
        out.write("[login]\npassword = " + crypt)
    subprocess.run(["mkfs.vfat", "-C", "-n", "SOCLE_CONF", image, "4096"],
                   check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["mcopy", "-i", image, conf, "::socle.conf"], check=True)
    return image


class Serial:
    def __init__(self, path):
        self.link = qmp.connect(path)
        self.link.settimeout(1)
        self.seen = b""

    def wait(self, pattern):
        end = time.time() + DEADLINE
        while not re.search(pattern, self.seen):
            if time.time() > end:
                sys.exit("bench: no %r on the serial port after %r" %
                         (pattern, self.seen[-500:]))
            try:
                self.seen += self.link.recv(4096)
            except socket.timeout:
                continue
        match = re.search(pattern, self.seen)
        self.seen = self.seen[match.end():]
        return match

    def type(self, text):
        self.link.send(text.encode() + b"\r")

    def run(self, text):
        self.type(text + "; echo; echo do'ne'")
        self.wait(rb"\ndone\r\n")

    def busy(self):
        """Instructions so far, in millions."""
        self.type("cat /proc/uptime /proc/stat | head -n 2")
        up, idle, wait = self.wait(
            rb"\n([0-9.]+) [0-9.]+\r\ncpu +\d+ \d+ \d+ (\d+) (\d+) ").groups()
        return float(up) * 1000 - (int(idle) + int(wait)) * 10


def login(serial):
    serial.wait(rb"login: ")
    serial.type("root")
    serial.wait(rb"Password: ")
    serial.type(PASSWORD)
    serial.wait(rb"Exit to command line")
    serial.type("17")
    serial.wait(rb"# ")


class Counters:
    """The hypervisor's counters of exits, in the memory of its VPs."""

    SOURCE = """
#include <stdio.h>
#include "core/machine.h"
#include "core/partition.h"
#include "core/vp.h"
#define KIND(name) printf(#name " %d\\n", STATS_##name)
#define OFFSET(name, type, field) printf(name " %zu\\n", offsetof(struct type, field))
int main(void)
{
	OFFSET("vp", partition, vp);
	OFFSET("page", vp, stats.page);
	OFFSET("total", partition, pool.total);
	OFFSET("free", partition, pool.free);
	OFFSET("window", machine, own_window);
	KIND(HYPERCALL); KIND(CONTROL_REGISTER); KIND(IO); KIND(CPUID);
	KIND(MSR); KIND(OTHER); KIND(EXTERNAL_INTERRUPT); KIND(EMULATED);
	KIND(NESTED_FAULT);
}"""
    # struct slot in core/partition.c: identity at 0, partition at 24.
    SLOT = 32
    SLOTS = 2048

    def __init__(self, folder, elf):
        program = os.path.join(folder, "offsets")
        subprocess.run(["gcc", "-iquote", os.path.join(HERE, "../../hypervisor"),
                        "-I", os.path.join(HERE, "../../hypervisor/core/release"),
                        "-x", "c", "-", "-o", program],
                       input=self.SOURCE, text=True, check=True)
        text = subprocess.run([program], check=True, capture_output=True, text=True)
        self.kinds = {name: int(number) for name, number in
                      (line.split() for line in text.stdout.splitlines())}
        self.at = {name: self.kinds.pop(name)
                   for name in ("vp", "page", "total", "free", "window")}
        symbols = subprocess.run(["nm", elf], check=True, capture_output=True, text=True)
        self.symbol = {name: int(re.search(r"(\w+) \w %s\n" % name, symbols.stdout).group(1), 16)
                       for name in ("parent", "slots", "machine")}

    def word(self, monitor, address):
        """At a pointer of the hypervisor's, in its window or one to one."""
        if address >= self.window:
            address -= self.window
        return int(monitor.monitor("xp /1gx %#x" % address).split()[1], 16)

    def open(self, path):
        monitor = qmp.Qmp(path)
        self.window = 1 << 63
        self.window = self.word(monitor, self.symbol["machine"] + self.at["window"])
        return monitor

    def exits(self, monitor, partition):
        page = self.word(monitor, self.word(monitor, self.word(
            monitor, partition + self.at["vp"])) + self.at["page"])
        return {kind: (self.word(monitor, page + 8 * index),
                       self.word(monitor, page + 8 * index + 8) * 100)
                for kind, index in self.kinds.items()}

    def read(self, path):
        """Exits of the parent, of each kind, and the ns in the hypervisor for them."""
        monitor = self.open(path)
        return self.exits(monitor, self.word(monitor, self.symbol["parent"]))

    def child(self, monitor):
        """The only child's partition."""
        slots = self.word(monitor, self.symbol["slots"])
        words = monitor.monitor("xp /%dgx %#x" % (self.SLOTS * self.SLOT // 8, slots))
        words = [int(word, 16) for line in words.splitlines() for word in line.split()[1:]]
        found = [words[i + 3] for i in range(0, len(words), 4) if words[i]]
        if len(found) != 1:
            sys.exit("bench: %d VMs, not one" % len(found))
        return found[0]

    def read_child(self, path):
        """The same of the only child's first VP; and its pool: pages, and free ones."""
        monitor = self.open(path)
        partition = self.child(monitor)
        return self.exits(monitor, partition), [
            self.word(monitor, partition + self.at[name]) for name in ("total", "free")]


class Machine:
    """One processor, xAPIC: with x2APIC QEMU 10 aborts under -icount."""

    def __init__(self, folder, disk, options, apic="-x2apic", icount=True, megabytes=1024):
        name = os.path.join(folder, "m%d" % time.monotonic_ns())
        counted = COUNTED if icount else []
        self.qemu = subprocess.Popen([
            "qemu-system-x86_64", "-accel", "tcg", "-M", "q35",
            "-cpu", "EPYC-v4," + apic,
            "-m", str(megabytes), "-smp", "1", "-display", "none",
            "-net", "none",
            "-drive", "file=%s,format=raw,if=virtio" % disk,
            "-serial", "unix:%s.serial,server=on,wait=on" % name,
            "-qmp", "unix:%s.qmp,server=on,wait=off" % name,
        ] + counted + options, stderr=subprocess.DEVNULL)
        self.serial = Serial(name + ".serial")
        self.qmp = name + ".qmp"

    def end(self):
        self.qemu.kill()
        self.qemu.wait()
