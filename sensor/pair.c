/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Four-way sets of fixed slots: no chains, no scans, memory touched only as far as it was used.
 */
#include "pair.h"
#include <stdlib.h>
#include <string.h>

#define WAYS 4u
#define LIFE_US                                                                                    \
    60000000 /* RADIUS clients give up well before; an identifier then has a new life              \
              */

struct pending {
    uint64_t flow;
    uint32_t transaction;
    uint8_t parser;
    bool in_use, is_answered;
    int64_t time_us;
    struct fact request;
};

struct pair_table {
    uint32_t sets;
    uint64_t unpaired;
    struct pending *pending;
};

static struct pending *
set_of(struct pair_table *t, uint64_t flow, uint32_t transaction, unsigned parser)
{
    uint64_t h = (flow ^ transaction ^ (uint64_t)parser << 32) * UINT64_C(0x9e3779b97f4a7c15);

    return &t->pending[(h >> 32 & (t->sets - 1)) * WAYS];
}

static struct pending *
find(struct pending *set, uint64_t flow, uint32_t transaction, unsigned parser, int64_t time_us)
{
    for (unsigned i = 0; i < WAYS; i++)
        if (set[i].in_use && set[i].flow == flow && set[i].transaction == transaction &&
            set[i].parser == parser && time_us - set[i].time_us < LIFE_US)
            return &set[i];
    return NULL;
}

static struct pending *
make_room(struct pending *set)
{
    struct pending *oldest = set;

    for (unsigned i = 0; i < WAYS; i++) {
        if (!set[i].in_use)
            return &set[i];
        if (set[i].time_us < oldest->time_us)
            oldest = &set[i];
    }
    return oldest;
}

static bool
same_fact(const struct fact *a, const struct fact *b)
{
    return a->kind == b->kind && a->length == b->length &&
           memcmp(a->bytes, b->bytes, a->length) == 0;
}

static bool
take_request(
    struct pending *set, struct pending *known, const struct pending *key, const struct fact *f)
{
    if (known != NULL && !known->is_answered && same_fact(&known->request, f))
        return false;
    if (known == NULL)
        known = make_room(set);
    known->flow = key->flow;
    known->transaction = key->transaction;
    known->parser = key->parser;
    known->time_us = key->time_us;
    known->in_use = true;
    known->is_answered = false;
    memcpy(&known->request, f, offsetof(struct fact, bytes) + f->length);
    return f->kind != FACT_LOGOUT && !f->is_again;
}

bool
pair_fact(struct pair_table *t, uint64_t flow, unsigned parser, int64_t time_us, struct fact *f)
{
    struct pending *set, *known;

    if (f->pairing == FACT_ALONE)
        return true;
    set = set_of(t, flow, f->transaction, parser);
    known = find(set, flow, f->transaction, parser, time_us);
    if (f->pairing == FACT_REQUEST) {
        struct pending key = { .flow = flow, .transaction = f->transaction, .time_us = time_us };

        key.parser = (uint8_t)parser;
        return take_request(set, known, &key, f);
    }
    if (known == NULL) {
        if (fact_has(f, KEY_ACCOUNT))
            return true;
        t->unpaired++;
        return false;
    }
    if (known->is_answered)
        return false;
    known->is_answered = true;
    fact_fill(f, &known->request);
    return true;
}

uint64_t
pair_table_unpaired(const struct pair_table *t)
{
    return t->unpaired;
}

struct pair_table *
pair_table_open(uint32_t sets)
{
    struct pair_table *t = calloc(1, sizeof *t);

    if (t == NULL)
        return NULL;
    t->sets = sets;
    t->pending = calloc((size_t)sets * WAYS, sizeof *t->pending);
    if (t->pending == NULL) {
        free(t);
        return NULL;
    }
    return t;
}

void
pair_table_close(struct pair_table *t)
{
    if (t == NULL)
        return;
    free(t->pending);
    free(t);
}
