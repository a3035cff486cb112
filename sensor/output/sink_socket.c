/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Syslog transports: UDP (RFC 5426), TCP with counted octets (RFC 6587, 3.4.1), a unix socket.
 *
 * A unix socket is tried as datagrams and, should it be a stream, with a newline after each
 * message. Nothing blocks for longer than a second. Names are resolved once, when opened, since
 * afterwards the sandbox allows no resolver. TCP and UDP cannot prove delivery: a connection that
 * the peer has closed is noticed before the next message, a refused datagram after it (counted in
 * `refused`).
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
#include <unistd.h>

#define PATIENCE_MS 1000 /* for a connection, and for a peer that does not read */
#define COUNT_SIZE 24    /* "18446744073709551615 " */
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
    enum framing framing;
    struct endpoint endpoints[ADDRESS_LIMIT];
    unsigned endpoint_count;
};

static struct connection *
connection_of(struct sink *s)
{
    return (struct connection *)(void *)s;
}

/* Waits for a connection under way; 0 or an errno value. */
static int
await_connection(int fd)
{
    struct pollfd wait = { .fd = fd, .events = POLLOUT };
    int error = 0;
    socklen_t size = sizeof(error);
    int ready = poll(&wait, 1, PATIENCE_MS);

    if (ready == 0)
        return ETIMEDOUT;
    if (ready < 0 || getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
        return errno;
    return error;
}

static int
connect_to(struct connection *c, const struct endpoint *to)
{
    int error = 0;

    c->fd = socket(to->address.ss_family, c->type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (c->fd < 0)
        return errno;
    if (connect(c->fd, (const struct sockaddr *)&to->address, to->length) != 0)
        error = errno == EINPROGRESS ? await_connection(c->fd) : errno;
    if (error != 0) {
        close(c->fd);
        c->fd = -1;
    }
    return error;
}

static int
connect_any(struct connection *c)
{
    int error = ENOTCONN;

    for (unsigned i = 0; i < c->endpoint_count && error != 0; i++) {
        error = connect_to(c, &c->endpoints[i]);
        if (error == EPROTOTYPE && c->framing == FRAME_DATAGRAM) {
            c->type = SOCK_STREAM;
            c->framing = FRAME_LINE;
            error = connect_to(c, &c->endpoints[i]);
        }
    }
    return error;
}

static void
disconnect(struct connection *c)
{
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
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
        struct pollfd wait = { .fd = c->fd, .events = POLLOUT };

        if (sent < 0 && errno == EAGAIN && poll(&wait, 1, PATIENCE_MS) > 0)
            continue;
        if (sent < 0 && errno != EINTR)
            return errno == EAGAIN ? ETIMEDOUT : errno;
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

/* A failure on a connection that once stood may mean that the peer was started anew: one more try
 * on a new one. */
static int
socket_write(struct sink *s, const char *bytes, size_t n)
{
    struct connection *c = connection_of(s);
    int error = 0;

    if (c->fd >= 0 && is_hung_up(c))
        disconnect(c);
    if (c->fd >= 0) {
        error = send_message(c, bytes, n);
        if (error == 0)
            return 0;
        if (error == ECONNREFUSED && c->endpoints[0].address.ss_family != AF_UNIX)
            s->refused++; /* the datagram before this one */
        disconnect(c);
        if (error == ECONNREFUSED || error == ETIMEDOUT || error == EMSGSIZE)
            if (c->endpoints[0].address.ss_family != AF_UNIX)
                return error;
    }
    error = connect_any(c);
    if (error == 0 && (error = send_message(c, bytes, n)) != 0)
        disconnect(c);
    return error;
}

static int
socket_close(struct sink *s)
{
    struct connection *c = connection_of(s);
    int error = 0;
    socklen_t size = sizeof(error);

    if (c->fd >= 0) {
        if (c->type == SOCK_DGRAM)
            (void)getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
        close(c->fd);
    }
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
