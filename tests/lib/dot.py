#!/usr/bin/env python3
"""The colour of a dot of a PNG of 8 bits, red, green and blue.

usage: dot.py X Y < PNG
"""
# SPDX-License-Identifier: MIT
import struct
import sys
import zlib


def parts(data):
    at = 8
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        yield kind, data[at + 8:at + 8 + size]
        at += 12 + size


def paeth(a, b, c):
    return min((abs(b - c), 0, a), (abs(a - c), 1, b), (abs(a + b - 2 * c), 2, c))[2]


def rows(data):
    chunks = list(parts(data))
    width, height, depth, kind = struct.unpack(">IIBB", chunks[0][1][:10])
    if (depth, kind) != (8, 2):
        sys.exit(f"a PNG of kind {kind}, depth {depth}")
    raw = zlib.decompress(b"".join(part for name, part in chunks if name == b"IDAT"))
    above = bytearray(width * 3)
    for y in range(height):
        how, row = raw[y * (width * 3 + 1)], bytearray(width * 3)
        for i, value in enumerate(raw[y * (width * 3 + 1) + 1:(y + 1) * (width * 3 + 1)]):
            left, corner = (row[i - 3], above[i - 3]) if i >= 3 else (0, 0)
            row[i] = value + (0, left, above[i], (left + above[i]) // 2,
                              paeth(left, above[i], corner))[how] & 0xff
        yield row
        above = row


x, y = int(sys.argv[1]), int(sys.argv[2])
for number, line in enumerate(rows(sys.stdin.buffer.read())):
    if number == y:
        print(line[x * 3:x * 3 + 3].hex())
        break
