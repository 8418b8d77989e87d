/* What the service does for each verb. */
/* SPDX-License-Identifier: MIT */
#include "functions.h"

#include "server.h"
#include "service.h"

static void run_version(struct request *request)
{
	const struct service *service = request->server->context;

	request_answer(request, json_pack("{s:s, s:i}", "socle",
		service->version, "protocol", SERVER_VERSION));
}

static void run_subscribe(struct request *request)
{
	request_subscribe(request);
	request_answer(request, NULL);
}

verb_run *const functions[ASKS] = {
	[ASK_LIST] = run_list,
	[ASK_SHOW] = run_show,
	[ASK_CREATE] = run_create,
	[ASK_SET] = run_set,
	[ASK_DELETE] = run_delete,
	[ASK_RENAME] = run_rename,
	[ASK_START] = run_start,
	[ASK_STOP] = run_stop,
	[ASK_REBOOT] = run_reboot,
	[ASK_RESET] = run_reset,
	[ASK_PAUSE] = run_pause,
	[ASK_RESUME] = run_resume,
	[ASK_CONSOLE] = run_console,
	[ASK_SCREEN] = run_screen,
	[ASK_CPU] = run_cpu,
	[ASK_MEMORY] = run_memory,
	[ASK_INTEGRATION] = run_integration,
	[ASK_DISK_ADD] = run_disk_add,
	[ASK_DISK_SET] = run_disk_set,
	[ASK_DISK_REMOVE] = run_disk_remove,
	[ASK_DISK_CREATE] = run_disk_create,
	[ASK_ISO_INSERT] = run_iso_insert,
	[ASK_ISO_EJECT] = run_iso_eject,
	[ASK_ISO_LIST] = run_iso_list,
	[ASK_NIC_ADD] = run_nic_add,
	[ASK_NIC_CONNECT] = run_nic_connect,
	[ASK_NIC_DISCONNECT] = run_nic_disconnect,
	[ASK_NIC_SET] = run_nic_set,
	[ASK_NIC_REMOVE] = run_nic_remove,
	[ASK_SWITCH_CREATE] = run_switch_create,
	[ASK_SWITCH_LIST] = run_switch_list,
	[ASK_SWITCH_SET] = run_switch_set,
	[ASK_SWITCH_DELETE] = run_switch_delete,
	[ASK_HOST_SHOW] = run_host_show,
	[ASK_HOST_SET] = run_host_set,
	[ASK_HOST_REPORT] = run_host_report,
	[ASK_HOST_CLOCK] = run_host_clock,
	[ASK_HOST_SETTINGS] = run_host_settings,
	[ASK_HOST_STORAGE] = run_host_storage,
	[ASK_HOST_STICK] = run_host_stick,
	[ASK_HOST_NETWORK] = run_host_network,
	[ASK_HOST_RESTART] = run_host_restart,
	[ASK_HOST_STOP] = run_host_stop,
	[ASK_GOING_DOWN] = run_going_down,
	[ASK_VERSION] = run_version,
	[ASK_SUBSCRIBE] = run_subscribe,
};
