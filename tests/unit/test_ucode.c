/* AMD microcode containers: right, cut, damaged, random. usage: test_ucode
 * ROUNDS [SEED] */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include "ucode.h"

#include <time.h>

#define MAGIC		0x00414d44u
#define SIGNATURE	0x00800f12u
#define PATCH		80	/* bytes, 64 of them the header */
#define ROOM		2000

static uint64_t state;
static uint8_t file[ROOM];
static size_t size;

static uint64_t any(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static void put(uint32_t value)
{
	memcpy(file + size, &value, 4);
	size += 4;
}

static void put_patch(uint32_t revision, uint16_t name)
{
	uint8_t *patch;

	put(1);
	put(PATCH);
	patch = file + size;
	memset(patch, 0xcc, PATCH);
	memcpy(patch + 4, &revision, 4);
	memcpy(patch + 24, &name, 2);
	size += PATCH;
}

/* A table that calls a processor by a short name, and its end. */
static void put_table(uint32_t signature, uint32_t name)
{
	put(MAGIC);
	put(0);
	put(32);
	put(signature);
	put(0);
	put(0);
	put(name);
	put(0);
	put(0);
	put(0);
	put(0);
}

static void put_file(void)
{
	size = 0;
	put_table(0x12345678, 0x1111);
	put_patch(99, 0x1111);
	put_table(SIGNATURE, 0x8012);
	put_patch(5, 0x8012);
	put_patch(7, 0x8012);
	put_patch(6, 0x8012);
	put_patch(100, 0x1111);
}

static uint32_t revision_of(const struct ucode_patch *patch)
{
	uint32_t revision;

	memcpy(&revision, (const uint8_t *)patch + 4, 4);
	return revision;
}

/* In a copy of exactly this size, so that ASan sees every step beyond it. */
static uint32_t find(const uint8_t *bytes, size_t count, uint32_t revision)
{
	uint8_t *copy = malloc(count);
	const struct ucode_patch *patch;
	size_t patch_size = 0;
	uint32_t found = 0;

	CHECK(copy || !count);
	if (count)
		memcpy(copy, bytes, count);
	ucode_amd_is_container(copy, count);
	patch = ucode_amd_find(copy, count, SIGNATURE, revision, &patch_size);
	if (patch) {
		size_t at = (size_t)((const uint8_t *)patch - copy);

		CHECK(patch_size >= 64 && at <= count &&
			patch_size <= count - at);
		found = revision_of(patch);
		CHECK(found > revision);
	}
	free(copy);
	return found;
}

static void right(void)
{
	put_file();
	CHECK(ucode_amd_is_container(file, size));
	CHECK(find(file, size, 0) == 7);
	CHECK(find(file, size, 5) == 7);
	CHECK(find(file, size, 7) == 0);
	CHECK(find(file, size, 0xffffffff) == 0);
	size = 0;
	put_table(0x55555555, 0x8012);
	put_patch(5, 0x8012);
	CHECK(find(file, size, 0) == 0);
}

/* In an archive as initramfs tools make it. */
static void archive(void)
{
	static const char path[] = "kernel/x86/microcode/AuthenticAMD.bin";
	char header[111];
	uint8_t inner[ROOM];
	size_t inner_size;

	put_file();
	memcpy(inner, file, size);
	inner_size = size;
	sprintf(header, "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x",
		0, 0, 0, 0, 0, 0, (unsigned int)inner_size, 0, 0, 0, 0,
		(unsigned int)sizeof(path), 0);
	memset(file, 0, sizeof(file));
	memcpy(file, header, 110);
	memcpy(file + 110, path, sizeof(path));
	size = (110 + sizeof(path) + 3) & ~(size_t)3;
	memcpy(file + size, inner, inner_size);
	size += inner_size;
	CHECK(ucode_amd_is_container(file, size));
	CHECK(find(file, size, 0) == 7);
	memcpy(file + 54, "ffffffff", 8);
	CHECK(!ucode_amd_is_container(file, size));
	memcpy(file + 54, "0000zzzz", 8);
	CHECK(!ucode_amd_is_container(file, size));
	memcpy(file + 54, "00000000", 8);
	memcpy(file + 94, "ffffffff", 8);
	CHECK(!ucode_amd_is_container(file, size));
}

static void cut(void)
{
	size_t count;

	put_file();
	for (count = 0; count <= size; count++)
		find(file, count, 0);
	CHECK(find(file, size - PATCH - 8 - 1, 0) == 7);
}

static void lengths(void)
{
	static const uint32_t wrong[] = {0, 1, 15, 63, 0x7fffffff, 0x80000000,
		0xfffffff8, 0xffffffff};
	size_t at, i;

	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		put_file();
		for (at = 0; at + 4 <= size; at += 4) {
			put_file();
			memcpy(file + at, &wrong[i], 4);
			find(file, size, 0);
		}
	}
}

static void damaged(void)
{
	unsigned int i, hits = 1 + (unsigned int)(any() % 20);

	put_file();
	for (i = 0; i < hits; i++)
		file[any() % size] = (uint8_t)any();
	find(file, any() % (size + 1), (uint32_t)(any() % 10));
	for (i = 0; i < size; i++)
		file[i] = (uint8_t)any();
	if (any() % 2)
		memcpy(file, "070701", 6);
	find(file, size, 0);
}

int main(int count, char **words)
{
	uint64_t i, rounds = count > 1 ? strtoull(words[1], NULL, 10) : 1000;

	state = count > 2 ? strtoull(words[2], NULL, 10) : (uint64_t)time(NULL);
	printf("test_ucode: %lu rounds, seed %lu\n", rounds, state);
	state = state * 0x9e3779b97f4a7c15 + 1;
	right();
	archive();
	cut();
	lengths();
	for (i = 0; i < rounds; i++)
		damaged();
	return 0;
}
