# A disc's boot image that enters a guest of our own: this sector, then the
# guest's ELF file. Firmware reads both to 0x7c00. The guest's command line is at
# offset 64, 63 letters at most.
# SPDX-License-Identifier: MIT
	.set LOAD, 1		# PT_LOAD
	.set HEADERS, 28	# e_phoff, e_phnum, e_entry of an Elf32_Ehdr
	.set COUNT, 44
	.set ENTRY, 24
	.set OFFSET, 4		# of an Elf32_Phdr
	.set ADDRESS, 12
	.set FILLED, 16
	.set SIZE, 20

	.code16
	.globl _start
_start:	ljmp $0, $begin
	.org 64
words:	.skip 64

begin:	cli
	cld
	xor %ax, %ax
	mov %ax, %ds
	lgdt table
	mov %cr0, %eax
	or $1, %al
	mov %eax, %cr0
	ljmp $8, $flat

	.code32
flat:	mov $16, %eax
	mov %eax, %ds
	mov %eax, %es
	mov %eax, %ss
	mov $file, %ebp
	mov HEADERS(%ebp), %ebx
	add %ebp, %ebx
	movzwl COUNT(%ebp), %edx
next:	cmpl $LOAD, (%ebx)
	jne skip
	mov OFFSET(%ebx), %esi
	add %ebp, %esi
	mov ADDRESS(%ebx), %edi
	mov FILLED(%ebx), %ecx
	rep movsb
	mov SIZE(%ebx), %ecx
	sub FILLED(%ebx), %ecx
	xor %eax, %eax
	rep stosb
skip:	add $32, %ebx
	dec %edx
	jnz next
	mov $info, %ebx
	jmp *ENTRY(%ebp)

	.balign 8
segments: .quad 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
table:	.word . - segments - 1
	.long segments
	.balign 8
# struct start_info: nothing but the command line.
info:	.long 0x336ec578, 0, 0, 0
	.long 0, 0, words, 0
	.org 512
file:
