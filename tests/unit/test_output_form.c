/* SPDX-License-Identifier: BSD-2-Clause */
/* clang-format off */
/* links: tests/unit/fake_*.c sensor/output/output.c sensor/output/output_spec.c sensor/output/sink_file.c sensor/output/sink_socket.c sensor/output/spool.c sensor/output/syslog.c sensor/output/document.c sensor/output/emit.c sensor/output/json.c sensor/output/yaml.c sensor/output/buffer.c sensor/timestamp.c sensor/address.c sensor/stablehash.c conf/config_text.c parsers/fact.c parsers/text.c */
/* clang-format on */
/* What each output is asked for and the forms that other programs read: CEF by its own grammar,
 * observations in YAML by libyaml and by PyYAML against the same in JSON. */
#include "../../sensor/output/document.h"
#include "../../sensor/output/output.h"
#include "../../sensor/output/syslog.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml.h>

#include <cmocka.h> /* needs those above */

static void
fail_on_message(void *context, const char *line)
{
    (void)context;
    fail_msg("%s", line);
}

struct cef {
    char header[8][600]; /* "CEF:0" first, the last is the extension as it was written */
    unsigned header_count;
};

/* By "Common Event Format": header fields end at a bar; a bar or backslash in them stands behind a
 * backslash. */
static void
read_cef(const char *at, size_t n, struct cef *out)
{
    const char *end = at + n;

    memset(out, 0, sizeof(*out));
    for (; out->header_count < 7; out->header_count++) {
        char *to = out->header[out->header_count];

        for (; at < end && *at != '|'; at++) {
            if (*at == '\\' && (++at == end || strchr("\\|", *at) == NULL))
                fail_msg("a backslash stands before nothing that needs one");
            *to++ = *at;
        }
        assert_true(at < end);
        at++;
    }
    assert_true((size_t)(end - at) < sizeof(out->header[7]));
    memcpy(out->header[7], at, (size_t)(end - at));
}

/* The value of an extension's key, without its escapes; it ends before " key=". */
static const char *
get_extension(const struct cef *c, const char *key)
{
    static char value[600];
    char wanted[40], *to = value;
    const char *at = strstr(c->header[7], (snprintf(wanted, sizeof(wanted), "%s=", key), wanted));

    if (at == NULL)
        return NULL;
    for (at += strlen(wanted); *at != '\0'; at++) {
        if (*at == '\\' && strchr("\\=", at[1]) != NULL)
            at++;
        else if (*at == '=') { /* the next key's: it and the space before it are not ours */
            while (to > value && to[-1] != ' ')
                to--;
            to--;
            break;
        }
        *to++ = *at;
    }
    *to = '\0';
    return value;
}

static void
cef_escapes_by_its_grammar(void **state)
{
    static const char head[] = "<83>1 2023-10-17T14:03:22.123456Z edge farmwatch 42 case - CEF:0|";
    struct alert a = { .name = "case",
        .id = 7,
        .time_us = INT64_C(1697551402123456),
        .count = 3,
        .severity = SEVERITY_HIGH,
        .sensor = "edge",
        .score = 71,
        .subject = { .account = "a=b\\c|d", .site = "x\ny cs9=forged" },
        .summary = "pipe | back\\slash = M\xc3\xbcller",
        .action = "ask" };
    char out[SYSLOG_LIMIT];
    struct cef c;
    size_t n = syslog_format_cef(out, &a, 42);

    (void)state;
    assert_memory_equal(out, head, strlen(head)); /* no BOM: receivers look for CEF: at the front */
    read_cef(strstr(out, "CEF:0|"), n - (strlen(head) - 6), &c);
    assert_string_equal(c.header[0], "CEF:0");
    assert_string_equal(c.header[1], "farmwatch");
    assert_string_equal(c.header[4], "case");
    assert_string_equal(c.header[5], "pipe | back\\slash = M\xc3\xbcller");
    assert_string_equal(c.header[6], "8");
    assert_string_equal(get_extension(&c, "suser"), "a=b\\c|d");
    assert_string_equal(get_extension(&c, "cs1"), "x\\x0ay cs9=forged");
    assert_string_equal(get_extension(&c, "rt"), "1697551402123");
    assert_string_equal(get_extension(&c, "cnt"), "3");
    assert_string_equal(get_extension(&c, "cn1"), "71");
    assert_string_equal(get_extension(&c, "msg"), "ask");
    assert_null(get_extension(&c, "cs2"));
    a.summary = "";
    n = syslog_format_cef(out, &a, 42);
    read_cef(strstr(out, "CEF:0|"), n - (strlen(head) - 6), &c);
    assert_string_equal(c.header[5], "case"); /* a field is never left out */
}

/* RFC 5424, 6.4: a text in UTF-8 begins with the BOM; it follows the data's bracket and a space. */
static void
the_bom_stands_before_the_text_only(void **state)
{
    struct alert a = { .name = "case", .summary = "M\xc3\xbcller", .sensor = "edge" };
    char out[SYSLOG_LIMIT + 1];
    const char *at;

    (void)state;
    out[syslog_format(out, &a, 42)] = '\0';
    at = strstr(out, "\xef\xbb\xbf");
    assert_non_null(at);
    assert_memory_equal(at - 2, "] ", 2);
    assert_string_equal(at + 3, "M\xc3\xbcller");
}

/* A replay names no process, so that it gives the same bytes each time. */
static void
what_is_not_known_leaves_no_gap(void **state)
{
    static const struct geoip_place place = { .country = "US", .asn = 64496 };
    const struct alert_geo geo[] = { { .place = &place }, { .place = NULL } };
    struct alert a = { .name = "case", .sensor = "edge", .geo = geo, .geo_count = 2 };
    char out[SYSLOG_LIMIT + 1];

    (void)state;
    out[syslog_format(out, &a, 0)] = '\0';
    assert_non_null(strstr(out, " edge farmwatch - case ["));
    assert_non_null(strstr(out, "geo=\":: US AS64496\" geo=\"::\""));
}

static void
an_output_gets_what_it_asked_for(void **state)
{
    static const struct {
        const char *name;
        unsigned what;
        enum config_severity least;
        const char *expected; /* the names of what is written, in order */
    } cases[] = {
        { "all alerts", OUTPUT_ALERTS, SEVERITY_INFO, "info low medium high critical " },
        { "from medium", OUTPUT_ALERTS, SEVERITY_MEDIUM, "medium high critical " },
        { "only critical", OUTPUT_ALERTS, SEVERITY_CRITICAL, "critical " },
        { "health", OUTPUT_HEALTH, SEVERITY_INFO, "health " },
        { "health whatever the severity", OUTPUT_HEALTH | OUTPUT_ALERTS, SEVERITY_HIGH,
            "high critical health " },
        { "nothing said is alerts", 0, SEVERITY_HIGH, "high critical " },
    };
    char path[] = "/tmp/farmwatch-what-XXXXXX";

    (void)state;
    close(mkstemp(path));
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct config_output one = {
            .type = OUTPUT_JSON, .path = path, .what = cases[i].what, .min_severity = cases[i].least
        };
        struct config config = { .outputs = &one, .output_count = 1 };
        struct outputs_request request = {
            .config = &config, .replay = true, .message = fail_on_message
        };
        struct outputs *o;
        char line[1024], names[256] = "";
        FILE *file;

        assert_int_equal(truncate(path, 0), 0);
        o = outputs_open(&request);
        for (int s = SEVERITY_INFO; s < SEVERITY_COUNT; s++) {
            const char *name = config_severity_name((enum config_severity)s);
            struct alert a = { .name = name, .severity = (enum config_severity)s };

            outputs_alert(o, &a);
        }
        outputs_alert(o, &(struct alert){ .name = "health", .severity = SEVERITY_INFO });
        assert_int_equal(outputs_close(o), 0);
        file = fopen(path, "r");
        while (fgets(line, sizeof(line), file) != NULL) {
            char *name = strstr(line, "\"alert\":\"") + 9;

            strncat(names, name, strcspn(name, "\""));
            strcat(names, " ");
        }
        fclose(file);
        if (strcmp(names, cases[i].expected) != 0)
            fail_msg("%s: %s", cases[i].name, names);
    }
    unlink(path);
}

/* Texts that YAML 1.1 would take for something else. */
static const char *const texts[] = { "jdoe", "yes", "null", "~", "1:30", "0x12", "1e3", "-", "- a",
    "a: b", "a #b", "#a", "'", "\"", "{a", "[", "*a", "&a", "!a", "%a", "@a", "`a", "|", ">", "?",
    " a ", "2023-10-17", "2023-10-17T14:03:22Z", "=", "<<", ".inf", "0o7", "1_000", "M\xc3\xbcller",
    "\xf0\x9f\x98\x80", "a\\x0ab", "NO", "...", "---", "010" };
#define TEXT_COUNT (sizeof(texts) / sizeof(*texts))

static struct observation
make_observation(size_t i)
{
    struct observation o = { .time_us = INT64_C(1697551402123456) + (int64_t)i,
        .packet = i,
        .has_flow = i % 2 == 0,
        .flow = i % 4 == 0 ? UINT64_C(1234567890123456) : i,
        .transport = (uint8_t)(i % 3 == 0 ? 6 : i % 256) };

    snprintf(o.capture, sizeof(o.capture), "%s", texts[(i + 1) % TEXT_COUNT]);
    snprintf(o.protocol, sizeof(o.protocol), "radius");
    o.source.s6_addr[0] = 0x20;
    memcpy(&o.destination, "\0\0\0\0\0\0\0\0\0\0\xff\xff\xcb\x00\x71\x05", 16);
    fact_begin(&o.fact, FACT_LOGIN);
    fact_word(&o.fact, KEY_ACCOUNT, texts[i % TEXT_COUNT]);
    fact_word(&o.fact, KEY_DEVICE_HOST_NAME, texts[(i + 2) % TEXT_COUNT]);
    fact_word(&o.fact, KEY_DEVICE_MAC, "00:16:3e:00:00:01");
    fact_number(&o.fact, KEY_BYTES, i % 2 == 0 ? INT64_MIN : (int64_t)i);
    fact_address(&o.fact, KEY_OUTSIDE, &o.destination);
    fact_flag(&o.fact, KEY_INFERRED);
    return o;
}

/* Keys and values of every document, one a line. */
static void
list_scalars(const struct buffer *b, struct buffer *out)
{
    yaml_parser_t parser;
    yaml_event_t event;
    bool at_end = false;

    yaml_parser_initialize(&parser);
    yaml_parser_set_input_string(&parser, (const unsigned char *)b->data, b->length);
    while (!at_end) {
        assert_true(yaml_parser_parse(&parser, &event));
        at_end = event.type == YAML_STREAM_END_EVENT;
        if (event.type == YAML_SCALAR_EVENT) {
            buffer_add_text(out, (const char *)event.data.scalar.value);
            buffer_add_char(out, '\n');
        }
        if (event.type == YAML_MAPPING_START_EVENT || event.type == YAML_MAPPING_END_EVENT)
            buffer_add_char(out, event.type == YAML_MAPPING_START_EVENT ? '{' : '}');
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
}

static void
observations_are_the_same_in_yaml_and_json(void **state)
{
    struct buffer json = { 0 }, yaml = { 0 }, one = { 0 }, other = { 0 };
    struct emitter *a = emit_open_json(&json), *b = emit_open_yaml(&yaml);

    (void)state;
    for (size_t i = 0; i < 2 * TEXT_COUNT; i++) {
        struct observation o = make_observation(i);

        buffer_clear(&json);
        buffer_clear(&yaml);
        buffer_clear(&one);
        buffer_clear(&other);
        document_observation(a, &o);
        document_observation(b, &o);
        list_scalars(&json, &one);
        list_scalars(&yaml, &other);
        buffer_add_char(&one, '\0');
        buffer_add_char(&other, '\0');
        assert_string_equal(one.data, other.data);
    }
    emit_close(a);
    emit_close(b);
    buffer_free(&json);
    buffer_free(&yaml);
    buffer_free(&one);
    buffer_free(&other);
}

static void
pyyaml_reads_observations_as_json_has_them(void **state)
{
    static const char *const kinds[] = { "yaml", "json" };
    static const char script[] =
        "import json, sys, yaml, datetime\n"
        "def plain(v):\n"
        "    if isinstance(v, dict): return {k: plain(x) for k, x in v.items()}\n"
        "    if isinstance(v, datetime.datetime):\n"
        "        return v.replace(tzinfo=None).isoformat(timespec='microseconds') + 'Z'\n"
        "    return v\n"
        "a = [plain(d) for d in yaml.safe_load_all(open(sys.argv[1]))]\n"
        "b = [json.loads(l) for l in open(sys.argv[2])]\n"
        "for x, y in zip(a, b):\n"
        "    if x != y: print(x, y, sep='\\n')\n"
        "sys.exit(not (a == b and len(a) == int(sys.argv[3])))\n";
    char folder[] = "/tmp/farmwatch-pyyaml-XXXXXX", spec[256], path[3][64], command[512];
    FILE *file;

    (void)state;
    if (system("python3 -c 'import yaml' 2>/dev/null") != 0) {
        print_message("python3 has no yaml module: nothing is read back by it\n");
        skip();
    }
    assert_non_null(mkdtemp(folder));
    for (int k = 0; k < 2; k++) {
        const char *specs[] = { "json:/dev/null" };
        struct outputs_request request = { .specs = specs,
            .spec_count = 1,
            .observations = spec,
            .replay = true,
            .message = fail_on_message };
        struct outputs *o;

        snprintf(path[k], sizeof(path[k]), "%s/%s", folder, kinds[k]);
        snprintf(spec, sizeof(spec), "%s:%s", kinds[k], path[k]);
        o = outputs_open(&request);
        for (size_t i = 0; i < 2 * TEXT_COUNT; i++) {
            struct observation ob = make_observation(i);

            outputs_observation(o, &ob);
        }
        assert_int_equal(outputs_close(o), 0);
    }
    snprintf(path[2], sizeof(path[2]), "%s/compare.py", folder);
    file = fopen(path[2], "w");
    fputs(script, file);
    fclose(file);
    snprintf(command, sizeof(command), "python3 %s %s %s %zu", path[2], path[0], path[1],
        2 * TEXT_COUNT);
    assert_int_equal(system(command), 0);
    for (int k = 0; k < 3; k++)
        unlink(path[k]);
    rmdir(folder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cef_escapes_by_its_grammar),
        cmocka_unit_test(the_bom_stands_before_the_text_only),
        cmocka_unit_test(what_is_not_known_leaves_no_gap),
        cmocka_unit_test(an_output_gets_what_it_asked_for),
        cmocka_unit_test(observations_are_the_same_in_yaml_and_json),
        cmocka_unit_test(pyyaml_reads_observations_as_json_has_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
