/* SPDX-License-Identifier: BSD-2-Clause */
/* links: sensor/options.c */
/* The command line means what its help says, and refuses what makes no sense. */
#include "../../sensor/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define ARGUMENTS_MAX 12

static int
parse(struct options *o, const char *const *words)
{
    char *argv[ARGUMENTS_MAX] = { (char *)(uintptr_t) "farmwatch" };
    int argc = 1;

    while (words[argc - 1] != NULL) {
        argv[argc] = (char *)(uintptr_t)words[argc - 1];
        argc++;
    }
    return options_parse(o, argc, argv);
}

#define PARSE(o, ...) parse(o, (const char *const[]){ __VA_ARGS__, NULL })

static void
test_replay_with_filter(void **state)
{
    struct options o;

    (void)state;
    assert_int_equal(PARSE(&o, "-r", "a.pcap", "-r", "-", "-j", "4", "udp", "port", "1812"), 0);
    assert_int_equal(o.paths.count, 2);
    assert_string_equal(o.paths.list[1], "-");
    assert_int_equal(o.workers, 4);
    assert_string_equal(o.filter, "udp port 1812");
    assert_int_equal(o.action, OPTIONS_RUN);
    options_free(&o);
}

static void
test_attached_values(void **state)
{
    struct options o;

    (void)state;
    assert_int_equal(PARSE(&o, "-ra.pcap", "-j2", "--set=limits.flows=10", "--set", "a=b"), 0);
    assert_string_equal(o.paths.list[0], "a.pcap");
    assert_int_equal(o.workers, 2);
    assert_int_equal(o.overrides.count, 2);
    assert_string_equal(o.overrides.list[0], "limits.flows=10");
    options_free(&o);
}

static void
test_lists_and_verbosity(void **state)
{
    struct options o;

    (void)state;
    assert_int_equal(PARSE(&o, "--list-detectors", "-v"), 0);
    assert_int_equal(o.action, OPTIONS_LIST_DETECTORS);
    assert_true(o.verbose);
    options_free(&o);
    assert_int_equal(PARSE(&o, "--help"), 0);
    assert_int_equal(o.action, OPTIONS_HELP);
    options_free(&o);
}

static void
test_refusals(void **state)
{
    struct options o;
    static const struct {
        const char *name;
        const char *words[6];
    } bad[] = {
        { "unknown option", { "-Z" } },
        { "missing value", { "-r" } },
        { "workers zero", { "-r", "a", "-j", "0" } },
        { "workers text", { "-r", "a", "-j", "two" } },
        { "replay and live", { "-r", "a", "-i", "eth0" } },
        { "filter with stored observations", { "--analyse", "a", "tcp" } },
        { "list of a replay", { "--list", "cases", "-r", "a" } },
        { "list and explanation", { "--list", "cases", "--explain", "7f" } },
        { "list as YAML", { "--list", "cases", "-o", "yaml:-" } },
        { "explanation of what is not over", { "--explain", "7f", "-i", "eth0" } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (parse(&o, bad[i].words) == 0)
            fail_msg("accepted: %s", bad[i].name);
        options_free(&o);
    }
}

static void
test_end_of_options(void **state)
{
    struct options o;

    (void)state;
    assert_int_equal(PARSE(&o, "-i", "eth0", "--", "-not-an-option"), 0);
    assert_string_equal(o.filter, "-not-an-option");
    options_free(&o);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replay_with_filter),
        cmocka_unit_test(test_attached_values),
        cmocka_unit_test(test_lists_and_verbosity),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_end_of_options),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
