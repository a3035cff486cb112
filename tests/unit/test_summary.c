/* SPDX-License-Identifier: BSD-2-Clause */
/* links: sensor/summary.c sensor/progress.c sensor/log.c sensor/stablehash.c sensor/timestamp.c parsers/text.c */
/* The summary says what is not zero, and says loudly that nothing was decoded; the bar's text. */
#include "../../sensor/progress.h"
#include "../../sensor/summary.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h> /* needs those above */

const char *
config_severity_name(enum config_severity s)
{
    return s == SEVERITY_HIGH ? "high" : "other";
}

const char *
packet_result_name(enum packet_result result)
{
    return result == PACKET_CUT ? "cut" : "other";
}

const struct parser *const *
parser_table(unsigned *count)
{
    static const struct parser radius = { .name = "radius" };
    static const struct parser *const table[] = { &radius };

    *count = 1;
    return table;
}

const char *
capture_link_name(uint32_t link_type)
{
    return link_type == 1 ? "EN10MB" : "other";
}

static char *
summarise(const struct pipeline_summary *p, const struct analyst_summary *a, bool verbose)
{
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);

    summary_write(to, p, a, verbose);
    fclose(to);
    return text;
}

static void
says_what_was_seen_and_lost(void **state)
{
    struct pipeline_summary p = { .packets = 10, .flows = 3, .duplicates = 2 };
    struct analyst_summary a = { .accounts = 4 };
    char *text;

    (void)state;
    p.decode[PACKET_OK] = 9;
    p.decode[PACKET_CUT] = 1;
    p.parse[0][PARSE_BAD] = 5;
    p.sessions_evicted = 7;
    p.states_refused = 8;
    p.fragments_reassembled = 11;
    p.streams_lost = 9;
    a.alerts[SEVERITY_HIGH] = 6;
    text = summarise(&p, &a, false);
    assert_non_null(strstr(text, "            10  packets\n"));
    assert_non_null(strstr(text, "             6    high\n"));
    assert_non_null(strstr(text, "2  packets were copies"));
    assert_non_null(strstr(text, "1  packets not decoded: cut"));
    assert_non_null(strstr(text, "5  radius messages not understood"));
    assert_non_null(strstr(text, "7  sessions gave way"));
    assert_non_null(strstr(text, "8  flows went unclassified"));
    assert_non_null(strstr(text, "9  streams were read no further"));
    assert_true(
        strstr(text, "11  datagrams put together") < strstr(text, "  flows\n")); /* no loss */
    assert_null(strstr(text, "streams went unread"));
    assert_null(strstr(text, "kernel"));
    assert_null(strstr(text, "NOTHING"));
    free(text);
}

static void
nothing_decoded_is_said_loudly(void **state)
{
    struct pipeline_summary p = { 0 };
    struct analyst_summary a = { 0 };
    char *text = summarise(&p, &a, false);

    (void)state;
    assert_non_null(strstr(text, "NOTHING WAS DECODED: no packet was read"));
    free(text);
    text = summarise(NULL, &a, false);
    assert_null(strstr(text, "packets"));
    free(text);
}

static const struct {
    uint64_t flows, one_way;
    bool is_said;
} taps[] = { { 20, 19, true }, { 20, 18, false }, { 19, 19, false }, { 1000, 950, true } };

static void
one_direction_is_said_loudly(void **state)
{
    struct analyst_summary a = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof taps / sizeof taps[0]; i++) {
        struct pipeline_summary p = {
            .packets = 1, .flows = taps[i].flows, .flows_one_way = taps[i].one_way
        };
        char *text = summarise(&p, &a, false);

        if ((strstr(text, "ONE WAY ONLY") != NULL) != taps[i].is_said)
            fail_msg("%d of %d", (int)taps[i].one_way, (int)taps[i].flows);
        free(text);
    }
}

static void
what_is_natural_is_said_when_asked(void **state)
{
    struct pipeline_summary p = { .packets = 1 };
    struct analyst_summary a = { .clock_steps_back = 3 };
    char *text = summarise(&p, &a, false);

    (void)state;
    assert_null(strstr(text, "observations were earlier"));
    free(text);
    text = summarise(&p, &a, true);
    assert_non_null(strstr(text, "3  observations were earlier"));
    free(text);
}

static void
the_bar_forecasts(void **state)
{
    char text[PROGRESS_SIZE];

    (void)state;
    progress_format(text, 1200000000, 2400000000, 4);
    assert_string_equal(
        text, "[############............]  50 %  1.2 GB of 2.4 GB  300 MB/s  4 s left");
    progress_format(text, 500, 0, 0);
    assert_string_equal(text, "500 B read  0 B/s");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_was_seen_and_lost),
        cmocka_unit_test(nothing_decoded_is_said_loudly),
        cmocka_unit_test(one_direction_is_said_loudly),
        cmocka_unit_test(what_is_natural_is_said_when_asked),
        cmocka_unit_test(the_bar_forecasts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
