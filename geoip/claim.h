/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What lists and databases claim of an address's network, and which claim decides.
 *
 * Lists overlap: Apple's relay stands in VPN lists, VPN exits stand in hosting ranges, Tor exits in
 * both. So the meaning decides before the length of a prefix, most telling first:
 *
 *     TOR > RELAY > VPN > PROXY > HOSTING > the rest
 *
 * RELAY (Apple Private Relay, Cloudflare) stands above VPN and HOSTING because it explains them:
 * those who list it there mean the same machines. Of one kind, a claim that names the provider
 * beats one that does not, then the longer prefix, then the first added.
 */
#ifndef GEOIP_CLAIM_H
#define GEOIP_CLAIM_H

#include "geoip.h"

struct claim {
    enum geoip_kind kind;
    char source[sizeof((struct geoip_place *)0)->kind_source];
    char provider[sizeof((struct geoip_place *)0)->provider];
};

/* Greater decides. */
unsigned claim_rank(enum geoip_kind kind, bool is_named);

struct claim_set;

struct claim_set *claim_set_new(void);
void claim_set_free(struct claim_set *s);
int claim_add_prefix(struct claim_set *s, const struct in6_addr *prefix, unsigned bits,
    enum geoip_kind kind, const char *source, const char *provider);
int claim_add_asn(struct claim_set *s, uint32_t asn, enum geoip_kind kind, const char *source,
    const char *provider);
int claim_seal(struct claim_set *s);

/* NULL when there is none. */
const struct claim *claim_of_address(const struct claim_set *s, const struct in6_addr *address);
const struct claim *claim_of_asn(const struct claim_set *s, uint32_t asn);

#endif
