/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Accounts, the sites that they come from, and the leases that tie them to addresses.
 *
 * Accounts compare without ASCII case and by `policy.realms`, nothing else is folded, and they are
 * printed as first seen. Every table is bounded; the least recently active entry goes. Names that
 * were only attempted are kept apart and go first, so that a password-guessing flood cannot push
 * out who really logs in.
 */
#ifndef SENSOR_ACCOUNT_H
#define SENSOR_ACCOUNT_H

#include "change.h"
#include "claim.h"
#include "locality.h"
#include "memory.h"
#include "table.h"
#include "zone.h"

#define ACCOUNT_NAME 256
#define ACCOUNT_KEY 520  /* "user@realm" */
#define ACCOUNT_SITES 32 /* sites remembered of one account, and ... */
#define SITE_ACCOUNTS 64 /* accounts of one site: a farm of more is as certain as one of 64 */
#define ACCOUNT_LEASES 16
#define ACCOUNT_ORIGINS 24
#define ACCOUNT_TOOLS 8
#define ACCOUNT_DAYS 32
#define LEASE_SESSIONS 4
#define DEVICE_NAME 96
#define DEVICE_FINGERPRINTS 4
#define DEVICE_FINGERPRINT 128

struct account;
struct finding;

/* What cases are scored for: an account or a site. */
struct subject_state {
    struct change change;
    struct finding *findings; /* in order of their first sighting */
    unsigned finding_count;
    bool is_dirty; /* in the list of those to score after this observation */
    bool case_written;
    enum config_severity case_severity;
    unsigned case_families; /* as of the last document */
    int case_written_score;
    struct tool_use {
        char name[64], device[DEVICE_NAME];
        int64_t last_us;
        struct claim_source source;
    } * tools; /* by subject_tools(); owned */
    unsigned tool_count;
    struct memory *memory; /* of detectors; by subject_memory() */
};

struct tie {
    void *other;   /* account or site */
    uint64_t used; /* its place among all ties, the latest last */
    int64_t last_us;
    struct claim_source source;
};

struct site {
    struct in6_addr key;
    struct in6_addr address; /* one of it, as first seen */
    char name[LOCALITY_SITE_SIZE];
    int64_t last_us;
    struct tie *accounts; /* least recently tied first; owned, NULL when none */
    unsigned account_count;
    struct subject_state state;
    UT_hash_handle hh;
};

/* One login: from when to when an account had these addresses, and how that was learned. */
struct lease {
    uint64_t serial;
    struct account *account;
    bool has_outside, has_inside;
    bool tells_end; /* its source says when it ends: open until then */
    bool is_weak;   /* ties an inside address only: a directory login, no VPN's */
    bool is_ended;
    bool
        is_offered; /* inside is what a gateway's pool would give: not stored, it is told at once */
    bool travel_pending;    /* whether it follows or overlaps another is not known yet */
    unsigned open_sessions; /* tunnels of it that are still up */
    uint64_t overlapped;    /* serial of an earlier lease whose overlap was reported */
    struct in6_addr outside, inside;
    struct site *site;                     /* of outside; NULL without */
    int64_t start_us, last_us, renewed_us; /* last: the end, or the last sign of life */
    int64_t interim_us; /* longest silence that an interim record ended; 0: none came, and no tunnel
                           of it was seen to end */
    char method[32];
    char session[LEASE_SESSIONS][64];
    unsigned session_count;
    struct geoip_place place; /* of outside */
    struct claim_source source;
    char device[DEVICE_NAME];
    struct lease *prev, *next; /* of the account, newest first */
    UT_hash_handle hh, by_inside;
};

/* Where an account logged in from, for counting countries and networks. */
struct origin {
    char country[3]; /* "" for hosting and VPN: they count as networks only */
    uint32_t asn;
    int64_t last_us;
    struct in6_addr address;
    struct claim_source source;
};

struct account {
    char key[ACCOUNT_KEY];
    char name[ACCOUNT_NAME];
    const struct config_contractor *contractor; /* NULL: not in the roster */
    const struct zone *zone;                    /* NULL: UTC */
    bool is_known;                              /* has logged in */
    uint64_t attempts, failures;
    int64_t last_us;
    struct lease *leases;
    unsigned lease_count;
    struct tie *sites; /* as a site's accounts */
    unsigned site_count;
    struct origin origins[ACCOUNT_ORIGINS];
    unsigned origin_count;
    int64_t away_days[ACCOUNT_DAYS]; /* days with a login far from the claim */
    unsigned away_day_count;
    struct subject_state state;
    UT_hash_handle hh;
};

/* Counted in a device's own right: what DHCP, mDNS and the like call the host at an address. */
struct device {
    struct change change;
    struct in6_addr address;
    int64_t last_us;
    char host_name[64], mac[24];
    char driven_by[64]; /* tool of its last remote-control session without a known far end */
    int64_t driven_us;
    int64_t on_vpn_us; /* last sign of a tunnel of its own to the company */
    char fingerprints[DEVICE_FINGERPRINTS]
                     [DEVICE_FINGERPRINT]; /* as device_fingerprints names them */
    struct memory *memory;                 /* of detectors; by device_memory() */
    UT_hash_handle hh;
};

extern const char *const device_fingerprint_names[DEVICE_FINGERPRINTS];

struct accounts;

struct accounts_request {
    const struct config *config;
    /* Called before an entry goes, so that what it knew is reported first. */
    void (*going)(void *context, struct subject_state *state, struct account *a, struct site *s);
    void *context;
};

struct accounts *accounts_open(const struct accounts_request *request);
void accounts_close(struct accounts *t);

/* Finds or makes; a name that exists is refreshed. success moves it among the known. realm may be
 * NULL. */
struct account *accounts_touch(
    struct accounts *t, const char *name, const char *realm, bool success, int64_t now_us);
struct account *accounts_find(const struct accounts *t, const char *name, const char *realm);
/* By account.key, kept from when it was known. */
struct account *accounts_find_key(const struct accounts *t, const char *key);
struct site *accounts_touch_site(
    struct accounts *t, const struct in6_addr *address, int64_t now_us);
struct site *accounts_find_site(const struct accounts *t, const struct in6_addr *address);
/* Remembers that the account came from the site. */
void accounts_tie(struct accounts *t, struct account *a, struct site *s, int64_t now_us,
    const struct claim_source *source);
struct device *accounts_touch_device(
    struct accounts *t, const struct in6_addr *address, int64_t now_us);
struct device *accounts_find_device(const struct accounts *t, const struct in6_addr *address);

struct lease *accounts_add_lease(
    struct accounts *t, struct account *a, const struct in6_addr *inside, int64_t now_us);
/* Gives a lease its inside address once that is told, or another; a lease that had it ends. */
void accounts_set_inside(struct accounts *t, struct lease *l, const struct in6_addr *inside);
struct lease *accounts_lease(const struct accounts *t, uint64_t serial);
struct lease *accounts_lease_inside(const struct accounts *t, const struct in6_addr *inside);
void accounts_end_lease(struct accounts *t, struct lease *l, int64_t at_us);
/* Neither ended nor past limits.lease. */
bool lease_is_current(const struct lease *l, int64_t now_us, int64_t lease_us);
/* Current, and something says so: its source tells ends, or a tunnel of it is up. */
bool lease_is_open(const struct lease *l, int64_t now_us, int64_t lease_us);
/* An interim record came: others will, while it lives. */
void lease_renewed(struct lease *l, int64_t now_us);
/* A tunnel of it ended; behind the last one its end is no longer awaited for long. */
void lease_tunnel_ended(struct lease *l);

/* Known accounts, sites and devices, in order of use. */
struct account *accounts_first(const struct accounts *t);
struct site *accounts_first_site(const struct accounts *t);
struct device *accounts_first_device(const struct accounts *t);
/* Whom no rule asks for any more goes. */
void accounts_age(struct accounts *t, int64_t now_us);

/* What is to be stored. */
struct changes *accounts_changes(struct accounts *t);
/* From a state file, in the order of use: copies what the row says of itself alone. NULL: it is
 * there already, or memory is short. */
struct account *accounts_restore(struct accounts *t, const struct account *row);
struct site *accounts_restore_site(struct accounts *t, const struct site *row);
struct lease *accounts_restore_lease(
    struct accounts *t, struct account *a, const struct lease *row);
void accounts_restore_tie(struct account *a, struct site *s, const struct tie *row);

uint64_t accounts_count(const struct accounts *t);
uint64_t accounts_site_count(const struct accounts *t);
uint64_t accounts_evicted(const struct accounts *t);

/* Room for ACCOUNT_TOOLS, made when first asked for. NULL: memory is short. */
struct tool_use *subject_tools(struct subject_state *state);
/* What the detector remembers of an account or site, of a device: a block of zeroes when it is new,
 * kept for as long as its owner, over restarts where there is a state file. Take it when something
 * is to be written. NULL as memory_take(). */
void *subject_memory(struct subject_state *state, const char *detector, size_t size);
void *device_memory(struct device *d, const char *detector, size_t size);
/* NULL when the detector has none of it. */
const void *subject_memory_find(const struct subject_state *state, const char *detector);
const void *device_memory_find(const struct device *d, const char *detector);

/* The key by which accounts compare. */
void account_key(
    const struct config *config, const char *name, const char *realm, char out[ACCOUNT_KEY]);

#endif
