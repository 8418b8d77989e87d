/* The entry from the loader, entries of the descriptor table, code under test,
 * and the start of the second processor. */
/* SPDX-License-Identifier: MIT */
#include "layout.h"

	.section .entry, "ax"
	.code64
	.org 0x200
	.globl entry
entry:
	cli
	cld
	/* Linked to BASE: another place means a machine without that RAM. */
	lea entry(%rip), %rax
	cmp $entry, %rax
	jne .
	mov $cpus + CPU_BLOCK, %rsp
	mov $bss_start, %edi
	mov $bss_end, %ecx
	sub %edi, %ecx
	xor %eax, %eax
	rep stosb
	mov %rsi, %rdi
	call main
	jmp .

	.text
/* All registers in the order of struct frame. */
	.altmacro
	.macro gate vector, has_code
	.align 16
	.if \has_code == 0
	push $0
	.endif
	push $\vector
	jmp common
	.endm

	.align 16
	.globl trap_entries
trap_entries:
	.set i, 0
	.rept 256
	.if i == 8 || (i >= 10 && i <= 14) || i == 17 || i == 21 || i == 29 || i == 30
	gate %i, 1
	.else
	gate %i, 0
	.endif
	.set i, i + 1
	.endr

	.align 16
common:
	push %r15
	push %r14
	push %r13
	push %r12
	push %r11
	push %r10
	push %r9
	push %r8
	push %rdi
	push %rsi
	push %rbp
	push $0
	push %rbx
	push %rdx
	push %rcx
	push %rax
	cld
	mov %rsp, %rdi
	call trap_handle
	pop %rax
	pop %rcx
	pop %rdx
	pop %rbx
	add $8, %rsp
	pop %rbp
	pop %rsi
	pop %rdi
	pop %r8
	pop %r9
	pop %r10
	pop %r11
	pop %r12
	pop %r13
	pop %r14
	pop %r15
	add $16, %rsp
	iretq

/* Handlers that need no stack of the processor's own; one steps over UD2. */
	.globl deliver_entry, deliver_fault
	.globl deliver_count, deliver_rsp, deliver_rip
deliver_fault:
	push (%rsp)
	pop deliver_rip
	addq $2, (%rsp)
	jmp 1f
deliver_entry:
	push (%rsp)
	pop deliver_rip
1:	incq deliver_count
	mov %rsp, deliver_rsp
	iretq

	.bss
	.align 8
deliver_count:
	.quad 0
deliver_rsp:
	.quad 0
deliver_rip:
	.quad 0
	.text

/* void run_enter(struct run *run, struct cpu *cpu): returns when the code has
 * met an exception. */
	.globl run_enter, run_leave
run_enter:
	push %rbp
	push %rbx
	push %r12
	push %r13
	push %r14
	push %r15
	mov %rsp, CPU_RUN_RSP(%rsi)
	mov %rsp, CPU_RSP0(%rsi)
	pushq 152(%rdi)		/* SS */
	pushq 32(%rdi)		/* RSP */
	pushq 144(%rdi)		/* RFLAGS */
	pushq 136(%rdi)		/* CS */
	pushq 128(%rdi)		/* RIP */
	mov (%rdi), %rax
	mov 8(%rdi), %rcx
	mov 16(%rdi), %rdx
	mov 24(%rdi), %rbx
	mov 40(%rdi), %rbp
	mov 48(%rdi), %rsi
	mov 64(%rdi), %r8
	mov 72(%rdi), %r9
	mov 80(%rdi), %r10
	mov 88(%rdi), %r11
	mov 96(%rdi), %r12
	mov 104(%rdi), %r13
	mov 112(%rdi), %r14
	mov 120(%rdi), %r15
	mov 56(%rdi), %rdi
	.globl run_iret
run_iret:
	iretq
run_leave:
	pop %r15
	pop %r14
	pop %r13
	pop %r12
	pop %rbx
	pop %rbp
	ret

/* Copied to TRAMPOLINE. In real mode it steps over a CPUID with prefixes. */
	.globl trampoline, trampoline_end
	.code16
trampoline:
	cli
	xor %ax, %ax
	mov %ax, %ds
	xor %eax, %eax
	xor %ecx, %ecx
	.byte 0x66, 0x67, 0x2e
	cpuid
	lgdtl TRAMPOLINE + (2f - trampoline)
	mov $0x20, %eax		/* PAE */
	mov %eax, %cr4
	mov TRAMPOLINE + (3f - trampoline), %eax
	mov %eax, %cr3
	mov $0xc0000080, %ecx	/* EFER: LME */
	rdmsr
	or $0x100, %eax
	wrmsr
	mov %cr0, %eax
	or $0x80000001, %eax
	mov %eax, %cr0
	ljmpl $CODE64, $1f
	.globl trampoline_gdt, trampoline_cr3
	.align 8
trampoline_gdt:
2:	.word 0
	.long 0
trampoline_cr3:
3:	.long 0
trampoline_end:

	.code64
1:	mov $DATA, %eax
	mov %eax, %ds
	mov %eax, %es
	mov %eax, %ss
	mov cpu_start_stack, %rsp
	call cpu_main
	jmp .

	.section .note.GNU-stack, "", @progbits
