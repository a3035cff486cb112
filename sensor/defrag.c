/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A datagram is a buffer, a bitmap of the 8-byte blocks that have come (the unit in which fragments
 * are cut), and its length once the last fragment told it. It is whole when as many blocks came as
 * its length has. The IP header is put right before the payload, into room kept for it, so that the
 * whole is one piece of memory without copying.
 */
#include "defrag.h"

#include <stdlib.h>

#define BLOCK 8
#define PAYLOAD_MAX 65535
#define BLOCKS ((PAYLOAD_MAX + BLOCK) / BLOCK)
#define HEADROOM 256       /* IPv4 needs 60; IPv6 40 and its extension headers */
#define FIRST_PAYLOAD 4096 /* what is allocated first: most datagrams are a few fragments */
#define NONE UINT32_MAX
#define SECOND_US 1000000LL
#define TIMEOUT4_US (30 * SECOND_US) /* Linux's net.ipv4.ipfrag_time; RFC 791 says 15 at least */
#define TIMEOUT6_US (60 * SECOND_US) /* RFC 8200 section 4.5 */
#define IP4_HEADER 20
#define IP6_HEADER 40

struct key {
    struct in6_addr source, destination;
    uint32_t id, encapsulation;
    uint8_t version, protocol; /* protocol: IPv4 alone (RFC 791) */
    uint8_t unused[2];
};

struct datagram {
    struct key key;
    int64_t first_us;
    uint32_t older, newer; /* by first fragment; `newer` also chains the free ones */
    uint32_t next, bucket; /* of its hash bucket */
    uint8_t *bytes;        /* HEADROOM, then `room` bytes of payload */
    uint32_t room;
    uint32_t total;         /* payload bytes, 0 while unknown */
    uint32_t end;           /* the highest byte seen */
    uint32_t blocks;        /* distinct ones that came */
    uint32_t header_length; /* 0 while the first fragment is missing */
    uint32_t next_header_at;
    uint8_t next_header;
    bool is_dead; /* nothing can come of it; kept so that what follows starts no new one */
    uint64_t came[(BLOCKS + 63) / 64];
};

struct defrag {
    struct datagram *datagrams;
    uint32_t *buckets;
    uint32_t count, bucket_mask;
    uint32_t oldest, newest, free;
    uint32_t touched; /* slots used so far: the rest costs no memory yet */
    uint64_t bytes, bytes_limit;
    uint8_t *whole; /* the last one handed out */
    struct defrag_counts counts;
};

static uint32_t
key_hash(const struct key *k)
{
    const uint8_t *at = (const uint8_t *)k;
    uint64_t h = 0x9e3779b97f4a7c15ULL;

    for (size_t i = 0; i < sizeof *k; i += sizeof(uint32_t)) {
        uint32_t word;

        memcpy(&word, at + i, sizeof word);
        h = (h ^ word) * 0xff51afd7ed558ccdULL;
        h ^= h >> 32;
    }
    return (uint32_t)h;
}

static struct key
key_of(const struct packet *p)
{
    struct key k;

    memset(&k, 0, sizeof k);
    k.source = p->source;
    k.destination = p->destination;
    k.id = p->fragment.id;
    k.encapsulation = p->encapsulation;
    k.version = p->ip_version;
    k.protocol = p->ip_version == 4 ? p->fragment.next_header : 0;
    return k;
}

/* Frees the buffer: nothing more is kept of it. */
static void
drop_bytes(struct defrag *d, struct datagram *g)
{
    if (g->bytes != NULL)
        d->bytes -= HEADROOM + g->room;
    free(g->bytes);
    g->bytes = NULL;
    g->room = 0;
}

static void
kill_datagram(struct defrag *d, struct datagram *g)
{
    g->is_dead = true;
    drop_bytes(d, g);
}

/* Out of the bucket and of the order of age, back to the free ones. */
static void
release(struct defrag *d, uint32_t index)
{
    struct datagram *g = &d->datagrams[index];
    uint32_t *link = &d->buckets[g->bucket];

    while (*link != index)
        link = &d->datagrams[*link].next;
    *link = g->next;
    *(g->older == NONE ? &d->oldest : &d->datagrams[g->older].newer) = g->newer;
    *(g->newer == NONE ? &d->newest : &d->datagrams[g->newer].older) = g->older;
    drop_bytes(d, g);
    g->newer = d->free;
    d->free = index;
    d->counts.waiting--;
}

static void
evict_oldest(struct defrag *d)
{
    if (!d->datagrams[d->oldest].is_dead)
        d->counts.evicted++;
    release(d, d->oldest);
}

static bool
is_expired(const struct datagram *g, int64_t now_us)
{
    uint64_t timeout_us = g->key.version == 4 ? TIMEOUT4_US : TIMEOUT6_US;

    /* A clock that runs back, or that a damaged capture made up, overflows nothing. */
    return now_us > g->first_us && (uint64_t)now_us - (uint64_t)g->first_us > timeout_us;
}

static void
expire(struct defrag *d, uint32_t index)
{
    if (!d->datagrams[index].is_dead)
        d->counts.timed_out++;
    release(d, index);
}

static uint32_t
take_slot(struct defrag *d)
{
    uint32_t index;

    if (d->free == NONE && d->touched < d->count)
        return d->touched++;
    if (d->free == NONE)
        evict_oldest(d);
    index = d->free;
    d->free = d->datagrams[index].newer;
    return index;
}

static uint32_t
find(struct defrag *d, const struct key *key, int64_t now_us)
{
    uint32_t bucket = key_hash(key) & d->bucket_mask, index = d->buckets[bucket];
    struct datagram *g;

    while (index != NONE && memcmp(&d->datagrams[index].key, key, sizeof *key) != 0)
        index = d->datagrams[index].next;
    if (index != NONE && is_expired(&d->datagrams[index], now_us)) {
        expire(d, index);
        index = NONE;
    }
    if (index != NONE)
        return index;
    index = take_slot(d);
    g = &d->datagrams[index];
    memset(g, 0, sizeof *g);
    g->key = *key;
    g->first_us = now_us;
    g->bucket = bucket;
    g->next = d->buckets[bucket];
    d->buckets[bucket] = index;
    g->older = d->newest;
    g->newer = NONE;
    *(d->newest == NONE ? &d->oldest : &d->datagrams[d->newest].newer) = index;
    d->newest = index;
    d->counts.waiting++;
    return index;
}

/* Room for `end` bytes of payload, doubling; older ones go until it fits the budget. */
static bool
make_room(struct defrag *d, uint32_t index, uint32_t end)
{
    struct datagram *g = &d->datagrams[index];
    uint32_t room = g->room == 0 ? FIRST_PAYLOAD : g->room, more;
    uint8_t *bytes;

    if (end <= g->room)
        return true;
    while (room < end)
        room *= 2;
    more = g->bytes == NULL ? HEADROOM + room : room - g->room;
    while (d->bytes + more > d->bytes_limit && d->oldest != index)
        evict_oldest(d);
    bytes = d->bytes + more > d->bytes_limit ? NULL : realloc(g->bytes, HEADROOM + room);
    if (bytes == NULL)
        return false;
    g->bytes = bytes;
    g->room = room;
    d->bytes += more;
    return true;
}

static bool
block_came(const struct datagram *g, uint32_t block)
{
    return g->came[block / 64] >> (block % 64) & 1;
}

enum placing { PLACED, REPEATED, OVERLAPPED };

/* Copies the blocks that have not come yet; says whether any had, with the same bytes or others. */
static enum placing
place(struct datagram *g, const struct packet *p)
{
    uint8_t *payload = g->bytes + HEADROOM;
    bool any_came = false, any_differs = false, any_new = false;

    for (uint32_t at = 0; at < p->fragment.length; at += BLOCK) {
        uint32_t to = p->fragment.offset + at, block = to / BLOCK;
        uint32_t size = p->fragment.length - at < BLOCK ? p->fragment.length - at : BLOCK;

        if (block_came(g, block)) {
            any_came = true;
            any_differs |= memcmp(payload + to, p->fragment.data + at, size) != 0;
            continue;
        }
        any_new = true;
        memcpy(payload + to, p->fragment.data + at, size);
        g->came[block / 64] |= UINT64_C(1) << (block % 64);
        g->blocks++;
    }
    if (!any_came)
        return PLACED;
    return any_differs || any_new ? OVERLAPPED : REPEATED;
}

/* Whether the fragment agrees with itself and with what came before; takes the length that a last
 * one tells. */
static bool
is_consistent(struct datagram *g, const struct packet *p)
{
    uint32_t end = p->fragment.offset + p->fragment.length;

    if (p->fragment.length == 0 || end > PAYLOAD_MAX ||
        (p->fragment.more && p->fragment.length % BLOCK != 0))
        return false;
    if (!p->fragment.more) {
        if ((g->total != 0 && g->total != end) || g->end > end)
            return false;
        g->total = end;
    }
    if (g->total != 0 && end > g->total)
        return false;
    g->end = end > g->end ? end : g->end;
    return true;
}

static void
keep_header(struct datagram *g, const struct packet *p)
{
    uint32_t length = p->fragment.unfragmentable_length;

    memcpy(g->bytes + HEADROOM - length, p->fragment.unfragmentable, length);
    g->header_length = length;
    g->next_header = p->fragment.next_header;
    g->next_header_at = p->fragment.next_header_at;
}

static void
put_u16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

/* RFC 1071 */
static uint32_t
checksum(const uint8_t *at, uint32_t n)
{
    uint32_t sum = 0;

    for (uint32_t i = 0; i + 1 < n; i += 2)
        sum += (uint32_t)at[i] << 8 | at[i + 1];
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return ~sum & 0xffff;
}

/* Makes the first fragment's header the whole datagram's; false when that would be too long. */
static bool
finish_header(struct datagram *g, uint8_t *ip)
{
    if (g->key.version == 4) {
        uint32_t length = g->header_length + g->total;

        if (length > PAYLOAD_MAX)
            return false;
        put_u16(ip + 2, length);
        put_u16(ip + 6, 0);
        put_u16(ip + 10, 0);
        put_u16(ip + 10, checksum(ip, g->header_length));
        return true;
    }
    if (g->header_length - IP6_HEADER + g->total > PAYLOAD_MAX)
        return false;
    put_u16(ip + 4, g->header_length - IP6_HEADER + g->total);
    ip[g->next_header_at] = g->next_header;
    return true;
}

static bool
is_usable_header(const struct packet *p)
{
    uint32_t length = p->fragment.unfragmentable_length;

    return length >= (p->ip_version == 4 ? IP4_HEADER : IP6_HEADER) && length <= HEADROOM &&
           p->fragment.next_header_at < length;
}

/* Puts the fragment in its place; false when nothing can come of the datagram any more, counted. */
static bool
take(struct defrag *d, uint32_t index, const struct packet *p)
{
    struct datagram *g = &d->datagrams[index];
    enum placing placed;

    if (p->fragment.captured < p->fragment.length) {
        d->counts.cut++;
        return false;
    }
    if (!is_usable_header(p) || !is_consistent(g, p)) {
        d->counts.bad++;
        return false;
    }
    if (!make_room(d, index, g->end)) {
        d->counts.evicted++;
        return false;
    }
    placed = place(g, p);
    if (placed == OVERLAPPED) {
        d->counts.overlapping++;
        if (p->ip_version == 6)
            return false;
    }
    if (p->fragment.offset == 0 && g->header_length == 0)
        keep_header(g, p);
    return true;
}

struct defrag *
defrag_open(unsigned datagrams)
{
    struct defrag *d = calloc(1, sizeof *d);
    size_t buckets = 1;

    if (d == NULL)
        return NULL;
    while (buckets < datagrams)
        buckets *= 2;
    d->count = datagrams;
    d->bucket_mask = (uint32_t)(buckets - 1);
    d->bytes_limit = (uint64_t)datagrams * DEFRAG_BYTES_PER_DATAGRAM;
    if (d->bytes_limit < 2 * (HEADROOM + PAYLOAD_MAX + 1)) /* one of the largest must fit */
        d->bytes_limit = 2 * (HEADROOM + PAYLOAD_MAX + 1);
    d->datagrams = calloc((size_t)datagrams + 1, sizeof *d->datagrams);
    d->buckets = malloc(buckets * sizeof *d->buckets);
    if (d->datagrams == NULL || d->buckets == NULL) {
        defrag_close(d);
        return NULL;
    }
    memset(d->buckets, 0xff, buckets * sizeof *d->buckets); /* NONE */
    d->oldest = d->newest = d->free = NONE;
    return d;
}

bool
defrag_add(
    struct defrag *d, const struct packet *p, int64_t time_us, const uint8_t **ip, uint32_t *length)
{
    struct key key = key_of(p);
    struct datagram *g;
    uint32_t index;

    if (d->count == 0) {
        d->counts.evicted++;
        return false;
    }
    while (d->oldest != NONE && is_expired(&d->datagrams[d->oldest], time_us))
        expire(d, d->oldest);
    index = find(d, &key, time_us);
    g = &d->datagrams[index];
    if (g->is_dead)
        return false;
    if (!take(d, index, p)) {
        kill_datagram(d, g);
        return false;
    }
    if (g->total == 0 || g->header_length == 0 || g->blocks < (g->total + BLOCK - 1) / BLOCK)
        return false;
    *ip = g->bytes + HEADROOM - g->header_length;
    *length = g->header_length + g->total;
    if (!finish_header(g, g->bytes + HEADROOM - g->header_length)) {
        d->counts.bad++;
        kill_datagram(d, g);
        return false;
    }
    free(d->whole);
    d->whole = g->bytes;
    g->bytes = NULL;
    d->bytes -= HEADROOM + g->room;
    release(d, index);
    d->counts.reassembled++;
    return true;
}

void
defrag_get_counts(const struct defrag *d, struct defrag_counts *out)
{
    *out = d->counts;
}

void
defrag_close(struct defrag *d)
{
    if (d == NULL)
        return;
    for (uint32_t i = 0; d->datagrams != NULL && i < d->count; i++)
        free(d->datagrams[i].bytes);
    free(d->datagrams);
    free(d->buckets);
    free(d->whole);
    free(d);
}
