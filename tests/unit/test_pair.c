/* SPDX-License-Identifier: BSD-2-Clause */
/* links: sensor/pair.c parsers/fact.c parsers/text.c */
/* Pairing: an answer takes what it lacks from its request, a retransmission is told once, an answer
 * that names nobody is dropped and counted. */
#include "../../sensor/pair.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define FLOW 77
#define PARSER 3

static struct fact
make(enum fact_pairing pairing, uint32_t transaction, const char *account, const char *result)
{
    struct fact f;

    fact_begin(&f, FACT_LOGIN);
    f.pairing = (uint8_t)pairing;
    f.transaction = transaction;
    if (account != NULL)
        fact_word(&f, KEY_ACCOUNT, account);
    fact_word(&f, KEY_RESULT, result);
    return f;
}

static void
test_answer_is_completed(void **state)
{
    struct pair_table *t = pair_table_open(4);
    struct fact request = make(FACT_REQUEST, 9, "jdoe", "attempt");
    struct fact answer = make(FACT_ANSWER, 9, NULL, "success"), again = answer;

    (void)state;
    assert_true(pair_fact(t, FLOW, PARSER, 1000, &request));
    assert_true(pair_fact(t, FLOW, PARSER, 2000, &answer));
    assert_true(fact_is(&answer, KEY_ACCOUNT, "jdoe"));
    assert_true(fact_is(&answer, KEY_RESULT, "success"));
    assert_false(pair_fact(t, FLOW, PARSER, 3000, &again)); /* the answer sent twice */
    assert_int_equal(pair_table_unpaired(t), 0);
    pair_table_close(t);
}

static void
test_who_answers_whom(void **state)
{
    static const struct {
        const char *name;
        uint64_t flow;
        unsigned parser;
        uint32_t transaction;
        int64_t time_us;
        const char *account;
        bool is_told, is_completed;
    } cases[] = {
        { "its own", FLOW, PARSER, 9, 2000, NULL, true, true },
        { "another flow", FLOW + 1, PARSER, 9, 2000, NULL, false, false },
        { "another parser", FLOW, PARSER + 1, 9, 2000, NULL, false, false },
        { "another transaction", FLOW, PARSER, 10, 2000, NULL, false, false },
        { "too late", FLOW, PARSER, 9, 90000000, NULL, false, false },
        { "names its own account", FLOW, PARSER, 10, 2000, "eve", true, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pair_table *t = pair_table_open(4);
        struct fact request = make(FACT_REQUEST, 9, "jdoe", "attempt");
        struct fact answer = make(FACT_ANSWER, cases[i].transaction, cases[i].account, "failure");

        pair_fact(t, FLOW, PARSER, 1000, &request);
        if (pair_fact(t, cases[i].flow, cases[i].parser, cases[i].time_us, &answer) !=
                cases[i].is_told ||
            fact_is(&answer, KEY_ACCOUNT, "jdoe") != cases[i].is_completed ||
            pair_table_unpaired(t) != (cases[i].is_told ? 0 : 1))
            fail_msg("%s", cases[i].name);
        pair_table_close(t);
    }
}

static void
test_retransmission_is_told_once(void **state)
{
    struct pair_table *t = pair_table_open(4);
    struct fact request = make(FACT_REQUEST, 9, "jdoe", "attempt"), same = request;
    struct fact other = make(FACT_REQUEST, 9, "eve", "attempt");

    (void)state;
    assert_true(pair_fact(t, FLOW, PARSER, 1000, &request));
    assert_false(pair_fact(t, FLOW, PARSER, 2000, &same));
    assert_true(pair_fact(t, FLOW, PARSER, 3000, &other)); /* the identifier used anew */
    pair_table_close(t);
}

/* Kerberos: an AS-REQ, KDC_ERR_ETYPE_NOSUPP, the same AS-REQ again, its AS-REP. RADIUS: one user's
 * next login under an identifier that came round again. */
static void
test_request_after_its_answer_is_new(void **state)
{
    struct pair_table *t = pair_table_open(4);
    struct fact request = make(FACT_REQUEST, 9, "jdoe", "attempt"), again = request;
    struct fact refused = make(FACT_ANSWER, 9, NULL, "failure");
    struct fact granted = make(FACT_ANSWER, 9, NULL, "success");

    (void)state;
    assert_true(pair_fact(t, FLOW, PARSER, 1000, &request));
    assert_true(pair_fact(t, FLOW, PARSER, 2000, &refused));
    assert_true(pair_fact(t, FLOW, PARSER, 3000, &again));
    assert_true(pair_fact(t, FLOW, PARSER, 4000, &granted));
    assert_true(fact_is(&granted, KEY_ACCOUNT, "jdoe"));
    assert_int_equal(pair_table_unpaired(t), 0);
    pair_table_close(t);
}

static void
test_logout_request_is_kept_back(void **state)
{
    struct pair_table *t = pair_table_open(4);
    struct fact request, answer;

    (void)state;
    fact_begin(&request, FACT_LOGOUT);
    request.pairing = FACT_REQUEST;
    fact_word(&request, KEY_ACCOUNT, "jdoe");
    fact_begin(&answer, FACT_LOGOUT);
    answer.pairing = FACT_ANSWER;
    assert_false(pair_fact(t, FLOW, PARSER, 1000, &request));
    assert_true(pair_fact(t, FLOW, PARSER, 2000, &answer));
    assert_true(fact_is(&answer, KEY_ACCOUNT, "jdoe"));
    pair_table_close(t);
}

static void
test_request_that_goes_on_is_kept_back(void **state)
{
    struct pair_table *t = pair_table_open(4);
    struct fact request = make(FACT_REQUEST, 9, "jdoe", "attempt");
    struct fact answer = make(FACT_ANSWER, 9, NULL, "success");

    (void)state;
    request.is_again = true;
    assert_false(pair_fact(t, FLOW, PARSER, 1000, &request));
    assert_true(pair_fact(t, FLOW, PARSER, 2000, &answer));
    assert_true(fact_is(&answer, KEY_ACCOUNT, "jdoe"));
    pair_table_close(t);
}

static void
test_oldest_request_makes_room(void **state)
{
    struct pair_table *t = pair_table_open(1);
    struct fact answer = make(FACT_ANSWER, 0, NULL, "success");

    (void)state;
    for (uint32_t i = 0; i < 5; i++) {
        struct fact request = make(FACT_REQUEST, i, "jdoe", "attempt");

        assert_true(pair_fact(t, FLOW, PARSER, 1000 + i, &request));
    }
    assert_false(pair_fact(t, FLOW, PARSER, 2000, &answer));
    assert_int_equal(pair_table_unpaired(t), 1);
    pair_table_close(t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answer_is_completed),
        cmocka_unit_test(test_who_answers_whom),
        cmocka_unit_test(test_retransmission_is_told_once),
        cmocka_unit_test(test_request_after_its_answer_is_new),
        cmocka_unit_test(test_logout_request_is_kept_back),
        cmocka_unit_test(test_request_that_goes_on_is_kept_back),
        cmocka_unit_test(test_oldest_request_makes_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
