/* SPDX-License-Identifier: BSD-2-Clause
 *
 * From the file to empty tables. What the program, its configuration or its limits no longer know
 * is left out, and then all is stored anew.
 */
#include "output/observation_read.h"
#include "state_row.h"
#include <stdlib.h>
#include <string.h>

/* Rows name their owners by serial. */
struct owner {
    uint64_t serial;
    struct change *change;
    UT_hash_handle hh;
};

struct load {
    const struct state_of *of;
    struct owner *owners;
    uint64_t skip; /* the least recently used of a table that has become smaller */
    bool rekeys;   /* accounts compare otherwise than when they were stored */
    bool differs;  /* something stored was not taken: all is to be stored anew */
    struct meta_row meta;
};

static void
add_owner(struct load *load, struct change *c, uint64_t serial, uint64_t used)
{
    struct owner *o = calloc(1, sizeof *o);

    c->serial = serial;
    c->used = used;
    if (o == NULL)
        return;
    o->serial = serial;
    o->change = c;
    HASH_ADD(hh, load->owners, serial, sizeof o->serial, o);
}

/* NULL: it is not there any more, or is of another kind. */
static void *
find_owner(struct load *load, uint64_t serial, enum change_of of)
{
    struct owner *o;

    HASH_FIND(hh, load->owners, &serial, sizeof serial, o);
    if (o == NULL || o->change->of != of) {
        load->differs = true;
        return NULL;
    }
    return o->change->owner;
}

static struct subject_state *
find_subject(struct load *load, uint64_t serial)
{
    struct owner *o;

    HASH_FIND(hh, load->owners, &serial, sizeof serial, o);
    if (o != NULL && o->change->of == CHANGE_ACCOUNT)
        return &((struct account *)o->change->owner)->state;
    if (o != NULL && o->change->of == CHANGE_SITE)
        return &((struct site *)o->change->owner)->state;
    load->differs = true;
    return NULL;
}

static bool
skips(struct load *load)
{
    if (load->skip == 0)
        return false;
    load->skip--;
    load->differs = true;
    return true;
}

static void
take_meta(void *context, void *row)
{
    ((struct load *)context)->meta = *(struct meta_row *)row;
}

static void
take_account(void *context, void *row)
{
    struct load *load = context;
    struct account *a = row, *kept;

    if (skips(load))
        return;
    if (load->rekeys)
        account_key(load->of->config, a->name, NULL, a->key);
    kept = accounts_restore(load->of->accounts, a);
    if (kept == NULL)
        load->differs = true;
    else
        add_owner(load, &kept->state.change, a->state.change.serial, a->state.change.used);
}

static void
take_site(void *context, void *row)
{
    struct load *load = context;
    struct site *site = row, *kept;

    if (skips(load))
        return;
    kept = accounts_restore_site(load->of->accounts, site);
    if (kept == NULL)
        load->differs = true;
    else
        add_owner(load, &kept->state.change, site->state.change.serial, site->state.change.used);
}

static void
take_device(void *context, void *row)
{
    struct load *load = context;
    struct device *d = row, *kept;

    if (skips(load))
        return;
    kept = accounts_touch_device(load->of->accounts, &d->address, d->last_us);
    if (kept == NULL)
        return;
    memcpy(kept->host_name, d->host_name, sizeof kept->host_name);
    memcpy(kept->mac, d->mac, sizeof kept->mac);
    memcpy(kept->driven_by, d->driven_by, sizeof kept->driven_by);
    kept->driven_us = d->driven_us;
    kept->on_vpn_us = d->on_vpn_us;
    memcpy(kept->fingerprints, d->fingerprints, sizeof kept->fingerprints);
    add_owner(load, &kept->change, d->change.serial, d->change.used);
}

static void
take_lease(void *context, void *row)
{
    struct load *load = context;
    struct lease_row *r = row;
    struct account *a = find_owner(load, r->owner, CHANGE_ACCOUNT);

    if (r->lease.session_count > LEASE_SESSIONS)
        r->lease.session_count = LEASE_SESSIONS;
    if (r->lease.has_outside)
        geoip_look_up(load->of->geoip, &r->lease.outside, &r->lease.place);
    if (a != NULL)
        accounts_restore_lease(load->of->accounts, a, &r->lease);
}

static void
take_tie(void *context, void *row)
{
    struct load *load = context;
    const struct tie_row *r = row;
    struct account *a = find_owner(load, r->owner, CHANGE_ACCOUNT);
    struct site *site = find_owner(load, r->site, CHANGE_SITE);

    if (a != NULL && site != NULL)
        accounts_restore_tie(a, site, &r->tie);
}

static void
take_origin(void *context, void *row)
{
    const struct origin_row *r = row;
    struct account *a = find_owner(context, r->owner, CHANGE_ACCOUNT);

    if (a != NULL && a->origin_count < ACCOUNT_ORIGINS)
        a->origins[a->origin_count++] = r->origin;
}

static void
take_tool(void *context, void *row)
{
    const struct tool_row *r = row;
    struct subject_state *state = find_subject(context, r->owner);

    if (state != NULL && state->tool_count < ACCOUNT_TOOLS && subject_tools(state) != NULL)
        state->tools[state->tool_count++] = r->tool;
}

static void
take_away(void *context, void *row)
{
    const struct away_row *r = row;
    struct account *a = find_owner(context, r->owner, CHANGE_ACCOUNT);

    if (a != NULL && a->away_day_count < ACCOUNT_DAYS)
        a->away_days[a->away_day_count++] = r->day;
}

static bool
is_enabled(const struct config *config, const struct detector *d)
{
    unsigned i = 0;

    while (detect_table[i] != d)
        i++;
    return config->detectors[i].enabled;
}

static void
take_finding(void *context, void *row)
{
    struct load *load = context;
    struct finding_row *r = row;
    struct subject_state *state = find_subject(load, r->owner);

    r->finding.detector = state_detector(r->detector);
    /* What a detector said before it was turned off counts no more, and is not forgotten. */
    if (r->finding.detector != NULL && !is_enabled(load->of->config, r->finding.detector))
        r->finding.is_suppressed = true;
    if (state == NULL || r->finding.detector == NULL ||
        findings_restore(load->of->findings, state, &r->finding) == NULL)
        load->differs = true;
}

static struct finding *
finding_of(struct load *load, uint64_t owner, uint64_t id)
{
    struct subject_state *state = find_subject(load, owner);
    struct finding *f = state == NULL ? NULL : state->findings;

    while (f != NULL && f->id != id)
        f = f->next;
    return f;
}

static void
take_earned(void *context, void *row)
{
    const struct earned_row *r = row;
    struct finding *f = finding_of(context, r->owner, r->finding);

    if (f != NULL && f->site_count < FINDING_SITES)
        f->sites[f->site_count++] = r->at;
}

static void
take_claim(void *context, void *row)
{
    struct claim_row *r = row;
    struct finding *f = finding_of(context, r->owner, r->finding);

    if (r->claim.packet_count > ALERT_PACKETS)
        r->claim.packet_count = ALERT_PACKETS;
    if (f != NULL)
        finding_add_claim(f, &r->claim);
}

/* A block of another version, or of a detector that no longer is, says nothing. */
static void
take_memory(void *context, void *row)
{
    struct load *load = context;
    const struct memory_row *r = row;
    const struct detector *d = state_detector(r->detector);
    struct subject_state *state;
    struct owner *o;
    void *bytes = NULL;

    if (d == NULL || d->memory_version != r->version || d->memory_bytes != r->bytes.size ||
        r->bytes.bytes == NULL) {
        load->differs = true;
        return;
    }
    HASH_FIND(hh, load->owners, &r->owner, sizeof r->owner, o);
    if (o != NULL && o->change->of == CHANGE_DEVICE)
        bytes = device_memory(o->change->owner, d->name, d->memory_bytes);
    else if ((state = find_subject(load, r->owner)) != NULL)
        bytes = subject_memory(state, d->name, d->memory_bytes);
    if (bytes == NULL)
        return;
    memcpy(bytes, r->bytes.bytes, d->memory_bytes);
    if (d->memory_fields != NULL)
        memory_order(bytes, d->memory_fields);
}

static void
take_session(void *context, void *row)
{
    struct load *load = context;
    const struct state_of *of = load->of;

    if (of->restore_session == NULL || !of->restore_session(of->analyst, row))
        load->differs = true;
}

static void
take_waiting(void *context, void *row)
{
    struct load *load = context;
    const struct state_of *of = load->of;
    struct waiting_row *r = row;
    uint64_t unknown = 0;

    r->waiting.change.serial = r->owner;
    if (of->restore_waiting == NULL || r->observation.bytes == NULL ||
        observation_read_json(
            r->observation.bytes, r->observation.size, &r->waiting.observation, &unknown) != NULL ||
        !of->restore_waiting(of->analyst, &r->waiting))
        load->differs = true;
}

static void (*const takers[TABLE_COUNT])(void *context, void *row) = {
    [META] = take_meta,
    [ACCOUNT] = take_account,
    [SITE] = take_site,
    [DEVICE] = take_device,
    [LEASE] = take_lease,
    [TIE] = take_tie,
    [ORIGIN] = take_origin,
    [TOOL] = take_tool,
    [AWAY] = take_away,
    [FINDING] = take_finding,
    [EARNED] = take_earned,
    [CLAIM] = take_claim,
    [MEMORY] = take_memory,
    [SESSION] = take_session,
    [WAITING] = take_waiting,
};

static void
count_excess(struct state *s, struct load *load, unsigned table)
{
    uint64_t count = state_db_count(s->db, table), limit = load->of->config->limits.sites;

    if (table == ACCOUNT)
        limit = load->of->config->limits.accounts;
    load->skip = table <= DEVICE && table != META && count > limit ? count - limit : 0;
}

/* An id is of the subject's key. */
static void
rename_findings(struct subject_state *state)
{
    const struct account *a = state->change.of == CHANGE_ACCOUNT ? state->change.owner : NULL;
    const struct site *site = a == NULL ? state->change.owner : NULL;
    struct finding *f;

    DL_FOREACH(state->findings, f)
    {
        f->id = finding_id(f->detector->name, a, site == NULL ? "" : site->name, f->object);
    }
}

int
state_load(struct state *s, struct state_of *of)
{
    struct load load = { .of = of };
    struct changes *changes = accounts_changes(of->accounts);
    struct owner *o, *next;
    int result = 0;

    for (unsigned t = 0; t < TABLE_COUNT && result == 0; t++) {
        count_excess(s, &load, t);
        result = state_db_each(s->db, t, takers[t], &load);
        if (t == META)
            load.rekeys = load.meta.keep_realms != of->config->policy.keep_realms;
    }
    HASH_ITER(hh, load.owners, o, next)
    {
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the entry is out of the table */
        HASH_DEL(load.owners, o);
        free(o);
    }
    for (struct account *a = accounts_first(of->accounts); load.rekeys && a != NULL; a = a->hh.next)
        rename_findings(&a->state);
    of->has_time = load.meta.has_time;
    of->now_us = load.meta.clock_us;
    changes->serial = load.meta.serial;
    changes->used = load.meta.used;
    changes->is_kept = true;
    changes->is_whole = load.differs || load.rekeys;
    return result;
}
