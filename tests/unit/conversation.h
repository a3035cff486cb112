/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Two sides of one connection, message by message, before a parser that keeps a state of it.
 */
#ifndef TESTS_CONVERSATION_H
#define TESTS_CONVERSATION_H

#include "parse_check.h"

#define CONVERSATION_TURNS 16

/* What one side sends in one piece. */
struct turn {
    bool from_server;
    const char *bytes;
    size_t n;
    bool is_loose; /* its beginning alone is read as well */
};

/* Literals, which may hold NULs. */
#define FROM_CLIENT(text)                                                                          \
    {                                                                                              \
        .bytes = (text), .n = sizeof(text) - 1                                                     \
    }
#define FROM_SERVER(text)                                                                          \
    {                                                                                              \
        .from_server = true, .bytes = (text), .n = sizeof(text) - 1                                \
    }

/* Runs the parser until the piece is read or refused; adds what it tells. */
static inline enum parse_result
conversation_turn(const struct parser *p, struct parse_input *in, const struct turn *t,
    union parse_state *kept, struct parse_check *all)
{
    enum parse_result result = PARSE_OK;
    struct parse_check c;
    size_t at = 0;

    in->from_client = !t->from_server;
    in->state = kept;
    while (at < t->n && result == PARSE_OK) {
        in->skip = 0;
        result = parse_check_run(p, in, t->bytes + at, t->n - at, &c);
        if (result != PARSE_OK)
            break;
        at = t->n - rd_left(&in->data);
        parse_check_add(all, "%s%s", all->length > 0 && c.length > 0 ? "; " : "", c.facts);
        if (c.count > 0)
            all->last = c.last;
        all->count += c.count;
    }
    return result;
}

/* All turns up to the first without bytes; the number of those that were read. */
static inline unsigned
conversation_run(const struct parser *p, struct parse_input in, const struct turn *turns,
    union parse_state *kept, struct parse_check *all)
{
    unsigned i = 0;

    memset(kept, 0, sizeof *kept);
    memset(all, 0, sizeof *all);
    while (i < CONVERSATION_TURNS && turns[i].bytes != NULL &&
           conversation_turn(p, &in, &turns[i], kept, all) == PARSE_OK)
        i++;
    return i;
}

/* Every beginning of every turn, behind the turns before it: nothing is told that the whole turn
 * does not tell, and the parser never takes what is not all there. Returns the first turn that
 * breaks this, or their number. */
static inline unsigned
conversation_prefixes(const struct parser *p, struct parse_input in, const struct turn *turns)
{
    union parse_state kept = { { 0 } }, copy;
    struct parse_check c = { 0 };
    unsigned i;

    for (i = 0; i < CONVERSATION_TURNS && turns[i].bytes != NULL; i++) {
        struct parse_check whole = { 0 };

        copy = kept;
        if (conversation_turn(p, &in, &turns[i], &kept, &whole) != PARSE_OK)
            return i;
        for (size_t n = 0; n < turns[i].n; n++) {
            struct turn part = turns[i];
            union parse_state state = copy;
            enum parse_result result;

            part.n = n;
            memset(&c, 0, sizeof c);
            result = conversation_turn(p, &in, &part, &state, &c);
            if (strncmp(whole.facts, c.facts, c.length) != 0 ||
                (n > 0 && result == PARSE_OK && !turns[i].is_loose))
                return i;
        }
    }
    return i;
}

static inline unsigned
conversation_length(const struct turn *turns)
{
    unsigned n = 0;

    while (n < CONVERSATION_TURNS && turns[n].bytes != NULL)
        n++;
    return n;
}

/* All turns are read and tell these facts. `kept` is what the parser remembers. */
static inline void
conversation_tells(const struct parser *p, struct parse_input in, const char *name,
    const struct turn *turns, const char *facts, union parse_state *kept)
{
    struct parse_check c;
    unsigned read = conversation_run(p, in, turns, kept, &c);

    if (read != conversation_length(turns))
        fail_msg("%s: turn %u refused", name, read);
    if (strcmp(c.facts, facts) != 0)
        fail_msg("%s: %s", name, c.facts);
}

static inline void
conversation_no_prefix_tells(
    const struct parser *p, struct parse_input in, const char *name, const struct turn *turns)
{
    unsigned read = conversation_prefixes(p, in, turns);

    if (read != conversation_length(turns))
        fail_msg("%s: beginnings of turn %u", name, read);
}

/* The last turn alone has this result; the others are read. Returns what all of them told. */
static inline struct parse_check
conversation_ends(const struct parser *p, struct parse_input in, const char *name,
    const struct turn *turns, enum parse_result result)
{
    union parse_state kept;
    struct parse_check c;
    unsigned last = conversation_length(turns) - 1;
    enum parse_result got;

    if (conversation_run(p, in, turns, &kept, &c) != last)
        fail_msg("%s: not the last turn is refused", name);
    got = conversation_turn(p, &in, &turns[last], &kept, &c);
    if (got != result)
        fail_msg("%s: %s, \"%s\"", name, parse_check_result_name(got), c.facts);
    return c;
}

#endif
