using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MicroCreds.Fabric.Protocol;

namespace MicroCreds.Ledger.Operator.Doctoring;

/// <summary>Looks at a server's TLS material, and at what really answers at its endpoint.</summary>
internal static class TlsExamination
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);

    /// <summary>Looks at server.crt, server.key and ca.crt of a folder, or at client.crt and client.key.</summary>
    /// <param name="subject">Whose it is, for messages.</param>
    /// <param name="directory">The folder.</param>
    /// <param name="host">The name or address by which others reach it; null if it serves nobody.</param>
    /// <param name="now">The time.</param>
    /// <param name="end">Which of the two ends it is: server or client.</param>
    public static IReadOnlyList<Finding> ExamineFiles(
        string subject, string directory, string? host, DateTimeOffset now, string end = "server")
    {
        var findings = new List<Finding>();
        string root = Path.Combine(directory, "ca.crt");
        using var certificate = CertificateExamination.TryRead(
            subject, Path.Combine(directory, $"{end}.crt"), findings);
        var authorities = CertificateExamination.ReadAll(subject, root, findings);
        if (certificate is null || authorities.Count == 0)
        {
            return findings;
        }

        findings.AddRange(CertificateExamination.ExamineTime(subject, certificate, now));
        findings.AddRange(CertificateExamination.ExamineIssuer(
            subject, certificate, authorities, $"the TLS authority in {root}",
            end == "server" ? CertificateAnchors.ServerAuthentication : CertificateAnchors.ClientAuthentication));
        findings.AddRange(CertificateExamination.ExamineKey(
            subject, certificate, Path.Combine(directory, $"{end}.key")));
        findings.AddRange(host is null ? [] : ExamineName(subject, certificate, host));
        return findings;
    }

    /// <summary>Connects as a client would, and says what stands in the way.</summary>
    /// <param name="subject">Whose it is, for messages.</param>
    /// <param name="endpoint">Its address: a name or an IP address, and a port.</param>
    /// <param name="rootFile">The TLS authority that clients trust.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <param name="name">The name that clients ask it for. Default is that of the address.</param>
    public static async Task<IReadOnlyList<Finding>> ExamineEndpointAsync(
        string subject, string endpoint, string rootFile, DateTimeOffset now, CancellationToken cancellation,
        string? name = null)
    {
        var findings = new List<Finding>();
        var authorities = CertificateExamination.ReadAll(subject, rootFile, findings);
        if (authorities.Count == 0)
        {
            return findings;
        }

        if (!Uri.TryCreate($"tcp://{endpoint}", UriKind.Absolute, out var address) || address.Port < 0)
        {
            findings.Add(new Finding(
                subject, $"\"{endpoint}\" is no address.",
                "write it as host:port, such as peer0.aurora.example:7051."));
            return findings;
        }

        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(ConnectTimeout);
        try
        {
            await socket.ConnectAsync(address.IdnHost, address.Port, deadline.Token);
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            findings.Add(new Finding(
                subject,
                $"nothing answers at {endpoint}; Fabric's clients say \"UNAVAILABLE\" or \"deadline exceeded\".",
                "start it (scripts/up.sh), or correct the address; scripts/logs.sh shows why it ended."));
            return findings;
        }

        var sent = new X509Certificate2Collection();
        using var shown = await ShakeHandsAsync(
            subject, endpoint, socket, name ?? address.IdnHost, sent, findings, deadline);
        if (shown is not null)
        {
            findings.AddRange(CertificateExamination.ExamineTime(subject, shown, now));
            findings.AddRange(CertificateExamination.ExamineIssuer(
                subject, shown, authorities, "the TLS authority that its clients trust",
                CertificateAnchors.ServerAuthentication, sent));
            findings.AddRange(ExamineName(subject, shown, name ?? address.IdnHost));
        }

        return findings;
    }

    /// <summary>Returns the certificate that the server shows, and collects those that it sends with it.</summary>
    private static async Task<X509Certificate2?> ShakeHandsAsync(
        string subject, string endpoint, Socket socket, string name, X509Certificate2Collection sent,
        List<Finding> findings, CancellationTokenSource deadline)
    {
        X509Certificate2? shown = null;
        using var stream = new NetworkStream(socket);
        using var tls = new SslStream(stream);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = name,
                    ApplicationProtocols = [SslApplicationProtocol.Http2],

                    // What is shown is looked at below: a handshake that fails does not say at what.
                    RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                    {
                        shown = certificate is null ? null : new X509Certificate2(certificate);
                        foreach (var other in chain?.ChainPolicy.ExtraStore ?? [])
                        {
                            sent.Add(new X509Certificate2(other));
                        }

                        return errors == SslPolicyErrors.None;
                    },
                },
                deadline.Token);
        }
        catch (Exception exception)
            when (exception is AuthenticationException or IOException or OperationCanceledException)
        {
            if (shown is null)
            {
                findings.Add(new Finding(
                    subject,
                    $"{endpoint} does not speak TLS; Fabric's clients say \"first record does not look like a TLS "
                        + "handshake\".",
                    "switch TLS on there, or correct the address: another service may have the port."));
            }
        }

        return shown;
    }

    private static IEnumerable<Finding> ExamineName(string subject, X509Certificate2 certificate, string host)
    {
        if (!certificate.MatchesHostname(host))
        {
            yield return new Finding(
                subject,
                $"its TLS certificate is not for \"{host}\", by which it is reached; clients say \"certificate is "
                    + "valid for …, not …\".",
                $"issue it again with {host} among its alternative names, or reach it by a name that is there.");
        }
    }
}
