/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Bytes that a device sent to code hosting or cloud storage, and whose they are.
 */
#include "../conf/list.h"
#include "join.h"
#include "names.h"

static void
raise_upload(struct analyst *a, const struct observation *o, const struct in6_addr *client,
    const char *service, uint64_t bytes)
{
    struct detect_event e = { .kind = EVENT_UPLOAD, .observation = o, .now_us = a->now_us };
    struct join_end end = join_end_of(a, client);

    /* The company's own machines push as well. */
    if (end.rank == 0 || (end.account == NULL && end.locality == LOCALITY_INSIDE))
        return;
    join_place_event(a, &end, &e);
    e.service = service;
    e.bytes = bytes;
    e.host = end.address;
    join_raise(a, &e);
}

void
join_upload(struct analyst *a, const struct observation *o)
{
    const char *service = fact_get_text(&o->fact, KEY_SERVICE);
    int64_t bytes;

    if (service != NULL && o->has_flow && fact_get_number(&o->fact, KEY_BYTES, &bytes) && bytes > 0)
        raise_upload(a, o, &o->source, service, (uint64_t)bytes);
}

void
join_upload_session(struct analyst *a, const struct observation *o, const struct in6_addr *client,
    const struct in6_addr *server, uint64_t *told)
{
    const struct name_entry *name = names_find(a->names, server);
    const struct list_service *service;
    int64_t bytes;

    if (name == NULL || !fact_get_number(&o->fact, KEY_BYTES_OUT, &bytes) || bytes <= 0 ||
        (uint64_t)bytes <= *told)
        return;
    service = list_service_by_domain(name->name);
    if (service == NULL)
        return;
    raise_upload(a, o, client, service->name, (uint64_t)bytes - *told);
    *told = (uint64_t)bytes;
}
