# Power cuts: a recording of what a machine wrote (QEMU's blklogwrites), cut at
# many places, each rebuilt as a disk and judged.
# SPDX-License-Identifier: MIT
#
# cuts.py LOG BEFORE IMAGE SEED COUNT KEEP FOLDER [SETTINGS...]: BEFORE is the disk as
# it was, IMAGE and SETTINGS are installed.py's. A disk keeps what was flushed; of what
# came after its last flush any sectors may be there or not. COUNT places are judged;
# KEEP of the disks stay in FOLDER as cut0, cut1 ..., with their state in cutN.state.
# Prints how many were in which state.

import collections
import os
import random
import shutil
import struct
import subprocess
import sys

import installed

SECTOR = 512
FLUSH, FUA, DISCARD, MARK = 1, 2, 4, 8


def entries(path):
    """(sector, bytes, flags, place of the data in the log), in order."""
    with open(path, "rb") as log:
        magic, version, count, size = struct.unpack("<QQQI", log.read(28))
        assert magic == 0x6a736677736872 and version == 1, "no log of writes"
        at = size
        for _ in range(count):
            log.seek(at)
            sector, sectors, flags, data = struct.unpack("<QQQQ", log.read(32))
            at += size
            yield sector * size, sectors * size, flags, at
            if not flags & (DISCARD | MARK):
                at += sectors * size


class Replay:
    def __init__(self, log, before, disk):
        self.log = open(log, "rb")
        self.all = list(entries(log))
        subprocess.run(["cp", "--sparse=always", before, disk], check=True)
        self.disk = open(disk, "r+b")
        self.path, self.done = disk, 0

    def apply(self, entry, disk, some=None):
        at, size, flags, data = entry
        if flags & DISCARD or not size:
            return
        self.log.seek(data)
        content = self.log.read(size)
        for offset in range(0, size, SECTOR if some else size):
            if some and some.random() < 0.5:
                continue
            disk.seek(at + offset)
            disk.write(content[offset:offset + SECTOR] if some else content)

    def flushed(self, cut):
        """How many entries are surely there when power fails at this one."""
        for i in range(cut - 1, -1, -1):
            if self.all[i][2] & FLUSH:
                return i
        return 0

    def cut(self, cut, path, random_source):
        """Also as a whole: what a disk was told to have at once (FUA)."""
        sure = self.flushed(cut)
        for entry in self.all[self.done:sure]:
            self.apply(entry, self.disk)
        self.done = max(self.done, sure)
        self.disk.flush()
        subprocess.run(["cp", "--sparse=always", self.path, path], check=True)
        with open(path, "r+b") as disk:
            for entry in self.all[self.done:cut]:
                self.apply(entry, disk, None if entry[2] & FUA else random_source)


def main():
    log, before, image, seed, count, keep, folder = sys.argv[1:8]
    source = random.Random(int(seed))
    replay = Replay(log, before, folder + "/replay")
    total, count, keep = len(replay.all), int(count), int(keep)
    # The end is where states change: a third of all there. And before the first.
    places = sorted([0] + [source.randint(0, total) for _ in range(count * 2 // 3 - 1)] +
                    [total - source.randint(0, min(total, 6))
                     for _ in range(count - count * 2 // 3)])
    kept = set(source.sample(range(count - 1), keep - 1)) | {count - 1}
    seen = collections.Counter()
    for i, place in enumerate(places):
        path = folder + "/cut"
        replay.cut(place, path, source)
        try:
            state = installed.judge(path, image, sys.argv[8:])
        except installed.Mixture as why:
            shutil.copy(path, folder + "/mixture")
            sys.exit("seed %s, cut at %d of %d: a mixture: %s" % (seed, place, total, why))
        if state == "nothing" and subprocess.run(["cmp", "-s", before, path]).returncode:
            sys.exit("seed %s, cut at %d of %d: what there was is not whole" %
                     (seed, place, total))
        seen[state] += 1
        if i in kept:
            number = len([n for n in kept if n < i])
            os.rename(path, "%s/cut%d" % (folder, number))
            with open("%s/cut%d.state" % (folder, number), "w") as out:
                out.write(state + "\n")
    print("seed %s: %d cuts of %d writes: %s" % (seed, count, total, ", ".join(
        "%d %s" % (n, os.path.basename(s)) for s, n in sorted(seen.items()))))


main()
