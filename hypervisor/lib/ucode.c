/* AMD microcode containers. The format: Linux's
 * arch/x86/kernel/cpu/microcode/amd.c and Documentation/arch/x86/microcode.rst;
 * cpio: its initramfs/buffer-format.rst ("newc"). */
/* SPDX-License-Identifier: MIT */
#include "ucode.h"

#include "string.h"

#define MAGIC			0x00414d44u
#define SECTION_EQUIVALENCE	0
#define SECTION_PATCH		1
#define EQUIVALENCE_SIZE	16
#define PATCH_HEADER		64
#define CPIO_HEADER		110

static const char path[] = "kernel/x86/microcode/AuthenticAMD.bin";

struct bytes {
	const uint8_t *at;
	size_t left;
};

static uint32_t word(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, 4);
	return value;
}

/* Eight hexadecimal digits, or more than any size. */
static size_t hex(const uint8_t *text)
{
	size_t value = 0;
	unsigned int i;

	for (i = 0; i < 8; i++) {
		uint8_t digit = text[i];

		if (digit >= '0' && digit <= '9')
			value = value << 4 | (digit - '0');
		else if ((digit | 32) >= 'a' && (digit | 32) <= 'f')
			value = value << 4 | ((digit | 32) - 'a' + 10);
		else
			return (size_t)1 << 40;
	}
	return value;
}

static size_t to_four(size_t size)
{
	return (size + 3) & ~(size_t)3;
}

/* The container inside of a cpio archive. */
static bool open_cpio(struct bytes *in)
{
	while (in->left >= CPIO_HEADER && !memcmp(in->at, "070701", 6)) {
		size_t file = hex(in->at + 54), name = hex(in->at + 94);
		size_t start = to_four(CPIO_HEADER + name);

		if (name > in->left || start > in->left ||
				file > in->left - start)
			return false;
		if (name == sizeof(path) && !memcmp(in->at + CPIO_HEADER,
				path, sizeof(path))) {
			in->at += start;
			in->left = file;
			return true;
		}
		file = to_four(file);
		if (file > in->left - start)
			return false;
		in->at += start + file;
		in->left -= start + file;
	}
	return false;
}

static bool open_file(struct bytes *in, const void *file, size_t size)
{
	*in = (struct bytes){file, size};
	if (size >= 6 && !memcmp(file, "070701", 6) && !open_cpio(in))
		return false;
	return in->left >= 12 && word(in->at) == MAGIC;
}

bool ucode_amd_is_container(const void *file, size_t size)
{
	struct bytes in;

	return open_file(&in, file, size);
}

static void skip(struct bytes *in, size_t size)
{
	in->at += size;
	in->left -= size;
}

/* A section's body; false when it does not lie in what is left. */
static bool section(struct bytes *in, uint32_t *type, struct bytes *body)
{
	if (in->left < 8)
		return false;
	*type = word(in->at);
	*body = (struct bytes){in->at + 8, word(in->at + 4)};
	if (body->left > in->left - 8)
		return false;
	skip(in, 8 + body->left);
	return true;
}

/* The short name under which patches know the processor; 0 for none. */
static uint16_t equivalent(struct bytes table, uint32_t signature)
{
	for (; table.left >= EQUIVALENCE_SIZE; skip(&table, EQUIVALENCE_SIZE)) {
		if (word(table.at) == signature)
			return (uint16_t)word(table.at + 12);
	}
	return 0;
}

/* One container: its table, then patches until the next one's magic. */
static bool read_container(struct bytes *in, uint32_t signature,
	uint32_t *revision, struct bytes *best)
{
	struct bytes body;
	uint16_t name;
	uint32_t type;

	if (in->left < 4 || word(in->at) != MAGIC)
		return false;
	skip(in, 4);
	if (!section(in, &type, &body) || type != SECTION_EQUIVALENCE)
		return false;
	name = equivalent(body, signature);
	while (in->left >= 8 && word(in->at) != MAGIC) {
		if (!section(in, &type, &body) || type != SECTION_PATCH)
			return false;
		if (!name || body.left < PATCH_HEADER ||
				(uint16_t)word(body.at + 24) != name ||
				word(body.at + 4) <= *revision)
			continue;
		*revision = word(body.at + 4);
		*best = body;
	}
	return true;
}

const struct ucode_patch *ucode_amd_find(const void *file, size_t size,
	uint32_t signature, uint32_t revision, size_t *patch_size)
{
	struct bytes in, best = {NULL, 0};

	if (!open_file(&in, file, size))
		return NULL;
	while (read_container(&in, signature, &revision, &best))
		;
	*patch_size = best.left;
	return (const struct ucode_patch *)best.at;
}
