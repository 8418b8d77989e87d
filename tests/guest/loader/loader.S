# What firmware starts from a DVD in place of a boot loader: says at which TSC it
# was reached, and what SCROLLS scrolls of the screen took. Powers off at the end,
# or, with STAY, stands still.
# SPDX-License-Identifier: MIT
	.code16
	.globl _start
_start:	ljmp $0, $begin
begin:	xor %ax, %ax
	mov %ax, %ds
	mov %ax, %es
	mov %ax, %ss
	mov $0x7c00, %sp
	call stamp
	mov $menu, %si
	call say
	mov $SCROLLS, %bp
again:	test %bp, %bp
	jz done
	# One line up, all of 80 x 25.
	mov $0x0601, %ax
	mov $0x07, %bh
	xor %cx, %cx
	mov $0x184f, %dx
	int $0x10
	dec %bp
	jmp again
done:	call stamp
	mov $scroll, %si
	call say
.ifdef STAY
	cli
stay:	hlt
	jmp stay
.else
	# SLP_EN, the type of S5: docs/vmwp.md
	mov $0x604, %dx
	mov $0x2000, %ax
	out %ax, %dx
stay:	jmp stay
.endif

# The TSC in units of 1024 into EAX.
stamp:	rdtsc
	shrd $10, %edx, %eax
	mov %eax, value
	ret

# What SI points to, and the value.
say:	lodsb
	test %al, %al
	jz number
	call serial
	jmp say
number:	mov value, %eax
	mov $10, %ebx
	xor %cx, %cx
digit:	xor %edx, %edx
	div %ebx
	push %dx
	inc %cx
	test %eax, %eax
	jnz digit
print:	pop %ax
	add $'0', %al
	call serial
	loop print
	mov $'\r', %al
	call serial
	mov $'\n', %al

serial:	push %dx
	mov %al, %ah
	mov $0x3fd, %dx
busy:	in %dx, %al
	test $0x20, %al
	jz busy
	mov %ah, %al
	mov $0x3f8, %dx
	out %al, %dx
	pop %dx
	ret

menu:	.asciz "figure: menu: "
scroll:	.asciz "figure: scroll: "
value:	.long 0
	.org 510
	.word 0xaa55
