/* SPDX-License-Identifier: BSD-2-Clause */
#include "claim.h"
#include <stdio.h>
#include <string.h>

const struct memory_field claim_source_memory[] = {
    MEMORY_NUMBER(struct claim_source, time_us),
    MEMORY_NUMBER(struct claim_source, flow),
    MEMORY_NUMBER(struct claim_source, packet),
    MEMORY_BYTES(struct claim_source, protocol),
    MEMORY_BYTES(struct claim_source, capture),
    MEMORY_BYTES(struct claim_source, encapsulation),
    MEMORY_END,
};

struct claim_source
claim_source_of(const struct observation *o)
{
    struct claim_source s = {
        .time_us = o->time_us,
        .flow = o->has_flow ? o->flow : 0,
        .packet = o->packet,
    };

    snprintf(s.protocol, sizeof s.protocol, "%s", o->protocol);
    snprintf(s.capture, sizeof s.capture, "%s", o->capture);
    snprintf(s.encapsulation, sizeof s.encapsulation, "%s", o->encapsulation);
    return s;
}

bool
claim_merge(struct claim *into, const struct claim *more)
{
    if (strcmp(into->what, more->what) != 0 || strcmp(into->value, more->value) != 0 ||
        strcmp(into->source.capture, more->source.capture) != 0)
        return false;
    if (into->source.packet == more->source.packet || into->packet_count == ALERT_PACKETS)
        return true;
    for (unsigned i = 0; i < into->packet_count; i++)
        if (into->packets[i] == more->source.packet)
            return true;
    into->packets[into->packet_count++] = more->source.packet;
    return true;
}

struct alert_evidence
claim_view(const struct claim *c)
{
    struct alert_evidence view = {
        .what = c->what,
        .value = c->value,
        .protocol = c->source.protocol,
        .flow = c->source.flow,
        .encapsulation = c->source.encapsulation[0] == '\0' ? NULL : c->source.encapsulation,
        .capture = c->source.capture,
        .packet = c->source.packet,
        .packet_count = c->packet_count,
    };

    memcpy(view.packets, c->packets, sizeof view.packets);
    return view;
}
