/* VHDX: the table of regions, which is there twice (MS-VHDX 2.2.3). */
/* SPDX-License-Identifier: MIT */
#include "vhdx_image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "crc32c.h"

static const struct guid bat_guid = VHDX_REGION_BAT;
static const struct guid metadata_guid = VHDX_REGION_METADATA;

void vhdx_region_seal(struct vhdx_region_table *table)
{
	table->header.checksum = 0;
	table->header.checksum = crc32c(0, table, sizeof(*table));
}

static int read_table(struct vhdx *vhdx, int which,
	struct vhdx_region_table *table, bool *valid)
{
	uint32_t checksum;
	int result = vhdx_read(vhdx, VHDX_TABLE_AT(which), table,
		sizeof(*table));

	if (result)
		return result;
	checksum = table->header.checksum;
	vhdx_region_seal(table);
	*valid = table->header.signature == VHDX_REGION_SIGNATURE &&
		table->header.checksum == checksum &&
		table->header.count <= VHDX_ENTRIES_MAX;
	return 0;
}

/* No other structure lies where it lies. */
static int claim(struct vhdx *vhdx, const struct vhdx_region *region)
{
	int result = -EINVAL;

	if (region->offset % VHDX_UNIT || region->length % VHDX_UNIT ||
	    region->offset < VHDX_UNIT || !region->length)
		return problem(vhdx->problems, -EINVAL,
			"A region's place is no whole megabytes.");
	result = vhdx_space_claim(vhdx, region->offset, region->length);
	if (result == -ERANGE)
		return problem(vhdx->problems, -EINVAL,
			"A region is not in the file.");
	if (result)
		return problem(vhdx->problems, -EINVAL,
			"A region lies over something else.");
	return 0;
}

static int take(struct vhdx *vhdx, const struct vhdx_region *region)
{
	struct vhdx_region *into = NULL;

	if (guid_equal(&region->guid, &bat_guid))
		into = &vhdx->bat;
	else if (guid_equal(&region->guid, &metadata_guid))
		into = &vhdx->metadata;
	else if (region->required)
		return problem(vhdx->problems, -ENOTSUP,
			"The image needs a region that is unknown here.");
	if (into && into->length)
		return problem(vhdx->problems, -EINVAL,
			"A region is there twice.");
	if (into)
		*into = *region;
	return claim(vhdx, region);
}

static int take_all(struct vhdx *vhdx, const struct vhdx_region_table *table)
{
	uint32_t i;
	int result;

	for (i = 0; i < table->header.count; i++) {
		result = take(vhdx, &table->entries[i]);
		if (result)
			return result;
	}
	if (!vhdx->bat.length || !vhdx->metadata.length)
		return problem(vhdx->problems, -EINVAL,
			"A region is missing.");
	return 0;
}

int vhdx_region_read(struct vhdx *vhdx)
{
	struct vhdx_region_table *tables = calloc(2, sizeof(*tables));
	bool valid[2] = { false };
	int result, i;

	if (!tables)
		return -ENOMEM;
	result = read_table(vhdx, 0, &tables[0], &valid[0]);
	if (!result)
		result = read_table(vhdx, 1, &tables[1], &valid[1]);
	if (result)
		goto out;
	/* The second serves as well; who checks wants to know. */
	for (i = 0; vhdx->problems->say && i < 2; i++)
		if (!valid[i])
			problem(vhdx->problems, 0,
				"Region table %d is damaged.", i + 1);
	if (vhdx->problems->say && valid[0] && valid[1] &&
	    memcmp(&tables[0], &tables[1], sizeof(struct vhdx_region_header) +
		tables[0].header.count * sizeof(struct vhdx_region)))
		problem(vhdx->problems, 0, "The region tables differ.");
	if (!valid[0] && !valid[1])
		result = problem(vhdx->problems, -EINVAL,
			"Neither of the two region tables is valid.");
	else
		result = take_all(vhdx, valid[0] ? &tables[0] : &tables[1]);
out:
	free(tables);
	return result;
}
