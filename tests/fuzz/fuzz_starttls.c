/* SPDX-License-Identifier: BSD-2-Clause */
#include "fuzz_parser.h"

extern const struct parser parser_starttls;

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    return fuzz_parser_run(&parser_starttls, bytes, n);
}
