# A boot sector for the tests of the harness: says "sector ready" on the first
# serial port and on the screen, then repeats on the serial port what comes
# from there and from the keyboard. q ends the machine (a triple fault).
# SPDX-License-Identifier: MIT
	.code16
	.globl _start
_start:	ljmp $0, $begin
begin:	xor %ax, %ax
	mov %ax, %ds
	mov %ax, %ss
	mov $0x7c00, %sp
	mov $text, %si
next:	lodsb
	test %al, %al
	jz poll
	call serial
	mov $0x0e, %ah
	mov $7, %bx
	int $0x10
	jmp next

poll:	mov $0x3fd, %dx
	in %dx, %al
	test $1, %al
	jz keys
	mov $0x3f8, %dx
	in %dx, %al
	cmp $'q', %al
	je end
	call serial
keys:	mov $1, %ah
	int $0x16
	jz poll
	xor %ah, %ah
	int $0x16
	call serial
	jmp poll

end:	lidt none
	int3

serial:	mov %al, %cl
	mov $0x3fd, %dx
busy:	in %dx, %al
	test $0x20, %al
	jz busy
	mov %cl, %al
	mov $0x3f8, %dx
	out %al, %dx
	ret

none:	.word 0, 0, 0
text:	.asciz "sector ready\r\n> "
	.org 510
	.word 0xaa55
