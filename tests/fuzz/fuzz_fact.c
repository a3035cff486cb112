/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Facts filled from arbitrary keys and bytes: text stays clean when cleaned again, and filling an
 * empty fact from a full one gives the same values.
 */
#include "../../parsers/fact.h"
#include "../../parsers/rd.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct rd r = rd_of(bytes, n);
    struct fact f, copy;
    struct fact_value value;
    unsigned cursor = 0;

    fact_begin(&f, FACT_LOGIN);
    while (rd_left(&r) > 0) {
        enum fact_key key = rd_u8(&r) % (KEY_COUNT + 1);
        struct rd text = rd_sub_upto(&r, rd_u8(&r));

        fact_text(&f, key, text.p, rd_left(&text));
        fact_number(&f, key, (int64_t)rd_left(&text));
        fact_flag(&f, key);
    }
    fact_begin(&copy, FACT_LOGIN);
    while (fact_next(&f, &cursor, &value))
        if (value.type == FACT_TYPE_TEXT) {
            fact_word(&copy, value.key, value.text);
            if (!fact_is(&copy, value.key, value.text))
                abort();
        }
    fact_fill(&copy, &f);
    if (copy.length != f.length)
        abort();
    return 0;
}
