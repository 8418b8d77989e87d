/* The privileged process of vmms: what it is asked for, and how. */
/* SPDX-License-Identifier: MIT */
#include "helper.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "helper_work.h"

static_assert(sizeof(struct trouble) ==
	sizeof(((struct helper_reply *)0)->text), "trouble");

work_function *const helper_functions[HELPER_TYPES] = {
	[HELPER_LIST_VMS] = helper_list_vms, [HELPER_LOAD] = helper_load,
	[HELPER_SAVE] = helper_save, [HELPER_CREATE] = helper_create,
	[HELPER_RENAME] = helper_rename, [HELPER_DELETE] = helper_delete,
	[HELPER_MARK] = helper_mark,
	[HELPER_IMAGE] = helper_image,
	[HELPER_DISK_CREATE] = helper_disk_create,
	[HELPER_DISK_DELETE] = helper_disk_delete,
	[HELPER_LIST_FILES] = helper_list_files,
	[HELPER_SPACE] = helper_space,
	[HELPER_SOCKETS] = helper_sockets,
	[HELPER_TAP] = helper_tap, [HELPER_TAP_CHANGE] = helper_tap_change,
	[HELPER_DRIVER] = helper_driver, [HELPER_FIRMWARE] = helper_firmware,
	[HELPER_WORKER] = helper_worker, [HELPER_LIMITS] = helper_limits,
	[HELPER_FIND] = helper_find, [HELPER_KILL] = helper_kill,
	[HELPER_ENDED] = helper_ended,
	[HELPER_HOST] = helper_host, [HELPER_JOB] = helper_job,
};

static bool is_request(const struct helper_request *request)
{
	return request->type < HELPER_TYPES &&
		work_ends(request->name, sizeof(request->name)) &&
		work_ends(request->other, sizeof(request->other)) &&
		work_ends(request->file, sizeof(request->file));
}

static int answer(struct helper *helper, int socket,
	const struct helper_request *request, struct parcel *in)
{
	struct parcel out = { .count = 0 };
	struct helper_reply reply = { .type = request->type };
	struct work work = { .helper = helper, .request = request, .in = in,
		.out = &out };

	reply.error = helper->functions[request->type] ?
		helper->functions[request->type](&work) : -ENOSYS;
	if (reply.error) {
		parcel_empty(&out);
		trouble(&work.why, reply.error, "%s", strerror(-reply.error));
		memcpy(reply.text, work.why.text, sizeof(reply.text));
	} else {
		reply.number = work.number;
		reply.size = work.size;
		reply.free = work.free;
	}
	return parcel_send(socket, &reply, sizeof(reply), &out);
}

int helper_run(struct helper *helper, int socket)
{
	struct parcel in;
	struct helper_request request;
	ssize_t size;
	int result;

	for (;;) {
		size = parcel_receive(socket, &request, sizeof(request),
			sizeof(request), &in);
		if (size <= 0)
			return (int)size;
		result = is_request(&request) ?
			answer(helper, socket, &request, &in) : -EPROTO;
		parcel_empty(&in);
		if (result)
			return result;
	}
}
