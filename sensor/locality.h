/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Whose address is it: what `networks:` in the configuration and the address itself tell.
 *
 * Private space is inside when `networks.inside` is left at its default, and then every private
 * device is watched as in a home; once the operator lists inside networks, hosts there are the
 * company's own.
 */
#ifndef SENSOR_LOCALITY_H
#define SENSOR_LOCALITY_H

#include "../conf/config.h"

enum locality {
    LOCALITY_NOWHERE, /* unspecified, loopback, multicast, broadcast: no host */
    LOCALITY_TRUSTED, /* networks.trusted */
    LOCALITY_GATEWAY, /* networks.vpn-gateways */
    LOCALITY_POOL,    /* networks.vpn-pools: a contractor's device in the tunnel */
    LOCALITY_COMPANY, /* networks.company */
    LOCALITY_INSIDE,  /* networks.inside, as the operator wrote it */
    LOCALITY_PRIVATE, /* private space that nobody claimed: a device in somebody's home */
    LOCALITY_OUTSIDE  /* public */
};

enum locality locality_of(const struct config *config, const struct in6_addr *address);
/* Trusted, or the company's own equipment: never a contractor's device. */
bool locality_is_own(enum locality l);
/* A session that a device opens to there is work: own, or private space while that is inside. */
bool locality_is_work(const struct config *config, enum locality l);
/* True while networks.inside says no more than "private ranges". */
bool locality_private_is_inside(const struct config *config);

/* False: the operator named no public address of the company, so any may be. */
bool locality_knows_company(const struct config *config);

/* The name of the site that an address belongs to: the address itself; IPv6 its /64; private
 * addresses their /24 or /64. */
#define LOCALITY_SITE_SIZE 64
void locality_site_name(const struct in6_addr *address, char out[LOCALITY_SITE_SIZE]);
/* The same as an address with the host bits cleared: the key of a site. */
struct in6_addr locality_site_key(const struct in6_addr *address);
/* Same IPv4 /24 or IPv6 /64. */
bool locality_is_near(const struct in6_addr *a, const struct in6_addr *b);
bool locality_same(const struct in6_addr *a, const struct in6_addr *b);

#endif
