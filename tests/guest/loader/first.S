# In place of a VM's firmware: says at which TSC its first instruction was, and
# stands still. 4 KB, whose end is that of the 4 GB.
# SPDX-License-Identifier: MIT
	.code16
	.globl _start
_start:
begin:	rdtsc
	shrd $10, %edx, %eax	# in units of 1024
	mov $0x7c00, %sp
	mov $10, %ebx
	xor %cx, %cx
digit:	xor %edx, %edx
	div %ebx
	push %dx
	inc %cx
	test %eax, %eax
	jnz digit
	mov $0x3f8, %dx
	mov $text, %si
say:	mov %cs:(%si), %al
	inc %si
	out %al, %dx
	cmp $' ', %al
	jne say
print:	pop %ax
	add $'0', %al
	out %al, %dx
	loop print
	mov $'\n', %al
	out %al, %dx
	cli
stay:	hlt
	jmp stay

text:	.ascii "first "
	.org 0xff0
	jmp begin
	.org 0x1000
