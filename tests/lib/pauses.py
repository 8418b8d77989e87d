# The longest pause in what a command says, in milliseconds.
# usage: pauses.py SECONDS COMMAND...; it must say something that long.
# SPDX-License-Identifier: MIT
import os
import subprocess
import sys
import time

seconds = float(sys.argv[1])
child = subprocess.Popen(sys.argv[2:], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
first = last = None
longest = 0.0
while os.read(child.stdout.fileno(), 4096):
    now = time.monotonic()
    first = first or now
    longest = max(longest, now - (last or now))
    last = now
if child.wait() or not first or last - first < seconds - 3:
    sys.exit("the connection ended early")
print(round(longest * 1000))
