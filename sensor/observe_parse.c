/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Parsers over payload. A flow starts with the parsers of its ports and those that know their
 * protocol anywhere; NOT_MINE and BAD take one off the list, the first OK chooses. On UDP a parser
 * stays on its own port whatever one datagram looks like: such flows live for days, and one damaged
 * or forged datagram must not blind us to the rest. On TCP the chosen one may say that the stream
 * has become another protocol's; then those of `anywhere` are asked again.
 *
 * Streams within messages (TLS in OpenVPN, in EAP) are read the same way, one level deep.
 */
#include "observe_internal.h"

#define SWITCHES_MAX 4 /* SOCKS, HTTP CONNECT, SMTP, STARTTLS */
#define LINK_PAIRED (UINT64_C(1) << 63)
#define NESTED_MAX                                                                                 \
    16 /* streams within one flow at a time: logins under way through one gateway                  \
        */

struct job {
    struct observer *o;
    struct flow *f; /* NULL: a frame without IP */
    const struct packet *p;
    unsigned direction, row;
    uint64_t *candidates;
    struct stream_pair *pair; /* NULL: datagrams that no parser with a state was chosen for */
    bool is_nested, is_filled;
    struct parse_input in; /* what is the same for all candidates, once it is filled in */
};

static const struct {
    uint8_t bit, protocol;
    bool has_ports;
} transports[OBSERVE_TRANSPORTS] = {
    [OBSERVE_TCP] = { PARSER_TCP, PARSE_TCP, true },
    [OBSERVE_UDP] = { PARSER_UDP, PARSE_UDP, true },
    [OBSERVE_GRE] = { PARSER_GRE, PARSE_GRE, false },
    [OBSERVE_ICMP6] = { PARSER_ICMP6, PARSE_ICMP6, false },
    [OBSERVE_LINK] = { PARSER_LINK, PARSE_LINK, true },
};

static unsigned
transport_of(uint8_t protocol)
{
    unsigned i = 0;

    while (i < OBSERVE_TRANSPORTS && transports[i].protocol != protocol)
        i++;
    return i;
}

void
observe_index_parsers(struct observer *o)
{
    unsigned rows = 1;

    for (unsigned i = 0; i < o->parser_count && i < PARSER_LIMIT; i++) {
        const struct parser *p = o->parsers[i];
        uint64_t bit = UINT64_C(1) << i;

        if (strcmp(p->name, "dns") == 0)
            o->dns = p;
        o->whole_stream |= p->whole_stream ? bit : 0;
        o->resyncs |= p->resyncs ? bit : 0;
        o->shares |= p->shares ? bit : 0;
        o->link_wide |= p->link_wide ? bit : 0;
        o->turns |= p->turns ? bit : 0;
        o->settles |= p->settles ? bit : 0;
        for (unsigned t = 0; t < OBSERVE_TRANSPORTS; t++)
            if ((p->transports & transports[t].bit) != 0 &&
                (p->anywhere || !transports[t].has_ports))
                o->anywhere[t] |= bit;
        for (unsigned n = 0; n < sizeof p->ports / sizeof p->ports[0] && p->ports[n] != 0; n++) {
            uint8_t *row = &o->port_row[p->ports[n]];

            if (*row == 0 && rows < OBSERVE_PORTS)
                *row = (uint8_t)rows++;
            for (unsigned t = 0; *row != 0 && t < OBSERVE_TRANSPORTS; t++)
                if ((p->transports & transports[t].bit) != 0)
                    o->of_port[t][*row] |= bit;
        }
    }
}

static uint64_t
of_ports(const struct observer *o, const struct flow *f)
{
    unsigned t = transport_of(f->protocol);

    if (t == OBSERVE_TRANSPORTS)
        return 0;
    return o->of_port[t][o->port_row[f->port[0]]] | o->of_port[t][o->port_row[f->port[1]]];
}

void
observe_choose(struct observer *o, struct flow *f)
{
    unsigned t = transport_of(f->protocol);

    if (t < OBSERVE_TRANSPORTS)
        f->candidates = of_ports(o, f) | o->anywhere[t];
}

/* Whose login it is that another machine brings. True: the fact is about a client whose address is
 * unknown, and the flow's must not be taken for it. */
static bool
name_client(struct fact *f, const struct parse_nested *which)
{
    bool has_address = !IN6_IS_ADDR_UNSPECIFIED(&which->address);

    if (f->kind == FACT_LOGIN) {
        fact_mac(f, KEY_DEVICE_MAC, which->mac);
        if (has_address)
            fact_address(f, KEY_OUTSIDE, &which->address);
    }
    return f->kind == FACT_DEVICE && !has_address;
}

static void
take_fact(void *context, const struct fact *f)
{
    struct job *job = context;
    struct flow *of = job->f;
    struct fact copy;
    struct emitter *e = job->o->request.emitter;
    const char *protocol = job->o->parsers[job->row]->name;
    uint64_t flow =
        job->f != NULL ? flow_id(job->f) : LINK_PAIRED | (uint64_t)job->p->encapsulation;

    memcpy(&copy, f, offsetof(struct fact, bytes) + f->length);
    if (job->in.is_brought) {
        flow += job->pair->which.key;
        of = name_client(&copy, &job->pair->which) ? NULL : of;
    }
    if (observe_fact(job->o, of, protocol, &copy) &&
        (copy.is_across || pair_fact(job->o->pairs, flow, job->row, e->now.time_us, &copy)))
        emitter_send(e, of, protocol, &copy);
}

static void take_nested(void *context, const uint8_t *bytes, size_t n);
static void take_nested_of(
    void *context, const struct parse_nested *which, const uint8_t *bytes, size_t n);

/* 802.2 has no EtherType. */
static uint16_t
link_type(const struct packet *p)
{
    return p->ether_type != 0 ? p->ether_type : PARSE_LLC;
}

/* The client's end of a nested stream that another machine brings. */
static void
fill_client(struct job *job)
{
    const struct parse_nested *which;
    struct parse_input *in = &job->in;

    in->is_brought = job->is_nested && job->pair != NULL && job->pair->which.key != 0;
    if (!in->is_brought)
        return;
    which = &job->pair->which;
    *(in->from_client ? &in->source : &in->destination) = which->address;
    in->source_mac = in->from_client ? which->mac : NULL;
}

static void
fill_input(struct job *job)
{
    const struct flow *f = job->f;
    const struct packet *p = job->p;
    unsigned from = job->direction, to = !from;
    struct parse_input *in = &job->in;

    job->is_filled = true;
    in->from_client = (f != NULL || job->is_nested) && from == FLOW_CLIENT;
    in->source_mac = p->source_mac;
    in->time_us = job->o->request.emitter->now.time_us;
    in->is_nested = job->is_nested;
    if (f == NULL) {
        in->transport = PARSE_LINK;
        in->destination_mac = p->destination_mac;
        in->destination_port = link_type(p);
        in->is_cut = !job->is_nested && p->is_cut;
        in->wire_length = (uint32_t)rd_left(&p->link_payload);
        fill_client(job);
        return;
    }
    in->transport = job->is_nested ? PARSE_TCP : (enum parse_transport)f->protocol;
    in->is_cut = !job->is_nested && p->payload_captured < p->payload_length;
    in->is_midstream = f->protocol == FLOW_PROTOCOL_TCP &&
                       (f->handshake_seq[from] == 0 || (job->pair != NULL && job->pair->is_turned));
    in->source = f->address[from];
    in->destination = f->address[to];
    in->source_port = f->port[from];
    in->destination_port = f->port[to];
    in->wire_length = p->payload_length;
    in->peer_us = flow_payload_us(f, to);
    fill_client(job);
}

static bool
owns_state(const struct job *job, unsigned row)
{
    return job->pair != NULL && job->pair->is_chosen && job->pair->state_row == row;
}

/* What a parser remembers of the flow is kept from its first message on; before that, and when
 * another one's turn is over, it starts from nothing. False when there is no room for it. */
static bool
keep_state(struct job *job, unsigned row, const union parse_state *state)
{
    if (job->pair == NULL)
        job->pair = job->f->streams; /* taken for what the message carried */
    if (job->pair == NULL)
        job->pair = job->f->streams = stream_pair_take(job->o->streams);
    if (job->pair == NULL) {
        job->o->counts.streams_refused++;
        return false;
    }
    job->pair->state = *state;
    job->pair->state_row = (uint8_t)row;
    job->pair->is_chosen = true;
    return true;
}

static uint32_t
disorder_of(const struct flow *f)
{
    return f != NULL && f->streams != NULL
               ? f->streams->way[0].disorder + f->streams->way[1].disorder
               : 0;
}

/* One parser over one message; *taken receives how far it read, with what it passes over. */
static enum parse_result
run(struct job *job, unsigned row, const uint8_t *bytes, size_t n, size_t *taken)
{
    struct parse_output out = {
        .fact = take_fact, .nested = take_nested, .nested_of = take_nested_of, .context = job
    };
    struct parse_input *in = &job->in;
    union parse_state fresh;
    bool is_fresh = job->o->parsers[row]->has_state && !owns_state(job, row);
    enum parse_result result;

    if (!job->is_filled)
        fill_input(job);
    in->data = rd_of(bytes, n);
    in->skip = 0;
    in->after_gap = job->pair != NULL && job->pair->way[job->direction].after_gap;
    in->disorder = disorder_of(job->f);
    in->state = NULL;
    if (is_fresh) {
        memset(&fresh, 0, sizeof fresh);
        in->state = &fresh;
    } else if (job->pair != NULL) {
        in->state = &job->pair->state;
    }
    job->row = row;
    result = job->o->parsers[row]->parse(in, &out);
    job->o->counts.parse[row][result]++;
    *taken = 0;
    if (result != PARSE_OK)
        return result;
    if (is_fresh && !keep_state(job, row, &fresh))
        return PARSE_BAD;
    *taken = in->skip == PARSE_SKIP_ALL ? STREAM_STOP : n - rd_left(&in->data);
    if (*taken != STREAM_STOP && rd_left(&in->data) == 0 && in->skip > 0)
        *taken += in->skip < STREAM_PASS_MAX ? (size_t)in->skip : STREAM_PASS_MAX;
    return result;
}

/* The parser has read a message: the flow is its own. */
static void
choose(struct job *job, unsigned row)
{
    struct flow *f = job->f;

    f->marks |= FLOW_PARSER_CHOSEN;
    if ((f->marks & FLOW_CLASSIFIED) == 0 && !job->is_nested && (job->o->settles >> row & 1) != 0)
        observe_settled(job->o, f, job->o->parsers[row]->name);
}

/* Messages of one datagram; the candidates that remain of it. */
static void
parse_datagram(struct job *job, struct rd data, uint64_t keep)
{
    struct flow *f = job->f;

    for (uint64_t left = *job->candidates; left != 0; left &= left - 1) {
        unsigned row = (unsigned)__builtin_ctzll(left);
        const uint8_t *bytes = data.p;
        size_t n = rd_left(&data), taken;
        enum parse_result result;
        bool is_chosen = false;

        do {
            result = run(job, row, bytes, n, &taken);
            is_chosen |= result == PARSE_OK;
            taken = taken < n ? taken : n;
            bytes += taken;
            n -= taken;
        } while (result == PARSE_OK && taken > 0 && n > 0);
        if (is_chosen) {
            *job->candidates = UINT64_C(1) << row | keep;
            if ((job->o->shares >> row & 1) != 0)
                *job->candidates |= job->o->shares;
            if (f != NULL)
                choose(job, row);
            return;
        }
        if (f != NULL && result != PARSE_MORE && (f->marks & FLOW_PARSER_CHOSEN) == 0)
            *job->candidates &= ~(UINT64_C(1) << row) | keep;
    }
}

/* The parser at work says that the stream is no longer its own. */
static bool
switch_parsers(struct job *job, unsigned row)
{
    struct stream_pair *pair = job->pair;

    if (pair->switches++ >= SWITCHES_MAX)
        return false;
    pair->is_chosen = false;
    if (job->o->parsers[row]->relays && !job->is_nested)
        job->f->marks |= FLOW_IS_RELAYED;
    *job->candidates = job->o->anywhere[OBSERVE_TCP]; /* HTTP may carry HTTP */
    if (!job->is_nested)
        observe_classify_anew(job->o, job->f);
    return true;
}

/* Whether a parser may pass over bytes that it does not know: it finds the next message itself. */
static bool
may_pass(const struct job *job, unsigned row)
{
    const struct stream_pair *pair = job->pair;
    const struct stream *s = &pair->way[job->direction];
    bool is_lost = s->after_gap ||
                   (!s->is_read && !job->is_nested && job->f->handshake_seq[job->direction] == 0);

    if (!is_lost || (job->o->resyncs >> row & 1) == 0)
        return false;
    return pair->is_chosen || (of_ports(job->o, job->f) >> row & 1) != 0;
}

/* Tries the candidates at one place of a stream: how far the first that fits read; 0 = wait;
 * STREAM_STOP = none is left. */
static size_t
try_candidates(struct job *job, const uint8_t *bytes, size_t n)
{
    struct stream_pair *pair = job->pair;
    struct stream *s = &pair->way[job->direction];
    bool is_waiting = false, is_passing = false;
    uint64_t left = *job->candidates;

    if (s->after_gap)
        left &= job->o->resyncs;
    while (left != 0) {
        unsigned row = (unsigned)__builtin_ctzll(left);
        size_t taken;
        enum parse_result result = run(job, row, bytes, n, &taken);

        left &= left - 1;
        if (result == PARSE_OK) {
            *job->candidates = UINT64_C(1) << row;
            if (job->f != NULL)
                choose(job, row);
            pair->is_chosen = true;
            pair->state_row = (uint8_t)row;
            s->after_gap = false;
            s->is_read = true;
            return taken > 0 ? taken : STREAM_STOP;
        }
        if (result == PARSE_MORE) {
            is_waiting = true;
        } else if (may_pass(job, row)) {
            is_passing = true;
        } else if (!pair->is_chosen) {
            *job->candidates &= ~(UINT64_C(1) << row);
        } else if (result == PARSE_NOT_MINE && switch_parsers(job, row)) {
            left = *job->candidates;
        }
    }
    return is_waiting ? 0 : is_passing ? n : STREAM_STOP;
}

static size_t
take_stream(void *context, const uint8_t *bytes, size_t n)
{
    struct job *job = context;
    const struct stream *s = &job->pair->way[job->direction];
    size_t at = 0;

    while (at < n) {
        size_t taken = try_candidates(job, bytes + at, n - at);

        if (taken == STREAM_STOP)
            return STREAM_STOP;
        if (taken == 0)
            break;
        at += taken;
    }
    /* What came twice counts once. */
    if ((*job->candidates & job->o->whole_stream) == 0 && job->f != NULL &&
        s->next - s->first >= job->o->request.stream_bytes)
        return STREAM_STOP;
    return at;
}

/* The pair of the flow, or of the link, that has what it carries. */
static struct stream_pair *
carrying_pair(struct job *job)
{
    if (job->f == NULL)
        return job->pair;
    if (job->f->streams == NULL)
        job->f->streams = stream_pair_take(job->o->streams);
    return job->f->streams;
}

static void
take_nested_of(void *context, const struct parse_nested *which, const uint8_t *bytes, size_t n)
{
    struct job *job = context, inner;
    struct stream_segment segment = {
        .data = bytes, .captured = (uint32_t)n, .length = (uint32_t)n
    };
    struct stream_pair *carrier, *pair;
    struct stream *s;

    if (job->is_nested || n > UINT16_MAX)
        return;
    carrier = carrying_pair(job);
    if (n == 0) { /* it begins anew */
        observe_nested_drop(job->o, carrier, which->key);
        return;
    }
    pair = observe_nested_take(
        job->o, carrier, which->key, job->o->anywhere[OBSERVE_TCP] & ~(UINT64_C(1) << job->row));
    if (pair == NULL)
        return;
    if (which->from_client)
        pair->which = *which;
    inner = *job;
    inner.is_nested = true;
    inner.is_filled = false;
    inner.direction = which->from_client ? FLOW_CLIENT : FLOW_SERVER;
    inner.pair = pair;
    inner.candidates = &pair->candidates;
    if (pair->is_done[inner.direction])
        return;
    s = &pair->way[inner.direction];
    segment.seq = s->next;
    if (stream_add(job->o->streams, s, &segment, take_stream, &inner) != STREAM_GOING)
        pair->is_done[inner.direction] = true;
}

static void
take_nested(void *context, const uint8_t *bytes, size_t n)
{
    struct job *job = context;
    struct parse_nested only = { .from_client = job->direction == FLOW_CLIENT };

    if (job->f != NULL)
        take_nested_of(job, &only, bytes, n);
}

static void
streams_end(struct observer *o, struct flow *f)
{
    stream_pair_free(o->streams, f->streams);
    f->streams = NULL;
    f->candidates = 0;
}

/* The other side's acknowledgement shows which holes of this one are the capture's. */
static void
see_acknowledgement(struct job *job)
{
    struct stream_pair *pair = job->f->streams;
    unsigned other = !job->direction;

    if (pair == NULL || pair->way[other].held == NULL || pair->is_done[other] ||
        (job->p->tcp.flags & PACKET_TCP_ACK) == 0)
        return;
    job->pair = pair;
    job->direction = other;
    job->is_filled = false;
    if (stream_acknowledged(
            job->o->streams, &pair->way[other], job->p->tcp.ack, take_stream, job) != STREAM_GOING)
        pair->is_done[other] = true;
    job->direction = !other;
    job->is_filled = false;
}

static void
parse_segment(struct job *job)
{
    struct flow *f = job->f;
    struct observer *o = job->o;
    struct stream *s;
    bool is_syn = (job->p->tcp.flags & PACKET_TCP_SYN) != 0;
    struct stream_segment segment = {
        .seq = job->p->tcp.seq + is_syn, /* data in a SYN (RFC 7413) stand behind it */
        .data = job->p->payload,
        .captured = job->p->payload_captured,
        .length = job->p->payload_length,
    };

    if (f->streams == NULL && (f->streams = stream_pair_take(o->streams)) == NULL) {
        o->counts.streams_refused++;
        f->candidates = 0;
        return;
    }
    job->pair = f->streams;
    if (job->pair->is_done[job->direction])
        return;
    s = &job->pair->way[job->direction];
    if (!s->is_started && f->handshake_seq[job->direction] != 0)
        stream_start(s, f->handshake_seq[job->direction] + 1);
    if (stream_add(o->streams, s, &segment, take_stream, job) != STREAM_GOING)
        job->pair->is_done[job->direction] = true;
    if (f->candidates == 0 || (job->pair->is_done[0] && job->pair->is_done[1]))
        streams_end(o, f);
}

/* The first bytes of the end that was called, when those of the caller were no parser's. */
static void
ask_turned(struct job *job)
{
    struct flow *f = job->f;
    unsigned other = !job->direction;

    if (f->candidates != 0 || (f->marks & FLOW_PARSER_CHOSEN) != 0 ||
        f->payload_packets[job->direction] != 1 || f->payload_packets[other] == 0 ||
        job->p->payload_length == 0 || (job->p->tcp.flags & PACKET_TCP_ACK) == 0 ||
        (f->streams = stream_pair_take(job->o->streams)) == NULL)
        return;
    f->candidates = job->o->turns;
    f->streams->is_turned = true;
    stream_start(&f->streams->way[other], job->p->tcp.ack);
}

void
observe_parse(struct observer *o, struct flow *f, unsigned direction, const struct packet *p)
{
    struct job job = { .o = o,
        .f = f,
        .p = p,
        .direction = direction,
        .candidates = &f->candidates,
        .pair = f->streams };
    size_t before;

    if (f->protocol == FLOW_PROTOCOL_TCP) {
        ask_turned(&job);
        see_acknowledgement(&job);
        if (p->payload_captured > 0 && f->candidates != 0)
            parse_segment(&job);
    } else if (f->protocol == FLOW_PROTOCOL_UDP) {
        if (p->payload_captured > 0)
            parse_datagram(&job, rd_of(p->payload, p->payload_captured), of_ports(o, f));
    } else if (p->transport != NULL && (before = (size_t)(p->transport - p->ip)) < p->ip_captured) {
        parse_datagram(&job, rd_of(p->transport, p->ip_captured - before), f->candidates);
    }
    if (f->protocol != FLOW_PROTOCOL_TCP && f->candidates == 0 && f->streams != NULL)
        streams_end(o, f);
}

void
observer_link(struct observer *o, const struct packet *p)
{
    uint64_t candidates = o->of_port[OBSERVE_LINK][o->port_row[link_type(p)]];
    struct job job = { .o = o, .p = p, .candidates = &candidates };

    if (candidates == 0)
        return;
    job.pair = observe_link_pair(o, p, link_type(p), (candidates & o->link_wide) != 0);
    parse_datagram(&job, p->link_payload, candidates);
}
