/* SPDX-License-Identifier: BSD-2-Clause */
/* links: conf/list_vendor.c */
/* The registry of network cards: the smallest block decides, names come without their quotes, and
 * addresses made up locally are nobody's. The file is the test's own, in the IEEE's form. */
#include "../../conf/list_vendor.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/farmwatch-vendors-XXXXXX";

static void
write_file(const char *name, const char *text)
{
    char path[64];
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void
remove_file(const char *name)
{
    char path[64];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    unlink(path);
}

static const struct {
    const char *name;
    uint8_t mac[LIST_VENDOR_MAC];
    const char *vendor; /* NULL: nobody */
} cases[] = {
    { "plain", { 0x00, 0x22, 0x72, 1, 2, 3 }, "American Micro-Fuel Device Corp." },
    { "first and last of the file", { 0x00, 0xd0, 0xef, 0, 0, 0 }, "IGT" },
    { "quoted, with a comma and quotes", { 0x00, 0x10, 0x20, 9, 9, 9 }, "Cards, \"Best\" of Them" },
    { "the smaller block", { 0x74, 0x1a, 0xe0, 0x9f, 0, 1 }, "Small Maker" },
    { "a block given out in parts, this part to nobody", { 0x74, 0x1a, 0xe0, 0x10, 0, 1 }, NULL },
    { "the smallest", { 0x70, 0xb3, 0xd5, 0xf2, 0xf0, 1 }, "Tiny Maker" },
    { "not registered", { 0x00, 0x00, 0x01, 0, 0, 0 }, NULL },
    { "made up locally", { 0x02, 0x22, 0x72, 0, 0, 0 }, NULL },
};

static void
test_blocks(void **state)
{
    struct list_vendors *v;
    char out[64];

    (void)state;
    assert_null(list_vendors_open("/nonexistent"));
    assert_non_null(mkdtemp(folder));
    assert_null(list_vendors_open(folder));
    write_file("oui.csv", "Registry,Assignment,Organization Name,Organization Address\r\n"
                          "MA-L,002272,American Micro-Fuel Device Corp.,Ferndale WA US\r\n"
                          "MA-L,001020,\"Cards, \"\"Best\"\" of Them\",\"Street 1, Town\"\r\n"
                          "MA-L,741AE0,IEEE Registration Authority,Piscataway NJ US\r\n"
                          "MA-L,bad line\r\n"
                          "MA-L,00D0EF,IGT,RENO NV US");
    write_file("mam.csv", "Registry,Assignment,Organization Name,Organization Address\n"
                          "MA-M,741AE09,Small Maker ,\n");
    write_file("oui36.csv", "Registry,Assignment,Organization Name,Organization Address\n"
                            "MA-S,70B3D5F2F,Tiny Maker,\n");
    v = list_vendors_open(folder);
    assert_int_equal(list_vendors_count(v), 6);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool is_known = list_vendors_find(v, cases[i].mac, out, sizeof out);

        if (is_known != (cases[i].vendor != NULL))
            fail_msg("%s: known %d", cases[i].name, is_known);
        if (is_known)
            assert_string_equal(out, cases[i].vendor);
    }
    assert_true(list_vendors_find(v, cases[0].mac, out, 9));
    assert_string_equal(out, "American");
    list_vendors_close(v);
    remove_file("oui.csv");
    remove_file("mam.csv");
    remove_file("oui36.csv");
    rmdir(folder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_blocks) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
