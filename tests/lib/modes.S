# A disc's boot image for the tests of the screen. Keys: t text mode, p 16 colours
# with a row of yellow dots, l a linear mode of 640 x 480 with a row of blue ones, s
# scrolls a screen of text 1,000 times and says so.
# SPDX-License-Identifier: MIT
	.code16
	.globl _start
_start:	ljmp $0, $begin
begin:	xor %ax, %ax
	mov %ax, %ds
	mov %ax, %ss
	mov $0x7c00, %sp
	cld
text:	mov $3, %ax
	int $0x10
	mov $ready, %si
	call say
keys:	xor %ah, %ah
	int $0x16
	cmp $'t', %al
	je text
	cmp $'p', %al
	je planar
	cmp $'l', %al
	je linear
	cmp $'s', %al
	je scroll
	jmp keys

# Write mode 2, a bit mask: 8 dots at once.
planar:	mov $0x12, %ax
	int $0x10
	mov $0xa000, %ax
	mov %ax, %es
	mov $0x3ce, %dx
	mov $0x0205, %ax
	out %ax, %dx
	xor %di, %di
	mov $80, %cx
	mov $14, %al
	rep stosb
	jmp keys

# By the bank, as there is no more address space here.
linear:	mov $0x4f02, %ax
	mov $0x0111, %bx
	int $0x10
	mov $0xa000, %ax
	mov %ax, %es
	xor %di, %di
	mov $640, %cx
	mov $0x001f, %ax
	rep stosw
	jmp keys

scroll:	mov $0xb800, %ax
	mov %ax, %es
	mov %ax, %ds
	mov $1000, %bx
again:	mov $160, %si
	xor %di, %di
	mov $1920, %cx
	rep movsw
	dec %bx
	jnz again
	xor %ax, %ax
	mov %ax, %ds
	mov $done, %si
	call say
	jmp keys

say:	lodsb
	test %al, %al
	jz 1f
	mov $0x0e, %ah
	mov $7, %bx
	int $0x10
	jmp say
1:	ret

ready:	.asciz "modes ready\r\n"
done:	.asciz "scrolled\r\n"
	.org 2048
