/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How far a client is that answers what nobody has to think about: from the newest bytes of the
 * server's to the client's next, while no segment came early, twice or not at all (Karn). TCP.
 */
#ifndef PARSERS_ANSWER_H
#define PARSERS_ANSWER_H

#include "parser.h"

/* Part of a parser's state; zeroed: none is due. */
struct answer {
    bool is_due;
    uint32_t disorder;
};

/* The server has spoken; said again when it goes on. */
void answer_expect(struct answer *a, const struct parse_input *in);
/* What comes next is no answer. */
void answer_forget(struct answer *a);
/* The client speaks: tells the time if that was due. `how` names the exchange; version may be NULL.
 */
void answer_tell(struct answer *a, const char *layer, const char *version, const char *how,
    const struct parse_input *in, const struct parse_output *out);
/* The fact alone. */
void answer_tell_time(const struct parse_output *out, const char *layer, const char *version,
    const char *how, int64_t value_us);

#endif
