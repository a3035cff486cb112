/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Parsers over payload. A flow starts with the parsers of its ports and those that know their
 * protocol anywhere; NOT_MINE and BAD take one off the list, the first OK chooses. On UDP a parser
 * stays on its own port whatever one datagram looks like: such flows live for days, and one damaged
 * or forged datagram must not blind us to the rest.
 */
#include "observe_internal.h"

struct job {
    struct observer *o;
    struct flow *f;
    const struct packet *p;
    unsigned direction, row;
};

void
observe_index_parsers(struct observer *o)
{
    unsigned rows = 1;

    for (unsigned i = 0; i < o->parser_count && i < PARSER_LIMIT; i++) {
        const struct parser *p = o->parsers[i];
        uint64_t bit = UINT64_C(1) << i;

        o->anywhere_tcp |= p->anywhere && (p->transports & PARSER_TCP) != 0 ? bit : 0;
        o->anywhere_udp |= p->anywhere && (p->transports & PARSER_UDP) != 0 ? bit : 0;
        o->whole_stream |= p->whole_stream ? bit : 0;
        for (unsigned n = 0; n < sizeof p->ports / sizeof p->ports[0] && p->ports[n] != 0; n++) {
            uint8_t *row = &o->port_row[p->ports[n]];

            if (*row == 0 && rows < OBSERVE_PORTS)
                *row = (uint8_t)rows++;
            o->port_tcp[*row] |= (p->transports & PARSER_TCP) != 0 ? bit : 0;
            o->port_udp[*row] |= (p->transports & PARSER_UDP) != 0 ? bit : 0;
        }
    }
}

static uint64_t
of_ports(const struct observer *o, const struct flow *f)
{
    const uint64_t *masks = f->protocol == FLOW_PROTOCOL_TCP ? o->port_tcp : o->port_udp;

    return masks[o->port_row[f->port[0]]] | masks[o->port_row[f->port[1]]];
}

void
observe_choose(struct observer *o, struct flow *f)
{
    if (f->protocol == FLOW_PROTOCOL_TCP)
        f->candidates = of_ports(o, f) | o->anywhere_tcp;
    else if (f->protocol == FLOW_PROTOCOL_UDP)
        f->candidates = of_ports(o, f) | o->anywhere_udp;
}

static void
take_fact(void *context, const struct fact *f)
{
    struct job *job = context;
    struct fact copy;
    struct emitter *e = job->o->request.emitter;

    if (f->kind == FACT_NAME) {
        observe_name(job->o, job->f, job->o->parsers[job->row]->name, f);
        return;
    }
    memcpy(&copy, f, offsetof(struct fact, bytes) + f->length);
    if (pair_fact(job->o->pairs, flow_id(job->f), job->row, e->now.time_us, &copy))
        emitter_send(e, job->f, job->o->parsers[job->row]->name, &copy);
}

/* One parser over one message; *taken receives how far it read. */
static enum parse_result
run(struct job *job, unsigned row, const uint8_t *bytes, size_t n, size_t *taken)
{
    const struct flow *f = job->f;
    unsigned from = job->direction, to = !from;
    struct parse_output out = { .fact = take_fact, .context = job };
    struct parse_input in = {
        .data = rd_of(bytes, n),
        .transport = f->protocol == FLOW_PROTOCOL_TCP ? PARSE_TCP : PARSE_UDP,
        .from_client = from == FLOW_CLIENT,
        .is_cut = job->p->payload_captured < job->p->payload_length,
        .source = f->address[from],
        .destination = f->address[to],
        .source_port = f->port[from],
        .destination_port = f->port[to],
        .time_us = job->o->request.emitter->now.time_us,
    };
    enum parse_result result;

    job->row = row;
    result = job->o->parsers[row]->parse(&in, &out);
    job->o->counts.parse[row][result]++;
    *taken = result == PARSE_OK ? n - rd_left(&in.data) : 0;
    return result;
}

static void
parse_datagram(struct job *job)
{
    struct flow *f = job->f;
    uint64_t keep = of_ports(job->o, f);

    for (uint64_t left = f->candidates; left != 0; left &= left - 1) {
        unsigned row = (unsigned)__builtin_ctzll(left);
        const uint8_t *bytes = job->p->payload;
        size_t n = job->p->payload_captured, taken;
        enum parse_result result;
        bool is_chosen = false;

        do {
            result = run(job, row, bytes, n, &taken);
            is_chosen |= result == PARSE_OK;
            bytes += taken;
            n -= taken;
        } while (result == PARSE_OK && taken > 0 && n > 0);
        if (is_chosen) {
            f->candidates = UINT64_C(1) << row | keep;
            f->marks |= FLOW_PARSER_CHOSEN;
            return;
        }
        if (result != PARSE_MORE && (f->marks & FLOW_PARSER_CHOSEN) == 0)
            f->candidates &= ~(UINT64_C(1) << row) | keep;
    }
}

/* Tries the candidates at one place of a stream: how far the first that fits read; 0 = wait;
 * STREAM_STOP = none is left. */
static size_t
try_candidates(struct job *job, const uint8_t *bytes, size_t n)
{
    struct flow *f = job->f;
    bool is_waiting = false;

    for (uint64_t left = f->candidates; left != 0; left &= left - 1) {
        unsigned row = (unsigned)__builtin_ctzll(left);
        size_t taken;
        enum parse_result result = run(job, row, bytes, n, &taken);

        if (result == PARSE_OK) {
            f->candidates = UINT64_C(1) << row;
            f->marks |= FLOW_PARSER_CHOSEN;
            return taken > 0 ? taken : STREAM_STOP;
        }
        if (result == PARSE_MORE)
            is_waiting = true;
        else if ((f->marks & FLOW_PARSER_CHOSEN) == 0)
            f->candidates &= ~(UINT64_C(1) << row);
    }
    return is_waiting ? 0 : STREAM_STOP;
}

static size_t
take_stream(void *context, const uint8_t *bytes, size_t n)
{
    struct job *job = context;
    size_t at = 0;

    while (at < n) {
        size_t taken = try_candidates(job, bytes + at, n - at);

        if (taken == STREAM_STOP)
            return STREAM_STOP;
        if (taken == 0)
            break;
        at += taken;
    }
    if ((job->f->candidates & job->o->whole_stream) == 0 &&
        job->f->payload_bytes[job->direction] >= job->o->request.stream_bytes)
        return STREAM_STOP;
    return at;
}

static void
streams_end(struct observer *o, struct flow *f)
{
    stream_pair_free(o->streams, f->streams);
    f->streams = NULL;
    f->candidates = 0;
}

static void
parse_segment(struct job *job)
{
    static const uint16_t stop_marks[] = { FLOW_STOP_CLIENT, FLOW_STOP_SERVER };
    const uint16_t both = FLOW_STOP_CLIENT | FLOW_STOP_SERVER;
    struct flow *f = job->f;
    struct observer *o = job->o;
    struct stream *s;
    struct stream_segment segment = {
        .seq = job->p->tcp.seq,
        .data = job->p->payload,
        .captured = job->p->payload_captured,
        .length = job->p->payload_length,
    };

    if ((f->marks & stop_marks[job->direction]) != 0)
        return;
    if (f->streams == NULL && (f->streams = stream_pair_take(o->streams)) == NULL) {
        o->counts.streams_refused++;
        f->candidates = 0;
        return;
    }
    s = &f->streams->way[job->direction];
    if (!s->is_started && f->handshake_seq[job->direction] != 0)
        stream_start(s, f->handshake_seq[job->direction] + 1);
    if (stream_add(o->streams, s, &segment, take_stream, job) != STREAM_GOING)
        f->marks |= stop_marks[job->direction];
    if (f->candidates == 0 || (f->marks & both) == both)
        streams_end(o, f);
}

void
observe_parse(struct observer *o, struct flow *f, unsigned direction, const struct packet *p)
{
    struct job job = { .o = o, .f = f, .p = p, .direction = direction };

    if (p->payload_captured == 0)
        return;
    if (f->protocol == FLOW_PROTOCOL_TCP)
        parse_segment(&job);
    else
        parse_datagram(&job);
}
