/* SPDX-License-Identifier: BSD-2-Clause */
#include "account.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEAST_TIES 4u /* a power of two, as the limits are */

/* The longest that any rule looks back: single reported exits age out after it. */
#define KEEP_US (INT64_C(180) * 86400 * 1000000)
#define INTERIM_US (INT64_C(600) * 1000000) /* RFC 2869, 5.16: none should come more often */

const char *const device_fingerprint_names[DEVICE_FINGERPRINTS] = { "dhcp", "tcp", "hassh", "ja4" };

/* A contractor's account of the roster, by its key. */
struct listed {
    char key[ACCOUNT_KEY];
    const struct config_contractor *contractor;
    struct zone *zone;
    UT_hash_handle hh;
};

struct accounts {
    const struct config *config;
    struct accounts_request request;
    struct account *known, *attempted;
    struct site *sites;
    struct device *devices;
    struct lease *leases;    /* by serial */
    struct lease *by_inside; /* the current one of each inside address */
    struct listed *roster;
    struct changes changes;
    uint64_t evicted;
};

static void
fold(char *text)
{
    for (; *text != '\0'; text++)
        if (*text >= 'A' && *text <= 'Z')
            *text = (char)(*text - 'A' + 'a');
}

void
account_key(const struct config *config, const char *name, const char *realm, char out[ACCOUNT_KEY])
{
    const char *user = name, *back = strrchr(name, '\\'), *at;
    const char *domain = realm == NULL ? "" : realm;
    size_t user_length, domain_length = strlen(domain);

    if (back != NULL && back != name && back[1] != '\0') {
        domain = name;
        domain_length = (size_t)(back - name);
        user = back + 1;
    }
    user_length = strlen(user);
    at = strrchr(user, '@');
    if (at != NULL && at != user && at[1] != '\0') {
        domain = at + 1;
        domain_length = strlen(domain);
        user_length = (size_t)(at - user);
    }
    if (!config->policy.keep_realms)
        domain_length = 0;
    snprintf(out, ACCOUNT_KEY, "%.*s%s%.*s", (int)user_length, user, domain_length > 0 ? "@" : "",
        (int)domain_length, domain);
    fold(out);
}

static int
add_listed(struct accounts *t, const struct config_contractor *c)
{
    for (unsigned i = 0; i < c->accounts.count; i++) {
        struct listed *l = calloc(1, sizeof *l), *same;

        if (l == NULL)
            return -1;
        account_key(t->config, c->accounts.list[i], NULL, l->key);
        l->contractor = c;
        HASH_FIND_STR(t->roster, l->key, same);
        if (same != NULL) {
            free(l);
            continue;
        }
        l->zone = zone_open(c->timezone);
        HASH_ADD_STR(t->roster, key, l);
    }
    return 0;
}

struct accounts *
accounts_open(const struct accounts_request *request)
{
    struct accounts *t = calloc(1, sizeof *t);

    if (t == NULL)
        return NULL;
    t->config = request->config;
    t->request = *request;
    for (unsigned i = 0; i < t->config->contractor_count; i++)
        if (add_listed(t, &t->config->contractors[i]) != 0) {
            accounts_close(t);
            return NULL;
        }
    return t;
}

static void
drop_lease(struct accounts *t, struct account *a, struct lease *l)
{
    accounts_end_lease(t, l, l->last_us);
    DL_DELETE(a->leases, l);
    a->lease_count--;
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): it is in the table, so there is one */
    HASH_DEL(t->leases, l);
    free(l);
}

static void
untie(struct tie *ties, unsigned *count, const void *other)
{
    for (unsigned i = 0; i < *count; i++)
        if (ties[i].other == other) {
            memmove(&ties[i], &ties[i + 1], (*count - i - 1) * sizeof ties[0]);
            (*count)--;
            return;
        }
}

static void
drop_account(struct accounts *t, struct account *a)
{
    t->request.going(t->request.context, &a->state, a, NULL);
    while (a->leases != NULL)
        drop_lease(t, a, a->leases);
    for (unsigned i = 0; i < a->site_count; i++) {
        struct site *s = a->sites[i].other;

        untie(s->accounts, &s->account_count, a);
    }
    if (a->is_known) {
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): as above */
        HASH_DEL(t->known, a);
        change_end(&a->state.change);
    } else {
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): as above */
        HASH_DEL(t->attempted, a);
    }
    memory_free(&a->state.memory);
    free(a->state.tools);
    free(a->sites);
    free(a);
}

static void
drop_site(struct accounts *t, struct site *s)
{
    t->request.going(t->request.context, &s->state, NULL, s);
    for (unsigned i = 0; i < s->account_count; i++) {
        struct account *a = s->accounts[i].other;
        struct lease *l;

        untie(a->sites, &a->site_count, s);
        DL_FOREACH(a->leases, l)
        {
            if (l->site == s)
                l->site = NULL;
        }
    }
    HASH_DEL(t->sites, s);
    change_end(&s->state.change);
    memory_free(&s->state.memory);
    free(s->state.tools);
    free(s->accounts);
    free(s);
}

static void
drop_device(struct accounts *t, struct device *d)
{
    HASH_DEL(t->devices, d);
    change_end(&d->change);
    memory_free(&d->memory);
    free(d);
}

void
accounts_close(struct accounts *t)
{
    struct listed *l, *next_listed;

    if (t == NULL)
        return;
    while (t->known != NULL)
        drop_account(t, t->known);
    while (t->attempted != NULL)
        drop_account(t, t->attempted);
    while (t->sites != NULL)
        drop_site(t, t->sites);
    while (t->devices != NULL)
        drop_device(t, t->devices);
    HASH_ITER(hh, t->roster, l, next_listed)
    {
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the entry is out of the table */
        HASH_DEL(t->roster, l);
        zone_close(l->zone);
        free(l);
    }
    changes_free(&t->changes);
    free(t);
}

static struct account *
find_by_key(const struct accounts *t, const char *key)
{
    struct account *a;

    HASH_FIND_STR(t->known, key, a);
    if (a == NULL)
        HASH_FIND_STR(t->attempted, key, a);
    return a;
}

struct account *
accounts_find(const struct accounts *t, const char *name, const char *realm)
{
    char key[ACCOUNT_KEY];

    account_key(t->config, name, realm, key);
    return find_by_key(t, key);
}

struct account *
accounts_find_key(const struct accounts *t, const char *key)
{
    return find_by_key(t, key);
}

/* As on the wire; where realms count, a realm that came apart is put back as it is usually written:
 * DOMAIN\user, user@realm.name. */
static void
print_name(const struct accounts *t, const char *name, const char *realm, char out[ACCOUNT_NAME])
{
    if (!t->config->policy.keep_realms || realm == NULL || realm[0] == '\0' ||
        strpbrk(name, "@\\") != NULL)
        snprintf(out, ACCOUNT_NAME, "%s", name);
    else if (strchr(realm, '.') != NULL)
        snprintf(out, ACCOUNT_NAME, "%s@%s", name, realm);
    else
        snprintf(out, ACCOUNT_NAME, "%s\\%s", realm, name);
}

static void
look_up_contractor(const struct accounts *t, struct account *a)
{
    struct listed *listed;

    HASH_FIND_STR(t->roster, a->key, listed);
    if (listed == NULL)
        return;
    a->contractor = listed->contractor;
    a->zone = listed->zone;
}

/* NULL: no memory, or a mere attempt where all places are taken by accounts that have logged in. */
static struct account *
make_account(struct accounts *t, const char *key, const char *name, const char *realm, bool success)
{
    struct account *a;

    if (accounts_count(t) >= t->config->limits.accounts && accounts_count(t) > 0) {
        t->evicted++;
        if (t->attempted == NULL && !success)
            return NULL;
        drop_account(t, t->attempted != NULL ? t->attempted : t->known);
    }
    a = calloc(1, sizeof *a);
    if (a == NULL)
        return NULL;
    change_begin(&t->changes, &a->state.change, CHANGE_ACCOUNT, a);
    snprintf(a->key, sizeof a->key, "%s", key);
    print_name(t, name, realm, a->name);
    look_up_contractor(t, a);
    return a;
}

struct account *
accounts_touch(
    struct accounts *t, const char *name, const char *realm, bool success, int64_t now_us)
{
    char key[ACCOUNT_KEY];
    struct account *a;

    account_key(t->config, name, realm, key);
    a = find_by_key(t, key);
    if (a == NULL)
        a = make_account(t, key, name, realm, success);
    else if (a->is_known)
        HASH_DEL(t->known, a);
    else
        HASH_DEL(t->attempted, a);
    if (a == NULL)
        return NULL;
    a->is_known = a->is_known || success;
    a->last_us = now_us;
    if (a->is_known) {
        change_use(&a->state.change);
        HASH_ADD_STR(t->known, key, a);
    } else {
        HASH_ADD_STR(t->attempted, key, a);
    }
    return a;
}

struct account *
accounts_restore(struct accounts *t, const struct account *row)
{
    struct account *a;

    if (find_by_key(t, row->key) != NULL)
        return NULL;
    a = calloc(1, sizeof *a);
    if (a == NULL)
        return NULL;
    *a = *row;
    a->is_known = true;
    change_begin(&t->changes, &a->state.change, CHANGE_ACCOUNT, a);
    look_up_contractor(t, a);
    HASH_ADD_STR(t->known, key, a);
    return a;
}

struct site *
accounts_find_site(const struct accounts *t, const struct in6_addr *address)
{
    struct in6_addr key = locality_site_key(address);
    struct site *s;

    HASH_FIND(hh, t->sites, &key, sizeof key, s);
    return s;
}

struct site *
accounts_touch_site(struct accounts *t, const struct in6_addr *address, int64_t now_us)
{
    struct site *s = accounts_find_site(t, address);

    if (s != NULL) {
        HASH_DEL(t->sites, s);
    } else {
        if (HASH_COUNT(t->sites) >= t->config->limits.sites && t->sites != NULL) {
            t->evicted++;
            drop_site(t, t->sites);
        }
        s = calloc(1, sizeof *s);
        if (s == NULL)
            return NULL;
        s->key = locality_site_key(address);
        s->address = *address;
        change_begin(&t->changes, &s->state.change, CHANGE_SITE, s);
        locality_site_name(address, s->name);
    }
    s->last_us = now_us;
    change_use(&s->state.change);
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): what was freed is out of the table */
    HASH_ADD(hh, t->sites, key, sizeof s->key, s);
    return s;
}

struct site *
accounts_restore_site(struct accounts *t, const struct site *row)
{
    struct site *s;

    if (accounts_find_site(t, &row->address) != NULL || (s = calloc(1, sizeof *s)) == NULL)
        return NULL;
    *s = *row;
    change_begin(&t->changes, &s->state.change, CHANGE_SITE, s);
    HASH_ADD(hh, t->sites, key, sizeof s->key, s);
    return s;
}

/* The tie to `other` is moved to the end; the oldest goes when there is no room, and is returned
 * so that its other end can forget it too. */
static void *
add_tie(struct tie *ties, unsigned *count, unsigned most, const struct tie *tie)
{
    void *gone = NULL;

    untie(ties, count, tie->other);
    if (*count == most) {
        gone = ties[0].other;
        untie(ties, count, gone);
    }
    ties[(*count)++] = *tie;
    return gone;
}

/* Doubles whenever the list is full: most have a few, and there are many. */
static bool
make_room(struct tie **ties, unsigned count)
{
    unsigned room = count < LEAST_TIES ? LEAST_TIES : 2 * count;
    struct tie *grown;

    if (count != 0 && (count < LEAST_TIES || (count & (count - 1)) != 0))
        return true;
    grown = realloc(*ties, room * sizeof **ties);
    if (grown != NULL)
        *ties = grown;
    return grown != NULL;
}

void
accounts_restore_tie(struct account *a, struct site *s, const struct tie *row)
{
    struct tie to_site = *row, to_account = *row;
    struct site *old_site;
    struct account *old;

    if (!make_room(&a->sites, a->site_count) || !make_room(&s->accounts, s->account_count))
        return;
    to_site.other = s;
    to_account.other = a;
    old_site = add_tie(a->sites, &a->site_count, ACCOUNT_SITES, &to_site);
    old = add_tie(s->accounts, &s->account_count, SITE_ACCOUNTS, &to_account);
    if (old_site != NULL)
        untie(old_site->accounts, &old_site->account_count, a);
    if (old == NULL)
        return;
    untie(old->sites, &old->site_count, s);
    change_mark(&old->state.change);
}

struct tool_use *
subject_tools(struct subject_state *state)
{
    if (state->tools == NULL)
        state->tools = calloc(ACCOUNT_TOOLS, sizeof *state->tools);
    return state->tools;
}

void
accounts_tie(struct accounts *t, struct account *a, struct site *s, int64_t now_us,
    const struct claim_source *source)
{
    const struct tie tie = { .used = ++t->changes.used, .last_us = now_us, .source = *source };

    accounts_restore_tie(a, s, &tie);
    change_mark(&a->state.change);
}

struct device *
accounts_find_device(const struct accounts *t, const struct in6_addr *address)
{
    struct device *d;

    HASH_FIND(hh, t->devices, address, sizeof *address, d);
    return d;
}

struct device *
accounts_touch_device(struct accounts *t, const struct in6_addr *address, int64_t now_us)
{
    struct device *d = accounts_find_device(t, address);

    if (d != NULL) {
        HASH_DEL(t->devices, d);
    } else {
        if (HASH_COUNT(t->devices) >= t->config->limits.sites && t->devices != NULL) {
            t->evicted++;
            drop_device(t, t->devices);
        }
        d = calloc(1, sizeof *d);
        if (d == NULL)
            return NULL;
        change_begin(&t->changes, &d->change, CHANGE_DEVICE, d);
        d->address = *address;
    }
    d->last_us = now_us;
    change_use(&d->change);
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): what was freed is out of the table */
    HASH_ADD(hh, t->devices, address, sizeof d->address, d);
    return d;
}

struct lease *
accounts_lease(const struct accounts *t, uint64_t serial)
{
    struct lease *l;

    HASH_FIND(hh, t->leases, &serial, sizeof serial, l);
    return l;
}

struct lease *
accounts_lease_inside(const struct accounts *t, const struct in6_addr *inside)
{
    struct lease *l;

    HASH_FIND(by_inside, t->by_inside, inside, sizeof *inside, l);
    return l;
}

void
accounts_end_lease(struct accounts *t, struct lease *l, int64_t at_us)
{
    if (l->is_ended)
        return;
    change_mark(&l->account->state.change);
    l->is_ended = true;
    l->last_us = at_us > l->last_us ? at_us : l->last_us;
    if (l->has_inside)
        HASH_DELETE(by_inside, t->by_inside, l);
}

void
accounts_set_inside(struct accounts *t, struct lease *l, const struct in6_addr *inside)
{
    struct lease *holder = accounts_lease_inside(t, inside);

    if (l->is_ended || holder == l)
        return;
    if (l->has_inside)
        HASH_DELETE(by_inside, t->by_inside, l);
    if (holder != NULL) /* when its session ended nobody told: its last sign of life stands */
        accounts_end_lease(t, holder, holder->last_us);
    change_mark(&l->account->state.change);
    l->inside = *inside;
    l->has_inside = true;
    HASH_ADD(by_inside, t->by_inside, inside, sizeof l->inside, l);
}

struct lease *
accounts_add_lease(
    struct accounts *t, struct account *a, const struct in6_addr *inside, int64_t now_us)
{
    struct lease *l = calloc(1, sizeof *l);

    if (l == NULL)
        return NULL;
    if (a->lease_count == ACCOUNT_LEASES)
        drop_lease(t, a, a->leases->prev); /* the list's tail: the oldest */
    change_mark(&a->state.change);
    l->serial = ++t->changes.serial;
    l->account = a;
    l->start_us = l->last_us = l->renewed_us = now_us;
    DL_PREPEND(a->leases, l);
    a->lease_count++;
    HASH_ADD(hh, t->leases, serial, sizeof l->serial, l);
    if (inside != NULL)
        accounts_set_inside(t, l, inside);
    return l;
}

struct lease *
accounts_restore_lease(struct accounts *t, struct account *a, const struct lease *row)
{
    struct lease *l = calloc(1, sizeof *l);

    if (l == NULL)
        return NULL;
    *l = *row;
    l->account = a;
    if (l->has_outside)
        l->site = accounts_find_site(t, &l->outside);
    DL_PREPEND(a->leases, l);
    a->lease_count++;
    HASH_ADD(hh, t->leases, serial, sizeof l->serial, l);
    if (l->has_inside && !l->is_ended)
        HASH_ADD(by_inside, t->by_inside, inside, sizeof l->inside, l);
    return l;
}

void *
subject_memory(struct subject_state *state, const char *detector, size_t size)
{
    change_mark(&state->change);
    return memory_take(&state->memory, detector, size);
}

const void *
subject_memory_find(const struct subject_state *state, const char *detector)
{
    return memory_find(&state->memory, detector);
}

void *
device_memory(struct device *d, const char *detector, size_t size)
{
    change_mark(&d->change);
    return memory_take(&d->memory, detector, size);
}

const void *
device_memory_find(const struct device *d, const char *detector)
{
    return memory_find(&d->memory, detector);
}

bool
lease_is_current(const struct lease *l, int64_t now_us, int64_t lease_us)
{
    return !l->is_ended && now_us - l->renewed_us <= lease_us;
}

/* Interim records came and have stayed away for two of their intervals: its end was lost. */
static bool
is_overdue(const struct lease *l, int64_t now_us)
{
    return l->interim_us > 0 && now_us - l->renewed_us > 2 * l->interim_us;
}

static void
take_interim(struct lease *l, int64_t interim_us)
{
    interim_us = interim_us > INTERIM_US ? interim_us : INTERIM_US;
    l->interim_us = l->interim_us > interim_us ? l->interim_us : interim_us;
    change_mark(&l->account->state.change);
}

void
lease_renewed(struct lease *l, int64_t now_us)
{
    take_interim(l, now_us - l->renewed_us);
}

void
lease_tunnel_ended(struct lease *l)
{
    if (l->open_sessions > 0 && --l->open_sessions == 0)
        take_interim(l, 0);
}

bool
lease_is_open(const struct lease *l, int64_t now_us, int64_t lease_us)
{
    if (!lease_is_current(l, now_us, lease_us))
        return false;
    return l->open_sessions > 0 || (l->tells_end && !is_overdue(l, now_us));
}

struct account *
accounts_first(const struct accounts *t)
{
    return t->known;
}

struct site *
accounts_first_site(const struct accounts *t)
{
    return t->sites;
}

struct device *
accounts_first_device(const struct accounts *t)
{
    return t->devices;
}

void
accounts_age(struct accounts *t, int64_t now_us)
{
    /* NOLINTBEGIN(clang-analyzer-unix.Malloc): what was freed is out of the table */
    while (t->known != NULL && now_us - t->known->last_us > KEEP_US)
        drop_account(t, t->known);
    while (t->attempted != NULL && now_us - t->attempted->last_us > KEEP_US)
        drop_account(t, t->attempted);
    while (t->sites != NULL && now_us - t->sites->last_us > KEEP_US)
        drop_site(t, t->sites);
    while (t->devices != NULL && now_us - t->devices->last_us > KEEP_US)
        drop_device(t, t->devices);
    /* NOLINTEND(clang-analyzer-unix.Malloc) */
}

struct changes *
accounts_changes(struct accounts *t)
{
    return &t->changes;
}

uint64_t
accounts_count(const struct accounts *t)
{
    return HASH_COUNT(t->known) + HASH_COUNT(t->attempted);
}

uint64_t
accounts_site_count(const struct accounts *t)
{
    return HASH_COUNT(t->sites);
}

uint64_t
accounts_evicted(const struct accounts *t)
{
    return t->evicted;
}
