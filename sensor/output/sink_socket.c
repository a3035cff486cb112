/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Syslog transports: UDP (RFC 5426), TCP with counted octets (RFC 6587, 3.4.1), a unix socket.
 *
 * A unix socket is tried as datagrams and, should it be a stream, with a newline after each
 * message. One write waits no longer than the sink's patience: a connection that takes longer goes
 * on being made from call to call. Names are resolved once, when opened. TCP and UDP cannot prove
 * delivery: a connection that the peer has closed is noticed before the next message, a refused
 * datagram after it (counted in `refused`); the first datagrams after a refusal wait for an answer.
 */
#include "sink.h"
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define CONNECT_US INT64_C(5000000) /* for a connection, over all calls */
#define REFUSAL_MS 50 /* for the answer to a datagram where the one before was refused */
#define COUNT_SIZE 24 /* "18446744073709551615 " */
#define HOST_SIZE 256
#define ADDRESS_LIMIT 4 /* of a name that are tried */

enum framing { FRAME_DATAGRAM, FRAME_COUNTED, FRAME_LINE };

struct endpoint {
    struct sockaddr_storage address;
    socklen_t length;
};

struct connection {
    struct sink sink;
    int fd; /* -1: not connected */
    int type;
    bool is_connected;          /* otherwise fd is a connection under way */
    bool was_refused;           /* the last datagram but for those that were answered */
    int64_t began_us, until_us; /* the connection under way; when this call's patience ends */
    enum framing framing;
    struct endpoint endpoints[ADDRESS_LIMIT];
    unsigned endpoint_count, endpoint;
};

static struct connection *
connection_of(struct sink *s)
{
    return (struct connection *)(void *)s;
}

static int64_t
clock_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void
disconnect(struct connection *c)
{
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
    c->is_connected = false;
}

/* Waits until the socket can be written to, as long as this call's patience lasts. */
static bool
await_room(const struct connection *c)
{
    struct pollfd wait = { .fd = c->fd, .events = POLLOUT };
    int64_t left_us = c->until_us - clock_us();

    return poll(&wait, 1, left_us > 0 ? (int)(left_us / 1000) : 0) > 0;
}

/* What became of a connection under way: 0, EINPROGRESS or how it failed. */
static int
await_connection(struct connection *c)
{
    int error = 0;
    socklen_t size = sizeof(error);

    if (!await_room(c))
        return clock_us() - c->began_us < CONNECT_US ? EINPROGRESS : ETIMEDOUT;
    return getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0 ? errno : error;
}

static int
connect_to(struct connection *c, const struct endpoint *to)
{
    c->fd = socket(to->address.ss_family, c->type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (c->fd < 0)
        return errno;
    c->began_us = clock_us();
    if (connect(c->fd, (const struct sockaddr *)&to->address, to->length) == 0)
        return 0;
    return errno == EINPROGRESS ? await_connection(c) : errno;
}

/* Goes on with the connection under way or begins one; of a name's addresses one after the other.
 */
static int
connect_any(struct connection *c)
{
    int error = ENOTCONN;

    do {
        const struct endpoint *to = &c->endpoints[c->endpoint];

        error = c->fd >= 0 ? await_connection(c) : connect_to(c, to);
        if (error == EPROTOTYPE && c->framing == FRAME_DATAGRAM) {
            disconnect(c);
            c->type = SOCK_STREAM;
            c->framing = FRAME_LINE;
            error = connect_to(c, to);
        }
        c->is_connected = error == 0;
        if (error == 0 || error == EINPROGRESS)
            return error;
        disconnect(c);
        c->endpoint = (c->endpoint + 1) % c->endpoint_count;
    } while (c->endpoint != 0);
    return error;
}

/* True when the peer of a stream has closed it. */
static bool
is_hung_up(const struct connection *c)
{
    char byte;
    ssize_t n;

    if (c->type != SOCK_STREAM)
        return false;
    n = recv(c->fd, &byte, sizeof(byte), MSG_DONTWAIT | MSG_PEEK);
    return n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
}

/* Writes one framed message; 0 or an errno value. After a failed stream write the framing is lost:
 * the caller must connect anew. */
static int
send_message(struct connection *c, const char *bytes, size_t n)
{
    char count[COUNT_SIZE];
    struct iovec parts[3] = { { .iov_base = count },
        { .iov_base = (void *)(uintptr_t)bytes, .iov_len = n },
        { .iov_base = (void *)(uintptr_t) "\n" } };
    struct msghdr message = { .msg_iov = parts, .msg_iovlen = 3 };
    size_t left;

    if (c->framing == FRAME_COUNTED)
        parts[0].iov_len = (size_t)snprintf(count, sizeof(count), "%zu ", n);
    parts[2].iov_len = c->framing == FRAME_LINE ? 1 : 0;
    left = parts[0].iov_len + n + parts[2].iov_len;
    while (left > 0) {
        ssize_t sent = sendmsg(c->fd, &message, MSG_NOSIGNAL);
        int error = sent < 0 ? errno : 0;

        if (error == EAGAIN && await_room(c))
            continue;
        if (error != 0 && error != EINTR)
            return error == EAGAIN ? ETIMEDOUT : error;
        for (unsigned i = 0; sent > 0 && i < 3; i++) {
            size_t part = (size_t)sent < parts[i].iov_len ? (size_t)sent : parts[i].iov_len;

            parts[i].iov_base = (char *)parts[i].iov_base + part;
            parts[i].iov_len -= part;
            sent -= (ssize_t)part;
            left -= part;
        }
    }
    return 0;
}

static bool
is_udp(const struct connection *c)
{
    return c->type == SOCK_DGRAM && c->endpoints[0].address.ss_family != AF_UNIX;
}

/* Whether the datagram just sent is refused as well; waits for the answer. */
static int
await_refusal(struct connection *c)
{
    struct pollfd wait = { .fd = c->fd };
    int error = 0;
    socklen_t size = sizeof(error);

    if (poll(&wait, 1, REFUSAL_MS) > 0)
        (void)getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    return error;
}

/* Sends on the connection that stands; 0, or an errno value and the connection is gone. */
static int
send_connected(struct connection *c, const char *bytes, size_t n)
{
    int error = send_message(c, bytes, n);

    if (error == ECONNREFUSED && is_udp(c))
        c->sink.refused++; /* the datagram before this one */
    if (error == 0 && c->was_refused)
        error = await_refusal(c);
    c->was_refused = error == ECONNREFUSED && is_udp(c);
    if (error != 0)
        disconnect(c);
    return error;
}

/* A failure on a connection that once stood may mean that the peer was started anew: one more try
 * on a new one. */
static int
socket_write(struct sink *s, const char *bytes, size_t n)
{
    struct connection *c = connection_of(s);
    int error;

    c->until_us = clock_us() + (int64_t)s->patience_ms * 1000;
    if (c->is_connected && is_hung_up(c))
        disconnect(c);
    if (c->is_connected) {
        error = send_connected(c, bytes, n);
        if (error == 0 || error == ETIMEDOUT || is_udp(c))
            return error;
    }
    error = connect_any(c);
    return error == 0 ? send_connected(c, bytes, n) : error;
}

static int
socket_close(struct sink *s)
{
    struct connection *c = connection_of(s);
    int error = 0;
    socklen_t size = sizeof(error);

    if (c->is_connected && c->type == SOCK_DGRAM)
        (void)getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    disconnect(c);
    free(c);
    return error;
}

static const struct sink_kind socket_kind = { .write = socket_write, .close = socket_close };

/* "H:P" or "[H]:P"; a text that says what is wrong, or NULL. */
static const char *
resolve(struct connection *c, const char *text)
{
    struct addrinfo hints = { .ai_socktype = c->type, .ai_flags = AI_NUMERICSERV }, *found = NULL;
    const char *colon = strrchr(text, ':');
    size_t n = colon == NULL ? 0 : (size_t)(colon - text);
    char host[HOST_SIZE];
    int error;

    if (n == 0 || n >= sizeof(host) || colon[1] == '\0')
        return "expected HOST:PORT ([ADDRESS]:PORT for IPv6)";
    if (text[0] == '[' && text[n - 1] == ']') {
        text++;
        n -= 2;
    } else if (memchr(text, ':', n) != NULL) {
        return "an IPv6 address must stand in brackets: [2001:db8::1]:514";
    }
    memcpy(host, text, n);
    host[n] = '\0';
    error = getaddrinfo(host, colon + 1, &hints, &found);
    if (error != 0)
        return gai_strerror(error);
    for (struct addrinfo *a = found; a != NULL && c->endpoint_count < ADDRESS_LIMIT;
         a = a->ai_next) {
        memcpy(&c->endpoints[c->endpoint_count].address, a->ai_addr, a->ai_addrlen);
        c->endpoints[c->endpoint_count++].length = a->ai_addrlen;
    }
    freeaddrinfo(found);
    return NULL;
}

static const char *
take_path(struct connection *c, const char *path)
{
    struct sockaddr_un *address = (struct sockaddr_un *)(void *)&c->endpoints[0].address;

    if (path[0] == '\0' || strlen(path) >= sizeof(address->sun_path))
        return "expected a path of 1 to 107 bytes";
    address->sun_family = AF_UNIX;
    memcpy(address->sun_path, path, strlen(path) + 1);
    c->endpoints[0].length = sizeof(*address);
    c->endpoint_count = 1;
    return NULL;
}

static const struct {
    const char *scheme;
    int type;
    enum framing framing;
    const char *(*take)(struct connection *c, const char *rest);
} schemes[] = {
    { "udp://", SOCK_DGRAM, FRAME_DATAGRAM, resolve },
    { "tcp://", SOCK_STREAM, FRAME_COUNTED, resolve },
    { "unix:", SOCK_DGRAM, FRAME_DATAGRAM, take_path },
};

struct sink *
sink_open_socket(const char *url, char error[SINK_ERROR_SIZE])
{
    const char *why = "expected udp://HOST:PORT, tcp://HOST:PORT or unix:PATH";
    struct connection *c = calloc(1, sizeof(*c));

    if (c == NULL) {
        snprintf(error, SINK_ERROR_SIZE, "%s", strerror(ENOMEM));
        return NULL;
    }
    c->sink.kind = &socket_kind;
    c->sink.patience_ms = SINK_PATIENCE_MS;
    c->fd = -1;
    if (strncmp(url, "tls://", 6) == 0)
        why = "syslog over TLS is not built into this version; use tcp:// to a local relay";
    for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++) {
        size_t n = strlen(schemes[i].scheme);

        if (strncmp(url, schemes[i].scheme, n) != 0)
            continue;
        c->type = schemes[i].type;
        c->framing = schemes[i].framing;
        why = schemes[i].take(c, url + n);
    }
    if (why == NULL)
        return &c->sink;
    snprintf(error, SINK_ERROR_SIZE, "%s", why);
    free(c);
    return NULL;
}
