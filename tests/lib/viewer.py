# A viewer of RFB (RFC 6143): what a screen shows, and keys for it.
# SPDX-License-Identifier: MIT
# usage: viewer.py PORT size | pixels | type TEXT
import socket
import struct
import sys


def connect(port):
    server = socket.create_connection(("127.0.0.1", port), 30)
    server.settimeout(60)
    return server, server.makefile("rb")


def read(stream, size):
    data = stream.read(size)
    if len(data) != size:
        sys.exit("the server has gone")
    return data


def handshake(server, stream):
    """Width and height."""
    read(stream, 12)
    server.sendall(b"RFB 003.008\n")
    count = read(stream, 1)[0]
    if 1 not in read(stream, count):
        sys.exit("it wants a password")
    server.sendall(b"\1")
    read(stream, 4)
    server.sendall(b"\1")
    width, height = struct.unpack(">HH", read(stream, 4))
    read(stream, 16)
    read(stream, *struct.unpack(">I", read(stream, 4)))
    return width, height


def pixels(server, stream, width, height):
    """How many have which colour, most first."""
    server.sendall(struct.pack(">BxHi", 2, 1, 0))
    colours = {}
    missing, whole = width * height, True
    while missing > 0:
        server.sendall(struct.pack(">BBHHHH", 3, not whole, 0, 0, width, height))
        whole = False
        for _ in range(struct.unpack(">xxH", read(stream, 4))[0]):
            x, y, w, h, encoding = struct.unpack(">HHHHi", read(stream, 12))
            for (pixel,) in struct.iter_unpack("<I", read(stream, w * h * 4)):
                colours[pixel] = colours.get(pixel, 0) + 1
            missing -= w * h
    return sorted(colours.items(), key=lambda item: -item[1])


def main():
    port, what = int(sys.argv[1]), sys.argv[2]
    server, stream = connect(port)
    width, height = handshake(server, stream)
    if what == "size":
        print(width, height)
    elif what == "pixels":
        for pixel, count in pixels(server, stream, width, height)[:5]:
            print("%06x %d" % (pixel, count))
    else:
        for character in sys.argv[3] + "\r":
            symbol = 0xFF0D if character == "\r" else ord(character)
            for down in 1, 0:
                server.sendall(struct.pack(">BBxxI", 4, down, symbol))
        # Answered behind all that was typed.
        pixels(server, stream, width, height)


main()
