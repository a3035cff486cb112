/* SPDX-License-Identifier: BSD-2-Clause */
#include "resume.h"
#include "flow_track.h"
#include <stdlib.h>
#include <string.h>

struct resume {
    size_t count;
    struct resumed list[]; /* by what order() says */
};

/* Ends of any order compare alike: the lower one first. */
static int
compare_ends(const struct in6_addr *a, unsigned a_port, const struct in6_addr *b, unsigned b_port)
{
    int result = memcmp(a, b, sizeof *a);

    return result != 0 ? result : (a_port > b_port) - (a_port < b_port);
}

static int
order(const void *one, const void *two)
{
    const struct resumed *a = one, *b = two;
    unsigned x = compare_ends(&a->address[0], a->port[0], &a->address[1], a->port[1]) > 0;
    unsigned y = compare_ends(&b->address[0], b->port[0], &b->address[1], b->port[1]) > 0;
    int result = compare_ends(&a->address[x], a->port[x], &b->address[y], b->port[y]);

    if (result == 0)
        result = compare_ends(&a->address[!x], a->port[!x], &b->address[!y], b->port[!y]);
    return result != 0 ? result : (a->transport > b->transport) - (a->transport < b->transport);
}

struct resume *
resume_open(const struct resumed *list, size_t count)
{
    struct resume *r = count == 0 ? NULL : malloc(sizeof *r + count * sizeof *list);

    if (r == NULL)
        return NULL;
    r->count = count;
    memcpy(r->list, list, count * sizeof *list);
    qsort(r->list, count, sizeof *list, order);
    return r;
}

void
resume_close(struct resume *r)
{
    free(r);
}

static void
turn_round(struct flow *f)
{
    struct in6_addr address = f->address[0];
    uint16_t port = f->port[0];

    f->address[0] = f->address[1];
    f->port[0] = f->port[1];
    f->address[1] = address;
    f->port[1] = port;
}

/* The id tells whether it is that flow, in that encapsulation. */
static bool
become(struct flow *f, const struct resumed *s)
{
    struct flow before = *f;

    if (compare_ends(&f->address[0], f->port[0], &s->address[0], s->port[0]) != 0)
        turn_round(f);
    f->first_us = s->first_us;
    if (flow_id(f) != s->flow) {
        *f = before;
        return false;
    }
    for (unsigned i = 0; i < 2; i++) {
        f->bytes[i] = s->bytes[i];
        f->packets[i] = (uint32_t)s->packets[i];
    }
    f->marks |= FLOW_ESTABLISHED | FLOW_PEER_CHECKED | FLOW_CLASSIFIED;
    if (s->is_direct)
        f->marks |= FLOW_IS_DIRECT;
    return true;
}

const struct resumed *
resume_flow(const struct resume *r, struct flow *f, const struct packet *p, int64_t idle_us)
{
    struct resumed wanted = { .transport = f->protocol };
    const struct resumed *found, *end;

    if (r == NULL || (f->protocol == FLOW_PROTOCOL_TCP && (p->tcp.flags & PACKET_TCP_SYN) != 0))
        return NULL;
    memcpy(wanted.address, f->address, sizeof wanted.address);
    wanted.port[0] = f->port[0];
    wanted.port[1] = f->port[1];
    found = bsearch(&wanted, r->list, r->count, sizeof *r->list, order);
    if (found == NULL)
        return NULL;
    while (found > r->list && order(found - 1, &wanted) == 0)
        found--;
    for (end = r->list + r->count; found < end && order(found, &wanted) == 0; found++)
        if (!resumed_is_over(found, idle_us, f->first_us) && become(f, found))
            return found;
    return NULL;
}
