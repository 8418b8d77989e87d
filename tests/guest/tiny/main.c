/* A tiny guest: picks what its command line names, or does all tests. */
/* SPDX-License-Identifier: MIT */
#include "tiny.h"

static void spin(void)
{
	say("guest: spins with interrupts off\n");
	__asm__ volatile("cli\n1: jmp 1b");
}

static void triple(void)
{
	const struct { uint16_t limit; uint32_t base; }
		__attribute__((packed)) none = { 0, 0 };

	say("guest: triple fault\n");
	__asm__ volatile("lidt %0\nint3" : : "m" (none));
}

static const struct word {
	const char *name;
	void (*run)(void);
	bool alone;	/* not one of all */
} words[] = {
	{ "exceptions", test_exceptions, false },
	{ "segments", test_segments, false },
	{ "strings", test_strings, false },
	{ "code", test_modified_code, false },
	{ "msrs", test_msrs, false },
	{ "virtualization", test_virtualization, false },
	{ "pit", test_pit, false },
	{ "apic", test_apic, false },
	{ "paging", test_paging, false },
	{ "spin", spin, true },
	{ "figures", tell_figures, true },
	{ "start", tell_start, true },
	{ "triple", triple, true },
};

void guest_main(const struct start_info *info)
{
	const char *wanted = (const char *)(uint32_t)info->command_line;
	uint32_t done = 0, i;

	trap_init();
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (*wanted ? !same(wanted, words[i].name) : words[i].alone)
			continue;
		words[i].run();
		say("guest: ok: ");
		say(words[i].name);
		say("\n");
		done++;
	}
	say("guest: done: ");
	say_number(done);
	say("\n");
	off();
}
