/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What is remembered beside a flow's own streams: the streams that its messages carry, a few at a
 * time, and what parsers keep of links, where frames have no flow.
 */
#include "observe_internal.h"

#define NESTED_MAX 16 /* streams at a time: logins under way through one gateway */
#define LINK_USED 1
#define WIDE_SHIFT 8

/* Where the stream stands in its list: the end of it (NULL there) when it is not in it; the oldest
 * one's place makes room for it. */
static struct stream_pair **
find(struct observer *o, struct stream_pair *carrier, uint32_t key)
{
    struct stream_pair **at = &carrier->nested;
    unsigned n = 0;

    while (*at != NULL && (*at)->which.key != key) {
        if (++n == NESTED_MAX) {
            stream_pair_free(o->streams, *at);
            *at = NULL;
            break;
        }
        at = &(*at)->next_nested;
    }
    return at;
}

struct stream_pair *
observe_nested_take(
    struct observer *o, struct stream_pair *carrier, uint32_t key, uint64_t candidates)
{
    struct stream_pair **at, *pair = NULL;

    if (carrier != NULL) {
        at = find(o, carrier, key);
        pair = *at;
        if (pair != NULL) {
            *at = pair->next_nested;
        } else if ((pair = stream_pair_take(o->streams)) != NULL) {
            pair->candidates = candidates;
            pair->which.key = key;
        }
    }
    if (pair == NULL) {
        o->counts.streams_refused++;
        return NULL;
    }
    pair->next_nested = carrier->nested;
    carrier->nested = pair;
    return pair;
}

void
observe_nested_drop(struct observer *o, struct stream_pair *carrier, uint32_t key)
{
    struct stream_pair **at, *gone;

    if (carrier == NULL || *(at = find(o, carrier, key)) == NULL)
        return;
    gone = *at;
    *at = gone->next_nested;
    stream_pair_free(o->streams, gone);
}

void
observe_links_forget(struct observer *o, struct observe_link *links, unsigned count)
{
    for (struct observe_link *l = links; l < links + count; l++) {
        while (l->pair.nested != NULL)
            observe_nested_drop(o, &l->pair, l->pair.nested->which.key);
        memset(l, 0, sizeof *l);
    }
}

/* Two that fall on one place forget each other. */
struct stream_pair *
observe_link_pair(struct observer *o, const struct packet *p, uint16_t type, bool is_wide)
{
    uint64_t key = (uint64_t)p->encapsulation << 32 | LINK_USED;
    bool has_ends = !is_wide && p->source_mac != NULL && p->destination_mac != NULL;
    struct observe_link *l;

    for (unsigned i = 0; has_ends && i < 6; i++)
        key += ((uint64_t)p->source_mac[i] + p->destination_mac[i]) << (i * 4);
    key += is_wide ? (uint64_t)type << WIDE_SHIFT : 0;
    l = &o->links[key % OBSERVE_LINKS];
    if (l->key != key) {
        observe_links_forget(o, l, 1);
        l->key = key;
    }
    return &l->pair;
}
