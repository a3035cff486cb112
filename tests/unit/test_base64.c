/* SPDX-License-Identifier: BSD-2-Clause */
/* links: parsers/base64.c */
/* Base64: the vectors of RFC 4648, section 10, with and without padding; nothing of what is
 * damaged or too long. */
#include "../../parsers/base64.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct {
    const char *text, *bytes; /* NULL: refused */
} cases[] = {
    { "", "" }, { "Zg==", "f" }, { "Zm8=", "fo" }, { "Zm9v", "foo" }, { "Zm9vYg==", "foob" },
    { "Zm9vYmE=", "fooba" }, { "Zm9vYmFy", "foobar" }, { "Zm9vYg", "foob" },
    { "+/+/", "\xfb\xff\xbf" }, { "Z", NULL }, { "Zm9vY", NULL }, { "Zm 9", NULL },
    { "Zg=x", NULL }, { "Zm9vYmFyYg==", NULL }, /* longer than the room */
};

static void
test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t room[6];
        struct rd r = base64_decode(rd_of(cases[i].text, strlen(cases[i].text)), room, sizeof room);

        if (r.ok != (cases[i].bytes != NULL))
            fail_msg("%s: %d", cases[i].text, r.ok);
        if (!r.ok)
            continue;
        assert_int_equal(rd_left(&r), strlen(cases[i].bytes));
        assert_memory_equal(r.p, cases[i].bytes, rd_left(&r));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_vectors) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
