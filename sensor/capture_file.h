/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One capture file (or pipe) as a stream of packets over large reads.
 *
 * Packets point into the read buffer; nothing is copied but the tail of a buffer that a record
 * straddles. A regular file holds a descriptor only while it must: it is opened again where it was
 * left off. Damage ends the file, is said with byte offset and packet, and keeps what came before.
 */
#ifndef SENSOR_CAPTURE_FILE_H
#define SENSOR_CAPTURE_FILE_H

#include "capture_common.h"

#include <stddef.h>

enum capture_step {
    CAPTURE_STEP_LATER, /* the next packet comes after `until`; key says when */
    CAPTURE_STEP_FULL,  /* no room left in the batch */
    CAPTURE_STEP_SHORT, /* `need` bytes must be in the buffer: capture_file_refill() */
    CAPTURE_STEP_WAIT,  /* a pipe has nothing yet */
    CAPTURE_STEP_END,   /* of the file; fate says why */
};

enum capture_fate {
    CAPTURE_FATE_GOOD,
    CAPTURE_FATE_EMPTY,   /* 0 bytes */
    CAPTURE_FATE_FOREIGN, /* not a capture, or of a format that is not read */
    CAPTURE_FATE_BROKEN,  /* unreadable or damaged; said already */
};

struct capture_file;

/* Where a batch is filled: up to CAPTURE_BATCH packets, none later than `until`. */
struct capture_fill {
    struct capture_packet *out;
    unsigned count;
    int64_t until;
};

typedef enum capture_step (*capture_reader)(
    struct capture_file *f, struct capture_common *common, struct capture_fill *fill);

struct capture_interface { /* pcapng: one interface of a section; classic: the file's only one */
    const struct bpf_insn *code;
    uint32_t link_type;
    uint32_t snaplen;   /* 0: none */
    uint8_t resolution; /* if_tsresol: 10^-n, or 2^-(n & 0x7f) when the top bit is set */
    int64_t offset_s;   /* if_tsoffset */
};

struct capture_file {
    uint8_t *buffer;
    size_t at, end, capacity; /* unread: buffer[at] to buffer[end] */
    size_t need;              /* bytes from `at` on that CAPTURE_STEP_SHORT asks for */
    int64_t key;              /* highest packet time so far, the peeked packet's included */
    uint64_t number;          /* packets passed */
    uint64_t batch;           /* the last batch that points into the buffer */
    capture_reader read;      /* by format; NULL before the magic number was seen */
    bool is_big, is_nano;
    bool is_regular, is_reopenable, is_at_eof, is_started;
    bool said_odd_time, said_no_time;
    enum capture_fate fate;
    uint32_t index; /* of the capture, and rank between equal times */
    int fd;
    uint64_t base; /* offset in the file of buffer[0] */
    uint64_t size; /* 0 for a pipe */
    uint64_t counted;
    const char *path;
    char *name;                      /* printable base name */
    bool is_in_folder;               /* found by a walk, not named by the user */
    const char *foreign;             /* the foreign format, when it is known */
    uint32_t record_header;          /* classic: bytes of a record's header */
    bool may_swap_lengths;           /* classic: version 2.3 and before */
    uint64_t skip;                   /* pcapng: bytes of an unneeded block still to pass */
    uint32_t skip_total;             /* pcapng: its total length, 0 when none */
    struct capture_interface *links; /* interfaces of the section; classic: one */
    uint32_t link_count, link_room;
    struct capture_file *next_finished;
};

/* Buffer sizes by how many files are being read at once. */
#define CAPTURE_BUFFER_LARGE (1u << 20)
#define CAPTURE_BUFFER_MEDIUM (64u << 10)
#define CAPTURE_BUFFER_SMALL (16u << 10)

/* Packets up to fill->until into fill->out. */
enum capture_step capture_file_fill(
    struct capture_file *f, struct capture_common *common, struct capture_fill *fill);
/* Reads until `need` bytes are there or the file ends. The buffer may move: no packet of it may be
 * in use. `may_hold` false: gives a regular file's descriptor back at once. LATER (try again), WAIT
 * or END. */
enum capture_step capture_file_refill(
    struct capture_file *f, struct capture_common *common, bool may_hold);
/* Back to the beginning with nothing held; only for a reopenable file. */
void capture_file_rewind(struct capture_file *f);
/* Gives back buffer and descriptor; name and counters stay. */
void capture_file_release(struct capture_file *f);
/* The path made printable, for messages. */
const char *capture_file_shown(const struct capture_file *f, char room[CAPTURE_SHOWN_SIZE]);

/* For the format readers. */

/* The file ends here because of `format`; says so. */
enum capture_step capture_file_damaged(struct capture_file *f, struct capture_common *common,
    const char *format, ...) __attribute__((format(printf, 3, 4)));
/* `need` bytes are asked for: SHORT, or END when the file has no more (damage when it ends within a
 * record). */
enum capture_step capture_file_short(
    struct capture_file *f, struct capture_common *common, size_t need);
/* Adds an interface; NULL when memory is short or there are absurdly many. */
struct capture_interface *capture_file_add_link(
    struct capture_file *f, struct capture_common *common, uint32_t link_type, uint32_t snaplen);
/* Reads the file header at `at` when the magic number is theirs. LATER: known, go on with f->read.
 * END with fate foreign: not theirs. */
enum capture_step capture_classic_begin(struct capture_file *f, struct capture_common *common);
enum capture_step capture_pcapng_begin(struct capture_file *f, struct capture_common *common);

static inline uint32_t
capture_load32(const uint8_t *p, bool is_big)
{
    uint32_t big = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];

    return is_big ? big : __builtin_bswap32(big);
}

#endif
