/* SPDX-License-Identifier: BSD-2-Clause
 *
 * An account or site is stored anew as a whole when anything of it changed: that is some dozens of
 * rows, and nothing can be forgotten.
 */
#include "output/document.h"
#include "state_row.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct state *
state_open(const char *path, bool writes, char *error, size_t error_size)
{
    struct state *s = calloc(1, sizeof *s);

    if (s == NULL) {
        snprintf(error, error_size, "state: %s cannot be used: memory is short", path);
        return NULL;
    }
    s->db = state_db_open(path, writes, state_tables, TABLE_COUNT, error, error_size);
    if (s->db == NULL) {
        free(s);
        return NULL;
    }
    return s;
}

void
state_close(struct state *s)
{
    if (s == NULL)
        return;
    state_db_close(s->db);
    if (s->writer != NULL)
        emit_close(s->writer);
    buffer_free(&s->line);
    free(s);
}

void
state_start_thread(struct state *s)
{
    state_db_start_thread(s->db);
}

const char *
state_error(const struct state *s)
{
    return state_db_error(s->db);
}

static int
put_memory(struct state *s, uint64_t owner, const struct memory *m)
{
    struct memory_row row = { .owner = owner };

    for (; m != NULL; m = m->next) {
        const struct detector *d = state_detector(m->detector);

        snprintf(row.detector, sizeof row.detector, "%s", m->detector);
        row.version = d == NULL ? 0 : d->memory_version;
        row.bytes = (struct state_blob){ .bytes = s->block, .size = m->size };
        memcpy(s->block, m->bytes, m->size);
        if (d != NULL && d->memory_fields != NULL)
            memory_order(s->block, d->memory_fields);
        if (state_db_put(s->db, MEMORY, &row) != 0)
            return -1;
    }
    return 0;
}

static int
put_finding_parts(
    struct state *s, uint64_t owner, const struct finding *f, unsigned *claims, unsigned *sites)
{
    struct claim_row claim = { .owner = owner, .finding = f->id };
    struct earned_row earned = { .owner = owner, .finding = f->id };

    for (unsigned i = 0; i < f->claim_count; i++) {
        claim.place = (*claims)++;
        claim.claim = f->claims[i];
        if (state_db_put(s->db, CLAIM, &claim) != 0)
            return -1;
    }
    for (unsigned i = 0; i < f->site_count; i++) {
        earned.place = (*sites)++;
        earned.at = f->sites[i];
        if (state_db_put(s->db, EARNED, &earned) != 0)
            return -1;
    }
    return 0;
}

static int
put_findings(struct state *s, const struct subject_state *state)
{
    struct finding_row row = { .owner = state->change.serial };
    unsigned claims = 0, sites = 0;
    const struct finding *f;

    DL_FOREACH(state->findings, f)
    {
        row.finding = *f;
        snprintf(row.detector, sizeof row.detector, "%s", f->detector->name);
        if (state_db_put(s->db, FINDING, &row) != 0 ||
            put_finding_parts(s, row.owner, f, &claims, &sites) != 0)
            return -1;
        row.place++;
    }
    return 0;
}

/* What accounts and sites have alike. */
static int
put_subject(struct state *s, const struct subject_state *state)
{
    struct tool_row row = { .owner = state->change.serial };

    for (; row.place < state->tool_count; row.place++) {
        row.tool = state->tools[row.place];
        if (state_db_put(s->db, TOOL, &row) != 0)
            return -1;
    }
    if (put_findings(s, state) != 0)
        return -1;
    return put_memory(s, row.owner, state->memory);
}

static int
put_leases_and_ties(struct state *s, const struct account *a)
{
    struct lease_row lease = { .owner = a->state.change.serial };
    struct tie_row tie = { .owner = lease.owner };
    const struct lease *l;

    DL_FOREACH(a->leases, l)
    {
        lease.lease = *l;
        if (state_db_put(s->db, LEASE, &lease) != 0)
            return -1;
    }
    for (unsigned i = 0; i < a->site_count; i++) {
        tie.tie = a->sites[i];
        tie.site = ((const struct site *)tie.tie.other)->state.change.serial;
        if (state_db_put(s->db, TIE, &tie) != 0)
            return -1;
    }
    return 0;
}

static int
put_account(struct state *s, const struct account *a)
{
    struct origin_row origin = { .owner = a->state.change.serial };
    struct away_row away = { .owner = origin.owner };

    if (!a->is_known)
        return 0;
    if (state_db_put(s->db, ACCOUNT, a) != 0 || put_leases_and_ties(s, a) != 0)
        return -1;
    for (; origin.place < a->origin_count; origin.place++) {
        origin.origin = a->origins[origin.place];
        if (state_db_put(s->db, ORIGIN, &origin) != 0)
            return -1;
    }
    for (; away.place < a->away_day_count; away.place++) {
        away.day = a->away_days[away.place];
        if (state_db_put(s->db, AWAY, &away) != 0)
            return -1;
    }
    return put_subject(s, &a->state);
}

static int
put_site(struct state *s, const struct site *site)
{
    return state_db_put(s->db, SITE, site) != 0 ? -1 : put_subject(s, &site->state);
}

static int
put_device(struct state *s, const struct device *d)
{
    return state_db_put(s->db, DEVICE, d) != 0 ? -1 : put_memory(s, d->change.serial, d->memory);
}

static int
put_waiting(struct state *s, const struct underway *w)
{
    struct waiting_row row = { .owner = w->change.serial, .waiting = *w };

    if (s->writer == NULL && (s->writer = emit_open_json(&s->line)) == NULL)
        return 0; /* memory is short: it will be missed */
    buffer_clear(&s->line);
    document_observation(s->writer, &w->observation);
    row.observation = (struct state_blob){ .bytes = s->line.data, .size = s->line.length };
    return s->line.failed ? 0 : state_db_put(s->db, WAITING, &row);
}

/* A name of no flow is told anew. */
static int
put_session(struct state *s, const struct underway_session *session)
{
    return session->as.first_us == 0 ? 0 : state_db_put(s->db, SESSION, session);
}

static int
put_marked(struct state *s, const struct changes *changes)
{
    const struct change *c;

    for (unsigned i = 0; i < changes->gone_count; i++)
        if (state_db_remove(s->db, changes->gone[i]) != 0)
            return -1;
    DL_FOREACH(changes->marked, c)
    {
        int result = state_db_remove(s->db, c->serial);

        if (result == 0 && c->of == CHANGE_ACCOUNT)
            result = put_account(s, c->owner);
        else if (result == 0 && c->of == CHANGE_SITE)
            result = put_site(s, c->owner);
        else if (result == 0 && c->of == CHANGE_DEVICE)
            result = put_device(s, c->owner);
        else if (result == 0 && c->of == CHANGE_SESSION)
            result = put_session(s, c->owner);
        else if (result == 0)
            result = put_waiting(s, c->owner);
        if (result != 0)
            return -1;
    }
    return 0;
}

static int
put_all(struct state *s, const struct state_of *of)
{
    const struct accounts *t = of->accounts;
    const struct underway *w;

    if (state_db_clear(s->db) != 0)
        return -1;
    for (const struct account *a = accounts_first(t); a != NULL; a = a->hh.next)
        if (put_account(s, a) != 0)
            return -1;
    for (const struct site *site = accounts_first_site(t); site != NULL; site = site->hh.next)
        if (put_site(s, site) != 0)
            return -1;
    for (const struct device *d = accounts_first_device(t); d != NULL; d = d->hh.next)
        if (put_device(s, d) != 0)
            return -1;
    for (const struct underway_session *r = of->sessions; r != NULL; r = r->hh.next)
        if (put_session(s, r) != 0)
            return -1;
    for (unsigned i = 0; i < STATE_LISTS; i++) {
        DL_FOREACH(of->waiting[i], w)
        {
            if (put_waiting(s, w) != 0)
                return -1;
        }
    }
    return 0;
}

int
state_save(struct state *s, const struct state_of *of, bool last)
{
    struct changes *changes = accounts_changes(of->accounts);
    struct meta_row meta = {
        .clock_us = of->now_us,
        .has_time = of->has_time,
        .serial = changes->serial,
        .used = changes->used,
        .keep_realms = of->config->policy.keep_realms,
    };

    if (changes->marked == NULL && changes->gone_count == 0 && !changes->is_whole && !last)
        return 0;
    if (state_db_begin(s->db) != 0)
        return -1;
    if ((changes->is_whole ? put_all(s, of) : put_marked(s, changes)) != 0 ||
        state_db_put(s->db, META, &meta) != 0 || state_db_commit(s->db) != 0) {
        state_db_undo(s->db);
        return -1;
    }
    changes_clear(changes);
    return 0;
}
