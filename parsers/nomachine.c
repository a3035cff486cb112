/* SPDX-License-Identifier: BSD-2-Clause
 *
 * NoMachine's NX over TCP (port 4000, or any): each end says its program and version in one line,
 * the client "NXSH-", the server "NXD-" (NoMachine's manual, nDPI), then comes TLS. The media over
 * UDP is not read.
 */
#include "parser.h"
#include "text.h"

#define PORT 4000
#define LINE_MAX 64

struct state {
    bool has_spoken[2];
    uint8_t length; /* of the client's version */
    char client[LINE_MAX];
};

_Static_assert(sizeof(struct state) <= PARSE_STATE_BYTES, "the flow keeps no more");

/* The line without its end: dotted numbers behind the word. */
static enum parse_result
read_line(struct rd *r, const char *word, struct rd *version)
{
    struct rd line = *r;

    for (const char *c = word; *c != '\0'; c++) {
        if (rd_left(&line) == 0)
            return PARSE_MORE;
        if (rd_u8(&line) != (uint8_t)*c)
            return PARSE_NOT_MINE;
    }
    *version = line;
    version->end = line.p;
    while (rd_left(&line) > 0 && rd_left(version) < LINE_MAX) {
        uint8_t c = rd_u8(&line);

        if (c == '\n' || c == '\r' || c == 0) {
            while (rd_peek(&line) == '\n')
                rd_skip(&line, 1);
            *r = line;
            return rd_left(version) > 0 ? PARSE_OK : PARSE_BAD;
        }
        if (c != '.' && c != '-' && (c < '0' || c > '9'))
            return PARSE_BAD;
        version->end = line.p;
    }
    return rd_left(version) < LINE_MAX ? PARSE_MORE : PARSE_BAD;
}

static void
tell(const struct state *s, const struct rd *server, const struct parse_output *out)
{
    struct fact f;

    fact_begin(&f, FACT_SESSION_OPEN);
    fact_word(&f, KEY_APP, "NoMachine");
    fact_text(&f, KEY_SOFTWARE_CLIENT, s->client, s->length);
    fact_text(&f, KEY_SOFTWARE_SERVER, server->p, rd_left(server));
    out->fact(out->context, &f);
}

/* The client speaks first: its line is remembered for the server's. */
static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct state *s = (struct state *)(void *)in->state->bytes;
    struct rd r = in->data, version;
    enum parse_result result;

    if (s->has_spoken[in->from_client])
        return PARSE_NOT_MINE; /* TLS */
    result = read_line(&r, in->from_client ? "NXSH-" : "NXD-", &version);
    if (result != PARSE_OK)
        return result;
    s->has_spoken[in->from_client] = true;
    if (in->from_client) {
        s->length = (uint8_t)rd_left(&version);
        memcpy(s->client, version.p, s->length);
    } else if (s->has_spoken[true]) {
        tell(s, &version, out);
    }
    in->data = r;
    return PARSE_OK;
}

const struct parser parser_nomachine = {
    .name = "nomachine",
    .transports = PARSER_TCP,
    .ports = { PORT },
    .anywhere = true,
    .has_state = true,
    .parse = parse,
};
