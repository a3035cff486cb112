/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Observations are built in one scratch record, since they are large and come one at a time.
 */
#include "evidence.h"
#include <stdio.h>

size_t
emission_size(const struct emission *e)
{
    return offsetof(struct emission, observation.fact.bytes) + e->observation.fact.length;
}

void
evidence_encapsulation(const struct packet *p, char *out, size_t size)
{
    size_t at = 0;

    out[0] = '\0';
    for (unsigned i = 0; p != NULL && i < p->layer_count && i < PACKET_LAYERS && at < size; i++) {
        const struct packet_layer *l = &p->layers[i];
        const char *between = i == 0 ? "" : " > ";
        const char *name = packet_layer_name((enum packet_layer_kind)l->kind);
        int n = l->id == 0 ? snprintf(out + at, size - at, "%s%s", between, name)
                           : snprintf(out + at, size - at, "%s%s %u", between, name, l->id);

        if (n < 0 || (size_t)n >= size - at) {
            out[at] = '\0'; /* a layer that does not fit is left out whole */
            return;
        }
        at += (size_t)n;
    }
}

static void
fill_flow(struct observation *o, const struct flow *f)
{
    o->has_flow = f != NULL;
    if (f == NULL)
        return;
    o->flow = flow_id(f);
    o->transport = f->protocol;
    o->source = f->address[FLOW_CLIENT];
    o->destination = f->address[FLOW_SERVER];
    o->source_port = f->port[FLOW_CLIENT];
    o->destination_port = f->port[FLOW_SERVER];
}

static void
copy_word(char *out, size_t room, const char *word)
{
    size_t n = strnlen(word, room - 1);

    memcpy(out, word, n);
    out[n] = '\0';
}

void
emitter_send_late(struct emitter *e, const struct flow *f, const char *protocol,
    const struct fact *fact, const struct evidence *seen, const char *encapsulation)
{
    struct observation *o = &e->scratch.observation;

    memset(&e->scratch, 0, offsetof(struct emission, observation.fact));
    e->scratch.capture = seen->capture;
    o->time_us = seen->time_us;
    o->order = e->now.order;
    o->packet = seen->packet;
    copy_word(o->protocol, sizeof o->protocol, protocol);
    copy_word(o->encapsulation, sizeof o->encapsulation, encapsulation);
    fill_flow(o, f);
    memcpy(&o->fact, fact, offsetof(struct fact, bytes) + fact->length);
    e->emitted++;
    e->emit(e->context, &e->scratch);
}

void
emitter_note_encapsulation(struct emitter *e)
{
    struct evidence_known *k = &e->known[e->packet->encapsulation % EVIDENCE_KNOWN];

    if (e->packet->encapsulation == 0 || k->encapsulation == e->packet->encapsulation)
        return;
    k->encapsulation = e->packet->encapsulation;
    evidence_encapsulation(e->packet, k->text, sizeof k->text);
}

void
emitter_send(struct emitter *e, const struct flow *f, const char *protocol, const struct fact *fact)
{
    char encapsulation[EVIDENCE_ENCAPSULATION];

    evidence_encapsulation(e->packet, encapsulation, sizeof encapsulation);
    if (e->packet == NULL && f != NULL && f->encapsulation != 0) {
        const struct evidence_known *k = &e->known[f->encapsulation % EVIDENCE_KNOWN];

        if (k->encapsulation == f->encapsulation)
            memcpy(encapsulation, k->text, sizeof encapsulation);
    }
    emitter_send_late(e, f, protocol, fact, &e->now, encapsulation);
}
