/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Who is controlled: the end whose screen goes out. Who controls: the other end, unless it is the
 * vendor's relay, which hides the real one. A server that carries the vendor's name, or that a
 * remote tool's client reached outside of private space, is taken for a relay, but for one that
 * shows the program's own certificate or listens where the program does when called directly.
 */
#include "session.h"
#include "../parsers/rd.h"
#include "activity.h"
#include "lag.h"
#include "rtt.h"
#include "second_sign.h"
#include <stdlib.h>

#define ASKED_SLOTS                                                                                \
    1024u /* (client, tool) pairs remembered; a newer pair takes an older's slot                   \
           */
#define S_US INT64_C(1000000)

const struct session_policy session_policy_default = {
    .control = CONTROL_POLICY_DEFAULT,
    .packets = 2,
    .tls_packets = 4, /* hello, finished, request: TLS 1.2 and 1.3 need at most three */
    .named_us = 3600 * S_US,
};

struct session {
    const struct list_tool *tool;
    const char *protocol;
    uint8_t state, sign, screen_from;
    bool has_controller;
    uint32_t rekeys;
    bool is_waiting; /* the program runs and waits to be called: what it says is no session yet */
    bool is_call;
    struct in6_addr controller;
    struct evidence last;
    struct control control;
    struct activity activity;
    struct lag lag;
    char encapsulation[EVIDENCE_ENCAPSULATION];
    struct flow *flow;
    struct session *older, *newer; /* in order of activity; `newer` chains the free ones */
};

struct asked {
    const struct list_tool *tool;
    struct in6_addr client;
    int64_t time_us;
};

struct session_table {
    struct session_policy policy;
    const struct config_cidrs *gateways;
    struct emitter *emitter;
    void (*describe)(void *context, const struct flow *f, struct fact *fact);
    void *context;
    uint32_t limit, used;
    uint64_t evicted;
    bool is_leaving;
    struct session *free, *oldest, *newest;
    struct asked asked[ASKED_SLOTS];
};

static const char *const state_names[] = { "named", "connected", "controlled" };
static const char *const sign_names[] = {
    [SIGN_NDPI] = "ndpi",
    [SIGN_SNI] = "sni",
    [SIGN_DNS] = "dns",
    [SIGN_HTTP_HOST] = "http-host",
    [SIGN_CERTIFICATE] = "certificate",
    [SIGN_PEER_CERTIFICATE] = "certificate",
    [SIGN_HANDSHAKE] = "handshake",
    [SIGN_GATEWAY] = "gateway",
    [SIGN_PAGE] = "vendor-page",
    [SIGN_STUN] = "stun",
};

/* Signs that only the vendor's machines carry. */
static const bool is_of_vendor[] = {
    [SIGN_SNI] = true,
    [SIGN_DNS] = true,
    [SIGN_HTTP_HOST] = true,
    [SIGN_CERTIFICATE] = true,
    [SIGN_HANDSHAKE] = false,
    [SIGN_GATEWAY] = false,
    [SIGN_PAGE] = true,
    [SIGN_STUN] = false,
};

/* Signs that say little by themselves. */
static bool
is_weak(enum session_sign sign)
{
    return sign == SIGN_PAGE || sign == SIGN_STUN;
}

/* Where a program waits for its peers, by the vendors' manuals; relays listen elsewhere. */
static const struct {
    const char *tool;
    uint16_t port;
} direct_ports[] = {
    { "AnyDesk", 7070 },
};

static void
fact_basics(struct fact *fact, enum fact_kind kind, const struct list_tool *tool, unsigned state,
    unsigned sign)
{
    fact_begin(fact, kind);
    fact_word(fact, KEY_APP, tool->name);
    fact_word(fact, KEY_CLASS, tool->class_name);
    fact_word(fact, KEY_STATE, state_names[state]);
    fact_word(fact, KEY_SIGN, sign_names[sign]);
}

static void
fact_totals(struct fact *fact, const struct flow *f)
{
    fact_number(fact, KEY_BYTES_OUT, (int64_t)f->bytes[FLOW_CLIENT]);
    fact_number(fact, KEY_BYTES_IN, (int64_t)f->bytes[FLOW_SERVER]);
    fact_number(fact, KEY_PACKETS_OUT, f->packets[FLOW_CLIENT]);
    fact_number(fact, KEY_PACKETS_IN, f->packets[FLOW_SERVER]);
    fact_number(fact, KEY_DURATION_US, f->last_us - f->first_us);
}

/* Who connects looks at what the server shows. */
static bool
has_screen(const struct list_tool *tool)
{
    return strcmp(tool->class_name, "remote-desktop") == 0 || strcmp(tool->class_name, "ssh") == 0;
}

static void
tell(struct session_table *t, struct flow *f, enum fact_kind kind, const struct fact *said,
    bool with_activity)
{
    struct session *s = f->session;
    struct fact fact;

    fact_basics(&fact, kind, s->tool, s->state, s->sign);
    fact_address(&fact, KEY_CLIENT, &f->address[FLOW_CLIENT]);
    fact_address(&fact, KEY_SERVER, &f->address[FLOW_SERVER]);
    if (s->has_controller)
        fact_address(&fact, KEY_CONTROLLER, &s->controller);
    if ((f->marks & FLOW_IS_DIRECT) != 0)
        fact_word(&fact, KEY_HOW, "direct");
    else if ((f->marks & FLOW_IS_RELAYED) != 0)
        fact_word(&fact, KEY_HOW, "relay");
    if (t->describe != NULL)
        t->describe(t->context, f, &fact);
    fact_totals(&fact, f);
    if (s->rekeys > 0)
        fact_number(&fact, KEY_REKEYS, s->rekeys);
    if (said != NULL)
        fact_fill(&fact, said);
    if (with_activity) {
        activity_fact(&s->activity, &fact);
        if (has_screen(s->tool))
            lag_fact(&s->lag, &fact);
        activity_turn(&s->activity);
    }
    emitter_send_late(t->emitter, f, s->protocol, &fact, &s->last, s->encapsulation);
}

static bool
is_private(const struct in6_addr *a)
{
    static const struct cidr inside[] = {
        { { { { [10] = 0xff, [11] = 0xff, [12] = 10 } } }, 104 },
        { { { { [10] = 0xff, [11] = 0xff, [12] = 172, [13] = 16 } } }, 108 },
        { { { { [10] = 0xff, [11] = 0xff, [12] = 192, [13] = 168 } } }, 112 },
        { { { { [0] = 0xfc } } }, 7 },
        { { { { [0] = 0xfe, [1] = 0x80 } } }, 10 },
    };

    return cidr_list_holds(inside, sizeof inside / sizeof inside[0], a);
}

/* Fills in who drives, when that end is no relay. */
static void
find_controller(const struct flow *f, struct session *s)
{
    unsigned driver = s->screen_from == FLOW_CLIENT ? FLOW_SERVER : FLOW_CLIENT;
    bool is_relay = driver == FLOW_SERVER && ((f->marks & FLOW_IS_RELAYED) != 0 ||
                                                 (strcmp(s->tool->class_name, "remote-tool") == 0 &&
                                                     !is_private(&f->address[FLOW_SERVER])));

    s->has_controller = !is_relay || (f->marks & FLOW_IS_DIRECT) != 0;
    s->controller = f->address[driver];
}

/* Marks what the server is by the sign, or by what a parser said. */
static void
mark_server(
    struct flow *f, const struct list_tool *tool, enum session_sign sign, const struct fact *said)
{
    if (said != NULL && fact_is(said, KEY_HOW, "direct"))
        f->marks |= FLOW_IS_DIRECT;
    if (is_of_vendor[sign] || (said != NULL && fact_is(said, KEY_HOW, "relay")))
        f->marks |= FLOW_IS_RELAYED;
    else if (sign == SIGN_PEER_CERTIFICATE)
        f->marks |= FLOW_IS_DIRECT;
    for (size_t i = 0; i < sizeof direct_ports / sizeof direct_ports[0]; i++)
        if (!is_of_vendor[sign] && f->port[FLOW_SERVER] == direct_ports[i].port &&
            strcmp(tool->name, direct_ports[i].tool) == 0)
            f->marks |= FLOW_IS_DIRECT;
}

/* True when the state changed. */
static bool
raise_state(struct session_table *t, const struct flow *f, struct session *s)
{
    uint32_t least =
        strncmp(s->protocol, "tls", 3) == 0 ? t->policy.tls_packets : t->policy.packets;

    if (s->state >= SESSION_CONNECTED || s->is_waiting || is_weak(s->sign) ||
        (f->marks & FLOW_ESTABLISHED) == 0 || f->payload_packets[FLOW_CLIENT] < least ||
        f->payload_packets[FLOW_SERVER] < least)
        return false;
    s->state = SESSION_CONNECTED;
    return true;
}

static bool
raise_controlled(const struct flow *f, struct session *s, enum control_screen screen)
{
    bool is_suspect = is_weak(s->sign) && s->state == SESSION_NAMED;

    if (screen == CONTROL_NONE || s->is_call ||
        (s->state != SESSION_CONNECTED && !s->is_waiting && !is_suspect))
        return false;
    if (is_suspect && screen != CONTROL_SCREEN_FROM_CLIENT) /* a film looks like that */
        return false;
    s->is_waiting = false;
    s->state = SESSION_CONTROLLED;
    s->screen_from = (uint8_t)screen;
    find_controller(f, s);
    return true;
}

static void
list_append(struct session_table *t, struct session *s)
{
    s->older = t->newest;
    s->newer = NULL;
    *(t->newest == NULL ? &t->oldest : &t->newest->newer) = s;
    t->newest = s;
}

static void
list_remove(struct session_table *t, struct session *s)
{
    *(s->older == NULL ? &t->oldest : &s->older->newer) = s->newer;
    *(s->newer == NULL ? &t->newest : &s->newer->older) = s->older;
}

static struct session *
session_take(struct session_table *t)
{
    struct session *s;

    if (t->used >= t->limit) {
        t->evicted++;
        session_end(t, t->oldest->flow);
    }
    s = t->free;
    if (s != NULL)
        t->free = s->newer;
    else if ((s = malloc(sizeof *s)) == NULL)
        return NULL;
    memset(s, 0, sizeof *s);
    list_append(t, s);
    t->used++;
    return s;
}

static bool
is_proxy(const struct list_tool *tool)
{
    return strcmp(tool->class_name, "proxy") == 0;
}

/* What a parser says of how far the session is. */
static void
believe(struct session_table *t, const struct flow *f, struct session *s, const struct fact *said)
{
    s->is_waiting = said != NULL && fact_is(said, KEY_STATE, state_names[SESSION_NAMED]);
    if (said != NULL && s->state == SESSION_NAMED &&
        fact_is(said, KEY_STATE, state_names[SESSION_CONNECTED]))
        s->state = SESSION_CONNECTED;
    (void)raise_state(t, f, s);
}

/* Of a session that is known: that it has begun, who takes part. */
static void
hear(struct session_table *t, struct flow *f, const struct fact *said)
{
    bool is_waiting = f->session->is_waiting;

    if (!fact_is(said, KEY_STATE, state_names[SESSION_NAMED]))
        believe(t, f, f->session, said);
    if (is_waiting != f->session->is_waiting || fact_has(said, KEY_PEER_ID))
        tell(t, f, FACT_SESSION_UPDATE, said, false);
}

void
session_sign(struct session_table *t, struct flow *f, const struct list_tool *tool,
    enum session_sign sign, const char *protocol, const struct fact *said)
{
    struct session *s;

    if (tool == NULL)
        return;
    if (sign == SIGN_HANDSHAKE && said != NULL && f->session != NULL && f->session->tool == tool) {
        hear(t, f, said);
        return;
    }
    /* What is reached through a proxy counts for more than the proxy. */
    if (f->session != NULL && !is_weak(f->session->sign) &&
        (!is_proxy(f->session->tool) || is_proxy(tool)))
        return;
    if (f->session != NULL && is_weak(sign))
        return;
    if (sign == SIGN_NDPI && !second_sign_seen(tool, f, t->gateways)) {
        f->marks |= FLOW_WANTS_SIGN;
        f->tool = tool;
        return;
    }
    f->marks &= ~FLOW_WANTS_SIGN;
    session_end(t, f);
    s = session_take(t);
    if (s == NULL)
        return;
    s->flow = f;
    s->tool = tool;
    s->sign = (uint8_t)sign;
    s->protocol = protocol;
    s->last = t->emitter->now;
    evidence_encapsulation(t->emitter->packet, s->encapsulation, sizeof s->encapsulation);
    control_begin(&s->control, &t->policy.control, t->emitter->now.time_us);
    mark_server(f, tool, sign, said);
    f->session = s;
    believe(t, f, s, said);
    tell(t, f, FACT_SESSION_OPEN, said, false);
    rtt_tell_handshake(t->emitter, f, "tcp");
}

/* The first stands for what is none of them. */
static unsigned
number_of(const char *const *words, size_t count, const char *word)
{
    unsigned i = 0;

    while (i < count && strcmp(words[i], word) != 0)
        i++;
    return i < count ? i : 0;
}

#define NUMBER_OF(words, word) number_of((words), sizeof(words) / sizeof(words)[0], (word))

bool
session_resume(
    struct session_table *t, struct flow *f, const struct list_tool *tool, const struct resumed *r)
{
    struct session *s = session_take(t);

    if (s == NULL)
        return false;
    s->flow = f;
    s->tool = tool;
    s->state = (uint8_t)NUMBER_OF(state_names, r->state);
    s->sign = (uint8_t)NUMBER_OF(sign_names, r->sign);
    s->protocol = r->protocol;
    s->rekeys = r->rekeys;
    s->has_controller = r->has_controller;
    s->controller = r->controller;
    s->last = t->emitter->now;
    evidence_encapsulation(t->emitter->packet, s->encapsulation, sizeof s->encapsulation);
    control_begin(&s->control, &t->policy.control, t->emitter->now.time_us);
    if (!r->is_direct && is_of_vendor[s->sign])
        f->marks |= FLOW_IS_RELAYED;
    f->session = s;
    return true;
}

void
session_table_leave(struct session_table *t)
{
    t->is_leaving = true;
}

void
session_asked(struct session_table *t, const struct flow *f, const struct list_tool *tool)
{
    uint64_t half[2];
    struct asked *a;
    struct fact fact;

    memcpy(half, &f->address[FLOW_CLIENT], sizeof half);
    half[0] =
        (half[0] ^ half[1] ^ (uint64_t)(unsigned char)tool->name[0]) * UINT64_C(0x9e3779b97f4a7c15);
    a = &t->asked[half[0] >> 32 & (ASKED_SLOTS - 1)];
    if (a->tool == tool && memcmp(&a->client, &f->address[FLOW_CLIENT], sizeof a->client) == 0 &&
        t->emitter->now.time_us - a->time_us < t->policy.named_us)
        return;
    *a = (struct asked){
        .tool = tool, .client = f->address[FLOW_CLIENT], .time_us = t->emitter->now.time_us
    };
    fact_basics(&fact, FACT_SESSION_OPEN, tool, SESSION_NAMED, SIGN_DNS);
    fact_address(&fact, KEY_CLIENT, &f->address[FLOW_CLIENT]);
    emitter_send(t->emitter, f, "dns", &fact);
}

void
session_rekeyed(struct flow *f, const char *app, int64_t rekeys)
{
    if (f->session != NULL && strcmp(f->session->tool->name, app) == 0)
        f->session->rekeys = (uint32_t)rekeys;
}

/* Who drives sends input, and says with RTCP what of the screen came; who is in a call is heard.
 * First octets by RFC 7983, RTCP's second by RFC 5761, TURN's channels by RFC 8656. */
void
session_hear_media(struct flow *f, const uint8_t *payload, size_t size)
{
    struct rd r = rd_of(payload, size);
    uint8_t first, second;

    if (f->session->sign != SIGN_STUN)
        return;
    first = rd_u8(&r);
    if (first >= 0x40 && first <= 0x4f) {
        rd_skip(&r, 3);
        first = rd_u8(&r);
    }
    second = rd_u8(&r);
    if (r.ok && first >> 6 == 2 && (second < 192 || second > 223))
        f->session->is_call = true;
}

void
session_packet(struct session_table *t, struct flow *f, unsigned direction, uint32_t payload_bytes,
    uint32_t wire_bytes)
{
    struct session *s = f->session;
    int64_t now_us = t->emitter->now.time_us;
    enum control_screen screen;
    bool changed;

    if (s == NULL)
        return;
    if (activity_is_over(&s->activity, now_us)) /* still under the window's last packet */
        tell(t, f, FACT_SESSION_UPDATE, NULL, true);
    s->last = t->emitter->now;
    if (t->newest != s) {
        list_remove(t, s);
        list_append(t, s);
    }
    activity_add(&s->activity, direction, wire_bytes, now_us);
    lag_add(&s->lag, direction == FLOW_SERVER, now_us);
    screen = control_add(&s->control, &t->policy.control, direction, payload_bytes, now_us);
    changed = raise_state(t, f, s);
    changed |= raise_controlled(f, s, screen);
    if (changed)
        tell(t, f, FACT_SESSION_UPDATE, NULL, false);
}

void
session_end(struct session_table *t, struct flow *f)
{
    struct session *s = f->session;

    if (s == NULL)
        return;
    if (raise_controlled(f, s, control_look(&s->control, &t->policy.control)))
        tell(t, f, FACT_SESSION_UPDATE, NULL, false);
    tell(t, f,
        t->is_leaving && f->tcp_state < FLOW_TCP_CLOSING ? FACT_SESSION_UPDATE : FACT_SESSION_CLOSE,
        NULL, true);
    f->session = NULL;
    list_remove(t, s);
    s->newer = t->free;
    t->free = s;
    t->used--;
}

void
session_table_describe(struct session_table *t,
    void (*describe)(void *context, const struct flow *f, struct fact *fact), void *context)
{
    t->describe = describe;
    t->context = context;
}

uint64_t
session_table_evicted(const struct session_table *t)
{
    return t->evicted;
}

struct session_table *
session_table_open(uint32_t limit, const struct session_policy *policy,
    const struct config_cidrs *gateways, struct emitter *emitter)
{
    struct session_table *t = calloc(1, sizeof *t);

    if (t == NULL)
        return NULL;
    t->limit = limit == 0 ? 1 : limit;
    t->policy = *policy;
    t->gateways = gateways;
    t->emitter = emitter;
    return t;
}

void
session_table_close(struct session_table *t)
{
    struct session *next;

    if (t == NULL)
        return;
    for (struct session *s = t->free; s != NULL; s = next) {
        next = s->newer;
        free(s);
    }
    free(t);
}
