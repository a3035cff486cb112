/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The packets of packet_samples.h by their names, as bytes.
 */
#ifndef TESTS_PACKET_CHECK_H
#define TESTS_PACKET_CHECK_H

#include "packet_samples.h"
#include "parse_check.h"

#define FRAME_MAX 1024

static inline uint32_t
packet_check_bytes(uint8_t frame[FRAME_MAX], const char *hex)
{
    size_t n = parse_check_hex(frame, FRAME_MAX, hex);

    assert_int_equal(2 * n, strlen(hex));
    return (uint32_t)n;
}

static inline const struct sample *
packet_check_sample(const char *name)
{
    for (size_t i = 0; i < COUNT(samples); i++)
        if (strcmp(samples[i].name, name) == 0)
            return &samples[i];
    fail_msg("no sample %s", name);
    return NULL;
}

#endif
