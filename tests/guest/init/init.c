/* The first and only program of a test's guest. Words after "--" on the
 * kernel's command line say what it does when its checks are done. */
/* SPDX-License-Identifier: MIT */
#include "call.h"
#include "checks.h"
#include "clock.h"
#include "figures.h"
#include "hyperv.h"
#include "say.h"
#include "smp.h"
#include "storage.h"
#include "virtio.h"

#define REBOOT_MAGIC1	0xfee1deadl
#define REBOOT_MAGIC2	0x28121969l
#define REBOOT_OFF	0x4321fedcl
#define REBOOT_AGAIN	0x01234567l
#define TCSBRK		0x5409	/* asm-generic/ioctls.h */

static void reboot(unsigned long how)
{
	/* What was said is to be out before the kernel says something. */
	call(CALL_IOCTL, 1, TCSBRK, 1, 0, 0);
	call(CALL_REBOOT, (long)REBOOT_MAGIC1, REBOOT_MAGIC2, how, 0, 0);
}

static void off(void)
{
	say("off", NULL);
	reboot(REBOOT_OFF);
}

/* With reboot=t a triple fault. */
static void again(void)
{
	reboot(REBOOT_AGAIN);
}

/* A line each half second. */
static void alive(void)
{
	unsigned long i;

	for (i = 1;; i++) {
		call_sleep(500);
		say("alive ", number(i), NULL);
	}
}

static void checks(void)
{
	check_sleep();
	check_clock();
	check_registers();
}

static const struct word {
	const char *name;
	void (*run)(void);
} words[] = {
	{ "check", checks },
	{ "high", check_high_memory },
	{ "memory", check_memory },
	{ "modules", virtio_modules },
	{ "disk", virtio_disk },
	{ "net", virtio_net },
	{ "face", hyperv_face },
	{ "hyperv", hyperv_look },
	{ "tell", hyperv_tell },
	{ "alive", alive },
	{ "smp", check_smp },
	{ "load", smp_load },
	{ "clock", clock_tell },
	{ "figures", tell_figures },
	{ "blocks", storage_figures },
	{ "again", again },
	{ "off", off },
};

static bool same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

static void greet(void)
{
	static char name[6 * 65];
	unsigned long info[16] = { 0 };

	call(CALL_UNAME, (long)name, 0, 0, 0, 0);
	call(CALL_SYSINFO, (long)info, 0, 0, 0, 0);
	say("user space, ", name + 2 * 65, " ", name + 4 * 65, NULL);
	say("memory: ", number(info[4] >> 20), " MB", NULL);
}

/* Who runs it is the kernel, as orderly_poweroff() and orderly_reboot() do;
 * such a process has no files. */
static void asked(const char *name)
{
	call(CALL_OPEN, (long)"/dev/console", 1, 0, 0, 0);
	call(CALL_OPEN, (long)"/dev/console", 1, 0, 0, 0);
	if (same(name, "/sbin/poweroff")) {
		say("asked to power off", NULL);
		off();
	} else if (same(name, "/sbin/reboot")) {
		say("asked to restart", NULL);
		again();
	}
}

void init(const long *stack)
{
	long count = stack[0], i;
	unsigned int j;

	asked((const char *)stack[1]);
	call(CALL_MOUNT, (long)"proc", (long)"/proc", (long)"proc", 0, 0);
	greet();
	for (i = 1; i < count; i++)
		for (j = 0; j < sizeof(words) / sizeof(words[0]); j++)
			if (same((const char *)stack[1 + i], words[j].name))
				words[j].run();
	say("nothing left to do", NULL);
	for (;;)
		call_sleep(1000000);
}

/* The stack holds the count of words, then their addresses. */
__asm__(".globl _start\n_start:\n"
#ifdef __x86_64__
	"mov %rsp, %rdi\nand $-16, %rsp\ncall init\n"
#else
	"mov %esp, %eax\nand $-16, %esp\nsub $12, %esp\npush %eax\n"
	"call init\n"
#endif
	"ud2\n");
