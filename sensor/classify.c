/* SPDX-License-Identifier: BSD-2-Clause
 *
 * nDPI behind classify.h. Written for 4.2; what later releases changed stands in the bridge below.
 *
 * nDPI's own memory of other flows (its LRU caches) belongs to the module, hence to a shard: the
 * same packets in the same order give the same verdicts, however many workers run.
 */
#include "classify.h"
#include <ctype.h>
#include <ndpi/ndpi_api.h>
#include <pthread.h>
#include <stdio.h>
#include <strings.h>

#define NAME_BYTES 24
#define US_PER_MS 1000
#define NDPI_VERSION_AT_LEAST(major, minor)                                                        \
    (NDPI_MAJOR > (major) || (NDPI_MAJOR == (major) && NDPI_MINOR >= (minor)))

struct classify_flow {
    struct ndpi_flow_struct ndpi; /* first, so that it has malloc's alignment */
    ndpi_protocol protocol;
    void *owner;
    int64_t begun_us;
    unsigned fed; /* packets */
    struct classify_flow *older,
        *newer; /* neighbours among those in use; `newer` chains the free */
};

struct classifier {
    struct ndpi_detection_module_struct *module;
    bool is_broken; /* the module could not be made: said by classify_begin() refusing */
    uint32_t in_use, limit;
    uint64_t refused;
    struct classify_flow *free, *oldest, *newest;
    char (*names)[NAME_BYTES];
    uint32_t name_count;
};

/* Games, file sharing, media players and mining: no rule of ours asks for them; and what a parser
 * of ours reads on any port. nDPI tries each of its protocols on the payload of every flow, so
 * together they would take a third of its time. A flow of theirs stays without a name. By name,
 * since ids are used again between releases; a name that a release does not have is nothing. */
static const char *const not_asked[] = {
    "Activision",
    "Aimini",
    "AmongUs",
    "AppleJuice",
    "Armagetron",
    "BitTorrent",
    "Crossfire",
    "CSGO",
    "DHCP",
    "DHCPV6",
    "Direct_Download_Link",
    "DirectConnect",
    "DNS",
    "Dofus",
    "eDonkey",
    "FastTrack",
    "Fiesta",
    "Florensia",
    "FTP_CONTROL",
    "FTP_DATA",
    "GenshinImpact",
    "Gnutella",
    "Guildwars",
    "HalfLife2",
    "IceCast",
    "IFLIX",
    "IMAP",
    "Kerberos",
    "Kontiki",
    "LDAP",
    "LLMNR",
    "MapleStory",
    "MDNS",
    "Mining",
    "MsSQL-TDS",
    "NetBIOS",
    "Nintendo",
    "OpenFT",
    "Playstation",
    "POP3",
    "PPStream",
    "QQLive",
    "QUIC",
    "RADIUS",
    "RTSP",
    "ShoutCast",
    "SMBv1",
    "SMBv23",
    "SMTP",
    "Sopcast",
    "SSDP",
    "Starcraft",
    "Stealthnet",
    "Steam",
    "Syslog",
    "Thunder",
    "TVUplayer",
    "Usenet",
    "Warcraft3",
    "WorldOfKungFu",
    "WorldOfWarcraft",
    "Xbox",
    "Zattoo",
};

/* ndpi_init_detection_module() must not run twice at once. */
static pthread_mutex_t init_lock = PTHREAD_MUTEX_INITIALIZER;

#if NDPI_VERSION_AT_LEAST(4, 11)
#define MASTER_OF(p) ((p).proto.master_protocol)
#define APP_OF(p) ((p).proto.app_protocol)
#else
#define MASTER_OF(p) ((p).master_protocol)
#define APP_OF(p) ((p).app_protocol)
#endif

static struct ndpi_detection_module_struct *
bridge_init(void)
{
#if NDPI_VERSION_AT_LEAST(4, 10)
    return ndpi_init_detection_module(NULL);
#else
    return ndpi_init_detection_module(ndpi_dont_load_tor_hosts);
#endif
}

static ndpi_protocol
bridge_process(struct ndpi_detection_module_struct *module, struct ndpi_flow_struct *flow,
    const uint8_t *ip, uint16_t n, uint64_t time_ms)
{
#if NDPI_VERSION_AT_LEAST(4, 6)
    return ndpi_detection_process_packet(module, flow, ip, n, time_ms, NULL);
#else
    return ndpi_detection_process_packet(module, flow, ip, n, time_ms);
#endif
}

static ndpi_protocol
bridge_give_up(struct ndpi_detection_module_struct *module, struct ndpi_flow_struct *flow)
{
#if NDPI_VERSION_AT_LEAST(5, 0)
    return ndpi_detection_giveup(module, flow);
#else
    u_int8_t was_guessed;

#if NDPI_VERSION_AT_LEAST(4, 10)
    return ndpi_detection_giveup(module, flow, &was_guessed);
#else
    return ndpi_detection_giveup(module, flow, 0, &was_guessed);
#endif
#endif
}

static ndpi_protocol_category_t
bridge_category(struct ndpi_detection_module_struct *module, uint16_t id)
{
    ndpi_protocol p;

    memset(&p, 0, sizeof p);
    APP_OF(p) = id;
    return ndpi_get_proto_category(module, p);
}

static bool
names_make(struct classifier *c)
{
    c->name_count = ndpi_get_num_supported_protocols(c->module);
    c->names = calloc(c->name_count, sizeof *c->names);
    if (c->names == NULL)
        return false;
    for (uint32_t i = 0; i < c->name_count; i++) {
        const char *name = ndpi_get_proto_name(c->module, (u_int16_t)i);

        for (unsigned at = 0; at + 1 < NAME_BYTES && name != NULL && name[at] != '\0'; at++)
            c->names[i][at] = (char)tolower((unsigned char)name[at]);
    }
    return true;
}

/* nDPI's macro narrows implicitly. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
static void
mask_remove(NDPI_PROTOCOL_BITMASK *mask, u_int id)
{
    NDPI_DEL_PROTOCOL_FROM_BITMASK(*mask, id);
}
#pragma GCC diagnostic pop

static bool
is_asked(const char *name)
{
    for (size_t i = 0; i < sizeof not_asked / sizeof not_asked[0]; i++)
        if (strcasecmp(name, not_asked[i]) == 0)
            return false;
    return true;
}

static void
choose_protocols(struct ndpi_detection_module_struct *module)
{
    NDPI_PROTOCOL_BITMASK chosen;
    u_int count = ndpi_get_num_supported_protocols(module);

    NDPI_BITMASK_SET_ALL(chosen);
    for (u_int i = 0; i < count; i++)
        if (!is_asked(ndpi_get_proto_name(module, (u_int16_t)i)))
            mask_remove(&chosen, i);
    ndpi_set_protocol_detection_bitmask2(module, &chosen);
}

static bool
module_make(struct classifier *c)
{
    pthread_mutex_lock(&init_lock);
    c->module = bridge_init();
    if (c->module != NULL) {
        choose_protocols(c->module);
        ndpi_finalize_initialization(c->module);
    }
    pthread_mutex_unlock(&init_lock);
    c->is_broken = c->module == NULL || !names_make(c);
    return !c->is_broken;
}

struct classify_flow *
classify_begin(struct classifier *c, void *owner, int64_t time_us)
{
    struct classify_flow *state = c->free;

    if (c->in_use >= c->limit || c->is_broken || (c->module == NULL && !module_make(c))) {
        c->refused++;
        return NULL;
    }
    if (state != NULL)
        c->free = state->newer;
    else if ((state = malloc(sizeof *state)) == NULL)
        return NULL;
    memset(state, 0, sizeof *state);
    state->owner = owner;
    state->begun_us = time_us;
    state->older = c->newest;
    *(c->newest == NULL ? &c->oldest : &c->newest->newer) = state;
    c->newest = state;
    c->in_use++;
    return state;
}

void *
classify_oldest(const struct classifier *c, int64_t before_us)
{
    return c->oldest != NULL && c->oldest->begun_us < before_us ? c->oldest->owner : NULL;
}

static bool
is_known(const ndpi_protocol *p)
{
    return APP_OF(*p) != NDPI_PROTOCOL_UNKNOWN || MASTER_OF(*p) != NDPI_PROTOCOL_UNKNOWN;
}

bool
classify_packet(struct classifier *c, struct classify_flow *state, const uint8_t *ip,
    uint32_t captured, int64_t time_us, unsigned most)
{
    uint16_t n = captured > UINT16_MAX ? UINT16_MAX : (uint16_t)captured;

    state->protocol = bridge_process(c->module, &state->ndpi, ip, n, (uint64_t)time_us / US_PER_MS);
    return ++state->fed >= most ||
           (is_known(&state->protocol) && !ndpi_extra_dissection_possible(c->module, &state->ndpi));
}

void
classify_give_up(struct classifier *c, struct classify_flow *state)
{
    if (!is_known(&state->protocol))
        state->protocol = bridge_give_up(c->module, &state->ndpi);
}

static bool
is_either(const ndpi_protocol *p, u_int16_t id)
{
    return MASTER_OF(*p) == id || APP_OF(*p) == id;
}

/* What nDPI's one field for names means with each protocol; the first row that fits. */
static enum classify_host
host_kind(const ndpi_protocol *p)
{
    static const struct {
        u_int16_t id;
        enum classify_host kind;
    } kinds[] = {
        { NDPI_PROTOCOL_MDNS, HOST_MDNS },
        { NDPI_PROTOCOL_DNS, HOST_DNS },
        { NDPI_PROTOCOL_NETBIOS, HOST_NBNS },
        { NDPI_PROTOCOL_TLS, HOST_TLS },
        { NDPI_PROTOCOL_QUIC, HOST_TLS },
        { NDPI_PROTOCOL_HTTP, HOST_HTTP },
        { NDPI_PROTOCOL_HTTP_CONNECT, HOST_HTTP },
        { NDPI_PROTOCOL_HTTP_PROXY, HOST_HTTP },
    };

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (is_either(p, kinds[i].id))
            return kinds[i].kind;
    return HOST_NONE;
}

static const char *
text_or_null(const char *text)
{
    return text != NULL && text[0] != '\0' ? text : NULL;
}

static uint8_t
narrow_category(unsigned category)
{
    return category > UINT8_MAX ? 0 : (uint8_t)category;
}

/* `protos` is a union: each member is read only under its own protocol. */
void
classify_look(const struct classify_flow *state, struct classify_verdict *out)
{
    const struct ndpi_flow_struct *f = &state->ndpi;
    const ndpi_protocol *p = &state->protocol;

    *out = (struct classify_verdict){
        .master = MASTER_OF(*p),
        .app = APP_OF(*p),
        .category = narrow_category(p->category),
        .risks = f->risk,
        .host_kind = host_kind(p),
    };
    if (out->host_kind != HOST_NONE)
        out->host = text_or_null(f->host_server_name);
    if (is_either(p, NDPI_PROTOCOL_TLS) || is_either(p, NDPI_PROTOCOL_QUIC) ||
        is_either(p, NDPI_PROTOCOL_DTLS))
        out->subject = text_or_null(f->protos.tls_quic.subjectDN);
}

void
classify_end(struct classifier *c, struct classify_flow *state)
{
    if (state == NULL)
        return;
    ndpi_free_flow_data(&state->ndpi);
    *(state->older == NULL ? &c->oldest : &state->older->newer) = state->newer;
    *(state->newer == NULL ? &c->newest : &state->newer->older) = state->older;
    state->newer = c->free;
    c->free = state;
    c->in_use--;
}

const char *
classify_name(const struct classifier *c, uint16_t id)
{
    return c->names != NULL && id < c->name_count ? c->names[id] : "unknown";
}

const char *
classify_category(const struct classifier *c, uint8_t category)
{
    const char *name = NULL;

    if (c->module != NULL && category != NDPI_PROTOCOL_CATEGORY_UNSPECIFIED)
        name = ndpi_category_get_name(c->module, (ndpi_protocol_category_t)category);
    return name != NULL ? name : "";
}

uint8_t
classify_category_of(struct classifier *c, const char *name, size_t length)
{
    if (c->is_broken || (c->module == NULL && !module_make(c)))
        return 0;
    for (uint32_t i = 0; i < c->name_count; i++)
        if (strncasecmp(c->names[i], name, length) == 0 && length < NAME_BYTES &&
            c->names[i][length] == '\0')
            return narrow_category(bridge_category(c->module, (uint16_t)i));
    return 0;
}

void
classify_risks(uint64_t risks, char *out, size_t size)
{
    size_t at = 0;

    out[0] = '\0';
    for (unsigned i = 0; i < NDPI_MAX_RISK; i++) {
        const char *between = at == 0 ? "" : ", ";
        int n;

        if ((risks >> i & 1) == 0)
            continue;
        n = snprintf(out + at, size - at, "%s%s", between, ndpi_risk2str((ndpi_risk_enum)i));
        if (n < 0 || (size_t)n >= size - at) {
            out[at] = '\0';
            return;
        }
        at += (size_t)n;
    }
}

uint64_t
classifier_refused(const struct classifier *c)
{
    return c->refused;
}

struct classifier *
classifier_open(uint32_t states)
{
    struct classifier *c = calloc(1, sizeof *c);

    if (c != NULL)
        c->limit = states;
    return c;
}

void
classifier_close(struct classifier *c)
{
    struct classify_flow *next;

    if (c == NULL)
        return;
    for (struct classify_flow *s = c->free; s != NULL; s = next) {
        next = s->newer;
        free(s);
    }
    if (c->module != NULL)
        ndpi_exit_detection_module(c->module);
    free(c->names);
    free(c);
}

const char *
classify_version(void)
{
    return ndpi_revision();
}
