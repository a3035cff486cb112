/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Systems start with a time to live of 32, 64, 128 or 255: what lacks to the next above are the
 * hops. A window is a multiple of the segment or of the MTU where it is one.
 */
#include "tcp_syn.h"
#include "wr.h"

#define FLAG_URG 0x20
#define FLAG_ECE 0x40
#define FLAG_CWR 0x80
#define FLAGS_OF_INTEREST (PACKET_TCP_SYN | PACKET_TCP_ACK | PACKET_TCP_RST | PACKET_TCP_FIN)
#define IP4_HEADER 20
#define TCP_HEADER 20
#define URGENT_AT 18 /* of the TCP header */
#define IP6_FLOW_LABEL 0x000fffffu
#define IP4_DONT_FRAGMENT 0x4000
#define HEADERS_4 40 /* IP and TCP without options: what an MSS leaves out of the MTU */
#define HEADERS_6 60
#define TIMESTAMP_BYTES 12 /* of options in every segment, when agreed on */
#define MSS_LEAST 100      /* below, multiples are chance: p0f's limit */
#define SCALE_MAX 14       /* RFC 7323, 2.3 */
#define SCALE_NONE 0xff
#define OPTION_END 0
#define OPTION_NOP 1
#define OPTION_MSS 2
#define OPTION_SCALE 3
#define OPTION_SACK_OK 4
#define OPTION_SACK 5
#define OPTION_TIMESTAMP 8

/* The word, the number. */
static void
add(struct wr *w, const char *word, unsigned number)
{
    wr_word(w, word);
    wr_decimal(w, number);
}

static void
add_window(struct wr *w, const struct tcp_syn *s)
{
    unsigned mss = s->mss, window = s->window;
    unsigned sent = s->has_timestamp && mss > TIMESTAMP_BYTES ? mss - TIMESTAMP_BYTES : mss;
    unsigned mtu = mss + (s->ip_version == 4 ? HEADERS_4 : HEADERS_6);

    if (mss >= MSS_LEAST && window > 0 && window % mss == 0)
        add(w, ":mss*", window / mss);
    else if (mss >= MSS_LEAST && window > 0 && window % sent == 0)
        add(w, ":mss*", window / sent);
    else if (mss >= MSS_LEAST && window > 0 && window % mtu == 0)
        add(w, ":mtu*", window / mtu);
    else
        add(w, ":", window);
    add(w, ",", s->window_scale == SCALE_NONE ? 0u : s->window_scale);
    wr_char(w, ':');
}

/* Bytes behind the end of the options. */
static uint8_t
padding(const struct packet *p)
{
    static const uint8_t lengths[] = {
        [OPTION_END] = 1,
        [OPTION_NOP] = 1,
        [OPTION_MSS] = 4,
        [OPTION_SCALE] = 3,
        [OPTION_SACK_OK] = 2,
        [OPTION_TIMESTAMP] = 10,
    };
    unsigned left = p->tcp.header_length - TCP_HEADER;

    for (unsigned i = 0; i < p->tcp.option_count && i < sizeof p->tcp.options; i++) {
        uint8_t kind = p->tcp.options[i];
        unsigned n = kind < sizeof lengths ? lengths[kind] : 0;

        left -= n < left ? n : left;
    }
    return (uint8_t)left;
}

static void
add_layout(struct wr *w, const struct tcp_syn *s)
{
    static const char *const names[] = {
        [OPTION_NOP] = "nop",
        [OPTION_MSS] = "mss",
        [OPTION_SCALE] = "ws",
        [OPTION_SACK_OK] = "sok",
        [OPTION_SACK] = "sack",
        [OPTION_TIMESTAMP] = "ts",
    };

    for (unsigned i = 0; i < s->option_count; i++) {
        uint8_t kind = s->options[i];

        wr_word(w, i > 0 ? "," : "");
        if (kind == OPTION_END)
            add(w, "eol+", s->padding);
        else if (kind < sizeof names / sizeof names[0] && names[kind] != NULL)
            wr_word(w, names[kind]);
        else
            add(w, "?", kind);
    }
}

enum quirk {
    QUIRK_DF,
    QUIRK_ID_SET,
    QUIRK_ID_ZERO,
    QUIRK_ECN,
    QUIRK_FLOW,
    QUIRK_SEQ_ZERO,
    QUIRK_ACK_SET,
    QUIRK_URGENT_SET,
    QUIRK_URGENT_FLAG,
    QUIRK_PUSH_FLAG,
    QUIRK_TS_ZERO,
    QUIRK_TS_ECHO,
    QUIRK_SCALE,
    QUIRK_COUNT
};

static const char *const quirk_names[QUIRK_COUNT] = {
    [QUIRK_DF] = "df",
    [QUIRK_ID_SET] = "id+",
    [QUIRK_ID_ZERO] = "id-",
    [QUIRK_ECN] = "ecn",
    [QUIRK_FLOW] = "flow",
    [QUIRK_SEQ_ZERO] = "seq-",
    [QUIRK_ACK_SET] = "ack+",
    [QUIRK_URGENT_SET] = "uptr+",
    [QUIRK_URGENT_FLAG] = "urgf+",
    [QUIRK_PUSH_FLAG] = "pushf+",
    [QUIRK_TS_ZERO] = "ts1-",
    [QUIRK_TS_ECHO] = "ts2+",
    [QUIRK_SCALE] = "exws",
};

static uint16_t
quirks_of(const struct packet *p)
{
    struct rd ip = rd_of(p->ip, p->ip_captured), tcp = ip;
    bool is_4 = p->ip_version == 4;
    uint32_t first = rd_u32(&ip);
    uint16_t id = is_4 ? rd_u16(&ip) : 0, fragment = is_4 ? rd_u16(&ip) : 0, urgent;
    bool is_whole = is_4 && (fragment & IP4_DONT_FRAGMENT) != 0;
    bool is_urgent = (p->tcp.flags & FLAG_URG) != 0;
    unsigned bits = 0;

    rd_skip(&tcp, (size_t)(p->transport - p->ip) + URGENT_AT);
    urgent = rd_u16(&tcp);
    bits |= (unsigned)is_whole << QUIRK_DF;
    bits |= (unsigned)(is_whole && id != 0) << QUIRK_ID_SET;
    bits |= (unsigned)(is_4 && !is_whole && id == 0) << QUIRK_ID_ZERO;
    bits |= (unsigned)((p->tcp.flags & (FLAG_ECE | FLAG_CWR)) != 0) << QUIRK_ECN;
    bits |= (unsigned)(!is_4 && (first & IP6_FLOW_LABEL) != 0) << QUIRK_FLOW;
    bits |= (unsigned)(p->tcp.seq == 0) << QUIRK_SEQ_ZERO;
    bits |= (unsigned)(p->tcp.ack != 0) << QUIRK_ACK_SET;
    bits |= (unsigned)(!is_urgent && urgent != 0) << QUIRK_URGENT_SET;
    bits |= (unsigned)is_urgent << QUIRK_URGENT_FLAG;
    bits |= (unsigned)((p->tcp.flags & PACKET_TCP_PSH) != 0) << QUIRK_PUSH_FLAG;
    bits |= (unsigned)(p->tcp.has_timestamp && p->tcp.ts_value == 0) << QUIRK_TS_ZERO;
    bits |= (unsigned)(p->tcp.has_timestamp && p->tcp.ts_echo != 0) << QUIRK_TS_ECHO;
    bits |= (unsigned)(p->tcp.window_scale != SCALE_NONE && p->tcp.window_scale > SCALE_MAX)
            << QUIRK_SCALE;
    return (uint16_t)bits;
}

static void
add_quirks(struct wr *w, const struct tcp_syn *s)
{
    const char *comma = "";

    for (unsigned i = 0; i < QUIRK_COUNT; i++)
        if ((s->quirks >> i & 1) != 0) {
            wr_word(w, comma);
            wr_word(w, quirk_names[i]);
            comma = ",";
        }
}

static unsigned
initial_ttl(uint8_t ttl)
{
    return ttl <= 32 ? 32 : ttl <= 64 ? 64 : ttl <= 128 ? 128 : 255;
}

bool
tcp_syn_read(const struct packet *p, struct tcp_syn *out)
{
    struct rd ip = rd_of(p->ip, p->ip_captured);
    unsigned ip_header = (rd_u8(&ip) & 0x0fu) * 4;

    if (p->protocol != IPPROTO_TCP || (p->tcp.flags & FLAGS_OF_INTEREST) != PACKET_TCP_SYN)
        return false;
    *out = (struct tcp_syn){
        .ip_version = p->ip_version,
        .ttl = p->ttl,
        .ip_options = p->ip_version == 4 ? (uint8_t)(ip_header - IP4_HEADER) : 0,
        .window_scale = p->tcp.window_scale,
        .mss = p->tcp.mss,
        .window = p->tcp.window,
        .quirks = quirks_of(p),
        .padding = padding(p),
        .has_timestamp = p->tcp.has_timestamp,
        .has_payload = p->payload_length > 0,
    };
    while (out->option_count < p->tcp.option_count && out->option_count < TCP_SYN_OPTIONS) {
        out->options[out->option_count] = p->tcp.options[out->option_count];
        out->option_count++;
    }
    return true;
}

void
tcp_syn_print(const struct tcp_syn *s, char out[TCP_SYN_TEXT])
{
    struct wr w = wr_of(out, TCP_SYN_TEXT);

    wr_decimal(&w, s->ip_version);
    add(&w, ":", s->ttl);
    add(&w, "+", initial_ttl(s->ttl) - s->ttl);
    add(&w, ":", s->ip_options);
    add(&w, ":", s->mss);
    add_window(&w, s);
    add_layout(&w, s);
    wr_char(&w, ':');
    add_quirks(&w, s);
    wr_word(&w, s->has_payload ? ":+" : ":0");
}

void
tcp_syn_fact(const struct tcp_syn *s, const struct in6_addr *source, struct fact *f)
{
    char text[TCP_SYN_TEXT];

    tcp_syn_print(s, text);
    fact_begin(f, FACT_DEVICE);
    fact_address(f, KEY_ADDRESS, source);
    fact_word(f, KEY_FINGERPRINT_TCP, text);
}
