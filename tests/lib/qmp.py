#!/usr/bin/env python3
"""Talks to QEMU's machine protocol at the socket ./qmp.

usage: qmp.py monitor COMMAND | screen | keys TEXT | quit
"""
# SPDX-License-Identifier: MIT
import json
import os
import socket
import sys
import time

PLAIN = dict(zip("-=[];'`\\,./ \n\t", (
    "minus equal bracket_left bracket_right semicolon apostrophe grave_accent "
    "backslash comma dot slash spc ret tab").split()))
SHIFTED = dict(zip("!@#$%^&*()_+{}:\"~|<>?", "1234567890-=[];'`\\,./"))


def connect(path):
    """To a socket of QEMU, which may just be starting."""
    for _ in range(50):
        try:
            link = socket.socket(socket.AF_UNIX)
            link.connect(path)
            return link
        except OSError as error:
            reason = error
            time.sleep(0.1)
    sys.exit("QEMU's socket %s does not answer: %s" % (path, reason))


class Qmp:
    """One connection; commands are answered in order."""

    def __init__(self, path="qmp"):
        link = connect(path)
        link.settimeout(15)
        self.stream = link.makefile("rw")
        self.stream.readline()
        self.command("qmp_capabilities")

    def command(self, name, **arguments):
        request = {"execute": name, "arguments": arguments}
        self.stream.write(json.dumps(request) + "\n")
        self.stream.flush()
        for line in self.stream:
            answer = json.loads(line)
            if "error" in answer:
                sys.exit("%s: %s" % (name, answer["error"]["desc"]))
            if "return" in answer:
                return answer["return"]
        if name != "quit":
            sys.exit("QEMU ended during the command %s" % name)
        return None

    def monitor(self, line):
        return self.command(
            "human-monitor-command", **{"command-line": line})


def crtc(qmp, register):
    """A register of the VGA's CRTC (index port 3d4h, data port 3d5h)."""
    qmp.monitor("o /b 0x3d4 %#x" % register)
    return int(qmp.monitor("i /b 0x3d5").split("=")[1], 16)


def screen(qmp):
    """80x25 text. The kernel scrolls by moving the start address."""
    name = "screen.%d" % os.getpid()
    qmp.command("stop")
    index = int(qmp.monitor("i /b 0x3d4").split("=")[1], 16)
    start = 2 * (crtc(qmp, 0x0c) << 8 | crtc(qmp, 0x0d))
    qmp.monitor("o /b 0x3d4 %#x" % index)
    qmp.command("pmemsave", val=0xb8000, size=0x8000, filename=name)
    qmp.command("cont")
    with open(name, "rb") as file:
        memory = file.read()
    os.unlink(name)
    cells = (memory + memory)[start % 0x8000:][:4000:2]
    text = cells.decode("cp437").replace("\0", " ")
    for row in range(25):
        print(text[row * 80:row * 80 + 80].rstrip())


def codes(character):
    """The keys to press together for one character."""
    if character in SHIFTED:
        return ["shift"] + codes(SHIFTED[character])
    if character.isupper():
        return ["shift", character.lower()]
    return [PLAIN.get(character, character)]


def keys(qmp, text):
    for character in text.replace("\\n", "\n"):
        qmp.command("send-key", **{"hold-time": 20, "keys": [
            {"type": "qcode", "data": code} for code in codes(character)]})
        time.sleep(0.06)


def main(arguments):
    if arguments[:1] == ["monitor"] and len(arguments) == 2:
        sys.stdout.write(Qmp().monitor(arguments[1]).replace("\r", ""))
    elif arguments == ["screen"]:
        screen(Qmp())
    elif arguments[:1] == ["keys"] and len(arguments) == 2:
        keys(Qmp(), arguments[1])
    elif arguments == ["quit"]:
        Qmp().command("quit")
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
