#!/usr/bin/env python3
"""Counts the instructions from reset to a shell behind the login.

usage: bench.py ISO KERNEL INITRAMFS

With QEMU's -icount shift=0 one instruction is one virtual nanosecond, so the
time that the only processor neither was idle nor waited for its medium is the
number of instructions (the kernel counts both to the nanosecond, and shows
them in units of 10 M). The loader is left out: it spins while it waits. The login itself
is counted (a sha512crypt hash and two shells, some 20 M).
"""
# SPDX-License-Identifier: MIT
import os
import re
import socket
import subprocess
import sys
import tempfile
import time

DEADLINE = 300
PASSWORD = "correct horse battery"


def connect(path):
    for _ in range(100):
        try:
            link = socket.socket(socket.AF_UNIX)
            link.connect(path)
            return link
        except OSError:
            time.sleep(0.1)
    sys.exit("bench: QEMU did not start")


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
        self.link = connect(path)
        self.link.settimeout(1)
        self.seen = b""

    def wait(self, pattern):
        end = time.time() + DEADLINE
        while not re.search(pattern, self.seen):
            if time.time() > end:
                sys.exit("bench: no %r on the serial port" % pattern)
            try:
                self.seen += self.link.recv(4096)
            except socket.timeout:
                continue
        match = re.search(pattern, self.seen)
        self.seen = self.seen[match.end():]
        return match

    def type(self, text):
        self.link.send(text.encode() + b"\r")


def measure(serial):
    serial.wait(rb"login: ")
    serial.type("root")
    serial.wait(rb"Password: ")
    serial.type(PASSWORD)
    serial.wait(rb"Enter: ")
    serial.type("17")
    serial.wait(rb"# ")
    serial.type("cat /proc/uptime /proc/stat")
    up, idle, wait = serial.wait(
        rb"\n([0-9.]+) [0-9.]+\r\ncpu +\d+ \d+ \d+ (\d+) (\d+) ").groups()
    print("%7.0f M instructions from reset to a shell behind the login" %
          (float(up) * 1000 - (int(idle) + int(wait)) * 10))
    serial.type("free -m | grep Mem")
    used = serial.wait(rb"Mem: +([0-9]+).* ([0-9]+)\r").groups()
    print("%7d MB of memory in use there" % (int(used[0]) - int(used[1])))


def main(iso, kernel, initramfs):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "serial")
        qemu = subprocess.Popen([
            "qemu-system-x86_64", "-M", "q35", "-cpu", "EPYC-v4,-x2apic",
            "-m", "1024", "-smp", "1", "-display", "none", "-seed", "1",
            "-icount", "shift=0,sleep=off", "-rtc", "base=2026-01-01,clock=vm",
            "-net", "none", "-cdrom", iso,
            "-drive", "file=%s,format=raw,if=virtio" % settings(folder),
            "-kernel", kernel, "-initrd", initramfs,
            "-append", "console=ttyS0,115200 quiet nosmt nokaslr",
            "-serial", "unix:%s,server=on,wait=on" % path,
        ], stderr=subprocess.DEVNULL)
        try:
            measure(Serial(path))
        finally:
            qemu.kill()
            qemu.wait()


if len(sys.argv) != 4:
    sys.exit("usage: bench.py ISO KERNEL INITRAMFS")
main(*sys.argv[1:])
