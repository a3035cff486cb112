/* SPDX-License-Identifier: BSD-2-Clause */
#include "fuzz_parser.h"

extern const struct parser parser_zerotier;

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    return fuzz_parser_run(&parser_zerotier, bytes, n);
}
