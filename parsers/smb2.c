/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SMB 2 and 3 ([MS-SMB2]): the security tokens of session setups, the status of their answers, and
 * what is written to and read from named pipes. A message may hold several commands one behind the
 * other; each has its own header.
 */
#include "gss.h"
#include "smb_internal.h"

#define FLAG_RESPONSE 0x00000001u
#define STRUCTURE_SIZE 64
#define COMMAND_SESSION_SETUP 1
#define COMMAND_READ 8
#define COMMAND_WRITE 9
#define COMMAND_IOCTL 11
#define COMPOUND_MAX 16
#define SESSION_IS_GUEST 0x0001u

struct header {
    uint32_t status, flags, next;
    uint16_t command;
    uint64_t message_id;
};

/* Where a command says what it carries: an offset from the header and, behind it, a length, both as
 * wide as that. */
static const struct buffer {
    uint8_t command;
    bool is_response;
    uint8_t at; /* from the header on */
    uint8_t offset_octets, length_octets;
} buffers[] = {
    { COMMAND_SESSION_SETUP, false, SMB2_HEADER + 12, 2, 2 },
    { COMMAND_SESSION_SETUP, true, SMB2_HEADER + 4, 2, 2 },
    { COMMAND_WRITE, false, SMB2_HEADER + 2, 2, 4 },
    { COMMAND_READ, true, SMB2_HEADER + 2, 2, 4 }, /* one octet, and one that is 0 */
    { COMMAND_IOCTL, false, SMB2_HEADER + 24, 4, 4 },
    { COMMAND_IOCTL, true, SMB2_HEADER + 32, 4, 4 },
};

static bool
read_header(struct rd r, struct header *h)
{
    uint16_t size;

    rd_skip(&r, 4); /* the magic */
    size = rd_u16_le(&r);
    rd_skip(&r, 2); /* credit charge */
    h->status = rd_u32_le(&r);
    h->command = rd_u16_le(&r);
    rd_skip(&r, 2); /* credits */
    h->flags = rd_u32_le(&r);
    h->next = rd_u32_le(&r);
    h->message_id = rd_u32_le(&r);
    h->message_id |= (uint64_t)rd_u32_le(&r) << 32;
    return r.ok && size == STRUCTURE_SIZE;
}

static const struct buffer *
find_buffer(const struct header *h)
{
    for (size_t i = 0; i < sizeof buffers / sizeof buffers[0]; i++)
        if (buffers[i].command == h->command &&
            buffers[i].is_response == ((h->flags & FLAG_RESPONSE) != 0))
            return &buffers[i];
    return NULL;
}

static uint32_t
read_number(struct rd *r, uint8_t octets)
{
    return octets == 2 ? rd_u16_le(r) : rd_u32_le(r);
}

static struct rd
buffer_bytes(struct rd command, const struct buffer *b)
{
    struct rd r = command;
    uint32_t offset, length;

    rd_skip(&r, b->at);
    offset = read_number(&r, b->offset_octets);
    length = read_number(&r, b->length_octets);
    if (!r.ok)
        return (struct rd){ 0 };
    rd_skip(&command, offset);
    return rd_sub(&command, length);
}

static bool
is_guest(struct rd command)
{
    rd_skip(&command, SMB2_HEADER + 2);
    return (rd_u16_le(&command) & SESSION_IS_GUEST) != 0;
}

static void
read_command(struct rd command, const struct header *h, const struct parse_input *in,
    const struct parse_output *out)
{
    const struct buffer *b = find_buffer(h);
    struct rd bytes;

    if (b == NULL)
        return;
    bytes = buffer_bytes(command, b);
    if (h->command != COMMAND_SESSION_SETUP) {
        if (bytes.ok)
            smb_read_pipe(bytes, in, out);
        return;
    }
    if (bytes.ok)
        (void)gss_token(bytes, (uint32_t)h->message_id, in, out);
    if (b->is_response)
        smb_tell_result(h->status, is_guest(command), (uint32_t)h->message_id, out);
}

bool
smb2_wants(struct rd header)
{
    struct header h;

    if (!read_header(header, &h))
        return false;
    return h.next != 0 || find_buffer(&h) != NULL;
}

void
smb2_read(struct rd message, const struct parse_input *in, const struct parse_output *out)
{
    struct header h;

    for (unsigned i = 0; i < COMPOUND_MAX && read_header(message, &h); i++) {
        struct rd command = message;

        if (h.next != 0)
            command = rd_sub(&command, h.next);
        if (!command.ok || rd_left(&command) < SMB2_HEADER)
            return;
        read_command(command, &h, in, out);
        if (h.next == 0)
            return;
        rd_skip(&message, h.next);
    }
}
