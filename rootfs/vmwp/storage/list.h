/* Requests in a row. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_STORAGE_LIST_H
#define VMWP_STORAGE_LIST_H

#include "storage/request.h"

struct request_list {
	struct request *first, **last;
};

static inline void list_init(struct request_list *list)
{
	list->first = NULL;
	list->last = &list->first;
}

static inline void list_add(struct request_list *list, struct request *request)
{
	request->next = NULL;
	*list->last = request;
	list->last = &request->next;
}

static inline struct request *list_take(struct request_list *list)
{
	struct request *request = list->first;

	if (!request)
		return NULL;
	list->first = request->next;
	if (!list->first)
		list->last = &list->first;
	return request;
}

static inline void list_put_back(struct request_list *list, struct request *request)
{
	request->next = list->first;
	list->first = request;
	if (!request->next)
		list->last = &request->next;
}

static inline void list_append(struct request_list *list, struct request_list *more)
{
	struct request *request;

	while ((request = list_take(more)))
		list_add(list, request);
}

#endif
