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

static inline struct parse_input
syslog_check_input(enum parse_transport transport)
{
    return (struct parse_input){ .transport = transport, .destination_port = 514 };
}

static inline void
syslog_check_lines(const struct syslog_sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct parse_input in = syslog_check_input(PARSE_UDP);

        parse_check_bytes_tell(&parser_syslog, &in, samples[i].name, samples[i].line,
            strlen(samples[i].line), PARSE_OK, samples[i].facts);
    }
}

/* A datagram cut by the capture says nothing, whatever its first bytes look like. */
static inline void
syslog_check_cut(const struct syslog_sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t n = 0; n < strlen(samples[i].line); n++) {
            struct parse_input in = syslog_check_input(PARSE_UDP);
            struct parse_check c;

            in.is_cut = true;
            if (parse_check_run(&parser_syslog, &in, samples[i].line, n, &c) == PARSE_OK || c.count)
                fail_msg("%s: prefix of %zu bytes", samples[i].name, n);
        }
}

/* RFC 6587, both framings: every prefix waits, two messages come one by one. */
static inline void
syslog_check_streams(const struct syslog_sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < 2; k++) {
            struct parse_input in = syslog_check_input(PARSE_TCP);
            struct parse_check c;
            char bytes[SYSLOG_CHECK_ROOM];
            size_t n, one, length = strlen(samples[i].line);

            if (k == 0)
                n = (size_t)snprintf(bytes, sizeof(bytes), "%zu %s%zu %s", length, samples[i].line,
                    length, samples[i].line);
            else
                n = (size_t)snprintf(
                    bytes, sizeof(bytes), "%s\n%s\n", samples[i].line, samples[i].line);
            one = n / 2;
            assert_int_equal(parse_check_prefixes(&parser_syslog, in, bytes, one), one);
            assert_int_equal(parse_check_run(&parser_syslog, &in, bytes, n, &c), PARSE_OK);
            assert_string_equal(c.facts, samples[i].facts);
            assert_int_equal(rd_left(&in.data), one);
        }
}

#endif
