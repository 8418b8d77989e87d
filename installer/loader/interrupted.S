/* What a disk says whose installation did not come to its end. */
/* SPDX-License-Identifier: MIT */
/*
 * The boot code of the first sector, 440 bytes at most, until the loader's takes
 * its place as the installation's last write. Entered by firmware at 0:0x7c00 in
 * real mode. The text goes to the screen and to the first serial port, for a
 * machine without a screen.
 */
	.code16
	.globl _start
_start:
	cli
	xorw %ax, %ax
	movw %ax, %ds
	movw %ax, %ss
	movw $0x7c00, %sp
	cld
	ljmp $0, $main
main:
	sti
	movw $text, %si
next:
	lodsb
	testb %al, %al
	jz halt
	call put_serial
	movb $0x0e, %ah		/* INT 10h: teletype */
	movw $7, %bx
	int $0x10
	jmp next
halt:
	hlt
	jmp halt

/* The byte of %al, when the port takes it before it has been asked 65,536 times. */
put_serial:
	pushw %ax
	movb %al, %ah
	movw $0x3fd, %dx
	xorw %cx, %cx
ask:
	inb %dx, %al
	testb $0x20, %al	/* transmitter holding register empty */
	loopz ask
	jz full
	movw $0x3f8, %dx
	movb %ah, %al
	outb %al, %dx
full:
	popw %ax
	ret

text:
	.ascii "\r\nThe installation of Socle Server on this disk was "
	.asciz "interrupted.\r\nStart from the medium and install again.\r\n"
	.org 440		/* and no more */
