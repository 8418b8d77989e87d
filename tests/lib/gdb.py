#!/usr/bin/env python3
"""Writes physical memory of a QEMU machine through its gdb stub.

usage: gdb.py PORT ADDRESS HEXBYTES
"""
# SPDX-License-Identifier: MIT
import socket
import sys


def packet(link, text):
    """Sends one command and returns the answer."""
    link.sendall(("$%s#%02x" % (text, sum(text.encode()) % 256)).encode())
    data = b""
    while not (b"#" in data and len(data) >= data.index(b"#") + 3):
        more = link.recv(4096)
        if not more:
            sys.exit("gdb.py: the stub closed the connection")
        data += more
    link.sendall(b"+")
    return data[data.index(b"$") + 1:data.index(b"#")].decode()


def main(port, address, data):
    link = socket.create_connection(("127.0.0.1", int(port)), timeout=10)
    for command in ("?", "Qqemu.PhyMemMode:1",
                    "M%x,%x:%s" % (int(address, 16), len(data) // 2, data)):
        answer = packet(link, command)
        if command[0] != "?" and answer != "OK":
            sys.exit("gdb.py: %s: %s" % (command, answer))
    packet(link, "D")


if len(sys.argv) != 4:
    sys.exit("usage: gdb.py PORT ADDRESS HEXBYTES")
main(*sys.argv[1:])
