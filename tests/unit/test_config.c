/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The configuration against pairs of files and messages: tests/conf/good loads, tests/conf/bad does
 * not, and each says exactly what its first lines expect ("# expect: MESSAGE", @ for the folder).
 */
// clang-format off
/* links: conf/config.c conf/config_check.c conf/config_cyaml.c conf/config_dump.c conf/config_memory.c conf/config_near.c conf/config_node.c conf/config_people.c conf/config_report.c conf/config_rules.c conf/config_schema.c conf/config_text.c conf/config_value.c conf/cidr.c conf/list_domain.c conf/list_tool.c conf/embedded.c */
// clang-format on
#include "../../conf/config.h"
#include "../../conf/config_near.h"
#include "../../conf/config_text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define GOOD "tests/conf/good/"

static const struct config_detector_key location_keys[] = {
    { "min-distance-km", CONFIG_NUMBER, 500, "km", "farther than a commute" },
    { "window", CONFIG_DURATION, 900, "", "a coffee" },
    { "first-severity", CONFIG_SEVERITY, SEVERITY_LOW, "", "a business trip" },
};
static const struct config_detector_spec specs[] = {
    { "claimed-location", SEVERITY_HIGH, 3, location_keys, COUNT(location_keys) },
    { "vpn-flap", SEVERITY_CRITICAL, 7, NULL, 0 },
};

struct said {
    char text[16384];
    unsigned count;
};

static void
hear(void *context, const char *line)
{
    struct said *said = context;
    size_t used = strlen(said->text);

    snprintf(said->text + used, sizeof(said->text) - used, "%s\n", line);
    said->count++;
}

static struct config *
load_with(const char *path, const char *const *overrides, unsigned count, struct said *said)
{
    const struct config_request request = { .path = path,
        .overrides = overrides,
        .override_count = count,
        .specs = specs,
        .spec_count = COUNT(specs),
        .message = hear,
        .context = said };

    memset(said, 0, sizeof(*said));
    return config_load(&request);
}

static struct config *
load(const char *path, struct said *said)
{
    return load_with(path, NULL, 0, said);
}

static char *
dump(const struct config *c)
{
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);

    assert_non_null(to);
    assert_int_equal(config_dump(c, specs, COUNT(specs), to), 0);
    fclose(to);
    return text;
}

/* A file that is gone with the test; the name is borrowed until the next call. */
static const char *
write_file(const void *bytes, size_t size)
{
    static char name[64];
    int fd;

    snprintf(name, sizeof(name), "/tmp/farmwatch-config-XXXXXX");
    fd = mkstemp(name);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, size), (ssize_t)size);
    close(fd);
    return name;
}

/* The messages that the first lines of a file promise. */
static void
read_expected(const char *path, const char *folder, char *to, size_t size)
{
    static const char mark[] = "# expect: ";
    char line[1024];
    FILE *file = fopen(path, "re");

    assert_non_null(file);
    to[0] = '\0';
    while (fgets(line, sizeof(line), file) != NULL && strncmp(line, mark, strlen(mark)) == 0)
        for (const char *p = line + strlen(mark); *p != '\0'; p++) {
            size_t used = strlen(to);

            if (*p == '@' && (p[-1] == ' '))
                snprintf(to + used, size - used, "%s", folder);
            else
                snprintf(to + used, size - used, "%c", *p);
        }
    fclose(file);
}

static void
check_folder(const char *folder, bool is_good)
{
    char pattern[64], expected[16384];
    struct said said;
    glob_t files;

    snprintf(pattern, sizeof(pattern), "%s*.yaml", folder);
    assert_int_equal(glob(pattern, 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        struct config *c = load(files.gl_pathv[i], &said);

        read_expected(files.gl_pathv[i], folder, expected, sizeof(expected));
        if (strcmp(said.text, expected) != 0 || (c != NULL) != is_good)
            fail_msg("%s\n%s, said\n%sexpected\n%s", files.gl_pathv[i],
                c != NULL ? "loaded" : "refused", said.text, expected);
        config_free(c);
    }
    globfree(&files);
}

static void
good_files_load(void **state)
{
    (void)state;
    check_folder(GOOD, true);
}

static void
bad_files_say_all_that_is_wrong(void **state)
{
    (void)state;
    check_folder("tests/conf/bad/", false);
}

static void
defaults_are_those_of_the_design(void **state)
{
    struct said said;
    struct config *c = load(NULL, &said);

    (void)state;
    assert_non_null(c);
    assert_int_equal(said.count, 0);
    assert_null(c->file);
    assert_int_equal(c->limits.lease_us, 86400 * INT64_C(1000000));
    assert_int_equal(c->limits.duplicate_window_us, 1000);
    assert_int_equal(c->policy.watched_countries.count, 3);
    assert_string_equal(c->policy.watched_countries.list[2], "KP");
    assert_false(c->policy.keep_realms);
    assert_true(c->cases.medium == 30 && c->cases.high == 70 && c->cases.critical == 95);
    assert_true(c->classify_enabled);
    assert_false(c->sensor.has_location);
    assert_null(c->metrics_listen);
    assert_null(c->state_path);
    assert_true(c->detectors[0].enabled);
    assert_int_equal(c->detectors[0].severity, SEVERITY_HIGH);
    assert_true(c->detectors[0].weight == 3);
    assert_true(c->detectors[0].key[0] == 500 && c->detectors[0].key[1] == 900 &&
                c->detectors[0].key[2] == SEVERITY_LOW);
    config_free(c);
}

static bool
is_inside(const struct config *c, const char *text)
{
    struct cidr address;

    assert_true(cidr_parse(text, &address, NULL));
    return cidr_list_holds(c->networks.inside.list, c->networks.inside.count, &address.address);
}

static void
private_ranges_are_inside_when_none_are_given(void **state)
{
    static const char *const none[] = { "networks.inside=[]" };
    struct said said;
    struct config *c = load(NULL, &said);

    (void)state;
    assert_true(is_inside(c, "10.1.2.3") && is_inside(c, "172.31.0.1") &&
                is_inside(c, "192.168.1.1") && is_inside(c, "fd12::1") && is_inside(c, "fe80::1") &&
                is_inside(c, "169.254.1.1"));
    assert_false(is_inside(c, "172.32.0.1") || is_inside(c, "100.64.0.1") ||
                 is_inside(c, "2001:db8::1") || is_inside(c, "8.8.8.8"));
    config_free(c);
    c = load_with(NULL, none, 1, &said);
    assert_false(is_inside(c, "10.1.2.3"));
    config_free(c);
}

static void
every_key_reaches_its_place(void **state)
{
    struct said said;
    struct config *c = load(GOOD "every-key.yaml", &said);

    (void)state;
    assert_non_null(c);
    assert_string_equal(c->sensor.interfaces.list[1], "eth1");
    assert_true(c->sensor.has_location && c->sensor.longitude == -122.25);
    assert_int_equal(c->limits.lease_us, 129600 * INT64_C(1000000));
    assert_int_equal(c->limits.duplicate_window_us, 500);
    assert_int_equal(c->limits.udp_us, 90 * INT64_C(1000000));
    assert_int_equal(c->networks.vpn_gateways.count, 2);
    assert_int_equal(c->networks.vpn_gateways.list[0].bits, 128);
    assert_string_equal(c->geoip.country, GOOD "files/a.mmdb");
    assert_string_equal(c->geoip.city, "/b.mmdb");
    assert_string_equal(c->policy.watched_countries.list[0], "CN");
    assert_string_equal(c->policy.allowed_countries.list[1], "NO");
    assert_true(c->policy.keep_realms && c->policy.watch_roster);
    assert_false(c->detectors[0].enabled);
    assert_true(c->detectors[0].key[0] == 250.5 && c->detectors[0].key[1] == 90 &&
                c->detectors[0].key[2] == SEVERITY_INFO);
    assert_true(c->detectors[1].weight == 20);
    assert_int_equal(c->suppress_count, 2);
    assert_true(c->suppress[0].has_network && c->suppress[0].network.bits == 120);
    assert_int_equal(c->suppress[0].port, 3389);
    assert_int_equal(c->suppress[0].asn, 64496);
    assert_int_equal(c->suppress[0].until, 4102358400); /* date -ud 2099-12-31 +%s */
    assert_true(c->suppress[1].line > c->suppress[0].line);
    assert_false(c->suppress[1].has_network);
    assert_string_equal(c->suppress[1].site, "2001:db8::/64");
    assert_int_equal(c->outputs[0].min_severity, SEVERITY_INFO);
    assert_int_equal(c->outputs[1].what, OUTPUT_ALERTS | OUTPUT_OBSERVATIONS);
    assert_int_equal(c->outputs[1].min_severity, SEVERITY_LOW);
    assert_int_equal(c->outputs[2].format, SYSLOG_CEF);
    assert_int_equal(c->outputs[2].min_severity, SEVERITY_MEDIUM);
    assert_string_equal(c->metrics_listen, "[::1]:9494");
    assert_false(c->classify_enabled);
    config_free(c);
}

static void
the_roster_says_who_is_who(void **state)
{
    struct said said;
    struct config *c = load(GOOD "every-key.yaml", &said);
    const struct config_contractor *p = c->contractors;

    (void)state;
    assert_string_equal(c->roster_path, GOOD "files/roster.yaml");
    assert_int_equal(c->contractor_count, 2);
    assert_string_equal(p->name, "Contractor One");
    assert_string_equal(p->accounts.list[1], "CORP\\c.one");
    assert_string_equal(p->country, "US");
    assert_true(p->has_home && p->latitude == 47.5 && p->longitude == -122.25);
    assert_int_equal(p->hours_from, 22 * 60);
    assert_int_equal(p->hours_to, 24 * 60);
    assert_string_equal(p->devices.list[1], "02:00:5e:10:00:0a");
    assert_int_equal(p->link, LINK_SATELLITE);
    assert_int_equal(p->start, 1709164800); /* date -ud 2024-02-29 +%s */
    assert_int_equal(p->flag_count, 1);
    assert_true(p->flags[0].weight == 0.5);
    assert_int_equal(p[1].hours_from, -1);
    assert_int_equal(p[1].hours_to, -1);
    assert_false(p[1].has_home);
    assert_string_equal(p[1].country, "");
    assert_null(p[1].timezone);
    assert_int_equal(p[1].link, LINK_UNSAID);
    config_free(c);
}

static void
indicators_follow_from_their_confidence(void **state)
{
    static const struct {
        enum config_severity severity;
        double weight;
    } expected[] = { { SEVERITY_HIGH, 5 }, { SEVERITY_MEDIUM, 3 }, { SEVERITY_LOW, 1.5 },
        { SEVERITY_LOW, 1 } };
    struct said said;
    struct config *c = load(GOOD "every-key.yaml", &said);
    const struct config_indicator *all = c->indicators;

    (void)state;
    assert_int_equal(c->indicator_count, COUNT(expected));
    for (size_t i = 0; i < COUNT(expected); i++) {
        assert_int_equal(all[i].severity, expected[i].severity);
        assert_true(all[i].weight == expected[i].weight);
    }
    assert_string_equal(all[0].domains.list[0], "bad.example");
    assert_int_equal(all[0].asns[1], 64497);
    assert_int_equal(all[0].networks.count, 1);
    assert_string_equal(all[0].macs.list[0], "02:00:5e:10:00:01");
    assert_string_equal(all[0].date, "2024-02");
    assert_string_equal(all[0].file, GOOD "files/indicators.yaml");
    assert_int_equal(all[0].expires, 4070908800); /* date -ud 2099-01-01 +%s */
    config_free(c);
}

static void
the_shipped_indicators_apply_when_none_are_named(void **state)
{
    struct said said;
    struct config *c = load(NULL, &said);
    unsigned domains = 0, confirmed = 0;

    (void)state;
    for (unsigned i = 0; i < c->indicator_count; i++) {
        domains += c->indicators[i].domains.count;
        confirmed += c->indicators[i].confidence == CONFIDENCE_CONFIRMED;
        assert_non_null(c->indicators[i].source);
        assert_non_null(c->indicators[i].date);
        assert_int_equal(c->indicators[i].networks.count, 0); /* dprk-network has them */
    }
    assert_int_equal(domains, 39); /* domains in the published lists */
    assert_int_equal(confirmed, 1);
    config_free(c);
}

static void
overrides_take_yaml_values_and_the_last_wins(void **state)
{
    static const char *const overrides[] = { "policy.watched-countries=[IR, sy]",
        "policy.realms=keep", "sensor.name=first", "sensor.name='the last'",
        "detectors.vpn-flap.enabled=false", "detectors={vpn-flap: {weight: 2}}",
        "limits.timeouts.tcp=1h", "roster=" GOOD "files/roster.yaml" };
    struct said said;
    struct config *c = load_with(GOOD "empty.yaml", overrides, COUNT(overrides), &said);

    (void)state;
    assert_string_equal(said.text, "");
    assert_non_null(c);
    assert_int_equal(c->policy.watched_countries.count, 2);
    assert_string_equal(c->policy.watched_countries.list[1], "SY");
    assert_string_equal(c->sensor.name, "the last");
    assert_false(c->detectors[1].enabled);
    assert_true(c->detectors[1].weight == 2);
    assert_int_equal(c->limits.tcp_us, 3600 * INT64_C(1000000));
    assert_int_equal(c->limits.udp_us, 180 * INT64_C(1000000));
    assert_int_equal(c->contractor_count, 2); /* its path is from here, not from the file */
    config_free(c);
}

static void
a_bad_override_is_named_as_such(void **state)
{
    static const struct {
        const char *override, *message;
    } cases[] = {
        { "sensor.nam=x", "--set: sensor.nam: expected a known key; did you mean 'name'?\n" },
        { "limits.lease=24",
            "--set: limits.lease: expected a duration with its unit, such as 15m (us ms s m h d), "
            "found '24': it has no unit\n" },
        { "sensor.name", "--set: sensor.name: expected key=value, such as sensor.name=a\n" },
        { "=x", "--set: =x: expected key=value, such as sensor.name=a\n" },
        { "sensor.name.first=x",
            "--set: sensor.name.first: expected keys below 'name', found a value\n" },
        { "sensor.name=", "--set: sensor.name: expected text, found nothing\n" },
        { "sensor.interfaces=[a",
            "--set: sensor.interfaces: not YAML: did not find expected ',' or ']' while parsing a "
            "flow sequence\n" },
        { "roster=/nowhere.yaml",
            "--set: roster: /nowhere.yaml: cannot read it: No such file or directory\n" },
    };
    char path[64];
    struct said said;

    (void)state;
    snprintf(path, sizeof(path), "%s", write_file("sensor: {name: a}\n", 18));
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_null(load_with(path, &cases[i].override, 1, &said));
        assert_string_equal(said.text, cases[i].message);
    }
    unlink(path);
}

static void
a_roster_may_be_the_list_itself(void **state)
{
    static const char *const names[] = { "roster=" GOOD "files/roster-list.yaml",
        "indicators=[" GOOD "files/indicators-list.yaml]" };
    struct said said = { .count = 0 };
    struct config_request request = { .overrides = names,
        .override_count = COUNT(names),
        .specs = specs,
        .spec_count = COUNT(specs),
        .message = hear,
        .context = &said };
    struct config *c = config_load(&request);

    (void)state;
    assert_non_null(c);
    assert_int_equal(c->contractor_count, 1);
    assert_string_equal(c->contractors->name, "Contractor One");
    assert_int_equal(c->indicator_count, 1);
    assert_string_equal(c->indicators->name, "front company");
    config_free(c);
}

static void
the_roster_argument_outranks_the_file(void **state)
{
    static const char *const keep[] = { "policy.realms=keep" };
    struct said said = { .count = 0 };
    struct config_request request = { .path = "tests/conf/bad/missing-roster.yaml",
        .overrides = keep,
        .override_count = 1,
        .roster = GOOD "files/roster.yaml",
        .specs = specs,
        .spec_count = COUNT(specs),
        .message = hear,
        .context = &said };
    struct config *c = config_load(&request);

    (void)state;
    assert_non_null(c);
    assert_int_equal(c->contractor_count, 2);
    config_free(c);
}

static void
a_dump_loads_to_the_same(void **state)
{
    static const char *const files[] = { NULL, GOOD "every-key.yaml", GOOD "example-roster.yaml" };
    struct said said;

    (void)state;
    for (size_t i = 0; i < COUNT(files); i++) {
        struct config *first = load(files[i], &said), *second;
        char *before = dump(first), *after;
        const char *path = write_file(before, strlen(before));

        second = load(path, &said);
        unlink(path);
        assert_string_equal(said.text, "");
        assert_non_null(second);
        after = dump(second);
        assert_string_equal(after, before);
        assert_int_equal(second->contractor_count, first->contractor_count);
        assert_int_equal(second->indicator_count, first->indicator_count);
        assert_int_equal(second->limits.lease_us, first->limits.lease_us);
        assert_memory_equal(second->detectors, first->detectors, sizeof(first->detectors));
        free(before);
        free(after);
        config_free(first);
        config_free(second);
    }
}

/* Its detectors belong to their registry, which this test does not link: that section is left out
 * here, and held against the program by tests/conf/shipped.sh. */
static void
the_shipped_file_equals_the_defaults(void **state)
{
    struct said said;
    struct config *defaults = load(NULL, &said), *shipped;
    char line[512], *text = NULL, *before, *after;
    size_t size = 0;
    bool is_detectors = false;
    FILE *from = fopen("conf/farmwatch.yaml", "re"), *to = open_memstream(&text, &size);
    const char *path;

    (void)state;
    assert_true(from != NULL && to != NULL);
    while (fgets(line, sizeof(line), from) != NULL) {
        if (line[0] != ' ' && line[0] != '\n' && line[0] != '#')
            is_detectors = strncmp(line, "detectors:", strlen("detectors:")) == 0;
        if (!is_detectors)
            fputs(line, to);
    }
    fclose(from);
    fclose(to);
    path = write_file(text, size);
    shipped = load(path, &said);
    unlink(path);
    assert_string_equal(said.text, "");
    before = dump(defaults);
    after = dump(shipped);
    assert_string_equal(after, before);
    free(text);
    free(before);
    free(after);
    config_free(defaults);
    config_free(shipped);
}

static void
garbage_is_refused_in_one_line(void **state)
{
    static char deep[200000], wide[9 << 20];
    static const struct {
        const char *name;
        const void *bytes;
        size_t size;
        const char *says;
    } cases[] = {
        { "NUL", "sensor:\0\n", 9, "not YAML" },
        { "ELF",
            "\x7f"
            "ELF\x02\x01\x01\0\0\0\0",
            11, "not YAML" },
        { "not UTF-8", "sensor: \xff\xfe\xfd\n", 12, "not YAML" },
        { "deep flow", deep, sizeof(deep), "nested too deeply" },
        { "too large", wide, sizeof(wide), "File too large" },
        { "unknown alias", "sensor: *nobody\n", 16, "not YAML: found undefined alias" },
        { "unknown tag", "%TAG ! tag:x,2000:\n---\n!y sensor\n", 33, "expected a map of keys" },
    };
    struct said said;

    (void)state;
    memset(deep, '[', sizeof(deep));
    memset(wide, '#', sizeof(wide));
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *path = write_file(cases[i].bytes, cases[i].size);

        assert_null(load(path, &said));
        unlink(path);
        if (said.count != 1 || strstr(said.text, cases[i].says) == NULL)
            fail_msg("%s: %s", cases[i].name, said.text);
    }
    assert_null(load("tests/conf", &said));
    assert_string_equal(said.text, "tests/conf: cannot read it: Is a directory\n");
    assert_null(load("/nowhere/x.yaml", &said));
    assert_string_equal(said.text, "/nowhere/x.yaml: cannot read it: No such file or directory\n");
}

static void
errors_past_the_cap_are_not_listed(void **state)
{
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    struct said said;
    const char *path;

    (void)state;
    for (unsigned i = 0; i < 200; i++)
        fprintf(to, "zz%u: 1\n", i);
    fclose(to);
    path = write_file(text, size);
    assert_null(load(path, &said));
    unlink(path);
    free(text);
    assert_int_equal(said.count, 51);
}

static void
the_nearest_key_is_near(void **state)
{
    static const char *const keys[] = { "name", "interfaces", "filter", "snaplen", "latitude" };
    static const struct {
        const char *word, *nearest;
    } cases[] = { { "nmae", "name" }, { "Filter", "filter" }, { "interface", "interfaces" },
        { "lat", "latitude" }, { "snap-len", "snaplen" }, { "x", NULL }, { "", NULL },
        { "timeouts", NULL } };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct config_near n = config_near_of(cases[i].word);

        for (size_t k = 0; k < COUNT(keys); k++)
            config_near_try(&n, keys[k]);
        if (cases[i].nearest == NULL)
            assert_null(n.best);
        else
            assert_string_equal(n.best, cases[i].nearest);
    }
}

static void
durations_read_and_write_the_same(void **state)
{
    static const struct {
        const char *text;
        double us;
        const char *again;
    } cases[] = { { "1us", 1, "1us" }, { "1ms", 1e3, "1ms" }, { "1500ms", 15e5, "1500ms" },
        { "90s", 90e6, "90s" }, { "15m", 900e6, "15m" }, { "24h", 86400e6, "24h" },
        { "1d", 86400e6, "24h" }, { "7d", 604800e6, "7d" }, { "1.5h", 5400e6, "90m" },
        { "0s", 0, "0s" } };
    char again[CONFIG_TEXT_SIZE];
    const char *why;
    double us;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_true(config_text_read_duration(cases[i].text, &us, &why));
        assert_true(us == cases[i].us);
        config_text_duration(again, us);
        assert_string_equal(again, cases[i].again);
    }
}

static void
severities_have_names(void **state)
{
    (void)state;
    assert_string_equal(config_severity_name(SEVERITY_INFO), "info");
    assert_string_equal(config_severity_name(SEVERITY_CRITICAL), "critical");
    assert_string_equal(config_severity_name(SEVERITY_COUNT), "unknown");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_files_load),
        cmocka_unit_test(bad_files_say_all_that_is_wrong),
        cmocka_unit_test(defaults_are_those_of_the_design),
        cmocka_unit_test(private_ranges_are_inside_when_none_are_given),
        cmocka_unit_test(every_key_reaches_its_place),
        cmocka_unit_test(the_roster_says_who_is_who),
        cmocka_unit_test(indicators_follow_from_their_confidence),
        cmocka_unit_test(the_shipped_indicators_apply_when_none_are_named),
        cmocka_unit_test(overrides_take_yaml_values_and_the_last_wins),
        cmocka_unit_test(a_bad_override_is_named_as_such),
        cmocka_unit_test(a_roster_may_be_the_list_itself),
        cmocka_unit_test(the_roster_argument_outranks_the_file),
        cmocka_unit_test(a_dump_loads_to_the_same),
        cmocka_unit_test(the_shipped_file_equals_the_defaults),
        cmocka_unit_test(garbage_is_refused_in_one_line),
        cmocka_unit_test(errors_past_the_cap_are_not_listed),
        cmocka_unit_test(the_nearest_key_is_near),
        cmocka_unit_test(durations_read_and_write_the_same),
        cmocka_unit_test(severities_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
