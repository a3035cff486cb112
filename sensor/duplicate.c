/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A bucket is one cache line of four packets, found by some bits of the hash and told by all. Each
 * packet costs one line and a multiplication for every 16 bytes.
 */
#include "duplicate.h"

#include <stdlib.h>
#include <sys/random.h>

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
    uint64_t key[4];
};

static inline uint64_t
load64(const uint8_t *at)
{
    uint64_t v;

    memcpy(&v, at, sizeof v);
    return v;
}

static inline uint64_t
load32(const uint8_t *at)
{
    uint32_t v;

    memcpy(&v, at, sizeof v);
    return v;
}

/* The halves of a 64 x 64 bit product. A factor of 0 would hide the other one; each is the packet's
 * bytes under a key that nobody outside of this process can know. */
static inline uint64_t
fold(uint64_t x, uint64_t y)
{
    __extension__ unsigned __int128 product = (unsigned __int128)x * y;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t
hash_16(const struct duplicate *d, uint64_t h, const uint8_t *at)
{
    return fold(load64(at) ^ d->key[0], load64(at + 8) ^ h);
}

/* What is left when 16 bytes or less are, by loads that overlap. */
static inline uint64_t
hash_tail(const struct duplicate *d, uint64_t h, const uint8_t *at, size_t n)
{
    if (n >= 8)
        return fold(load64(at) ^ d->key[1], load64(at + n - 8) ^ h);
    if (n >= 4)
        return fold(load32(at) ^ d->key[1], load32(at + n - 4) ^ h);
    if (n > 0)
        return fold(((uint64_t)at[0] << 16 | (uint64_t)at[n / 2] << 8 | at[n - 1]) ^ d->key[1], h);
    return h;
}

/* Two chains, so that the multiplier need not wait for itself. How the bytes are divided follows
 * from n, which follows from what was hashed before. */
static inline uint64_t
hash_bytes(const struct duplicate *d, uint64_t h, const uint8_t *at, size_t n)
{
    if (n > 32) {
        uint64_t other = h ^ d->key[2];
        const uint8_t *last = at + n - 32;

        for (; at < last; at += 32) {
            h = hash_16(d, h, at);
            other = hash_16(d, other, at + 16);
        }
        h = hash_16(d, h, last);
        return fold(hash_16(d, other, last + 16) ^ d->key[3], h);
    }
    if (n > 16) {
        h = hash_16(d, h, at);
        at += 16;
        n -= 16;
    }
    return hash_tail(d, h, at, n);
}

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
        uint64_t h = fold(load64(p->ip) ^ d->key[0], lengths_of(p) ^ d->key[1]);

        *size = IP4_HEADER;
        h = fold((load64(p->ip + 8) & load64(ip4_compared)) ^ d->key[2], h);
        return fold(load32(p->ip + 16) ^ d->key[3], h);
    }
    *size = IP6_HEADER;
    return hash_bytes(d,
        fold((load64(p->ip) & load64(ip6_compared)) ^ d->key[0], lengths_of(p) ^ d->key[1]),
        p->ip + 8, IP6_HEADER - 8);
}

/* TCP right behind an IPv4 header without options: forty bytes in three steps. */
static inline uint64_t
hash_tcp4(const struct duplicate *d, const struct packet *p)
{
    static const uint8_t tcp_compared[8] = { 0xff, 0xff, 0xff, 0xff, 0, 0, 0xff, 0xff };
    const uint8_t *ip = p->ip;
    uint64_t h = fold(load64(ip) ^ d->key[0], (load64(ip + 8) & load64(ip4_compared)) ^ d->key[1]);

    h = fold(load64(ip + 16) ^ d->key[2], load64(ip + 24) ^ h);
    h = fold((load64(ip + 32) & load64(tcp_compared)) ^ d->key[3], lengths_of(p) ^ h);
    return hash_bytes(d, h, ip + IP4_TCP_HEADERS, p->ip_captured - IP4_TCP_HEADERS);
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
            h = hash_bytes(d, h, p->ip + at, transport + skip - at);
            at = transport + skip + 2;
        }
    }
    return hash_bytes(d, h, p->ip + at, end - at);
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
    if (d->buckets == NULL || getrandom(d->key, sizeof d->key, 0) != sizeof d->key) {
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
