/*
 * A signalling peer over a real SCTP stack (usrsctp on raw IP), for the lab.
 *
 *   peer server|client --local ADDR [--remote ADDR] [--port N] [--messages N] [--streams N]
 *                      [--question FILE] [--answer FILE] [--patience SECONDS] [--fault KIND]
 *
 * The client opens an association, brings its ASP up and active (RFC 4666 §3.5, §3.7), and sends N M3UA DATA
 * messages, each a TCAP Begin with mt-ForwardSM, in turn over streams 1 to S. The server answers each, on the
 * stream it came by, with the TCAP End. The running number is the transaction id, so every message is a valid one:
 *
 *       0                   1                   2                   3
 *       0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *      +---------------+-----------------------------------------------+
 *      |    stream     |            number on that stream              |
 *      +---------------+-----------------------------------------------+
 *
 * Each side checks every octet it receives and counts what is lost, duplicated, reordered or damaged. It prints one
 * line of JSON and ends with 0 if every count is 0, with 1 if one is not or patience ran out, with 2 on a wrong call.
 *
 * With --fault lost, duplicated, reordered or damaged the server does that to one answer: so the lab shows that the
 * checks notice.
 *
 * Not handled: multihoming, more than one association, messages longer than 4 KiB.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <usrsctp.h>

enum { MESSAGE_OCTETS_MAX = 4096, STREAMS_MAX = 64, BUFFER_OCTETS = 4 << 20, PPID_M3UA = 3 };
enum { ASPUP = 0x0301, ASPUP_ACK = 0x0304, ASPAC = 0x0401, ASPAC_ACK = 0x0403 };

/* A message with the places of its running number and of its SLS. */
struct template {
    uint8_t octets[MESSAGE_OCTETS_MAX];
    size_t len, number_at, sls_at;
};

/* What came by one stream: one bit for each number seen, and the number expected next. */
struct stream {
    uint8_t *seen;
    uint32_t next;
};

struct peer {
    bool is_server;
    const char *local, *remote;
    uint16_t port;
    uint32_t messages, streams, patience_s;
    const char *fault;
    struct template question, answer;
    const struct template *outgoing, *incoming;
    struct socket *association;
    struct stream stream[STREAMS_MAX + 1];
    uint32_t sent;
    _Atomic uint32_t received, duplicated, reordered, damaged;
    _Atomic bool up, active, closed;
};

static void die(int code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("peer: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(code);
}

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void wait_a_little(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 2 * 1000 * 1000}, NULL);
}

/* ---- Messages: hex octets, `nn` for the running number, `ss` for the SLS, `#` to the end of the line. */

static void add_token(struct template *t, const char *token, const char *path)
{
    if (t->len == sizeof t->octets)
        die(2, "%s: more than %d octets", path, MESSAGE_OCTETS_MAX);
    char *end;
    if (strcmp(token, "nn") == 0) {
        if (t->number_at == 0)
            t->number_at = t->len;
    } else if (strcmp(token, "ss") == 0) {
        t->sls_at = t->len;
    } else {
        t->octets[t->len] = (uint8_t)strtoul(token, &end, 16);
        if (*end != '\0' || strlen(token) != 2)
            die(2, "%s: '%s' is not an octet, nn or ss", path, token);
    }
    t->len++;
}

static void read_template(struct template *t, const char *path)
{
    FILE *file = fopen(path, "r");
    if (file == NULL)
        die(2, "%s: %s", path, strerror(errno));
    char line[1024];
    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "#\n")] = '\0';
        char *rest = NULL;
        for (char *token = strtok_r(line, " ", &rest); token != NULL; token = strtok_r(NULL, " ", &rest))
            add_token(t, token, path);
    }
    fclose(file);
    if (t->number_at == 0 || t->sls_at == 0 || t->number_at + 4 > t->len)
        die(2, "%s: no place for the running number (nn nn nn nn) or for the SLS (ss)", path);
}

static void fill(const struct template *t, uint8_t *message, uint32_t stream, uint32_t number)
{
    uint32_t id = htonl(stream << 24 | number);
    memcpy(message, t->octets, t->len);
    memcpy(message + t->number_at, &id, sizeof id);
    message[t->sls_at] = (uint8_t)(stream - 1) & 15;
}

/* ---- Sending. */

static void send_on(struct peer *p, uint16_t stream, const void *message, size_t len)
{
    struct sctp_sndinfo info = {.snd_sid = stream, .snd_ppid = htonl(PPID_M3UA)};
    while (usrsctp_sendv(p->association, message, len, NULL, 0, &info, sizeof info, SCTP_SENDV_SNDINFO, 0) < 0) {
        if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
            die(1, "sending failed: %s", strerror(errno));
        wait_a_little();
    }
}

static void send_management(struct peer *p, uint16_t class_and_type)
{
    uint8_t message[8] = {1, 0, (uint8_t)(class_and_type >> 8), (uint8_t)class_and_type, 0, 0, 0, 8};
    send_on(p, 0, message, sizeof message);
}

static void send_numbered(struct peer *p, uint32_t stream, uint32_t number)
{
    uint8_t message[MESSAGE_OCTETS_MAX];
    fill(p->outgoing, message, stream, number);
    send_on(p, (uint16_t)stream, message, p->outgoing->len);
    p->sent++;
}

/* ---- Receiving. */

/* How many numbers stream 1..S carries when N messages go round in turn. */
static uint32_t share(const struct peer *p, uint32_t stream)
{
    return p->messages / p->streams + (stream <= p->messages % p->streams ? 1 : 0);
}

static bool fault_is(const struct peer *p, const char *kind)
{
    return p->fault != NULL && strcmp(p->fault, kind) == 0;
}

static void answer(struct peer *p, uint32_t stream, uint32_t number)
{
    bool here = stream == 1 && number == 1;
    if (here && fault_is(p, "lost"))
        return;
    if (stream == 1 && fault_is(p, "reordered") && (number == 1 || number == 2))
        number = 3 - number;
    if (here && fault_is(p, "damaged"))
        send_on(p, 1, p->outgoing->octets, p->outgoing->len);
    else
        send_numbered(p, stream, number);
    if (here && fault_is(p, "duplicated"))
        send_numbered(p, stream, number);
}

static void take_numbered(struct peer *p, uint32_t sid, const uint8_t *message, size_t len)
{
    uint8_t expected[MESSAGE_OCTETS_MAX];
    uint32_t id = 0;
    if (len == p->incoming->len)
        memcpy(&id, message + p->incoming->number_at, sizeof id);
    uint32_t stream = ntohl(id) >> 24, number = ntohl(id) & 0xffffff;
    if (stream != sid || stream < 1 || stream > p->streams || number >= share(p, stream)) {
        p->damaged++;
        return;
    }
    fill(p->incoming, expected, stream, number);
    if (memcmp(expected, message, len) != 0) {
        p->damaged++;
        return;
    }
    struct stream *s = &p->stream[stream];
    if (s->seen[number / 8] & 1 << number % 8) {
        p->duplicated++;
        return;
    }
    s->seen[number / 8] |= (uint8_t)(1 << number % 8);
    if (number < s->next)
        p->reordered++;
    else
        s->next = number + 1;
    p->received++;
    if (p->is_server)
        answer(p, stream, number);
}

static void take_management(struct peer *p, const uint8_t *message, size_t len)
{
    uint16_t class_and_type = len < 8 ? 0 : (uint16_t)(message[2] << 8 | message[3]);
    if (p->is_server && class_and_type == ASPUP)
        send_management(p, ASPUP_ACK);
    else if (p->is_server && class_and_type == ASPAC)
        send_management(p, ASPAC_ACK);
    else if (!p->is_server && class_and_type == ASPUP_ACK)
        p->up = true;
    else if (!p->is_server && class_and_type == ASPAC_ACK)
        p->active = true;
    else
        p->damaged++;
}

static void *receive_all(void *argument)
{
    struct peer *p = argument;
    uint8_t message[MESSAGE_OCTETS_MAX];
    for (;;) {
        struct sctp_rcvinfo info = {0};
        struct sockaddr_storage from;
        socklen_t from_len = sizeof from, info_len = sizeof info;
        unsigned int info_type = 0;
        int flags = 0;
        ssize_t len = usrsctp_recvv(p->association, message, sizeof message, (struct sockaddr *)&from, &from_len, &info,
                                    &info_len, &info_type, &flags);
        if (len < 0 && errno == EINTR)
            continue;
        if (len <= 0)
            break;
        if (flags & MSG_NOTIFICATION)
            continue;
        if (!(flags & MSG_EOR) || info_type != SCTP_RECVV_RCVINFO || ntohl(info.rcv_ppid) != PPID_M3UA)
            p->damaged++;
        else if (info.rcv_sid == 0)
            take_management(p, message, (size_t)len);
        else
            take_numbered(p, info.rcv_sid, message, (size_t)len);
    }
    p->closed = true;
    return NULL;
}

/* ---- The association. */

static struct sockaddr_in address(const char *text, uint16_t port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
    if (text == NULL || inet_pton(AF_INET, text, &a.sin_addr) != 1)
        die(2, "'%s' is not an IPv4 address", text == NULL ? "" : text);
    return a;
}

static void set(struct socket *s, int level, int name, const void *value, socklen_t len)
{
    if (usrsctp_setsockopt(s, level, name, value, len) < 0)
        die(1, "socket option %d: %s", name, strerror(errno));
}

static struct socket *open_socket(const struct peer *p)
{
    struct socket *s = usrsctp_socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP, NULL, NULL, 0, NULL);
    if (s == NULL)
        die(1, "no SCTP socket (raw sockets need CAP_NET_RAW): %s", strerror(errno));
    int on = 1, octets = BUFFER_OCTETS;
    struct sctp_initmsg streams = {.sinit_num_ostreams = (uint16_t)(p->streams + 1),
                                   .sinit_max_instreams = (uint16_t)(p->streams + 1)};
    set(s, SOL_SOCKET, SO_SNDBUF, &octets, sizeof octets);
    set(s, SOL_SOCKET, SO_RCVBUF, &octets, sizeof octets);
    set(s, IPPROTO_SCTP, SCTP_INITMSG, &streams, sizeof streams);
    set(s, IPPROTO_SCTP, SCTP_RECVRCVINFO, &on, sizeof on);
    set(s, IPPROTO_SCTP, SCTP_NODELAY, &on, sizeof on);
    struct sockaddr_in local = address(p->local, p->port);
    if (usrsctp_bind(s, (struct sockaddr *)&local, sizeof local) < 0)
        die(1, "cannot bind %s: %s", p->local, strerror(errno));
    return s;
}

static void associate(struct peer *p)
{
    struct socket *s = open_socket(p);
    if (p->is_server) {
        if (usrsctp_listen(s, 1) < 0)
            die(1, "cannot listen: %s", strerror(errno));
        puts("listening");
        fflush(stdout);
        p->association = usrsctp_accept(s, NULL, NULL);
    } else {
        struct sockaddr_in remote = address(p->remote, p->port);
        if (usrsctp_connect(s, (struct sockaddr *)&remote, sizeof remote) < 0)
            die(1, "no association with %s: %s", p->remote, strerror(errno));
        p->association = s;
    }
    if (p->association == NULL)
        die(1, "no association: %s", strerror(errno));
}

/* Waits until `flag`, as long as something moves; false when nothing did for the time given by --patience. */
static bool wait_for(const struct peer *p, const _Atomic bool *flag, uint32_t received_wanted)
{
    uint64_t moved_ms = now_ms();
    for (uint32_t last = p->received; !*flag && p->received < received_wanted; wait_a_little()) {
        if (p->received != last) {
            last = p->received;
            moved_ms = now_ms();
        }
        if (now_ms() - moved_ms > p->patience_s * 1000ull)
            return false;
    }
    return true;
}

static void talk(struct peer *p)
{
    send_management(p, ASPUP);
    if (!wait_for(p, &p->up, UINT32_MAX))
        die(1, "ASPUP was not acknowledged");
    send_management(p, ASPAC);
    if (!wait_for(p, &p->active, UINT32_MAX))
        die(1, "ASPAC was not acknowledged");
    for (uint32_t n = 0; n < p->messages && !p->closed; n++)
        send_numbered(p, 1 + n % p->streams, n / p->streams);
    wait_for(p, &p->closed, p->messages);
    usrsctp_shutdown(p->association, SHUT_WR);
}

static int report(const struct peer *p, double seconds)
{
    uint32_t lost = p->messages - p->received;
    bool good = lost == 0 && p->duplicated == 0 && p->reordered == 0 && p->damaged == 0 && p->sent == p->messages;
    printf("{\"role\":\"%s\",\"messages\":%u,\"streams\":%u,\"sent\":%u,\"received\":%u,\"lost\":%u,\"duplicated\":%u,"
           "\"reordered\":%u,\"damaged\":%u,\"seconds\":%.3f,\"good\":%s}\n",
           p->is_server ? "server" : "client", p->messages, p->streams, p->sent, p->received, lost, p->duplicated,
           p->reordered, p->damaged, seconds, good ? "true" : "false");
    fflush(stdout);
    return good ? 0 : 1;
}

static void parse(struct peer *p, int argc, char **argv)
{
    static const struct option options[] = {
        {"local", 1, 0, 'l'},   {"remote", 1, 0, 'r'},   {"port", 1, 0, 'p'},   {"messages", 1, 0, 'm'},
        {"streams", 1, 0, 's'}, {"question", 1, 0, 'q'}, {"answer", 1, 0, 'a'}, {"patience", 1, 0, 't'},
        {"fault", 1, 0, 'f'},   {0, 0, 0, 0}};
    const char *question = "question.hex", *answer = "answer.hex";
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (option) {
        case 'l': p->local = optarg; break;
        case 'r': p->remote = optarg; break;
        case 'p': p->port = (uint16_t)strtoul(optarg, NULL, 10); break;
        case 'm': p->messages = (uint32_t)strtoul(optarg, NULL, 10); break;
        case 's': p->streams = (uint32_t)strtoul(optarg, NULL, 10); break;
        case 'q': question = optarg; break;
        case 'a': answer = optarg; break;
        case 't': p->patience_s = (uint32_t)strtoul(optarg, NULL, 10); break;
        case 'f': p->fault = optarg; break;
        default: exit(2);
        }
    }
    if (optind + 1 != argc || (strcmp(argv[optind], "server") != 0 && strcmp(argv[optind], "client") != 0))
        die(2, "usage: peer server|client --local ADDR [--remote ADDR] [--messages N] [--streams N]");
    if (p->streams < 1 || p->streams > STREAMS_MAX || p->messages < 1 || p->messages / p->streams > 0xffffff)
        die(2, "1 to %d streams, 1 to 16,777,215 messages on each", STREAMS_MAX);
    p->is_server = strcmp(argv[optind], "server") == 0;
    read_template(&p->question, question);
    read_template(&p->answer, answer);
    p->outgoing = p->is_server ? &p->answer : &p->question;
    p->incoming = p->is_server ? &p->question : &p->answer;
    for (uint32_t s = 1; s <= p->streams; s++)
        if ((p->stream[s].seen = calloc(share(p, s) / 8 + 1, 1)) == NULL)
            die(1, "no memory");
}

int main(int argc, char **argv)
{
    static struct peer p = {.port = 2905, .messages = 1000, .streams = 16, .patience_s = 15};
    parse(&p, argc, argv);
    usrsctp_init(0, NULL, NULL);
    usrsctp_sysctl_set_sctp_blackhole(2);
    associate(&p);
    uint64_t start_ms = now_ms();
    pthread_t receiver;
    if (pthread_create(&receiver, NULL, receive_all, &p) != 0)
        die(1, "no thread: %s", strerror(errno));
    if (!p.is_server)
        talk(&p);
    wait_for(&p, &p.closed, UINT32_MAX);
    int code = report(&p, (double)(now_ms() - start_ms) / 1000);
    usrsctp_close(p.association);
    return code;
}
