/* VHDX: the file's identifier and its two headers (MS-VHDX 2.2.1, 2.2.2). */
/* SPDX-License-Identifier: MIT */
#include "vhdx_image.h"

#include <errno.h>
#include <string.h>

#include "crc32c.h"

/* A session writes a few: an image that has no numbers left is made up. */
#define SEQUENCE_MAX	(UINT64_MAX - UINT32_MAX)

void vhdx_header_seal(struct vhdx_header *header)
{
	header->checksum = 0;
	header->checksum = crc32c(0, header, sizeof(*header));
}

static int read_one(struct vhdx *vhdx, int which, struct vhdx_header *header,
	bool *valid)
{
	uint32_t checksum;
	int result = vhdx->file->ops->read(vhdx->file, VHDX_HEADER_AT(which),
		header, sizeof(*header));

	if (result)
		return result;
	checksum = header->checksum;
	vhdx_header_seal(header);
	*valid = header->signature == VHDX_HEADER_SIGNATURE &&
		header->checksum == checksum;
	return 0;
}

/* Two with the same number are current only if they are the same. */
static int choose(const struct vhdx_header *headers, const bool *valid)
{
	if (!valid[0] || !valid[1])
		return valid[0] ? 0 : valid[1] ? 1 : -1;
	if (headers[0].sequence == headers[1].sequence)
		return memcmp(&headers[0], &headers[1], sizeof(*headers)) ?
			-1 : 0;
	return headers[0].sequence > headers[1].sequence ? 0 : 1;
}

static bool is_written(const struct vhdx *vhdx)
{
	return vhdx->disk && !vhdx->disk->facts.read_only;
}

static int check(struct vhdx *vhdx)
{
	const struct vhdx_header *header = &vhdx->header;
	bool dirty = !guid_is_zero(&header->log);

	if (header->version != 1)
		return problem(vhdx->problems, -ENOTSUP,
			"The image has version %u of VHDX.", header->version);
	if (header->sequence > SEQUENCE_MAX)
		return problem(vhdx->problems, -EINVAL,
			"The header's sequence number is at its end.");
	if (dirty && header->log_version)
		return problem(vhdx->problems, -ENOTSUP,
			"The log has version %u.", header->log_version);
	if (header->log_offset % VHDX_UNIT || header->log_length % VHDX_UNIT ||
	    header->log_offset < VHDX_UNIT || !header->log_length)
		return problem(vhdx->problems, -EINVAL,
			"The log's place is no whole megabytes.");
	if (header->log_offset > vhdx->there ||
	    header->log_length > vhdx->there - header->log_offset)
		return problem(vhdx->problems, -EINVAL,
			"The log is not in the file.");
	/* What is written must be readable after a cut. */
	if (header->log_length > VHDX_LOG_MAX && (dirty || is_written(vhdx)))
		return problem(vhdx->problems, -ENOTSUP,
			"The log is longer than 64 MB.");
	return 0;
}

int vhdx_header_read(struct vhdx *vhdx)
{
	struct vhdx_header headers[2];
	bool valid[2];
	uint64_t signature;
	int result, i;

	if (vhdx->there < VHDX_UNIT)
		return problem(vhdx->problems, -EINVAL,
			"The file is too short for a VHDX image.");
	result = vhdx->file->ops->read(vhdx->file, 0, &signature,
		sizeof(signature));
	if (result)
		return result;
	if (signature != VHDX_FILE_SIGNATURE)
		return problem(vhdx->problems, -EINVAL,
			"The file is no VHDX image.");
	for (i = 0; i < 2; i++) {
		result = read_one(vhdx, i, &headers[i], &valid[i]);
		if (result)
			return result;
	}
	vhdx->current = choose(headers, valid);
	if (vhdx->current < 0)
		return problem(vhdx->problems, -EINVAL,
			"Neither of the two headers is valid.");
	vhdx->header = headers[vhdx->current];
	return check(vhdx);
}

/* The one that is not current becomes it. */
static int write_other(struct vhdx *vhdx)
{
	struct vhdx_header *header = &vhdx->header;
	int result, other = !vhdx->current;

	header->sequence++;
	vhdx_header_seal(header);
	result = vhdx->file->ops->write(vhdx->file, VHDX_HEADER_AT(other),
		header, sizeof(*header));
	if (!result)
		result = file_sync(vhdx->file);
	if (!result)
		vhdx->current = other;
	return result;
}

int vhdx_header_update(struct vhdx *vhdx)
{
	int result = write_other(vhdx);

	return result ? result : write_other(vhdx);
}
