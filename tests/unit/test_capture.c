/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The capture: formats, order of the merge, damage and what is said about it. Files are built byte
 * by byte from the pcap and pcapng drafts; frame counting was taken from TShark 4.0.
 */
/* clang-format off */
/* links: sensor/capture.c sensor/capture_filter.c sensor/capture_file.c sensor/capture_classic.c sensor/capture_pcapng.c sensor/capture_walk.c sensor/capture_merge.c sensor/capture_live.c parsers/packet*.c parsers/text.c */
/* clang-format on */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../../sensor/capture.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECONDS 1700000000u
#define FRAME 60u

struct bytes {
    uint8_t at[8192];
    size_t n;
    bool is_big;
};

struct heard {
    char text[8192];
};

struct seen {
    unsigned count;
    bool had_errors, opened, bad_filter;
    struct capture_counts counts;
    struct {
        char name[64];
        int64_t time_us;
        uint64_t number;
        uint32_t captured, length, link_type;
    } packets[256];
};

static char folder[64];
static struct heard heard;

static void
put(struct bytes *b, uint64_t value, unsigned width)
{
    for (unsigned i = 0; i < width; i++)
        b->at[b->n++] = (uint8_t)(value >> 8 * (b->is_big ? width - 1 - i : i));
}

static void
put_frame(struct bytes *b, size_t n)
{
    static const uint8_t ethernet[] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45 };

    memset(b->at + b->n, 0, n);
    memcpy(b->at + b->n, ethernet, n < sizeof(ethernet) ? n : sizeof(ethernet));
    b->n += n;
}

static void
classic(struct bytes *b, bool is_big, uint32_t magic, uint32_t link_type)
{
    b->n = 0;
    b->is_big = is_big;
    put(b, magic, 4);
    put(b, 2, 2);
    put(b, 4, 2);
    put(b, 0, 8);
    put(b, 40, 4); /* a snapshot length that the records do not keep to */
    put(b, link_type, 4);
}

static void
record(struct bytes *b, uint32_t seconds, uint32_t fraction)
{
    put(b, seconds, 4);
    put(b, fraction, 4);
    put(b, FRAME, 4);
    put(b, FRAME + 40, 4);
    put_frame(b, FRAME);
}

static void
block(struct bytes *b, uint32_t type, const struct bytes *body)
{
    size_t padded = (body->n + 3) / 4 * 4;

    put(b, type, 4);
    put(b, padded + 12, 4);
    memcpy(b->at + b->n, body->at, body->n);
    memset(b->at + b->n + body->n, 0, padded - body->n);
    b->n += padded;
    put(b, padded + 12, 4);
}

static void
section(struct bytes *b, bool is_big)
{
    struct bytes body = { .is_big = is_big };

    b->is_big = is_big;
    put(&body, 0x1a2b3c4d, 4);
    put(&body, 1, 2);
    put(&body, 0, 2);
    put(&body, UINT64_MAX, 8);
    block(b, 0x0a0d0d0a, &body);
}

static void
interface(struct bytes *b, uint32_t link_type, unsigned resolution, uint64_t offset_s)
{
    struct bytes body = { .is_big = b->is_big };

    put(&body, link_type, 2);
    put(&body, 0, 2);
    put(&body, 0, 4);
    put(&body, 9, 2);
    put(&body, 1, 2);
    put(&body, resolution, 1);
    body.n += 3;
    put(&body, 14, 2);
    put(&body, 8, 2);
    put(&body, offset_s, 8);
    put(&body, 0, 4);
    block(b, 1, &body);
}

static void
enhanced(struct bytes *b, uint32_t id, uint64_t ticks)
{
    struct bytes body = { .is_big = b->is_big };

    put(&body, id, 4);
    put(&body, ticks >> 32, 4);
    put(&body, ticks & UINT32_MAX, 4);
    put(&body, FRAME, 4);
    put(&body, FRAME, 4);
    put_frame(&body, FRAME);
    block(b, 6, &body);
}

static void
save(const char *name, const struct bytes *b, size_t n)
{
    char path[128];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(b->at, 1, n, file), n);
    fclose(file);
}

static void
hear(void *context, const char *line)
{
    struct heard *h = context;
    size_t used = strlen(h->text);

    snprintf(h->text + used, sizeof(h->text) - used, "%s\n", line);
}

static void
run(struct seen *s, const char *filter, const char *const *names, unsigned count)
{
    char room[8][128];
    const char *paths[8];
    struct capture_request request = {
        .paths = paths, .path_count = count, .filter = filter, .message = hear, .context = &heard
    };
    struct capture_packet batch[CAPTURE_BATCH];
    struct capture *c;
    unsigned n;

    for (unsigned i = 0; i < count; i++) {
        snprintf(room[i], sizeof(room[i]), "%s/%s", folder, names[i]);
        paths[i] = strcmp(names[i], "-") == 0 ? "-" : room[i];
    }
    memset(s, 0, sizeof(*s));
    heard.text[0] = '\0';
    c = capture_open(&request, &s->bad_filter);
    s->opened = c != NULL;
    if (c == NULL)
        return;
    while ((n = capture_read(c, batch)) > 0 || !capture_at_end(c))
        for (unsigned i = 0; i < n; i++, s->count++) {
            assert_true(s->count < 256);
            snprintf(s->packets[s->count].name, 64, "%s", capture_name(c, batch[i].capture));
            s->packets[s->count].time_us = batch[i].time_us;
            s->packets[s->count].number = batch[i].number;
            s->packets[s->count].captured = batch[i].captured;
            s->packets[s->count].length = batch[i].length;
            s->packets[s->count].link_type = batch[i].link_type;
            assert_int_equal(batch[i].data[0], 2);
        }
    s->had_errors = capture_had_errors(c);
    capture_get_counts(c, &s->counts);
    capture_close(c);
}

static void
run_one(struct seen *s, const char *name)
{
    run(s, NULL, &name, 1);
}

static void
classic_pcap_in_every_form(void **state)
{
    static const struct {
        const char *name;
        bool is_big;
        uint32_t magic, link_field, link_type, fraction;
    } forms[] = {
        { "little, micro", false, 0xa1b2c3d4, 1, 1, 123456 },
        { "big, micro", true, 0xa1b2c3d4, 1, 1, 123456 },
        { "little, nano rounds down", false, 0xa1b23c4d, 1, 1, 123456999 },
        { "big, nano", true, 0xa1b23c4d, 113, 113, 123456000 },
        { "frame check bits above the link", false, 0xa1b2c3d4, 0x44000001, 1, 123456 },
        { "raw IP as BSD wrote it", false, 0xa1b2c3d4, 12, 101, 123456 },
    };
    struct bytes b;
    struct seen s;

    (void)state;
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        print_message("%s\n", forms[i].name);
        classic(&b, forms[i].is_big, forms[i].magic, forms[i].link_field);
        record(&b, SECONDS, forms[i].fraction);
        save("form.pcap", &b, b.n);
        run_one(&s, "form.pcap");
        assert_int_equal(s.count, 1);
        assert_int_equal(s.packets[0].time_us, SECONDS * INT64_C(1000000) + 123456);
        assert_int_equal(s.packets[0].link_type, forms[i].link_type);
        assert_int_equal(s.packets[0].captured, FRAME);
        assert_int_equal(s.packets[0].length, FRAME + 40);
        assert_int_equal(s.packets[0].number, 1);
        assert_false(s.had_errors);
    }
}

static void
pcapng_sections_interfaces_and_clocks(void **state)
{
    const int64_t t = SECONDS * INT64_C(1000000);
    struct bytes b = { .n = 0 }, custom = { .n = 0 };
    struct seen s;

    (void)state;
    section(&b, false);
    interface(&b, 1, 9, 0);
    interface(&b, 113, 0x80 | 20, 0);
    enhanced(&b, 0, SECONDS * UINT64_C(1000000000) + 5999);
    put(&custom, 12345, 4);
    block(&b, 0xbad, &custom);  /* counts as a frame */
    block(&b, 0x7777, &custom); /* does not */
    enhanced(&b, 1, ((uint64_t)SECONDS << 20) + (1 << 19));
    section(&b, true);
    interface(&b, 1, 6, (uint64_t)-3600);
    enhanced(&b, 0, (uint64_t)t + 3600000000u + 700000);
    save("many.pcapng", &b, b.n);
    run_one(&s, "many.pcapng");
    assert_string_equal(heard.text, "");
    assert_int_equal(s.count, 3);
    assert_int_equal(s.packets[0].time_us, t + 5);
    assert_int_equal(s.packets[1].time_us, t + 500000);
    assert_int_equal(s.packets[1].link_type, 113);
    assert_int_equal(s.packets[1].number, 3);
    assert_int_equal(s.packets[2].time_us, t + 700000);
    assert_false(s.had_errors);
}

static void
merge_goes_by_time_then_path(void **state)
{
    const char *names[] = { "a.pcap", "b.pcap" };
    static const char *const order[] = { "a1", "b1", "b2", "a2", "b3", "a3" };
    struct bytes b;
    struct seen s;

    (void)state;
    classic(&b, false, 0xa1b2c3d4, 1);
    record(&b, SECONDS, 0);
    record(&b, SECONDS + 20, 0);
    record(&b, SECONDS + 40, 0);
    save("a.pcap", &b, b.n);
    classic(&b, true, 0xa1b23c4d, 1);
    record(&b, SECONDS, 0);
    record(&b, SECONDS + 10, 0);
    record(&b, SECONDS + 30, 0);
    save("b.pcap", &b, b.n);
    run(&s, NULL, names, 2);
    assert_int_equal(s.count, 6);
    for (unsigned i = 0; i < 6; i++) {
        assert_int_equal(s.packets[i].name[0], order[i][0]);
        assert_int_equal(s.packets[i].number, order[i][1] - '0');
    }
    assert_int_equal(s.counts.bytes_read, s.counts.bytes_total);
}

static void
every_cut_keeps_what_came_before(void **state)
{
    struct bytes b;
    struct seen s;

    (void)state;
    classic(&b, false, 0xa1b2c3d4, 1);
    record(&b, SECONDS, 0);
    record(&b, SECONDS, 1);
    for (size_t cut = 1; cut < b.n; cut++) {
        bool is_whole = cut == 24 || cut == 24 + 16 + FRAME;
        unsigned whole = cut < 24 + 16 + FRAME ? 0 : 1;

        save("cut.pcap", &b, cut);
        run_one(&s, "cut.pcap");
        assert_int_equal(s.count, whole);
        if (is_whole)
            assert_false(s.had_errors);
        else
            assert_non_null(strstr(heard.text, "cut.pcap: "));
        if (cut > 24 && !is_whole)
            assert_non_null(strstr(heard.text,
                whole == 0 ? "byte 24, packet 1: cut short" : "byte 100, packet 2: cut short"));
    }
}

static void
bad_input_is_named_and_the_rest_is_read(void **state)
{
    static const struct {
        const char *name, *bytes;
        size_t n;
        const char *said;
    } inputs[] = {
        { "empty.pcap", "", 0, "empty.pcap: empty: 0 bytes" },
        { "text.pcap", "# notes", 7, "text.pcap: neither a pcap nor a pcapng capture" },
        { "x.pcap.gz", "\x1f\x8b\x08\x00", 4, "x.pcap.gz: compressed: gunzip it first" },
        { "v9.pcap", "\xd4\xc3\xb2\xa1\x09\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0", 24,
            "version 9.4" },
        { "huge.pcap",
            "\xd4\xc3\xb2\xa1\2\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\xff\xff\xff"
            "\x7f"
            "\0\0\0\0",
            40, "huge.pcap: damaged at byte 24, packet 1: a captured length of 2147483647 bytes" },
    };
    struct bytes good;
    struct seen s;

    (void)state;
    classic(&good, false, 0xa1b2c3d4, 1);
    record(&good, SECONDS, 0);
    save("good.pcap", &good, good.n);
    for (size_t i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++) {
        const char *names[] = { inputs[i].name, "good.pcap" };
        struct bytes b;

        memcpy(b.at, inputs[i].bytes, inputs[i].n);
        save(inputs[i].name, &b, inputs[i].n);
        run(&s, NULL, names, 2);
        if (strstr(heard.text, inputs[i].said) == NULL)
            fail_msg("%s: said: %s", inputs[i].name, heard.text);
        assert_int_equal(s.count, 1);
        assert_true(s.had_errors);
        assert_int_equal(s.counts.captures_failed, 1);
    }
}

static void
a_folder_is_walked_in_order_and_other_files_are_no_error(void **state)
{
    const char *name = "tree";
    struct bytes b;
    struct seen s;
    char path[128];

    (void)state;
    snprintf(path, sizeof(path), "%s/tree", folder);
    mkdir(path, 0700);
    snprintf(path, sizeof(path), "%s/tree/m", folder);
    mkdir(path, 0700);
    classic(&b, false, 0xa1b2c3d4, 1);
    record(&b, SECONDS, 0);
    save("tree/z.pcap", &b, b.n);
    save("tree/m/k\x1b.pcap", &b, b.n);
    save("tree/a.pcap", &b, b.n);
    memcpy(b.at, "read me", 7);
    save("tree/README", &b, 7);
    run_one(&s, name);
    assert_int_equal(s.count, 3);
    assert_string_equal(s.packets[0].name, "a.pcap");
    assert_string_equal(s.packets[1].name, "k\\x1b.pcap");
    assert_string_equal(s.packets[2].name, "z.pcap");
    assert_non_null(strstr(heard.text, "README"));
    assert_false(s.had_errors);
}

static void
filter_counts_what_it_drops_and_a_bad_one_is_refused(void **state)
{
    const char *name = "filter.pcap";
    struct bytes b;
    struct seen s;

    (void)state;
    classic(&b, false, 0xa1b2c3d4, 1);
    record(&b, SECONDS, 0);
    b.at[b.n - FRAME + 13] = 6; /* ARP */
    record(&b, SECONDS, 1);
    save(name, &b, b.n);
    run(&s, "ip", &name, 1);
    assert_int_equal(s.count, 1);
    assert_int_equal(s.packets[0].number, 2);
    assert_int_equal(s.counts.filtered, 1);
    run(&s, "ip and nonsense[", &name, 1);
    assert_false(s.opened);
    assert_true(s.bad_filter);
    run(&s, "wlan type mgt", &name, 1);
    assert_true(s.opened);
    assert_int_equal(s.count, 0);
    assert_true(s.had_errors);
}

static void
standard_input_may_be_a_pipe(void **state)
{
    const char *name = "-";
    struct bytes b;
    struct seen s;
    int ends[2], kept = dup(0);

    (void)state;
    classic(&b, false, 0xa1b2c3d4, 1);
    record(&b, SECONDS, 0);
    record(&b, SECONDS, 1);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], b.at, b.n), b.n);
    close(ends[1]);
    dup2(ends[0], 0);
    run(&s, NULL, &name, 1);
    dup2(kept, 0);
    close(kept);
    close(ends[0]);
    assert_int_equal(s.count, 2);
    assert_string_equal(s.packets[0].name, "stdin");
    assert_int_equal(s.counts.bytes_total, 0);
}

static int
make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/test_capture.XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int
remove_folder(void **state)
{
    char command[128];

    (void)state;
    snprintf(command, sizeof(command), "rm -r %s", folder);
    return system(command);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classic_pcap_in_every_form),
        cmocka_unit_test(pcapng_sections_interfaces_and_clocks),
        cmocka_unit_test(merge_goes_by_time_then_path),
        cmocka_unit_test(every_cut_keeps_what_came_before),
        cmocka_unit_test(bad_input_is_named_and_the_rest_is_read),
        cmocka_unit_test(a_folder_is_walked_in_order_and_other_files_are_no_error),
        cmocka_unit_test(filter_counts_what_it_drops_and_a_bad_one_is_refused),
        cmocka_unit_test(standard_input_may_be_a_pipe),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
