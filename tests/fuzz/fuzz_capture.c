/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Capture files of any bytes, twice over through the merge and with a filter: no crash, no hang, no
 * packet outside of its buffer.
 */
/* clang-format off */
/* links: sensor/capture.c sensor/capture_filter.c sensor/capture_file.c sensor/capture_classic.c sensor/capture_pcapng.c sensor/capture_walk.c sensor/capture_merge.c sensor/capture_live.c parsers/text.c */
/* clang-format on */
#include "../../sensor/capture.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    unsigned sum = 0; /* reads the last byte of each packet, for the sanitizer to judge */
    static int fd = -1;
    static char path[64];
    const char *paths[] = { path, path };
    struct capture_request request = { .paths = paths, .path_count = 2 };
    struct capture_packet batch[CAPTURE_BATCH];
    struct capture *c;
    bool bad_filter;
    unsigned count;

    if (fd < 0) {
        fd = memfd_create("fuzz_capture", MFD_CLOEXEC);
        snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    }
    if (ftruncate(fd, 0) < 0 || pwrite(fd, bytes, n, 0) != (ssize_t)n)
        abort();
    if (n % 2 == 1)
        request.filter = "ip or vlan";
    c = capture_open(&request, &bad_filter);
    if (c == NULL)
        return 0;
    do {
        count = capture_read(c, batch);
        for (unsigned i = 0; i < count; i++)
            if (batch[i].captured > 0)
                sum += batch[i].data[batch[i].captured - 1];
    } while (count > 0 || !capture_at_end(c));
    capture_close(c);
    return sum == UINT_MAX ? -1 : 0;
}
