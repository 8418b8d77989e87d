/* The privileged process: taps of adapters, as ports of switches. */
/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "helper_work.h"
#include "keys.h"
#include "liveport.h"
#include "rtnl.h"

static_assert((int)HELPER_ADDRESSES == (int)PORT_ADDRESSES, "addresses");
static_assert((int)HELPER_QUEUES == (int)LIVEPORT_QUEUES, "queues");
static_assert((int)NAME_SIZE <= (int)LIVEPORT_VM, "name");

#define GUARDS	(GUARD_MAC | GUARD_DHCP | GUARD_ROUTER)
#define NICS	8u

static bool good_mac_bytes(const uint8_t mac[6])
{
	static const uint8_t none[6];

	return !(mac[0] & 1) && memcmp(mac, none, sizeof(none));
}

/* As vlans.h has them: those that there are. */
static bool good_vlan_bits(const struct helper_nic *nic)
{
	return !(nic->tagged[0] & 1) && !(nic->tagged[63] >> 63) &&
		nic->native <= VLAN_LAST && nic->trunk <= 1 &&
		(nic->trunk || nic->native);
}

static bool good_addresses(const struct helper_nic *nic)
{
	uint32_t i;

	if (nic->addresses > HELPER_ADDRESSES)
		return false;
	for (i = 0; i < nic->addresses; i++)
		if (!work_ends(nic->address[i], ADDRESS_TEXT) ||
		    !good_address(nic->address[i]))
			return false;
	return true;
}

static bool good_nic(const struct helper_nic *nic)
{
	return nic->number < NICS && good_mac_bytes(nic->mac) &&
		good_vlan_bits(nic) && !(nic->guards & ~GUARDS) &&
		good_addresses(nic) && work_ends(nic->of, sizeof(nic->of)) &&
		(!nic->of[0] || good_switch_name(nic->of));
}

static struct liveport port_of(const struct helper_request *request)
{
	const struct helper_nic *nic = &request->nic;
	struct liveport live = { .nic = nic->number, .port = {
		.trunk = nic->trunk, .native = nic->native,
		.guards = nic->guards, .addresses = (int)nic->addresses } };
	uint32_t i;

	strcpy(live.vm, request->name);
	strcpy(live.port.of, nic->of);
	snprintf(live.port.name, sizeof(live.port.name), "v%02x%02x%02x%02x",
		nic->id[0], nic->id[1], nic->id[2], nic->id[3]);
	memcpy(live.port.mac, nic->mac, sizeof(live.port.mac));
	if (nic->trunk)
		memcpy(live.port.tagged.bits, nic->tagged,
			sizeof(live.port.tagged.bits));
	for (i = 0; i < nic->addresses; i++)
		strcpy(live.port.address[i], nic->address[i]);
	return live;
}

/* Under the lock of the settings: who changes switches is waited for. */
static int with_maker(struct work *work, struct liveport *live, int *queues)
{
	struct maker maker;
	struct link tap;
	int error = maker_open(&maker);

	if (!error) {
		error = queues ? liveport_connect(&maker, live, queues,
			work->request->nic.queues) :
			liveport_change(&maker, live);
		if (!error && queues &&
		    !rtnl_link(maker.socket, live->port.name, &tap))
			work->number = tap.mtu;
		maker_close(&maker);
	}
	if (error && maker.why.text[0])
		trouble(&work->why, error, "%s", maker.why.text);
	return error;
}

int helper_tap(struct work *work)
{
	const struct helper_nic *nic = &work->request->nic;
	int queues[HELPER_QUEUES], error = work_name(work);
	struct liveport live;
	uint32_t i;

	if (error)
		return error;
	if (!good_nic(nic) || !nic->queues || nic->queues > HELPER_QUEUES)
		return -EINVAL;
	live = port_of(work->request);
	error = with_maker(work, &live, queues);
	for (i = 0; !error && i < nic->queues; i++)
		error = parcel_add(work->out, queues[i]);
	return error;
}

int helper_tap_change(struct work *work)
{
	struct liveport live;
	int error = work_name(work);

	if (error)
		return error;
	if (!good_nic(&work->request->nic))
		return -EINVAL;
	live = port_of(work->request);
	return with_maker(work, &live, NULL);
}

int work_forget_taps(struct work *work)
{
	struct maker maker;
	int error = maker_open(&maker);

	if (!error) {
		error = liveport_forget(&maker, work->request->name);
		maker_close(&maker);
	}
	if (error && maker.why.text[0])
		trouble(&work->why, error, "%s", maker.why.text);
	return error;
}
