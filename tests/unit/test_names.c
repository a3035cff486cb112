/* SPDX-License-Identifier: BSD-2-Clause */
/* links: sensor/names.c sensor/claim.c sensor/stablehash.c parsers/fact.c parsers/text.c */
/* Names of addresses: the latest DNS answer stands, questions are no answers, and a full table
 * forgets the address that nobody spoke of for longest. */
#include "../../sensor/names.h"
#include "address.h"
#include <arpa/inet.h>
#include <string.h>

static void
learn(struct names *n, const char *what, const char *name, const char *text, uint64_t packet)
{
    struct observation o = { .packet = packet };
    struct in6_addr a = address_of(text);

    fact_begin(&o.fact, FACT_NAME);
    fact_word(&o.fact, KEY_WHAT, what);
    fact_text(&o.fact, KEY_NAME, name, strlen(name));
    fact_address(&o.fact, KEY_ADDRESS, &a);
    names_learn(n, &o);
}

static const char *
name_of(const struct names *n, const char *text)
{
    struct in6_addr a = address_of(text);
    const struct name_entry *e = names_find(n, &a);

    return e == NULL ? "" : e->name;
}

static void
test_names(void **state)
{
    struct names *n = names_open(2);
    struct in6_addr relay = address_of("::ffff:192.0.2.1");
    char longest[300];

    (void)state;
    learn(n, "dns-answer", "old.example", "::ffff:192.0.2.1", 7);
    learn(n, "dns-answer", "relay.example", "::ffff:192.0.2.1", 8);
    assert_string_equal(name_of(n, "::ffff:192.0.2.1"), "relay.example");
    assert_int_equal(names_find(n, &relay)->source.packet, 8);
    learn(n, "dns-question", "asked.example", "::ffff:192.0.2.9", 9);
    assert_string_equal(name_of(n, "::ffff:192.0.2.9"), "");

    learn(n, "dns-answer", "second.example", "2001:db8::2", 10);
    learn(n, "dns-answer", "relay.example", "::ffff:192.0.2.1", 11);
    learn(n, "dns-answer", "third.example", "2001:db8::3", 12);
    assert_string_equal(name_of(n, "2001:db8::2"), "");
    assert_string_equal(name_of(n, "::ffff:192.0.2.1"), "relay.example");

    memset(longest, 'a', sizeof longest);
    memcpy(longest + 200, ".example", 9);
    learn(n, "dns-answer", longest, "2001:db8::3", 13);
    assert_int_equal(strlen(name_of(n, "2001:db8::3")), NAMES_TEXT - 1);
    assert_string_equal(name_of(n, "2001:db8::3") + NAMES_TEXT - 1 - 8, ".example");
    names_close(n);
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_names) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
