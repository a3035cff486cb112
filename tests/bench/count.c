/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The least that a program on libpcap can do with a capture file: count its packets. What reading,
 * decoding and the flow table cost is measured against this.
 */
#include <pcap/pcap.h>
#include <stdio.h>

int
main(int argc, char **argv)
{
    char error[PCAP_ERRBUF_SIZE];
    pcap_t *capture = argc == 2 ? pcap_open_offline(argv[1], error) : NULL;
    struct pcap_pkthdr *header;
    const u_char *bytes;
    unsigned long packets = 0, total = 0;

    if (capture == NULL) {
        fprintf(stderr, "usage: count FILE (%s)\n", argc == 2 ? error : "one file");
        return 1;
    }
    while (pcap_next_ex(capture, &header, &bytes) == 1) {
        packets++;
        total += header->len;
    }
    printf("%lu packets, %lu bytes\n", packets, total);
    pcap_close(capture);
    return 0;
}
