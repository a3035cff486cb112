/* SPDX-License-Identifier: BSD-2-Clause
 * links: parsers/text.c parsers/fact.c */
/*
 * Proves that UTF-16LE becomes the UTF-8 that the Unicode standard (3.9, table 3-4) shows for it.
 */
#include "parse_check.h"

static const struct {
    const char *hex, *text;
    size_t room;
} samples[] = {
    { "", "", 16 },
    { "4400 4500", "DE", 16 },
    { "4400 0000 4500", "D", 16 },
    { "3004", "\xd0\xb0", 16 },
    { "8c4e", "\xe4\xba\x8c", 16 },
    { "00d8 02df", "\xf0\x90\x8c\x82", 16 },
    { "00d8 4400",
        "\xef\xbf\xbd"
        "D",
        16 },
    { "02df", "\xef\xbf\xbd", 16 },
    { "00d8", "\xef\xbf\xbd", 16 },
    { "4400 45", "D", 16 },
    { "4400 8c4e 4400", "D", 3 },
    { "8c4e", "", 0 },
};

static void
test_samples(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        uint8_t bytes[32];
        char out[16];
        size_t n = parse_check_hex(bytes, sizeof bytes, samples[i].hex);
        size_t length = text_from_utf16le(out, samples[i].room, rd_of(bytes, n));

        if (length != strlen(samples[i].text) || memcmp(out, samples[i].text, length) != 0)
            fail_msg("%s", samples[i].hex);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_samples) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
