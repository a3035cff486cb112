/* SPDX-License-Identifier: BSD-2-Clause */
/* links: parsers/digest.c */
/* Digests: the test vectors of RFC 1321 (A.5), RFC 3174 (7.3) and FIPS 180-4's examples; parts are
 * one text. */
#include "../../parsers/digest.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct rd
text(const char *s)
{
    return rd_of(s, strlen(s));
}

static void
test_vectors(void **state)
{
    static const uint8_t sha1_abc[] = { 0xa9, 0x99, 0x3e, 0x36, 0x47, 0x06, 0x81, 0x6a, 0xba, 0x3e,
        0x25, 0x71, 0x78, 0x50, 0xc2, 0x6c, 0x9c, 0xd0, 0xd8, 0x9d };
    struct rd abc[] = { text("a"), text(""), text("bc") };
    char md5[DIGEST_MD5_HEX], sha256[DIGEST_SHA256_HEX];
    uint8_t sha1[DIGEST_SHA1_BYTES];

    (void)state;
    digest_md5(text(""), md5);
    assert_string_equal(md5, "d41d8cd98f00b204e9800998ecf8427e");
    digest_md5(text("message digest"), md5);
    assert_string_equal(md5, "f96b697d7cb7938d525a2f31aaf161d0");
    digest_sha256(text("abc"), sha256);
    assert_string_equal(sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    digest_sha1(abc, 3, sha1);
    assert_memory_equal(sha1, sha1_abc, sizeof sha1_abc);
}

static void
test_joined(void **state)
{
    struct rd parts[] = { text("message"), text("digest") };
    char md5[DIGEST_MD5_HEX];

    (void)state;
    digest_md5_joined(parts, 2, ' ', md5);
    assert_string_equal(md5, "f96b697d7cb7938d525a2f31aaf161d0");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_joined),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
