/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Samples of syslog: a message, and the facts that it tells, checked as a datagram, cut short, and
 * in both framings of TCP.
 */
#ifndef TESTS_SYSLOG_CHECK_H
#define TESTS_SYSLOG_CHECK_H

#include "parse_check.h"

#define SYSLOG_CHECK_ROOM 8192

extern const struct parser parser_syslog;

struct syslog_sample {
    const char *name, *line, *facts;
};

/* The initial state of the tests below. */
struct syslog_samples {
    const struct syslog_sample *list;
    size_t count;
};

static inline struct parse_input
syslog_check_input(enum parse_transport transport)
{
    return (struct parse_input){ .transport = transport, .destination_port = 514 };
}

static inline void
syslog_lines_say_what_they_say(void **state)
{
    const struct syslog_samples *samples = *state;

    for (size_t i = 0; i < samples->count; i++) {
        struct parse_input in = syslog_check_input(PARSE_UDP);

        parse_check_bytes_tell(&parser_syslog, &in, samples->list[i].name, samples->list[i].line,
            strlen(samples->list[i].line), PARSE_OK, samples->list[i].facts);
    }
}

/* A datagram cut by the capture says nothing, whatever its first bytes look like. */
static inline void
syslog_cut_datagrams_say_nothing(void **state)
{
    const struct syslog_samples *samples = *state;

    for (size_t i = 0; i < samples->count; i++)
        for (size_t n = 0; n < strlen(samples->list[i].line); n++) {
            struct parse_input in = syslog_check_input(PARSE_UDP);
            struct parse_check c;

            in.is_cut = true;
            if (parse_check_run(&parser_syslog, &in, samples->list[i].line, n, &c) == PARSE_OK ||
                c.count)
                fail_msg("%s: prefix of %zu bytes", samples->list[i].name, n);
        }
}

/* RFC 6587, both framings: every prefix waits, two messages come one by one. */
static inline void
syslog_streams_in_both_framings(void **state)
{
    const struct syslog_samples *samples = *state;

    for (size_t i = 0; i < samples->count; i++)
        for (size_t k = 0; k < 2; k++) {
            struct parse_input in = syslog_check_input(PARSE_TCP);
            struct parse_check c;
            char bytes[SYSLOG_CHECK_ROOM];
            size_t n, one, length = strlen(samples->list[i].line);

            if (k == 0)
                n = (size_t)snprintf(bytes, sizeof(bytes), "%zu %s%zu %s", length,
                    samples->list[i].line, length, samples->list[i].line);
            else
                n = (size_t)snprintf(
                    bytes, sizeof(bytes), "%s\n%s\n", samples->list[i].line, samples->list[i].line);
            one = n / 2;
            assert_int_equal(parse_check_prefixes(&parser_syslog, in, bytes, one), one);
            assert_int_equal(parse_check_run(&parser_syslog, &in, bytes, n, &c), PARSE_OK);
            assert_string_equal(c.facts, samples->list[i].facts);
            assert_int_equal(rd_left(&in.data), one);
        }
}

#endif
