/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The order in which a packet is looked at: parsers first (they see logins), then nDPI (it names
 * the flow), then the session that the flow may be.
 */
#include "../conf/list_vendor.h"
#include "../parsers/tcp_syn.h"
#include "hello.h"
#include "observe_internal.h"
#include <stdlib.h>

/* From a flow's first payload on: what nDPI has not named by then it holds memory for in vain, and
 * a busy link has many flows that say one thing and stay open. */
#define CLASSIFY_US INT64_C(30000000)
#define SECOND_US 1000000
#define SYNS_A_SECOND 32u /* told, in one shard */
#define PAIR_SETS 64u     /* of four requests under way, in one shard */

const char *
observe_transport(uint8_t protocol)
{
    return protocol == FLOW_PROTOCOL_TCP ? "tcp" : protocol == FLOW_PROTOCOL_UDP ? "udp" : "ip";
}

/* Once in a flow's life, when it is established. */
static void
report_watched(struct observer *o, struct flow *f)
{
    f->marks |= FLOW_PEER_CHECKED;
    if (o->request.is_watched == NULL)
        return;
    for (unsigned end = 0; end < 2; end++) {
        struct fact fact;

        if (!o->request.is_watched(o->request.watch_context, &f->address[end]))
            continue;
        fact_begin(&fact, FACT_PEER);
        fact_word(&fact, KEY_HOW, "flow");
        fact_address(&fact, KEY_ADDRESS, &f->address[end]);
        if (f->port[end] != 0)
            fact_number(&fact, KEY_PORT, f->port[end]);
        emitter_send(o->request.emitter, f, observe_transport(f->protocol), &fact);
    }
}

/* A handshake that nDPI need not know. */
static void
read_hello(struct observer *o, struct flow *f, unsigned direction, const struct packet *p)
{
    const struct list_tool *tool;
    const char *protocol;

    hello_read(f, direction, p);
    if (f->hello[0] == HELLO_NONE || f->hello[1] == HELLO_NONE || f->session != NULL)
        return;
    tool = hello_call(f);
    if (tool != NULL) {
        session_sign(o->sessions, f, tool, SIGN_HANDSHAKE, "udp", NULL);
        return;
    }
    protocol = hello_protocol(f);
    if (protocol == NULL || (tool = list_tool_by_ndpi(protocol)) == NULL)
        return;
    session_sign(o->sessions, f, tool, SIGN_HANDSHAKE, protocol, NULL);
}

static const char *
ndpi_name(const struct observer *o, const struct flow *f)
{
    return classify_name(
        o->classifier, f->ndpi_master != CLASSIFY_UNKNOWN ? f->ndpi_master : f->ndpi_app);
}

/* Hosts behind one address may send equal SYNs: what their clocks say of when they started tells
 * them apart. Of each such start a few are told, so that two lie on one line. Sixteen slots for all
 * starts keep a host whose clock is scrambled with each connection from being told without end. */
#define START_SHIFT 16 /* of milliseconds: a minute */
#define START_SLOTS 16u
#define START_TELLS 4u

static bool
is_new_syn(
    struct observer *o, const struct flow *f, const struct packet *p, const struct tcp_syn *syn)
{
    struct {
        struct tcp_syn syn;
        uint8_t slot, nth;
    } key = { .syn = *syn };
    const struct config *c = o->request.config;
    int64_t now_ms = o->request.emitter->now.time_us / 1000;

    if (p->tcp.ts_value == 0 || c == NULL ||
        locality_of(c, &f->address[FLOW_CLIENT]) != LOCALITY_OUTSIDE ||
        locality_of(c, &f->address[FLOW_SERVER]) == LOCALITY_OUTSIDE)
        return observe_is_new(o, f, FACT_DEVICE, &key, sizeof key);
    key.slot = 1 + ((uint32_t)(now_ms - p->tcp.ts_value) >> START_SHIFT) % START_SLOTS;
    while (key.nth < START_TELLS)
        if (observe_is_new(o, f, FACT_DEVICE, &key, sizeof key))
            return true;
        else
            key.nth++;
    return false;
}

/* Whoever scans shows a SYN for each address that he makes up: of what is new only so much is told
 * in a second. */
static void
report_syn(struct observer *o, const struct flow *f, const struct packet *p)
{
    int64_t second = o->request.emitter->now.time_us / SECOND_US;
    struct tcp_syn syn;
    struct fact fact;

    if (o->syn_second != second) {
        o->syn_second = second;
        o->syns_told = 0;
    }
    /* Systems leave options out when they try again. */
    if ((f->marks & FLOW_SYN_REPEATED) != 0 || o->syns_told >= SYNS_A_SECOND ||
        !tcp_syn_read(p, &syn) || !is_new_syn(o, f, p, &syn))
        return;
    o->syns_told++;
    tcp_syn_fact(&syn, &p->source, &fact);
    if (p->tcp.has_timestamp && p->tcp.ts_value != 0)
        fact_number(&fact, KEY_TCP_TIMESTAMP, p->tcp.ts_value);
    emitter_send(o->request.emitter, f, "tcp", &fact);
}

void
observer_packet(struct observer *o, struct flow *f, unsigned direction, const struct packet *p,
    uint32_t wire_bytes)
{
    if (f->packets[FLOW_CLIENT] + f->packets[FLOW_SERVER] == 1)
        observe_choose(o, f);
    if (p->protocol == FLOW_PROTOCOL_TCP && (p->tcp.flags & PACKET_TCP_SYN) != 0)
        report_syn(o, f, p);
    if (p->payload_length > 0 && f->payload_packets[direction] == 1) {
        read_hello(o, f, direction, p);
        if (f->payload_packets[!direction] == 0)
            presence_begin(o->presence, f);
    }
    if (f->candidates != 0 || f->payload_packets[direction] == 1)
        observe_parse(o, f, direction, p);
    if (p->payload_length > 0) {
        if ((f->marks & FLOW_CLASSIFIED) == 0)
            observe_classify(o, f, p);
        if ((f->marks & (FLOW_TO_COMPANY | FLOW_IS_DESK)) != 0)
            presence_packet(o->presence, f, direction, wire_bytes);
        if (f->session != NULL && direction == FLOW_SERVER)
            session_hear_media(f, p->payload, p->payload_captured);
        if (f->session != NULL)
            session_packet(o->sessions, f, direction, p->payload_length, wire_bytes);
        else if ((f->marks & FLOW_WANTS_SIGN) != 0)
            session_sign(o->sessions, f, f->tool, SIGN_NDPI, ndpi_name(o, f), NULL);
    }
    if (f->service != NULL)
        observe_upload_packet(o, f);
    if ((f->marks & (FLOW_ESTABLISHED | FLOW_PEER_CHECKED)) == FLOW_ESTABLISHED)
        report_watched(o, f);
    if (f->classify != NULL && f->tcp_state >= FLOW_TCP_CLOSING)
        observe_verdict(o, f);
}

static int64_t
idle_us(const struct config *c, const struct flow *f)
{
    return f->protocol == FLOW_PROTOCOL_TCP ? c->limits.tcp_us : c->limits.udp_us;
}

void
observer_flow_begun(struct observer *o, struct flow *f, const struct packet *p)
{
    const struct resumed *r = resume_flow(o->request.resume, f, p, idle_us(o->request.config, f));

    const struct list_tool *tool = r == NULL ? NULL : list_tool_by_name(r->tool);

    if (tool == NULL)
        return;
    observe_choose(o, f);
    (void)session_resume(o->sessions, f, tool, r);
}

void
observer_leave(struct observer *o)
{
    session_table_leave(o->sessions);
}

struct flow *
observer_overdue(const struct observer *o, int64_t now_us)
{
    return classify_oldest(o->classifier, now_us - CLASSIFY_US);
}

void
observer_settle(struct observer *o, struct flow *f)
{
    observe_verdict(o, f);
}

void
observer_tick(struct observer *o, int64_t now_us)
{
    presence_tick(o->presence, now_us);
}

void
observer_finish(struct observer *o)
{
    presence_finish(o->presence);
}

void
observer_flow_ended(struct observer *o, struct flow *f)
{
    if (f->classify != NULL)
        observe_verdict(o, f);
    if (f->session == NULL && (f->marks & FLOW_PARSER_CHOSEN) == 0 &&
        f->ndpi_app == CLASSIFY_UNKNOWN && f->ndpi_master == CLASSIFY_UNKNOWN &&
        f->payload_packets[FLOW_CLIENT] + f->payload_packets[FLOW_SERVER] > 0)
        o->counts.unclassified++;
    session_end(o->sessions, f);
    observe_upload_end(o, f);
    stream_pair_free(o->streams, f->streams);
    f->streams = NULL;
}

void
observer_get_counts(const struct observer *o, struct observer_counts *out)
{
    *out = o->counts;
    out->unpaired = pair_table_unpaired(o->pairs);
    out->sessions_evicted = session_table_evicted(o->sessions);
    stream_pool_get_counts(o->streams, &out->streams);
    out->states_refused = classifier_refused(o->classifier);
}

/* nDPI's category of a tool that it knows, for a flow that it was not asked for. */
static uint8_t
category_of_tool(struct observer *o, const char *app)
{
    const struct list_tool *tool = app != NULL ? list_tool_by_name(app) : NULL;
    const char *names = tool != NULL ? tool->ndpi : "";

    return o->request.classify ? classify_category_of(o->classifier, names, strcspn(names, ","))
                               : 0;
}

/* nDPI's opinion of a session's flow, or of the session's tool while it has none. */
static void
describe(void *context, const struct flow *f, struct fact *fact)
{
    struct observer *o = context;
    char risks[FACT_TEXT_MAX + 1];
    uint8_t category = f->ndpi_category;

    if (category == 0)
        category = category_of_tool(o, fact_get_text(fact, KEY_APP));
    fact_word(fact, KEY_CATEGORY, classify_category(o->classifier, category));
    classify_risks(f->ndpi_risks, risks, sizeof risks);
    fact_word(fact, KEY_RISKS, risks);
}

struct observer *
observer_open(const struct observer_request *request)
{
    struct observer *o = calloc(1, sizeof *o);

    if (o == NULL)
        return NULL;
    o->request = *request;
    o->parsers = parser_table(&o->parser_count);
    o->classifier = classifier_open(request->classify_states);
    o->sessions =
        session_table_open(request->sessions, request->policy, request->gateways, request->emitter);
    o->streams = stream_pool_open(request->stream_pool_bytes, request->stream_bytes);
    o->pairs = pair_table_open(PAIR_SETS);
    o->presence = presence_open(request->config, request->emitter);
    if (o->presence == NULL || o->classifier == NULL || o->sessions == NULL || o->streams == NULL ||
        o->pairs == NULL) {
        observer_close(o);
        return NULL;
    }
    list_vendor_load();
    session_table_describe(o->sessions, describe, o);
    observe_index_parsers(o);
    return o;
}

void
observer_close(struct observer *o)
{
    if (o == NULL)
        return;
    if (o->streams != NULL)
        observe_links_forget(o, o->links, OBSERVE_LINKS);
    presence_close(o->presence);
    pair_table_close(o->pairs);
    stream_pool_close(o->streams);
    session_table_close(o->sessions);
    classifier_close(o->classifier);
    free(o);
}
