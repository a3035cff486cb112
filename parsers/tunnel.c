/* SPDX-License-Identifier: BSD-2-Clause */
#include "tunnel.h"

void
tunnel_tell_session(const struct parse_output *out, const char *app, const char *version)
{
    struct fact f;

    fact_begin(&f, FACT_SESSION_OPEN);
    fact_word(&f, KEY_APP, app);
    if (version != NULL)
        fact_word(&f, KEY_VERSION, version);
    out->fact(out->context, &f);
}

void
tunnel_tell_rekeys(const struct parse_output *out, const char *app, uint32_t rekeys)
{
    struct fact f;

    fact_begin(&f, FACT_SESSION_UPDATE);
    fact_word(&f, KEY_APP, app);
    fact_number(&f, KEY_REKEYS, rekeys);
    out->fact(out->context, &f);
}

void
tunnel_tell_rtt(
    const struct parse_output *out, const char *layer, const char *end, int64_t value_us)
{
    struct fact f;

    if (value_us <= 0)
        return;
    fact_begin(&f, FACT_RTT);
    fact_word(&f, KEY_LAYER, layer);
    fact_word(&f, KEY_END, end);
    fact_number(&f, KEY_VALUE_US, value_us);
    out->fact(out->context, &f);
}
