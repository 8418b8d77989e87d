# Unit tests of vmwp's network adapters with a guest that is not there, under
# ASan and UBSan. usage: make -f net.mk check
# SPDX-License-Identifier: MIT

TESTS = test_frame test_watch test_netvsp test_net_tap test_net_hostile
PARTS = $(addprefix vmwp/,vmbus/* shared ram say stream clock bus events thread \
	filter filter_rules callfilter) \
	$(addprefix vmwp/net/,netvsp nic nvsp rndis oid offload rss address lane \
	watch transmit bytes receive pieces rooms frame tap netstate)
PLACES = vmwp .
include common.mk
