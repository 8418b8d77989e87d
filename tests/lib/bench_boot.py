"""Figures of a PC that boots by itself: from a VM's start to its boot loader."""
# SPDX-License-Identifier: MIT
import re

MEMORY = 64
SCROLLS = 100		# as in tests/guest/loader
UNIT = 1024		# of the TSCs that are printed
TICK = 10e6
STAT = rb"cpu +\d+ \d+ \d+ (\d+) (\d+)"


def command(disc):
    return "/usr/lib/vmwp --name v --memory %dM --ide-dvd %s.iso --serial -" % (MEMORY, disc)


def timed(parent):
    """Instructions to the loader, and of all scrolls; idle time left out where it
    is: the firmware waits for the boot menu's key."""
    parent.serial.type(
        "sleep 1; grep '^cpu ' /proc/stat; ./tsc; %s < /dev/null > log 2>&1; "
        "grep '^cpu ' /proc/stat; grep -a -o 'figure.*' log; echo do'ne'" % command("off"))
    text = parent.serial.wait(rb"(?s)\n(cpu .*)done\r\n").group(1)
    idle = [sum(map(int, pair)) * TICK for pair in re.findall(STAT, text)]
    begin, menu, scroll = (
        int(re.search(name + rb":? (\d+)", text).group(1)) * UNIT
        for name in (rb"tsc", rb"figure: menu", rb"figure: scroll"))
    return menu - begin - (idle[1] - idle[0]), scroll - menu


def counted(parent, disc):
    """Exits by kind till the disc's loader stands still; KB that the worker has
    besides the guest's memory."""
    parent.serial.run("%s < /dev/null > log 2>&1 & true" % command(disc))
    parent.wait("figure: scroll")
    exits = parent.exits()
    maps = "awk '/^%s:/ { s += $2 } END { print \"kb\", s + 0 }' /proc/$!/smaps_rollup"
    worker = parent.number(maps % "Pss") - parent.number(maps % "Pss_Shmem")
    parent.end()
    return exits, worker


def kinds(exits):
    return ", ".join("%s %g" % pair for pair in exits.items() if pair[1])


def show_boot(parent):
    to_menu, scrolls = timed(parent)
    menu, worker = counted(parent, "menu")
    scroll, _ = counted(parent, "scroll")
    each = {kind: (scroll[kind] - menu[kind]) / SCROLLS for kind in menu}
    print("to the boot loader: %.0f M instructions, %d exits (%s)" % (
        to_menu / 1e6, sum(menu.values()), kinds(menu)))
    print("a scroll of the whole screen by the BIOS: %.0f instructions, %.2f exits (%s)" % (
        scrolls / SCROLLS, sum(each.values()), kinds(each)))
    print("KB of a worker with a VGA console: %d" % worker)
