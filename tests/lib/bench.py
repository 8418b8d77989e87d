#!/usr/bin/env python3
"""Counts the instructions from reset to the login prompt of an ISO.

usage: bench.py ISO

QEMU counts them itself: with -icount and record mode the QMP command
query-replay returns the number executed so far, idle time not included.
"""
# SPDX-License-Identifier: MIT
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time

DEADLINE = 900
POINTS = [
    ("loader menu", rb"tart Socle Server"),
    ("initramfs", rb"socle: Copying"),
    ("login prompt", rb"(Choose|Password|login:)"),
]


def connect(path):
    for _ in range(100):
        try:
            link = socket.socket(socket.AF_UNIX)
            link.connect(path)
            return link
        except OSError:
            time.sleep(0.1)
    sys.exit("bench: QEMU did not start")


def command(qmp, name):
    qmp.write(json.dumps({"execute": name}) + "\n")
    qmp.flush()
    while True:
        answer = json.loads(qmp.readline())
        if "return" in answer:
            return answer["return"]
        if "error" in answer:
            sys.exit("bench: %s: %s" % (name, answer["error"]["desc"]))


def wait_for(serial, pattern, seen):
    end = time.time() + DEADLINE
    serial.settimeout(1)
    while not re.search(pattern, seen):
        if time.time() > end:
            sys.exit("bench: no %r on the serial port" % pattern)
        try:
            seen += serial.recv(4096)
        except socket.timeout:
            continue
    return seen[re.search(pattern, seen).end():]


def main(iso):
    with tempfile.TemporaryDirectory() as folder:
        paths = {n: os.path.join(folder, n) for n in ("qmp", "serial", "rr")}
        qemu = subprocess.Popen([
            "qemu-system-x86_64", "-M", "q35", "-cpu", "EPYC-v4,-x2apic",
            "-m", "1024", "-smp", "1", "-display", "none", "-seed", "1",
            "-icount", "shift=0,sleep=off,rr=record,rrfile=" + paths["rr"],
            "-rtc", "base=2026-01-01,clock=vm", "-net", "none",
            "-drive", "file=%s,format=raw,if=none,id=iso,readonly=on" % iso,
            "-drive", "driver=blkreplay,if=none,image=iso,id=cd,readonly=on",
            "-device", "ide-cd,drive=cd",
            "-qmp", "unix:%s,server=on,wait=off" % paths["qmp"],
            "-serial", "unix:%s,server=on,wait=on" % paths["serial"],
        ], stderr=subprocess.DEVNULL)
        try:
            serial = connect(paths["serial"])
            qmp = connect(paths["qmp"]).makefile("rw")
            qmp.readline()
            command(qmp, "qmp_capabilities")
            seen = b""
            for name, pattern in POINTS:
                seen = wait_for(serial, pattern, seen)
                if name == "loader menu":
                    serial.send(b"\r")
                count = command(qmp, "query-replay")["icount"]
                print("%7.0f M instructions to the %s" % (count / 1e6, name))
        finally:
            qemu.kill()
            qemu.wait()


if len(sys.argv) != 2:
    sys.exit("usage: bench.py ISO")
main(sys.argv[1])
