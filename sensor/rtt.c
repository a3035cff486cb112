/* SPDX-License-Identifier: BSD-2-Clause */
#include "rtt.h"

void
rtt_tell_handshake(struct emitter *e, struct flow *f, const char *layer)
{
    static const char *const ends[] = { [FLOW_CLIENT] = "client", [FLOW_SERVER] = "server" };

    if ((f->marks & FLOW_RTT_TOLD) != 0)
        return;
    f->marks |= FLOW_RTT_TOLD;
    for (unsigned end = 0; end < 2; end++) {
        struct fact fact;

        if (f->rtt_us[end] == 0)
            continue;
        fact_begin(&fact, FACT_RTT);
        fact_word(&fact, KEY_LAYER, layer);
        fact_word(&fact, KEY_END, ends[end]);
        fact_number(&fact, KEY_VALUE_US, f->rtt_us[end]);
        emitter_send(e, f, "tcp", &fact);
    }
}
