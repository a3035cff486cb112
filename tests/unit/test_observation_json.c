/* SPDX-License-Identifier: BSD-2-Clause */
/* clang-format off */
/* links: tests/unit/fake_*.c sensor/output/observation_read.c sensor/output/observation_name.c sensor/output/json_read.c sensor/output/document.c sensor/output/emit.c sensor/output/json.c sensor/output/buffer.c sensor/timestamp.c sensor/address.c parsers/fact.c parsers/text.c */
/* clang-format on */
/* Observations as JSON lines: what is written is read back without loss, and hostile lines are
 * refused whole. */
#include "../../sensor/output/document.h"
#include "../../sensor/output/observation_read.h"
#include "../../sensor/output/output.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h> /* needs those above */

static uint64_t
next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static void
add_random_value(struct fact *f, enum fact_key key, uint64_t *seed)
{
    static const char *const texts[] = { "jdoe", "a\"b\\c", "line\nbreak\ttab", "\xed\x99\x8d\xea",
        "M\xc3\xbcller \xf0\x9f\x98\x80", "\x1b[31mred", "\xe2\x80\xaeoverride", "a]b=\x7f", "true",
        "\xff\xfe" };
    static const int64_t numbers[] = { 0, -1, 1, INT64_MAX, INT64_MIN, 65535 };
    struct in6_addr address;
    uint64_t dice = next_random(seed);

    switch (fact_key_type(key)) {
    case FACT_TYPE_TEXT:
        fact_word(f, key, texts[dice % 10]);
        break;
    case FACT_TYPE_NUMBER:
        fact_number(f, key, numbers[dice % 6]);
        break;
    case FACT_TYPE_ADDRESS:
        for (size_t i = 0; i < sizeof(address); i++)
            address.s6_addr[i] = (uint8_t)next_random(seed);
        if (dice % 2 == 0)
            memcpy(&address, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
        fact_address(f, key, &address);
        break;
    case FACT_TYPE_FLAG:
        fact_flag(f, key);
        break;
    }
}

static void
make_random(struct observation *o, uint64_t *seed)
{
    memset(o, 0, sizeof(*o));
    fact_begin(&o->fact, (enum fact_kind)(1 + next_random(seed) % (FACT_KIND_COUNT - 1)));
    o->time_us = (int64_t)(next_random(seed) % 4000000000000000u);
    o->packet = next_random(seed) % 1000;
    strcpy(o->capture, "office \"1\".pcap");
    strcpy(o->protocol, "radius");
    o->has_flow = next_random(seed) % 2 == 0;
    if (o->has_flow) {
        o->flow = next_random(seed);
        o->transport = (uint8_t)next_random(seed);
        o->source.s6_addr[0] = 0x20;
        o->source_port = (uint16_t)next_random(seed);
        strcpy(o->encapsulation, "vlan 100 > gre");
    }
    for (int i = 0; i < 12; i++)
        add_random_value(&o->fact, (enum fact_key)(1 + next_random(seed) % (KEY_COUNT - 1)), seed);
}

static void
every_line_comes_back_the_same(void **state)
{
    struct buffer first = { 0 }, second = { 0 };
    struct emitter *a = emit_open_json(&first), *b = emit_open_json(&second);
    uint64_t seed = 88172645463325252u, unknown = 0;

    (void)state;
    for (int i = 0; i < 5000; i++) {
        struct observation o, back;

        make_random(&o, &seed);
        buffer_clear(&first);
        buffer_clear(&second);
        document_observation(a, &o);
        assert_null(observation_read_json(first.data, first.length, &back, &unknown));
        document_observation(b, &back);
        assert_int_equal(first.length, second.length);
        assert_memory_equal(first.data, second.data, first.length);
    }
    assert_int_equal(unknown, 0);
    emit_close(a);
    emit_close(b);
    buffer_free(&first);
    buffer_free(&second);
}

#define HEAD "{\"time\":\"2023-10-17T14:03:22.123456Z\",\"kind\":\"login\""

static const struct {
    const char *name, *line;
    bool is_good;
} lines[] = {
    { "least", HEAD "}", true },
    { "spaces", " { \"kind\" : \"login\" , \"time\":\"2023-10-17T14:03:22.123456Z\" } \r", true },
    { "unknown keys of any shape", HEAD ",\"new\":[1,{\"a\":[]},null],\"m\":{\"x\":{}}}", true },
    { "surrogate pair", HEAD ",\"account\":\"\\ud83d\\ude00\"}", true },
    { "a key with more behind a NUL", HEAD ",\"bytes\\u0000x\":\"of another type\"}", true },
    { "map within a map", HEAD ",\"device\":{\"mac\":\"x\",\"new\":{\"mac\":1}}}", true },
    { "number in a map", HEAD ",\"device\":{\"mac\":1}}", false },
    { "escape at the end", HEAD ",\"account\":\"a\\", false },
    { "unknown escape", HEAD ",\"account\":\"a\\q\"}", false },
    { "no time", "{\"kind\":\"login\"}", false },
    { "unknown kind", "{\"time\":\"2023-10-17T14:03:22.123456Z\",\"kind\":\"x\"}", false },
    { "text for a number", HEAD ",\"bytes\":\"1\"}", false },
    { "number past 64 bits", HEAD ",\"bytes\":9223372036854775808}", false },
    { "fraction", HEAD ",\"bytes\":1.5}", false },
    { "leading zero", HEAD ",\"bytes\":01}", false },
    { "number for a text", HEAD ",\"account\":1}", false },
    { "bad address", HEAD ",\"outside\":\"1.2.3\"}", false },
    { "port out of range",
        HEAD ",\"flow\":\"0123456789abcdef\",\"source\":\"::\",\"destination\":\"::\","
             "\"source-port\":65536}",
        false },
    { "flow without its ends", HEAD ",\"flow\":\"0123456789abcdef\"}", false },
    { "flow in capitals", HEAD ",\"flow\":\"0123456789ABCDEF\"}", false },
    { "lone surrogate", HEAD ",\"account\":\"\\ud83d\"}", false },
    { "raw control character", HEAD ",\"account\":\"a\nb\"}", false },
    { "trailing comma", HEAD ",}", false },
    { "two objects", HEAD "}{}", false },
    { "cut", HEAD, false },
    { "list", "[]", false },
    { "empty", "", false },
};

static void
lines_are_taken_or_refused_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        struct observation o;
        uint64_t unknown = 0;
        const char *why = observation_read_json(lines[i].line, strlen(lines[i].line), &o, &unknown);

        if ((why == NULL) != lines[i].is_good)
            fail_msg("%s: %s", lines[i].name, why == NULL ? "taken" : why);
    }
}

static void
nesting_is_bounded(void **state)
{
    static char deep[60000];
    struct observation o;
    uint64_t unknown = 0;
    size_t n = strlen(HEAD ",\"x\":");

    (void)state;
    memset(deep, '[', sizeof(deep));
    memcpy(deep, HEAD ",\"x\":", n);
    assert_non_null(observation_read_json(deep, sizeof(deep), &o, &unknown));
}

static void
text_is_cleaned_on_the_way_in(void **state)
{
    static const char line[] = HEAD ",\"account\":\"a\\u001b[31m\\n\xff\"}";
    struct observation o;
    uint64_t unknown = 0;

    (void)state;
    assert_null(observation_read_json(line, strlen(line), &o, &unknown));
    assert_string_equal(fact_get_text(&o.fact, KEY_ACCOUNT), "a\\x1b[31m\\x0a\xef\xbf\xbd");
}

static unsigned observed, said;

static void
count_observation(void *context, const struct observation *o)
{
    (void)context;
    (void)o;
    observed++;
}

static void
count_message(void *context, const char *line)
{
    (void)context;
    (void)line;
    said++;
}

static void
a_file_with_bad_lines_is_read_to_its_end(void **state)
{
    char path[] = "/tmp/farmwatch-observations-XXXXXX";
    int fd = mkstemp(path);
    FILE *file = fdopen(fd, "w");

    (void)state;
    fputs(HEAD "}\n\nnonsense\n", file);
    for (int i = 0; i < 200000; i++)
        fputc('x', file);
    fputs("\n" HEAD "}\r\n" HEAD ",\"later\":1}", file);
    fclose(file);
    observed = said = 0;
    assert_int_equal(observations_read(path, count_observation, NULL, count_message, NULL), 1);
    assert_int_equal(observed, 3);
    assert_int_equal(said, 3); /* two lines, and the key that is not known */
    unlink(path);
    assert_int_equal(observations_read(path, count_observation, NULL, count_message, NULL), 1);
    assert_int_equal(observations_read("/tmp", count_observation, NULL, count_message, NULL), 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_line_comes_back_the_same),
        cmocka_unit_test(lines_are_taken_or_refused_whole),
        cmocka_unit_test(nesting_is_bounded),
        cmocka_unit_test(text_is_cleaned_on_the_way_in),
        cmocka_unit_test(a_file_with_bad_lines_is_read_to_its_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
