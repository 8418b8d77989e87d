# What guests of our own are made of: ELF files with a PVH entry.
# SPDX-License-Identifier: MIT

BUILD ?= build
BARE = ../bare
BARE_SOURCES = $(addprefix $(BARE)/,entry.S bare.c trap.c)
FLAGS = -m32 -std=gnu11 -O2 -Wall -Wextra -Werror -Wshadow -ffreestanding \
	-nostdlib -static -fno-pic -no-pie -mgeneral-regs-only \
	-fno-stack-protector -fcf-protection=none \
	-fno-asynchronous-unwind-tables --param=min-pagesize=0 \
	-fno-tree-loop-distribute-patterns \
	-Wl,--build-id=none -Wl,-Ttext-segment=0x100000 \
	-Wl,--no-warn-rwx-segments -I$(BARE)

# What a disc has for its firmware to start: NAME.disc for the guest NAME.
$(BUILD)/%.disc: $(BUILD)/% $(BARE)/disc.S
	as --32 -o $@.o $(BARE)/disc.S
	ld -m elf_i386 -Ttext 0x7c00 --oformat binary -o $@.start $@.o
	objcopy --strip-all $< $@.elf
	cat $@.start $@.elf > $@
	rm $@.o $@.start $@.elf
