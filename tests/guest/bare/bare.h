/* A guest of our own, without an operating system: what they all have. */
/* SPDX-License-Identifier: MIT */
#ifndef BARE_H
#define BARE_H

#include <stdbool.h>
#include <stdint.h>

/* xen/include/public/arch-x86/hvm/start_info.h */
struct start_info {
	uint32_t magic, version, flags, modules;
	uint64_t module_list, command_line;
};

/* Where the guest begins. */
void guest_main(const struct start_info *info);

bool same(const char *a, const char *b);
/* Powers off. */
void off(void) __attribute__((noreturn));

/* Serial port. */
void say(const char *text);
void say_number(uint32_t value);
/* Says where, what the last exception was, and in which step (of those that
 * count them); the guest ends. */
extern uint32_t guest_step;
void fail(const char *file, int line, const char *what)
	__attribute__((noreturn));
#define CHECK(condition) do { \
	if (!(condition)) \
		fail(__FILE__, __LINE__, #condition); \
} while (0)

/* Traps. An exception goes on at trap_resume (once), without one the test has
 * failed. Vectors from 32 on count, and NMIs. */
#define TRAP_NONE 0xff
extern volatile uint32_t trap_vector, trap_code, trap_resume;
extern volatile uint32_t trap_counts[256];
void trap_init(void);

/* Does the instruction; the vector of its exception or TRAP_NONE. */
#define TRY(instruction, ...) ({ \
	trap_vector = TRAP_NONE; \
	__asm__ volatile("movl $1f, trap_resume\n" instruction "\n1:" \
		: : __VA_ARGS__ : "memory", "eax", "ecx", "edx"); \
	trap_resume = 0; \
	trap_vector; \
})

static inline void outb(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" : : "a" (value), "Nd" (port));
}

static inline void outw(uint16_t port, uint16_t value)
{
	__asm__ volatile("outw %0, %1" : : "a" (value), "Nd" (port));
}

static inline uint8_t inb(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a" (value) : "Nd" (port));
	return value;
}

static inline void outl(uint16_t port, uint32_t value)
{
	__asm__ volatile("outl %0, %1" : : "a" (value), "Nd" (port));
}

static inline uint16_t inw(uint16_t port)
{
	uint16_t value;

	__asm__ volatile("inw %1, %0" : "=a" (value) : "Nd" (port));
	return value;
}

static inline uint32_t inl(uint16_t port)
{
	uint32_t value;

	__asm__ volatile("inl %1, %0" : "=a" (value) : "Nd" (port));
	return value;
}

static inline uint64_t rdmsr(uint32_t number)
{
	uint64_t value;

	__asm__ volatile("rdmsr" : "=A" (value) : "c" (number));
	return value;
}

static inline void wrmsr(uint32_t number, uint64_t value)
{
	__asm__ volatile("wrmsr" : : "A" (value), "c" (number));
}

#endif
