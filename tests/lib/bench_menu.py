#!/usr/bin/env python3
"""Figures of the text menu: its start, its memory.

usage: bench_menu.py ISO HYPERVISOR ELF KERNEL INITRAMFS GUESTS
"""
# SPDX-License-Identifier: MIT
import sys

from bench_management import SUM, ready
from bench_vms import with_parent

STARTS = 20


def start(serial):
    """To the first screen with all values, and to its end."""
    serial.type("sconfig")
    serial.wait(rb"hypervisor runs")
    serial.type("14")
    serial.wait(rb"# ")


def show_menu(parent):
    ready(parent)
    # The shell's own menu, which has waited for it since the login.
    print("KB of a menu that waits: %d" % parent.number(SUM % "sconfig"))
    serial = parent.serial
    start(serial)
    before = serial.busy()
    for _ in range(STARTS):
        start(serial)
    print("from the command to a screen with all values, and its end: %.1f M instructions" % (
        (serial.busy() - before) / STARTS))


if __name__ == "__main__":
    if len(sys.argv) != 7:
        sys.exit("usage: bench_menu.py ISO HYPERVISOR ELF KERNEL INITRAMFS GUESTS")
    with_parent(show_menu, *sys.argv[1:])
