/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A connection whose messages come at given times, before a parser that tells how far an end is.
 */
#ifndef TESTS_MOMENTS_H
#define TESTS_MOMENTS_H

#include "parse_check.h"

#define MOMENTS 8
#define MOMENTS_ROOM 2048

struct moment {
    bool by_server;
    int64_t time_us;
    uint32_t disorder;
    const char *bytes; /* hexadecimal digits, or text that begins with a capital letter */
};

struct moments {
    const char *name, *rtt; /* what is told of times, alone; "" for nothing */
    struct moment steps[MOMENTS];
};

static inline size_t
moments_bytes(const struct moment *m, uint8_t bytes[MOMENTS_ROOM])
{
    size_t n = strlen(m->bytes);

    if (m->bytes[0] < 'A' || m->bytes[0] > 'Z' || n > MOMENTS_ROOM)
        return parse_check_hex(bytes, MOMENTS_ROOM, m->bytes);
    memcpy(bytes, m->bytes, n);
    return n;
}

/* What one piece holds, message after message. */
static inline void
moments_step(
    const struct parser *p, struct parse_input *in, const struct moment *m, struct parse_check *all)
{
    uint8_t bytes[MOMENTS_ROOM];
    size_t n = moments_bytes(m, bytes), at = 0;
    enum parse_result result;

    do {
        struct parse_check c;
        char *time;

        in->skip = 0;
        result = parse_check_run(p, in, bytes + at, n - at, &c);
        time = strstr(c.facts, "rtt ");
        if (time != NULL) {
            time[strcspn(time, ";")] = '\0';
            parse_check_add(all, "%s%s", "", time);
        }
        at = n - rd_left(&in->data);
    } while (result == PARSE_OK && in->skip == 0 && at < n);
}

/* Whether that is told; `all` has what was. */
static inline bool
moments_run(
    const struct parser *p, struct parse_input in, const struct moments *c, struct parse_check *all)
{
    union parse_state memory = { { 0 } };
    int64_t newest_us[2] = { 0, 0 }; /* of the client, of the server */

    memset(all, 0, sizeof *all);
    in.state = &memory;
    for (const struct moment *m = c->steps; m < c->steps + MOMENTS && m->bytes != NULL; m++) {
        in.from_client = !m->by_server;
        in.time_us = m->time_us;
        in.peer_us = newest_us[!m->by_server];
        in.disorder = m->disorder;
        newest_us[m->by_server] = m->time_us;
        moments_step(p, &in, m, all);
    }
    return strcmp(all->facts, c->rtt) == 0;
}

static inline void
moments_check(
    const struct parser *p, struct parse_input in, const struct moments *cases, size_t count)
{
    struct parse_check c;

    for (size_t i = 0; i < count; i++)
        if (!moments_run(p, in, &cases[i], &c))
            fail_msg("%s: %s", cases[i].name, c.facts);
}

#endif
