//! Calls that did not reach a service, by the message of the operating system or the HTTP client.

use super::{Cause, Retry, client};

pub(super) const CAUSES: &[Cause] = &[
    client(
        "no-endpoint",
        r"(?i)Could not connect to the endpoint URL|failed to lookup address|Name or service not known|dns error|nodename nor servname",
    )
    .explain(
        "the host name of the endpoint can't be resolved: the Region has no such endpoint, or the network's DNS does not know it",
        "check the Region and the endpoint; in a private network, check its DNS and the VPC endpoint",
    ),
    client("proxy", r"(?i)\bproxy\b|tunnel")
        .explain("the proxy did not forward the call", "check `HTTPS_PROXY` and `NO_PROXY`"),
    client("tls", r"(?i)certificate|\btls\b|\bssl\b|handshake|UnknownIssuer")
        .explain(
            "the certificate of the endpoint is not trusted, or the endpoint does not use TLS",
            "check the endpoint; if a proxy inspects TLS, add its root certificate to the trusted certificates of the system",
        )
        .retry(Retry::Never),
    client("connection-refused", r"(?i)connection refused|actively refused")
        .explain("no server listens at the endpoint", "check the endpoint and its port"),
    client(
        "connection-reset",
        r"(?i)connection reset|broken pipe|connection closed|IncompleteMessage|unexpected eof|closed before message completed|end of file before|aborted|invalid chunk|invalid HTTP|error reading a body|peer closed",
    )
    .explain("the connection was closed before the response was complete", "retry; check each proxy and gateway on the way to the endpoint"),
    client("unreachable", r"(?i)unreachable|no route to host|timed out|deadline")
        .explain("the endpoint can't be reached over the network", "check the network, its firewall and the proxy"),
];
