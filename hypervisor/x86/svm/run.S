/* In and out of a virtual processor. */
/* SPDX-License-Identifier: MIT */

#include "../offsets.h"

	.section .rodata
data_selector:
	.word 0x10

	.text
	.code64

/* void svm_enter(uint64_t *gpr, uint64_t vmcb, uint64_t host)
 * GIF is 0 here; VMRUN sets it, the exit clears it. RAX and RSP are in the
 * VMCB. VMLOAD and VMSAVE exchange what VMRUN leaves alone, above all the task
 * register: stacks of our own hang on it. APM v2 15.5.2 */
	.globl svm_enter
svm_enter:
	push %rbp
	push %rbx
	push %r12
	push %r13
	push %r14
	push %r15
	push %rdx
	push %rdi
	mov %rsi, %rax
	vmload %rax
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
	cmpb $0, speculation + SPECULATION_CLEAR
	je 1f
	verw data_selector
	/* With virtual interrupt masking (children) it is our IF that lets
	 * interrupts end a run; GIF keeps them from us. APM v2 15.21.1 */
1:	sti
	vmrun %rax
	.globl svm_left
svm_left:
	cli
	vmsave %rax
	mov 8(%rsp), %rax
	vmload %rax
	cmpb $0, speculation + SPECULATION_FILL
	je 4f
	/* 32 returns of ours, before there is one of ours to predict. The
	 * parent's registers are still live: only the stack is used. */
	.rept 32
	call 3f
2:	pause
	lfence
	jmp 2b
3:
	.endr
	add $32 * 8, %rsp
	lfence
4:
	xchg %rdi, (%rsp)
	mov %rcx, 8(%rdi)
	mov %rdx, 16(%rdi)
	mov %rbx, 24(%rdi)
	mov %rbp, 40(%rdi)
	mov %rsi, 48(%rdi)
	mov %r8, 64(%rdi)
	mov %r9, 72(%rdi)
	mov %r10, 80(%rdi)
	mov %r11, 88(%rdi)
	mov %r12, 96(%rdi)
	mov %r13, 104(%rdi)
	mov %r14, 112(%rdi)
	mov %r15, 120(%rdi)
	pop %rax
	mov %rax, 56(%rdi)
	pop %rax
	pop %r15
	pop %r14
	pop %r13
	pop %r12
	pop %rbx
	pop %rbp
	ret

/* void svm_let_in(bool interrupts) */
	.globl svm_let_in
svm_let_in:
	stgi
	nop
	test %dil, %dil
	jz 1f
	sti
	nop
	nop
	cli
1:	clgi
	ret

/* void svm_wait(void) */
	.globl svm_wait, svm_wait_end
svm_wait:
	stgi
	hlt
svm_wait_end:
	clgi
	ret

	.section .note.GNU-stack, "", @progbits
