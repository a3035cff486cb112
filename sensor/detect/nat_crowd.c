/* SPDX-License-Identifier: BSD-2-Clause
 *
 * More computers behind one home's address than people known there. Each sign tells hosts apart by
 * itself: names; the kind of system that a SYN shows (p0f); and within one kind, clocks. TCP
 * timestamps of one host lie on one line of 1000, 250 or 100 ticks a second, each host's from a
 * start of its own (Kohno 2005).
 *
 * Newer systems scramble the start for each destination (Linux) or each connection (macOS). So only
 * lines to one destination are compared, a line counts once two connections lie on it, and two
 * lines are two hosts only when they ran at once: one after the other may be a restart.
 * A JA3 is a program's, not a host's: it is told as evidence and never counts.
 */
#include "detect.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { KEY_HOSTS, KEY_WINDOW, KEY_RESTART };

static const struct config_detector_key keys[] = {
    { "min-hosts", CONFIG_NUMBER, 3, "hosts", "and more than accounts known there" },
    { "window", CONFIG_DURATION, 7 * 86400, "s", "a working week" },
    { "restart", CONFIG_DURATION, 60, "s", "no computer is off and back on its VPN sooner" },
};

static const char *const attack[] = { NULL };
static const char *const references[] = {
    "Zalewski, p0f 3, section 5: signatures of SYN packets",
    "Kohno, Broido, claffy: Remote physical device fingerprinting, IEEE S&P 2005",
    NULL,
};

#define MEMORY_VERSION 1
#define CLASSES 8
#define LINES 20
#define NAMES 8
#define PROGRAMS 8
#define CLASS_TEXT 48
#define WAITING 512 /* SYNs of addresses that nobody has logged in from, until somebody does */
#define WAITING_US (10 * MINUTE_US)
#define SLACK_US 100000          /* of a sample: delays on the way */
#define DRIFT 0.0005             /* of a clock, ten times what Kohno met */
#define LEAST_APART_US SECOND_US /* of two samples: nearer ones fit any rate */

struct sample {
    int64_t time_us;
    int64_t ticks; /* of 32 bits; negative: the SYN has none */
    uint64_t flow;
    struct in6_addr destination;
    char class[CLASS_TEXT];
    struct claim_source source;
};

struct history {
    struct host_class {
        char text[CLASS_TEXT];
        int64_t last_us; /* 0: free */
        struct claim_source source;
    } classes[CLASSES];
    struct host_line {
        char class[CLASS_TEXT];
        struct in6_addr destination;
        int64_t first_us, last_us; /* 0: free */
        uint32_t ticks;            /* at last_us */
        unsigned hz;               /* 0: one connection only */
        uint64_t flow;
        struct claim_source source;
    } lines[LINES];
    struct host_name {
        char text[64];
        int64_t last_us;
        struct claim_source source;
    } names[NAMES];
    char programs[PROGRAMS][48];
    unsigned program_count, told_hosts;
};

static const struct memory_field class_memory[] = {
    MEMORY_BYTES(struct host_class, text),
    MEMORY_NUMBER(struct host_class, last_us),
    MEMORY_PART(struct host_class, source, claim_source_memory),
    MEMORY_END,
};

static const struct memory_field line_memory[] = {
    MEMORY_BYTES(struct host_line, class),
    MEMORY_BYTES(struct host_line, destination),
    MEMORY_NUMBER(struct host_line, first_us),
    MEMORY_NUMBER(struct host_line, last_us),
    MEMORY_NUMBER(struct host_line, ticks),
    MEMORY_NUMBER(struct host_line, hz),
    MEMORY_NUMBER(struct host_line, flow),
    MEMORY_PART(struct host_line, source, claim_source_memory),
    MEMORY_END,
};

static const struct memory_field name_memory[] = {
    MEMORY_BYTES(struct host_name, text),
    MEMORY_NUMBER(struct host_name, last_us),
    MEMORY_PART(struct host_name, source, claim_source_memory),
    MEMORY_END,
};

static const struct memory_field history_memory[] = {
    MEMORY_EACH(struct history, classes, class_memory),
    MEMORY_EACH(struct history, lines, line_memory),
    MEMORY_EACH(struct history, names, name_memory),
    MEMORY_BYTES(struct history, programs),
    MEMORY_NUMBER(struct history, program_count),
    MEMORY_NUMBER(struct history, told_hosts),
    MEMORY_END,
};

struct waiting {
    struct sample samples[WAITING];
    struct in6_addr addresses[WAITING];
    unsigned next;
};

/* ---- what a SYN shows ---- */

/* Of version:ttl+hops:olen:mss:window,scale:options:quirks:payload what does not change with the
 * line that the host is on: the TTL that it starts from, and the order of the four usual options.
 * Others come and go with the connection (fast open, multipath), and padding with them. */
static bool
read_class(const char *signature, char out[CLASS_TEXT])
{
    static const char *const usual[] = { "mss", "ws", "sok", "ts" };
    const char *at = strchr(signature, ':');
    unsigned long ttl;
    char *end;
    size_t n;

    if (at == NULL)
        return false;
    ttl = strtoul(at + 1, &end, 10);
    if (*end != '+')
        return false;
    ttl += strtoul(end + 1, NULL, 10); /* the hops */
    at = signature;
    for (unsigned colons = 0; colons < 5; colons++) {
        at = strchr(at, ':');
        if (at == NULL)
            return false;
        at++;
    }
    snprintf(out, CLASS_TEXT, "TTL %lu", ttl);
    for (; *at != ':' && *at != '\0'; at += n + (at[n] == ',')) {
        n = strcspn(at, ",:");
        for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
            if (strlen(usual[i]) == n && memcmp(usual[i], at, n) == 0 &&
                strlen(out) + n + 2 < CLASS_TEXT)
                snprintf(out + strlen(out), CLASS_TEXT - strlen(out), " %s", usual[i]);
    }
    return true;
}

static bool
read_sample(const struct observation *o, struct sample *s)
{
    const char *signature = fact_get_text(&o->fact, KEY_FINGERPRINT_TCP);

    memset(s, 0, sizeof *s);
    if (signature == NULL || !read_class(signature, s->class))
        return false;
    if (!fact_get_number(&o->fact, KEY_TCP_TIMESTAMP, &s->ticks))
        s->ticks = -1;
    s->time_us = o->time_us;
    s->flow = o->flow;
    s->destination = o->destination;
    s->source = claim_source_of(o);
    return true;
}

/* ---- what is known of a site ---- */

static void
add_class(struct history *m, const struct sample *s)
{
    struct host_class *k, *oldest = &m->classes[0];

    for (k = m->classes; k < m->classes + CLASSES && strcmp(k->text, s->class) != 0; k++)
        oldest = k->last_us < oldest->last_us ? k : oldest;
    if (k == m->classes + CLASSES) {
        k = oldest;
        memcpy(k->text, s->class, sizeof k->text);
        k->source = s->source;
    }
    k->last_us = s->time_us;
}

/* The rate at which the sample lies on the line; 0: on none. */
static unsigned
fits(const struct host_line *l, const struct sample *s)
{
    static const unsigned rates[] = { 1000, 250, 100 };
    double passed_us = (double)(s->time_us - l->last_us);
    double ticks = (double)(int32_t)((uint32_t)s->ticks - l->ticks);

    if (passed_us < LEAST_APART_US || strcmp(l->class, s->class) != 0 ||
        !locality_same(&l->destination, &s->destination))
        return 0;
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        double off_us = ticks * 1e6 / rates[i] - passed_us;

        if ((l->hz == 0 || l->hz == rates[i]) &&
            (off_us < 0 ? -off_us : off_us) <= SLACK_US + DRIFT * passed_us)
            return rates[i];
    }
    return 0;
}

/* A repeated SYN, or another connection of the same moment. */
static bool
is_repeated(const struct host_line *l, const struct sample *s)
{
    int32_t ticks = (int32_t)((uint32_t)s->ticks - l->ticks);

    return l->last_us != 0 && strcmp(l->class, s->class) == 0 &&
           locality_same(&l->destination, &s->destination) &&
           (l->flow == s->flow ||
               (s->time_us - l->last_us < LEAST_APART_US && ticks >= 0 && ticks <= 1100));
}

static void
add_line(struct history *m, const struct sample *s)
{
    struct host_line *l, *oldest = &m->lines[0];

    for (l = m->lines; l < m->lines + LINES; l++) {
        unsigned hz = l->last_us == 0 ? 0 : fits(l, s);

        if (is_repeated(l, s))
            return;
        if (hz != 0) {
            l->hz = hz;
            l->last_us = s->time_us;
            l->ticks = (uint32_t)s->ticks;
            l->flow = s->flow;
            return;
        }
        /* Lines of one connection go first: a host that scrambles its clock makes many. */
        if ((l->hz != 0) != (oldest->hz != 0) ? l->hz == 0 : l->last_us < oldest->last_us)
            oldest = l;
    }
    *oldest = (struct host_line){ .destination = s->destination,
        .first_us = s->time_us,
        .last_us = s->time_us,
        .ticks = (uint32_t)s->ticks,
        .flow = s->flow,
        .source = s->source };
    memcpy(oldest->class, s->class, sizeof oldest->class);
}

static void
add_sample(struct history *m, const struct sample *s)
{
    add_class(m, s);
    if (s->ticks >= 0)
        add_line(m, s);
}

static void
add_name(struct history *m, const struct observation *o, const char *text)
{
    struct host_name *k, *oldest = &m->names[0];
    int length = (int)strcspn(text, ".");

    for (k = m->names; k < m->names + NAMES; k++) {
        if (strncasecmp(k->text, text, (size_t)length) == 0 && k->text[length] == '\0')
            break;
        oldest = k->last_us < oldest->last_us ? k : oldest;
    }
    if (length == 0 || (size_t)length >= sizeof k->text)
        return;
    if (k == m->names + NAMES) {
        k = oldest;
        snprintf(k->text, sizeof k->text, "%.*s", length, text);
        k->source = claim_source_of(o);
    }
    k->last_us = o->time_us;
}

static void
add_program(struct history *m, const char *text)
{
    for (unsigned i = 0; i < m->program_count; i++)
        if (strncmp(m->programs[i], text, sizeof m->programs[i] - 1) == 0)
            return;
    if (m->program_count < PROGRAMS)
        snprintf(m->programs[m->program_count++], sizeof m->programs[0], "%s", text);
}

/* ---- how many hosts ---- */

static bool
is_clock(const struct host_line *l, const char *class, int64_t since_us)
{
    return l->hz != 0 && l->last_us >= since_us && strcmp(l->class, class) == 0;
}

/* Hosts of one class whose clocks ran at once, as one destination saw them; at least 1. */
static unsigned
clocks_at_once(const struct detect *d, const struct history *m, const char *class, int64_t since_us,
    const struct host_line **at)
{
    int64_t restart_us = (int64_t)(d->own->key[KEY_RESTART] * (double)SECOND_US);
    unsigned most = 1;

    *at = NULL;
    for (const struct host_line *l = m->lines; l < m->lines + LINES; l++) {
        unsigned count = 0;

        if (!is_clock(l, class, since_us))
            continue;
        for (const struct host_line *k = m->lines; k < m->lines + LINES; k++)
            count += is_clock(k, class, since_us) &&
                     locality_same(&k->destination, &l->destination) &&
                     k->first_us <= l->first_us && k->last_us + restart_us > l->first_us;
        if (count >= most) {
            most = count;
            *at = l;
        }
    }
    return most;
}

static unsigned
count_hosts(const struct detect *d, const struct history *m, int64_t since_us, bool *by_name)
{
    unsigned systems = 0, names = 0;
    const struct host_line *at;

    for (unsigned i = 0; i < CLASSES; i++)
        if (m->classes[i].last_us != 0 && m->classes[i].last_us >= since_us)
            systems += clocks_at_once(d, m, m->classes[i].text, since_us, &at);
    for (unsigned i = 0; i < NAMES; i++)
        names += m->names[i].last_us != 0 && m->names[i].last_us >= since_us;
    *by_name = names > systems;
    return *by_name ? names : systems;
}

static unsigned
count_accounts(const struct site *s, int64_t since_us)
{
    unsigned count = 0;

    for (unsigned i = 0; i < s->account_count; i++)
        count += s->accounts[i].last_us >= since_us;
    return count;
}

static void
claim_hosts(const struct detect *d, struct sighting *s, const struct history *m, int64_t since_us,
    bool by_name)
{
    int64_t restart_us = (int64_t)(d->own->key[KEY_RESTART] * (double)SECOND_US);

    for (unsigned i = 0; by_name && i < NAMES; i++)
        if (m->names[i].last_us != 0 && m->names[i].last_us >= since_us)
            detect_claim(s, &m->names[i].source, "host", "calls itself %s", m->names[i].text);
    for (unsigned i = 0; !by_name && i < CLASSES; i++) {
        const struct host_class *c = &m->classes[i];
        const struct host_line *at;

        if (c->last_us == 0 || c->last_us < since_us)
            continue;
        if (clocks_at_once(d, m, c->text, since_us, &at) < 2) {
            detect_claim(s, &c->source, "host", "%s", c->text);
            continue;
        }
        for (const struct host_line *l = m->lines; l < m->lines + LINES; l++)
            if (is_clock(l, c->text, since_us) &&
                locality_same(&l->destination, &at->destination) && l->first_us <= at->first_us &&
                l->last_us + restart_us > at->first_us)
                detect_claim(s, &l->source, "host",
                    "%s; TCP timestamps of %u Hz, as of a start %.1f hours before", c->text, l->hz,
                    (double)l->ticks / l->hz / 3600);
    }
    if (m->program_count > 0 && s->claim_count < FINDING_CLAIMS)
        detect_claim(s, NULL, "programs", "%u TLS clients by JA3 or JA4, which tell no hosts apart",
            m->program_count);
}

static void
judge(const struct detect *d, const struct detect_event *e, const struct site *site,
    struct history *m)
{
    int64_t since_us = e->now_us - (int64_t)(d->own->key[KEY_WINDOW] * (double)SECOND_US);
    bool by_name;
    unsigned hosts = count_hosts(d, m, since_us, &by_name);
    unsigned accounts = count_accounts(site, since_us);
    struct detect_event about = *e;
    struct sighting s;

    if (hosts < d->own->key[KEY_HOSTS] || hosts <= accounts) {
        m->told_hosts = 0;
        return;
    }
    if (hosts <= m->told_hosts)
        return;
    m->told_hosts = hosts;
    about.account = NULL;
    about.device[0] = '\0';
    about.address = site->address;
    detect_begin(&s, d, &about);
    s.lists_accounts = true;
    claim_hosts(d, &s, m, since_us, by_name);
    detect_say(&s,
        "At least %u computers reach the company from one home, %s, where %u account%s known: "
        "somebody may keep laptops for others.",
        hosts, site->name, accounts, accounts == 1 ? " is" : "s are");
    findings_sight(d->findings, &s);
}

/* ---- events ---- */

static bool
is_home(const struct detect *d, const struct in6_addr *address)
{
    struct geoip_place place;

    if (locality_of(d->config, address) != LOCALITY_OUTSIDE)
        return false;
    geoip_look_up(d->geoip, address, &place);
    return place_can_be_home(&place);
}

static void
wait(const struct detect *d, const struct in6_addr *address, const struct sample *s)
{
    struct waiting *w = d->state;

    if (w == NULL)
        return;
    w->samples[w->next] = *s;
    w->addresses[w->next] = *address;
    w->next = (w->next + 1) % WAITING;
}

/* SYNs from before somebody was known there; the oldest first. */
static void
take_waiting(const struct detect *d, const struct detect_event *e, const struct site *site,
    struct history *m)
{
    struct waiting *w = d->state;

    for (unsigned i = 0; w != NULL && i < WAITING; i++) {
        unsigned at = (w->next + i) % WAITING;
        struct in6_addr key;

        if (w->samples[at].time_us == 0)
            continue;
        key = locality_site_key(&w->addresses[at]);
        if (!locality_same(&key, &site->key))
            continue;
        if (e->now_us - w->samples[at].time_us <= WAITING_US)
            add_sample(m, &w->samples[at]);
        w->samples[at].time_us = 0;
    }
}

static void
see_login(const struct detect *d, const struct detect_event *e)
{
    const char *host = e->observation->fact.kind == FACT_LOGIN
                           ? fact_get_text(&e->observation->fact, KEY_DEVICE_HOST_NAME)
                           : NULL;
    struct site *site;
    struct history *m;

    if (e->account == NULL || !e->has_far || !is_home(d, &e->far) ||
        (site = accounts_find_site(d->accounts, &e->far)) == NULL ||
        (m = subject_memory(&site->state, d->detector->name, sizeof *m)) == NULL)
        return;
    take_waiting(d, e, site, m);
    if (host != NULL)
        add_name(m, e->observation, host);
    judge(d, e, site, m);
}

static void
see_device(const struct detect *d, const struct detect_event *e)
{
    const struct observation *o = e->observation;
    const char *host = fact_get_text(&o->fact, KEY_HOST_NAME);
    const char *ja3 = fact_get_text(&o->fact, KEY_FINGERPRINT_JA3);
    const char *ja4 = fact_get_text(&o->fact, KEY_FINGERPRINT_JA4);
    struct in6_addr address = o->source;
    struct sample sample;
    bool is_syn;
    struct history *m;
    struct site *site;

    (void)fact_get_address(&o->fact, KEY_ADDRESS, &address);
    if (!o->has_flow || !locality_same(&address, &o->source) ||
        locality_of(d->config, &o->destination) == LOCALITY_OUTSIDE || !is_home(d, &address))
        return;
    is_syn = read_sample(o, &sample);
    site = accounts_find_site(d->accounts, &address);
    if (site == NULL || site->account_count == 0) {
        if (is_syn)
            wait(d, &address, &sample);
        return;
    }
    m = subject_memory(&site->state, d->detector->name, sizeof *m);
    if (m == NULL)
        return;
    if (is_syn)
        add_sample(m, &sample);
    if (host != NULL)
        add_name(m, o, host);
    if (ja3 != NULL)
        add_program(m, ja3);
    if (ja4 != NULL)
        add_program(m, ja4);
    judge(d, e, site, m);
}

static void
run(const struct detect *d, const struct detect_event *e)
{
    if (e->kind == EVENT_LOGIN)
        see_login(d, e);
    else if (e->observation->fact.kind == FACT_DEVICE)
        see_device(d, e);
}

static void *
open_state(const struct detect *d)
{
    (void)d;
    return calloc(1, sizeof(struct waiting));
}

const struct detector detect_nat_crowd = {
    .name = "nat-crowd",
    .about = "more computers behind one home's address than accounts",
    .rule = "Within the window, min-hosts hosts or more, and more than accounts, reach the company "
            "from a site where somebody logs in. Hosts are told apart by host names, by the kind "
            "of system (TTL and TCP options of the SYN), and within a kind by TCP timestamp clocks "
            "that run at once. JA3 and JA4 never count. Not for hosting, VPN, mobile, CGNAT, "
            "corporate or trusted space.",
    .blind = "Computers of one system without timestamps (Windows) look like one; so do those that "
             "scramble them (macOS), and any behind a router's own VPN. A virtual machine with a "
             "stack of its own is one more.",
    .family = FAMILY_SHARING,
    .signs = FINDING_SIGN_SITE_SHARED,
    .severity = SEVERITY_MEDIUM,
    .weight = 2,
    .keys = keys,
    .key_count = sizeof keys / sizeof keys[0],
    .attack = attack,
    .references = references,
    .action = "Ask the account's holder which computers stand there; compare with delivery "
              "addresses of company laptops.",
    .wants = WANTS(EVENT_LOGIN) | WANTS(EVENT_SIGN),
    .run = run,
    .open = open_state,
    .close = free,
    .memory_version = MEMORY_VERSION,
    .memory_bytes = sizeof(struct history),
    .memory_fields = history_memory,
};
