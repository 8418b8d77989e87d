/* Lists of a guest's pages: how they are made, filled, used, saved, loaded. */
/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include <errno.h>

#include "check.h"
#include "vmbus/gpadl.h"

/* The pages themselves are not looked at. */
static const struct ram ram = { (uint8_t *)0x100000, 0x140000 };
static struct gpadls gpadls;

static void check_lists(void)
{
	const struct gpadl *gpadl, *other;
	uint32_t count = 0;
	uint64_t pages = 0;

	for (gpadl = gpadls.first; gpadl; gpadl = gpadl->next) {
		count++;
		pages += gpadl->count;
		CHECK(gpadl->offset < 4096 && gpadl->size % 4096 == 0);
		CHECK(gpadl->count == ((uint64_t)gpadl->offset + gpadl->size +
			4095) / 4096);
		CHECK((gpadl->state == GPADL_FILLING) ==
			(gpadl->filled < gpadl->count));
		for (other = gpadl->next; other; other = other->next)
			CHECK(other->id != gpadl->id ||
				(other->relid != gpadl->relid &&
				(other->state != GPADL_FILLING ||
				gpadl->state != GPADL_FILLING)));
	}
	CHECK(count == gpadls.count && count <= GPADL_COUNT_MAX);
	CHECK(pages == gpadls.pages && pages <= GPADL_PAGES_MAX);
}

static void create(struct input *input)
{
	uint8_t bytes[220], size = input_byte(input) % sizeof(bytes);
	struct gpadl_form form = {
		.id = input_byte(input) % 8,
		.relid = 1 + input_byte(input) % 3,
	};
	struct gpadl *gpadl = NULL;

	input_take(input, &form.bytes, 2);
	input_take(input, &form.ranges, 2);
	input_take(input, bytes, size);
	if (!gpadl_create(&gpadls, &form, bytes, size, &gpadl))
		CHECK(gpadl == gpadl_find(&gpadls, form.relid, form.id));
}

static void fill(struct input *input)
{
	uint8_t bytes[224], size = input_byte(input) % sizeof(bytes);
	struct gpadl *gpadl = gpadl_filling(&gpadls, input_byte(input) % 8);

	input_take(input, bytes, size);
	if (gpadl)
		gpadl_fill(&gpadls, gpadl, bytes, size);
}

static struct gpadl *one(struct input *input)
{
	uint32_t relid = 1 + input_byte(input) % 3;

	return gpadl_find(&gpadls, relid, input_byte(input) % 8);
}

/* A device takes it, the guest tears it down, the device lets it go. */
static void use(struct input *input)
{
	struct gpadl *gpadl = one(input);
	bool leaves = input_byte(input) % 2;

	if (!gpadl || gpadl->state != GPADL_READY)
		return;
	gpadl_take(gpadl);
	if (leaves)
		gpadl->state = GPADL_LEAVING;
	CHECK(gpadl_put(&gpadls, gpadl) == leaves);
}

static void save_load(void)
{
	struct stream stream = { 0 }, after = { 0 };

	gpadls_save(&gpadls, &stream);
	gpadls_drop(&gpadls, 0);
	CHECK(!stream.failed && !gpadls_load(&gpadls, &stream));
	gpadls_save(&gpadls, &after);
	CHECK(stream.size == after.size &&
		!memcmp(stream.data, after.data, after.size));
	stream_free(&stream);
	stream_free(&after);
}

/* What is in the input is a saved state. */
static void load(struct input *input)
{
	uint8_t bytes[256], size = input_byte(input) | 1;
	struct stream stream = { 0 };

	input_take(input, bytes, size);
	stream_put_bytes(&stream, bytes, size);
	gpadls_drop(&gpadls, 0);
	if (gpadls_load(&gpadls, &stream))
		gpadls_drop(&gpadls, 0);
	stream_free(&stream);
}

static void step(struct input *input)
{
	struct gpadl *gpadl;

	switch (input_byte(input) % 8) {
	case 0: case 1: create(input); break;
	case 2: fill(input); break;
	case 3: use(input); break;
	case 4: gpadls_drop(&gpadls, 1 + input_byte(input) % 3); break;
	case 5: save_load(); break;
	case 6: load(input); break;
	case 7:
		gpadl = one(input);
		if (gpadl)
			gpadl_free(&gpadls, gpadl);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct input input = { bytes, size };

	gpadls_init(&gpadls, &ram);
	while (input.left) {
		step(&input);
		check_lists();
	}
	gpadls_drop(&gpadls, 0);
	CHECK(!gpadls.first && !gpadls.count && !gpadls.pages);
	return 0;
}
