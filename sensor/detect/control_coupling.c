/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A computer that speaks to the company only when somebody's hand moves in a remote-control
 * session: the one who works is at the other end of that session.
 *
 * Seconds with input to the driven computer, and seconds in which it speaks to the company, are two
 * rows of bits over half an hour at most. Their phi coefficient, with the answer in the same second
 * or the next, says how far one goes with the other (stepping stones: Zhang and Paxson, USENIX
 * Security 2000). The same bits in random order must show nothing of it: rows that are nearly all
 * ones or zeros go together by chance.
 */
#include "detect.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { KEY_DURATION, KEY_PHI, KEY_LAG, KEY_ACTIVE, KEY_SHUFFLED };

static const struct config_detector_key keys[] = {
    { "min-duration", CONFIG_DURATION, 600, "s", "a morning's greeting is no work" },
    { "min-phi", CONFIG_NUMBER, 0.5, "phi", "after Zhang and Paxson 2000" },
    { "max-lag", CONFIG_DURATION, 1, "s", "a key, its screen, the laptop's own round trip" },
    { "min-active", CONFIG_NUMBER, 30, "seconds", "fewer agree by chance" },
    { "max-shuffled", CONFIG_NUMBER, 0.15, "phi", "the same seconds in random order" },
};

static const char *const attack[] = { "T1219", NULL };
static const char *const references[] = {
    "Zhang and Paxson, Detecting Stepping Stones, USENIX Security 2000",
    NULL,
};

#define WINDOWS 3 /* remembered of one device */
#define SECONDS (WINDOWS * ACTIVITY_WINDOW_S)
#define SHUFFLES 10
#define SHUFFLE_SEED UINT64_C(0x9e3779b97f4a7c15)
#define LAG_MAX 60

enum row { ROW_INPUT, ROW_OWN, ROWS };

struct history {
    int64_t window; /* the newest */
    bool is_begun, has[ROWS];
    uint8_t rows[ROWS][WINDOWS][ACTIVITY_WINDOW_S / 8]; /* by window % WINDOWS */
    struct claim_source source[ROWS];
    /* of the newest control session */
    char account[ACCOUNT_KEY]; /* "": none is known */
    char device[DEVICE_NAME], app[64];
    struct in6_addr address;
    struct claim_source cause;
};

static const struct memory_field history_memory[] = {
    MEMORY_NUMBER(struct history, window),
    MEMORY_BYTES(struct history, is_begun),
    MEMORY_BYTES(struct history, has),
    MEMORY_BYTES(struct history, rows),
    MEMORY_EACH(struct history, source, claim_source_memory),
    MEMORY_BYTES(struct history, account),
    MEMORY_BYTES(struct history, device),
    MEMORY_BYTES(struct history, app),
    MEMORY_BYTES(struct history, address),
    MEMORY_PART(struct history, cause, claim_source_memory),
    MEMORY_END,
};

struct bits {
    uint8_t input[SECONDS], own[SECONDS]; /* 0 or 1, in order of time */
    unsigned count;
};

static bool
bit_of(const uint8_t *row, unsigned second)
{
    return (row[second / 8] & 0x80u >> second % 8) != 0;
}

/* The seconds from the first to the last with input. */
static void
lay_out(const struct history *k, struct bits *b)
{
    unsigned first = SECONDS, last = 0;

    for (unsigned i = 0; i < SECONDS; i++) {
        int64_t window = k->window - (WINDOWS - 1) + i / ACTIVITY_WINDOW_S;
        unsigned at = (unsigned)((window % WINDOWS + WINDOWS) % WINDOWS);

        b->input[i] = bit_of(k->rows[ROW_INPUT][at], i % ACTIVITY_WINDOW_S);
        b->own[i] = bit_of(k->rows[ROW_OWN][at], i % ACTIVITY_WINDOW_S);
        if (b->input[i] != 0) {
            first = first < i ? first : i;
            last = i;
        }
    }
    b->count = first < SECONDS ? last - first + 1 : 0;
    if (first > 0 && first < SECONDS) {
        memmove(b->input, b->input + first, b->count);
        memmove(b->own, b->own + first, b->count);
    }
}

static unsigned
count_ones(const uint8_t *row, unsigned count)
{
    unsigned n = 0;

    for (unsigned i = 0; i < count; i++)
        n += row[i];
    return n;
}

/* Of input and what is `lag` seconds later. */
static double
phi(const uint8_t *input, const uint8_t *own, unsigned count, unsigned lag)
{
    double n[2][2] = { { 0, 0 }, { 0, 0 } }, product;

    for (unsigned i = 0; i + lag < count; i++)
        n[input[i]][own[i + lag]]++;
    product = (n[1][0] + n[1][1]) * (n[0][0] + n[0][1]) * (n[0][1] + n[1][1]) * (n[0][0] + n[1][0]);
    return product > 0 ? (n[1][1] * n[0][0] - n[1][0] * n[0][1]) / sqrt(product) : 0;
}

static double
phi_within(const uint8_t *input, const uint8_t *own, unsigned count, unsigned max_lag)
{
    double best = 0;

    for (unsigned lag = 0; lag <= max_lag; lag++) {
        double here = phi(input, own, count, lag);

        best = here > best ? here : best;
    }
    return best;
}

/* The mean over some random orders, the same in every run. */
static double
phi_shuffled(const struct bits *b, unsigned max_lag)
{
    uint8_t own[SECONDS] = { 0 };
    uint64_t random = SHUFFLE_SEED;
    double sum = 0;

    memcpy(own, b->own, b->count);
    for (unsigned n = 0; n < SHUFFLES; n++) {
        for (unsigned i = b->count; i-- > 1;) { /* Fisher and Yates */
            unsigned other;
            uint8_t swap = own[i];

            random ^= random << 13; /* Marsaglia, Xorshift RNGs, 2003 */
            random ^= random >> 7;
            random ^= random << 17;
            other = (unsigned)(random % (i + 1));
            own[i] = own[other];
            own[other] = swap;
        }
        sum += phi_within(b->input, own, b->count, max_lag);
    }
    return sum / SHUFFLES;
}

static void
judge(const struct detect *d, const struct history *k, int64_t now_us)
{
    double together, shuffled;
    unsigned lag = (unsigned)d->own->key[KEY_LAG], inputs, owns;
    struct detect_event e = { .kind = EVENT_ACTIVITY, .now_us = now_us, .address = k->address };
    struct observation cause;
    struct sighting s;
    struct bits b;

    if (!k->has[ROW_INPUT] || !k->has[ROW_OWN])
        return;
    lay_out(k, &b);
    inputs = count_ones(b.input, b.count);
    owns = count_ones(b.own, b.count);
    if (b.count < d->own->key[KEY_DURATION] || inputs < d->own->key[KEY_ACTIVE] ||
        owns < d->own->key[KEY_ACTIVE])
        return;
    lag = lag < LAG_MAX ? lag : LAG_MAX;
    together = phi_within(b.input, b.own, b.count, lag);
    shuffled = phi_shuffled(&b, lag);
    if (together < d->own->key[KEY_PHI] || shuffled >= d->own->key[KEY_SHUFFLED])
        return;
    detect_recall(&cause, &k->cause);
    e.observation = &cause;
    memcpy(e.device, k->device, sizeof e.device);
    e.account = k->account[0] == '\0' ? NULL : accounts_find_key(d->accounts, k->account);
    detect_begin(&s, d, &e);
    detect_claim(
        &s, &k->source[ROW_INPUT], "input", "by %s, in %u of %u seconds", k->app, inputs, b.count);
    detect_claim(&s, &k->source[ROW_OWN], "to the company", "spoke in %u of these seconds", owns);
    detect_claim(&s, &k->source[ROW_INPUT], "coupling",
        "phi %.2f within %u s; the same seconds in random order: %.2f", together, lag, shuffled);
    detect_say(&s,
        "%s speaks to the company only while the other end of %s moves (phi %.2f over %u "
        "minutes): whoever works is there, not at the computer.",
        detect_who(&s), k->app, together, b.count / 60);
    findings_sight(d->findings, &s);
}

static struct history *
touch(const struct detect *d, const struct detect_event *e)
{
    struct device *device = accounts_touch_device(d->accounts, &e->host, e->now_us);
    struct history *k = device == NULL ? NULL : device_memory(device, d->detector->name, sizeof *k);

    if (k != NULL && !k->is_begun) {
        k->is_begun = true;
        k->window = e->activity->window;
    }
    return k;
}

/* Before a newer window comes, all that the older ones hold is judged. */
static void
turn_to(const struct detect *d, struct history *k, int64_t window, int64_t now_us)
{
    judge(d, k, now_us);
    if (window - k->window >= WINDOWS) {
        memset(k->rows, 0, sizeof k->rows);
        k->has[ROW_INPUT] = k->has[ROW_OWN] = false;
    } else {
        for (int64_t w = k->window + 1; w <= window; w++)
            for (unsigned row = 0; row < ROWS; row++)
                memset(k->rows[row][w % WINDOWS], 0, sizeof k->rows[row][0]);
    }
    k->window = window;
}

static void
remember_session(struct history *k, const struct detect_event *e)
{
    const char *app = fact_get_text(&e->observation->fact, KEY_APP);

    k->address = e->address;
    memcpy(k->device, e->device, sizeof k->device);
    k->cause = claim_source_of(e->observation);
    snprintf(k->app, sizeof k->app, "%s", app == NULL ? "a remote-control session" : app);
    snprintf(k->account, sizeof k->account, "%s", e->account == NULL ? "" : e->account->key);
}

static void
run(const struct detect *d, const struct detect_event *e)
{
    bool is_own =
        e->activity_of == ACTIVITY_DEVICE || (e->activity_of == ACTIVITY_TUNNEL && !e->is_driven);
    enum row row = e->is_driven ? ROW_INPUT : ROW_OWN;
    unsigned direction = e->is_driven ? e->input : 0;
    struct history *k;
    uint8_t *into;

    if ((!is_own && !e->is_driven) || (k = touch(d, e)) == NULL)
        return;
    if (e->activity->window > k->window)
        turn_to(d, k, e->activity->window, e->now_us);
    else if (k->window - e->activity->window >= WINDOWS)
        return;
    into = k->rows[row][e->activity->window % WINDOWS];
    for (size_t i = 0; i < sizeof k->rows[row][0]; i++)
        into[i] |= e->activity->seconds[direction][i];
    if (!k->has[row])
        k->source[row] = claim_source_of(e->observation);
    k->has[row] = true;
    if (row == ROW_INPUT)
        remember_session(k, e);
}

static void
finish(const struct detect *d, int64_t now_us)
{
    for (struct device *device = accounts_first_device(d->accounts); device != NULL;
         device = device->hh.next) {
        const struct history *k = device_memory_find(device, d->detector->name);

        if (k != NULL)
            judge(d, k, now_us);
    }
}

const struct detector detect_control_coupling = {
    .name = "control-coupling",
    .about = "a computer that works only while a remote-control session moves",
    .rule = "Over min-duration or more, seconds with input of a remote-control session and seconds "
            "in which the driven computer speaks to the company go together: phi of min-phi or "
            "more within max-lag, min-active seconds of each, and less than max-shuffled when the "
            "seconds are in random order.",
    .blind = "Both must be seen: not at the edge, where one tunnel holds all. Software that makes "
             "traffic of its own beside the work, or input that is made up to fill the pauses.",
    .family = FAMILY_DRIVING,
    .signs = FINDING_SIGN_DRIVEN,
    .severity = SEVERITY_HIGH,
    .weight = 4,
    .keys = keys,
    .key_count = sizeof keys / sizeof keys[0],
    .attack = attack,
    .references = references,
    .action = "Find the session's other end (the tool's own log names its id), and ask the person "
              "to work a while with the tool shut down.",
    .wants = WANTS(EVENT_ACTIVITY),
    .run = run,
    .finish = finish,
    .memory_version = 1,
    .memory_bytes = sizeof(struct history),
    .memory_fields = history_memory,
};
