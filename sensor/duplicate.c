/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A bucket is one cache line of four packets, found by some bits of the hash and told by all. Each
 * packet costs one line and a multiplication for every 16 bytes.
 */
#include "duplicate.h"
#include "keyhash.h"

#include <stdlib.h>

#define WAYS 4
#define CACHE_LINE 64
/* A quarter full at that rate: few buckets have more than they hold. A power of two. */
#define BUCKETS_PER_MS DUPLICATE_PACKETS
#define BUCKETS_MAX (1u << 17) /* 8 MiB, for windows of 32 ms and longer */
#define MS_US 1000
#define NEVER INT64_MIN

#define IP4_HEADER 20
#define IP6_HEADER 40
#define IP4_TCP_HEADERS 40 /* without options */
#define PROTOCOL_TCP 6

struct entry {
    uint64_t tag;
    int64_t time_us;
};

struct bucket {
    struct entry ways[WAYS];
};

struct duplicate {
    struct bucket *buckets;
    uint64_t mask;
    int64_t window_us;
    struct keyhash key;
};

/* Offset of the checksum in the transport header. */
static inline size_t
checksum_at(uint8_t protocol)
{
    switch (protocol) {
    case PROTOCOL_TCP:
        return 16;
    case 17: /* UDP */
        return 6;
    case 1: /* ICMP */
    case 58:
        return 2;
    default:
        return SIZE_MAX;
    }
}

static inline uint64_t
lengths_of(const struct packet *p)
{
    return (uint64_t)p->ip_captured << 32 | p->ip_length;
}

/* TTL, protocol, checksum, source. */
static const uint8_t ip4_compared[8] = { 0, 0xff, 0, 0, 0xff, 0xff, 0xff, 0xff };

/* The lengths, and the fixed part of the IP header, of which the TTL and the checksum may differ;
 * *size receives its size. */
static inline uint64_t
hash_header(const struct duplicate *d, const struct packet *p, size_t *size)
{
    static const uint8_t ip6_compared[8] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0 };

    if (p->ip_version == 4) {
        uint64_t h =
            keyhash_fold(keyhash_load64(p->ip) ^ d->key.part[0], lengths_of(p) ^ d->key.part[1]);

        *size = IP4_HEADER;
        h = keyhash_fold(
            (keyhash_load64(p->ip + 8) & keyhash_load64(ip4_compared)) ^ d->key.part[2], h);
        return keyhash_fold(keyhash_load32(p->ip + 16) ^ d->key.part[3], h);
    }
    *size = IP6_HEADER;
    return keyhash_bytes(&d->key,
        keyhash_fold((keyhash_load64(p->ip) & keyhash_load64(ip6_compared)) ^ d->key.part[0],
            lengths_of(p) ^ d->key.part[1]),
        p->ip + 8, IP6_HEADER - 8);
}

/* TCP right behind an IPv4 header without options: forty bytes in three steps. */
static inline uint64_t
hash_tcp4(const struct duplicate *d, const struct packet *p)
{
    static const uint8_t tcp_compared[8] = { 0xff, 0xff, 0xff, 0xff, 0, 0, 0xff, 0xff };
    const uint8_t *ip = p->ip;
    uint64_t h = keyhash_fold(keyhash_load64(ip) ^ d->key.part[0],
        (keyhash_load64(ip + 8) & keyhash_load64(ip4_compared)) ^ d->key.part[1]);

    h = keyhash_fold(keyhash_load64(ip + 16) ^ d->key.part[2], keyhash_load64(ip + 24) ^ h);
    h = keyhash_fold((keyhash_load64(ip + 32) & keyhash_load64(tcp_compared)) ^ d->key.part[3],
        lengths_of(p) ^ h);
    return keyhash_bytes(&d->key, h, ip + IP4_TCP_HEADERS, p->ip_captured - IP4_TCP_HEADERS);
}

static uint64_t
hash_other(const struct duplicate *d, const struct packet *p)
{
    size_t at, end = p->ip_captured;
    uint64_t h = hash_header(d, p, &at);

    if (p->transport != NULL) {
        size_t skip = checksum_at(p->protocol);
        size_t transport = (size_t)(p->transport - p->ip);

        if (skip < end && transport + skip + 2 <= end) {
            h = keyhash_bytes(&d->key, h, p->ip + at, transport + skip - at);
            at = transport + skip + 2;
        }
    }
    return keyhash_bytes(&d->key, h, p->ip + at, end - at);
}

static inline uint64_t
packet_hash(const struct duplicate *d, const struct packet *p)
{
    if (p->ip_version == 4 && p->protocol == PROTOCOL_TCP && p->transport == p->ip + IP4_HEADER &&
        p->ip_captured >= IP4_TCP_HEADERS)
        return hash_tcp4(d, p);
    return hash_other(d, p);
}

static inline uint64_t
distance_us(int64_t a, int64_t b)
{
    return a > b ? (uint64_t)a - (uint64_t)b : (uint64_t)b - (uint64_t)a;
}

struct duplicate *
duplicate_open(int64_t window_us)
{
    struct duplicate *d = calloc(1, sizeof *d);
    size_t count = BUCKETS_PER_MS;

    if (d == NULL)
        return NULL;
    d->window_us = window_us;
    if (window_us <= 0)
        return d;
    while (count < BUCKETS_MAX && (int64_t)count / BUCKETS_PER_MS * MS_US < window_us)
        count *= 2;
    d->mask = count - 1;
    d->buckets = aligned_alloc(CACHE_LINE, count * sizeof *d->buckets);
    if (d->buckets == NULL || !keyhash_draw(&d->key, 0)) {
        duplicate_close(d);
        return NULL;
    }
    for (size_t i = 0; i < count * WAYS; i++)
        d->buckets[i / WAYS].ways[i % WAYS] = (struct entry){ .tag = 0, .time_us = NEVER };
    return d;
}

bool
duplicate_is_copy(struct duplicate *d, const struct packet *p, int64_t time_us)
{
    struct bucket *bucket;
    struct entry *oldest;
    uint64_t h;

    if (d->buckets == NULL || p->ip == NULL)
        return false;
    h = packet_hash(d, p);
    bucket = &d->buckets[h & d->mask];
    oldest = &bucket->ways[0];
    for (int i = 0; i < WAYS; i++) {
        struct entry *e = &bucket->ways[i];

        if (e->tag == h && e->time_us != NEVER) {
            if (distance_us(time_us, e->time_us) <= (uint64_t)d->window_us)
                return true;
            e->time_us = time_us;
            return false;
        }
        if (e->time_us < oldest->time_us)
            oldest = e;
    }
    *oldest = (struct entry){ .tag = h, .time_us = time_us };
    return false;
}

void
duplicate_close(struct duplicate *d)
{
    if (d == NULL)
        return;
    free(d->buckets);
    free(d);
}
