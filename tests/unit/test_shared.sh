#!/bin/sh
# Guest memory is read in one file only: rootfs/vmwp/shared.c (HOSTILE, rule 1).
# usage: test_shared.sh FOLDER-OF-VMWP; with --itself, it finds what it must.
# SPDX-License-Identifier: MIT
set -eu

# Those that write what a guest starts with, before it runs; and those that
# have the mapping itself.
before='acpi|linux_boot|pvh|start|pci/bios|pci/facts'
mapping='ram|memory|shared'

# look FOLDER: prints what is wrong there.
look() (
	set +e
	cd "$1" || exit
	grep -nE '\bram_(at|pieces)\(|\bram(\.|->)host\b' -- *.c *.h */*.c */*.h |
		grep -vE "^($before|$mapping)\.[ch]:"
	# The handle of a page is opened, or made of something, nowhere else.
	grep -nE 'only_for_shared_c|\(struct guest_page\)|struct guest_page [a-z_]+(\[[^]]*\])? *= *\{ *[^0 ]' \
		-- *.c *.h */*.c */*.h | grep -vE '^shared\.[ch]:'
	# Nor is it taken for bytes.
	grep -nE '\*\) *&?[a-z_>.-]*pages?\b|\bmem[a-z]+\([^;]*\bpages?\b(\[|,|\))' -- vmbus/*.c vmbus/*.h \
		storage/request.[ch] storage/queue.[ch] storage/packet.[ch] \
		storage/storvsp.[ch] storage/state.[ch] net/*.[ch]
	# Parts of it are for the kernel.
	grep -nE 'iov_base|->parts\[|\*.*parts\b.*=' -- storage/*.c
	grep -nE 'iov_base|->parts\[' -- net/*.c
)

# finds LINE FOLDER [FILE]: it does in a folder that is right but for that line.
finds() {
	cp -r "$2" "$copy"
	printf '%s\n' "$1" >> "$copy/${3:-vmbus/channel.c}"
	[ -n "$(look "$copy")" ] || {
		echo "not found: $1" >&2
		exit 1
	}
	rm -rf "$copy"
}

if [ "$1" = --itself ]; then
	copy=$(mktemp -d)/vmwp
	trap 'rm -rf "${copy%/*}"' EXIT
	while read -r line; do
		finds "$line" "$2"
	done <<-'END'
	uint32_t *p = ram_at(ram, gpa, 4);
	count = ram_pieces(vmbus->ram, pieces);
	index = *(uint32_t *)(vmbus->ram->host + gpa);
	memcpy(&word, vm->memory.ram.host, 4);
	uint32_t *word = (void *)gpadl->pages[0].only_for_shared_c;
	struct guest_page page = { address };
	page = (struct guest_page){ address };
	word = **(uint32_t **)gpadl->pages;
	word = **(uint32_t **)&ring->pages[1];
	memcpy(&address, ring->pages, 8);
	memcpy(&address, &gpadl->pages[1], 8);
	END
	while read -r line; do
		finds "$line" "$2" storage/request.c
		finds "$line" "$2" net/transmit.c
	done <<-'END'
	byte = *(uint8_t *)request->parts[0].iov_base;
	void *at = part->iov_base;
	memcpy(&address, request->pages, 8);
	END
	exit
fi
wrong=$(look "$1" || true)
[ -z "$wrong" ] || {
	printf 'guest memory is reached past shared.c:\n%s\n' "$wrong" >&2
	exit 1
}
