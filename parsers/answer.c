/* SPDX-License-Identifier: BSD-2-Clause */
#include "answer.h"

void
answer_expect(struct answer *a, const struct parse_input *in)
{
    a->is_due = true;
    a->disorder = in->disorder;
}

void
answer_forget(struct answer *a)
{
    a->is_due = false;
}

void
answer_tell_time(const struct parse_output *out, const char *layer, const char *version,
    const char *how, int64_t value_us)
{
    struct fact f;

    if (value_us <= 0)
        return;
    fact_begin(&f, FACT_RTT);
    fact_word(&f, KEY_LAYER, layer);
    fact_word(&f, KEY_END, "client");
    if (version != NULL)
        fact_word(&f, KEY_VERSION, version);
    fact_word(&f, KEY_HOW, how);
    fact_number(&f, KEY_VALUE_US, value_us);
    out->fact(out->context, &f);
}

void
answer_tell(struct answer *a, const char *layer, const char *version, const char *how,
    const struct parse_input *in, const struct parse_output *out)
{
    if (!a->is_due)
        return;
    a->is_due = false;
    if (a->disorder == in->disorder && in->peer_us != 0 && !in->is_nested && !in->after_gap)
        answer_tell_time(out, layer, version, how, in->time_us - in->peer_us);
}
