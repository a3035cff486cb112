/* SPDX-License-Identifier: BSD-2-Clause */
#include "path.h"
#include <stdio.h>
#include <string.h>

/* RDP is not among them: its clients may ask for a password between the confirm and their answer,
 * and then the least of any number of samples is a person's. */
static const struct {
    const char *layer;
    enum path_clock clock;
} layers[] = {
    { "tcp", PATH_TCP },
    { "openvpn", PATH_TUNNEL },
    { "ike", PATH_TUNNEL },
    { "wireguard", PATH_TUNNEL },
    { "dtls", PATH_TUNNEL },
    { "tls", PATH_APPLICATION },
    { "ssh", PATH_APPLICATION },
    { "http", PATH_APPLICATION },
    { "inner", PATH_INNER },
};

static const struct memory_field path_time_memory[] = {
    MEMORY_NUMBER(struct path_time, least_us),
    MEMORY_NUMBER(struct path_time, count),
    MEMORY_NUMBER(struct path_time, flow),
    MEMORY_BYTES(struct path_time, exchange),
    MEMORY_PART(struct path_time, source, claim_source_memory),
    MEMORY_END,
};

static const struct memory_field path_memory[] = {
    MEMORY_BYTES(struct path, address),
    MEMORY_NUMBER(struct path, last_us),
    MEMORY_EACH(struct path, by, path_time_memory),
    MEMORY_END,
};

const struct memory_field paths_memory[] = {
    MEMORY_EACH(struct paths, list, path_memory),
    MEMORY_END,
};

enum path_clock
path_clock_of(const char *layer)
{
    for (size_t i = 0; i < sizeof layers / sizeof layers[0]; i++)
        if (strcmp(layers[i].layer, layer) == 0)
            return layers[i].clock;
    return PATH_CLOCKS;
}

struct path *
path_touch(struct paths *t, const struct in6_addr *address, int64_t now_us)
{
    struct path *oldest = &t->list[0];

    for (unsigned i = 0; i < PATHS; i++) {
        struct path *p = &t->list[i];

        if (p->last_us != 0 && memcmp(&p->address, address, sizeof p->address) == 0) {
            p->last_us = now_us;
            return p;
        }
        oldest = p->last_us < oldest->last_us ? p : oldest;
    }
    memset(oldest, 0, sizeof *oldest);
    oldest->address = *address;
    oldest->last_us = now_us;
    return oldest;
}

/* What was timed, in the words of its parser. */
static void
name_exchange(char out[PATH_EXCHANGE], const struct fact *f)
{
    const char *layer = fact_get_text(f, KEY_LAYER), *version = fact_get_text(f, KEY_VERSION);
    const char *how = fact_get_text(f, KEY_HOW);

    snprintf(out, PATH_EXCHANGE, "%s%s%s",
        version != NULL ? version
        : layer != NULL ? layer
                        : "",
        how == NULL ? "" : ", ", how == NULL ? "" : how);
}

void
path_add(struct path *p, enum path_clock clock, int64_t rtt_us, const struct observation *o)
{
    struct path_time *t = &p->by[clock];

    if (t->count == 0 || o->flow != t->flow)
        t->count++;
    t->flow = o->flow;
    if (t->least_us == 0 || rtt_us < t->least_us) {
        t->least_us = rtt_us;
        name_exchange(t->exchange, &o->fact);
        t->source = claim_source_of(o);
    }
}
