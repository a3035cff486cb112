/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Who works on ever new computers or lines, or on a computer that is somebody else's. A device is a
 * host name, a card's address or a DHCP identity; what is told together is one device, whatever its
 * fingerprints.
 */
#include "detect.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { KEY_DEVICES, KEY_ASNS, KEY_WINDOW };

static const struct config_detector_key keys[] = {
    { "min-devices", CONFIG_NUMBER, 3, "devices", "beside those of the roster" },
    { "min-asns", CONFIG_NUMBER, 3, "networks", "a home, a mobile line and a move are fewer" },
    { "window", CONFIG_DURATION, 30 * 86400, "s", "a month" },
};

static const char *const attack[] = { "T1078", NULL };
static const char *const references[] = {
    "US Departments of State, Treasury and Justice, advisory on DPRK IT workers, May 2022",
    NULL,
};

#define MEMORY_VERSION 1
#define DEVICES 10
#define ASNS 10
#define NETBIOS_NAME 15 /* longer names are cut there */

struct identity {
    char host[64], mac[24], client[64];
};

struct history {
    struct known_device {
        struct identity id;
        int64_t last_us; /* 0: free */
        struct claim_source source;
    } devices[DEVICES];
    struct known_asn {
        uint32_t asn;
        int64_t last_us;
        char organisation[96];
        struct claim_source source;
    } asns[ASNS];
};

static const struct memory_field identity_memory[] = {
    MEMORY_BYTES(struct identity, host),
    MEMORY_BYTES(struct identity, mac),
    MEMORY_BYTES(struct identity, client),
    MEMORY_END,
};

static const struct memory_field device_memory_fields[] = {
    MEMORY_PART(struct known_device, id, identity_memory),
    MEMORY_NUMBER(struct known_device, last_us),
    MEMORY_PART(struct known_device, source, claim_source_memory),
    MEMORY_END,
};

static const struct memory_field asn_memory[] = {
    MEMORY_NUMBER(struct known_asn, asn),
    MEMORY_NUMBER(struct known_asn, last_us),
    MEMORY_BYTES(struct known_asn, organisation),
    MEMORY_PART(struct known_asn, source, claim_source_memory),
    MEMORY_END,
};

static const struct memory_field history_memory[] = {
    MEMORY_EACH(struct history, devices, device_memory_fields),
    MEMORY_EACH(struct history, asns, asn_memory),
    MEMORY_END,
};

/* ---- what is one device ---- */

static bool
same_host(const char *a, const char *b)
{
    size_t na = strlen(a), nb = strlen(b);

    if (na == 0 || nb == 0)
        return false;
    if (na == nb)
        return strcmp(a, b) == 0;
    return (na < nb ? na : nb) == NETBIOS_NAME && strncmp(a, b, NETBIOS_NAME) == 0;
}

static bool
same_text(const char *a, const char *b)
{
    return a[0] != '\0' && strcmp(a, b) == 0;
}

static bool
same_device(const struct identity *a, const struct identity *b)
{
    return same_host(a->host, b->host) || same_text(a->mac, b->mac) ||
           same_text(a->client, b->client);
}

static void
fill(char *to, size_t room, const char *from)
{
    if (to[0] == '\0')
        snprintf(to, room, "%s", from);
}

/* Names that systems come with say nothing of whose they are, numbered or not. */
static bool
is_common_name(const char *host)
{
    static const char *const common[] = { "android", "debian", "default", "desktop", "fedora",
        "host", "imac", "ipad", "iphone", "kali", "laptop", "localhost", "mac", "mac-mini",
        "macbook", "macbook-air", "macbook-pro", "none", "pc", "raspberrypi", "ubuntu", "unknown",
        "user-pc", "win10", "windows", "workstation" };
    size_t n = strlen(host);

    while (n > 0 && (isdigit((unsigned char)host[n - 1]) || host[n - 1] == '-'))
        n--;
    for (size_t i = 0; i < sizeof common / sizeof common[0]; i++)
        if (strlen(common[i]) == n && memcmp(common[i], host, n) == 0)
            return true;
    return n == 0;
}

/* Certain enough to say that two people use one computer. */
static bool
is_shared(const struct identity *a, const struct identity *b)
{
    if (same_text(a->mac, b->mac) || same_text(a->client, b->client))
        return true;
    return same_host(a->host, b->host) && !is_common_name(a->host) &&
           (a->mac[0] == '\0' || b->mac[0] == '\0');
}

/* Cards that make their address up (IEEE 802: the second bit) change it as they like. */
static bool
is_made_up(const char *mac)
{
    const char digits[] = { mac[0], mac[0] == '\0' ? '\0' : mac[1], '\0' };

    return strlen(digits) == 2 && strchr("2367abefABEF", digits[1]) != NULL;
}

/* RFC 2132, 9.14: a client identifier may be a card's address behind its hardware type. */
static bool
is_made_up_id(const char *client)
{
    return strlen(client) == 14 && strncmp(client, "01", 2) == 0 && is_made_up(client + 2);
}

/* A name in small letters, without its domain. */
static void
take_host(struct identity *id, const char *host)
{
    size_t n = host == NULL ? 0 : strcspn(host, "."), i;

    for (i = 0; i < n && i < sizeof id->host - 1; i++)
        id->host[i] = (char)tolower((unsigned char)host[i]);
    id->host[i] = '\0';
}

static bool
read_identity(const struct fact *f, struct identity *id)
{
    bool is_login = f->kind == FACT_LOGIN;
    const char *mac = fact_get_text(f, is_login ? KEY_DEVICE_MAC : KEY_MAC);
    const char *client = is_login ? NULL : fact_get_text(f, KEY_CLIENT_ID);

    memset(id, 0, sizeof *id);
    take_host(id, fact_get_text(f, is_login ? KEY_DEVICE_HOST_NAME : KEY_HOST_NAME));
    if (mac != NULL && !is_made_up(mac))
        snprintf(id->mac, sizeof id->mac, "%s", mac);
    if (client != NULL && !is_made_up_id(client))
        snprintf(id->client, sizeof id->client, "%s", client);
    return id->host[0] != '\0' || id->mac[0] != '\0' || id->client[0] != '\0';
}

static const char *
name_of(const struct identity *id)
{
    return id->host[0] != '\0' ? id->host : id->mac[0] != '\0' ? id->mac : id->client;
}

/* The roster has it for this person. */
static bool
is_expected(const struct account *a, const struct identity *id)
{
    const struct config_texts *list;

    if (a->contractor == NULL)
        return false;
    list = &a->contractor->devices;
    for (unsigned i = 0; i < list->count; i++) {
        struct identity one = { 0 };

        take_host(&one, list->list[i]);
        if (same_host(one.host, id->host) || strcasecmp(list->list[i], id->mac) == 0)
            return true;
    }
    return false;
}

/* ---- what is known ---- */

static int64_t
since_of(const struct detect *d, const struct detect_event *e)
{
    return e->now_us - (int64_t)(d->own->key[KEY_WINDOW] * (double)SECOND_US);
}

/* True when it is new, or was away for the window. */
static bool
remember_device(
    struct history *m, const struct detect_event *e, const struct identity *id, int64_t since_us)
{
    struct known_device *k, *oldest = &m->devices[0];
    bool is_new;

    for (k = m->devices; k < m->devices + DEVICES; k++) {
        if (k->last_us != 0 && same_device(&k->id, id))
            break;
        oldest = k->last_us < oldest->last_us ? k : oldest;
    }
    if (k == m->devices + DEVICES) {
        k = oldest;
        memset(k, 0, sizeof *k);
    }
    is_new = k->last_us == 0 || k->last_us < since_us;
    fill(k->id.host, sizeof k->id.host, id->host);
    fill(k->id.mac, sizeof k->id.mac, id->mac);
    fill(k->id.client, sizeof k->id.client, id->client);
    k->last_us = e->now_us;
    if (is_new)
        k->source = claim_source_of(e->observation);
    return is_new;
}

static bool
remember_asn(struct history *m, const struct detect_event *e, int64_t since_us)
{
    struct known_asn *k, *oldest = &m->asns[0];
    bool is_new;

    for (k = m->asns; k < m->asns + ASNS && k->asn != e->place.asn; k++)
        oldest = k->last_us < oldest->last_us ? k : oldest;
    if (k == m->asns + ASNS) {
        k = oldest;
        memset(k, 0, sizeof *k);
        k->asn = e->place.asn;
        snprintf(k->organisation, sizeof k->organisation, "%s", e->place.organisation);
    }
    is_new = k->last_us == 0 || k->last_us < since_us;
    k->last_us = e->now_us;
    if (is_new)
        k->source = claim_source_of(e->observation);
    return is_new;
}

/* Another person's account that has this device; asked once for each device that is new. */
static const struct account *
other_owner(const struct detect *d, const struct account *own, const struct identity *id,
    int64_t since_us, struct claim_source *source)
{
    for (struct account *a = accounts_first(d->accounts); a != NULL; a = a->hh.next) {
        const struct history *m = subject_memory_find(&a->state, d->detector->name);

        if (a == own || m == NULL || (a->contractor != NULL && a->contractor == own->contractor))
            continue;
        for (unsigned i = 0; i < DEVICES; i++)
            if (m->devices[i].last_us > since_us && is_shared(&m->devices[i].id, id)) {
                *source = m->devices[i].source;
                return a;
            }
    }
    return NULL;
}

/* ---- what is said ---- */

static void
sight_devices(
    const struct detect *d, const struct detect_event *e, const struct history *m, int64_t since_us)
{
    unsigned count = 0;
    struct sighting s;

    detect_begin(&s, d, e);
    for (unsigned i = 0; i < DEVICES; i++) {
        const struct known_device *k = &m->devices[i];

        if (k->last_us == 0 || k->last_us < since_us || is_expected(e->account, &k->id))
            continue;
        count++;
        detect_claim(&s, &k->source, "device", "%s%s%s", name_of(&k->id),
            k->id.host[0] != '\0' && k->id.mac[0] != '\0' ? ", " : "",
            k->id.host[0] != '\0' ? k->id.mac : "");
    }
    if (count < d->own->key[KEY_DEVICES])
        return;
    detect_say(&s, "%s worked on %u devices within %.0f days.", detect_who(&s), count,
        d->own->key[KEY_WINDOW] / 86400);
    findings_sight(d->findings, &s);
}

static void
sight_networks(
    const struct detect *d, const struct detect_event *e, const struct history *m, int64_t since_us)
{
    unsigned count = 0;
    struct sighting s;

    detect_begin(&s, d, e);
    for (unsigned i = 0; i < ASNS; i++) {
        const struct known_asn *k = &m->asns[i];

        if (k->last_us == 0 || k->last_us < since_us)
            continue;
        count++;
        detect_claim(&s, &k->source, "network", "AS%u%s%s", k->asn,
            k->organisation[0] == '\0' ? "" : " ", k->organisation);
    }
    if (count < d->own->key[KEY_ASNS])
        return;
    detect_say(&s, "%s logged in through %u access networks within %.0f days.", detect_who(&s),
        count, d->own->key[KEY_WINDOW] / 86400);
    findings_sight(d->findings, &s);
}

static void
sight_owner(const struct detect *d, const struct detect_event *e, const struct identity *id,
    const struct account *owner, const struct claim_source *source)
{
    struct sighting s;

    detect_begin(&s, d, e);
    detect_claim(&s, source, "device", "%s with account %s", name_of(id), owner->name);
    detect_claim(&s, NULL, "device", "%s with account %s", name_of(id), e->account->name);
    detect_say(&s, "%s works on device %s, which is known as that of account %s.", detect_who(&s),
        name_of(id), owner->name);
    findings_sight(d->findings, &s);
}

static void
see_device(const struct detect *d, const struct detect_event *e, const struct identity *id)
{
    int64_t since_us = since_of(d, e);
    struct history *m = detect_memory(d, e);
    const struct account *owner;
    struct claim_source source;

    if (m == NULL || !remember_device(m, e, id, since_us) || is_expected(e->account, id))
        return;
    sight_devices(d, e, m, since_us);
    owner = other_owner(d, e->account, id, since_us, &source);
    if (owner != NULL)
        sight_owner(d, e, id, owner, &source);
}

/* A directory's login names who uses a computer of the company, not whose it is. */
static struct lease *
lease_of(const struct detect *d, const struct detect_event *e)
{
    struct in6_addr address = e->observation->source;
    struct lease *l;

    (void)fact_get_address(&e->observation->fact, KEY_ADDRESS, &address);
    l = accounts_lease_inside(d->accounts, &address);
    if (l == NULL || !lease_is_current(l, e->now_us, d->config->limits.lease_us) ||
        (l->is_weak && locality_of(d->config, &address) != LOCALITY_POOL))
        return NULL;
    return l;
}

static void
run(const struct detect *d, const struct detect_event *e)
{
    struct detect_event about = *e;
    struct history *m;
    struct lease *l;
    struct identity id;

    if (e->kind == EVENT_SIGN) {
        if (e->observation->fact.kind != FACT_DEVICE ||
            !read_identity(&e->observation->fact, &id) || (l = lease_of(d, e)) == NULL)
            return;
        about.lease = l;
        about.account = l->account;
        if (l->has_outside)
            about.address = l->outside;
        see_device(d, &about, &id);
        return;
    }
    if (e->account == NULL)
        return;
    if (e->observation->fact.kind == FACT_LOGIN && read_identity(&e->observation->fact, &id))
        see_device(d, e, &id);
    if (e->kind != EVENT_LOGIN || !e->has_far || e->place.asn == 0 ||
        !place_can_be_home(&e->place) || place_is_anonymiser(&e->place))
        return;
    m = detect_memory(d, e);
    if (m != NULL && remember_asn(m, e, since_of(d, e)))
        sight_networks(d, e, m, since_of(d, e));
}

const struct detector detect_device_churn = {
    .name = "device-churn",
    .about = "ever new devices or access networks, or another account's device",
    .rule = "Within the window, one account on min-devices devices that the roster does not have, "
            "or from min-asns access networks; or on a device that is known for another person's "
            "account. A device is a host name, MAC or DHCP identity; fingerprints, and MACs that "
            "cards make up, are none. Hosting, VPN and mobile networks do not count.",
    .blind = "A new computer that is given the old one's name; a device behind a router that hides "
             "its names. The country database alone knows no networks.",
    .family = FAMILY_SHARING,
    .signs = FINDING_SIGN_ACCOUNT_SHARED,
    .severity = SEVERITY_MEDIUM,
    .weight = 1,
    .keys = keys,
    .key_count = sizeof keys / sizeof keys[0],
    .attack = attack,
    .references = references,
    .action = "Compare with the computers that were issued to the person; ask whose the others "
              "are.",
    .wants = WANTS(EVENT_LOGIN) | WANTS(EVENT_LIFE) | WANTS(EVENT_SIGN),
    .run = run,
    .memory_version = MEMORY_VERSION,
    .memory_bytes = sizeof(struct history),
    .memory_fields = history_memory,
};
