/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The buffer under a capture file: which format it is, refilling, damage, and the names of formats
 * that are not read, so that the message says what to do.
 */
#include "capture_file.h"

#include "../parsers/packet.h"

#include "../parsers/text.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAGIC_BYTES 4
#define LINKS_MAX 65536 /* interfaces of one section; some writers make one for each process */
#define PIPE_WAIT_MS 100

static const struct {
    const char *magic;
    size_t length;
    const char *format;
} foreign_formats[] = {
    { "\x1f\x8b", 2, "compressed: gunzip it first, or pipe it: gunzip -c FILE | farmwatch -r -" },
    { "BZh", 3, "compressed: bunzip2 it first, or pipe it: bunzip2 -c FILE | farmwatch -r -" },
    { "\xfd"
      "7zX",
        4, "compressed: unxz it first, or pipe it: unxz -c FILE | farmwatch -r -" },
    { "\x28\xb5\x2f\xfd", 4,
        "compressed: unzstd it first, or pipe it: unzstd -c FILE | farmwatch -r -" },
    { "\x04\x22\x4d\x18", 4,
        "compressed: unlz4 it first, or pipe it: unlz4 -c FILE | farmwatch -r -" },
    { "PK\x03\x04", 4, "a zip archive: unzip it first" },
    { "snoo", 4, "a Sun snoop capture: convert it with editcap -F pcap" },
    { "GMBU", 4, "a NetMon 2 capture: convert it with editcap -F pcap" },
    { "RTSS", 4, "a NetMon 1 capture: convert it with editcap -F pcap" },
    { "TRSN", 4, "a Sniffer capture: convert it with editcap -F pcap" },
    { "XCP", 4, "a NetXRay capture: convert it with editcap -F pcap" },
    { "\x7fver", 4, "an EtherPeek capture: convert it with editcap -F pcap" },
};

const char *
capture_file_shown(const struct capture_file *f, char room[CAPTURE_SHOWN_SIZE])
{
    text_clean(room, CAPTURE_SHOWN_SIZE, f->path, strlen(f->path));
    return strcmp(room, "-") == 0 ? "standard input" : room;
}

enum capture_step
capture_file_damaged(struct capture_file *f, struct capture_common *common, const char *format, ...)
{
    char shown[CAPTURE_SHOWN_SIZE], reason[256];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(reason, sizeof(reason), format, arguments);
    va_end(arguments);
    capture_fail(common,
        "%s: damaged at byte %llu, packet %llu: %s; the %llu packets before it count",
        capture_file_shown(f, shown), (unsigned long long)f->base + f->at,
        (unsigned long long)f->number + 1, reason, (unsigned long long)f->number);
    f->fate = CAPTURE_FATE_BROKEN;
    return CAPTURE_STEP_END;
}

enum capture_step
capture_file_short(struct capture_file *f, struct capture_common *common, size_t need)
{
    size_t left = f->end - f->at;

    if (!f->is_at_eof) {
        f->need = need;
        return CAPTURE_STEP_SHORT;
    }
    if (left == 0 && f->skip_total == 0 && f->read != NULL)
        return CAPTURE_STEP_END;
    return capture_file_damaged(
        f, common, "cut short: %zu bytes are needed, %zu are there", need, left);
}

struct capture_interface *
capture_file_add_link(
    struct capture_file *f, struct capture_common *common, uint32_t link_type, uint32_t snaplen)
{
    char shown[CAPTURE_SHOWN_SIZE];
    struct capture_interface *links = f->links;

    if (f->link_count == f->link_room) {
        uint32_t room = f->link_room == 0 ? 1 : f->link_room * 2;

        links = room > LINKS_MAX ? NULL : realloc(f->links, room * sizeof(*links));
        if (links == NULL)
            return NULL;
        f->links = links;
        f->link_room = room;
    }
    if (!packet_knows_link_type(link_type))
        capture_fail(common,
            "%s: link type %" PRIu32 " is not known here: its packets are not decoded",
            capture_file_shown(f, shown), link_type);
    links += f->link_count++;
    *links = (struct capture_interface){ .link_type = link_type,
        .snaplen = snaplen,
        .resolution = 6,
        .code = capture_filter_code(common, capture_file_shown(f, shown), link_type) };
    return links;
}

static const char *
foreign_format(const uint8_t *p)
{
    for (size_t i = 0; i < sizeof(foreign_formats) / sizeof(foreign_formats[0]); i++)
        if (memcmp(p, foreign_formats[i].magic, foreign_formats[i].length) == 0)
            return foreign_formats[i].format;
    return NULL;
}

static enum capture_step
recognise(struct capture_file *f, struct capture_common *common)
{
    enum capture_step step;

    if (f->end - f->at < MAGIC_BYTES) {
        if (!f->is_at_eof)
            return capture_file_short(f, common, MAGIC_BYTES);
        f->fate = f->end == 0 ? CAPTURE_FATE_EMPTY : CAPTURE_FATE_FOREIGN;
        return CAPTURE_STEP_END;
    }
    step = capture_classic_begin(f, common);
    if (step != CAPTURE_STEP_END || f->fate != CAPTURE_FATE_FOREIGN)
        return step;
    f->fate = CAPTURE_FATE_GOOD;
    step = capture_pcapng_begin(f, common);
    if (step == CAPTURE_STEP_END && f->fate == CAPTURE_FATE_FOREIGN)
        f->foreign = foreign_format(f->buffer + f->at);
    return step;
}

enum capture_step
capture_file_fill(struct capture_file *f, struct capture_common *common, struct capture_fill *fill)
{
    if (f->read == NULL) {
        enum capture_step step = recognise(f, common);

        if (step != CAPTURE_STEP_LATER)
            return step;
    }
    return f->read(f, common, fill);
}

static enum capture_step
unreadable(struct capture_file *f, struct capture_common *common, const char *what, int error)
{
    char shown[CAPTURE_SHOWN_SIZE];

    capture_fail(common, "%s: cannot %s at byte %llu: %s", capture_file_shown(f, shown), what,
        (unsigned long long)f->base + f->end, strerror(error));
    f->fate = CAPTURE_FATE_BROKEN;
    return CAPTURE_STEP_END;
}

/* Opens the file where it was left off. */
static int
reopen(struct capture_file *f)
{
    f->fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (f->fd < 0)
        return -1;
    (void)posix_fadvise(f->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    return lseek(f->fd, (off_t)(f->base + f->end), SEEK_SET) < 0 ? -1 : 0;
}

static void
give_back_descriptor(struct capture_file *f)
{
    if (f->fd >= 0 && f->is_reopenable) {
        close(f->fd);
        f->fd = -1;
    }
}

/* The tail to the start, and room for what is needed. */
static bool
make_room(struct capture_file *f)
{
    size_t left = f->end - f->at;

    if (f->at > 0 && left > 0)
        memmove(f->buffer, f->buffer + f->at, left);
    f->base += f->at;
    f->at = 0;
    f->end = left;
    if (f->buffer == NULL || f->need > f->capacity) {
        size_t capacity = f->need > f->capacity ? f->need : f->capacity;
        uint8_t *grown = realloc(f->buffer, capacity);

        if (grown == NULL)
            return false;
        f->buffer = grown;
        f->capacity = capacity;
    }
    return true;
}

enum capture_step
capture_file_refill(struct capture_file *f, struct capture_common *common, bool may_hold)
{
    if (!make_room(f))
        return capture_file_damaged(f, common, "out of memory");
    if (f->fd < 0 && reopen(f) < 0)
        return unreadable(f, common, "open", errno);
    while (f->end < f->need && !f->is_at_eof) {
        struct pollfd waiting = { .fd = f->fd, .events = POLLIN };
        ssize_t n;

        if (!f->is_regular && poll(&waiting, 1, PIPE_WAIT_MS) <= 0)
            return CAPTURE_STEP_WAIT;
        n = read(f->fd, f->buffer + f->end, f->capacity - f->end);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return unreadable(f, common, "read", errno);
        f->is_at_eof = n == 0;
        f->end += (size_t)n;
        f->counted += (uint64_t)n;
        if (f->is_started)
            common->counts.bytes_read += (uint64_t)n;
    }
    if (f->is_at_eof || !may_hold)
        give_back_descriptor(f);
    return CAPTURE_STEP_LATER;
}

void
capture_file_release(struct capture_file *f)
{
    if (f->fd >= 0)
        close(f->fd);
    f->fd = -1;
    free(f->buffer);
    f->buffer = NULL;
    f->at = f->end = 0;
    free(f->links);
    f->links = NULL;
    f->link_count = f->link_room = 0;
}

void
capture_file_rewind(struct capture_file *f)
{
    capture_file_release(f);
    f->base = 0;
    f->number = 0;
    f->counted = 0;
    f->skip = 0;
    f->skip_total = 0;
    f->read = NULL;
    f->is_at_eof = false;
    f->said_odd_time = f->said_no_time = false;
}
