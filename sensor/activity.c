/* SPDX-License-Identifier: BSD-2-Clause */
#include "activity.h"
#include <math.h>
#include <string.h>

#define S_US INT64_C(1000000)
#define WINDOW_US (ACTIVITY_WINDOW_S * S_US)
#define KILOBYTE 1000u
#define TEXT_ROOM (ACTIVITY_WINDOW_S / 4 + 1)

bool
activity_is_over(const struct activity *a, int64_t time_us)
{
    return a->is_begun && time_us / WINDOW_US > a->window;
}

void
activity_turn(struct activity *a)
{
    int64_t last_us = a->last_us;

    memset(a, 0, sizeof *a);
    a->last_us = last_us;
}

/* The second within the window, or -1. */
static int
second_of(struct activity *a, int64_t time_us)
{
    int64_t window = time_us / WINDOW_US;

    if (!a->is_begun) {
        a->is_begun = true;
        a->window = window;
    }
    return window == a->window && time_us >= 0 ? (int)(time_us % WINDOW_US / S_US) : -1;
}

void
activity_add_second(struct activity *a, unsigned direction, int64_t time_us)
{
    int second = second_of(a, time_us);

    if (second >= 0)
        a->seconds[direction][second / 8] |= (uint8_t)(0x80u >> second % 8);
}

static void
add_gap(struct activity *a, int64_t time_us)
{
    int64_t gap_us = time_us - a->last_us;

    if (a->last_us != 0 && gap_us >= 0) {
        a->gap_count++;
        a->gap_sum_us += (double)gap_us;
        a->gap_squares += (double)gap_us * (double)gap_us;
        if (gap_us > a->longest_us)
            a->longest_us = gap_us;
    }
    if (gap_us >= 0)
        a->last_us = time_us;
}

void
activity_add_packet(struct activity *a, unsigned direction, uint32_t bytes, int64_t time_us)
{
    int second = second_of(a, time_us);
    uint8_t *packets;

    if (second < 0)
        return;
    packets = &a->packets[direction][second / 60];
    if (*packets < ACTIVITY_PACKETS_MAX)
        ++*packets;
    a->bytes[second / 60] += bytes;
    if (direction == 0)
        add_gap(a, time_us);
}

void
activity_add(struct activity *a, unsigned direction, uint32_t bytes, int64_t time_us)
{
    activity_add_second(a, direction, time_us);
    activity_add_packet(a, direction, bytes, time_us);
}

static void
put_hex(struct fact *f, enum fact_key key, const uint8_t *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    char text[TEXT_ROOM];

    while (n > 0 && bytes[n - 1] == 0)
        n--;
    for (size_t i = 0; i < n; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 0x0f];
    }
    fact_text(f, key, text, 2 * n);
}

void
activity_fact(const struct activity *a, struct fact *f)
{
    uint8_t kilobytes[ACTIVITY_MINUTES];
    double mean_us, variance;

    if (!a->is_begun)
        return;
    for (unsigned i = 0; i < ACTIVITY_MINUTES; i++)
        kilobytes[i] =
            a->bytes[i] / KILOBYTE < UINT8_MAX ? (uint8_t)(a->bytes[i] / KILOBYTE) : UINT8_MAX;
    fact_number(f, KEY_BINS_START, a->window * ACTIVITY_WINDOW_S);
    put_hex(f, KEY_BINS_OUT, a->seconds[0], sizeof a->seconds[0]);
    put_hex(f, KEY_BINS_IN, a->seconds[1], sizeof a->seconds[1]);
    put_hex(f, KEY_BINS_PACKETS_OUT, a->packets[0], sizeof a->packets[0]);
    put_hex(f, KEY_BINS_PACKETS_IN, a->packets[1], sizeof a->packets[1]);
    put_hex(f, KEY_BINS_KILOBYTES, kilobytes, sizeof kilobytes);
    if (a->gap_count == 0)
        return;
    mean_us = a->gap_sum_us / a->gap_count;
    variance = a->gap_squares / a->gap_count - mean_us * mean_us;
    fact_number(f, KEY_GAPS_COUNT, a->gap_count);
    fact_number(f, KEY_GAPS_MEAN_US, (int64_t)mean_us);
    fact_number(f, KEY_GAPS_DEVIATION_US, variance > 0 ? (int64_t)sqrt(variance) : 0);
    fact_number(f, KEY_GAPS_LONGEST_US, a->longest_us);
}

static int
digit_of(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
get_hex(const struct fact *f, enum fact_key key, uint8_t *bytes, size_t room)
{
    const char *text = fact_get_text(f, key);
    size_t n = text == NULL ? 0 : strlen(text);

    memset(bytes, 0, room);
    if (n % 2 != 0 || n / 2 > room)
        return false;
    for (size_t i = 0; i < n; i += 2) {
        int high = digit_of(text[i]), low = digit_of(text[i + 1]);

        if (high < 0 || low < 0)
            return false;
        bytes[i / 2] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static int64_t
get_number(const struct fact *f, enum fact_key key)
{
    int64_t value = 0;

    return fact_get_number(f, key, &value) && value > 0 ? value : 0;
}

bool
activity_read(const struct fact *f, struct activity *a, struct activity_gaps *gaps)
{
    uint8_t kilobytes[ACTIVITY_MINUTES];
    int64_t start, count = get_number(f, KEY_GAPS_COUNT);

    memset(a, 0, sizeof *a);
    if (!fact_get_number(f, KEY_BINS_START, &start) || start < 0 ||
        start > INT64_MAX / S_US - ACTIVITY_WINDOW_S || start % ACTIVITY_WINDOW_S != 0 ||
        !get_hex(f, KEY_BINS_OUT, a->seconds[0], sizeof a->seconds[0]) ||
        !get_hex(f, KEY_BINS_IN, a->seconds[1], sizeof a->seconds[1]) ||
        !get_hex(f, KEY_BINS_PACKETS_OUT, a->packets[0], sizeof a->packets[0]) ||
        !get_hex(f, KEY_BINS_PACKETS_IN, a->packets[1], sizeof a->packets[1]) ||
        !get_hex(f, KEY_BINS_KILOBYTES, kilobytes, sizeof kilobytes))
        return false;
    a->is_begun = true;
    a->window = start / ACTIVITY_WINDOW_S;
    for (unsigned i = 0; i < ACTIVITY_MINUTES; i++)
        a->bytes[i] = kilobytes[i] * KILOBYTE;
    *gaps = (struct activity_gaps){
        .count = count > UINT32_MAX ? UINT32_MAX : (uint32_t)count,
        .mean_us = get_number(f, KEY_GAPS_MEAN_US),
        .deviation_us = get_number(f, KEY_GAPS_DEVIATION_US),
        .longest_us = get_number(f, KEY_GAPS_LONGEST_US),
    };
    return true;
}
