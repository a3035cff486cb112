/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The summary after a run. A line stands only where its number is not zero, but for packets, flows,
 * accounts and alerts, whose zero is news as well.
 */
#include "summary.h"
#include "capture.h"
#include "log.h"
#include "timestamp.h"
#include <inttypes.h>

#define ONE_WAY_FLOWS 20 /* fewer say nothing of a tap */
#define ONE_WAY_PCT 95   /* scans and lost answers alone are less */
#define COUNT_WIDTH 14

static void
put_line(FILE *to, uint64_t count, const char *what)
{
    fprintf(to, "%*" PRIu64 "  %s\n", COUNT_WIDTH, count, what);
}

static void
put_seen(FILE *to, const struct pipeline_summary *p)
{
    char first[TIMESTAMP_SIZE], last[TIMESTAMP_SIZE];

    put_line(to, p->packets, "packets");
    put_line(to, p->bytes, "bytes");
    put_line(to, p->captures, "captures");
    if (p->packets > 0) {
        timestamp_print(first, p->first_us);
        timestamp_print(last, p->last_us);
        fprintf(to, "%*s  from %s to %s\n", COUNT_WIDTH, "", first, last);
    }
    if (p->fragments_reassembled > 0)
        put_line(to, p->fragments_reassembled, "datagrams put together from fragments");
    put_line(to, p->flows, "flows");
}

static void
put_analysis(FILE *to, const struct analyst_summary *a)
{
    uint64_t alerts = 0;

    put_line(to, a->observations, "observations");
    put_line(to, a->logins, "logins");
    put_line(to, a->accounts, "accounts");
    put_line(to, a->sites, "sites");
    for (int s = 0; s < SEVERITY_COUNT; s++)
        alerts += a->alerts[s];
    put_line(to, alerts, "alerts");
    for (int s = SEVERITY_COUNT - 1; s >= 0; s--)
        if (a->alerts[s] > 0)
            fprintf(to, "%*" PRIu64 "    %s\n", COUNT_WIDTH, a->alerts[s],
                config_severity_name((enum config_severity)s));
}

/* One row of what was dropped or not understood. */
struct loss {
    uint64_t count;
    const char *what;
};

static void
put_losses(FILE *to, const struct loss *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].count > 0)
            put_line(to, rows[i].count, rows[i].what);
}

static void
put_packet_losses(FILE *to, const struct pipeline_summary *p)
{
    const struct loss rows[] = {
        { p->captures_failed, "captures could not be read, or not to their end" },
        { p->kernel_dropped, "packets dropped by the kernel: the sensor was too slow" },
        { p->interface_dropped, "packets dropped by the interface" },
        { p->filtered, "packets left out by the filter" },
        { p->duplicates, "packets were copies of others" },
        { p->clock_steps_back, "packets were earlier than one before them" },
        { p->fragments_dropped, "fragments never became whole" },
        { p->flows_evicted, "flows gave way to newer ones (limits.flows)" },
        { p->flows_one_way, "flows were seen in one direction only" },
        { p->flows_unclassified, "flows of no known application" },
        { p->sessions_evicted, "sessions gave way to newer ones (limits.flows)" },
        { p->states_refused,
            "flows went unclassified for want of memory (limits.flow-memory-mib)" },
        { p->streams_refused, "streams went unread for want of memory (limits.flow-memory-mib)" },
        { p->streams_lost, "streams were read no further: bytes are missing" },
        { p->streams_overlapping, "segments contradicted bytes already seen" },
        { p->unpaired, "answers without their request, or requests without answer" },
    };

    put_losses(to, rows, sizeof(rows) / sizeof(*rows));
    for (int r = PACKET_OK + 1; r < PACKET_RESULT_COUNT; r++)
        if (r != PACKET_FRAGMENT && p->decode[r] > 0)
            fprintf(to, "%*" PRIu64 "  packets not decoded: %s\n", COUNT_WIDTH, p->decode[r],
                packet_result_name((enum packet_result)r));
}

static void
put_parsers(FILE *to, const struct pipeline_summary *p, bool verbose)
{
    unsigned count;
    const struct parser *const *table = parser_table(&count);

    for (unsigned i = 0; i < count && i < PARSER_LIMIT; i++) {
        const uint64_t *results = p->parse[i];

        if (verbose && results[PARSE_OK] > 0)
            fprintf(to, "%*" PRIu64 "  %s messages read\n", COUNT_WIDTH, results[PARSE_OK],
                table[i]->name);
        if (results[PARSE_BAD] > 0)
            fprintf(to, "%*" PRIu64 "  %s messages not understood: malformed\n", COUNT_WIDTH,
                results[PARSE_BAD], table[i]->name);
        if (verbose && results[PARSE_MORE] > 0)
            fprintf(to, "%*" PRIu64 "  %s messages cut short\n", COUNT_WIDTH, results[PARSE_MORE],
                table[i]->name);
    }
}

/* A tap that sees one direction: of nearly all flows, and not of a few. */
static bool
is_one_way(const struct pipeline_summary *p)
{
    return p->flows >= ONE_WAY_FLOWS && p->flows_one_way * 100 >= p->flows * ONE_WAY_PCT;
}

static void
put_if_nothing_decoded(FILE *to, const struct pipeline_summary *p)
{
    if (p->decode[PACKET_OK] > 0 || p->decode[PACKET_FRAGMENT] > 0)
        return;
    if (p->packets == 0)
        fprintf(to, "NOTHING WAS DECODED: no packet was read. Is the path or the interface right, "
                    "does the filter match anything?\n");
    else
        fprintf(to,
            "NOTHING WAS DECODED: not one of the packets, of link type %" PRIu32
            " (%s), holds IP that could be read.\n",
            p->link_type, capture_link_name(p->link_type));
}

void
summary_write(FILE *to, const struct pipeline_summary *packets,
    const struct analyst_summary *analysis, bool verbose)
{
    const struct loss rows[] = {
        { analysis->updates, "updates of alerts" },
        { analysis->suppressed, "alerts suppressed" },
        { analysis->left_out, "observations left out: the state file has seen that time already" },
        { analysis->evicted, "accounts, sites or leases gave way to newer ones (limits)" },
        /* A session is told as of its last packet, so some are whenever flows end late. */
        { verbose ? analysis->clock_steps_back : 0,
            "observations were earlier than one before them" },
    };

    if (packets != NULL)
        put_seen(to, packets);
    put_analysis(to, analysis);
    put_losses(to, rows, sizeof(rows) / sizeof(*rows));
    if (packets == NULL)
        return;
    put_packet_losses(to, packets);
    put_parsers(to, packets, verbose);
    if (is_one_way(packets))
        fprintf(to,
            "ONE WAY ONLY: what needs both directions (sessions, round trips, control) stood "
            "down. Does the span carry received and sent packets?\n");
    put_if_nothing_decoded(to, packets);
}

void
summary_print(const struct pipeline_summary *packets, const struct analyst_summary *analysis)
{
    if (log_get_level() != LOG_QUIET)
        summary_write(stderr, packets, analysis, log_get_level() == LOG_VERBOSE);
    else if (packets != NULL)
        put_if_nothing_decoded(stderr, packets);
}
