#!/usr/bin/env python3
"""What exits of a child cost: the tests' own parent says it.

usage: bench_exits.py HYPERVISOR PARENT
"""
# SPDX-License-Identifier: MIT
import os
import subprocess
import sys
import tempfile

from measured import COUNTED


def main(hypervisor, parent):
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, "log")
        subprocess.run([
            "qemu-system-x86_64", "-accel", "tcg", "-M", "q35", "-cpu", "EPYC-v4,-x2apic",
            "-m", "512", "-smp", "1", "-display", "none", "-net", "none", "-no-reboot",
            "-serial", "file:" + log, "-kernel", hypervisor, "-append", "panic=1",
            "-initrd", "%s figures=1,%s" % (parent, parent)] + COUNTED,
                       timeout=300, check=True, stderr=subprocess.DEVNULL)
        with open(log, encoding="ascii", errors="replace") as text:
            lines = text.read().splitlines()
    bad = [line for line in lines if line.startswith("not ok")]
    if bad or "done: 4 passed, 0 failed" not in lines:
        sys.exit("bench: the tests' parent said %r" % (bad or lines[-3:]))
    print("instructions of a child's exits (those of the same kind: least to most):")
    for line in lines:
        if line.startswith("figure: "):
            print("  " + line[len("figure: "):])


if len(sys.argv) != 3:
    sys.exit("usage: bench_exits.py HYPERVISOR PARENT")
main(*sys.argv[1:])
