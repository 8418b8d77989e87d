/* A program of the kernel's that decides about calls (seccomp), rule by rule. */
/* SPDX-License-Identifier: MIT */
#include "callfilter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#define OFFSET(member)	((uint32_t)offsetof(struct seccomp_data, member))

static void add(struct callfilter *filter, uint16_t code, uint32_t k,
	uint8_t yes, uint8_t no)
{
	filter->list[filter->count++] = (struct sock_filter)
		BPF_JUMP(code, k, yes, no);
}

static void load(struct callfilter *filter, uint32_t offset)
{
	add(filter, BPF_LD | BPF_W | BPF_ABS, offset, 0, 0);
}

static void end(struct callfilter *filter, uint32_t action)
{
	add(filter, BPF_RET | BPF_K, action, 0, 0);
}

/* Each rule begins and ends with the call's number loaded. */
void callfilter_begin(struct callfilter *filter)
{
	filter->count = 0;
	load(filter, OFFSET(arch));
	add(filter, BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0);
	end(filter, SECCOMP_RET_KILL_PROCESS);
	load(filter, OFFSET(nr));
}

void callfilter_ends(struct callfilter *filter, uint32_t least)
{
	add(filter, BPF_JMP | BPF_JGE | BPF_K, least, 0, 1);
	end(filter, SECCOMP_RET_KILL_PROCESS);
}

void callfilter_rule(struct callfilter *filter, uint16_t call,
	const struct callfilter_argument *argument, uint32_t action)
{
	if (!argument->mask) {
		add(filter, BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1);
		end(filter, action);
		return;
	}
	add(filter, BPF_JMP | BPF_JEQ | BPF_K, call, 0, 5);
	/* The low half: x86 counts from there. */
	load(filter, OFFSET(args) + 8 * argument->number);
	add(filter, BPF_ALU | BPF_AND | BPF_K, argument->mask, 0, 0);
	add(filter, BPF_JMP | BPF_JEQ | BPF_K, argument->value, 0, 1);
	end(filter, action);
	load(filter, OFFSET(nr));
}

int callfilter_enter(struct callfilter *filter, uint32_t others)
{
	struct sock_fprog whole = { .filter = filter->list };

	end(filter, others);
	whole.len = filter->count;
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &whole) ?
		-errno : 0;
}
