/* Hypercalls about properties of the system and of partitions. */
/* SPDX-License-Identifier: MIT */
#include "../abi/hypercall.h"
#include "../abi/status.h"
#include "hypercall.h"
#include "log.h"
#include "machine.h"
#include "partition.h"

/* What SET_SYSTEM_PROPERTY said last about each ACPI state, S1 to S5. */
static struct {
	bool known;
	uint8_t type_a, type_b;
} sleep_type[6];

uint16_t property_get_system(struct hypercall *call)
{
	const struct hv_get_system_property_in *in = call->in;
	struct hv_get_system_property_out *out = call->out;

	if (in->property != HV_PROPERTY_SCHEDULER_TYPE)
		return HV_STATUS_UNKNOWN_PROPERTY;
	out->value = HV_SCHEDULER_ROOT;
	return HV_STATUS_SUCCESS;
}

uint16_t property_set_system(struct hypercall *call)
{
	const struct hv_set_system_property_in *in = call->in;

	if (in->property != HV_PROPERTY_SLEEP_STATE)
		return HV_STATUS_UNKNOWN_PROPERTY;
	/* SLP_TYP has three bits: ACPI 4.8.3.2.1. */
	if (!in->sleep_state || in->sleep_state > 5 || in->pm1a_type > 7 ||
			in->pm1b_type > 7)
		return HV_STATUS_PROPERTY_VALUE_OUT_OF_RANGE;
	sleep_type[in->sleep_state].type_a = in->pm1a_type;
	sleep_type[in->sleep_state].type_b = in->pm1b_type;
	sleep_type[in->sleep_state].known = true;
	return HV_STATUS_SUCCESS;
}

uint16_t property_sleep(struct hypercall *call)
{
	const struct hv_sleep_in *in = call->in;

	/* Other states would come back without us. */
	if (in->sleep_state != 5)
		return HV_STATUS_INVALID_PARAMETER;
	if (!sleep_type[5].known || !machine.pm1a_port)
		return HV_STATUS_OPERATION_DENIED;
	log_line("The parent turns the machine off.");
	machine_sleep(5, sleep_type[5].type_a, sleep_type[5].type_b);
	return HV_STATUS_OPERATION_DENIED;
}

uint16_t property_partition_id(struct hypercall *call)
{
	*(uint64_t *)call->out = parent->id;
	return HV_STATUS_SUCCESS;
}

uint16_t property_get_partition_ex(struct hypercall *call)
{
	const struct hv_property_ex_in *in = call->in;

	if (!partition_find(in->partition_id))
		return HV_STATUS_INVALID_PARTITION_ID;
	return HV_STATUS_UNKNOWN_PROPERTY;
}
