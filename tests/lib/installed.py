# An installed disk, read as firmware, loader, initramfs and the settings' script
# do, from a file: judges which state it is in.
# SPDX-License-Identifier: MIT
#
# installed.py DISK IMAGE [SETTINGS...]: DISK a raw disk, IMAGE the unpacked system
# image. Prints "nothing", "interrupted" or "installed SETTINGS", SETTINGS being the
# file whose content its socle.conf has. A mixture ends with status 1 and a sentence.

import hashlib
import os
import re
import struct
import subprocess
import sys
import tempfile
import zlib

SECTOR = 512


class Mixture(Exception):
    pass


def need(good, sentence):
    if not good:
        raise Mixture(sentence)


def uuid_text(raw):
    a, b, c = struct.unpack("<IHH", raw[:8])
    return "%08x-%04x-%04x-%s-%s" % (a, b, c, raw[8:10].hex(), raw[10:].hex())


class Disk:
    def __init__(self, path):
        self.file = open(path, "rb")
        self.size = os.path.getsize(path)

    def read(self, at, size):
        self.file.seek(at)
        data = self.file.read(size)
        return data + bytes(size - len(data))


def gpt(disk):
    """The partitions by name: (first byte, bytes, identity, attributes)."""
    mbr = disk.read(0, SECTOR)
    need(mbr[450] == 0xee, "the protective MBR has no entry")
    header = disk.read(SECTOR, SECTOR)
    need(header[:8] == b"EFI PART", "there is no GPT")
    size, crc = struct.unpack_from("<II", header, 12)
    need(zlib.crc32(header[:16] + bytes(4) + header[20:size]) == crc,
         "the GPT's header has a wrong sum")
    at, count, length, crc = struct.unpack_from("<QIII", header, 72)
    entries = disk.read(at * SECTOR, count * length)
    need(zlib.crc32(entries) == crc, "the GPT's entries have a wrong sum")
    found = {}
    for i in range(count):
        entry = entries[i * length:(i + 1) * length]
        if entry[:16] == bytes(16):
            continue
        first, last, attributes = struct.unpack_from("<QQQ", entry, 32)
        name = entry[56:128].decode("utf-16-le").rstrip("\0")
        need(name not in found, "two partitions are called " + name)
        found[name] = (first * SECTOR, (last - first + 1) * SECTOR,
                       uuid_text(entry[16:32]), attributes)
    backup = disk.read(disk.size - SECTOR, SECTOR)
    need(backup[:8] == b"EFI PART", "there is no second GPT")
    return found


class Fat:
    """FAT32, as the loader reads it: chains by the first table, sizes by entries."""

    def __init__(self, disk, at):
        boot = disk.read(at, SECTOR)
        need(boot[510:] == b"\x55\xaa" and boot[82:87] == b"FAT32",
             "the loader's partition has no FAT32")
        self.disk, self.at = disk, at
        self.cluster = boot[13] * SECTOR
        reserved, = struct.unpack_from("<H", boot, 14)
        length, = struct.unpack_from("<I", boot, 36)
        self.root, = struct.unpack_from("<I", boot, 44)
        self.table = disk.read(at + reserved * SECTOR, length * SECTOR)
        self.data = at + (reserved + 2 * length) * SECTOR
        self.boot = boot

    def chain(self, cluster, size):
        data = b""
        while len(data) < size:
            need(2 <= cluster < 0x0ffffff7, "a file's chain ends early")
            run = 1
            while len(data) + run * self.cluster < size and \
                    self.next(cluster + run - 1) == cluster + run:
                run += 1
            data += self.disk.read(self.data + (cluster - 2) * self.cluster,
                                   run * self.cluster)
            cluster = self.next(cluster + run - 1)
        return data[:size]

    def next(self, cluster):
        return struct.unpack_from("<I", self.table, cluster * 4)[0] & 0x0fffffff

    def entries(self, cluster):
        found = {}
        data = self.chain(cluster, self.cluster)
        for i in range(0, len(data), 32):
            entry = data[i:i + 32]
            if not entry[0]:
                break
            if entry[0] == 0xe5 or entry[11] & 0x0f == 0x0f:
                continue
            high, = struct.unpack_from("<H", entry, 20)
            low, size = struct.unpack_from("<HI", entry, 26)
            base, end = entry[:8].decode("ascii").strip(), entry[8:11].decode("ascii").strip()
            found[(base + ("." + end if end else "")).lower()] = (high << 16 | low, size)
        return found

    def read(self, path):
        cluster, size = self.root, None
        for name in path.strip("/").split("/"):
            entries = self.entries(cluster)
            need(name in entries, "the loader's partition has no " + path)
            cluster, size = entries[name]
        return self.chain(cluster, size) if size else b""


SLOT = {"hypervisor": "hyper", "linux": "linux", "initramfs": "initrd",
        "microcode": "ucode", "root.squashfs": "root.sfs"}


def check_slot(fat, partition, image):
    template = open(image + "/usr/share/installer/loader.img", "rb").read(SECTOR)
    need(fat.boot == template, "the boot sector is not the loader's")
    config = fat.read("/syslinux/syslinux.cfg").decode()
    need(config.startswith("INCLUDE /") and config.strip().endswith("/menu.cfg"),
         "syslinux.cfg is not what it is to be")
    slot = config[9]
    menu = fat.read("/%s/menu.cfg" % slot).decode()
    need(re.search("socle.disk=%s socle.host=[0-9a-f]{12} socle.slot=%s\n" %
                   (partition[2], slot), menu.replace(" ---", "\n")),
         "the menu has another identity")
    need("%" not in menu and "@" not in menu, "the menu is not filled in")
    names = 0
    for line in fat.read("/%s/sums" % slot).decode().splitlines():
        wanted, name = line.split()
        data = fat.read("/%s/%s" % (slot, SLOT[name]))
        need(hashlib.sha256(data).hexdigest() == wanted, name + " has a wrong sum")
        names += 1
    need(names >= 4, "the slot has no list of sums")


def read_ext4(disk, partition, path):
    """A file of a volume, as it is after its journal was replayed; None: none."""
    with tempfile.TemporaryDirectory() as folder:
        volume = folder + "/volume"
        with open(volume, "wb") as out:
            out.write(disk.read(partition[0], partition[1]))
        # As /lib/socle/functions has it: whole().
        for place in ([], ["-b", "8193", "-B", "1024"]):
            done = subprocess.run(["e2fsck", "-p"] + place + [volume], capture_output=True,
                                  text=True)
            if done.returncode != 8:
                break
        done = subprocess.run(["e2fsck", "-fn", volume], capture_output=True, text=True)
        need(done.returncode == 0, "the volume for settings is damaged: " + done.stdout)
        subprocess.run(["debugfs", "-R", "dump %s %s/file" % (path, folder), volume],
                       capture_output=True)
        try:
            return open(folder + "/file", "rb").read()
        except FileNotFoundError:
            return None


def judge(path, image, settings):
    disk = Disk(path)
    share = image + "/usr/share/installer/"
    code = disk.read(0, 440)
    if code == open(share + "interrupted.bin", "rb").read().ljust(440, b"\0"):
        return "interrupted"
    if code != open(share + "gptmbr.bin", "rb").read().ljust(440, b"\0"):
        return "nothing"
    table = gpt(disk)
    for name in ("socle-loader", "socle-config"):
        need(name in table, "there is no partition " + name)
    loader = table["socle-loader"]
    need(loader[3] & 4, "the loader's partition is not marked as bootable")
    check_slot(Fat(disk, loader[0]), loader, image)
    text = read_ext4(disk, table["socle-config"], "/socle.conf")
    need(text is not None, "there are no settings")
    for name in settings:
        if open(name, "rb").read() == text:
            return "installed " + name
    need(not settings, "the settings are none of those that there were")
    return "installed"


if __name__ == "__main__":
    try:
        print(judge(sys.argv[1], sys.argv[2], sys.argv[3:]))
    except Mixture as why:
        sys.exit("installed.py: a mixture: %s" % why)
