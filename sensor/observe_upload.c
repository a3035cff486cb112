/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a device sends to code hosting and cloud storage: each flow whose host name is on the list
 * of services tells its wire bytes from the client hourly and at its end. Git over SSH shows no
 * name; the analysis knows it by the look-up before.
 */
#include "../conf/list.h"
#include "observe_internal.h"

#define HOUR_S 3600u
#define S_US INT64_C(1000000)

void
observe_upload_name(struct observer *o, struct flow *f, const char *name)
{
    enum locality client, server;
    const struct list_service *service;

    if (f->service != NULL || (service = list_service_by_domain(name)) == NULL)
        return;
    client = locality_of(o->request.config, &f->address[FLOW_CLIENT]);
    server = locality_of(o->request.config, &f->address[FLOW_SERVER]);
    if (client == LOCALITY_OUTSIDE || client == LOCALITY_TRUSTED || server == LOCALITY_TRUSTED)
        return;
    f->service = service;
    f->upload_s = (uint32_t)(f->first_us / S_US);
}

static void
tell(struct observer *o, struct flow *f)
{
    struct fact fact;

    if (f->bytes[FLOW_CLIENT] <= f->uploaded)
        return;
    fact_begin(&fact, FACT_UPLOAD);
    fact_word(&fact, KEY_SERVICE, f->service->name);
    fact_number(&fact, KEY_BYTES, (int64_t)(f->bytes[FLOW_CLIENT] - f->uploaded));
    f->uploaded = f->bytes[FLOW_CLIENT];
    emitter_send(o->request.emitter, f, f->protocol == FLOW_PROTOCOL_TCP ? "tcp" : "udp", &fact);
}

void
observe_upload_packet(struct observer *o, struct flow *f)
{
    uint32_t now_s = (uint32_t)(o->request.emitter->now.time_us / S_US);

    if (now_s - f->upload_s < HOUR_S)
        return;
    f->upload_s = now_s;
    tell(o, f);
}

void
observe_upload_end(struct observer *o, struct flow *f)
{
    if (f->service != NULL)
        tell(o, f);
}
