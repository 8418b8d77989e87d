/* A guest of our own: where the VM begins, and its exceptions. */
/* SPDX-License-Identifier: MIT */

/* xen/include/public/elfnote.h: the PVH entry's address. */
	.section .note.pvh, "a", @note
	.long 4, 4, 18
	.asciz "Xen"
	.long _start

	.text
	.globl _start
/* 32-bit protected mode, no paging; EBX: struct hvm_start_info. */
_start:
	cli
	cld
	rdtsc
	mov %eax, tiny_start
	mov %edx, tiny_start + 4
	mov $stack_end, %esp
	push %ebx
	call guest_main
1:	hlt
	jmp 1b

/* Each vector has a stub of 16 bytes: an error code, real or 0, then its
 * number. */
	.balign 16
	.globl trap_stubs
trap_stubs:
	.set vector, 0
	.rept 256
	.balign 16
	.if !(vector == 8 || (vector >= 10 && vector <= 14) || vector == 17)
	push $0
	.endif
	pushl $vector
	jmp trap_common
	.set vector, vector + 1
	.endr
	.balign 16

/* trap(struct trap_frame *): segments may be anything here. */
trap_common:
	pusha
	mov %ds, %eax
	push %eax
	mov $0x10, %eax
	mov %eax, %ds
	mov %eax, %es
	push %esp
	call trap
	add $4, %esp
	pop %eax
	mov %eax, %ds
	mov %eax, %es
	popa
	add $8, %esp
	iret

	.bss
	.balign 8
	.globl tiny_start
tiny_start:
	.skip 8
	.balign 16
	.skip 16384
stack_end:

	.section .note.GNU-stack, "", @progbits
