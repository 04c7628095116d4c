//! Calls that did not get through, by what the operating system or the HTTP client says.

use super::{Cause, Retry, client};

pub(super) const CAUSES: &[Cause] = &[
    client(
        "no-endpoint",
        r"(?i)Could not connect to the endpoint URL|failed to lookup address|Name or service not known|dns error|nodename nor servname",
    )
    .says(
        "the host of the endpoint has no address: the Region has no such endpoint, or the network no such name",
        "check the Region and the endpoint; in a private network, its DNS and the VPC endpoint",
    ),
    client("proxy", r"(?i)\bproxy\b|tunnel")
        .says("the proxy does not let the call through", "check `HTTPS_PROXY` and `NO_PROXY`"),
    client("tls", r"(?i)certificate|\btls\b|\bssl\b|handshake|UnknownIssuer")
        .says(
            "the endpoint's certificate is not trusted, or it speaks no TLS",
            "check the endpoint; behind an inspecting proxy, add its root certificate to the system's",
        )
        .retry(Retry::Never),
    client("connection-refused", r"(?i)connection refused|actively refused")
        .says("nothing listens at the endpoint", "check the endpoint and its port"),
    client(
        "connection-reset",
        r"(?i)connection reset|broken pipe|connection closed|IncompleteMessage|unexpected eof|closed before message completed|end of file before|aborted|invalid chunk|invalid HTTP|error reading a body|peer closed",
    )
    .says("the connection broke off before the answer was whole", "try again; check what stands in between"),
    client("unreachable", r"(?i)unreachable|no route to host|timed out|deadline")
        .says("the network does not lead to the endpoint", "check the network, its firewall and the proxy"),
];
