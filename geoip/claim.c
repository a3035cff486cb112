/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The few distinct claims are kept once; prefixes and AS numbers point to them.
 */
#include "claim.h"
#include "prefix.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct asn_claim {
    uint32_t asn, claim;
    unsigned rank;
};

struct claim_set {
    struct prefix_table *prefixes;
    struct claim *claims;
    uint32_t claim_count, claim_capacity;
    struct asn_claim *asns;
    size_t asn_count, asn_capacity;
};

unsigned
claim_rank(enum geoip_kind kind, bool is_named)
{
    static const unsigned ranks[GEOIP_KIND_COUNT] = {
        [GEOIP_TOR] = 6,
        [GEOIP_RELAY] = 5,
        [GEOIP_VPN] = 4,
        [GEOIP_PROXY] = 3,
        [GEOIP_HOSTING] = 2,
        [GEOIP_CGNAT] = 1,
        [GEOIP_SATELLITE] = 1,
        [GEOIP_MOBILE] = 1,
        [GEOIP_EDUCATION] = 1,
        [GEOIP_CORPORATE] = 1,
        [GEOIP_RESIDENTIAL] = 1,
    };

    return ranks[kind] * 2 + (is_named ? 1 : 0);
}

static bool
claim_is(const struct claim *c, enum geoip_kind kind, const char *source, const char *provider)
{
    return c->kind == kind && strncmp(c->source, source, sizeof c->source - 1) == 0 &&
           strncmp(c->provider, provider, sizeof c->provider - 1) == 0;
}

/* Lists come in blocks, so the last claims are tried first. UINT32_MAX: out of memory. */
static uint32_t
find_or_add(struct claim_set *s, enum geoip_kind kind, const char *source, const char *provider)
{
    for (uint32_t i = s->claim_count; i > 0; i--)
        if (claim_is(&s->claims[i - 1], kind, source, provider))
            return i - 1;
    if (s->claim_count == s->claim_capacity) {
        uint32_t capacity = s->claim_capacity > 0 ? s->claim_capacity * 2 : 32;
        struct claim *grown = realloc(s->claims, capacity * sizeof *grown);

        if (grown == NULL)
            return UINT32_MAX;
        s->claims = grown;
        s->claim_capacity = capacity;
    }
    s->claims[s->claim_count].kind = kind;
    snprintf(s->claims[s->claim_count].source, sizeof s->claims->source, "%s", source);
    snprintf(s->claims[s->claim_count].provider, sizeof s->claims->provider, "%s", provider);
    return s->claim_count++;
}

static int
compare_asn(const void *a, const void *b)
{
    const struct asn_claim *x = a, *y = b;

    if (x->asn != y->asn)
        return x->asn < y->asn ? -1 : 1;
    if (x->rank != y->rank)
        return x->rank > y->rank ? -1 : 1;
    return x->claim < y->claim ? -1 : x->claim > y->claim;
}

struct claim_set *
claim_set_new(void)
{
    struct claim_set *s = calloc(1, sizeof *s);

    if (s == NULL)
        return NULL;
    s->prefixes = prefix_new();
    if (s->prefixes == NULL) {
        free(s);
        return NULL;
    }
    return s;
}

void
claim_set_free(struct claim_set *s)
{
    if (s == NULL)
        return;
    prefix_free(s->prefixes);
    free(s->claims);
    free(s->asns);
    free(s);
}

int
claim_add_prefix(struct claim_set *s, const struct in6_addr *prefix, unsigned bits,
    enum geoip_kind kind, const char *source, const char *provider)
{
    uint32_t claim = find_or_add(s, kind, source, provider != NULL ? provider : "");

    if (claim == UINT32_MAX)
        return -1;
    return prefix_add(s->prefixes, prefix, bits, claim_rank(kind, provider != NULL), claim);
}

int
claim_add_asn(struct claim_set *s, uint32_t asn, enum geoip_kind kind, const char *source,
    const char *provider)
{
    uint32_t claim = find_or_add(s, kind, source, provider != NULL ? provider : "");

    if (claim == UINT32_MAX)
        return -1;
    if (s->asn_count == s->asn_capacity) {
        size_t capacity = s->asn_capacity > 0 ? s->asn_capacity * 2 : 256;
        struct asn_claim *grown = realloc(s->asns, capacity * sizeof *grown);

        if (grown == NULL)
            return -1;
        s->asns = grown;
        s->asn_capacity = capacity;
    }
    s->asns[s->asn_count++] = (struct asn_claim){ asn, claim, claim_rank(kind, provider != NULL) };
    return 0;
}

int
claim_seal(struct claim_set *s)
{
    size_t kept = 0;

    if (s->asn_count > 1)
        qsort(s->asns, s->asn_count, sizeof *s->asns, compare_asn);
    for (size_t i = 0; i < s->asn_count; i++)
        if (kept == 0 || s->asns[kept - 1].asn != s->asns[i].asn)
            s->asns[kept++] = s->asns[i];
    s->asn_count = kept;
    return prefix_seal(s->prefixes);
}

const struct claim *
claim_of_address(const struct claim_set *s, const struct in6_addr *address)
{
    uint32_t claim = prefix_find(s->prefixes, address);

    return claim == PREFIX_NONE ? NULL : &s->claims[claim];
}

const struct claim *
claim_of_asn(const struct claim_set *s, uint32_t asn)
{
    size_t low = 0, high = s->asn_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (s->asns[middle].asn == asn)
            return &s->claims[s->asns[middle].claim];
        if (s->asns[middle].asn < asn)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
