"""Whether libvhdi reads from an image what is in a raw file.
usage: vhdi_compare.py RAW IMAGE"""
# SPDX-License-Identifier: MIT
import os
import sys

import pyvhdi

raw_path, image_path = sys.argv[1:]
image = pyvhdi.file()
image.open(image_path)
size = image.get_media_size()
if size != os.path.getsize(raw_path):
    sys.exit(f"libvhdi: {size} bytes, not {os.path.getsize(raw_path)}")
with open(raw_path, "rb") as raw:
    for offset in range(0, size, 1 << 20):
        part = raw.read(1 << 20)
        image.seek_offset(offset, os.SEEK_SET)
        if image.read_buffer(len(part)) != part:
            sys.exit(f"libvhdi: another content from byte {offset} on")
