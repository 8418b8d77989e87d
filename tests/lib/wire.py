#!/usr/bin/env python3
"""Frames of a wire, as QEMU's filter-dump writes them: sums and sizes.

usage: wire.py FILE MTU    counts them; status 1 when one is wrong
       wire.py test        wrong ones are found
"""
# SPDX-License-Identifier: MIT

import collections
import struct
import sys

ETHERNET, TAG = 14, 4
VLAN, IPV4, IPV6 = 0x8100, 0x0800, 0x86DD
ICMP, TCP, UDP, FRAGMENT, ICMP6 = 1, 6, 17, 44, 58
NAMES = {ICMP: "icmp", TCP: "tcp", UDP: "udp", ICMP6: "icmp6"}
OPTIONS = (0, 43, 60)  # RFC 8200 4.1
LEAST = {ICMP: 8, TCP: 20, UDP: 8, ICMP6: 4}


class Wrong(Exception):
    """What is wrong with a frame."""


def right_sum(data):
    """All words and their sum are zero (RFC 1071)."""
    if len(data) % 2:
        data += b"\0"
    return int.from_bytes(data, "big") % 0xFFFF == 0


def whole(data, size):
    """The first bytes: what follows is padding."""
    if size > len(data):
        raise Wrong(f"{len(data)} bytes, {size} in the header")
    return data[:size]


def ipv4(data):
    """Protocol, pseudo header and what follows; None for a fragment."""
    if len(data) < 20 or data[0] >> 4 != 4 or data[0] % 16 < 5:
        raise Wrong("no IPv4 header")
    header = data[0] % 16 * 4
    if not right_sum(whole(data, header)):
        raise Wrong("IPv4 header's sum")
    data = whole(data, struct.unpack_from(">H", data, 2)[0])
    rest = data[header:]
    if struct.unpack_from(">H", data, 6)[0] & 0x3FFF:
        return None, None, rest
    return data[9], data[12:20] + struct.pack(">HH", data[9], len(rest)), rest


def ipv6(data):
    """The same."""
    if len(data) < 40 or data[0] >> 4 != 6:
        raise Wrong("no IPv6 header")
    size, kind = struct.unpack_from(">HB", data, 4)
    rest, addresses = whole(data[40:], size), data[8:40]
    while kind in OPTIONS:
        if len(rest) < 8:
            raise Wrong("IPv6 options")
        kind, rest = rest[0], rest[rest[1] * 8 + 8:]
    if kind == FRAGMENT:
        return None, None, rest
    return kind, addresses + struct.pack(">II", len(rest), kind), rest


def look(frame, mtu):
    """What it is; Wrong if it is wrong."""
    kind, at = struct.unpack_from(">H", frame, 12)[0], ETHERNET
    if kind == VLAN:
        kind, at = struct.unpack_from(">H", frame, 16)[0], ETHERNET + TAG
    if len(frame) > at + mtu:
        raise Wrong(f"{len(frame)} bytes, MTU {mtu}")
    if kind not in (IPV4, IPV6):
        return "other"
    protocol, pseudo, rest = (ipv4 if kind == IPV4 else ipv6)(frame[at:])
    if protocol is None:
        return "fragment"
    if protocol not in NAMES:
        return "other"
    if len(rest) < LEAST[protocol]:
        raise Wrong(f"{len(rest)} bytes of {NAMES[protocol]}")
    if protocol == UDP and rest[6:8] == b"\0\0" and kind == IPV4:
        return "udp without sum"
    if not right_sum(rest if protocol == ICMP else pseudo + rest):
        raise Wrong(f"{NAMES[protocol]}'s sum")
    return NAMES[protocol]


def frames(path):
    """All that a file has (libpcap's format)."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:4] != b"\xd4\xc3\xb2\xa1":
        raise SystemExit(f"{path} is no file of frames")
    at = 24
    while at < len(data):
        size, length = struct.unpack_from("<II", data, at + 8)
        at += 16
        if size != length or at + size > len(data):
            raise SystemExit(f"{path} ends, or a frame in it")
        yield data[at:at + size]
        at += size


def check(path, mtu):
    """Prints counts, and the first ones that are wrong."""
    counts, wrong, largest = collections.Counter(), 0, 0
    for number, frame in enumerate(frames(path)):
        largest = max(largest, len(frame))
        try:
            counts[look(frame, mtu)] += 1
        except Wrong as what:
            wrong += 1
            if wrong <= 10:
                print(f"frame {number}: {what}: {frame[:60].hex()}")
    print(f"largest: {largest}, wrong: {wrong}", end="")
    for name in sorted(counts):
        print(f", {name}: {counts[name]}", end="")
    print()
    return 1 if wrong else 0


def complement(data):
    """The word that makes the sum right."""
    left = int.from_bytes(data, "big") % 0xFFFF
    return struct.pack(">H", 0xFFFF - left)


def segment(version):
    """A right frame with TCP."""
    payload = bytes(range(100))
    tcp = struct.pack(">HHIIBBHHH", 1, 2, 3, 4, 0x50, 16, 5, 0, 0)
    size, addresses = len(tcp) + len(payload), bytes(range(8))
    if version == 4:
        ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + size, 1, 0x4000, 64, TCP, 0)
        ip += addresses
        ip = ip[:10] + complement(ip) + ip[12:]
        pseudo = addresses + struct.pack(">HH", TCP, size)
    else:
        addresses *= 4
        ip = struct.pack(">IHBB", 6 << 28, size, TCP, 64) + addresses
        pseudo = addresses + struct.pack(">II", size, TCP)
    total = complement(pseudo + tcp + payload)
    return (bytes(12) + struct.pack(">H", IPV4 if version == 4 else IPV6) + ip
            + tcp[:16] + total + tcp[18:] + payload)


def finds(frame, mtu=1500):
    """Whether it is found wrong."""
    try:
        look(frame, mtu)
    except Wrong:
        return True
    return False


def test():
    """Each byte that a sum is of."""
    for version, not_in_sum in ((4, ()), (6, (0, 1, 2, 3, 7))):
        frame = segment(version)
        assert look(frame, 1500) == "tcp"
        assert look(frame + bytes(6), 1500) == "tcp"
        for at in range(ETHERNET, len(frame)):
            spoilt = bytearray(frame)
            spoilt[at] ^= 0x10
            if at - ETHERNET not in not_in_sum:
                # Another protocol's sum is not looked at.
                assert finds(spoilt) or look(spoilt, 1500) == "other", at
        assert finds(frame, len(frame) - ETHERNET - 1)
        assert not finds(frame, len(frame) - ETHERNET)
    print("wrong frames are found")
    return 0


if __name__ == "__main__":
    if sys.argv[1:] == ["test"]:
        sys.exit(test())
    sys.exit(check(sys.argv[1], int(sys.argv[2])))
