/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What becomes of a fact before it is told. Facts about devices and names are told once an hour for
 * each client, since every one of its flows repeats them. A name or certificate of a tool's
 * machinery, and a handshake that a parser read, are signs of a session.
 */
#include "../conf/list_vendor.h"
#include "../parsers/text.h"
#include "observe_internal.h"
#include "resolved.h"
#include "rtt.h"
#include "tor.h"

#define PORT_DNS 53
#define TLS_VPN "TLS VPN"
#define TOLD_AGAIN_US INT64_C(3600000000)
#define FNV_START UINT64_C(0xcbf29ce484222325) /* FNV-1a, 64 bits */
#define FNV_PRIME UINT64_C(0x100000001b3)

/* An answer of the DNS being heard. */
struct hearing {
    struct resolved *resolved;
    const struct packet *packet;
    int64_t time_us;
};

static uint64_t
hash_bytes(uint64_t hash, const void *bytes, size_t n)
{
    for (struct rd r = rd_of(bytes, n); rd_left(&r) > 0;)
        hash = (hash ^ rd_u8(&r)) * FNV_PRIME;
    return hash;
}

bool
observe_is_new(struct observer *o, const struct flow *f, unsigned kind, const void *bytes, size_t n)
{
    uint64_t hash = (FNV_START ^ kind) * FNV_PRIME;
    int64_t now_us = o->request.emitter->now.time_us;
    struct observe_told *t;

    if (f != NULL)
        hash = hash_bytes(hash, &f->address[FLOW_CLIENT], sizeof f->address[FLOW_CLIENT]);
    hash = hash_bytes(hash, bytes, n);
    t = &o->told[hash & (OBSERVE_TOLD - 1)];
    if (t->hash == hash && now_us - t->time_us < TOLD_AGAIN_US)
        return false;
    *t = (struct observe_told){ .hash = hash, .time_us = now_us };
    return true;
}

bool
observe_is_news(struct observer *o, const struct flow *f, const struct fact *fact)
{
    return observe_is_new(o, f, fact->kind, fact->bytes, fact->length);
}

static void
sign_by_name(struct observer *o, struct flow *f, const char *protocol, const struct fact *fact)
{
    const char *name = fact_get_text(fact, KEY_NAME);
    const struct list_tool *tool;
    char host[FACT_TEXT_MAX + 1];
    bool is_web = false;
    size_t n;

    if (name == NULL)
        return;
    n = strcspn(name, ":"); /* without a Host's port */
    memcpy(host, name, n);
    host[n] = '\0';
    if (fact_is(fact, KEY_WHAT, "sni") || fact_is(fact, KEY_WHAT, "http-host"))
        observe_upload_name(o, f, host);
    tool = tor_is_server_name(host, f->port[FLOW_SERVER]) ? list_tool_by_name("Tor")
                                                          : list_tool_by_domain(host, &is_web);
    if (is_web && tool != NULL && strcmp(tool->class_name, "remote-tool") == 0 &&
        !fact_is(fact, KEY_WHAT, "dns-question"))
        session_sign(o->sessions, f, tool, SIGN_PAGE, protocol, NULL);
    if (tool == NULL || is_web)
        return;
    if (fact_is(fact, KEY_WHAT, "dns-question"))
        session_asked(o->sessions, f, tool);
    else if (fact_is(fact, KEY_WHAT, "sni"))
        session_sign(o->sessions, f, tool, SIGN_SNI, protocol, NULL);
    else if (fact_is(fact, KEY_WHAT, "http-host"))
        session_sign(o->sessions, f, tool, SIGN_HTTP_HOST, protocol, NULL);
}

/* AnyDesk's program signs its own certificate; its relays have the vendor's. */
static bool
is_of_peer(const char *subject)
{
    return subject != NULL && strstr(subject, "AnyDesk Client") != NULL;
}

static void
sign_by_certificate(
    struct observer *o, struct flow *f, const char *protocol, const struct fact *fact)
{
    const char *subject = fact_get_text(fact, KEY_NAME), *issuer = fact_get_text(fact, KEY_ISSUER);
    const struct list_tool *tool = NULL;

    if (subject != NULL)
        tool = list_tool_by_certificate(subject);
    if (tool == NULL && issuer != NULL)
        tool = list_tool_by_certificate(issuer);
    if (tool == NULL && tor_is_certificate(subject, issuer))
        tool = list_tool_by_name("Tor");
    session_sign(o->sessions, f, tool,
        is_of_peer(subject) ? SIGN_PEER_CERTIFICATE : SIGN_CERTIFICATE, protocol, NULL);
}

/* Names whom the flow is to, rather than somebody whom it is about. */
static bool
is_of_flow(const struct fact *fact)
{
    return fact_is(fact, KEY_WHAT, "sni") || fact_is(fact, KEY_WHAT, "http-host");
}

static bool
take_name(struct observer *o, struct flow *f, const char *protocol, struct fact *fact)
{
    bool is_news = observe_is_news(o, f, fact);

    if (is_news)
        emitter_send(o->request.emitter, f, protocol, fact);
    if (f == NULL)
        return false;
    if (fact_is(fact, KEY_WHAT, "certificate"))
        sign_by_certificate(o, f, protocol, fact);
    else if (is_of_flow(fact)) {
        f->marks |= FLOW_HAS_NAME;
        sign_by_name(o, f, protocol, fact);
    } else if (is_news)
        sign_by_name(o, f, protocol, fact);
    return false;
}

static bool
take_handshake(struct observer *o, struct flow *f, const char *protocol, struct fact *fact)
{
    const char *app = fact_get_text(fact, KEY_APP);

    if (f != NULL && app != NULL)
        session_sign(o->sessions, f, list_tool_by_name(app), SIGN_HANDSHAKE, protocol, fact);
    return false;
}

static bool
take_update(struct observer *o, struct flow *f, const char *protocol, struct fact *fact)
{
    const char *app = fact_get_text(fact, KEY_APP);
    int64_t rekeys;

    (void)o;
    (void)protocol;
    if (f != NULL && app != NULL && fact_get_number(fact, KEY_REKEYS, &rekeys))
        session_rekeyed(f, app, rekeys);
    return false;
}

static void
add_vendor(struct fact *fact)
{
    const char *text = fact_get_text(fact, KEY_MAC);
    uint8_t mac[LIST_VENDOR_MAC];
    char vendor[FACT_TEXT_MAX];

    if (text != NULL && text_to_octets(text_of(text), mac) &&
        list_vendor_of(mac, vendor, sizeof vendor))
        fact_text(fact, KEY_VENDOR, vendor, strlen(vendor));
}

static bool
take_device(struct observer *o, struct flow *f, const char *protocol, struct fact *fact)
{
    (void)protocol;
    if (!observe_is_news(o, f, fact))
        return false;
    add_vendor(fact);
    return true;
}

/* A client from outside, or of a session: how far others are is nobody's business. What a layer
 * above TCP says is told beside what TCP said. */
static bool
take_rtt(struct observer *o, struct flow *f, const char *protocol, struct fact *fact)
{
    const struct config *c = o->request.config;

    (void)protocol;
    (void)fact;
    if (f == NULL || (f->session == NULL &&
                         (locality_of(c, &f->address[FLOW_CLIENT]) != LOCALITY_OUTSIDE ||
                             (locality_knows_company(c) &&
                                 locality_of(c, &f->address[FLOW_SERVER]) == LOCALITY_OUTSIDE))))
        return false;
    if (f->protocol == FLOW_PROTOCOL_TCP)
        rtt_tell_handshake(o->request.emitter, f, "tcp");
    return true;
}

/* A gateway that answers in TLS does so as a VPN: what runs inside is sealed. */
static void
sign_by_gateway(struct observer *o, struct flow *f, const char *protocol)
{
    const struct config_cidrs *gateways = o->request.gateways;

    if (gateways != NULL &&
        cidr_list_holds(gateways->list, gateways->count, &f->address[FLOW_SERVER]))
        session_sign(o->sessions, f, list_tool_by_name(TLS_VPN), SIGN_GATEWAY, protocol, NULL);
}

static bool
take_banner(struct observer *o, struct flow *f, const char *protocol, struct fact *fact)
{
    if (f != NULL && fact_is(fact, KEY_WHAT, "tls"))
        sign_by_gateway(o, f, protocol);
    return observe_is_news(o, f, fact);
}

static bool
take_repeated(struct observer *o, struct flow *f, const char *protocol, struct fact *fact)
{
    (void)protocol;
    return observe_is_news(o, f, fact);
}

/* Relays and peers of WebRTC have no names: the flow is a tool's when its client asked for that. A
 * peer that is the flow's other end is no relay. */
static void
sign_by_peer(struct observer *o, struct flow *f, const char *protocol, const struct fact *fact)
{
    bool is_turn = fact_is(fact, KEY_HOW, "turn-peer");
    struct in6_addr peer;
    struct fact said;

    if ((!is_turn && !fact_is(fact, KEY_HOW, "ice")) || o->request.resolved == NULL ||
        !fact_get_address(fact, KEY_ADDRESS, &peer) ||
        (!is_turn && memcmp(&peer, &f->address[FLOW_SERVER], sizeof peer) != 0))
        return;
    fact_begin(&said, FACT_SESSION_OPEN);
    fact_word(&said, KEY_HOW, is_turn ? "relay" : "direct");
    session_sign(o->sessions, f,
        resolved_find_webrtc(
            o->request.resolved, &f->address[FLOW_CLIENT], o->request.emitter->now.time_us),
        SIGN_STUN, protocol, &said);
}

static bool
take_peer(struct observer *o, struct flow *f, const char *protocol, struct fact *fact)
{
    if (f != NULL && f->session == NULL)
        sign_by_peer(o, f, protocol, fact);
    return observe_is_news(o, f, fact);
}

bool
observe_fact(struct observer *o, struct flow *f, const char *protocol, struct fact *fact)
{
    static bool (*const take[FACT_KIND_COUNT])(
        struct observer *, struct flow *, const char *, struct fact *) = {
        [FACT_NAME] = take_name,
        [FACT_SESSION_OPEN] = take_handshake,
        [FACT_SESSION_UPDATE] = take_update,
        [FACT_DEVICE] = take_device,
        [FACT_BANNER] = take_banner,
        [FACT_LOCALE] = take_repeated,
        [FACT_PEER] = take_peer,
        [FACT_RTT] = take_rtt,
    };

    return take[fact->kind] == NULL || take[fact->kind](o, f, protocol, fact);
}

static void
learn_answer(void *context, const struct fact *fact)
{
    struct hearing *h = context;
    const char *name = fact_get_text(fact, KEY_NAME);
    const struct list_tool *tool;
    struct in6_addr address;
    bool is_web = false;

    if (name == NULL || !fact_is(fact, KEY_WHAT, "dns-answer") ||
        !fact_get_address(fact, KEY_ADDRESS, &address))
        return;
    tool = list_tool_by_domain(name, &is_web);
    if (tool != NULL && !is_web)
        resolved_learn(h->resolved, &h->packet->destination, &address, tool, h->time_us);
}

bool
observer_is_answer(const struct packet *p)
{
    return p->ip != NULL && p->protocol == FLOW_PROTOCOL_UDP && p->source_port == PORT_DNS &&
           p->payload_captured > 0;
}

void
observer_hear(struct observer *o, const struct packet *p, int64_t time_us)
{
    struct hearing h = { .resolved = o->request.resolved, .packet = p, .time_us = time_us };
    struct parse_output out = { .fact = learn_answer, .context = &h };
    struct parse_input in = {
        .data = rd_of(p->payload, p->payload_captured),
        .transport = PARSE_UDP,
        .is_cut = p->payload_captured < p->payload_length,
        .source = p->source,
        .destination = p->destination,
        .source_port = p->source_port,
        .destination_port = p->destination_port,
    };

    if (h.resolved != NULL && o->dns != NULL)
        (void)o->dns->parse(&in, &out);
}
