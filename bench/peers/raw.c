/* The limit of this machine: websockets in C, as little as can be.
 *
 * One epoll loop; a handshake with SHA-1 and base64 as RFC 6455 asks; POST /trigger/VERSION/SIZE sends
 * one text frame of SIZE bytes to every open socket, written straight to the kernel. What a phone says
 * is read and forgotten. Usage: raw PORT. Build: cc -O2 -o raw raw.c
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 65536, ROOM = 2048, FRAME = 1 << 20 };

static char inbox[MOST][ROOM]; /* what came before the end of a request's head, by descriptor */
static int filled[MOST], open_socket[MOST], highest;
static char frame[FRAME + 16];

static uint32_t left(uint32_t x, int n) { return x << n | x >> (32 - n); }

static void sha1(const char *text, size_t length, uint8_t out[20]) {
    uint32_t h[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
    uint8_t block[128] = {0}; /* a key and the GUID are 60 bytes: with padding, two blocks */
    memcpy(block, text, length);
    block[length] = 0x80;
    size_t total = length + 9 <= 64 ? 64 : 128;
    for (int i = 0; i < 4; i++) block[total - 1 - i] = (uint8_t)((length * 8) >> (8 * i));
    for (size_t at = 0; at < total; at += 64) {
        uint32_t w[80], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
        for (int i = 0; i < 16; i++)
            w[i] = (uint32_t)block[at + 4 * i] << 24 | (uint32_t)block[at + 4 * i + 1] << 16 |
                   (uint32_t)block[at + 4 * i + 2] << 8 | block[at + 4 * i + 3];
        for (int i = 16; i < 80; i++) w[i] = left(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
        for (int i = 0; i < 80; i++) {
            uint32_t f = i < 20   ? ((b & c) | (~b & d)) + 0x5A827999
                         : i < 40 ? (b ^ c ^ d) + 0x6ED9EBA1
                         : i < 60 ? ((b & c) | (b & d) | (c & d)) + 0x8F1BBCDC
                                  : (b ^ c ^ d) + 0xCA62C1D6;
            uint32_t next = left(a, 5) + f + e + w[i];
            e = d, d = c, c = left(b, 30), b = a, a = next;
        }
        h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e;
    }
    for (int i = 0; i < 20; i++) out[i] = (uint8_t)(h[i / 4] >> (24 - 8 * (i % 4)));
}

static void base64(const uint8_t in[20], char out[29]) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint8_t padded[21] = {0};
    memcpy(padded, in, 20);
    for (int i = 0; i < 7; i++) {
        uint32_t v = (uint32_t)padded[3 * i] << 16 | (uint32_t)padded[3 * i + 1] << 8 | padded[3 * i + 2];
        for (int j = 0; j < 4; j++) out[4 * i + j] = digits[v >> (18 - 6 * j) & 63];
    }
    out[27] = '=', out[28] = 0;
}

static void gone(int fd) {
    open_socket[fd] = filled[fd] = 0;
    close(fd);
}

static void send_all(int fd, const char *bytes, size_t length) {
    while (length) {
        ssize_t n = send(fd, bytes, length, MSG_NOSIGNAL);
        if (n < 0) { /* a full or dead socket: this peer has no patience */
            gone(fd);
            return;
        }
        bytes += n, length -= (size_t)n;
    }
}

static void say(int fd, const char *text) { send_all(fd, text, strlen(text)); }

static void broadcast(long version, size_t size) {
    if (size < 64) size = 64;
    if (size > FRAME) size = FRAME;
    size_t head = size < 126 ? 2 : size < 65536 ? 4 : 10;
    frame[0] = (char)0x81;
    if (head == 2) frame[1] = (char)size;
    if (head == 4) frame[1] = 126, frame[2] = (char)(size >> 8), frame[3] = (char)size;
    if (head == 10) {
        frame[1] = 127;
        for (int i = 0; i < 8; i++) frame[2 + i] = (char)((uint64_t)size >> (56 - 8 * i));
    }
    memset(frame + head, 'x', size);
    int n = snprintf(frame + head, 64, "{\"version\": %ld, \"pad\": \"", version);
    frame[head + (size_t)n] = 'x'; /* over snprintf's zero */
    memcpy(frame + head + size - 2, "\"}", 2);
    for (int fd = 0; fd <= highest; fd++)
        if (open_socket[fd]) send_all(fd, frame, head + size);
}

static void answer(int fd) {
    char *text = inbox[fd], reply[256], *key;
    long version;
    size_t size;
    text[filled[fd]] = 0;
    if (!strstr(text, "\r\n\r\n")) return;
    if (sscanf(text, "POST /trigger/%ld/%zu", &version, &size) == 2) {
        filled[fd] = 0;
        broadcast(version, size);
        say(fd, "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n");
    } else if ((key = strcasestr(text, "sec-websocket-key: "))) {
        char joined[64], accept[29];
        uint8_t digest[20];
        int n = snprintf(joined, sizeof joined, "%.24s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key + 19);
        sha1(joined, (size_t)n, digest);
        base64(digest, accept);
        snprintf(reply, sizeof reply,
                 "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                 "Sec-WebSocket-Accept: %s\r\n\r\n", accept);
        filled[fd] = 0, open_socket[fd] = 1;
        say(fd, reply);
    } else {
        say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        filled[fd] = 0;
    }
}

static void readable(int fd) {
    ssize_t n = recv(fd, inbox[fd] + filled[fd], (size_t)(ROOM - 1 - filled[fd]), 0);
    if (n <= 0) {
        gone(fd);
    } else if (!open_socket[fd]) {
        filled[fd] += (int)n;
        answer(fd);
    }
}

int main(int count, char **words) {
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct epoll_event events[256], wanted = {.events = EPOLLIN};
    int one = 1, door = socket(AF_INET, SOCK_STREAM, 0), poll = epoll_create1(0);
    here.sin_port = htons((uint16_t)atoi(count > 1 ? words[1] : "0"));
    setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(door, (struct sockaddr *)&here, sizeof here) || listen(door, 4096)) return perror("raw"), 1;
    wanted.data.fd = door;
    epoll_ctl(poll, EPOLL_CTL_ADD, door, &wanted);
    for (;;) {
        int n = epoll_wait(poll, events, 256, -1);
        for (int i = 0; i < n; i++) {
            int fd = events[i].data.fd;
            if (fd != door) {
                readable(fd);
                continue;
            }
            fd = accept4(door, NULL, NULL, SOCK_NONBLOCK);
            if (fd < 0) continue;
            if (fd >= MOST) {
                close(fd);
                continue;
            }
            if (fd > highest) highest = fd;
            filled[fd] = open_socket[fd] = 0;
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
            wanted.data.fd = fd;
            epoll_ctl(poll, EPOLL_CTL_ADD, fd, &wanted);
        }
    }
}
